"""Every bad file of the collection, through a real office: an outcome with a reason, in bounded time, and no crash.

Most of those that only the limit of processor time ends are given a shorter one here, which ends them in the same
way and no sooner than an honest file needs; `FULL`, one that draws and one that describes letters without end, run
into the limit of the program itself. With TORTURE=1 (`make torture`) all of them do.
"""

from __future__ import annotations

import io
import json
import os
import threading
import time
from pathlib import Path
from statistics import median

import pikepdf
import pytest

from pipeline.errors import DropError
from pipeline.ledger import DropState
from pipeline.model import Deposit, DepositKind, Outcome, Reason
from pipeline.reading.limits import USUAL_TIME, CpuTime
from pipeline.reading.pages import open_file
from pipeline.values import Json
from tests.paper import hostile_bombs
from tests.paper.hostile import HOSTILE, Hostile
from tests.run.office import AnOffice, on_a_screen, opening_anew

pytestmark = pytest.mark.slow

LONGEST_SECONDS = 60.0
SHORT = CpuTime(seconds=2, seconds_a_page=1)
FULL = {"states_two_million_deep", "letters_without_end"}
LONG = bool(os.environ.get("TORTURE"))
MOST_BESIDE = 2.0  # times an honest file's usual seconds


def events(office: AnOffice, kind: str) -> list[dict[str, object]]:
    lines = [
        json.loads(line)
        for segment in sorted((office.root / "outbox" / "journal").glob("*.jsonl"))
        for line in segment.read_text().splitlines()
    ]
    return [line["ids"] for line in lines if line["kind"] == kind]


def allowed(bad: Hostile) -> CpuTime:
    """The usual time also for what must end by itself, whatever the machine: it does not use it up."""
    ends_by_itself = Reason.GAVE_UP.value not in bad.reasons
    return USUAL_TIME if LONG or ends_by_itself or bad.name in FULL else SHORT


@pytest.mark.longest
def test_every_hostile_file_is_kept_held_or_refused_with_a_reason(tmp_path: Path) -> None:
    office = opening_anew(AnOffice.at(tmp_path))
    wrong: list[str] = []
    for bad in HOSTILE:
        data = bad.data()
        office.office.reader.allowed = allowed(bad)
        began = time.monotonic()
        parts = office.drop(data, f"{bad.name}{bad.suffix}")
        seconds = time.monotonic() - began
        said = {reason.value for part in parts for reason in part.reasons}
        if not said or not said <= bad.reasons or seconds > LONGEST_SECONDS:
            wrong.append(f"{bad.name}: {sorted(said)} in {seconds:.0f} s")
    office.office.reader.allowed = USUAL_TIME if LONG else SHORT
    after = office.drop(on_a_screen("waiver-choice", 2))
    with office.office.ledger.reading() as tx:
        states = {row.state for row in tx.drops()}

    assert [] == wrong
    assert {bad.name for bad in HOSTILE} >= FULL
    assert {DropState.FINISHED} == states
    assert ["waiver-choice"] == [part.form for part in after], "the service lives on"
    assert [] == list((tmp_path / "state").glob("**/open-*")), "nothing of them is left in scratch"
    assert not Path("/tmp/climbed-out.txt").exists()


def test_each_reason_named_in_the_collection_is_one_of_ours() -> None:
    assert all(Reason(reason) for bad in HOSTILE for reason in bad.reasons)


def test_what_was_mended_or_signed_is_in_the_journal(tmp_path: Path) -> None:
    office = opening_anew(AnOffice.at(tmp_path))
    office.drop(hostile_bombs.table_shifted())
    office.drop(hostile_bombs.seal_that_is_false(), "other.pdf")
    office.drop(on_a_screen("waiver-choice", 2), "third.pdf")

    said = [(each["repaired"], each["signed"]) for each in events(office, "opened")]
    assert [(True, False), (False, True)] == said


def test_the_deposit_of_a_form_says_by_itself_that_it_was_read_from_a_mended_copy(tmp_path: Path) -> None:
    office = opening_anew(AnOffice.at(tmp_path))
    office.drop(hostile_bombs.table_shifted())
    office.drop(on_a_screen("waiver-choice", 2), "third.pdf")

    made_of_them = [*office.office.archive.deposits(DepositKind.HELD)]
    made_of_them += office.office.archive.deposits(DepositKind.SUBMISSION)
    said = [(one.about.get("repaired"), _paper(office, one)["repaired"]) for one in made_of_them]
    assert [(None, False), (True, True)] == sorted(said, key=str)


