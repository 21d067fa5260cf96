"""Somebody who does what the docs say gets what the docs say: a form, a packet, a document, with data files only."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from pipeline.errors import PipelineError, Problem
from pipeline.model import Outcome
from pipeline.run.checks import check_site
from pipeline.run.drafting import draft_schema
from pipeline.run.looking import read_file
from pipeline.run.office import Office, Settings
from pipeline.run.packeting import make_packet
from pipeline.run.sitework import render_file, write_form_blank
from pipeline.run.story import settle_and_take
from tests.pages import ROOT, yaml_blocks
from tests.paper.foreign import STYLES
from tests.paper.screen import on_screen
from tests.run.office import prepared_state

NOW = datetime(2026, 12, 9, 18, 0, tzinfo=UTC)
VISIT = {
    "legal_last": "Ellison",
    "legal_first": "Rosa",
    "birth_date": "03141987",
    "dmh_id": "70411862",
    "visit_date": "12082026",
    "smoke_alarm": "yes",
    "seen": "The railing by the back door is loose.",
    "coordinator_signature": "Joanna Reyes",
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A copy of the shipped site without its samples, for somebody to add to."""
    folder = tmp_path / "site"
    for name in ("forms", "schemas", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("samples"))
    return folder


@pytest.fixture
def with_home_visit(site: Path) -> Path:
    """Steps 1 and 2 of the walk-through."""
    (site / "schemas" / "home-visit.yaml").write_text(
        yaml_blocks("docs/adding-a-form.md", "title: Home visit")[0]
    )
    layout = yaml_blocks("docs/adding-a-form.md", "code: HV-01")[0]
    folder = site / "forms" / "home-visit" / "2026-12"
    folder.mkdir(parents=True)
    (folder / "form.yaml").write_text(layout)
    return site


def test_check_says_that_the_blank_of_the_new_form_is_missing(with_home_visit: Path) -> None:
    found = check_site(with_home_visit)
    where = "forms/home-visit/2026-12/blank.pdf"
    hint = "the blank is missing. Make it with: python -m pipeline blank home-visit"
    assert found == (Problem(where, 1, hint),)


@pytest.mark.slow
def test_the_new_form_is_read_when_it_was_filled_in_on_screen(with_home_visit: Path, tmp_path: Path) -> None:
    blank = write_form_blank(with_home_visit, "home-visit", "", None)
    assert check_site(with_home_visit) == ()
    filled = tmp_path / "filled.pdf"
    filled.write_bytes(on_screen(blank, VISIT))
    prepared_state(tmp_path / "state")
    (part,) = read_file(with_home_visit, tmp_path / "state", filled).parts
    read = {seen.field: seen.text for seen in part.fields if seen.text}
    assert (part.form, part.edition, part.pages_missing) == ("home-visit", "2026-12", ())
    assert read["seen"] == VISIT["seen"]
    assert read["legal_last"] == "Ellison"
    assert set(read) == set(VISIT)


def word_template(*paragraphs: str) -> bytes:
    document = Document()
    document.core_properties.title = "Letter"
    for text in paragraphs:
        document.add_paragraph(text)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture
def with_welcome(site: Path) -> Path:
    """The packet of the walk-through, with templates as somebody would type them."""
    folder = site / "templates" / "welcome"
    folder.mkdir()
    plan = yaml_blocks("docs/adding-a-packet.md", "title: Letter of welcome")[0]
    (folder / "packet.yaml").write_text(plan)
    letter = "Dear {{ person.name.first }} {{ person.name.last }}, welcome to {{ office.name }}, {{ today }}."
    (folder / "letter.docx").write_bytes(word_template(letter))
    benefits = "Your number is {{ benefits.medicaid_id }}. Language: {{ person.language }}."
    (folder / "benefits.docx").write_bytes(word_template(benefits))
    return site


def office_with_an_intake(site: Path, folder: Path) -> tuple[Office, str]:
    """An office in which the shipped intake on screen was filed, and the case it opened."""
    prepared_state(folder / "state")
    office = Office(Settings(site, folder / "inbox", folder / "outbox", folder / "state", 0.0), lambda: NOW)
    sample = next((ROOT / "forms" / "intake").glob("*/samples/*.screen.pdf"))
    shutil.copyfile(sample, folder / "inbox" / "intake.pdf")
    settle_and_take(office, None)
    with office.ledger.reading() as tx:
        (kept,) = tx.parts(outcome=Outcome.KEPT)
    return office, kept.case


