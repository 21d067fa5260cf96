"""Every sample that is shipped reads as what `NAME.expected.yaml` beside it says, by the road a drop takes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import yaml

from pipeline.checking import Typed, judge, type_readings
from pipeline.checking.entries import PartNames, row_number
from pipeline.run.reader import Reader
from pipeline.run.readpart import ReadPart
from pipeline.site import Site, load_site
from pipeline.site.forms import FormEdition
from pipeline.values import Kind, display
from tests.run.office import blanks_folder

ROOT = Path(__file__).parents[1]
ENDINGS = (".pdf", ".png", ".jpg", ".tif")
SAMPLES = sorted(path for path in ROOT.glob("forms/*/*/samples/*") if path.suffix in ENDINGS)
WRITTEN = [path for path in SAMPLES if path.suffixes[-2] in (".screen", ".typed")]
SCANNED = [path for path in SAMPLES if path not in WRITTEN]
TODAY = date(2026, 11, 22)

MOST_ASKED_TYPED = 0.10
"""Of the answers on a scan of a typed form, at most this share may be asked about (measured: up to 0.08)."""
MOST_ASKED_BY_HAND = 0.50
"""The same for a form filled in with a pen, where the program is meant to ask."""

PROSE = (Kind.NARRATIVE, Kind.TEXT)

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Expected:
    """What one file says: text by place (`services.2.units`), and the places a person must be asked about."""

    cells: Cells
    asks: tuple[str, ...]


def expected_of(sample: Path) -> Expected:
    name, way = sample.name.split(".")[:2]
    data = yaml.safe_load(sample.with_name(f"{name}.expected.yaml").read_text(encoding="utf-8"))
    fields = {**data["fields"], **data.get("arrivals", {}).get(way, {})}
    return Expected(flat(fields), tuple(data.get("asks", ())))


def flat(fields: Mapping[str, str | Sequence[Mapping[str, str]]]) -> Cells:
    """Tables as single places, rows counted from 1."""
    cells: Cells = {}
    for field, text in fields.items():
        if isinstance(text, str):
            cells[field] = text
        else:
            for number, row in enumerate(text, start=1):
                cells |= {f"{field}.{number}.{column}": cell for column, cell in row.items()}
    return cells


@cache
def site() -> Site:
    return load_site(ROOT)


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(site(), blanks_folder() / "cache", tmp_path_factory.mktemp("samples") / "scratch")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the program makes of one file: the form typed, and the places that would hold it."""

    typed: Typed
    cells: Cells
    asked: frozenset[str]


def seen_in(reader: Reader, sample: Path) -> Seen:
    part = the_part(reader, sample)
    form = part.part.form
    assert form == sample.parts[-4], "taken for another form"
    names = PartNames("DROP", part.part.id, form, part.part.edition)
    typed = type_readings(site(), names, part.readings, TODAY.year)
    judged = judge(site(), typed, TODAY, lambda place: None)
    asked = {path or finding.rule for finding in judged.errors for path in finding.fields or ("",)}
    return Seen(typed, read_cells(typed), frozenset(asked))


def the_part(reader: Reader, sample: Path) -> ReadPart:
    """The only part of a file: every page recognised, none missing."""
    with reader.opened(sample) as opened:
        parts = reader.parts("DROP", opened, TODAY.year)
    assert len(parts) == 1, [part.part.matches for part in parts]
    assert not parts[0].pages_missing
    return parts[0]


def read_cells(typed: Typed) -> Cells:
    cells: Cells = {}
    for field, entry in typed.entries.items():
        if entry.row_sources and isinstance(entry.value, tuple):
            for index, row in enumerate(entry.value):
                assert isinstance(row, dict)
                number = row_number(entry, index)
                cells |= {f"{field}.{number}.{column}": display(value) for column, value in row.items()}
        else:
            cells[field] = display(entry.value)
    return cells


def label(sample: Path) -> str:
    return f"{sample.parts[-4]}/{sample.name}"


# --- there are samples, of every form in every form of arrival ---------------------------------------


def generated() -> list[FormEdition]:
    return [form for form in site().forms.values() if form.generated]


@pytest.mark.parametrize("form", generated(), ids=lambda form: form.form)
def test_each_form_has_samples_on_screen_printed_and_scanned(form: FormEdition) -> None:
    mine = [path for path in SAMPLES if path.parts[-4:-2] == (form.form, form.edition)]
    ways = {path.suffixes[-2].removeprefix(".").partition("-")[0] for path in mine}
    assert ways == {"screen", "typed", "scan"}


def test_samples_come_in_every_kind_of_file_and_stay_small() -> None:
    assert {path.suffix for path in SCANNED} == set(ENDINGS)
    assert sum(path.stat().st_size for path in SAMPLES) < 12_000_000


def test_nothing_on_a_sample_lies_in_the_future_of_its_form() -> None:
    late = [
        (label(sample), place)
        for sample in SAMPLES
        for place, text in expected_of(sample).cells.items()
        if place.endswith("sign_date") and _day(text) > date(2026, 11, 15)
    ]
    assert late == []


def _day(text: str) -> date:
    month, day, year = (int(part) for part in text.split("/"))
    return date(year, month, day)


# --- they read as what they say ----------------------------------------------------------------------


@pytest.mark.parametrize("sample", WRITTEN, ids=label)
def test_a_form_filled_on_screen_or_typed_reads_exactly(sample: Path, reader: Reader) -> None:
    expected, seen = expected_of(sample), seen_in(reader, sample)
    assert seen.cells == expected.cells
    assert seen.asked == frozenset()


@pytest.mark.slow
@pytest.mark.parametrize("sample", SCANNED, ids=label)
def test_what_is_taken_from_a_scan_without_asking_is_right(sample: Path, reader: Reader) -> None:
    expected, seen = expected_of(sample), seen_in(reader, sample)
    taken = {place: text for place, text in seen.cells.items() if place not in seen.asked}
    wrong = {
        place: (text, expected.cells.get(place, ""))
        for place, text in taken.items()
        if comparable(sample, place, text) != comparable(sample, place, expected.cells.get(place, ""))
        and place not in seen.typed.confirm  # filed, but not taken for true until the coordinator says so
    }
    assert wrong == {}
    asked = {place for place in expected.cells if place not in taken}
    print(f"asked {len(asked)} of {len(expected.cells)}: {sorted(asked)}")
    assert asked.issuperset(expected.asks)
    assert len(asked) <= share_allowed(sample) * len(expected.cells), sorted(asked)


def comparable(sample: Path, place: str, text: str) -> str:
    """Prose by its words and numbers: a stop at a line's end and a speck look alike on paper. The rest exactly."""
    field = site().schemas[sample.parts[-4]].field_at(place)
    if field is None or field.kind not in PROSE:
        return text
    return " ".join(re.findall(r"\d+(?:[.:/]\d+|,\d{3})*|\w+", text.replace("-", " "))).casefold()


def share_allowed(sample: Path) -> float:
    return MOST_ASKED_BY_HAND if ".scan-hand" in sample.name else MOST_ASKED_TYPED
