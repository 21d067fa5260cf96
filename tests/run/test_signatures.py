"""Signatures on pages that come back: found or missing by role, added up, and in force with the last one."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline.errors import PacketError
from pipeline.ledger import PacketRow
from pipeline.model import Box, Decision, Method, PacketStatus, Reading, Standing
from pipeline.run.approving import approve, sign
from pipeline.run.returned import _day
from pipeline.run.signatures import sign_role
from pipeline.run.signing import Signed, Signing, signing_of
from tests.paper.byhand import pictures
from tests.run.office import AnOffice
from tests.run.packets import BY, SAMPLES, all_warnings, case_of, copied, made
from tests.run.returning import SCAN_DPI, signed, stack

pytestmark = [pytest.mark.libreoffice, pytest.mark.slow]
ROLES = (
    "Individual",
    "Guardian or parent (where there is one)",
    "Support coordinator",
    "Individual or guardian",
)


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> AnOffice:
    """An office whose one plan is approved and out for signature."""
    an_office = AnOffice.at(tmp_path_factory.mktemp("office"))
    for path in SAMPLES:
        if path.parts[-4] in ("intake", "planning-worksheet"):
            an_office.drop(path.read_bytes(), f"{path.parts[-4]}.pdf")
    draft = made(an_office, "isp")
    approve(an_office.office, draft.row.id, by=BY, overrides=all_warnings(an_office))
    return an_office


@pytest.fixture
def office(filed: AnOffice, tmp_path: Path) -> AnOffice:
    (tmp_path / "fresh").mkdir()
    return copied(filed, tmp_path / "copy")


def plan_of(office: AnOffice) -> PacketRow:
    with office.office.ledger.reading() as tx:
        row = tx.packet(tx.packets(name="isp")[-1].id)
    assert row is not None
    return row


def signing(office: AnOffice) -> Signing:
    with office.office.ledger.reading() as tx:
        return signing_of(office.office, tx, plan_of(office))


def states(office: AnOffice) -> list[Signed]:
    return [line.state for line in signing(office).lines]


def page_six(office: AnOffice) -> tuple[Image.Image, list[Any]]:
    """The plan's page with the first three lines as it was sent to the person, behind a cover, and their boxes."""
    archive, row = office.office.archive, plan_of(office)
    deposit = archive.deposit(row.path)
    told = json.loads(archive.read(deposit, "packet.json"))
    [plan] = [each for each in told["documents"] if each["id"] == "plan"]
    lines = [line for line in plan["signatures"] if line["page"] == 6]
    printed = pictures(archive.read(deposit, "isp-for-individual.pdf"), SCAN_DPI)
    return printed[6], [line["box"] for line in lines]


def shown(office: AnOffice, *pages: Image.Image) -> list[list[str]]:
    """What each scan of the page, all in one stack, shows of its three lines."""
    parts = [part.id for part in office.drop(stack(pages))]
    archive = office.office.archive
    with office.office.ledger.reading() as tx:
        acts = tx.acts(act="packet-return", target=plan_of(office).id)
    returns = [json.loads(archive.read(archive.deposit(each.path), "return.json")) for each in acts]
    told = sorted(
        (each for each in returns if each["part"] in parts), key=lambda each: parts.index(each["part"])
    )
    return [[line["state"] for line in each["signatures"]] for each in told]


def test_a_packet_records_who_signs_where(filed: AnOffice) -> None:
    lines = signing(filed).lines
    assert tuple(line.role for line in lines) == ROLES
    assert [bool(line.below) for line in lines] == [True, False, True, True]
    assert lines[3].below == "I received this statement and it was explained to me"
    assert [line.wanted for line in lines] == [True, False, True, True]
    assert [line.page for line in lines] == [6, 6, 6, 7]
    upper, middle, lower = (line.box for line in lines[:3])
    assert upper is not None
    assert middle is not None
    assert lower is not None
    assert (upper.bottom, middle.bottom) == pytest.approx((middle.top, lower.top))


def test_what_scans_show_is_told_line_by_line_and_never_guessed(office: AnOffice) -> None:
    page, (first, _, third) = page_six(office)
    # Lines are lost, and so is a pen.
    pale = Image.eval(page.convert("L"), lambda grey: 0 if grey < 90 else 255)
    over_the_line = signed(page, first, 3, high=1.6, foot=1.4)
    found = shown(
        office, page, signed(page, first, 1), signed(signed(page, first, 2), third, 4), pale, over_the_line
    )
    assert found[:3] == [
        ["unsigned", "unsigned", "unsigned"],
        ["signed", "unsigned", "unsigned"],
        ["signed", "unsigned", "signed"],
    ]
    assert found[3:] == [["unsure", "unsure", "unsure"], ["unsure", "unsure", "unsigned"]]
    assert states(office) == [Signed.SIGNED, Signed.UNSURE, Signed.SIGNED, Signed.UNSIGNED]  # they add up


