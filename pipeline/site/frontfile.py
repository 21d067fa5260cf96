"""What stands before a packet's documents: its cover sheet, and the checklist that says on which page each item is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.rules import Condition
from pipeline.site.conditions import condition_at
from pipeline.site.formvalues import is_form
from pipeline.site.record import RecordPlace
from pipeline.site.yamlfile import Place, suggestion

COVER, CHECKLIST = "cover", "checklist"
CHECKLIST_KEYS = ("template", "title", "recipients", "items")
ITEM_KEYS = ("words", "in", "place", "heading", "part", "when")


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """Something a packet must hold. words: as the checklist says it; document: in which it stands

    place: what of the record must be printed there; heading: the line under which it stands there. With both, the page
    is the value's, or the heading's where it is a tick. With neither, the item is the document.
    part: of the checklist; when: it is asked for only then; line: of packet.yaml
    """

    words: str
    document: str
    place: str
    heading: str
    part: str
    when: Condition | None
    line: int


@dataclass(frozen=True, slots=True)
class ChecklistPlan:
    """The checklist of a packet, and who gets it."""

    template: Path
    title: str
    recipients: tuple[str, ...]
    items: tuple[ChecklistItem, ...]


def cover_at(place: Place, folder: Path) -> Path | None:
    """The template of the cover sheet, None where the packet has none."""
    return _template(place, folder) if place.exists else None


def checklist_at(
    place: Place, folder: Path, documents: Mapping[str, Sequence[str]], places: Mapping[str, RecordPlace]
) -> ChecklistPlan | None:
    """The checklist, None where the packet has none. documents: ids of those its items may stand in → recipients"""
    if not place.exists:
        return None
    place.only(*CHECKLIST_KEYS)
    known = sorted({role for roles in documents.values() for role in roles})
    for role in place.at("recipients").items():
        if role.text() not in known:
            role.wrong(f'"{role.text()}" gets no document of this packet.{suggestion(role.text(), known)}')
    return ChecklistPlan(
        template=_template(place.need("template"), folder),
        title=place.at("title").text("Checklist"),
        recipients=place.need("recipients").texts(),
        items=tuple(_item(item, documents, places) for item in place.need("items").items()),
    )


def _item(
    place: Place, documents: Mapping[str, Sequence[str]], places: Mapping[str, RecordPlace]
) -> ChecklistItem:
    place.only(*ITEM_KEYS)
    stands_in = place.need("in")
    if stands_in.text() not in documents:
        stands_in.wrong(
            f'no document "{stands_in.text()}" in this packet.{suggestion(stands_in.text(), documents)}'
        )
    return ChecklistItem(
        words=place.need("words").text(),
        document=stands_in.text(),
        place=place.at("place").text(),
        heading=place.at("heading").text(),
        part=place.at("part").text(),
        when=condition_at(place.at("when"), places),
        line=place.line,
    )


def _template(place: Place, folder: Path) -> Path:
    template = folder / place.text()
    if not template.is_file():
        place.wrong("this template is not there")
    if is_form(template.name):
        place.wrong("this must be a Word document: a form has no room for any number of lines")
    return template


def refuse_front_names(top: Place) -> None:
    """A document called as a sheet before it would have that sheet's code on its pages."""
    for document in top.at("documents").items():
        name = document.at("id")
        if any(
            top.at(kind).exists and f"{name.text()}-".startswith(f"{kind}-") for kind in (COVER, CHECKLIST)
        ):
            name.wrong(
                f'"{name.text()}" is what a sheet before the documents is called; call it something else'
            )