def _paper(office: AnOffice, deposit: Deposit) -> dict[str, Json]:
    paper: dict[str, Json] = json.loads(office.office.archive.read(deposit, "paper.json"))
    return paper


def test_a_folder_named_like_a_file_is_a_folder(tmp_path: Path) -> None:
    office = opening_anew(AnOffice.at(tmp_path))
    (tmp_path / "inbox" / "empty.pdf").mkdir()
    parts = office.drop(on_a_screen("waiver-choice", 2), "x.pdf/inside.pdf")

    assert ["waiver-choice"] == [part.form for part in parts]
    assert () == office.take(), "and the empty one is waited for, not opened"


def with_value(data: bytes, value: str) -> bytes:
    """The form with this in the box of the last name, lone surrogates and all."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        boxes = [box for box in document.Root.AcroForm.Fields if str(box.get("/V", "")) == "Here"]
        assert boxes
        for box in boxes:
            box.V = pikepdf.String(b"\xfe\xff" + value.encode("utf-16-be", "surrogatepass"))
        document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("value", "filed_as"),
    [
        ("../../etc/x", "../../etc/x"),
        ("ab\u202egnp.exe", "abgnp.exe"),
        ("=cmd|'/C calc'!A0", None),
        ("a\x1b[31mb", None),
        ("Hol\ud800way", None),
        ("a\ufffdb", None),
        ("{{ 7*7 }}", None),
    ],
)
def test_a_name_that_means_harm_is_plain_text_or_is_asked_about(
    value: str, filed_as: str | None, tmp_path: Path
) -> None:
    """Nothing that steers a terminal, a spreadsheet or the direction of text is ever filed."""
    office = opening_anew(AnOffice.at(tmp_path))
    (part,) = office.drop(with_value(on_a_screen("intake", 1, {"legal_last": "Here"}), value))
    filed = [json.loads(path.read_text()) for path in (tmp_path / "outbox").glob("**/submission.json")]

    if filed_as is None:
        assert (Outcome.HELD, (Reason.NOT_VALID,)) == (part.outcome, part.reasons)
        assert [] == filed
    else:
        assert Outcome.KEPT is part.outcome
        assert [{"kind": "person-name", "value": filed_as}] == [
            form["fields"]["legal_last"] for form in filed
        ]
    assert [] == [path for path in tmp_path.rglob("*") if path.name in ("etc", "x")]


def test_an_honest_file_is_hardly_slower_beside_hostile_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Opened in processes of their own, bombs take a core, not the other's memory, disk or turn.

    One after the other as long as it takes: how long a single one may go on changes nothing for its neighbour. It goes
    by the clock, so other work on this machine disturbs it: measured three times at most, the first good one counts.
    """
    office = opening_anew(AnOffice.at(tmp_path))
    office.drop(on_a_screen("waiver-choice", 1), "first.pdf")
    worst = tmp_path / "bomb.pdf"
    worst.write_bytes(hostile_bombs.states_two_million_deep())
    for first in (2, 8, 14):
        usual = median(_seconds(office, number) for number in range(first, first + 3))
        stop = threading.Event()
        bombs = threading.Thread(target=_open_again_and_again, args=(worst, tmp_path / str(first), stop))
        bombs.start()
        beside = median(_seconds(office, number) for number in range(first + 3, first + 6))
        stop.set()
        bombs.join()
        with capsys.disabled():
            print(f"\nan honest file: {usual:.2f} s alone, {beside:.2f} s beside a hostile one")
        if beside < MOST_BESIDE * usual:
            break
    assert beside < MOST_BESIDE * usual


def _seconds(office: AnOffice, seed: int) -> float:
    data = on_a_screen("waiver-choice", seed)
    began = time.monotonic()
    assert office.drop(data, f"honest-{seed}.pdf")
    return time.monotonic() - began


def _open_again_and_again(path: Path, folder: Path, stop: threading.Event) -> None:
    count = 0
    while not stop.is_set():
        count += 1
        with pytest.raises(DropError):
            open_file(path, folder / f"bomb-{count}", USUAL_TIME if LONG else SHORT)
