"""Whether a filled form says what it should: each value in its field, and again on the page in the field's box.

The form is read three times by PDFium, which did not write it: as it came, filled, and as plain pages. Every value is
read back from its field; then the pages must say outside of the boxes what they said before, in the same places, in
each box its value and nothing else, and look as the filled form looked. A failure names the field and quotes no value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import pypdfium2
from PIL import ImageChops
from PIL.Image import Image

from pipeline.rendering.comparable import comparable, is_drawn_in_another_order, letters_in_any_order
from pipeline.rendering.exposures import exposures_in_pdf
from pipeline.rendering.formboxes import (
    BoxSeen,
    FormSeen,
    Letter,
    filled_seen,
    form_seen,
    pages_seen,
    part_of,
)
from pipeline.rendering.formfill import OFF_WORDS, ON_WORDS
from pipeline.rendering.formvisible import unseen_fields
from pipeline.rendering.formwords import FieldWords
from pipeline.rendering.pagetext import PdfText, UnreadablePdf, read_pdf_text
from pipeline.rendering.proof import TORN_PDF, ProofReport
from pipeline.rendering.whereabouts import Standing, place_of

NEAR: Final = 10  # twentieths of a point: as far as a letter may stand from where it stood
_ALIKE: Final = 24  # of 255: what rounding may change in the shade of a point
_NO_VALUES: Final = ("None", "Undefined", "nan", "NaT")


@dataclass(frozen=True, slots=True)
class FormProof:
    """What is proved. blank: the form as it came; filled: with values in live fields; flat: the pages that go out"""

    blank: bytes = field(repr=False)
    filled: bytes = field(repr=False)
    flat: bytes = field(repr=False)
    fields: tuple[FieldWords, ...]

    def prove(self, private_texts: Mapping[str, str] | None = None) -> ProofReport:
        """private_texts: place → text of each private place the form may not show; none may be found anywhere"""
        try:
            before, filled, after = form_seen(self.blank), form_seen(self.filled), form_seen(self.flat)
            shown, live = pages_seen(self.flat), filled_seen(self.filled, ticked=True)
            is_ticked = any(box.is_on for box in filled.boxes)
            unticked = filled_seen(self.filled, ticked=False) if is_ticked else ()
            text = read_pdf_text(self.flat)
        except (UnreadablePdf, pypdfium2.PdfiumError):
            return ProofReport((TORN_PDF,))
        failures = list(_misnumbered(before, filled, after))
        if failures:
            return ProofReport(tuple(failures))
        wrong = dict(_wrong_fields(before, filled, self.fields))
        failures += [f'The field "{name}" {why}.' for name, why in wrong.items()]
        given = {each.name for each in self.fields}
        misplaced = dict(_wrong_boxes(before, filled, after, given))
        failures += [
            f'The box of "{name}", page {page + 1}: {why}.' for (name, page), why in misplaced.items()
        ]
        put_in = [each for each in _put_in(before, filled, after) if each[0].name in given]
        failures += _unseen_boxes(self.filled, put_in, [page.size for page in shown])
        failures += _wrong_pages(before, filled, after)
        failures += [
            f"Page {page} does not look as the filled form looks."
            for page, pair in enumerate(zip(live, shown, strict=True), start=1)
            if not _looks_alike(*pair)
        ]
        failures += _wrong_ticks(filled, shown, unticked)
        failures += list(_leftovers(self.fields))
        if private_texts:
            failures += exposures_in_pdf(private_texts, self.flat, text.pages)
        said = [each for each in self.fields if each.value]
        unseen = {name for name, _ in misplaced}
        return ProofReport(
            tuple(failures),
            sum(each.name not in wrong for each in said),
            sum(each.name not in unseen for each in said),
            len(text.pages),
            text,
            tuple(_standings(self.fields, filled.boxes, before, text)),
        )


def _misnumbered(before: FormSeen, filled: FormSeen, after: FormSeen) -> Iterator[str]:
    counts = [seen.pages for seen in (before, filled, after)]
    if len(set(counts)) > 1:
        yield f"The form has {counts[0]} pages, filled {counts[1]}, as it goes out {counts[2]}."
    if after.boxes:
        yield "The form that goes out still has fields that can be changed."


# --- the fields -----------------------------------------------------------------------------------


def _wrong_fields(
    before: FormSeen, filled: FormSeen, fields: Sequence[FieldWords]
) -> Iterator[tuple[str, str]]:
    """Fields that do not hold what was put in, and those that nobody put anything into and that have changed."""
    given = {each.name: each for each in fields}
    boxes: dict[str, list[BoxSeen]] = {}
    for box in filled.boxes:
        boxes.setdefault(box.name, []).append(box)
    for name, each in given.items():
        found = boxes.get(name, [])
        is_said = each.value and each.value.casefold() not in OFF_WORDS
        unticked = is_said and found and found[0].is_tick and not any(box.is_on for box in found)
        if not found or unticked or not all(_holds(box, each, found) for box in found):
            yield name, "does not hold what was put into it"
    was = {(box.name, box.page, box.place): (box.value, box.is_on, box.chosen) for box in before.boxes}
    for box in filled.boxes:
        now = (box.value, box.is_on, box.chosen)
        if box.name not in given and was.get((box.name, box.page, box.place), now) != now:
            yield box.name, "has changed, though nothing was put into it"


def _holds(box: BoxSeen, each: FieldWords, alike: Sequence[BoxSeen]) -> bool:
    wanted = each.value
    if box.is_tick:
        states = {other.state for other in alike}
        word = wanted.casefold() in ON_WORDS and len(states) == 1
        return box.is_on == (bool(wanted) and (word or wanted == box.state))
    if box.options:
        return sorted(wanted.split("\n") if wanted else []) in (
            sorted(box.chosen),
            [box.value] if box.value else [],
        )
    return _lines(box.value) == _lines(wanted)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _leftovers(fields: Sequence[FieldWords]) -> Iterator[str]:
    """The words a program writes where a value is missing; what a person wrote is theirs."""
    for each in fields:
        if any(not value.place and value.value.strip() in _NO_VALUES for value in each.insertions):
            yield f'The field "{each.name}" says no value.'


# --- the pages ------------------------------------------------------------------------------------


def _wrong_boxes(
    before: FormSeen, filled: FormSeen, after: FormSeen, given: Collection[str]
) -> Iterator[tuple[tuple[str, int], str]]:
    """Boxes whose letters on the page are not the value of their field.

    Of a field that nobody put anything into, the form may show a value in its own words: `$1,000.00` of 1000.
    """
    for box, found in _put_in(before, filled, after):
        if found is None:
            yield (box.name, box.page), "what the form itself says there is gone"
        elif box.name in given and not _says(box, found):
            yield (box.name, box.page), "it does not say what its field holds"


def _put_in(
    before: FormSeen, filled: FormSeen, after: FormSeen
) -> Iterator[tuple[BoxSeen, list[Letter] | None]]:
    """Each box with the letters in it that are not the form's own; None where one of those is gone."""
    for page in range(filled.pages):
        boxes = [box for box in filled.boxes if box.page == page and not box.is_tick and not box.is_fixed]
        added = _inside(after.letters[page], boxes)
        printed = _inside(before.letters[page], boxes)
        for at, box in enumerate(boxes):
            yield box, _without(added.get(at, []), printed.get(at, []))


