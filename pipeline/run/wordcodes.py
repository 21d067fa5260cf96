"""What is kept with a packet so that a Word document of it is known, and what was changed in it, when it comes back.

`printed.json` says of each document what each of its parts says and which value stands where. It lies beside the
documents and is never sent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from pipeline.model import Deposit, PacketStatus, canonical_json
from pipeline.packets import Selection
from pipeline.reading.wordfile import objects_in, pieces_of
from pipeline.rendering.changed import MadePart, PrintedValue
from pipeline.rendering.docxfile import open_docx, xml_root
from pipeline.rendering.edited import ROLES, carried_over, changes_between
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.wordtext import ExpectedText, expected_text
from pipeline.run.office import Office
from pipeline.run.rendered import Rendered
from pipeline.site import Site
from pipeline.values import Json

PRINTED = "printed.json"
OF_THE_PACKET = ("packet", "today")
"""Its own number, title and days: no values of anybody, and its number is another in each version."""


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """A document of a packet as it was made. objects: pictures, drawings and symbols of its body"""

    id: str
    title: str
    is_draft: bool
    parts: tuple[MadePart, ...]
    objects: int


def printed_json(site: Site, selection: Selection, rendered: Sequence[Rendered]) -> bytes:
    """What the Word documents of a packet say, and where each value stands. A filled form cannot be edited."""
    facts = _facts_by_place(selection)
    documents = {each.task.id: _document_json(site, facts, each) for each in rendered if not each.is_form}
    return canonical_json({"format": 1, "documents": documents})


def deviating_facts(site: Site, selection: Selection, rendered: Sequence[Rendered]) -> frozenset[str]:
    """The facts of which an edited document says something else than the record does now: whoever edited it said so,
    or the record has changed since it was made."""
    facts = _facts_by_place(selection)
    found: set[str] = set()
    for each in rendered:
        if each.unedited is not None:
            unedited, _ = _parts(site, facts, each.unedited)
            edited, _ = _parts(site, facts, each.word)
            changes = changes_between(unedited, [(part.role, part.text) for part in edited])
            found |= {change.fact for change in changes.values if change.fact}
            found |= {fact for change in changes.words for fact in change.facts}
    older = (selection.facts[fact].older_rows for fact in found if fact in selection.facts)
    return frozenset(found) | {fact for rows in older for fact, _ in rows}


def _facts_by_place(selection: Selection) -> dict[str, str]:
    by_place: dict[str, list[str]] = {}
    for fact in selection.facts.values():
        by_place.setdefault(fact.place, []).append(fact.id)
    return {place: found[0] for place, found in by_place.items() if len(found) == 1}


def _document_json(site: Site, facts: Mapping[str, str], rendered: Rendered) -> Json:
    parts, objects = _parts(site, facts, rendered.word)
    if rendered.unedited is not None:
        unedited, _ = _parts(site, facts, rendered.unedited)
        parts = list(carried_over(unedited, [(part.role, part.text) for part in parts]))
    return {
        "parts": [asdict(part) | {"values": list(map(asdict, part.values))} for part in parts],
        "objects": objects,
    }


def body_carried_over(site: Site, rendered: Rendered) -> MadePart:
    """The body of an edited document, and where in its text the values of the record stand now."""
    assert rendered.unedited is not None
    unedited, _ = _parts(site, {}, rendered.unedited)
    edited, _ = _parts(site, {}, rendered.word)
    carried = carried_over(unedited, [(part.role, part.text) for part in edited])
    return next((part for part in carried if part.role == "body"), MadePart("body", "", ()))


def _parts(site: Site, facts: Mapping[str, str], word: RenderedWord) -> tuple[list[MadePart], int]:
    """What each part says that is printed, read as a document that comes back will be read; and how many pictures,
    drawings and symbols the body has."""
    file = open_docx(word.docx, "document.docx")
    parts: list[MadePart] = []
    objects = 0
    for story in word.stories:
        role = file.texts.get(story.part, "")
        if role not in ROLES:
            continue
        root = xml_root(file.members[story.part], file.name, story.part)
        pieces = list(pieces_of(root))
        objects += objects_in(root) if role == "body" else 0
        values = _values(site, facts, expected_text(story), pieces)
        parts.append(MadePart(role, "".join(shown for _, shown in pieces), values))
    return parts, objects


def _values(
    site: Site, facts: Mapping[str, str], expected: ExpectedText, pieces: Sequence[tuple[str, str]]
) -> tuple[PrintedValue, ...]:
    places = _places(pieces, expected.text)
    values: list[PrintedValue] = []
    for each in expected.printed:
        start, end, place = places[each.start], places[each.end], each.insertion.place
        if end > start and place and place.split(".")[0] not in OF_THE_PACKET:
            fact = facts.get(place) or facts.get(table_of(place), "")
            values.append(PrintedValue(start, end, label_of(site, place), place, fact, each.insertion.blank))
    return tuple(values)


def _places(pieces: Sequence[tuple[str, str]], expected: str) -> list[int]:
    """For each character of the part's markup, and its end, where it stands in the text as it is read."""
    places, at = [], 0
    for written, shown in pieces:
        step = 1 if shown else 0
        places += [at + step * number for number in range(len(written))]
        at += len(shown)
    assert len(places) == len(expected), "the proof finds every character"
    return [*places, at]


def table_of(place: str) -> str:
    """`plan.services` of `plan.services.2.units`."""
    names = place.split(".")
    row = next((number for number, name in enumerate(names) if name.isdecimal()), len(names) - 1)
    return ".".join(names[:row])


def label_of(site: Site, place: str) -> str:
    """What people call a place: `Services, row 2: Units`, and `Office phone` of what is no place of the record."""
    if place in site.places:
        return site.places[place].label
    table, column = site.places.get(table_of(place)), place.rpartition(".")[2]
    if table is None or column not in table.columns:
        return place.replace(".", " ").replace("_", " ").capitalize()
    row = next((f", row {name}" for name in place.split(".") if name.isdecimal()), "")
    return f"{table.label}{row}: {table.columns[column].label}"


def made_document(office: Office, deposit: Deposit, document: str) -> MadeDocument | None:
    """The document as it was made; None where the packet has none of that name."""
    return next((made for made in made_documents(office, deposit) if made.id == document), None)


def made_documents(office: Office, deposit: Deposit) -> tuple[MadeDocument, ...]:
    """The documents of a packet as they were made; none of one that was made before their words were kept."""
    if PRINTED not in {file.name for file in deposit.files}:
        return ()
    kept = json.loads(office.archive.read(deposit, PRINTED))["documents"]
    packet = json.loads(office.archive.read(deposit, "packet.json"))
    is_draft = packet["status"] == PacketStatus.DRAFT
    titles = {str(each["id"]): str(each["title"]) for each in packet["documents"]}
    return tuple(
        MadeDocument(
            name, titles.get(name, name), is_draft, tuple(map(_part, made["parts"])), int(made["objects"])
        )
        for name, made in kept.items()
    )


def _part(kept: Any) -> MadePart:
    return MadePart(kept["role"], kept["text"], tuple(PrintedValue(**value) for value in kept["values"]))
