"""A foreign fillable form with tables goes the whole way: filed with its rows, or held with words."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from pipeline.ledger import PartRow
from pipeline.model import Outcome
from pipeline.run.office import Office, Settings
from tests.paper.answers import invented_answers, questions
from tests.paper.casework import Answer, Lists, branch, invented_case, plain_yaml
from tests.paper.fill import on_screen, spots, typed_over
from tests.paper.foreign_sites import EDITION, install, mapped_boxes
from tests.run.office import ROOT, SETTLE_SECONDS, AnOffice, on_a_screen, prepared_state

pytestmark = pytest.mark.slow

SEED = 2
ROWS = {"household": "assets", "consent": "log"}


def office_that_takes(style: str, root: Path) -> AnOffice:
    """An office of the shipped site, and one foreign form taken into use."""
    site = root / "site"
    for folder in ("forms", "schemas", "templates"):
        shutil.copytree(ROOT / folder, site / folder)
    install(style, site)
    (root / "inbox").mkdir()
    prepared_state(root / "state")
    office = Office(Settings(site, root / "inbox", root / "outbox", root / "state", SETTLE_SECONDS))
    return AnOffice(root, office)


def dropped(office: AnOffice, style: str, *, typed: bool) -> tuple[PartRow, int]:
    """The form of the person whose intake is filed, and how many rows its table has."""
    site = office.office.settings.site
    lists, text = Lists.of(site / "schemas"), plain_yaml(site / "schemas" / f"{style}.yaml")
    invented = invented_answers(text, invented_case(SEED, lists), lists, printed={}, share=1.0)
    answers: dict[str, Answer] = {**invented, "sign_date": date(2026, 11, 2)}
    blank = site / "forms" / style / EDITION / "blank.pdf"
    asked = questions(branch(dict(text), "fields"), lists)
    filled = mapped_boxes(style, answers, asked, spots(blank), on_paper=typed)
    values = filled.values | dict.fromkeys(filled.signed, "Signed Name")
    (part,) = office.drop(typed_over(blank, values) if typed else on_screen(blank, values), "foreign.pdf")
    table = answers[ROWS[style]]
    assert isinstance(table, tuple)
    return part, len(table)


@pytest.mark.parametrize(("style", "typed"), [("household", False), ("consent", True)])
def test_a_foreign_form_is_filed_with_the_rows_of_its_tables(style: str, typed: bool, tmp_path: Path) -> None:
    office = office_that_takes(style, tmp_path)
    (intake,) = office.drop(on_a_screen("intake", SEED), "intake.pdf")
    part, rows = dropped(office, style, typed=typed)

    assert (part.outcome, part.case) == (Outcome.KEPT, intake.case), part.reasons
    with office.office.ledger.reading() as tx:
        filed = tx.submission(part.submission)
    assert filed is not None
    stored = office.office.filed_values(filed)[ROWS[style]]
    assert isinstance(stored, list)
    assert len(stored) == rows > 1