def _unseen_boxes(
    filled: bytes, put_in: Sequence[tuple[BoxSeen, list[Letter] | None]], sizes: Sequence[tuple[int, int]]
) -> Iterator[str]:
    """Boxes of which a letter is in the text of the page and not on its picture."""
    letters: dict[int, list[tuple[str, list[Letter]]]] = {}
    for box, found in put_in:
        letters.setdefault(box.page, []).append((box.name, found or []))
    for name, page in unseen_fields(filled, letters, sizes):
        yield f'The box of "{name}", page {page + 1}: what it says is covered, cut off or too pale to be seen.'


def _inside(letters: Sequence[Letter], boxes: Sequence[BoxSeen]) -> dict[int, list[Letter]]:
    """Box → its letters; -1 → those outside of all. Of boxes that overlap the smallest has the letter."""
    found: dict[int, list[Letter]] = {}
    order = sorted(range(len(boxes)), key=lambda at: boxes[at].area)
    for letter in letters:
        at = next((at for at in order if boxes[at].holds(letter.across, letter.down)), -1)
        found.setdefault(at, []).append(letter)
    return found


def _without(letters: Sequence[Letter], printed: Sequence[Letter]) -> list[Letter] | None:
    """The letters but for those that the form itself has there; None where one of these is missing."""
    left = list(letters)
    for own in printed:
        at = next((at for at, each in enumerate(left) if _is_same(own, each)), None)
        if at is None:
            return None
        del left[at]
    return left


