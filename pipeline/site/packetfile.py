"""What a packet is made of, from `templates/PACKET/packet.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from pathlib import Path

from pipeline.model import Standing
from pipeline.rules import Condition
from pipeline.site.conditions import condition_at
from pipeline.site.formvalues import FieldPlan, is_form, values_at
from pipeline.site.frontfile import (
    CHECKLIST,
    COVER,
    ChecklistPlan,
    checklist_at,
    cover_at,
    refuse_front_names,
)
from pipeline.site.record import RecordPlace, Scope
from pipeline.site.yamlfile import Mistakes, Place, load, suggestion

PACKET_KEYS = (
    "title", "code", "scope", "uses", "requires", "final_requires", "documents", "approves", "recipients",
    "addendum", "cover", "checklist",
)  # fmt: skip
DOCUMENT_KEYS = (
    "id", "template", "title", "when", "for_each", "group_by", "recipients", "own_copy", "leave_out", "private",
    "limits", "amends", "values",
)  # fmt: skip
AMENDS = ("changes", "ended")
LEAST_ROOM = 80  # the words that say where it goes on need half of it
# What rows may be compared with besides places of the record.
COMPUTED = ("coordinator.name", "office.name")


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """One document of a packet, or one per row (or group of rows) of the table `for_each`.

    own_copy: role → column: with `for_each`, that role is a recipient of its own for each value of the column
    leave_out: column → place: with `for_each`, no document for rows that say in the column what the place shows
    limits: place, or `table.column` → how many characters its layout has room for; the rest goes to the addendum
    values: where the template is a fillable PDF: its field → what goes into it
    amends: `changes`: made only where the packet amends one that went out. `ended`: with for_each, made for the rows of
            that one which stand no more
    """

    id: str
    template: Path
    title: str
    when: Condition | None
    for_each: str
    group_by: tuple[str, ...]
    recipients: tuple[str, ...]
    private: tuple[str, ...]
    own_copy: Mapping[str, str] = member(default_factory=dict)
    leave_out: Mapping[str, str] = member(default_factory=dict)
    limits: Mapping[str, int] = member(default_factory=dict)
    amends: str = ""
    values: Mapping[str, FieldPlan] = member(default_factory=dict)

    @property
    def is_form(self) -> bool:
        """Whether it is somebody's fillable PDF, and no Word document of ours."""
        return is_form(self.template.name)


@dataclass(frozen=True, slots=True)
class PacketPlan:
    """A packet: its documents in order, what it needs, what plan content it may use.

    recipients: role → when it is one at all (a guardian, where there is one); roles not named always are
    addendum: template of the page on which values go on that are longer than their `limits`
    cover: template of the sheet before each recipient's documents; checklist: where each required item stands
    approves: whether approving this packet makes the plan content it shows approved
    """

    name: str
    title: str
    code: str
    scope: Scope
    uses: Standing
    requires: tuple[str, ...]
    final_requires: tuple[str, ...]
    documents: tuple[DocumentPlan, ...]
    approves: bool
    folder: Path
    file: str
    recipients: Mapping[str, Condition] = member(default_factory=dict)
    addendum: Path | None = None
    cover: Path | None = None
    checklist: ChecklistPlan | None = None

    @property
    def templated(self) -> tuple[DocumentPlan, ...]:
        """Everything of it that has a template: its documents, the addendum they share, and what stands before them."""
        checklist = self.checklist.template if self.checklist else None
        others = {"addendum": self.addendum, COVER: self.cover, CHECKLIST: checklist}
        return self.documents + tuple(
            DocumentPlan(name, template, name.capitalize(), None, "", (), (), ())
            for name, template in others.items()
            if template is not None
        )


def load_packet(path: Path, root: Path, places: Mapping[str, RecordPlace], mistakes: Mistakes) -> PacketPlan:
    top = load(path, root, mistakes)
    top.only(*PACKET_KEYS)
    for key in ("requires", "final_requires"):
        _check_places(top.at(key).items(), places)
    documents = tuple(_document(place, path.parent, places) for place in top.need("documents").items())
    ids = {document.id: document.recipients for document in documents}
    refuse_front_names(top)
    return PacketPlan(
        name=path.parent.name,
        title=top.need("title").text(),
        code=top.need("code").text(),
        scope=Scope(top.at("scope").one_of([scope.value for scope in Scope], "person")),
        uses=Standing(top.at("uses").one_of([standing.value for standing in Standing], "proposed")),
        requires=top.at("requires").texts(),
        final_requires=top.at("final_requires").texts(),
        documents=documents,
        approves=top.at("approves").flag(),
        folder=path.parent,
        file=top.file,
        recipients={
            role: condition
            for role, place in top.at("recipients").pairs()
            if (condition := condition_at(place, places)) is not None
        },
        addendum=_addendum(top, path.parent, documents),
        cover=cover_at(top.at("cover"), path.parent),
        checklist=checklist_at(top.at("checklist"), path.parent, ids, places),
    )


