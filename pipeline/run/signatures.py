"""Signatures add up: after the first the packet is signed in part, after the last it is in force."""

from __future__ import annotations

from datetime import date

from pipeline.errors import PacketError
from pipeline.model import PacketStatus
from pipeline.run.acts import act
from pipeline.run.approving import approved_on, cannot_be_signed, is_approved, refuse_impossible_day, sign
from pipeline.run.lifecycle import OUT, change_status, packet_named
from pipeline.run.office import Office
from pipeline.run.signing import SIGNATURE, Signed, Signing, signing_of
from pipeline.values import Json


def sign_role(
    office: Office, packet_id: str, role: str, *, by: str, on: date | None, state: Signed, reason: str
) -> Signing:
    """Records what became of a signature: there, a mark instead, refused, or not there after all. Raises PacketError.

    role: as the paper names it, or the place (`plan/1`) where a role signs more than once
    """
    row = packet_named(office, packet_id)
    with office.ledger.reading() as tx:
        signing = signing_of(office, tx, row)
    if row.status not in OUT:
        raise PacketError([cannot_be_signed(row)])
    if not is_approved(office, row):
        raise PacketError([f"The approval of packet {packet_id} was cut short. Approve it again first."])
    wanted = role.strip().casefold()
    lines = [line for line in signing.lines if wanted in (line.place.casefold(), line.role.casefold())]
    if not lines:
        known = "; ".join(f"{line.role} ({line.place})" for line in signing.lines) or "none"
        raise PacketError([f'Nobody signs this packet as "{role}". Who signs: {known}.'])
    if state is not Signed.SIGNED and not reason.strip():
        raise PacketError(["A mark, a refusal or a missing signature needs a reason."])
    if on is not None:
        refuse_impossible_day(office, row, on)
    day = on.isoformat() if on is not None and state in (Signed.SIGNED, Signed.MARK) else ""
    signatures: list[Json] = [{"place": line.place, "state": state.value, "on": day} for line in lines]
    about: dict[str, Json] = {"signatures": signatures}
    act(office, SIGNATURE, case=row.case, target=packet_id, by=by, reason=reason or state.value, about=about)
    return standing_after(office, packet_id, by=by)


def standing_after(office: Office, packet_id: str, *, by: str) -> Signing:
    """The packet after a signature: signed in part with the first, in force with the last, on the day of the latest.

    It is put in force by nobody's guess: where the day of one signature is not known, a person says it.
    """
    with office.ledger.reading() as tx:
        row = tx.packet(packet_id)
        assert row is not None, packet_id
        signing = signing_of(office, tx, row)
    if row.status not in OUT or not is_approved(office, row):
        return signing
    first, today = approved_on(office, row) or date.min, office.today()
    days = [line.on for line in signing.wanted if line.is_signed and line.on and first <= line.on <= today]
    if signing.wanted and len(days) == len(signing.wanted):
        sign(office, packet_id, by=by, signed_on=max(days))
    elif any(line.is_signed for line in signing.wanted) and row.status is not PacketStatus.SIGNED_IN_PART:
        change_status(office, row, PacketStatus.SIGNED_IN_PART, by=by, reason="signed in part")
    with office.ledger.reading() as tx:
        now = tx.packet(packet_id)
        return signing_of(office, tx, now or row)
