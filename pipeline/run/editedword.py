"""A Word document of ours that came back edited: which it is, and what was changed in it. And the same as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from dataclasses import field as member

from pipeline.errors import ArchiveError
from pipeline.rendering.changed import ChangedValue, ChangedWords
from pipeline.values import Json, json_list, json_object


@dataclass(frozen=True, slots=True)
class EditedWord:
    """What is known of it without its bytes.

    packet, document, title: which of ours it is; made: path of the deposit with which it was compared
    proposed: tracked changes that nobody accepted or refused; comments: remarks in it
    objects:  how many pictures, drawings and symbols it has more than was made, negative where fewer
    """

    packet: str
    document: str
    title: str
    made: str
    values: tuple[ChangedValue, ...] = member(repr=False)
    words: tuple[ChangedWords, ...] = member(repr=False)
    proposed: int = 0
    comments: int = 0
    objects: int = 0

    @property
    def is_unchanged(self) -> bool:
        return not (self.values or self.words or self.proposed or self.comments or self.objects)

    def as_json(self) -> dict[str, Json]:
        found: dict[str, Json] = asdict(self)
        found["values"] = [asdict(each) for each in self.values]
        found["words"] = [
            {**asdict(each), "values": list(each.values), "facts": list(each.facts)} for each in self.words
        ]
        return found


def load_edited(data: Mapping[str, Json]) -> EditedWord:
    """What `as_json` gave. Raises ArchiveError."""
    try:
        return EditedWord(
            packet=str(data["packet"]),
            document=str(data["document"]),
            title=str(data["title"]),
            made=str(data["made"]),
            values=tuple(_value(json_object(item)) for item in json_list(data["values"])),
            words=tuple(_words(json_object(item)) for item in json_list(data["words"])),
            proposed=int(str(data["proposed"])),
            comments=int(str(data["comments"])),
            objects=int(str(data["objects"])),
        )
    except (KeyError, ValueError, TypeError) as failure:
        raise ArchiveError(f"an edited document cannot be read ({type(failure).__name__})") from None


def _value(item: Mapping[str, Json]) -> ChangedValue:
    texts = {name: str(item[name]) for name in ("place", "label", "fact", "before", "after")}
    return ChangedValue(**texts, times=int(str(item["times"])), of=int(str(item["of"])))


def _words(item: Mapping[str, Json]) -> ChangedWords:
    values, facts = json_list(item["values"]), json_list(item["facts"])
    texts = str(item["role"]), str(item["before"]), str(item["after"])
    return ChangedWords(*texts, tuple(map(str, values)), tuple(map(str, facts)))
