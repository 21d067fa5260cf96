"""One box of a paper: what was written, what was read, and whether a person must look."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bench.reading.classes import STRUCK, FieldClass, class_of, same
from bench.reading.papers import Paper
from bench.reading.peers import PeerTexts
from pipeline.model import Decision, Reading, Widget, WidgetKind
from pipeline.reading.formmap import JOIN
from pipeline.values import Expectation, Kind


@dataclass(frozen=True, slots=True)
class BoxRow:
    """One box. read: by the program; asked: a person must look before anything is filed.

    confirmed: filed, but on the coordinator's list; page_text, crop_text: what Tesseract read
    """

    job: str
    key: str
    kind: FieldClass
    truth: str
    read: str
    right: bool
    asked: bool
    confirmed: bool
    reason: str
    votes: tuple[str, ...] = ()
    page_text: str | None = None
    page_right: bool = False
    crop_text: str | None = None
    crop_right: bool = False


def truth_of(paper: Paper, widget: Widget) -> str:
    """What stands in the box: text, `on`/`off`/`struck`, `present`/`absent`."""
    if widget.on_state or widget.kind is WidgetKind.TICK:
        mark = paper.written.get(f"{widget.page}/{widget.name}/{widget.on_state}")
        return "off" if mark is None else STRUCK if mark == STRUCK else "on"
    if widget.kind is WidgetKind.SIGNATURE:
        return "present" if widget.name in paper.signed else "absent"
    return "".join(paper.written.get(f"{widget.page}/{name}", "") for name in widget.name.split(JOIN))


def box_row(
    paper: Paper,
    widget: Widget,
    reading: Reading,
    expect: Expectation,
    asked: set[str],
    in_case: bool,
    texts: PeerTexts,
) -> BoxRow:
    truth = truth_of(paper, widget)
    kind = class_of(widget, expect, paper.job.script, truth, known=in_case)
    if kind is FieldClass.TICK and truth == "on" and widget.name in paper.mended:
        kind = FieldClass.NEW_MARK
    marks = kind in (FieldClass.TICK, FieldClass.NEW_MARK, FieldClass.STRUCK, FieldClass.SIGNATURE)
    plain = Expectation(Kind.TEXT) if marks else expect
    ask_box = reading.decision is Decision.ASK or reading.text == "doubtful"
    row = BoxRow(
        job=paper.job.name,
        key=widget.key,
        kind=kind,
        truth=truth,
        read=reading.text,
        right=reading.text == truth if marks else same(truth, reading.text, plain),
        asked=ask_box if kind is FieldClass.NARRATIVE else ask_box or widget.field in asked,
        confirmed=reading.decision is Decision.CONFIRM,
        reason=reading.reason.value if reading.reason else "",
        votes=tuple(vote.text for vote in reading.votes),
    )
    if kind is FieldClass.NARRATIVE and ask_box and reading.text:
        row = replace(row, asked=False, confirmed=True)  # filed, and on the coordinator's list
    if kind is FieldClass.STRUCK:
        return replace(row, right=row.asked)
    if widget.key not in texts.page or marks:
        return row
    page, crop = texts.page[widget.key], texts.crop.get(widget.key, "")
    return replace(
        row,
        page_text=page,
        page_right=same(truth, page, plain),
        crop_text=crop,
        crop_right=same(truth, crop, plain),
    )
