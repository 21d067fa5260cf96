"""The signature lines on pages that came back, read against our own page: who has signed, and on which day.

A child reads, so that the watcher needs none of what reads. Nothing is decided here.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.ledger import DropRow
from pipeline.model import Box, Widget, WidgetKind
from pipeline.reading.pages import OpenedFile
from pipeline.run.office import Office
from pipeline.run.readpart import ReadPart
from pipeline.run.returned import printed_on
from pipeline.run.signing import DATE, SignatureLine, first_page_of, signing_of
from pipeline.values import Expectation, Kind, Pivot

INSIDE = 1.5  # points: the lines of the table are not part of the box


def with_signatures(office: Office, drop: DropRow, opened: OpenedFile, read: ReadPart) -> ReadPart:
    """The pages with what stands on their signature lines; as they are where none is looked for."""
    printed = printed_on(office, read.part)
    if printed.refused is not None or printed.row is None:
        return read
    with office.ledger.reading() as tx:
        signing = signing_of(office, tx, printed.row)
    lines = [line for line in signing.lines_of(printed.document) if line.box and line.page in printed.pages]
    made = first_page_of(office, printed.row, printed.document) if lines else None
    if made is None:
        return read
    year = office.local_day(drop.received_at).year
    day = Expectation(Kind.DATE, pivot=Pivot(year), about=year)
    widgets = tuple(widget for line in lines for widget in _widgets(line))
    expected = {widget.field: day for widget in widgets if widget.kind is WidgetKind.TEXT}
    part, readings = office.reader.signed(read.part, opened, widgets, made, expected)
    return replace(read, part=part, readings=readings)


def _widgets(line: SignatureLine) -> list[Widget]:
    found = []
    if line.box is not None:
        found.append(_widget(line, line.place, line.box, WidgetKind.SIGNATURE))
    if line.date_box is not None:
        found.append(_widget(line, line.place + DATE, line.date_box, WidgetKind.TEXT))
    return found


def _widget(line: SignatureLine, name: str, box: Box, kind: WidgetKind) -> Widget:
    return Widget(f"{line.page}/{name}", line.page, box.inset(INSIDE), kind, name, name)
