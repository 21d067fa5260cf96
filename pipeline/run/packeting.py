"""Makes a packet: select, render, prove, convert, assemble, deposit. A draft first; final when approved and proved.

The same facts give the same packet, byte for byte (`printing`), and making it again finds it made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.errors import PacketError
from pipeline.model import CaseRecord, CaseStatus, PacketStatus
from pipeline.run.depositing import MadePacket, deposited, found_before
from pipeline.run.office import Office
from pipeline.run.printing import drafted, numbered
from pipeline.run.rendered import FilledPacket, Templates
from pipeline.site.packetfile import PacketPlan
from pipeline.values import display


def make_packet(
    office: Office, name: str, case: str, as_of: date | None = None, scope: str = ""
) -> MadePacket:
    """A draft of the packet for the case on a day. Raises PacketError with everything that stands against it."""
    draft = draft_unless_made(office, name, case, as_of, scope)
    return draft if isinstance(draft, MadePacket) else deposited(office, draft)


def draft_unless_made(
    office: Office, name: str, case: str, as_of: date | None = None, scope: str = ""
) -> FilledPacket | MadePacket:
    """A draft with the words of its documents in place, or as it lies in the archive already. Raises PacketError with
    everything that stands against it."""
    plan = office.site.packets.get(name)
    if plan is None:
        known = ", ".join(sorted(office.site.packets))
        raise PacketError([f'There is no packet "{name}". There are: {known}.'])
    record = office.record(case, as_of, plan.uses)
    if not record.facts:
        raise PacketError([f"Nothing is on file for {case}."])
    refuse_unless_active(record)
    templates, status = Templates(), PacketStatus.DRAFT
    packet_id, _, selection = drafted(office, plan, record, scope, templates)
    waiting = newer_plan_waiting(office, plan, record, selection.scope)
    if (made := found_before(office, packet_id, status, waiting)) is not None:
        return made
    rendered, selection = numbered(office, plan, record, selection, packet_id, status, templates)
    return FilledPacket(packet_id, status, selection, tuple(rendered), waiting)


def newer_plan_waiting(office: Office, plan: PacketPlan, record: CaseRecord, scope: str) -> str:
    """Which newer form of this plan year this packet may not show yet, in words; empty where there is none."""
    held_back = [key for key in record.held_back if key[1] == scope]
    if not held_back:
        return ""
    newest = office.record(record.case, record.as_of)
    found = [newest.facts.get(key) or newest.retractions.get(key) for key in held_back]
    places = office.site.places
    shown = {fact.submission for key, fact in record.facts.items() if places[key[0]].plan_content}
    waiting = [fact for fact in found if fact is not None and not fact.standing.reaches(plan.uses)]
    waiting = [fact for fact in waiting if fact.submission not in shown]  # of that one a part was approved
    if not waiting:
        return ""
    last = max(waiting, key=lambda fact: (fact.effective, fact.received_at))
    title = office.site.schemas[last.form].title.lower()
    return (
        f"A newer {title} of {display(last.effective)} is not approved yet; this packet shows nothing of it."
    )


def refuse_unless_active(record: CaseRecord) -> None:
    """No letter goes to a person who died, moved away or left. Raises PacketError."""
    if record.status is not CaseStatus.ACTIVE:
        raise PacketError(
            [
                f"Case {record.case} is {record.status.value}, so no packets are made for it until it is active again."
            ],
            [f"case-status {record.case} active --by INITIALS --reason WHY"],
        )


def names_of_packets(office: Office, packets: Sequence[str]) -> tuple[str, ...]:
    """Each packet as people know it: its title, case, day, status and number."""
    words: list[str] = []
    with office.ledger.reading() as tx:
        for packet_id in packets:
            if (row := tx.packet(packet_id)) is not None:
                title = office.site.packets[row.name].title if row.name in office.site.packets else row.name
                words.append(f"{title} of {row.case}, as of {row.as_of}, {row.status.value} ({row.id})")
    return tuple(words)
