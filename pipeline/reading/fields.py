"""One `Reading` for each box of a part: typed values first, then printed words, then ink.

What was typed into a widget is what was meant. On a born-digital page words stand under the boxes. On a
scan each box is cut out and read. Whatever is not sure is asked about, with a picture of the box.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from pipeline.model import Box, Decision, Method, PageMatch, Part, Reading, Reason, Widget, WidgetKind
from pipeline.reading.blanks import KnownForm
from pipeline.reading.boxes import WORDS, read_text
from pipeline.reading.formmap import JOIN
from pipeline.reading.hands import LEAST_LETTERS, Script, is_type_throughout, is_typed
from pipeline.reading.laid import Cut, LaidPage, is_punched
from pipeline.reading.layer import words_in
from pipeline.reading.pages import OpenedFile, OpenedPage, WidgetValue
from pipeline.reading.pictures import as_png
from pipeline.reading.recogniser import Readers
from pipeline.reading.signatures import read_signature
from pipeline.reading.texts import ByHand, is_valid
from pipeline.reading.ticks import read_tick
from pipeline.reading.together import (
    contradictions_asked,
    copies_believed,
    expectation_of,
    weak_ticks_settled,
)
from pipeline.values import Expectation, Kind

TYPE_STAYS: Final = 0.5  # share of the print kept from which type is not lost without a trace
"""Source: of 1,573 boxes typed in six faces, on 36 bad copies and 27 better ones, none was left without ink."""


def read_part(
    opened: OpenedFile,
    part: Part,
    known: KnownForm,
    expectations: Mapping[str, Expectation],
    readers: Readers,
) -> tuple[Reading, ...]:
    """Every box of the part that feeds a field, page by page in reading order.

    expectations: by field; a row's field (`services.2.units`) may also be found without its number.
    """
    pages: list[tuple[PageReader, list[tuple[Reading, Expectation]]]] = []
    for match in part.matches:
        if match.reason is None and match.form:
            reader = PageReader(opened.page(match.source_page), match, known, readers)
            pages.append((reader, read_page(reader, known, expectations)))
            reader.let_go()
    form = [script for reader, _ in pages for script in reader.scripts.values()]
    typed = is_type_throughout([script for reader, _ in pages for script in reader.written], form)
    readings = [
        reader.by_whom(reading, expect, form, typed) for reader, read in pages for reading, expect in read
    ]
    weak = {(reader.match.source_page, key) for reader, _ in pages for key in reader.weak}
    short = {(reader.match.source_page, key) for reader, _ in pages for key in reader.short}
    settled = copies_believed(list(weak_ticks_settled(readings, expectations, weak)), short)
    return tuple(contradictions_asked(settled, expectations))


def read_page(
    reader: PageReader, known: KnownForm, expectations: Mapping[str, Expectation]
) -> list[tuple[Reading, Expectation]]:
    """The readings of one page, each with what was expected of its box."""
    boxes = [
        (widget, expectation_of(widget, expectations)) for widget in known.map.on_page(reader.match.page)
    ]
    return [(reader.read(widget, expect), expect) for widget, expect in boxes if widget.field]


class PageReader:
    """Reads the boxes of one page by the best means each of them offers.

    Its picture is laid onto the blank only if a box needs it.
    """

    def __init__(self, page: OpenedPage, match: PageMatch, known: KnownForm, readers: Readers) -> None:
        self.page = page
        self.match = match
        self.readers = readers
        self.blank = known.pages[match.page - 1]
        self.typed = match.method == "widgets"
        self.weak: set[str] = set()  # ticks that are doubtful for want of ink
        self.short: set[str] = set()  # combs by hand that are doubtful only for want of a lead
        self.scripts: dict[str, Script] = {}
        self.written: list[Script] = []  # of the boxes in which a text was read
        self.of_hand: dict[str, Reason | None] = {}
        self.faded: set[str] = (
            set()
        )  # boxes without ink, where the print is pale and a thin pen would be lost
        self.by_hand: dict[str, ByHand] = {}
        self._laid: LaidPage | None = None

    @property
    def laid(self) -> LaidPage:
        if self._laid is None:
            self._laid = LaidPage(self.page, self.match, self.blank)
        return self._laid

    def let_go(self) -> None:
        """Frees the laid page: a form of many pages would fill the memory."""
        self._laid = None

    def read(self, widget: Widget, expect: Expectation) -> Reading:
        if self.typed:
            typed = self.from_widget(widget, expect)
            if not (typed.is_blank and self.page.marked):
                return typed
        if widget.kind is WidgetKind.TICK:
            return self.tick(widget)
        if self.page.words:
            text = words_in(self.page, self.match, self.blank, widget)
            if text:
                return self.from_words(widget, expect, text)
        if widget.kind is WidgetKind.SIGNATURE:
            return self.signature(widget)
        return self.from_ink(widget, expect)

    def reading(self, widget: Widget, method: Method, text: str) -> Reading:
        return Reading(
            widget=widget.key,
            field=widget.field,
            page=widget.page,
            source_page=self.match.source_page,
            box=widget.box,
            method=method,
            text=text,
            option=widget.option,
        )

    def from_widget(self, widget: Widget, expect: Expectation) -> Reading:
        """The value typed or ticked on screen: sure, but still asked about where it is not of its kind."""
        found = own_widgets(self.page, widget)
        if widget.kind is WidgetKind.TICK:
            text = "on" if any(item.is_on for item in found) else "off"
            return self.reading(widget, Method.WIDGET, text)
        value = (
            "".join(item.value for item in found)
            if JOIN in widget.name
            else (found[0].value if found else "")
        )
        if widget.kind is WidgetKind.SIGNATURE:
            is_digital = any(item.kind == "/Sig" and item.value for item in found)
            text = "present" if is_digital else "typed" if value.strip() else "absent"
            decision = Decision.ACCEPTED if text == "absent" else Decision.CONFIRM
            return replace(self.reading(widget, Method.WIDGET, text), decision=decision)
        return judged(self.reading(widget, Method.WIDGET, value.strip()), expect)

    def from_words(self, widget: Widget, expect: Expectation, text: str) -> Reading:
        """Words printed under the box on a page that was never paper."""
        if widget.kind is WidgetKind.SIGNATURE:
            return replace(self.reading(widget, Method.TEXT_LAYER, "typed"), decision=Decision.CONFIRM)
        return judged(self.reading(widget, Method.TEXT_LAYER, text), expect)

    def tick(self, widget: Widget) -> Reading:
        tick = read_tick(self.laid, widget.box)
        if tick.cut.hidden:
            return hidden(self.reading(widget, Method.INK, "doubtful"), tick.cut)
        doubtful = tick.text == "doubtful"
        if tick.weak:
            self.weak.add(widget.key)
        return replace(
            self.reading(widget, Method.INK, tick.text),
            confidence=round(tick.confidence, 3),
            decision=Decision.ASK if doubtful else Decision.ACCEPTED,
            reason=Reason.TICK_DOUBTFUL if doubtful else None,
            crop=crop_of(tick.cut),
        )

    def signature(self, widget: Widget) -> Reading:
        text, confidence, cut = read_signature(self.laid, widget.box)
        if cut.hidden:
            return hidden(self.reading(widget, Method.INK, "doubtful"), cut)
        decision = {"present": Decision.CONFIRM, "absent": Decision.ACCEPTED}.get(text, Decision.ASK)
        return replace(
            self.reading(widget, Method.INK, text),
            confidence=confidence,
            decision=decision,
            reason=Reason.SIGNATURE_DOUBTFUL if text == "doubtful" else None,
            handwritten=text != "absent",
            crop=crop_of(cut),
        )

    def from_ink(self, widget: Widget, expect: Expectation) -> Reading:
        seen = read_text(self.laid, widget, expect, self.readers)
        if seen.cut.hidden or is_punched(seen.cut):
            # what was read of it is only a vote: half a word must never stand for a whole one
            votes, models = seen.votes, self.readers.models_of([vote.reader for vote in seen.votes])
            return replace(hidden(self.reading(widget, Method.INK, ""), seen.cut), votes=votes, models=models)
        if seen.no_ink and seen.reason is Reason.NOT_SURE and seen.cut.kept >= TYPE_STAYS:
            self.faded.add(widget.key)
        if seen.script is not None:
            self.scripts[widget.key] = seen.script
            if seen.text and (seen.reason is None or seen.script.letters >= LEAST_LETTERS):
                self.written.append(seen.script)
            self.of_hand[widget.key] = seen.hand
        if seen.by_hand is not None:
            self.by_hand[widget.key] = seen.by_hand
            if seen.by_hand.short and widget.comb:
                self.short.add(widget.key)
        return replace(
            self.reading(widget, Method.RECOGNISED if seen.text or seen.votes else Method.INK, seen.text),
            confidence=round(seen.confidence, 3),
            decision=Decision.ASK if seen.reason else Decision.ACCEPTED,
            reason=seen.reason,
            votes=seen.votes,
            models=self.readers.models_of([vote.reader for vote in seen.votes]),
            crop=crop_of(seen.cut),
        )

    def by_whom(
        self, reading: Reading, expect: Expectation, form: Sequence[Script], typed_throughout: bool
    ) -> Reading:
        """The reading, marked where it was written by hand, once all boxes of the form were seen.

        Running text does not hold a form: by hand, or where the readers differ, it is filed and confirmed. So
        are single lines of free words by hand: of those that two readers read alike one in ten was wrong.
        """
        if typed_throughout and reading.widget in self.faded:
            return replace(reading, reason=None, decision=Decision.ACCEPTED)
        script = self.scripts.get(reading.widget)
        if script is None:
            return reading
        hand = not is_typed(script, list(self.scripts.values()), form)
        reading = replace(reading, handwritten=hand)
        if hand:
            reason = self.of_hand[reading.widget]
            reading = replace(reading, reason=reason, decision=Decision.ASK if reason else Decision.ACCEPTED)
        if hand and reading.widget in self.by_hand:
            text = self.by_hand[reading.widget].text
            return reading if text is None else replace(reading, text=text)
        if not reading.text or (expect.kind is not Kind.NARRATIVE and not (hand and expect.kind in WORDS)):
            return reading
        if hand:
            return replace(reading, decision=Decision.CONFIRM, reason=Reason.HANDWRITTEN_NARRATIVE)
        if reading.reason is not None:
            return replace(reading, decision=Decision.CONFIRM)
        return reading


def asked_whole(readings: Sequence[Reading], pages: Sequence[int]) -> tuple[Reading, ...]:
    """The readings, every one that was taken from the picture of these pages of the file asked about."""
    seen = (Method.RECOGNISED, Method.INK)
    return tuple(
        replace(item, decision=Decision.ASK, reason=item.reason or Reason.NOT_SURE)
        if item.source_page in pages and item.method in seen
        else item
        for item in readings
    )


def hidden(reading: Reading, cut: Cut) -> Reading:
    """A box of which the picture shows nothing or only a part: never blank, always asked about."""
    return replace(
        reading,
        confidence=0.0,
        decision=Decision.ASK,
        reason=Reason.BOX_HIDDEN,
        crop=crop_of(cut),
    )


def judged(reading: Reading, expect: Expectation) -> Reading:
    """The reading, asked about where its text is not a value of its kind."""
    if reading.is_blank or is_valid(reading.text, expect):
        return reading
    return replace(reading, decision=Decision.ASK, reason=Reason.NOT_VALID)


def own_widgets(page: OpenedPage, widget: Widget) -> list[WidgetValue]:
    """The file's widgets that are this box: same name; of several, the one at its place."""
    names = widget.name.split(JOIN)
    if len(names) > 1:
        cells = [item for name in names for item in page.widgets if item.name == name]
        return sorted(cells, key=lambda item: item.box.centre[0])
    same = [item for item in page.widgets if item.name == widget.name]
    here = [item for item in same if is_near(item.box, widget.box)]
    return here or (same if len(same) == 1 else [])


def is_near(one: Box, other: Box) -> bool:
    return abs(one.centre[0] - other.centre[0]) < 6 and abs(one.centre[1] - other.centre[1]) < 6


def crop_of(cut: Cut) -> bytes:
    return as_png(255 - cut.dark)