def _addendum(top: Place, folder: Path, documents: tuple[DocumentPlan, ...]) -> Path | None:
    place = top.at("addendum")
    if not place.exists:
        if any(document.limits for document in documents):
            top.wrong(
                "a document has limits: so the packet needs an addendum: the template of the page for the rest"
            )
        return None
    template = folder / place.text()
    if not template.is_file():
        place.wrong("this template is not there")
    if is_form(template.name):
        place.wrong("this must be a Word document: a form has no room for any number of values")
    return template


def _check_places(named: list[Place], places: Mapping[str, RecordPlace]) -> None:
    for place in named:
        if place.text() not in places:
            place.wrong(
                f'no place "{place.text()}" in schemas/record.yaml.{suggestion(place.text(), places)}'
            )


def _document(place: Place, folder: Path, places: Mapping[str, RecordPlace]) -> DocumentPlan:
    place.only(*DOCUMENT_KEYS)
    template = folder / place.need("template").text()
    if not template.is_file():
        place.at("template").wrong("this template is not there")
    _check_places(place.at("private").items(), places)
    table = place.at("for_each")
    if table.exists and (table.text() not in places or not places[table.text()].columns):
        table.wrong(f'no table "{table.text()}" in schemas/record.yaml.{suggestion(table.text(), places)}')
    elif table.exists:
        for column in place.at("group_by").items():
            known = places[table.text()].columns
            if column.text() not in known:
                column.wrong(f'no column "{column.text()}".{suggestion(column.text(), known)}')
    return DocumentPlan(
        id=place.need("id").text(),
        template=template,
        title=place.need("title").text(),
        when=condition_at(place.at("when"), places),
        for_each=table.text(),
        group_by=place.at("group_by").texts(),
        recipients=place.at("recipients").texts(),
        private=place.at("private").texts(),
        own_copy=_own_copy(place, table.text(), places),
        leave_out=_leave_out(place, table.text(), places),
        limits=_limits(place, places),
        amends=_amends(place, table.text(), places),
        values=_values(place, folder, places),
    )


def _values(place: Place, folder: Path, places: Mapping[str, RecordPlace]) -> dict[str, FieldPlan]:
    """What goes into the fields of a form. Its own file must not be called as one that goes out."""
    name, values = place.at("id").text(), place.at("values")
    if not is_form(place.at("template").text()):
        if values.exists:
            values.wrong("values are for fillable PDFs; a Word document has its tags in itself")
        return {}
    if not values.exists:
        place.wrong('"values" is missing: field of the PDF → what goes into it')
    if name.startswith(f"{folder.name}-for-"):
        place.at("id").wrong(f'"{name}" is what a PDF that goes out is called; call it something else')
    return values_at(values, places)


def _amends(place: Place, table: str, places: Mapping[str, RecordPlace]) -> str:
    amends = place.at("amends")
    if not amends.exists:
        return ""
    found = amends.one_of(AMENDS, "")
    columns = places[table].columns if table in places else {}
    if found == "ended" and not {"begin", "end"} <= columns.keys():
        amends.wrong("what has ended is made for_each row of a table with the columns begin and end")
    return found


def _limits(place: Place, places: Mapping[str, RecordPlace]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, most in place.at("limits").pairs():
        table, _, column = name.rpartition(".")
        if name not in places and not (table in places and column in places[table].columns):
            most.wrong(f'no place "{name}" in schemas/record.yaml.{suggestion(name, places)}')
        if not most.text().isdecimal() or int(most.text()) < LEAST_ROOM:
            most.wrong(f"expected how many characters there is room for, {LEAST_ROOM} or more")
        else:
            found[name] = int(most.text())
    return found


def _own_copy(place: Place, table: str, places: Mapping[str, RecordPlace]) -> dict[str, str]:
    columns = places[table].columns if table in places else {}
    for role, column in place.at("own_copy").pairs():
        if role not in place.at("recipients").texts():
            column.wrong(f'"{role}" is not among the recipients of this document')
        if column.text() not in columns:
            column.wrong(f'no column "{column.text()}".{suggestion(column.text(), columns)}')
        elif (grouped := place.at("group_by").texts()) and column.text() not in grouped:
            column.wrong(
                f'rows with another "{column.text()}" would stand in this copy too: write it under group_by'
            )
    return place.at("own_copy").text_map()


def _leave_out(place: Place, table: str, places: Mapping[str, RecordPlace]) -> dict[str, str]:
    columns = places[table].columns if table in places else {}
    for column, shown in place.at("leave_out").pairs():
        if column not in columns:
            shown.wrong(f'no column "{column}".{suggestion(column, columns)}')
        if shown.text() not in places and shown.text() not in COMPUTED:
            known = [*places, *COMPUTED]
            shown.wrong(
                f'there is no place "{shown.text()}" to compare with.{suggestion(shown.text(), known)}'
            )
    return place.at("leave_out").text_map()
