"""A request sheet dropped into the inbox does what the command does, and says why where it cannot."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline.archive import Books
from pipeline.desk.request import RequestKind
from pipeline.errors import PacketError
from pipeline.ledger import PartRow
from pipeline.model import Outcome, PacketStatus, Reason
from pipeline.run import approving
from pipeline.run.acts import Refused, withdraw
from pipeline.run.packeting import make_packet
from pipeline.run.requests import blank_request_sheet
from tests.paper.fill import on_screen
from tests.run.crash import PlugPulled
from tests.run.office import ROOT, AnOffice, on_a_screen, reopened, words_of

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


def request(kind: RequestKind, filled: Mapping[str, str], *, finished: bool = True) -> bytes:
    """A request sheet as a coordinator saves it."""
    number = str(list(RequestKind).index(kind) + 1)
    end = {"finished": "on", "initials": "JM"} if finished else {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "request.pdf"
        path.write_bytes(blank_request_sheet(ROOT))
        return on_screen(path, {"what": number, **filled, **end})


def ask(office: AnOffice, kind: RequestKind, **filled: str) -> PartRow:
    (part,) = office.drop(request(kind, filled), "request.pdf")
    return part


def slip(office: AnOffice) -> str:
    (sheet,) = office.sheets
    return words_of(sheet.read_bytes())


@pytest.mark.libreoffice
def test_a_packet_is_made_and_approved_by_request(office: AnOffice) -> None:
    eligible = {"onset_before_22": "yes"}
    (intake,) = office.drop(on_a_screen("intake", 2, eligible), "intake.pdf")
    office.drop(on_a_screen("planning-worksheet", 2), "worksheet.pdf")
    made = ask(office, RequestKind.PACKET, packet="Individual Support Plan", person=intake.case)
    with office.office.ledger.reading() as tx:
        (packet,) = [row.id for row in tx.packets()]
    ask(office, RequestKind.APPROVE, packet_id=packet)

    with office.office.ledger.reading() as tx:
        row = tx.packet(packet)
    assert (made.outcome, made.reasons) == (Outcome.ACTED, (Reason.REQUEST_DONE,))
    assert row is not None
    assert row.status is not PacketStatus.DRAFT
    assert office.sheets == ()


def test_a_filed_form_is_withdrawn_by_request(office: AnOffice) -> None:
    (intake,) = office.drop(on_a_screen("intake", 2), "intake.pdf")
    done = ask(
        office,
        RequestKind.WITHDRAW,
        withdraw_submission=intake.submission,
        withdraw_reason="wrong person",
    )

    with office.office.ledger.reading() as tx:
        row = tx.submission(intake.submission)
    assert (done.outcome, done.reasons) == (Outcome.ACTED, (Reason.REQUEST_DONE,))
    assert row is not None
    assert row.withdrawn_by


@pytest.mark.parametrize(
    ("kind", "filled"), [(RequestKind.DUE, {}), (RequestKind.ANNUAL_REVIEWS, {"month": "01/2027"})]
)
def test_lists_are_made_by_request_and_again_when_asked_again(
    office: AnOffice, kind: RequestKind, filled: dict[str, str]
) -> None:
    first = ask(office, kind, **filled)
    second = ask(office, kind, **filled)

    assert [first.outcome, second.outcome] == [Outcome.ACTED, Outcome.ACTED]
    assert first.path.startswith("reports/")
    assert office.sheets == ()


def test_a_request_that_cannot_be_done_says_why(office: AnOffice) -> None:
    ask(office, RequestKind.PACKET, packet="Individual Support Plan", person="C-00000000")

    assert "We could not do what this request sheet asks." in slip(office)
    assert "There is no one case with that number." in slip(office)


def test_a_slip_about_a_request_names_no_command(office: AnOffice) -> None:
    boxes = {"withdraw_submission": "0123456789AB", "withdraw_reason": "wrong"}
    ask(office, RequestKind.WITHDRAW, **boxes)

    assert "No filed form has the number 0123456789AB." in slip(office)
    assert "drops" not in slip(office)
    with pytest.raises(Refused) as refused:
        withdraw(office.office, "0123456789AB", by="JM", reason="wrong")
    assert refused.value.commands == ("drops",)


def test_everything_that_is_missing_on_a_request_is_said_at_once(office: AnOffice) -> None:
    ask(office, RequestKind.WITHDRAW)

    assert "Give the number of the filed form" in slip(office)
    assert "Give the reason" in slip(office)


def test_a_request_that_nobody_finished_says_so_and_does_nothing(office: AnOffice) -> None:
    (intake,) = office.drop(on_a_screen("intake", 2), "intake.pdf")
    boxes = {"withdraw_submission": intake.submission, "withdraw_reason": "wrong"}
    unfinished = request(RequestKind.WITHDRAW, boxes, finished=False)
    office.drop(unfinished, "request.pdf")

    with office.office.ledger.reading() as tx:
        row = tx.submission(intake.submission)
    assert row is not None
    assert not row.withdrawn_by
    assert "only both together count" in slip(office)


def test_a_withdrawal_cut_short_before_its_outcome_is_known_as_its_own(
    office: AnOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    (intake,) = office.drop(on_a_screen("intake", 2), "intake.pdf")
    boxes = {"withdraw_submission": intake.submission, "withdraw_reason": "wrong person"}
    again = cut_short(office, request(RequestKind.WITHDRAW, boxes), monkeypatch)

    with again.office.ledger.reading() as tx:
        (done,) = tx.parts(outcome=Outcome.ACTED)
        acts = tx.acts(act="withdraw")
    assert done.reasons == (Reason.REQUEST_DONE,)
    assert (len(acts), again.sheets) == (1, ())


def test_a_second_withdrawal_by_somebody_else_says_that_it_was_done(office: AnOffice) -> None:
    (intake,) = office.drop(on_a_screen("intake", 2), "intake.pdf")
    withdraw(office.office, intake.submission, by="KT", reason="wrong person")
    ask(office, RequestKind.WITHDRAW, withdraw_submission=intake.submission, withdraw_reason="wrong")

    assert "was withdrawn already" in slip(office)


def test_two_sheets_that_file_one_form_elsewhere_are_both_heard(office: AnOffice) -> None:
    """Somebody notices that the first sheet names the wrong person, and drops a second one beside it."""
    filed = [office.drop(on_a_screen("intake", seed), f"{seed}.pdf")[0] for seed in (2, 4, 5)]
    (summary,) = office.drop(on_a_screen("assessment-summary", 2), "summary.pdf")
    for number, into in enumerate(filed[1:], start=1):
        boxes = {
            "refile_submission": summary.submission,
            "refile_person": into.case,
            "refile_reason": "of somebody else",
        }
        (office.inbox / f"request {number}.pdf").write_bytes(request(RequestKind.REFILE, boxes))
    office.take()

    with office.office.ledger.reading() as tx:
        row, acts = tx.submission(summary.submission), tx.acts(act="refile")
    assert row is not None
    assert len(acts) == 2
    assert row.case == office.office.archive.deposit(acts[-1].path).about["into"]


@pytest.mark.libreoffice
def test_an_approval_cut_short_before_its_outcome_is_known_as_its_own(
    office: AnOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    (intake,) = office.drop(on_a_screen("intake", 2, {"onset_before_22": "yes"}), "intake.pdf")
    office.drop(on_a_screen("planning-worksheet", 2), "worksheet.pdf")
    packet = make_packet(office.office, "isp", intake.case, office.office.today()).row.id
    again = cut_short(office, request(RequestKind.APPROVE, {"packet_id": packet}), monkeypatch)

    with again.office.ledger.reading() as tx:
        (done,) = tx.parts(outcome=Outcome.ACTED)
        approvals = tx.acts(act="approve", target=packet)
    assert (done.reasons, done.case) == ((Reason.REQUEST_DONE,), intake.case)
    assert (len(approvals), again.sheets) == (1, ())


@pytest.mark.libreoffice
def test_an_approval_cut_short_after_the_final_packet_is_finished_later(
    office: AnOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    (intake,) = office.drop(on_a_screen("intake", 2, {"onset_before_22": "yes"}), "intake.pdf")
    office.drop(on_a_screen("planning-worksheet", 2), "worksheet.pdf")
    packet = make_packet(office.office, "isp", intake.case, office.office.today()).row.id

    def pulled(*_: object, **__: object) -> None:
        raise PlugPulled  # the final packet lies in the archive, the approval does not

    with monkeypatch.context() as plug:
        plug.setattr(approving, "act", pulled)
        with pytest.raises(PlugPulled):
            approving.approve(office.office, packet, by="JM")
    with office.office.ledger.reading() as tx:
        cut = tx.acts(act="approve", target=packet)
    with pytest.raises(PacketError, match="cut short"):
        approving.sign(office.office, packet, by="JM", signed_on=office.office.today())
    approving.approve(office.office, packet, by="JM")

    with office.office.ledger.reading() as tx:
        row, approvals = tx.packet(packet), tx.acts(act="approve", target=packet)
    assert row is not None
    assert (cut, row.status, len(approvals)) == ((), PacketStatus.FINAL, 1)


def cut_short(office: AnOffice, sheet: bytes, monkeypatch: pytest.MonkeyPatch) -> AnOffice:
    """The office that goes on after the plug was pulled between what a sheet asked and its outcome."""
    (office.inbox / "request.pdf").write_bytes(sheet)
    settle_part = Books.settle_part

    def pulled(books: Books, part: PartRow) -> None:
        if part.outcome is Outcome.ACTED:
            raise PlugPulled
        settle_part(books, part)

    with monkeypatch.context() as plug:
        plug.setattr(Books, "settle_part", pulled)
        with pytest.raises(PlugPulled):
            office.take()
    again = reopened(office)
    again.take()
    return again
