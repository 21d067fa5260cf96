"""Word's own check boxes: what is drawn in one and whether it is set are the same.

A tag in the box, `{{ place|tick }}`, draws the sign only. Word asks the state: left at "not ticked", the first
click would tick a box that shows a tick.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from pipeline.rendering.docxfile import W

_STATES = {"☒": "1", "☐": "0"}
_W = f"{{{W}}}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_CONTROL = re.compile(
    r"(<w14:checkbox(?:\s[^>/]*)?>)(.*?)(</w14:checkbox>.*?<w:sdtContent>)(.*?)(?=</w:sdtContent>)", re.DOTALL
)
_CHECKED = re.compile(r"<w14:checked\b[^>]*?(?:/>|>\s*</w14:checked>)")


def with_states(xml: str) -> str:
    """The markup of a filled part, each check box set as it shows. One that shows another sign is left alone."""
    return _CONTROL.sub(_set, xml) if "<w14:checkbox" in xml else xml


def _set(control: re.Match[str]) -> str:
    opening, about, between, content = control.groups()
    state = _STATES.get(re.sub(r"<[^>]*>", "", content).strip())
    if state is None:
        return control[0]
    rest = _CHECKED.sub("", about)  # the schema wants the state first
    return f'{opening}<w14:checked w14:val="{state}"/>{rest}{between}{content}'


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
        shown = "".join(text.text or "" for text in control.iter(_W + "t")).strip()
        checked = box.find(_W14 + "checked")
        value = "0" if checked is None else checked.get(_W14 + "val", "1")
        is_set = "1" if value in ("1", "true", "on") else "0"
        if _STATES.get(shown, is_set) != is_set:
            yield f"{part}: a check box shows {shown}, but it is not set so."
