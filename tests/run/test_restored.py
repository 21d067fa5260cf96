"""The outbox is enough: the machine is gone, a copy of the archive is put onto a new one, and the office goes on."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.archive import Archive, Books
from pipeline.errors import ArchiveError
from pipeline.ledger import open_ledger
from pipeline.ledger.index import drop_job
from pipeline.model import Deposit, Outcome
from tests.run.office import AnOffice
from tests.run.packets import SAMPLES, case_of, made

ONE = SAMPLES[0]


def test_what_is_read_is_noted_as_a_step_of_its_job(tmp_path: Path) -> None:
    office = AnOffice.at(tmp_path)
    office.drop(ONE.read_bytes())
    with office.office.ledger.reading() as tx:
        (drop,) = tx.drops()
        steps = tx.steps_done(drop_job(drop.id))
    (taken, found) = steps.pop("read")
    assert (taken, len(found)) == (drop.sha256, 52)
    assert steps
    assert all(step.startswith("keep ") for step in steps)


def test_an_original_whose_bytes_were_changed_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = AnOffice.at(tmp_path)
    archive = office.office.archive

    keep = office.office.books.keep_original

    def kept_and_changed(*given: Any) -> Deposit:
        deposit = keep(*given)
        original = archive.root / deposit.path / "original.pdf"
        original.chmod(0o600)
        original.write_bytes(original.read_bytes().replace(b"%PDF", b"%PDG", 1))
        return deposit

    monkeypatch.setattr(office.office.books, "keep_original", kept_and_changed)
    with pytest.raises(ArchiveError, match="was changed"):
        office.drop(ONE.read_bytes())
    with office.office.ledger.reading() as tx:
        (job,) = tx.jobs()
        assert (tx.parts(), job.attempts, job.error) == ((), 0, "ArchiveError")


@pytest.mark.slow
@pytest.mark.libreoffice
def test_an_office_whose_outbox_was_restored_files_new_drops_and_makes_a_packet(tmp_path: Path) -> None:
    before = AnOffice.at(tmp_path / "before")
    for number, path in enumerate(SAMPLES[:-1]):
        before.drop(path.read_bytes(), f"{number}.pdf")
    with before.office.ledger.reading() as tx:
        rows = tx.index_rows()
    root = tmp_path / "after"
    for name in ("inbox", "state"):
        (root / name).mkdir(parents=True)
    shutil.copytree(before.office.archive.root, root / "outbox")
    books = Books(Archive(root / "outbox"), open_ledger(root / "state"), check=False)
    assert books.reindex() == ()
    with books.ledger.reading() as tx:
        assert tx.index_rows() == rows
    books.ledger.close()

    after = AnOffice.opened(root)
    parts = after.drop(SAMPLES[-1].read_bytes())
    again = after.drop(SAMPLES[0].read_bytes(), "again.pdf")
    packet = made(after, "isp")

    assert {part.outcome for part in parts} <= {Outcome.KEPT, Outcome.HELD, Outcome.SUPPORTING}
    assert [part.outcome for part in again] == [Outcome.DUPLICATE] * len(again)
    assert packet.row.case == case_of(before)
    assert after.office.books.verify(read_data=True) == ()
