"""`check` finds a planted mistake in each kind of data file, with file and line."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline.run.checks import check_site

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("site")
    for folder in ("forms", "schemas", "templates"):
        shutil.copytree(ROOT / folder, site / folder, ignore=shutil.ignore_patterns("samples"))
    return site


@pytest.fixture
def site(sound: Path, tmp_path: Path) -> Path:
    shutil.copytree(sound, tmp_path / "site")
    return tmp_path / "site"


def found(site: Path) -> list[str]:
    return [str(problem) for problem in check_site(site)]


def plant(file: Path, old: str, new: str) -> int:
    """Replaces the first `old`; the line it stood on."""
    text = file.read_text(encoding="utf-8")
    assert old in text, old
    line = text[: text.index(old)].count("\n") + 1
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return line


MISTAKES = [
    ("forms/intake/2026-11/form.yaml", "legal_middle", "legal_midle", 'Did you mean "legal_middle"?'),
    ("schemas/intake.yaml", "kind: person-name", "kind: person-nam", 'Did you mean "person-name"?'),
    ("schemas/intake.yaml", "record: person.name.last", "record: person.name.lst", "person.name.last"),
    ("schemas/record.yaml", "scope: person,", "scope: persn,", 'Did you mean "person"?'),
    ("schemas/program.yaml", "time_zone: America/Chicago", "time_zone: America/Chicgo", "no time zone"),
    ("schemas/staff.yaml", 'npi: "1042001176"', 'npi: "1042001177"', "check digit"),
    (
        "templates/isp/packet.yaml",
        "plan.meeting_date",
        "plan.meting_date",
        'Did you mean "plan.meeting_date"?',
    ),
    ("templates/waiver/packet.yaml", "cover: cover.docx", "cover: covers.docx", "not there"),
    ("templates/waiver/packet.yaml", "in: transmittal", "in: transmital", 'Did you mean "transmittal"?'),
    (
        "templates/waiver/packet.yaml",
        "recipients: [state, coord",
        "recipients: [stat, coord",
        '"stat" gets no',
    ),
    ("templates/waiver/packet.yaml", "place: loc.date", "place: loc.dat", 'Did you mean "loc.date"?'),
    (
        "templates/waiver/packet.yaml",
        "place: plan.services.amount",
        "place: plan.services.amout",
        'Did you mean "plan.services.amount"?',
    ),
    ("templates/waiver/packet.yaml", "heading: My choice", "heading: My choise", "no line of the template"),
    ("templates/waiver/packet.yaml", "heading: My choice", "heading: Yes", "no line of the template"),
    ("templates/waiver/packet.yaml", ", heading: Level of care is met", "", 'prints "loc.met" as text'),
    ("templates/waiver/packet.yaml", "place: loc.date", "place: guardian.name", 'prints "guardian.name"'),
    ("templates/waiver/packet.yaml", "  - id: choice\n", "  - id: cover\n", "is what a sheet"),
    ("templates/waiver/packet.yaml", "template: choice.docx", "template: chioce.docx", "not there"),
    ("templates/waiver/packet.yaml", "      LastName: ", "      LastNam: ", 'Did you mean "LastName"?'),
    ("templates/waiver/packet.yaml", '"{{ person.phone }}"', '"{{ person.phon }}"', '"person.phone"'),
    ("templates/waiver/packet.yaml", "LevelMet: {when: {", "LevelMet: {wen: {", 'Did you mean "when"?'),
    ("templates/waiver/packet.yaml", "equal: [loc.met", "equal: [loc.mett", 'Did you mean "loc.met"?'),
    ("templates/waiver/packet.yaml", "choose: plan.waiver", "choose: plan waiver", "expected a place"),
    (
        "templates/waiver/packet.yaml",
        "addendum: addendum.docx",
        "addendum: slot-request.pdf",
        "a Word document",
    ),
    ("templates/waiver/packet.yaml", "cover: cover.docx", "cover: slot-request.pdf", "a Word document"),
    (
        "templates/waiver/packet.yaml",
        "  - id: slot-request",
        "  - id: waiver-for-state",
        "a PDF that goes out",
    ),
    ("templates/waiver/packet.yaml", "    values:", "    valuse:", "values"),
]


@pytest.mark.parametrize(("file", "old", "new", "words"), MISTAKES)
def test_a_mistake_is_named_with_file_line_and_what_is_meant(
    site: Path, file: str, old: str, new: str, words: str
) -> None:
    line = plant(site / file, old, new)
    problems = found(site)
    near = [each for each in problems if re.match(rf"{re.escape(file)}:{line}: ", each) and words in each]
    assert near, "\n".join(problems)


def test_a_rule_that_names_no_field_is_found(site: Path) -> None:
    [file, *_] = sorted((site / "schemas" / "rules").glob("*.yaml"))
    text = file.read_text(encoding="utf-8")
    marks = re.search(r"marks: \[([a-z_]+)", text)
    assert marks is not None
    plant(file, f"marks: [{marks[1]}", f"marks: [{marks[1]}x")
    assert any(each.startswith(f"schemas/rules/{file.name}:") for each in found(site))


def test_a_published_blank_that_changed_is_found(site: Path) -> None:
    blank = site / "forms/intake/2026-11/blank.pdf"
    blank.write_bytes(blank.read_bytes() + b"\n")
    assert any("blank.pdf" in each and "changed" in each for each in found(site))


def test_a_missing_blank_comes_with_the_command_that_makes_it(site: Path) -> None:
    (site / "forms/intake/2026-11/blank.pdf").unlink()
    assert any("python -m pipeline blank intake" in each for each in found(site))


def test_a_misspelled_tag_in_word_is_found_with_its_paragraph(site: Path) -> None:
    template = site / "templates/isp/plan.docx"
    template.write_bytes(with_text(template.read_bytes(), "person.birth_date", "person.birth_dat"))
    assert any("plan.docx" in each and "person.birth_dat" in each for each in found(site))


def with_text(docx: bytes, old: str, new: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(old.encode(), new.encode()) if name.endswith(".xml") else data)
    return buffer.getvalue()


def test_a_form_that_shows_what_its_document_may_not_show_is_found(site: Path) -> None:
    plant(
        site / "templates/waiver/packet.yaml",
        "private: [benefits.medicaid_id]\n    limits: {needs",
        "limits: {needs",
    )
    (problem,) = found(site)
    assert problem.startswith('templates/waiver/slot-request.pdf:1: "benefits.medicaid_id" is private')


def test_all_mistakes_are_shown_at_once_and_the_command_says_so_with_code_2(site: Path) -> None:
    for file, old, new, _ in MISTAKES[:3]:
        plant(site / file, old, new)
    command = [sys.executable, "-m", "pipeline", "check", "--site", str(site)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "forms/intake/2026-11/form.yaml:" in done.stderr
    assert "schemas/intake.yaml:" in done.stderr