def _is_same(one: Letter, other: Letter) -> bool:
    near = abs(one.across - other.across) <= NEAR and abs(one.down - other.down) <= NEAR
    return near and comparable(one.text) == comparable(other.text)


def _says(box: BoxSeen, letters: Sequence[Letter]) -> bool:
    """Of text that is turned, or drawn from right to left, only the letters can be compared, not their order."""
    found = "".join(letter.text for letter in letters)
    turned = any(letter.is_turned for letter in letters)
    if not box.is_list:
        return _is_alike(found, box.chosen[0] if box.chosen else box.value, turned)
    shown = [
        box.options[first:last] for first in range(len(box.options)) for last in range(len(box.options) + 1)
    ]
    return any(_is_alike(found, "".join(run), turned) and {*box.chosen} <= {*run} for run in shown)


def _is_alike(found: str, wanted: str, turned: bool) -> bool:
    if turned or is_drawn_in_another_order(wanted):
        return sorted(letters_in_any_order(found)) == sorted(letters_in_any_order(wanted))
    return comparable(found) == comparable(wanted)


def _wrong_pages(before: FormSeen, filled: FormSeen, after: FormSeen) -> list[str]:
    """Pages that say otherwise outside of the boxes than the form did."""
    failures = []
    for page in range(filled.pages):
        boxes = [box for box in filled.boxes if box.page == page]
        was = _inside(before.letters[page], boxes).get(-1, [])
        now = _inside(after.letters[page], boxes).get(-1, [])
        if len(was) != len(now) or not all(_is_same(*pair) for pair in zip(was, now, strict=True)):
            failures.append(f"Page {page + 1} does not say what the form says there outside of its boxes.")
    return failures


def _looks_alike(one: Image, other: Image) -> bool:
    if one.size != other.size:
        return False
    shades = ImageChops.difference(one.convert("L"), other.convert("L")).histogram()
    return not any(shades[_ALIKE + 1 :])


def _wrong_ticks(filled: FormSeen, shown: Sequence[Image], unticked: Sequence[Image]) -> list[str]:
    """Boxes that are ticked and do not look so."""
    return [
        f'The box of "{box.name}", page {box.page + 1}, is ticked and looks as if it were not.'
        for box in filled.boxes
        if box.is_on
        and _looks_alike(part_of(shown[box.page], box.place), part_of(unticked[box.page], box.place))
    ]


# --- what stands where ----------------------------------------------------------------------------


def _standings(
    fields: Sequence[FieldWords], boxes: Sequence[BoxSeen], before: FormSeen, text: PdfText
) -> Iterator[Standing]:
    """The values with the pages of their boxes, then the form's own lines."""
    pages: dict[str, set[int]] = {}
    for box in boxes:
        pages.setdefault(box.name, set()).add(box.page + 1)
    for each in fields:
        for value in each.insertions:
            is_open = value.blank or each.stays_empty
            if value.place:
                yield Standing(place_of(value), "", tuple(sorted(pages.get(each.name, ()))), is_open)
    for number, page in enumerate(text.pages, start=1):
        for line in page.splitlines():
            if words := comparable(line):
                yield Standing("", words, (number,))
