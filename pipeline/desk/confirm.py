"""The coordinator's confirm list: pictures of handwriting that was filed, beside what was read, to tick through.

It holds nothing up; what is unconfirmed only blocks a final packet. It is handed in like a sheet: the tick with
initials.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member

from pipeline.desk.answers import COPY, DOUBTFUL, carried, initials_in, is_ticked
from pipeline.desk.layout import BODY, LABEL, LEFT, RIGHT, SMALL, TITLE, WIDTH, Flow, drawn_twice, new_pdf
from pipeline.fillable import Entry, Field, FillablePdf, Style, picture_size, wrapped
from pipeline.model import Box

COUNTS = "Only this tick together with your initials counts. What you do not tick stays on the list."
SAVED = "Then save this file where it lies, or into the inbox; or print it, tick it with a pen and scan it."
LIST, ITEMS = "ConfirmList", "ConfirmItems"


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """One reading to confirm. key: names it when the list comes back, `SUBMISSION/field`.

    is_signature: asked with two ticks; what was read is that somebody signed
    """

    key: str
    form_title: str
    label: str
    read: str = member(repr=False)
    picture: bytes = member(default=b"", repr=False)
    is_signature: bool = False


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a finished list says. right: keys confirmed as read; corrected: key → the right text.

    initials: empty where none were given; then nothing counts
    unsigned: signatures that are none; unticked: keys whose text was changed, but is not ticked as right
    numbers:  key → its number on the list
    unclear:  keys of a printed list whose text or tick a hand left unclear
    """

    list_id: str
    initials: str
    right: tuple[str, ...]
    corrected: Mapping[str, str] = member(repr=False)
    unsigned: tuple[str, ...] = ()
    unticked: tuple[str, ...] = ()
    numbers: Mapping[str, int] = member(default_factory=dict)
    unclear: tuple[str, ...] = ()


def make_confirm_list(list_id: str, case: str, items: Sequence[ToConfirm]) -> bytes:
    """The list as a fillable PDF. list_id: 12 characters; case: the case's opaque number."""
    return drawn_twice(lambda pages: _list(list_id, case, items, pages))


def _list(list_id: str, case: str, items: Sequence[ToConfirm], pages: int) -> tuple[FillablePdf, int]:
    keys = json.dumps([item.key for item in items], separators=(",", ":"))
    pdf = new_pdf(f"Confirm list for case {case}", {LIST: list_id, ITEMS: keys})
    copy = json.dumps({LIST: list_id, ITEMS: keys})
    pdf.field(Field(COPY, Box(0, 0, 0, 0), Entry.TEXT, "For the program", copy, hidden=True))
    flow = Flow(pdf, f"Confirm list, case {case}", ("S1", list_id, 0), pages)
    flow.say("Is this what was written?", TITLE)
    flow.skip(2)
    flow.say("These were read from scans and are filed. Tick what is right; mend the rest in its box.", BODY)
    flow.skip(8)
    for number, item in enumerate(items, start=1):
        _item(flow, number, item)
    _ending(flow)
    return pdf, pdf.pages


def _item(flow: Flow, number: int, item: ToConfirm) -> None:
    """Picture and text side by side; one above the other where the picture would shrink too far to be read."""
    half = (WIDTH - 14) / 2
    whole = picture_size(item.picture, WIDTH, 200)
    above = whole[0] > half * 1.2 and not item.is_signature
    size = whole if above else picture_size(item.picture, half, 200)
    left = LEFT if above or not size[0] else LEFT + half + 14
    lines = len(wrapped(item.read, Style(10), RIGHT - left - 10))
    down = size[1] + 5 if above else 0.0
    written = 0.0 if item.is_signature else 11.5 * min(max(lines + 1, 2), 30) + 8
    height = down + written if above else max(size[1], written)
    flow.need(height + 46)
    pdf, top = flow.pdf, flow.y
    pdf.line(LEFT, top, RIGHT, top, 0.8, grey=0.45)
    pdf.text(LEFT, top + 15, f"{number}.  {item.label}", LABEL)
    pdf.text(RIGHT, top + 15, item.form_title, SMALL, "right")
    if size[0]:
        box = Box(LEFT, top + 22, LEFT + size[0], top + 22 + size[1])
        pdf.picture(item.picture, box)
        pdf.frame(box, 0.5, grey=0.6)
    value = Box(left, top + 22 + down, RIGHT, top + 22 + height)
    tip = f"Number {number}. {item.label}"
    if item.is_signature:
        _signed(pdf, number, tip, value.x0, top + 22 + down)
        flow.skip(max(height, 12.0) + 32)
        return
    pdf.field(Field(f"text.{number}", value, Entry.TEXT, f"{tip}: what was read", item.read, multiline=True))
    tick = Box(value.x0, value.bottom + 5, value.x0 + 12, value.bottom + 17)
    pdf.field(Field(f"right.{number}", tick, Entry.TICK, f"{tip}: is right"))
    pdf.text(tick.x1 + 6, tick.bottom - 2, "Right as it stands in the box", Style(10))
    flow.skip(height + 46)


