"""The signature lines of a returned page that a person is asked about, as they stood then. And the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from pipeline.errors import ArchiveError
from pipeline.values import Json


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
        lines = data["lines"]
        assert isinstance(lines, list)
        return AskedSignatures(str(data["packet"]), str(data["document"]), tuple(map(_line, lines)))
    except (KeyError, AssertionError) as failure:
        raise ArchiveError(f"asked signatures cannot be read ({type(failure).__name__})") from None


def _line(item: Json) -> AskedLine:
    assert isinstance(item, dict)
    return AskedLine(str(item["place"]), str(item["state"]), str(item["on"]), item["by_hand"] is True)
