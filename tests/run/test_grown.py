"""A scan that grows, or is taken away, after it was taken in: nothing is filed twice, and nothing is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.inbox import Claim
from pipeline.ledger import PartRow
from pipeline.model import Outcome, Reason
from tests.run.office import AnOffice, on_a_screen, pages_of, typed

pytestmark = pytest.mark.slow


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


def taken_then(office: AnOffice, data: bytes, happens: Callable[[Claim], object]) -> tuple[PartRow, ...]:
    """What became of every part, where something happens to the file between its copy and the end of its claim."""
    inner, inbox = office.office, office.office.inbox
    (office.inbox / "scan.pdf").write_bytes(data)
    while not (look := inbox.look()).ready:
        os.sched_yield()
    (claim,) = [inbox.claim(each) for each in look.ready]
    assert claim is not None
    received = inbox.receive(claim, inner.scratch)
    inner.books.keep_original(
        received.drop, received.copy, received.file_type, received.source, inner.today()
    )
    happens(claim)
    inbox.finish(claim, received)
    return office.take()


def test_a_form_to_which_its_last_pages_were_added_is_filed_once(office: AnOffice) -> None:
    whole = typed("intake", 2)
    first = pages_of(whole, only=(1,))
    parts = taken_then(office, first, lambda claim: claim.file.write_bytes(whole))
    now = [office.part(part) for part in parts]
    assert [part.outcome for part in now].count(Outcome.KEPT) == 1
    assert {part.outcome for part in now} <= {Outcome.KEPT, Outcome.DUPLICATE}
    assert office.held() == ()
    assert office.sheets == ()


def test_a_filed_form_after_which_another_paper_was_added_is_named_a_duplicate(office: AnOffice) -> None:
    form, more = typed("intake", 2), typed("assessment-summary", 2)
    parts = taken_then(office, form, lambda claim: claim.file.write_bytes(pages_of(form, more)))
    assert [(part.form, part.outcome) for part in parts] == [
        ("intake", Outcome.KEPT),
        ("intake", Outcome.DUPLICATE),
        ("assessment-summary", Outcome.KEPT),
    ]
    assert "Here already" in office.status


def test_a_form_saved_again_with_another_value_while_it_is_taken_is_asked_about(office: AnOffice) -> None:
    before, after = (on_a_screen("intake", 2, {"phone": phone}) for phone in ("3145550177", "3145550188"))
    parts = taken_then(office, before, lambda claim: claim.file.write_bytes(after))
    assert [(part.outcome, part.reasons) for part in parts] == [
        (Outcome.KEPT, ()),
        (Outcome.HELD, (Reason.DIFFERS_FROM_FILED,)),
    ]
    assert len(office.sheets) == 1


def test_a_file_taken_away_while_it_is_worked_on_is_finished_from_our_copy(office: AnOffice) -> None:
    (part,) = taken_then(office, on_a_screen("intake", 2), lambda claim: claim.file.unlink())
    assert part.outcome is Outcome.KEPT
    assert [path.name for path in (office.inbox / ".claims").iterdir()] == []
    assert len(list((office.root / "outbox").glob("received/*/*/original.pdf"))) == 1
