"""A foreign PDF becomes a form: drafted, completed as the docs say, filled in, dropped, filed in its case."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.errors import SetupError, SiteError
from pipeline.ledger import PartRow
from pipeline.model import Outcome
from pipeline.reading.blanks import Catalogue, load_form
from pipeline.run.checks import check_notes, check_site
from pipeline.run.drafting import draft_schema
from pipeline.run.office import Office, Settings
from pipeline.run.reader import field_of
from tests.drafted import compared, shares
from tests.paper.carriers import Carrier, save_as
from tests.paper.casework import branch, invented_case, leaf, plain_yaml
from tests.paper.degrade import Severity, degraded
from tests.paper.fill import on_screen, pictures, typed_over
from tests.paper.foreign import STYLES
from tests.paper.foreign_sites import install
from tests.paper.widgetry import Box, with_boxes
from tests.run.office import ROOT, SETTLE_SECONDS, AnOffice, _lists, _shared, asked_in, on_a_screen

pytestmark = pytest.mark.slow

TODAY = date(2026, 11, 22)
SEED = 2
DOC = (ROOT / "docs" / "adding-a-foreign-form.md").read_text(encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The shipped site with one form, to which others are added."""
    site = tmp_path / "site"
    shutil.copytree(ROOT / "schemas", site / "schemas")
    shutil.copytree(ROOT / "forms" / "intake", site / "forms" / "intake")
    return site


def blank(style: str, tmp_path: Path, name: str = "") -> Path:
    path = tmp_path / f"{name or style}.pdf"
    path.write_bytes(STYLES[style]())
    return path


