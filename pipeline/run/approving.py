"""Approves a packet: everything that stands against it is said at once; then it is made anew without the draft mark,
and the plan content it shows is approved. Signed, it is in force."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pipeline.errors import PacketError
from pipeline.ledger import PacketRow
from pipeline.model import CaseRecord, PacketStatus, Reason, Standing, canonical_json
from pipeline.packets import Selection, settling_commands
from pipeline.run.acts import act
from pipeline.run.amending import refuse_unless_amendment
from pipeline.run.confirming import unconfirmed
from pipeline.run.depositing import MadePacket, deposited
from pipeline.run.lifecycle import (
    ENDED,
    OUT,
    before_in_force,
    change_status,
    packet_named,
    superseded_by,
)
from pipeline.run.office import Office
from pipeline.run.packeting import newer_plan_waiting, refuse_unless_active
from pipeline.run.printing import rendered_packet
from pipeline.run.rendered import Also, FilledPacket, Rendered
from pipeline.run.versions import Edits, edits_of, newest_version, rendered_version
from pipeline.site.packetfile import PacketPlan
from pipeline.site.record import Scope
from pipeline.values import Json, display

APPROVALS = ("approve", "approve-packet")  # with plan content, and without


def approve(
    office: Office, packet_id: str, *, by: str, overrides: Mapping[str, str] | None = None
) -> MadePacket:
    """The final packet: the same facts without the draft mark, proved. Raises PacketError.

    overrides: rule of a warning → why it may stand; each is kept with the initials of who approves
    """
    row = packet_named(office, packet_id)
    if row.status in ENDED or (row.status is not PacketStatus.DRAFT and is_approved(office, row)):
        raise PacketError([f"Packet {packet_id} is {row.status.value} already."])
    if not by.strip():
        raise PacketError(["An approval needs the name or initials of whoever approves."])
    _refuse_empty_overrides(office, overrides or {})
    plan = office.site.packets[row.name]
    record = office.record(row.case, row.as_of, plan.uses)
    refuse_unless_active(record)
    if (later := newest_version(office, row)).id != packet_id:
        raise PacketError(
            [f"A document of this packet was edited: look at packet {later.id}, and approve that."]
        )
    edits = edits_of(office, row)
    final = _filled_final(office, row, plan, record, edits)
    refuse_unless_amendment(office, plan, row, edited=bool(edits.edits))
    _refuse_unless_final(office, plan, final.selection, record, overrides or {})
    made = deposited(office, final)
    if plan.approves and plan.scope is Scope.PLAN_YEAR:
        seen = _seen_content(office, record, final.selection, final.rendered)
        content = tuple(fact for fact in seen if fact not in edits.deviating)
        _raise_standing(office, content, row, by, Standing.APPROVED, overrides or {})
    else:
        act(office, "approve-packet", case=row.case, target=row.id, by=by, reason="approved")
    return made


def _filled_final(
    office: Office, row: PacketRow, plan: PacketPlan, record: CaseRecord, edits: Edits
) -> FilledPacket:
    """The draft filled in once more, without its mark. Raises PacketError where it would not be the same packet."""
    also = Also()
    if edits.edits:
        made_id, rendered, selection, also = rendered_version(office, plan, record, row, edits)
    else:
        made_id, rendered, selection = rendered_packet(office, plan, record, row.scope, PacketStatus.FINAL)
    if made_id != row.id:
        again = f"Void {row.id} and drop the edited document again"
        anew = again if edits.edits else "Make a new draft"
        raise PacketError(
            [f"What is on file has changed since this draft was made. {anew}, look at it, and approve that."]
        )
    waiting = newer_plan_waiting(office, plan, record, row.scope)
    return FilledPacket(row.id, PacketStatus.FINAL, selection, tuple(rendered), waiting, also)


def sign(office: Office, packet_id: str, *, by: str, signed_on: date) -> None:
    """Everyone has signed: the packet is in force, and so is the plan content that was approved with it. An older
    packet of its kind for the plan year is superseded from then on.

    Content that arrived after the approval was never seen by those who signed; it stays proposed.
    """
    row = packet_named(office, packet_id)
    with office.ledger.reading() as tx:
        approvals = tx.acts(act="approve", target=packet_id)
        older = superseded_by(tx, row) if row.status in OUT else {}
    if row.status not in OUT:
        raise PacketError([cannot_be_signed(row)])
    if not is_approved(office, row):  # the machine stopped between the final packet and its approval
        raise PacketError([f"The approval of packet {packet_id} was cut short. Approve it again first."])
    refuse_impossible_day(office, row, signed_on)
    if approvals:
        deposit = office.archive.deposit(approvals[0].path)
        approved = json.loads(office.archive.read(deposit, "approval.json"))
        _raise_standing(office, tuple(approved["facts"]), row, by, Standing.IN_FORCE, {})
    about: dict[str, Json] = {"signed_on": signed_on.isoformat()}
    change_status(office, row, PacketStatus.IN_FORCE, by=by, reason="signed", also=older, about=about)


def unsign(office: Office, packet_id: str, *, by: str, reason: str) -> PacketStatus:
    """A packet was put in force by mistake: it stands as before, and what it had superseded is in force again. Its
    status now. Raises PacketError."""
    row = packet_named(office, packet_id)
    if row.status is not PacketStatus.IN_FORCE:
        raise PacketError([f"Packet {packet_id} is not in force, so there is nothing to take back."])
    if not reason.strip():
        raise PacketError(["To take a signature back, say why."])
    status, back = before_in_force(office, packet_id)
    change_status(office, row, status, by=by, reason=reason, also=back)
    return status


def cannot_be_signed(row: PacketRow) -> str:
    """Why a packet that is not out for signature takes none."""
    if row.status is PacketStatus.DRAFT:
        return f"Packet {row.id} is a draft, so it cannot be signed. Approve it first."
    return f"Packet {row.id} cannot be signed: it is {row.status.value.replace('-', ' ')} already."


def refuse_impossible_day(office: Office, row: PacketRow, day: date) -> None:
    """Raises PacketError for a day of a signature that is still to come, or on which the final pages were not there
    yet: a year mistyped would hold for ever."""
    first, today = approved_on(office, row), office.today()
    if first is not None and day < first:
        why = f"the packet was approved on {display(first)}"
    elif day > today:
        why = f"today is {display(today)}"
    else:
        return
    raise PacketError([f"Nobody can have signed on {display(day)}: {why}. Give the day on the paper."])


def approved_on(office: Office, row: PacketRow) -> date | None:
    """The day on which a packet was approved; None where it was not."""
    with office.ledger.reading() as tx:
        approvals = [act for name in APPROVALS for act in tx.acts(act=name, target=row.id)]
    if not approvals:
        return None
    deposit = office.archive.deposit(approvals[0].path)
    said = json.loads(office.archive.read(deposit, "act.json"))
    return office.local_day(datetime.fromisoformat(str(said["at"])))


def is_approved(office: Office, row: PacketRow) -> bool:
    """Whether the approval itself is on file: a crash may have come between the final packet and it."""
    with office.ledger.reading() as tx:
        return any(tx.acts(act=name, target=row.id) for name in APPROVALS)


def _refuse_empty_overrides(office: Office, overrides: Mapping[str, str]) -> None:
    """Raises PacketError where a warning is set aside without a reason, or none is called so: a slip of the pen would
    stand in the archive as if somebody had looked at something."""
    known = {rule.id for rule in office.site.rules} | set(Reason)
    reasons = [
        f'To let the warning "{rule}" stand, say why: --override {rule}=REASON.'
        for rule, why in overrides.items()
        if not why.strip()
    ]
    reasons += [f'No warning is called "{rule}".' for rule in overrides if rule not in known]
    if reasons:
        raise PacketError(reasons)


def _refuse_unless_final(
    office: Office,
    plan: PacketPlan,
    selection: Selection,
    record: CaseRecord,
    overrides: Mapping[str, str],
) -> None:
    """Raises PacketError with everything that stands against a final packet."""
    there = {fact.place for fact in selection.facts.values()}
    reasons = [
        f'"{office.site.places[name].label}" is blank, and a final packet needs it.'
        for name in plan.final_requires
        if name not in there
    ]
    reasons += [
        f'Filed forms disagree on "{office.site.places[trouble.place].label}". Somebody must say which is right.'
        for trouble in record.disagreements
        if trouble.must_ask and trouble.scope in ("", selection.scope)
    ]
    commands = settling_commands(record, selection.scope)
    for submission in sorted({each for fact in selection.facts.values() for each in fact.submissions}):
        words, typed = _unsettled(office, submission, overrides)
        reasons += words
        commands += typed
    if reasons:
        raise PacketError(list(dict.fromkeys(reasons)), list(dict.fromkeys(commands)))


def _unsettled(office: Office, submission: str, overrides: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """What waits on a filed form: readings to confirm, warnings that nobody has set aside with a reason. With it,
    what can be typed about each."""
    with office.ledger.reading() as tx:
        row = tx.submission(submission)
    if row is None:
        return [], []
    stored = json.loads(office.archive.read(office.archive.deposit(row.path), "submission.json"))
    set_aside = {item["rule"] for item in stored["overrides"]} | set(overrides)
    title = office.site.schemas[row.form].title
    words: list[str] = []
    commands: list[str] = []
    if waiting := unconfirmed(office, row):
        words.append(
            f"{title}: {len(waiting)} readings wait to be compared with their pictures. Fill in the confirm list "
            "in needs-attention."
        )
        commands.append(f"confirm {row.id} --by INITIALS")
    for warning in stored["warnings"]:
        if warning["rule"] not in set_aside and warning["reason"] != Reason.HANDWRITTEN_NARRATIVE:
            words.append(
                f"{title}: {warning['message']} If it is right as it stands, whoever approves the packet can let it "
                "stand and says why."
            )
            commands.append(f"approve PACKET --by INITIALS --override {warning['rule']}=REASON")
    return words, commands


def _seen_content(
    office: Office, record: CaseRecord, selection: Selection, rendered: Sequence[Rendered]
) -> tuple[str, ...]:
    """The plan content that whoever approves had before them: what the documents of this packet show, and what they
    show as "none". What is on file and stands on none of their pages is not approved by it."""
    places = office.site.places
    shown = {fact_id for each in rendered for fact_id in each.filled.facts}
    seen: set[str] = set()
    for fact in selection.facts.values():
        place = places[fact.place]
        if fact.id in shown and place.plan_content:
            seen |= {fact.id, *(older for older, _ in fact.older_rows)}  # rows of these are shown too
    looked_at = {name for each in rendered for name in each.filled.places if places.get(name)}
    for (name, scope), fact in record.retractions.items():
        if places[name].plan_content and scope == selection.scope and name in looked_at:
            seen.add(fact.id)
    return tuple(sorted(seen))


def _raise_standing(
    office: Office,
    facts: tuple[str, ...],
    row: PacketRow,
    by: str,
    standing: Standing,
    overrides: Mapping[str, str],
) -> None:
    """These facts are approved, or in force, from now on."""
    approval: dict[str, Json] = {
        "packet": row.id,
        "standing": standing.value,
        "facts": list(facts),
        "overrides": dict(overrides),
        "by": by,
    }
    act(
        office,
        "approve",
        case=row.case,
        target=row.id,
        by=by,
        reason=standing.value,
        files={"approval.json": canonical_json(approval)},
    )