@pytest.mark.slow
def test_the_new_packet_is_made_for_a_person_on_file(with_welcome: Path, tmp_path: Path) -> None:
    assert check_site(with_welcome) == ()
    office, case = office_with_an_intake(with_welcome, tmp_path)
    made = make_packet(office, "welcome", case)
    deposit = office.archive.deposit(made.row.path)
    letter = Document(BytesIO(office.archive.read(deposit, "letter.docx")))
    first = office.record(case).value("person.name.first")
    assert letter.paragraphs[0].text.startswith(f"Dear {first} ")
    assert letter.paragraphs[0].text.endswith("December 9, 2026.")


@pytest.mark.slow
def test_a_private_place_that_is_not_named_is_never_shown(with_welcome: Path, tmp_path: Path) -> None:
    plan = with_welcome / "templates" / "welcome" / "packet.yaml"
    plan.write_text(plan.read_text().replace("private: [benefits.medicaid_id]", "private: []"))
    office, case = office_with_an_intake(with_welcome, tmp_path)
    with pytest.raises(PipelineError, match="is private and this document is not allowed to show it"):
        make_packet(office, "welcome", case)


def test_a_template_is_tried_with_the_data_of_the_page(tmp_path: Path) -> None:
    data = yaml_blocks("docs/adding-a-packet.md", "person:\n")[0]
    (tmp_path / "data.yaml").write_text(data)
    text = (
        "{{ person.name.first }}: {% for row in plan.services %}{{ row.name }} {{ row.amount }}{% endfor %}"
    )
    (tmp_path / "letter.docx").write_bytes(word_template(text))
    blanks = render_file(tmp_path / "letter.docx", tmp_path / "data.yaml", tmp_path / "out.docx")
    assert blanks == ()
    assert Document(str(tmp_path / "out.docx")).paragraphs[0].text == "Rosa: Day habilitation $4,992.00"


# --- a form from outside --------------------------------------------------------------------------


@pytest.mark.slow
def test_a_fillable_pdf_from_outside_is_read_after_its_draft(site: Path, tmp_path: Path) -> None:
    outside = tmp_path / "BLANK.pdf"
    outside.write_bytes(STYLES["request"]())
    drafted = draft_schema(site, outside, "housing-request", "2026-07", NOW.date())
    folder = site / "forms" / "housing-request" / "2026-07"
    names = {path.relative_to(site).as_posix() for path in drafted.files}
    assert names == {
        "forms/housing-request/2026-07/blank.pdf",
        "forms/housing-request/2026-07/blank.sha256",
        "forms/housing-request/2026-07/form.yaml",
        "schemas/housing-request.yaml",
    }
    assert (folder / "blank.pdf").read_bytes() == outside.read_bytes()
    assert check_site(site) == ()
    filled = tmp_path / "filled.pdf"
    filled.write_bytes(
        on_screen(outside, {"LastName": "Ellison", "FirstName": "Rosa", "Important": "My garden"})
    )
    prepared_state(tmp_path / "state")
    (part,) = read_file(site, tmp_path / "state", filled).parts
    read = {seen.field: seen.text for seen in part.fields if seen.text}
    assert part.form == "housing-request"
    assert (read["last_name"], read["first_name"]) == ("Ellison", "Rosa")
    assert "My garden" in read.values()


def test_a_box_in_neither_list_is_a_mistake(site: Path, tmp_path: Path) -> None:
    outside = tmp_path / "BLANK.pdf"
    outside.write_bytes(STYLES["request"]())
    draft_schema(site, outside, "housing-request", "2026-07", NOW.date())
    layout = site / "forms" / "housing-request" / "2026-07" / "form.yaml"
    kept = [line for line in layout.read_text().splitlines() if '"SvcRespite"' not in line]
    layout.write_text("\n".join(kept))
    assert [problem for problem in check_site(site) if '"SvcRespite" stands neither under' in problem.message]
