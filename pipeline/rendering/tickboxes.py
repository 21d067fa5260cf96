"""Word's own check boxes: the state that Word keeps is set together with the sign that is drawn.

`{{ place|tick }}` in a check-box control draws ☒ or ☐; the control remembers by itself whether it is ticked, and would
say no under a drawn yes: to a screen reader, to a program that reads the file, and at the first click.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from pipeline.rendering.docxfile import W

TICKED, UNTICKED = "☒☑✓✔", "☐"
_CONTROL = re.compile(
    r"<w:sdtPr>(?:(?!</w:sdtPr>).)*?<w14:checkbox>(?P<box>.*?)</w14:checkbox>.*?</w:sdtPr>"
    r"(?:(?!<w:sdt>).)*?<w:sdtContent>(?P<content>.*?)</w:sdtContent>",
    re.DOTALL,
)
_CHECKED = re.compile(r"<w14:checked\b[^>]*/>")
_TEXT = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")
_W = f"{{{W}}}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_STATE = re.compile(r"<w14:(checkedState|uncheckedState)\b[^>]*w14:val=\"([0-9A-Fa-f]+)\"")


def with_states_set(xml: str) -> str:
    """The markup with every check box in the state that its sign shows. One that shows no sign stays as it is."""
    if "<w14:checkbox>" not in xml:
        return xml
    return _CONTROL.sub(_set, xml)


def states(xml: str) -> Iterator[tuple[bool, bool | None]]:
    """Of each check box: whether Word has it ticked, and whether its sign says so; None where it shows no sign."""
    for control in _CONTROL.finditer(xml):
        kept = _CHECKED.search(control["box"])
        on = kept is not None and re.search(r'w14:val="(1|true|on)"', kept[0]) is not None
        yield on, _shown(control)


def disagreements(docx: bytes, part: str) -> Iterator[str]:
    """A line for each check box of the part that is set otherwise than it shows, read anew from its XML."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        content = package.read(part)
    if b":checkbox" not in content:
        return
    for control in etree.fromstring(content).iter(_W + "sdt"):
        box = control.find(f"{_W}sdtPr/{_W14}checkbox")
        if box is None:
            continue
        text = "".join(each.text or "" for each in control.iter(_W + "t")).strip()
        own = {
            each.tag.removeprefix(_W14): chr(int(each.get(_W14 + "val", "0"), 16))
            for each in box.iterchildren(f"{_W14}checkedState", f"{_W14}uncheckedState")
        }
        shown = _meaning(text, own)
        checked = box.find(_W14 + "checked")
        is_set = checked is not None and checked.get(_W14 + "val", "1") in ("1", "true", "on")
        if shown is not None and shown != is_set:
            yield f"{part}: a check box shows {text}, but it is not set so."


def _set(control: re.Match[str]) -> str:
    shown = _shown(control)
    if shown is None:
        return control[0]
    state = f'<w14:checked w14:val="{int(shown)}"/>'
    box = control["box"]
    box = _CHECKED.sub(state, box, count=1) if _CHECKED.search(box) else state + box
    start, end = control.start("box") - control.start(), control.end("box") - control.start()
    return control[0][:start] + box + control[0][end:]


def _shown(control: re.Match[str]) -> bool | None:
    text = "".join(_TEXT.findall(control["content"])).strip()
    return _meaning(text, {kind: chr(int(code, 16)) for kind, code in _STATE.findall(control["box"])})


def _meaning(text: str, signs: dict[str, str]) -> bool | None:
    """What a sign says, with the signs of the box's own beside the usual ones."""
    if text and text in TICKED + signs.get("checkedState", ""):
        return True
    return False if text and text in UNTICKED + signs.get("uncheckedState", "") else None
