"""What becomes of an approved packet: sent and sent again, superseded by the next one, void and not void after all."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.errors import PacketError
from pipeline.model import CaseRecord, PacketStatus, Standing
from pipeline.run import amending
from pipeline.run.approving import approve, sign, unsign
from pipeline.run.lifecycle import Sending, recipients_meant, record_sent, take_back_void, void
from pipeline.run.packetlist import PacketSeen, packets_seen
from pipeline.run.stale import stale_packets
from tests.run.office import AnOffice
from tests.run.packets import (
    BY,
    all_warnings,
    case_of,
    made,
    with_everything_filed,
    without_libreoffice,
    worksheet,
)

pytestmark = pytest.mark.slow
DAYS = ("meeting_date", "individual_sign_date", "coordinator_sign_date")
REASON = "made for the wrong plan year"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AnOffice:
    """An office with everything of one person filed; packets are Word documents, which is enough here."""
    without_libreoffice(monkeypatch)
    return with_everything_filed(tmp_path)


def approved(office: AnOffice) -> str:
    """The number of the plan packet, approved."""
    draft = made(office, "isp")
    return approve(office.office, draft.row.id, by=BY, overrides=all_warnings(office)).row.id


def in_force(office: AnOffice) -> str:
    packet = approved(office)
    sign(office.office, packet, by=BY, signed_on=office.office.today())
    return packet


def next_plan(office: AnOffice, day: str = "11202026") -> None:
    """Another worksheet; where the plan is signed, somebody has asked for the amendment."""
    if PacketStatus.IN_FORCE in statuses(office).values():
        amending.begin(
            office.office,
            case_of(office),
            effective=date(2027, 3, 1),
            asked_by="the guardian",
            reason="visits",
            by=BY,
        )
    (part,) = office.drop(
        worksheet(dict.fromkeys(DAYS, day) | {"monitoring": f"every week from {day}"}), f"{day}.pdf"
    )
    assert part.submission, part.reasons


def statuses(office: AnOffice) -> dict[str, PacketStatus]:
    return {each.row.id: each.row.status for each in packets_seen(office.office)}


def record(office: AnOffice) -> CaseRecord:
    return office.office.record(case_of(office))


def standing(office: AnOffice, place: str) -> Standing:
    [scope] = record(office).scopes("plan.start")
    found = record(office).fact(place, scope)
    assert found is not None
    return found.standing


def test_every_time_a_packet_was_sent_is_kept_and_the_first_makes_it_sent(office: AnOffice) -> None:
    packet, day = approved(office), office.office.today()
    record_sent(office.office, packet, ["individual", "provider"], way="mail", on=day, by=BY)
    again = record_sent(office.office, packet, ["provider"], way="by hand", on=day, by="KMB")

    assert again == (
        Sending(("individual", "provider"), "mail", day, BY),
        Sending(("provider",), "by hand", day, "KMB"),
    )
    assert statuses(office) == {packet: PacketStatus.SENT}
    (seen,) = packets_seen(office.office, case_of(office))
    assert isinstance(seen, PacketSeen)
    assert seen.sendings == again
    assert "Nothing of it has come back yet." in seen.to_come
    assert seen.signatures > 1


@pytest.mark.parametrize(
    ("to", "days", "words"),
    [("individuals", 0, "goes to nobody called"), ("individual", 1, "has not come yet")],
)
def test_what_cannot_have_been_sent_is_refused(office: AnOffice, to: str, days: int, words: str) -> None:
    packet, day = approved(office), office.office.today() + timedelta(days=days)
    with pytest.raises(PacketError, match=words):
        record_sent(office.office, packet, [to], way="mail", on=day, by=BY)
    assert statuses(office) == {packet: PacketStatus.FINAL}


@pytest.mark.parametrize(
    ("to", "meant"),
    [
        ("provider-P1", ["provider-P1"]),
        ("provider", ["provider-P1", "provider-P1-2"]),
        ("team", ["team"]),
        ("prov", []),
    ],
)
def test_what_went_to_one_went_to_none_whose_name_begins_alike(to: str, meant: list[str]) -> None:
    assert recipients_meant(to, ["provider-P1", "provider-P1-2", "team"]) == meant


def test_a_draft_is_not_sent(office: AnOffice) -> None:
    draft = made(office, "isp").row.id
    with pytest.raises(PacketError, match="is draft; only an approved packet is sent"):
        record_sent(office.office, draft, ["individual"], way="mail", on=date(2026, 1, 1), by=BY)


def test_a_plan_that_comes_in_force_supersedes_the_older_one_and_never_the_other_way(
    office: AnOffice,
) -> None:
    older = in_force(office)
    next_plan(office)
    newer = approved(office)
    assert statuses(office)[older] is PacketStatus.IN_FORCE, "until the newer one is signed"
    sign(office.office, newer, by=BY, signed_on=office.office.today())

    assert statuses(office) == {older: PacketStatus.SUPERSEDED, newer: PacketStatus.IN_FORCE}
    with pytest.raises(PacketError, match="cannot be signed: it is superseded"):
        sign(office.office, older, by=BY, signed_on=office.office.today())


def test_an_older_packet_cannot_come_in_force_beside_a_newer_one(office: AnOffice) -> None:
    older = approved(office)
    next_plan(office)
    newer = in_force(office)
    assert statuses(office)[older] is PacketStatus.SUPERSEDED

    void(office.office, newer, by=BY, reason=REASON)
    assert statuses(office) == {older: PacketStatus.FINAL, newer: PacketStatus.VOID}
    sign(office.office, older, by=BY, signed_on=office.office.today())
    with pytest.raises(PacketError, match="not void"):
        take_back_void(office.office, older, by=BY, reason="")
    take_back_void(office.office, newer, by=BY, reason="")
    assert statuses(office) == {older: PacketStatus.SUPERSEDED, newer: PacketStatus.IN_FORCE}


def test_a_void_of_what_was_superseded_leaves_one_plan_in_force_and_so_does_one_after_it(
    office: AnOffice,
) -> None:
    first = in_force(office)
    next_plan(office)
    second = in_force(office)
    next_plan(office, "11212026")
    third = in_force(office)
    void(office.office, second, by=BY, reason=REASON)
    assert statuses(office) == {
        first: PacketStatus.SUPERSEDED,
        second: PacketStatus.VOID,
        third: PacketStatus.IN_FORCE,
    }
    void(office.office, third, by=BY, reason=REASON)
    assert statuses(office)[first] is PacketStatus.IN_FORCE, (
        "the one between them is void, so it does not stand"
    )


def test_a_void_is_not_taken_back_beside_a_newer_one_in_force(office: AnOffice) -> None:
    older = in_force(office)
    next_plan(office)
    newer = approved(office)
    void(office.office, older, by=BY, reason=REASON)
    sign(office.office, newer, by=BY, signed_on=office.office.today())
    with pytest.raises(PacketError, match=r"A newer packet, .*, is in force"):
        take_back_void(office.office, older, by=BY, reason="")
    assert statuses(office) == {older: PacketStatus.VOID, newer: PacketStatus.IN_FORCE}


def test_a_void_plan_takes_back_what_was_approved_with_it_and_undo_brings_it_again(office: AnOffice) -> None:
    packet = in_force(office)
    assert standing(office, "plan.services") is Standing.IN_FORCE

    void(office.office, packet, by=BY, reason=REASON)
    assert standing(office, "plan.services") is Standing.PROPOSED
    with pytest.raises(PacketError, match="only proposed"):
        made(office, "service-authorization")
    with pytest.raises(PacketError, match="made before and voided"):
        made(office, "isp")
    with pytest.raises(PacketError, match="is void already"):
        approve(office.office, packet, by=BY)
    with pytest.raises(PacketError, match="void already"):
        void(office.office, packet, by=BY, reason=REASON)

    assert take_back_void(office.office, packet, by=BY, reason="") is PacketStatus.IN_FORCE
    assert standing(office, "plan.services") is Standing.IN_FORCE


def test_what_was_put_in_force_by_mistake_is_taken_back_and_signed_anew(office: AnOffice) -> None:
    older = in_force(office)
    next_plan(office)
    newer = approved(office)
    record_sent(office.office, newer, ["individual"], way="mail", on=office.office.today(), by=BY)
    with pytest.raises(PacketError, match="not in force"):
        unsign(office.office, newer, by=BY, reason=REASON)
    sign(office.office, newer, by=BY, signed_on=office.office.today())
    assert standing(office, "plan.monitoring") is Standing.IN_FORCE

    with pytest.raises(PacketError, match="say why"):
        unsign(office.office, newer, by=BY, reason="")
    assert unsign(office.office, newer, by=BY, reason=REASON) is PacketStatus.SENT
    assert statuses(office) == {older: PacketStatus.IN_FORCE, newer: PacketStatus.SENT}
    assert standing(office, "plan.monitoring") is Standing.APPROVED
    sign(office.office, newer, by=BY, signed_on=office.office.today())
    assert statuses(office) == {older: PacketStatus.SUPERSEDED, newer: PacketStatus.IN_FORCE}


def test_a_void_draft_is_not_approved_and_a_void_needs_a_reason(office: AnOffice) -> None:
    draft = made(office, "isp").row.id
    with pytest.raises(PacketError, match="say why"):
        void(office.office, draft, by=BY, reason=" ")
    void(office.office, draft, by=BY, reason=REASON)
    with pytest.raises(PacketError, match="is void already"):
        approve(office.office, draft, by=BY, overrides=all_warnings(office))


def test_the_archive_alone_tells_what_became_of_packets(office: AnOffice) -> None:
    older = in_force(office)
    next_plan(office)
    newer = in_force(office)
    void(office.office, newer, by=BY, reason=REASON)
    before = statuses(office)
    assert office.office.books.reindex() == ()

    assert statuses(office) == before == {older: PacketStatus.IN_FORCE, newer: PacketStatus.VOID}


def test_an_authorization_made_from_a_plan_that_is_void_is_named(
    office: AnOffice,
) -> None:
    plan = in_force(office)
    authorization = made(office, "service-authorization")
    assert not list(stale_packets(office.office, case_of(office)))
    void(office.office, plan, by=BY, reason="wrong person at the meeting")
    assert [authorization.row.id] == [each.row.id for each in stale_packets(office.office, case_of(office))]
    assert not list(stale_packets(office.office, "C-00000000"))
