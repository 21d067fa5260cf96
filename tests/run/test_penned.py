"""A request sheet printed and filled in with a pen: done where it is certain, asked where it is not."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from pipeline.archive import Books
from pipeline.desk.request import RequestKind
from pipeline.ledger import PartRow
from pipeline.model import Outcome, Reason
from pipeline.run.requests import blank_request_sheet
from tests.paper.fill import by_hand, invented_hand
from tests.run.crash import PlugPulled
from tests.run.office import ROOT, AnOffice, asked_in, on_a_screen, reopened, words_of

pytestmark = pytest.mark.slow
CLEAR, SLASHES = 2, 1  # hands: one that ticks well, one whose ticks are thin slashes
DONE = {"finished": "on", "initials": "JM"}


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


def by_pen(
    kind: RequestKind, filled: Mapping[str, str], hand: int = CLEAR, turned: int = 0, copies: int = 1
) -> bytes:
    """The sheet printed, filled in by hand and scanned. turned: how it lay on the scanner, in degrees."""
    values = {"what": str(list(RequestKind).index(kind) + 1), **filled}
    with tempfile.TemporaryDirectory() as folder:
        blank = Path(folder) / "request.pdf"
        blank.write_bytes(blank_request_sheet(ROOT))
        [sheet] = by_hand(blank, values, invented_hand(np.random.default_rng(hand)), dpi=200, seed=hand)
    page = sheet.image.convert("L").rotate(turned, expand=True)
    buffer = io.BytesIO()
    page.save(buffer, "PDF", save_all=True, append_images=[page] * (copies - 1), resolution=200)
    return buffer.getvalue()


def right(office: AnOffice, part: PartRow, filled: Mapping[str, str]) -> dict[str, str]:
    """The right answer to each box that is asked: numbers are other ones each time, and a hand is a hand."""
    asked = asked_in(office.sheet_of(part).read_bytes())
    answers = {**filled, **DONE}
    names = {key: key.removeprefix("request:") for key in asked}  # a box that was left blank stays so
    return {key: answers[name] for key, name in names.items() if name in answers}


@pytest.mark.parametrize("turned", [0, 180, 90])
def test_a_request_by_pen_is_done_however_it_lay_on_the_scanner(office: AnOffice, turned: int) -> None:
    (part,) = office.drop(by_pen(RequestKind.ANNUAL_REVIEWS, {"month": "01/2027", **DONE}, turned=turned))

    assert (part.outcome, part.reasons) == (Outcome.ACTED, (Reason.REQUEST_DONE,))
    assert part.path.startswith("reports/")
    assert office.sheets == ()


def test_a_form_is_withdrawn_by_a_request_written_with_a_pen(office: AnOffice) -> None:
    (intake,) = office.drop(on_a_screen("intake", 2), "intake.pdf")
    boxes = {"withdraw_submission": intake.submission, "withdraw_reason": "wrong person"}
    (part,) = office.drop(by_pen(RequestKind.WITHDRAW, {**boxes, **DONE}), "request.pdf")
    if part.outcome is Outcome.HELD:
        office.answer(office.sheet_of(part), right(office, part, boxes), by="KT")

    with office.office.ledger.reading() as tx:
        row = tx.submission(intake.submission)
    assert row is not None
    assert (office.part(part).reasons, bool(row.withdrawn_by)) == ((Reason.REQUEST_DONE,), True)


@pytest.mark.parametrize("end", [{}, {"finished": "on"}, {"initials": "JM"}])
def test_a_request_by_pen_that_nobody_finished_does_nothing_and_says_so(
    office: AnOffice, end: dict[str, str]
) -> None:
    (part,) = office.drop(by_pen(RequestKind.DUE, {"within": "60", **end}))

    assert (part.outcome, part.reasons) == (Outcome.REFUSED, (Reason.SHEET_UNFINISHED,))
    assert "only both together count" in words_of(office.sheets[0].read_bytes())


def test_a_tick_that_is_not_clear_is_asked_about_and_then_the_request_is_done(office: AnOffice) -> None:
    (part,) = office.drop(by_pen(RequestKind.DUE, {"within": "60", **DONE}, SLASHES))
    sheet = office.sheet_of(part)
    words, asked = words_of(sheet.read_bytes()), asked_in(sheet.read_bytes())
    office.answer(sheet, {key: "on" for key in asked}, by="KT")

    assert (part.outcome, part.reasons) == (Outcome.HELD, (Reason.REQUEST_UNSURE,))
    assert 'It is not clear whether "I am finished." is ticked.' in words
    assert set(asked) == {"request:finished"}
    assert office.part(part).reasons == (Reason.REQUEST_DONE,)
    assert office.sheets == ()


def test_a_number_that_nothing_here_has_is_asked_about_and_the_right_one_is_used(office: AnOffice) -> None:
    (intake,) = office.drop(on_a_screen("intake", 2), "intake.pdf")
    boxes = {"withdraw_submission": "7K3QWERT9ABC", "withdraw_reason": "wrong person"}
    (part,) = office.drop(by_pen(RequestKind.WITHDRAW, {**boxes, **DONE}), "request.pdf")
    asked = asked_in(office.sheet_of(part).read_bytes())
    boxes["withdraw_submission"] = intake.submission
    office.answer(office.sheet_of(part), right(office, part, boxes), by="KT")

    with office.office.ledger.reading() as tx:
        row, (done,) = tx.submission(intake.submission), tx.acts(act="withdraw")
    assert (part.outcome, "request:withdraw_submission" in asked) == (Outcome.HELD, True)
    assert row is not None
    assert row.withdrawn_by
    act = office.office.archive.read(office.office.archive.deposit(done.path), "act.json").decode()
    assert '"JM"' in act, "who asked stands under it, not who read the number"


def test_a_form_is_filed_under_nobody_by_a_number_read_from_a_hand_alone(office: AnOffice) -> None:
    people = [office.drop(on_a_screen("intake", seed), f"{seed}.pdf")[0] for seed in (2, 4)]
    (summary,) = office.drop(on_a_screen("assessment-summary", 2), "summary.pdf")
    with office.office.ledger.reading() as tx:
        dmh = next(row.value for row in tx.identifiers(people[1].case) if row.type.endswith("dmh_id"))
    boxes = {"refile_submission": summary.submission, "refile_person": dmh, "refile_reason": "not hers"}
    (part,) = office.drop(by_pen(RequestKind.REFILE, {**boxes, **DONE}), "request.pdf")
    asked = asked_in(office.sheet_of(part).read_bytes())
    office.answer(office.sheet_of(part), right(office, part, boxes), by="KT")

    with office.office.ledger.reading() as tx:
        row = tx.submission(summary.submission)
    assert "request:refile_person" in asked
    assert row is not None
    assert row.case == people[1].case


def test_a_request_by_pen_that_was_understood_and_cannot_be_done_says_why(office: AnOffice) -> None:
    (intake,) = office.drop(on_a_screen("intake", 4), "intake.pdf")
    with office.office.ledger.reading() as tx:
        dmh = next(row.value for row in tx.identifiers(intake.case) if row.type.endswith("dmh_id"))
    boxes = {"packet": "Individual Support Plan", "person": dmh}  # that of the case is another one each time
    (part,) = office.drop(by_pen(RequestKind.PACKET, {**boxes, **DONE}), "request.pdf")

    assert (part.outcome, part.reasons) == (Outcome.REFUSED, (Reason.REQUEST_FAILED,))
    assert "No planning worksheet is on file" in words_of(office.sheets[0].read_bytes())


def test_two_request_sheets_in_one_scan_are_two_requests(office: AnOffice) -> None:
    parts = office.drop(by_pen(RequestKind.DUE, {"within": "60", **DONE}, copies=2))

    assert [(part.pages, part.reasons) for part in parts] == [
        ((1,), (Reason.REQUEST_DONE,)),
        ((2,), (Reason.REQUEST_DONE,)),
    ]


def test_a_request_cut_short_after_its_answer_is_done_once(
    office: AnOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    (intake,) = office.drop(on_a_screen("intake", 2), "intake.pdf")
    boxes = {"withdraw_submission": "7K3QWERT9ABC", "withdraw_reason": "wrong person"}
    (part,) = office.drop(by_pen(RequestKind.WITHDRAW, {**boxes, **DONE}), "request.pdf")
    boxes["withdraw_submission"] = intake.submission
    settle_part = Books.settle_part

    def pulled(books: Books, row: PartRow) -> None:
        if row.outcome is Outcome.ACTED:
            raise PlugPulled  # the act lies in the archive, nobody knows yet
        settle_part(books, row)

    with monkeypatch.context() as plug:
        plug.setattr(Books, "settle_part", pulled)
        with pytest.raises(PlugPulled):
            office.answer(office.sheet_of(part), right(office, part, boxes), by="KT")
    again = reopened(office)
    again.take()

    with again.office.ledger.reading() as tx:
        acts = tx.acts(act="withdraw")
    assert (len(acts), again.part(part).reasons, again.sheets) == (1, (Reason.REQUEST_DONE,), ())