def drawn(tmp_path: Path, boxes: list[Box], words: Mapping[tuple[float, float], str]) -> Path:
    """A blank of one page with these boxes and these words."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=letter, invariant=1)
    for (x, y), text in words.items():
        canvas.drawString(x, y, text)
    canvas.showPage()
    canvas.save()
    path = tmp_path / "drawn.pdf"
    path.write_bytes(with_boxes(buffer.getvalue(), boxes))
    return path


def fields_of(site: Path, form: str) -> dict[str, str]:
    """Field → kind of a drafted schema."""
    fields = branch(plain_yaml(site / "schemas" / f"{form}.yaml"), "fields")
    return {name: leaf(field, "meta", "kind") for name, field in fields.items()}


# --- what a draft guesses -------------------------------------------------------------------------


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_draft_loads_and_nine_boxes_in_ten_are_guessed_right(
    style: str, site: Path, tmp_path: Path
) -> None:
    draft_schema(site, blank(style, tmp_path), "", "", TODAY)
    install(style, tmp_path / "known")
    _, right = shares(compared(tmp_path / "known", site, style))

    assert () == check_site(site)
    assert right >= 0.9


def test_the_blank_is_copied_byte_for_byte_and_published(site: Path, tmp_path: Path) -> None:
    source = blank("household", tmp_path)
    drafted = draft_schema(site, source, "", "", TODAY)

    assert "2025-03" == drafted.edition  # printed as (Rev. 3-25)
    folder = site / "forms" / "household" / "2025-03"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    assert source.read_bytes() == (folder / "blank.pdf").read_bytes()
    assert digest == (folder / "blank.sha256").read_text().strip()
    assert "FS-17" == leaf(plain_yaml(folder / "form.yaml"), "code")


def test_a_draft_never_writes_over_anything(site: Path, tmp_path: Path) -> None:
    draft_schema(site, blank("request", tmp_path), "", "2026-07", TODAY)
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    with pytest.raises(SetupError, match="is there already"):
        draft_schema(site, blank("consent", tmp_path), "request", "2026-07", TODAY)
    with pytest.raises(SetupError, match=r"schemas/intake\.yaml is there already"):
        draft_schema(site, blank("consent", tmp_path), "intake", "2030-01", TODAY)

    assert before == {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["record", "../escape", "Big Name", "program"])
def test_a_name_that_is_no_name_of_a_form_is_refused(name: str, site: Path, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be a form's name"):
        draft_schema(site, blank("request", tmp_path), name, "", TODAY)


def test_a_pdf_without_boxes_is_refused_in_plain_words(site: Path, tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="no fillable boxes"):
        draft_schema(site, drawn(tmp_path, [], {(72, 700): "Only print"}), "flat", "", TODAY)


def test_what_was_not_found_is_left_to_choose_and_check_says_so(site: Path, tmp_path: Path) -> None:
    boxes = [Box("Text1", 1, (150, 696, 300, 714)), Box("Text2", 1, (150, 666, 300, 684))]
    path = drawn(tmp_path, boxes, {(72, 700): "Full name", (72, 670): "Remarks"})
    drafted = draft_schema(site, path, "whole-name", "", TODAY)
    schema = (site / "schemas" / "whole-name.yaml").read_text()

    assert 4 == drafted.choices
    assert "# CHOOSE: full_name may hold the whole name in one box" in schema
    said = " ".join(problem.message for problem in check_site(site))
    for key in ("first", "last", "birth_date"):
        assert f"person: {key} is still to be chosen" in said


def test_rows_without_speaking_names_become_a_table(site: Path, tmp_path: Path) -> None:
    boxes = [
        Box(
            f"Text{row * 2 + column}",
            1,
            (72 + column * 150, 640 - row * 20, 215 + column * 150, 658 - row * 20),
        )
        for row in range(4)
        for column in range(2)
    ]
    path = drawn(tmp_path, boxes, {(72, 662): "Medicine", (222, 662): "Dose"})
    draft_schema(site, path, "rows", "", TODAY)
    (kind,) = fields_of(site, "rows").values()
    written = (site / "forms" / "rows" / "2026-11" / "form.yaml").read_text()

    assert "table" == kind
    assert re.search(r'"Text7": \w+\.4\.\w+', written)


def test_stacked_fields_with_words_of_their_own_are_no_table(site: Path, tmp_path: Path) -> None:
    words = ("Name of school", "Town", "Teacher", "Grade", "Bus", "Lunch")
    boxes = [
        Box(f"Text{n}", 1, (160 + n % 2 * 220, 640 - n // 2 * 30, 280 + n % 2 * 220, 656 - n // 2 * 30))
        for n in range(6)
    ]
    path = drawn(
        tmp_path, boxes, {(72 + n % 2 * 220, 644 - n // 2 * 30): word for n, word in enumerate(words)}
    )
    draft_schema(site, path, "stacked", "", TODAY)

    assert 6 == len(fields_of(site, "stacked"))
    assert "table" not in fields_of(site, "stacked").values()


def test_format_scripts_and_tooltips_are_believed(site: Path, tmp_path: Path) -> None:
    path = drawn(tmp_path, [Box(f"Text{n}", 1, (72, 600 - n * 40, 200, 618 - n * 40)) for n in range(3)], {})
    scripts = (
        'AFDate_FormatEx("mm/dd/yyyy");',
        "AFSpecial_Format(2);",
        'AFNumber_Format(2, 0, 0, 0, "$", true);',
    )
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for widget, script in zip(pdf.pages[0].Annots, scripts, strict=True):
            widget.AA = pikepdf.Dictionary(
                F=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String(script))
            )
            widget.TU = pikepdf.String(f"Tip {'abc'[int(str(widget.T)[-1])]}")
        pdf.save(path)
    draft_schema(site, path, "scripts", "", TODAY)

    assert {"tip_a": "date", "tip_b": "phone", "tip_c": "money"} == fields_of(site, "scripts")


# --- what check says of the map -------------------------------------------------------------------


def test_check_names_wrong_missing_and_unknown_boxes(site: Path, tmp_path: Path) -> None:
    draft_schema(site, blank("request", tmp_path), "", "2026-07", TODAY)
    form = site / "forms" / "request" / "2026-07" / "form.yaml"
    text = form.read_text()
    form.write_text(text.replace('"County"', '"Conty"').replace('"F": "female"', '"X": "female"'))
    line = next(n for n, row in enumerate(form.read_text().splitlines(), 1) if "Conty" in row)
    said = [str(problem) for problem in check_site(site)]

    where = "forms/request/2026-07/form.yaml"
    assert f'{where}:{line}: no box "Conty" in blank.pdf. Did you mean "County"?' in said
    assert any(
        'page 1: the box "County" stands neither under widgets nor under ignore' in one for one in said
    )
    assert any('"Sex" has no box "X"; it has F, M' in one for one in said)


def test_check_says_which_pages_look_alike_and_by_what_they_are_told_apart(
    site: Path, tmp_path: Path
) -> None:
    draft_schema(site, blank("household", tmp_path), "", "", TODAY)
    notes = check_notes(site)

    assert 3 == len(notes)
    assert all("look alike. A scan is told apart by the words" in note for note in notes)
    assert any("pages 2 and 3" in note for note in notes)


# --- from the draft to the case -------------------------------------------------------------------


def office_with(site: Path, tmp_path: Path, form: str) -> AnOffice:
    """An office that uses this site; one person's intake is filed."""
    (tmp_path / "office" / "inbox").mkdir(parents=True)
    root = tmp_path / "office"
    office = Office(Settings(site, root / "inbox", root / "outbox", root / "state", SETTLE_SECONDS))
    catalogue, office.reader.readers = _shared()
    intake = next(known for known in catalogue.forms if known.map.form == "intake")
    edition = office.site.newest_edition(form)
    assert edition is not None
    added = load_form(
        form, edition.edition, edition.blank, field_of(office.site, edition), tmp_path / "cache"
    )
    office.reader.catalogue = Catalogue((intake, added))
    an_office = AnOffice(root, office)
    an_office.drop(on_a_screen("intake", SEED), "intake.pdf")
    return an_office


