"""Tags that lint can read and a reader of the finished document cannot, or not as they stand.

Hidden and white text, symbol fonts that draw a bell for an A, results of fields that Word works out anew, text that was
moved away under tracked changes, boxes that Word fills from elsewhere, check boxes of old form fields, pictures whose
file is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.errors import Problem
from pipeline.rendering.docxfile import DocxFile, W, xml_root
from pipeline.rendering.tickboxes import TICKED, UNTICKED

_W = f"{{{W}}}"
_CONDITION = re.compile(r"\{%.*?%\}", re.DOTALL)
_TAG = re.compile(r"\{[{%#]|[}%#]\}")
_SYMBOLS = ("wingdings", "webdings", "symbol", "zapf", "marlett", "mt extra", "bookshelf symbol")
_MISSING = ("false", "0", "off", "none")
_EMBED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"


def traps(file: DocxFile) -> list[Problem]:
    """Every such tag and picture, in the order of the parts."""
    found: list[Problem] = []
    for member, role in file.texts.items():
        if role == "properties":
            continue
        root = xml_root(file.members[member], file.name, member)
        for text, message in (*_in_runs(root), *_in_fields(root), *_in_changes_and_boxes(root)):
            shown = text if len(text) <= 120 else text[:117] + "..."
            found.append(Problem(file.name, 0, f"{member}, paragraph {shown!r}: {message}."))
        found += _missing_pictures(file, member, root)
    return found


def _in_runs(root: etree._Element) -> Iterator[tuple[str, str]]:
    for run in root.iter(_W + "r"):
        look = run.find(_W + "rPr")
        if look is None or not _TAG.search(_text(run)):
            continue
        around = _text(_paragraph(run))
        if _is_on(look.find(_W + "vanish")) or _is_on(look.find(_W + "webHidden")):
            yield around, "a tag is hidden text, which is not printed. Take the hiding away (Font, Hidden)"
        colour = look.find(_W + "color")
        shaded = look.find(_W + "shd") is not None or look.find(_W + "highlight") is not None
        if colour is not None and (colour.get(_W + "val") or "").upper() == "FFFFFF" and not shaded:
            yield around, "a tag is white, which nobody can read. Give it a colour"
        fonts = look.find(_W + "rFonts")
        names = [str(name).lower() for name in fonts.attrib.values()] if fonts is not None else []
        if any(name.startswith(symbol) for name in names for symbol in _SYMBOLS):
            yield (
                around,
                "a tag stands in a font of symbols, which draws signs for letters. Choose another font",
            )


def _in_fields(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Tags in what a field shows: Word and LibreOffice work it out anew. The text of a link stays as it is."""
    message = "a tag stands in the result of a field, which is worked out anew. Take the field away"
    for field in root.iter(_W + "fldSimple"):
        if _TAG.search(_text(field)) and not _is_link(str(field.get(_W + "instr") or "")):
            yield _text(_paragraph(field)), message
    for paragraph in root.iter(_W + "p"):
        if any(_TAG.search(text) and not _is_link(code) for code, text in _results(paragraph)):
            yield _text(paragraph), message


def _results(paragraph: etree._Element) -> Iterator[tuple[str, str]]:
    """Of each text in the result of a field: the code of the innermost field, and the text."""
    codes: list[str] = []
    in_result: list[bool] = []
    for node in paragraph.iter(_W + "fldChar", _W + "instrText", _W + "t"):
        kind = node.get(_W + "fldCharType")
        if kind == "begin":
            codes.append("")
            in_result.append(False)
        elif kind and codes:
            in_result[-1] = True
            if kind == "end":
                del codes[-1], in_result[-1]
        elif node.tag == _W + "instrText" and codes:
            codes[-1] += node.text or ""
        elif any(in_result):
            yield codes[-1], node.text or ""


def _is_link(code: str) -> bool:
    return code.strip().upper().startswith("HYPERLINK")


def _in_changes_and_boxes(root: etree._Element) -> Iterator[tuple[str, str]]:
    for moved in root.iter(_W + "moveFrom"):
        if _TAG.search(_text(moved)):
            yield (
                _text(moved),
                "a tag stands in text that was moved away. Accept or reject the tracked changes",
            )
    for old in root.iter(_W + "checkBox"):
        yield (
            _text(_paragraph(old)),
            "a check box of an old form field cannot be ticked by a tag. Write {{ place|tick }} in its stead, "
            "or ☐ where people tick it by hand",
        )
    for box in root.iter(_W + "sdt"):
        about = box.find(_W + "sdtPr")
        if about is None or not _TAG.search(_text(box)):
            continue
        if any(etree.QName(each).localname == "dataBinding" for each in about):
            yield (
                _text(box),
                "a tag stands in a box bound to data: Word puts its own text there on opening. Remove the box",
            )
        elif about.find("{*}checkbox") is not None and not _is_tick(_text(box)):
            yield _text(box), "a check box shows a tick or none. Write {{ place|tick }} in it"
        elif about.find(_W + "showingPlcHdr") is not None:
            yield (
                _text(box),
                "a tag is the grey prompt of a box, which Word does not take for its content. Type it as content",
            )


def _is_tick(text: str) -> bool:
    """Whether what stands in a check box is one tick: of a place, or chosen by a condition."""
    signs = _CONDITION.sub("", text).strip()
    return bool(re.fullmatch(r"\{\{[^{}]*\|\s*tick\s*\}\}", text.strip())) or set(signs) <= set(
        TICKED + UNTICKED
    )


def _missing_pictures(file: DocxFile, member: str, root: etree._Element) -> Iterator[Problem]:
    folder, _, name = member.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    targets: dict[str, str] = {}
    if relations in file.members:
        for relation in xml_root(file.members[relations], file.name, relations):
            if relation.get("TargetMode") != "External":
                targets[relation.get("Id", "")] = _joined(folder, relation.get("Target", ""))
    for picture in root.iter("{*}blip"):
        wanted = picture.get(_EMBED)
        if wanted and targets.get(wanted) not in file.members:
            yield Problem(
                file.name, 0, f"{member}: a picture is missing in the file. Delete it, or insert it anew."
            )


def _joined(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    parts = folder.split("/")
    for part in target.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def _text(element: etree._Element) -> str:
    return "".join(node.text or "" for node in element.iter(_W + "t"))


def _paragraph(element: etree._Element) -> etree._Element:
    return next(element.iterancestors(_W + "p"), element)


def _is_on(switch: etree._Element | None) -> bool:
    return switch is not None and (switch.get(_W + "val") or "true").lower() not in _MISSING
