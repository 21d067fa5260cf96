"""Whether the items of a packet's checklist can be found in the documents they are said to stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipeline.errors import Problem
from pipeline.packets.known import Name
from pipeline.rendering.comparable import comparable
from pipeline.rendering.formlint import form_lines, places_in_form
from pipeline.rendering.lint import lines_of, printed_places
from pipeline.rendering.names import KnownPlace
from pipeline.site.frontfile import ChecklistItem
from pipeline.site.packetfile import DocumentPlan, PacketPlan
from pipeline.site.yamlfile import suggestion


def item_problems(plan: PacketPlan, document: DocumentPlan, known: Mapping[str, Name]) -> Iterator[Problem]:
    """Mistakes in the items that stand in this document. known: what its template may name"""
    items = [
        item for item in (plan.checklist.items if plan.checklist else ()) if item.document == document.id
    ]
    if not items:
        return
    template = document.template.read_bytes()
    places = {name: KnownPlace(each.columns, each.codes) for name, each in known.items()}
    if document.is_form:
        printed, said = places_in_form(document.values, places, document.for_each), form_lines(template)
    else:
        printed = printed_places(template, places, item_place=document.for_each)
        said = lines_of(template)
    lines = [comparable(line) for line in said]
    for item in items:
        for message in (
            *_place_mistakes(item, document, known, printed),
            *_heading_mistakes(item, document, lines),
        ):
            yield Problem(plan.file, item.line, message)


def _place_mistakes(
    item: ChecklistItem, document: DocumentPlan, known: Mapping[str, Name], printed: frozenset[str]
) -> Iterator[str]:
    if not item.place:
        return
    table, _, column = item.place.rpartition(".")
    if item.place not in known and not (table in known and column in known[table].columns):
        columns = [f"{table}.{each}" for each in known[table].columns] if table in known else []
        yield f'no place "{item.place}".{suggestion(item.place, [*known, *columns])}'
    elif not item.heading and not any(
        each == item.place or each.startswith(f"{item.place}.") for each in printed
    ):
        yield (
            f'no tag of {document.template.name} prints "{item.place}" as text, so its page is not found. Where it is '
            "a tick, name the heading: it stands under"
        )


def _heading_mistakes(item: ChecklistItem, document: DocumentPlan, lines: list[str]) -> Iterator[str]:
    if not item.heading:
        return
    count = lines.count(comparable(item.heading))
    if count != 1:
        found = "no line of the template says just this" if not count else f"{count} lines say it"
        yield f'heading "{item.heading}" of {document.template.name}: {found}. It must be one line, without tags.'
