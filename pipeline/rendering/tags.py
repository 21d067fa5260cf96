"""Tags in places where text would be lost without a word.

docxtpl replaces a whole paragraph, row or cell by the `{%p`, `{%tr` or `{%tc` tag in it: whatever else stands
there vanishes. It never fills endnotes in some versions, and Word overwrites data-bound boxes on
opening. Each of these is a Problem here, with its paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.errors import Problem
from pipeline.rendering.docxfile import DocxFile, W, plain_text, xml_root

_W = f"{{{W}}}"
_ANY_TAG = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
_HOLDERS = (("p", "paragraph"), ("tr", "table row"), ("tc", "table cell"))


def misplaced_tags(file: DocxFile) -> list[Problem]:
    """Every tag that would lose text, in the order of the document."""
    problems: list[Problem] = []
    for member, role in file.texts.items():
        if role != "properties":
            problems += _in_part(file, member)
    return problems + list(_in_other_members(file))


def paragraph_text(element: etree._Element) -> str:
    """The text of a paragraph, cell or row, without text boxes and tables in it: they hold their own."""
    return "".join(_texts(element))


def _texts(element: etree._Element) -> Iterator[str]:
    for child in element:
        if child.tag == _W + "t":
            yield child.text or ""
        elif child.tag not in (_W + "txbxContent", _W + "tbl"):
            yield from _texts(child)


def _in_part(file: DocxFile, member: str) -> list[Problem]:
    root = xml_root(file.members[member], file.name, member)
    if root.prefix != "w" or not root.tag.startswith(_W):
        message = "is saved in another dialect of Word's format. Save it from Word as a Word document (.docx)"
        return [Problem(file.name, 0, f"{member}: the document {message}.")]
    paragraphs = list(root.iter(_W + "p"))  # kept: lxml makes a new object each time one is asked for again
    numbers = {id(p): n for n, p in enumerate(paragraphs, 1)}
    problems: list[Problem] = []
    for short, word in _HOLDERS:
        for holder in root.iter(_W + short):
            if message := _holder_mistake(paragraph_text(holder), short, word):
                first = holder if short == "p" else next(iter(holder.iter(_W + "p")), holder)
                problems.append(_problem(file, member, numbers.get(id(first), 0), holder, message))
    for number, paragraph in enumerate(paragraphs, 1):
        for message in _tag_mistakes(paragraph_text(paragraph)):
            problems.append(_problem(file, member, number, paragraph, message))
    return problems + list(_in_boxes_and_changes(file, member, root))


def _in_boxes_and_changes(file: DocxFile, member: str, root: etree._Element) -> Iterator[Problem]:
    """Tags that Word itself will overwrite or leave out: in boxes bound to data, in deleted text."""
    for box in root.iter(_W + "sdt"):
        # Word 2013 and later write a binding of their own beside the old one; tags in tables are bound too
        is_bound = box.find(f"{_W}sdtPr/{{*}}dataBinding") is not None
        if is_bound and _ANY_TAG.search("".join(text.text or "" for text in box.iter(_W + "t"))):
            message = (
                "a tag stands in a box bound to data: Word puts its own text there on opening. Remove the box"
            )
            yield _problem(file, member, 0, box, message)
    for deleted in root.iter(_W + "delText"):
        if re.search(r"\{[{%#]|[}%#]\}", deleted.text or ""):
            message = "a tag stands in text marked as deleted. Accept or reject the tracked changes"
            yield Problem(file.name, 0, f"{member}: {message}.")


def _holder_mistake(text: str, short: str, word: str) -> str:
    tags = re.findall(r"\{[{%#]" + short + r"\s.*?[}%#]\}", text, re.DOTALL)
    if not tags:
        return ""
    if len(tags) > 1:
        return f"two {{%{short} tags in one {word}; each needs a {word} of its own"
    if re.search(r"[}%]", tags[0][2:-2]):
        return f"a {{%{short} tag cannot hold % or }}"
    rest = text.replace(tags[0], "", 1)
    if rest.strip():
        return f"text or tags beside {{%{short} in one {word} would be lost; move them to another {word}"
    return ""


def _tag_mistakes(text: str) -> Iterator[str]:
    if re.search(r"\{%-?\s+(?:tr|tc|p|r)\s", text):
        yield "write {%p, {%tr, {%tc without a space before the letter"
    left = _ANY_TAG.sub("", text)
    if re.search(r"\{[{%]|[}%]\}", left):
        yield "a tag is not closed, or runs over the end of the paragraph"


def _problem(file: DocxFile, member: str, number: int, element: etree._Element, message: str) -> Problem:
    text = paragraph_text(element)
    text = text if len(text) <= 120 else text[:117] + "..."
    return Problem(file.name, number, f"{member}, paragraph {text!r}: {message}.")


def _in_other_members(file: DocxFile) -> Iterator[Problem]:
    """Parts that are never filled (charts, diagrams, settings, building blocks) must hold no tag."""
    for member, blob in file.members.items():
        if member in file.texts or not member.endswith((".xml", ".rels")):
            continue
        text = plain_text(blob.decode("utf-8", "replace"))
        if tag := re.search(r"\{\{\s*[\w.]+.*?\}\}|\{%.*?%\}", text, re.DOTALL):
            yield Problem(
                file.name,
                0,
                f"{member}: the tag {tag[0][:60]!r} stands where tags are never filled in. Remove it.",
            )