def filed_values(office: AnOffice, part: PartRow) -> dict[str, object]:
    stored = json.loads((office.root / "outbox" / part.path / "submission.json").read_text())
    return {name: entry["value"] for name, entry in stored["fields"].items()}


PERSON = invented_case(SEED, _lists()).person
BORN = f"{PERSON.birth_date:%m%d%Y}"
FIRST_PAGE = "form1[0].Page1[0]."
ANSWERS: dict[str, dict[str, str]] = {
    "request": {"LastName": PERSON.last, "FirstName": PERSON.first, "DOB": BORN, "Sex": "F", "SvcTransport": "Yes",
                "Important": "My garden", "Signature": "Signed Name"},
    "household": {
        f"{FIRST_PAGE}{name}[0]": text for name, text in {
            "LastName": PERSON.last, "FirstName": PERSON.first, "DOB": BORN, "Sex": "2", "LivesWithNo": "Yes",
            "Veteran": "Yes", "Income[1].Amount": "1,204.50", "Income[1].How": "monthly", "Coverage[0].Has": "Y",
            "Coverage[0].Since": "032019", "SignDate": "11/20/2026", "Signature": "Signed Name"}.items()},
    "consent": {"first": PERSON.first, "last": PERSON.last, "born": f"{PERSON.birth_date:%m/%d/%Y}", "city": "Rolla",
                "share.school": "On", "log.2.what": "School report", "log.2.date": "10/02/2026",
                "sign.person": "Signed Name", "sign.date": "11/20/2026"},
}  # fmt: skip
EXPECTED: dict[str, dict[str, object]] = {
    "request": {"sex": "female", "transport": True, "what_is_important_to_you": "My garden"},
    "household": {"sex": "male", "lives_with_you": False, "veteran": True, "date": "2026-11-20"},
    "consent": {"city": "Rolla", "school_records": True, "date": "2026-11-20"},
}
ROWS: dict[str, dict[str, object]] = {
    "household": {
        "income": {"amount": "1204.50", "how": "monthly"},
        "coverage": {"has": True, "since": "2019-03"},
    },
    "consent": {"log": {"date": "2026-10-02", "what": "School report"}},
}


@pytest.mark.parametrize("style", sorted(STYLES))
def test_a_drafted_form_filled_on_screen_is_filed_in_its_case(style: str, site: Path, tmp_path: Path) -> None:
    draft_schema(site, blank(style, tmp_path), "", "", TODAY)
    office = office_with(site, tmp_path, style)
    (part,) = office.drop(on_screen(tmp_path / f"{style}.pdf", ANSWERS[style]), "returned.pdf")
    (case,) = _cases(office)
    values = filed_values(office, part)

    assert (Outcome.KEPT, case) == (part.outcome, part.case)
    assert EXPECTED[style] == {name: values[name] for name in EXPECTED[style]}
    for name, row in ROWS.get(style, {}).items():
        assert [row] == values[name]