def test_a_scan_without_signatures_leaves_the_packet_as_it_was(office: AnOffice) -> None:
    page, _ = page_six(office)
    shown(office, page)
    assert plan_of(office).status is PacketStatus.FINAL
    assert (
        "Not signed yet: Individual (Individual Support Plan, page 6); Support coordinator" in office.status
    )


def test_the_last_signature_puts_the_plan_in_force_and_reindex_tells_the_same(office: AnOffice) -> None:
    page, (first, _, third) = page_six(office)
    shown(office, signed(signed(page, first, 2), third, 4))
    row, today = plan_of(office), office.office.today()
    assert row.status is PacketStatus.SIGNED_IN_PART
    assert "Not signed yet: Individual or guardian (Individual Support Plan, page 7)." in office.status
    sign_role(office.office, row.id, "plan/4", by=BY, on=today, state=Signed.SIGNED, reason="")
    assert plan_of(office).status is PacketStatus.SIGNED_IN_PART  # nobody could read the other days
    for place in ("plan/1", "plan/3"):
        sign_role(office.office, row.id, place, by=BY, on=today, state=Signed.SIGNED, reason="")
    before = plan_of(office), signing(office)
    assert before[0].status is PacketStatus.IN_FORCE
    standing = {
        fact.standing
        for fact in office.office.record(case_of(office)).facts.values()
        if fact.place == "plan.outcomes"
    }
    assert standing == {Standing.IN_FORCE}
    assert office.office.books.reindex() == ()
    assert (plan_of(office), signing(office)) == before


def test_a_refusal_is_kept_and_no_scan_counts_against_it(office: AnOffice) -> None:
    row, today = plan_of(office), office.office.today()
    sign_role(office.office, row.id, "individual", by=BY, on=None, state=Signed.REFUSED, reason="will think")
    page, (first, _, _) = page_six(office)
    shown(office, signed(page, first, 1))
    for place in ("plan/3", "plan/4"):
        sign_role(office.office, row.id, place, by=BY, on=today, state=Signed.SIGNED, reason="")
    assert states(office)[0] is Signed.REFUSED
    assert plan_of(office).status is PacketStatus.SIGNED_IN_PART
    sign_role(office.office, row.id, "plan/1", by=BY, on=today, state=Signed.MARK, reason="X, witness JM")
    assert plan_of(office).status is PacketStatus.IN_FORCE


def test_a_mark_needs_a_reason_and_a_role_must_be_one_of_the_paper(filed: AnOffice) -> None:
    row = plan_of(filed)
    with pytest.raises(PacketError) as refused:
        sign_role(filed.office, row.id, "plan/1", by=BY, on=None, state=Signed.MARK, reason=" ")
    assert "needs a reason" in refused.value.reasons[0]
    with pytest.raises(PacketError) as unknown:
        sign_role(filed.office, row.id, "mayor", by=BY, on=None, state=Signed.SIGNED, reason="")
    assert "Support coordinator (plan/3)" in unknown.value.reasons[0]


@pytest.mark.parametrize(("days", "why"), [(1, "today is"), (-1, "the packet was approved on")])
def test_a_day_to_come_or_before_the_approval_is_no_day_of_a_signature(
    office: AnOffice, days: int, why: str
) -> None:
    row, day = plan_of(office), office.office.today() + timedelta(days)
    with pytest.raises(PacketError, match=f"Nobody can have signed on .*{why}"):
        sign(office.office, row.id, by=BY, signed_on=day)
    with pytest.raises(PacketError, match=f"Nobody can have signed on .*{why}"):
        sign_role(office.office, row.id, "plan/1", by=BY, on=day, state=Signed.SIGNED, reason="")
    assert plan_of(office).status is PacketStatus.FINAL


def test_a_packet_that_takes_no_signature_says_why(office: AnOffice) -> None:
    row, today = plan_of(office), office.office.today()
    sign(office.office, row.id, by=BY, signed_on=today)
    with pytest.raises(PacketError, match="it is in force already"):
        sign_role(office.office, row.id, "plan/1", by=BY, on=today, state=Signed.SIGNED, reason="")
    with pytest.raises(PacketError, match="There is no packet NOSUCH"):
        sign(office.office, "NOSUCH", by=BY, signed_on=today)


@pytest.mark.parametrize(
    ("days", "decision", "taken"),
    [
        (0, Decision.ACCEPTED, True),
        (0, Decision.ASK, False),
        (1, Decision.ACCEPTED, False),
        (-9, Decision.ACCEPTED, False),
    ],
)
def test_the_day_beside_a_signature_counts_only_where_it_is_sure_and_can_be(
    filed: AnOffice, days: int, decision: Decision, taken: bool
) -> None:
    with filed.office.ledger.reading() as tx:
        drop = tx.drops()[0]
    came: date = filed.office.local_day(drop.received_at)
    day = came + timedelta(days)
    text = f"{day.month}/{day.day}/{day.year}"
    reading = Reading("6/d", "plan/1:date", 6, 1, Box(0, 0, 1, 1), Method.RECOGNISED, text, decision=decision)
    assert (_day(filed.office, drop, reading, plan_of(filed)) == day) is taken
