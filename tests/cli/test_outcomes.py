"""The table of outcomes fits the terminals people have, and tells file names to people only."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from rich.console import Console

from pipeline.cli import outcomes, show
from pipeline.cli.show import shortened
from pipeline.folders import Folders
from pipeline.model import Outcome
from pipeline.run.became import Became
from pipeline.run.office import Office

LONG = "provider-monthly-summary marisol-ibanez-quinn-2026-09.screen.pdf"
TITLE = "Waiver, Provider and Services Choice Statement"
LINES = (
    Became("0123456789AB", LONG, "", Outcome.KEPT, TITLE, "Filed in C-R05MJ4F2"),
    Became("0123456789AC", "[b]odd[/b].pdf", "1, 2", Outcome.HELD, TITLE, "Waits: a page is missing", "Answer sheet",
           "2026-11-21 Waiver Provider and Services Choice Statement AKEJNH-1.pdf"),
)  # fmt: skip


class _InAnOffice:
    """As much of an office as the table asks for."""

    folders = Folders(Path("/srv"), Path("/srv/inbox"), Path("/srv/outbox"), Path("/srv/state"))


def printed(width: int, monkeypatch: pytest.MonkeyPatch, *, named: bool) -> str:
    console = Console(width=width, record=True, highlight=False, quiet=False, file=open("/dev/null", "w"))  # noqa: SIM115
    for module in (show, outcomes):
        monkeypatch.setattr(module, "out", console)
    outcomes.show_became(cast(Office, _InAnOffice()), LINES, named=named)
    return console.export_text()


@pytest.mark.parametrize("width", [80, 100, 200])
def test_the_table_fits_its_terminal_and_no_page_is_wider_than_100(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = printed(width, monkeypatch, named=True)
    table = text.partition("1 filed, 1 waiting")[0].splitlines()
    assert max(len(line.rstrip()) for line in table) <= min(width, 100)
    assert "Filed in C-R05MJ4F2" in text, "the words of a filed form are never broken"
    assert "AKEJNH-1" in text
    assert "[b]odd[/b].pdf" in text, "a file's name is never taken for markup"


def test_where_nobody_looks_a_drop_is_told_by_its_id(monkeypatch: pytest.MonkeyPatch) -> None:
    text = printed(200, monkeypatch, named=False)
    assert "0123456789AB" in text
    assert "marisol" not in text


def test_a_long_name_loses_its_middle_and_keeps_both_ends() -> None:
    short = shortened(LONG, 29)
    assert len(short) == 29
    assert (short[:8], short[-4:]) == ("provider", ".pdf")
    assert shortened("scan.pdf", 29) == "scan.pdf"
