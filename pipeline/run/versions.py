"""The next version of a packet of which somebody edited a document: a draft of its own, with a new number.

The edited document goes into it as it came, but for its number and the draft's mark; the other documents are filled in
from the record as it stands now. What an older version was stays as it is, signed or not, until the new one is signed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as member

from pipeline.casefile import AsIf
from pipeline.errors import PacketError
from pipeline.ledger import PacketRow
from pipeline.model import CaseRecord, PacketStatus, canonical_json, short_id
from pipeline.packets import Selection
from pipeline.rendering.reissued import reissued
from pipeline.run.depositing import MadePacket, prepared, put_away
from pipeline.run.editedword import EditedWord
from pipeline.run.lifecycle import ENDED
from pipeline.run.office import Office
from pipeline.run.packeting import newer_plan_waiting, refuse_unless_active
from pipeline.run.printing import drafted, numbered
from pipeline.run.rendered import Also, FilledPacket, Rendered, Templates
from pipeline.run.wordcodes import deviating_facts
from pipeline.site.packetfile import PacketPlan
from pipeline.values import Json

EDITED = "edited.json"


@dataclass(frozen=True, slots=True)
class Edits:
    """What was edited in a packet, over all its versions.

    base:      number of the packet that would be made of the record alone
    numbers:   of the versions before it, first to last
    deviating: ids of the facts of which a document says something else than the record
    edits:     each edited document that was filed, with every change and what was said of it
    """

    base: str = ""
    numbers: tuple[str, ...] = ()
    deviating: frozenset[str] = frozenset()
    edits: tuple[Mapping[str, Json], ...] = member(default=(), repr=False)

    @property
    def documents(self) -> frozenset[str]:
        return frozenset(str(each["document"]) for each in self.edits)

    def as_json(self) -> dict[str, Json]:
        return {
            "format": 1,
            "base": self.base,
            "numbers": list(self.numbers),
            "deviating": list[Json](sorted(self.deviating)),
            "edits": [dict(each) for each in self.edits],
        }


def edits_of(office: Office, row: PacketRow) -> Edits:
    """What was edited in a packet; nothing in one that was made of the record alone."""
    deposit = office.archive.deposit(row.path)
    if "edited_from" not in deposit.about:
        return Edits()
    said = json.loads(office.archive.read(deposit, EDITED))
    return Edits(said["base"], tuple(said["numbers"]), frozenset(said["deviating"]), tuple(said["edits"]))


def newest_version(office: Office, row: PacketRow) -> PacketRow:
    """The version that was edited last, of those that count still; the packet itself where none was edited."""
    with office.ledger.reading() as tx:
        packets = tx.packets(tx.resolve_case(row.case), row.name)
        rows = {each.id: each for each in packets if each.status not in ENDED}
    after = {
        str(office.archive.deposit(each.path).about.get("edited_from", "")): each for each in rows.values()
    }
    while row.id in after:
        row = after[row.id]
    return row


# --- making it ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edit:
    """An edited document to be filed.

    answers:   number of a changed value, from 1 → what was said of it
    overrides: rule by which it does not fit → why it is filed all the same
    """

    word: EditedWord = member(repr=False)
    docx: bytes = member(repr=False)
    drop: str
    part: str
    by: str
    answers: Mapping[str, str]
    overrides: Mapping[str, str] = member(default_factory=dict, repr=False)

    def as_json(self) -> dict[str, Json]:
        about: dict[str, Json] = {
            "drop": self.drop,
            "part": self.part,
            "by": self.by,
            "answers": dict(self.answers),
            "overrides": dict(self.overrides),
        }
        return {**about, "document": self.word.document, "changes": self.word.as_json()}


def make_version(
    office: Office, row: PacketRow, edit: Edit, as_if: AsIf, put_right: Callable[[], None]
) -> MadePacket:
    """A draft of the next version. Raises PacketError with everything that stands against it.

    as_if:     what the record would say once it is put right
    put_right: does that, when the version is proved and nothing stands against it: a version that is refused changes
               nothing
    """
    plan = office.site.packets.get(row.name)
    if plan is None:
        raise PacketError(["This site makes no such packet any more."])
    record = office.record(row.case, row.as_of, plan.uses, as_if)
    refuse_unless_active(record)
    before = newest_version(office, row)
    known = edits_of(office, before)
    base, _, _ = drafted(office, plan, record, row.scope)
    digest = hashlib.sha256(edit.docx).hexdigest()
    number = short_id("packet", base, before.id, edit.word.document, digest)
    numbers = tuple(dict.fromkeys((*known.numbers, before.id, row.id)))
    sources = {**_sources(office, before, known), edit.word.document: edit.docx}
    rendered, selection = _filled(
        office, plan, record, row.scope, number, PacketStatus.DRAFT, numbers, sources
    )
    deviating = deviating_facts(office.site, selection, rendered)
    edits = Edits(base, numbers, deviating, (*known.edits, edit.as_json()))
    also = Also(
        {EDITED: canonical_json(edits.as_json())},
        {"edited_from": before.id, "base": base},
        {f"edited:{edit.word.document}": digest},
    )
    waiting = newer_plan_waiting(office, plan, record, selection.scope)
    draft = FilledPacket(number, PacketStatus.DRAFT, selection, tuple(rendered), waiting, also)
    ready = prepared(office, draft)
    put_right()
    return put_away(office, ready)


def rendered_version(
    office: Office, plan: PacketPlan, record: CaseRecord, row: PacketRow, edits: Edits
) -> tuple[str, list[Rendered], Selection, Also]:
    """The final documents of a packet of which some were edited. Its number is another where the record has changed
    since."""
    base, rendered, selection = drafted(office, plan, record, row.scope)
    deposit = office.archive.deposit(row.path)
    also = Also(
        {EDITED: office.archive.read(deposit, EDITED)},
        {"edited_from": deposit.about["edited_from"], "base": edits.base},
    )
    if base != edits.base:
        return base, rendered, selection, also
    sources = _sources(office, row, edits)
    rendered, selection = _filled(
        office, plan, record, row.scope, row.id, PacketStatus.FINAL, edits.numbers, sources
    )
    return row.id, rendered, selection, also


def _sources(office: Office, row: PacketRow, edits: Edits) -> dict[str, bytes]:
    """The edited documents of a packet, as they lie in it."""
    deposit = office.archive.deposit(row.path)
    return {name: office.archive.read(deposit, f"{name}.docx") for name in edits.documents}


def _filled(
    office: Office,
    plan: PacketPlan,
    record: CaseRecord,
    scope: str,
    number: str,
    status: PacketStatus,
    older: Sequence[str],
    sources: Mapping[str, bytes],
) -> tuple[list[Rendered], Selection]:
    """The documents of the version: those that were edited as they came, the others from the record."""
    templates = Templates()
    _, _, selection = drafted(office, plan, record, scope, templates)
    rendered, selection = numbered(office, plan, record, selection, number, status, templates)
    there = {each.task.id for each in rendered}
    if gone := sorted(sources.keys() - there):
        raise PacketError([f"The packet has no document {name} any more. Make it anew." for name in gone])
    numbers = [old for old in older if old != number]
    draft = status is PacketStatus.DRAFT
    return [
        _edited(each, sources[each.task.id], numbers, number, draft=draft)
        if each.task.id in sources
        else each
        for each in rendered
    ], selection


def _edited(fresh: Rendered, docx: bytes, numbers: Sequence[str], number: str, *, draft: bool) -> Rendered:
    """The edited document in place of the one the record gives; it rests on the same facts."""
    word = reissued(docx, fresh.task.title, numbers, number, draft=draft)
    same = fresh.word
    word = replace(word, blanks=same.blanks, places=same.places, facts=same.facts, forbidden=same.forbidden)
    return replace(fresh, filled=word, unedited=same)
