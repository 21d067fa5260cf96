"""Handwriting that was filed waits on a confirm list; it holds nothing up but a final packet."""

from __future__ import annotations

import io
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from pypdf import PdfReader

from pipeline.ledger import SubmissionRow
from pipeline.model import Method, Outcome, Reason
from pipeline.run.acts import Refused
from pipeline.run.confirming import confirm, unconfirmed
from tests.paper.fill import on_screen
from tests.run.office import ROOT, AnOffice, words_of
from tests.run.test_sheets_by_hand import scanned

pytestmark = pytest.mark.slow
SCANS = sorted(ROOT.glob("forms/*/2026-11/samples/*.scan-*"))


@pytest.fixture
def waiting(tmp_path: Path) -> tuple[AnOffice, SubmissionRow]:
    """An office with a filed scan whose handwriting nobody has confirmed."""
    office = AnOffice.copied("one-to-confirm", drop_until_one_waits, tmp_path)
    row = first_unconfirmed(office)
    assert row is not None, "no sample scan has handwriting to confirm"
    return office, row


def drop_until_one_waits(office: AnOffice) -> None:
    for path in sorted(ROOT.glob("forms/intake/2026-11/samples/*")) + SCANS:
        if path.suffix == ".yaml" or "hand" in path.name:
            continue
        office.drop(path.read_bytes(), path.name)
        if first_unconfirmed(office):
            return


def first_unconfirmed(office: AnOffice) -> SubmissionRow | None:
    with office.office.ledger.reading() as tx:
        rows = tx.submissions()
    return next((row for row in rows if unconfirmed(office.office, row)), None)


def list_of(office: AnOffice, row: SubmissionRow) -> Path:
    [path] = office.attention.glob(f"*To confirm*{row.id[:6]}*.pdf")
    return path


def ticks(sheet: Path) -> dict[str, str]:
    """Everything is right, and every line is signed."""
    names = (PdfReader(io.BytesIO(sheet.read_bytes())).get_fields() or {}).keys()
    right = {name: "on" for name in names if name.startswith("right.")}
    return right | {name: "1" for name in names if name.startswith("signed.")}


def numbered(sheet: Path) -> dict[str, int]:
    """Field of the form → its number on the list."""
    info = PdfReader(io.BytesIO(sheet.read_bytes())).metadata
    assert info is not None
    keys = json.loads(str(info["/ConfirmItems"]))
    return {key.partition("/")[2]: number for number, key in enumerate(keys, start=1)}


def slips(office: AnOffice) -> str:
    return " ".join(words_of(path.read_bytes()) for path in office.sheets)


def filled(path: Path, changes: dict[str, str]) -> bytes:
    return on_screen(path, changes)


def test_a_finished_list_confirms_what_was_ticked_and_goes_away(
    waiting: tuple[AnOffice, SubmissionRow],
) -> None:
    office, row = waiting
    sheet = list_of(office, row)
    assert "<dd>1</dd>" in office.status.partition("Lists to confirm")[2][:30]
    assert quote(sheet.name) in office.status
    sheet.write_bytes(filled(sheet, {**ticks(sheet), "finished": "on", "initials": "JM"}))
    [part] = office.take()
    assert (part.outcome, part.submission) == (Outcome.ACTED, row.id)
    assert unconfirmed(office.office, row) == frozenset()
    assert not sheet.exists()
    assert quote(sheet.name) not in office.status


def test_a_list_saved_without_the_finished_tick_confirms_nothing(
    waiting: tuple[AnOffice, SubmissionRow],
) -> None:
    office, row = waiting
    before = unconfirmed(office.office, row)
    sheet = list_of(office, row)
    sheet.write_bytes(filled(sheet, {"right.1": "on"}))
    [part] = office.take()
    assert (part.outcome, part.reasons) == (Outcome.ACTED, (Reason.SHEET_UNFINISHED,))
    assert unconfirmed(office.office, row) == before
    assert sheet.exists()


def test_a_deleted_list_comes_back(waiting: tuple[AnOffice, SubmissionRow]) -> None:
    office, row = waiting
    sheet = list_of(office, row)
    data = sheet.read_bytes()
    sheet.unlink()
    office.take()
    assert sheet.read_bytes() == data


def test_a_text_mended_on_the_list_is_what_the_record_says(waiting: tuple[AnOffice, SubmissionRow]) -> None:
    office, row = waiting
    stored = json.loads(
        office.office.archive.read(office.office.archive.deposit(row.path), "submission.json")
    )
    narrative = [
        fact
        for fact in stored["facts"]
        if fact["kind"] == "narrative" and fact["field"] in unconfirmed(office.office, row)
    ]
    assert narrative, "the first sample with something to confirm has no narrative any more"
    confirm(
        office.office,
        row.id,
        by="JM",
        fields=[narrative[0]["field"]],
        mended={narrative[0]["field"]: "As mended."},
    )
    fact = office.office.record(row.case).fact(narrative[0]["place"], narrative[0]["scope"])
    assert fact is not None
    assert (fact.value, fact.sources[0].method, fact.sources[0].actor) == (
        "As mended.",
        Method.CORRECTION,
        "JM",
    )


