"""The signature lines of a returned page that a person is asked about, as they stood then. And the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from pipeline.errors import ArchiveError
from pipeline.values import Json, json_list, json_object


@dataclass(frozen=True, slots=True)
class AskedLine:
    """What was known of a line when the sheet was made. state, on: as acts of signatures say them."""

    place: str
    state: str
    on: str = ""
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class AskedSignatures:
    """Which lines of which document of a packet are asked about."""

    packet: str
    document: str
    lines: tuple[AskedLine, ...]

    @property
    def places(self) -> frozenset[str]:
        return frozenset(line.place for line in self.lines)

    def as_json(self) -> dict[str, Json]:
        lines: list[Json] = [asdict(line) for line in self.lines]
        return {"packet": self.packet, "document": self.document, "lines": lines}


def load_asked(data: Mapping[str, Json]) -> AskedSignatures:
    """What `as_json` gave. Raises ArchiveError."""
    try:
        lines = tuple(_line(json_object(item)) for item in json_list(data["lines"]))
        return AskedSignatures(str(data["packet"]), str(data["document"]), lines)
    except (KeyError, TypeError) as failure:
        raise ArchiveError(f"asked signatures cannot be read ({type(failure).__name__})") from None


def _line(item: Mapping[str, Json]) -> AskedLine:
    return AskedLine(str(item["place"]), str(item["state"]), str(item["on"]), item["by_hand"] is True)