@pytest.mark.slow
@pytest.mark.parametrize("style", ["request", "consent"])
def test_a_drafted_form_typed_and_scanned_is_filed_right_after_its_questions(
    style: str, site: Path, tmp_path: Path
) -> None:
    draft_schema(site, blank(style, tmp_path), "", "", TODAY)
    office = office_with(site, tmp_path, style)
    printed = pictures(typed_over(tmp_path / f"{style}.pdf", ANSWERS[style]), 200)
    scanned = [degraded(page, Severity.CLEAN, 5, dpi=200).image for page in printed]
    (part,) = office.drop(save_as(scanned, Carrier.PDF_JPEG), "scan.pdf")

    assert style == part.form
    if part.outcome is Outcome.HELD:
        sheet = office.sheet_of(part)
        office.answer(sheet, {key: _truth(office, style, key) for key in asked_in(sheet.read_bytes())})
    kept = office.part(part)
    values = filed_values(office, kept)
    assert (Outcome.KEPT, *_cases(office)) == (kept.outcome, kept.case)
    assert EXPECTED[style] == {name: values[name] for name in EXPECTED[style]}


SAID = {"first": PERSON.first, "first_name": PERSON.first, "last": PERSON.last, "last_name": PERSON.last,
        "born_on": f"{PERSON.birth_date:%m/%d/%Y}", "date_of_birth": f"{PERSON.birth_date:%m/%d/%Y}",
        "signature": "present", "city": "Rolla", "date": "11/20/2026", "sex": "female", "school_records": "on",
        "transport": "on", "what_is_important_to_you": "My garden", "log.3.what": "School report",
        "log.3.date": "10/02/2026"}  # fmt: skip


def _truth(office: AnOffice, style: str, key: str) -> str:
    """What a clerk with the paper in hand answers; what nobody wrote is empty."""
    return _cases(office)[0] if key == "case" else SAID.get(key.removeprefix("field:"), "")


def _cases(office: AnOffice) -> list[str]:
    return sorted(path.name for path in (office.root / "outbox" / "cases").iterdir())


# --- the page that says all this ------------------------------------------------------------------


def test_what_the_docs_say_is_what_happens(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blank("request", tmp_path, "services-request")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")
    for step in _steps():
        if step[0] == "run":
            result = CliRunner().invoke(app, [*step[1].split()[3:], "--site", str(site)])
            said = (
                result.output
                if result.exception is None or not result.exception.args
                else str(result.exception)
            )
            said = said.replace(f" --site {site}", "")  # the page speaks of the checkout's own site
            assert step[2].split() == said.split()
        else:
            path = site / step[0]
            text = path.read_text()
            assert step[1] in text
            path.write_text(text.replace(step[1], step[2]))
    head = re.search(r"reads:\n\n```yaml\n(.*?)```", DOC, re.DOTALL)
    schema = (site / "schemas" / "services-request.yaml").read_text()

    assert head is not None
    assert head[1] in schema
    office = office_with(site, tmp_path, "services-request")
    (part,) = office.drop(on_screen(tmp_path / "services-request.pdf", ANSWERS["request"]), "returned.pdf")
    assert Outcome.KEPT == part.outcome
    assert ["transport"] == filed_values(office, part)["wanted"]


def _steps() -> list[tuple[str, str, str]]:
    """The commands of the page with what they print, and its edits, in order."""
    command = r"```\n(?P<command>python -m pipeline [^\n]+)\n```\n\n```text\n(?P<output>.*?)```"
    edit = r"[Ii]n `(?P<file>[^`]+)`, replace\n\n```yaml\n(?P<old>.*?)```\n\nwith\n\n```yaml\n(?P<new>.*?)```"
    found = []
    for match in re.finditer(f"{command}|{edit}", DOC, re.DOTALL):
        if match["command"]:
            found.append(("run", match["command"], match["output"]))
        else:
            old, new = match["old"], match["new"]
            short = "\n" not in old.strip()
            found.append((match["file"], old.strip() if short else old, new.strip() if short else new))
    return found