def test_the_command_confirms_everything_once(waiting: tuple[AnOffice, SubmissionRow]) -> None:
    office, row = waiting
    assert set(confirm(office.office, row.id, by="JM")) == set(confirm_fields(office, row))
    with pytest.raises(Refused):
        confirm(office.office, row.id, by="JM")


def confirm_fields(office: AnOffice, row: SubmissionRow) -> list[str]:
    stored = json.loads(
        office.office.archive.read(office.office.archive.deposit(row.path), "submission.json")
    )
    return [
        path
        for warning in stored["warnings"]
        if warning["reason"] == Reason.HANDWRITTEN_NARRATIVE
        for path in warning["fields"]
    ]


def test_a_line_that_cannot_be_kept_comes_back_in_words_and_the_others_are_kept(
    waiting: tuple[AnOffice, SubmissionRow],
) -> None:
    office, row = waiting
    sheet = list_of(office, row)
    number = numbered(sheet)
    text = next(path for path in number if f"signed.{number[path]}" not in ticks(sheet))
    line = next(path for path in number if f"signed.{number[path]}" in ticks(sheet))
    others = set(number) - {text, line}
    wrong = {f"text.{number[text]}": " ", f"signed.{number[line]}": "2"}
    sheet.write_bytes(filled(sheet, {**ticks(sheet), **wrong, "finished": "on", "initials": "JM"}))
    office.take()

    assert unconfirmed(office.office, row) == {text, line}
    assert others
    assert f"Number {number[text]}," in slips(office)
    assert "is blank" in slips(office)
    assert f"Number {number[line]}," in slips(office)
    assert "ticked as not signed" in slips(office)
    assert sheet.exists()


def test_a_changed_text_that_nobody_ticked_comes_back_in_words(
    waiting: tuple[AnOffice, SubmissionRow],
) -> None:
    office, row = waiting
    sheet = list_of(office, row)
    number = numbered(sheet)
    text = next(path for path in number if f"right.{number[path]}" in ticks(sheet))
    changed = {f"text.{number[text]}": "Bees", "finished": "on", "initials": "JM"}
    sheet.write_bytes(filled(sheet, changed))
    office.take()

    assert text in unconfirmed(office.office, row)
    assert "the text was changed, but not ticked as right" in slips(office)


def test_a_list_handed_in_after_it_was_closed_changes_nothing_and_says_so(
    waiting: tuple[AnOffice, SubmissionRow],
) -> None:
    office, row = waiting
    sheet = list_of(office, row)
    number, data = numbered(sheet), filled(sheet, {**ticks(sheet), "finished": "on", "initials": "JM"})
    text = next(path for path in number if f"right.{number[path]}" in ticks(sheet))
    late = filled(sheet, {**ticks(sheet), f"text.{number[text]}": "Bees", "finished": "on", "initials": "KT"})
    confirm(office.office, row.id, by="JM")
    (same,) = office.drop(data, "same.pdf")
    before = office.office.record(row.case).facts
    office.drop(late, "late.pdf")

    assert (same.outcome, same.reasons) == (Outcome.ACTED, (Reason.SHEET_OLD_ROUND,))
    assert "it was confirmed before, so this text was not used" in slips(office)
    assert office.office.record(row.case).facts == before


def test_a_list_ticked_with_a_pen_confirms_what_was_ticked(waiting: tuple[AnOffice, SubmissionRow]) -> None:
    office, row = waiting
    sheet = list_of(office, row)
    end = {"finished": "on", "initials": "JM"}
    (acted,) = office.drop(scanned(sheet.read_bytes(), {**ticks(sheet), **end}), "list scan.pdf")

    assert (acted.outcome, acted.submission) == (Outcome.ACTED, row.id)
    assert unconfirmed(office.office, row) == frozenset()
    assert not sheet.exists()


def test_what_a_pen_wrote_over_the_text_of_a_list_is_never_taken_for_its_text(
    waiting: tuple[AnOffice, SubmissionRow],
) -> None:
    office, row = waiting
    sheet = list_of(office, row)
    number = numbered(sheet)
    text = next(path for path in number if f"right.{number[path]}" in ticks(sheet))
    wrong = {f"text.{number[text]}": "Bees", "finished": "on", "initials": "JM"}
    before = office.office.record(row.case).facts
    office.drop(scanned(sheet.read_bytes(), {**ticks(sheet), **wrong}), "list scan.pdf")

    assert text in unconfirmed(office.office, row)
    assert office.office.record(row.case).facts == before
    assert "what is written there by hand cannot be read" in slips(office)
