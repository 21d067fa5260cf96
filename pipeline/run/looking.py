"""Reads a file without keeping it, for `read`: what a scan would be taken for, box by box."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as member
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.desk.short import short_word
from pipeline.disk import keep_private
from pipeline.errors import DropError
from pipeline.model import Reading, Reason
from pipeline.run.reader import Reader
from pipeline.run.readpart import ReadPart
from pipeline.site import Site, load_site
from pipeline.values import Json


@dataclass(frozen=True, slots=True)
class FieldSeen:
    """One box as read."""

    field: str
    label: str
    text: str = member(repr=False)
    reading: Reading = member(repr=False)

    @property
    def method(self) -> str:
        return self.reading.method.value

    @property
    def confidence(self) -> float:
        return self.reading.confidence

    @property
    def decision(self) -> str:
        return self.reading.decision.value

    def as_json(self) -> dict[str, Json]:
        reading = self.reading
        return {
            "field": self.field,
            "option": reading.option,
            "text": reading.text,
            "confidence": f"{reading.confidence:.3f}",
            "method": reading.method.value,
            "page": reading.page,
            "source_page": reading.source_page,
            "box": reading.box.as_list(),
            "decision": reading.decision.value,
            "reason": reading.reason.value if reading.reason else "",
            "handwritten": reading.handwritten,
        }


@dataclass(frozen=True, slots=True)
class PartSeen:
    """One part of the file. reason: why it could not be read as a form, empty where it could."""

    form: str
    edition: str
    pages: tuple[int, ...]
    pages_missing: tuple[int, ...]
    reason: str
    fields: tuple[FieldSeen, ...]

    @property
    def words(self) -> str:
        pages = ", ".join(map(str, self.pages)) or "none"
        if not self.form or self.reason:
            told = short_word(Reason(self.reason) if self.reason else Reason.UNKNOWN_FORM)
            return f"pages {pages}: {told}" if self.pages else told
        missing = f", pages {', '.join(map(str, self.pages_missing))} missing" if self.pages_missing else ""
        return f"pages {pages}: {self.form} {self.edition}{missing}"


@dataclass(frozen=True, slots=True)
class FileSeen:
    path: Path
    parts: tuple[PartSeen, ...]

    def as_json(self) -> dict[str, Json]:
        """The shape is documented in docs/commands.md and stable."""
        return {
            "file": self.path.name,
            "parts": [
                {
                    "form": part.form,
                    "edition": part.edition,
                    "pages": list(part.pages),
                    "pages_missing": list(part.pages_missing),
                    "reason": part.reason,
                    "fields": [seen.as_json() for seen in part.fields],
                }
                for part in self.parts
            ],
        }


def read_file(site_folder: Path, state: Path, path: Path) -> FileSeen:
    """What the file is taken for. A file that cannot be opened is one part with the reason."""
    keep_private()
    site = load_site(site_folder)
    cache = state / "blanks"
    with TemporaryDirectory(prefix="read-") as scratch:
        reader = Reader(site, cache, Path(scratch))
        try:
            with reader.opened(path) as opened:
                if opened.word is not None:
                    return FileSeen(path, (PartSeen("", "", (), (), Reason.PACKET_EDITED.value, ()),))
                found = reader.parts("", opened, datetime.now(UTC).year)
        except DropError as failure:
            return FileSeen(path, (PartSeen("", "", (), (), str(failure.reason), ()),))
    return FileSeen(path, tuple(_part(site, read) for read in found))


def _part(site: Site, read: ReadPart) -> PartSeen:
    reason = next((match.reason for match in read.part.matches if match.reason), None)
    schema = site.schemas.get(read.part.form)
    fields = tuple(
        FieldSeen(
            reading.field,
            (schema.label_of(reading.field) if schema else reading.field)
            + (f": {reading.option}" if reading.option else ""),
            "" if reading.text == "off" else reading.text,
            reading,
        )
        for reading in read.readings
    )
    part = read.part
    return PartSeen(
        part.form, part.edition, part.pages, read.pages_missing, reason.value if reason else "", fields
    )