def _signed(pdf: FillablePdf, number: int, tip: str, left: float, top: float) -> None:
    for place, words in enumerate(("Signed", "Not signed"), start=1):
        x = left + 90 * (place - 1)
        tick = Box(x, top, x + 12, top + 12)
        pdf.field(Field(f"signed.{number}", tick, Entry.RADIO, f"{tip}: {words.lower()}", state=str(place)))
        pdf.text(tick.x1 + 6, tick.bottom - 2, words, Style(10))


def _ending(flow: Flow) -> None:
    flow.need(80)
    pdf, top = flow.pdf, flow.y + 4
    pdf.frame(Box(LEFT, top, RIGHT, top + 68), 1.6)
    tick = Box(LEFT + 12, top + 11, LEFT + 30, top + 29)
    pdf.field(Field("finished", tick, Entry.TICK, "I am finished. Only this tick with initials counts."))
    pdf.text(LEFT + 40, top + 26, "I am finished.", Style(15, bold=True))
    pdf.text(LEFT + 248, top + 26, "My initials:", Style(12))
    box = Box(LEFT + 318, top + 7, LEFT + 408, top + 33)
    pdf.field(Field("initials", box, Entry.TEXT, "Your initials", max_length=8, size=13))
    pdf.text(LEFT + 40, top + 47, COUNTS, Style(10))
    pdf.text(LEFT + 40, top + 60, SAVED, Style(9, grey=0.25))
    flow.skip(76)


def read_confirm_list(
    widgets: Mapping[str, str], info: Mapping[str, str], read: Mapping[str, str]
) -> Confirmed | None:
    """What a finished list says, None where it is no such list or nobody finished it.

    read: key → what stood in its box, to tell a corrected text from one left as it was; only ticked ones count
    """
    known = carried(widgets, info, LIST)
    initials = initials_in(widgets.get("initials", ""))
    if LIST not in known or not is_ticked(widgets.get("finished", "")):
        return None
    try:
        keys = [str(key) for key in json.loads(known.get(ITEMS, ""))]
    except (ValueError, TypeError, RecursionError):
        return None
    numbers = {key: number for number, key in enumerate(keys, start=1)}
    texts = {key: widgets.get(f"text.{number}", "").strip() for key, number in numbers.items()}
    ticked = {key for key, number in numbers.items() if is_ticked(widgets.get(f"right.{number}", ""))}
    signed = {key: widgets.get(f"signed.{number}", "").strip("/ ") for key, number in numbers.items()}
    lines = {key for key, number in numbers.items() if f"signed.{number}" in widgets}
    unclear = {key for key, number in numbers.items() if _is_unclear(widgets, number)}
    changed = {key for key in keys if key not in lines and texts[key] != read.get(key, "").strip()}
    changed, ticked = changed - unclear, ticked - unclear
    return Confirmed(
        known[LIST],
        initials,
        tuple(key for key in keys if signed[key] == "1" or (key in ticked and key not in changed)),
        {key: texts[key] for key in keys if key in ticked & changed},
        tuple(key for key in keys if signed[key] == "2"),
        tuple(key for key in keys if key in changed - ticked),
        numbers,
        tuple(key for key in keys if key in unclear),
    )


def _is_unclear(widgets: Mapping[str, str], number: int) -> bool:
    return any(widgets.get(f"{box}.{number}", "") == DOUBTFUL for box in ("text", "right", "signed"))
