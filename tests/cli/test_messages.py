"""What a command says when it is typed wrongly or has little to tell: what happened, and what to do."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from pipeline.cli import app, show
from pipeline.cli.cases import waits_of
from pipeline.cli.packets import say_made, show_due
from pipeline.due import DueItem, DueState
from pipeline.errors import SetupError, SiteError
from pipeline.ledger import PacketRow
from pipeline.model import CaseStatus, PacketStatus, Reason
from pipeline.reading.seen import see_blank
from pipeline.run.acts import Refused
from pipeline.run.annual import DueOf
from pipeline.run.caselist import CaseSeen, Unsigned
from pipeline.run.depositing import MadePacket
from pipeline.run.looking import PartSeen
from pipeline.run.office import Office, Settings
from tests.run.office import ROOT


def failure_of(*typed: str) -> BaseException | None:
    return CliRunner().invoke(app, list(typed)).exception


@pytest.mark.parametrize("typed", [("request-sheet",), ("blank", "intake")])
def test_a_file_that_cannot_be_written_is_named_and_is_no_mistake_of_the_program(
    typed: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "nowhere" / "sheet.pdf"
    failure = failure_of(*typed, "--out", str(out))
    assert isinstance(failure, SetupError)
    assert str(failure) == f"{out} cannot be written: No such file or directory. Give another place."


def test_a_folder_that_is_no_site_is_told_in_one_line(tmp_path: Path) -> None:
    failure = failure_of("check", "--site", str(tmp_path))
    assert isinstance(failure, SiteError)
    [problem] = failure.problems
    assert "there is no folder schemas/ in it" in problem.message


def test_a_file_that_is_no_pdf_is_told_without_words_of_the_library(tmp_path: Path, caplog: Any) -> None:
    (tmp_path / "letter.docx").write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(SiteError, match="is no PDF; give the empty form as a fillable PDF"):
        see_blank(tmp_path / "letter.docx")
    assert caplog.records == []


def test_a_command_that_helps_is_shown_as_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(width=100, record=True, file=io.StringIO())
    monkeypatch.setattr(show, "err", console)
    show.say_failure(Refused("No filed form has the number X.", "drops"))
    assert console.export_text() == "No filed form has the number X.\n  python -m pipeline drops\n"


def test_a_coordinator_with_nothing_to_do_has_a_line_and_no_empty_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    item = DueItem("C-R05MJ4F2", "review", "Quarterly review", DueState.DUE, date(2027, 2, 1))
    show_due((DueOf("Alma Pettigrew", (item,)), DueOf("", ())), 90)
    said = capsys.readouterr().out
    assert "Quarterly review" in said
    assert said.count("State") == 1
    assert "No coordinator named: nothing within 90 days" in said


def test_a_draft_says_what_to_do_next_and_which_letters_are_small(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = PacketRow(
        "YJCVR4H7GZPX",
        "isp",
        "C-R05MJ4F2",
        "2027-01-01",
        date(2026, 11, 27),
        PacketStatus.DRAFT,
        "cases/x",
        "",
    )
    small = 'Request for a waiver slot: Field "Needs" is set in smaller letters than the form wants.'
    made = MadePacket(row, (), (), has_pdf=True, smaller=(small,))
    office = Office(Settings(ROOT, tmp_path / "inbox", tmp_path / "outbox", tmp_path / "state"))
    say_made(office, made)
    said = capsys.readouterr().out
    assert small in said
    assert said.endswith("Next: look at every page. When all is right: approve YJCVR4H7GZPX --by INITIALS\n")
    say_made(office, replace(made, row=replace(row, status=PacketStatus.FINAL)))
    assert "Next" not in capsys.readouterr().out


def test_who_has_not_signed_is_told_in_a_line_for_each_packet() -> None:
    roles = (
        ("Individual", "unsigned"),
        ("Witness", "refused"),
        ("Individual", "unsigned"),
        ("Guardian", "unsigned"),
    )
    lines = tuple(Unsigned("P1", "isp", f"plan/{n}", *each) for n, each in enumerate(roles, start=1))
    unsigned = (*lines, Unsigned("P2", "waiver", "choice/1", "Individual", "unsure"))
    case = CaseSeen("C-1", "", None, (), CaseStatus.ACTIVE, "", None, None, 0, (), (), unsigned)
    assert waits_of(case) == [
        "isp, not signed yet: Individual (2); Guardian",
        "isp, refused to sign: Witness",
        "waiver, signed? look at the scan: Individual",
    ]


def test_the_first_day_of_a_plan_year_is_told_as_people_write_it() -> None:
    assert show.first_day("2027-01-01") == "1/1/2027"


def test_a_file_that_could_not_be_read_is_told_in_words() -> None:
    assert PartSeen("", "", (), (), Reason.WORD_RETURN.value, ()).words == (
        "This is a Word document, and not one that we made"
    )
    assert PartSeen("", "", (2, 3), (), "", ()).words == "pages 2, 3: We do not know this form"
