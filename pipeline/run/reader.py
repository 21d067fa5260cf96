"""The reading stages with this site's forms: a file in, its parts and readings out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from math import atan2, pi
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from pipeline.identify import missing_pages, split_by_person, split_parts
from pipeline.model import PageMatch, Part, Reading, Widget
from pipeline.reading.blanks import Catalogue, KnownForm, load_form, load_printed
from pipeline.reading.condition import flaw_in
from pipeline.reading.fields import asked_whole, read_part
from pipeline.reading.formmap import FieldOf, foreign_fields, generated_fields
from pipeline.reading.limits import USUAL_TIME, CpuTime
from pipeline.reading.matching import flaw_of_page, match_by_look, match_by_widgets, match_page, match_pages
from pipeline.reading.pages import OpenedFile, open_file
from pipeline.reading.pictures import as_png, shrunk, upright
from pipeline.reading.recogniser import Readers, load_readers
from pipeline.reading.signedlines import own_signatures
from pipeline.run.onfile import NOBODY, OnFile
from pipeline.run.readpart import ReadPart, agree, names_of
from pipeline.site import Site
from pipeline.site.forms import FormEdition
from pipeline.values import Expectation, Kind

PREVIEW_BYTES = 120_000
PREVIEW_PIXELS = 1100


def field_of(site: Site, form: FormEdition) -> FieldOf:
    """Which widget of the blank feeds which field."""
    schema = site.schemas[form.form]
    kinds: dict[str, Kind] = {}
    for field in schema.fields.values():
        kinds[field.name] = field.kind
        kinds |= {f"{field.name}.{column.name}": column.kind for column in field.columns.values()}
    if form.generated:
        return generated_fields(kinds)
    return foreign_fields(
        {rule.pattern: rule.field for rule in form.widgets if not rule.comb},
        {rule.pattern: rule.states for rule in form.widgets if rule.states},
        {rule.pattern: rule.field for rule in form.widgets if rule.comb},
        [name for name, kind in kinds.items() if kind is Kind.SIGNATURE],
    )


class Reader:
    """Reads files with the forms of one site. Blanks and models are loaded when first needed."""

    def __init__(self, site: Site, cache: Path, scratch: Path, allowed: CpuTime = USUAL_TIME) -> None:
        """allowed: processor time that opening one file may take."""
        self.site = site
        self.allowed = allowed
        self._cache = cache
        self._scratch = scratch

    @cached_property
    def catalogue(self) -> Catalogue:
        forms = [
            load_form(form.form, form.edition, form.blank, field_of(self.site, form), self._cache)
            for form in self.site.forms.values()
        ]
        return Catalogue(tuple(forms))

    @cached_property
    def readers(self) -> Readers:
        return load_readers()

    @contextmanager
    def opened(self, path: Path) -> Iterator[OpenedFile]:
        """The file, opened in a child, for as long as the block lasts. Raises DropError."""
        self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix="open-", dir=self._scratch))
        try:
            yield open_file(path, folder, self.allowed)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def parts(
        self, drop: str, opened: OpenedFile, year: int, people: OnFile = NOBODY
    ) -> tuple[ReadPart, ...]:
        """Every page of the file in exactly one part; forms read, split where the person changes.

        people: who is on file, for hands that are hard to read.
        """
        matches = match_pages(opened, self.catalogue)
        parts = split_parts(drop, matches)
        return tuple(read for part in parts for read in self._read(opened, part, year, people))

    def _expectations(self, form: str, year: int, people: OnFile) -> dict[str, Expectation]:
        """What is known beforehand of each box, what is on file of people included."""
        found = self.site.expectations(form, year)
        for field, values in people.known(self.site.schemas[form]).items():
            if field in found:
                found[field] = replace(found[field], known=values)
        return found

    def _read(self, opened: OpenedFile, part: Part, year: int, people: OnFile) -> list[ReadPart]:
        known = self.catalogue.find(part.form, part.edition) if part.form else None
        readings: tuple[Reading, ...] = ()
        if known is not None:
            expected = self._expectations(part.form, year, people)
            readings = read_part(opened, part, known, expected, self.readers)
        part, unread = _usable(_judged(part, readings))
        if known is None or any(match.reason is not None for match in part.matches):
            return [ReadPart(part, (), (), self._pictures(opened, part))]
        readings = tuple(reading for reading in readings if reading.source_page in part.pages)
        parts = split_by_person(
            part, self._persons(part, readings), dict.fromkeys(names_of(self.site, part), agree)
        )
        return [
            ReadPart(
                piece,
                tuple(reading for reading in readings if reading.source_page in piece.pages),
                missing_pages(piece),
                self._pictures(opened, piece),
                unread if number == 0 else (),
            )
            for number, piece in enumerate(parts)
        ]

    def part_as(
        self, form: str, drop: str, opened: OpenedFile, pages: tuple[int, ...], year: int
    ) -> ReadPart | None:
        """Pages of which a person says that they are this form; None where its boxes are not found on them."""
        only = Catalogue(tuple(known for known in self.catalogue.forms if known.map.form == form))
        found: list[PageMatch] = []
        for number in pages:
            page, before = opened.page(number), found[-1] if found else None
            by_widgets = match_by_widgets(page, only, None)
            found.append(by_widgets or match_by_look(page, page.picture(), only, before))
        good = [match for match in found if match.reason is None]
        if not good or len({(match.form, match.edition) for match in good}) > 1:
            return None
        part = Part(drop, pages, tuple(found), good[0].form, good[0].edition)
        known = self.catalogue.find(part.form, part.edition)
        if known is None:
            return None
        usable = replace(part, matches=tuple(good))
        readings = read_part(opened, usable, known, self.site.expectations(form, year), self.readers)
        poor = [
            match.source_page for match in good if flaw_of_page(opened.page(match.source_page), match, only)
        ]
        readings = asked_whole(readings, poor)
        return ReadPart(usable, readings, missing_pages(usable), self._pictures(opened, part))

    def sheet(
        self,
        part: Part,
        opened: OpenedFile,
        made: Path,
        field_of: FieldOf,
        expected: Mapping[str, Expectation],
    ) -> tuple[Reading, ...]:
        """The boxes of a printed sheet that a hand filled in; `made` is the sheet as it was printed."""
        self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="sheet-", dir=self._scratch) as folder:
            known = load_form(part.form, part.edition, made, field_of, Path(folder))
            only = Catalogue((known,))
            matches = tuple(match_page(opened.page(number), only, None) for number in part.pages)
            good = tuple(match for match in matches if match.reason is None)
            usable = Part(
                part.drop, tuple(match.source_page for match in good), good, part.form, part.edition
            )
            return read_part(opened, usable, known, expected, self.readers) if good else ()

    def signed(
        self,
        part: Part,
        opened: OpenedFile,
        widgets: tuple[Widget, ...],
        made: tuple[Path, int],
        expected: Mapping[str, Expectation],
    ) -> tuple[Part, tuple[Reading, ...]]:
        """Pages of a document of ours with the boxes on which people sign; a page that cannot be read has its reason.

        made: the PDF as it went out, and its page, from 0, on which the document begins
        """
        asked, pages = {widget.page for widget in widgets}, part.matches[0].pages
        self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(prefix="signed-", dir=self._scratch) as folder:
            known = load_printed((part.form, part.edition), pages, widgets, *made, Path(folder))
            only = Catalogue((known,))
            matches = tuple(
                match_page(opened.page(match.source_page), only, None) if match.page in asked else match
                for match in part.matches
            )
            good = tuple(match for match in matches if match.reason is None)
            usable = replace(part, pages=tuple(match.source_page for match in good), matches=good)
            read = read_part(opened, usable, known, expected, self.readers) if good else ()
            readings = tuple(
                reading
                for match in good
                for reading in own_signatures(
                    opened.page(match.source_page),
                    match,
                    known,
                    [each for each in read if each.source_page == match.source_page],
                )
            )
        return replace(part, matches=matches), readings

    def _persons(self, part: Part, readings: tuple[Reading, ...]) -> dict[int, dict[str, str]]:
        """What the person block of each page says, as read."""
        found: dict[int, dict[str, str]] = {page: {} for page in part.pages}
        names = names_of(self.site, part)
        for reading in readings:
            if reading.field in names and reading.source_page in found:
                found[reading.source_page][reading.field] = reading.text
        return found

    def _pictures(self, opened: OpenedFile, part: Part) -> tuple[bytes, ...]:
        """A small grey picture of each page, upright, to recognise it by; the original stays in the archive."""
        turns = {match.source_page: quarter_turns(match) for match in part.matches}
        return tuple(
            as_png(
                upright(shrunk(opened.page(number).picture(), PREVIEW_PIXELS)[0], turns.get(number, 0)),
                PREVIEW_BYTES,
            )
            for number in part.pages
        )

    def known(self, match: PageMatch) -> KnownForm | None:
        return self.catalogue.find(match.form, match.edition)


def quarter_turns(match: PageMatch) -> int:
    """How many quarters the page must be turned left to stand upright; 0 where that is not known."""
    if len(match.transform) < 4:
        return 0
    return round(atan2(match.transform[3], match.transform[0]) / (pi / 2)) % 4


def _judged(part: Part, readings: Sequence[Reading]) -> Part:
    """The part, with the reason at each page of which the boxes were not to be read."""
    matches = tuple(
        match
        if match.reason is not None
        else replace(
            match, reason=flaw_in([each for each in readings if each.source_page == match.source_page])
        )
        for match in part.matches
    )
    return replace(part, matches=matches)


def _usable(part: Part) -> tuple[Part, tuple[Part, ...]]:
    """The pages that can be read, and each other one by itself; the part as it is where none can or all can."""
    good = tuple(match for match in part.matches if match.reason is None)
    if not good or len(good) == len(part.matches):
        return part, ()
    pages = tuple(match.source_page for match in good)
    bad = tuple(
        Part(part.drop, (match.source_page,), (match,), part.form, part.edition)
        for match in part.matches
        if match.reason is not None
    )
    return replace(part, pages=pages, matches=good), bad
