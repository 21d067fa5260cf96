"""Pulling the plug after any durable step of the real story: reading, checking, filing, sheets and their answers."""

from __future__ import annotations

import os
import random
import sqlite3
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.disk import sha256_of
from pipeline.inbox import claims
from pipeline.ledger import DropState
from pipeline.model import Outcome
from pipeline.run.office import Office, Settings
from pipeline.run.story import settle_and_take
from tests.figures import Figures
from tests.run.office import ROOT, SETTLE_SECONDS, AnOffice, answered, on_a_screen
from tests.test_kills import LONG, killed_after, nothing_is_half

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
FILES = {
    "again.pdf": on_a_screen("waiver-choice", 1),
    "choice.pdf": on_a_screen("waiver-choice", 1),
    "intake.pdf": on_a_screen("intake", 1),
    "no-paper.pdf": b"%PDF-1.4 that is none",
}
ANSWERS = {
    "field:chooses": "waiver",
    "field:waiver": "comp",
    "field:self_direct_offered": "yes",
    "field:self_direct": "no",
    "field:rights_received": "yes",
}


def opened(root: Path) -> AnOffice:
    """The office as it is after a start, at an hour that stands still, with nobody else at work."""
    settings = Settings(ROOT, root / "inbox", root / "outbox", root / "state", SETTLE_SECONDS)
    office = Office(settings, lambda: NOON)
    office.reader.catalogue, office.reader.readers = AnOffice.shared()
    with sqlite3.connect(root / "state" / "ledger.db") as ledger:
        ledger.execute(
            "UPDATE jobs SET attempts = 0"
        )  # that it was killed again and again has a known cause here
    return AnOffice(root, office)


def with_papers(root: Path) -> Path:
    """A folder with papers that were claimed already, so that no id depends on chance."""
    (root / "inbox").mkdir(parents=True, mode=0o770)
    for name, data in FILES.items():
        (root / "inbox" / name).write_bytes(data)
    office = opened(root)
    inbox = office.office.inbox
    while len(ready := inbox.look().ready) < len(FILES):
        pass
    with pytest.MonkeyPatch.context() as patched:
        for number, candidate in enumerate(sorted(ready, key=lambda each: each.listed.key)):
            patched.setattr(claims, "short_id", lambda *_, length, number=number: f"{number:0{length}d}")
            assert inbox.claim(candidate) is not None
    office.office.ledger.close()
    return root


def a_day(root: Path) -> None:
    """The papers are taken in; the sheet about one of them is answered, saved once, and taken in."""
    office = opened(root)
    settle_and_take(office.office, None)
    saved = root / "answered"
    for sheet in office.sheets:
        if "Waiver" in sheet.name and not saved.exists():
            sheet.write_bytes(answered(sheet.read_bytes(), ANSWERS, "JM"))
            os.utime(sheet, (NOON.timestamp(), NOON.timestamp()))  # the id of the saving has it
            saved.touch()
    settle_and_take(office.office, None)


def kept(root: Path) -> dict[str, str]:
    """Every file of the archive by its bytes, but what says in which order things came."""
    return {
        str(path.relative_to(root / "outbox")): sha256_of(path)
        for path in (root / "outbox").rglob("*")
        if path.is_file() and "journal" not in path.parts and path.name != "archive.json"
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    root = with_papers(tmp_path_factory.mktemp("undisturbed"))
    assert not killed_after(0, lambda: a_day(root))
    whole(root, Counter())
    return kept(root)


def whole(root: Path, counts: Counter[str]) -> None:
    """Every paper has its outcome, once; the chain, the archive and the ledger agree."""
    office = opened(root)
    with office.office.ledger.reading() as tx:
        drops, parts = tx.drops(), tx.parts()
    due = Counter([Outcome.KEPT, Outcome.KEPT, Outcome.DUPLICATE, Outcome.REFUSED, Outcome.ACTED])
    found = Counter(part.outcome for part in parts)
    counts.update(papers=due.total(), lost=(due - found).total(), twice=(found - due).total())
    assert {DropState.FINISHED} == {drop.state for drop in drops}
    assert due == found
    assert office.office.books.verify(read_data=True) == ()
    assert [sheet.name for sheet in office.sheets if "Waiver" in sheet.name] == []
    office.office.ledger.close()


@pytest.mark.parametrize("seed", range(80 if LONG else 1))
def test_papers_and_answers_end_as_in_a_day_without_kills(
    tmp_path: Path, seed: int, undisturbed: dict[str, str], figures: Figures
) -> None:
    root, chance = with_papers(tmp_path), random.Random(seed)
    while killed_after(chance.randint(1, 25), lambda: a_day(root), figures.told):
        figures.counts["kills"] += 1
        nothing_is_half(root / "outbox", figures)
    whole(root, figures.counts)

    found = kept(root)
    figures.counts["files unlike those without kills"] += len(dict(undisturbed.items() ^ found.items()))
    assert undisturbed == found
