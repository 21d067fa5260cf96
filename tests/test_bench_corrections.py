"""An office's own archive says what its people corrected: counted rightly, and without a value."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from bench.reading.corrections import Corrections, correction_lines, corrections_in
from pipeline.ledger import PartRow, SubmissionRow
from pipeline.model import Outcome
from pipeline.run.confirming import confirm, unconfirmed
from pipeline.run.waiting import held_paper
from tests.run.office import ROOT, AnOffice, asked_in, filled_in, on_a_screen

pytestmark = pytest.mark.slow
BORN, SEX = "field:birth_date", "field:sex"
PAPERS = ROOT / "forms" / "intake" / "2026-11" / "samples"


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


def said_of(office: AnOffice) -> Corrections:
    return corrections_in(office.office.archive, office.office.site)


def with_a_blank_intake(office: AnOffice, seed: int = 2) -> PartRow:
    """An intake without birth date and sex, and the sheet about it answered."""
    (part,) = office.drop(on_a_screen("intake", seed, {"birth_date": "", "sex": ""}), f"{seed}.pdf")
    born = filled_in("intake", seed, on_paper=False).values["birth_date"]
    office.answer(office.sheet_of(part), {BORN: f"{born[:2]}/{born[2:4]}/{born[4:]}", SEX: "female"})
    assert office.part(part).outcome is Outcome.KEPT
    return part


def filed(office: AnOffice) -> SubmissionRow:
    with office.office.ledger.reading() as tx:
        (row,) = tx.submissions()
    return row


def line_of(lines: Iterable[str], start: str) -> list[str]:
    (line,) = [line for line in lines if line.strip().startswith(start)]
    return line.strip().removeprefix(start).split()


def test_boxes_that_were_rightly_asked_about_count_as_answered_and_not_as_right(office: AnOffice) -> None:
    with_a_blank_intake(office)
    lines = list(correction_lines(said_of(office)))

    assert lines[0] == "Papers read: 1 (intake 1); filed: 1"
    assert line_of(lines, "intake birth_date") == ["1", "1", "0", "0.0%"]
    assert line_of(lines, "intake sex") == ["1", "1", "0", "0.0%"]
    assert line_of(lines, "required-blank") == ["2", "2", "0", "0.0%"]


def test_a_box_asked_about_on_two_papers_and_answered_on_one_is_counted_so(office: AnOffice) -> None:
    with_a_blank_intake(office)
    office.drop(on_a_screen("intake", 3, {"birth_date": ""}), "another.pdf")
    lines = list(correction_lines(said_of(office)))

    assert lines[0] == "Papers read: 2 (intake 2); filed: 1"
    assert line_of(lines, "intake birth_date") == ["2", "1", "0", "0.0%"]
    assert line_of(lines, "required-blank") == ["3", "2", "0", "0.0%"]


def test_a_value_that_a_person_says_as_it_was_read_was_asked_about_in_vain(office: AnOffice) -> None:
    """Handwriting of the samples: every text is answered as it stands on the sheet, one name otherwise."""
    (part,) = office.drop((PAPERS / "renee-thibodeaux.scan-hand.pdf").read_bytes(), "hand.pdf")
    texts = {
        reading.field: reading.text
        for reading in held_paper(office.office, part).readings
        if reading.text and not reading.option
    }
    sheet = office.sheet_of(part)
    asked = {
        key: texts[key.removeprefix("field:")]
        for key, (_, kind, _) in asked_in(sheet.read_bytes()).items()
        if kind == "text" and key.removeprefix("field:") in texts
    }
    assert {"field:legal_first", "field:legal_last"} <= asked.keys()
    office.answer(sheet, {**asked, "field:legal_last": "Zzyzx"})
    found = said_of(office)
    answered = [row for row in found.asked if row.answered]

    assert len(asked) == len(answered)
    assert ["legal_last"] == [row.field for row in answered if not row.right]
    assert "Zzyzx" not in "\n".join(correction_lines(found))


def test_what_was_mended_on_a_confirm_list_had_been_filed_wrong(office: AnOffice) -> None:
    scans = sorted(PAPERS.glob("*.scan-flatbed*"))
    office.drop(scans[0].read_bytes(), scans[0].name)
    row = filed(office)
    open_fields = sorted(unconfirmed(office.office, row))
    schema = office.office.site.schemas["intake"]
    texts = [path for path in open_fields if "signature" not in path and schema.field_at(path)]
    confirm(office.office, row.id, by="JM", fields=open_fields, mended={texts[0]: "As mended."})
    found = said_of(office)

    assert len(open_fields) == len(found.compared)
    assert [texts[0]] == [each.field for each in found.compared if not each.right]
    lines = "\n".join(correction_lines(found))
    assert f"confirm lists: {len(open_fields)} values, 1 were wrong" in lines
    assert "As mended." not in lines
