"""Forms nobody has seen: whatever a form.yaml asks for, each box has its place and none lies on another."""

from __future__ import annotations

import io
import random
from itertools import combinations
from pathlib import Path

import pytest
from pypdf import PdfReader

from pipeline.errors import SiteError
from pipeline.fillable import PAGE_HEIGHT, PAGE_WIDTH, marker_boxes
from pipeline.model import Box
from pipeline.rendering.blank import make_blank
from pipeline.rendering.blank_draw import code_box
from pipeline.rendering.blank_pages import laid_out
from pipeline.site import load_site
from pipeline.site.forms import (
    FieldRow,
    FormEdition,
    LayoutRow,
    NarrativeRow,
    OptionsRow,
    Section,
    TableRow,
    TextRow,
)
from pipeline.site.schemas import Field, PersonFields, Schema
from pipeline.values import Kind

PROGRAM = load_site(Path(__file__).parents[2]).program
PLAIN = [kind for kind in Kind if kind not in (Kind.TABLE, Kind.NARRATIVE)]
WORDS = [
    "plan",
    "service",
    "units",
    "family",
    "Straße",
    "señor",
    "supercalifragilisticexpialidocious",
    "of",
    "the",
    "week",
    "(if",
    "any)",
]


def label(rng: random.Random, most: int = 7) -> str:
    return " ".join(rng.choices(WORDS, k=rng.randint(1, most)))


def field(rng: random.Random, name: str, kind: Kind) -> Field:
    ticked = kind in (Kind.CHOICE, Kind.CHOICES)
    listed = (
        rng.choice(["counties", "waivers", "providers"]) if kind is Kind.CHOICE and rng.random() < 0.4 else ""
    )
    options = tuple((f"o{number}", label(rng, 4)) for number in range(rng.randint(2, 9)))
    return Field(
        name=name,
        kind=kind,
        label=label(rng),
        required=rng.random() < 0.5,
        help=label(rng, 9) if rng.random() < 0.2 else "",
        options=options if ticked and not listed else (),
        listed=listed,
        pattern=rng.choice(list(PROGRAM.identifiers)) if kind is Kind.IDENTIFIER else "",
        max_length=rng.choice([0, 12, 60, 200]),
    )


def table(rng: random.Random, name: str) -> Field:
    kinds = [kind for kind in PLAIN if kind is not Kind.CHOICES]
    columns = {
        f"c{number}": field(rng, f"c{number}", rng.choice(kinds)) for number in range(rng.randint(1, 9))
    }
    return Field(name=name, kind=Kind.TABLE, label=label(rng), columns=columns)


def invented(seed: int) -> tuple[FormEdition, Schema]:
    """A form of random fields in random rows."""
    rng = random.Random(seed)
    person = {
        "last": Field("last", Kind.PERSON_NAME, "Last name"),
        "first": Field("first", Kind.PERSON_NAME, "First name"),
        "born": Field("born", Kind.DATE, "Birth date"),
        "id": Field("id", Kind.IDENTIFIER, "DMH ID", pattern="dmh_id"),
    }
    fields = dict(person)
    sections = []
    for number in range(rng.randint(1, 6)):
        rows: list[LayoutRow] = []
        for _ in range(rng.randint(1, 7)):
            row, made = row_of(rng, f"f{len(fields)}x")
            rows.append(row)
            fields |= made
        sections.append(
            Section(label(rng, 4), label(rng, 40), rng.random() < 0.2 and number > 0, tuple(rows))
        )
    schema = Schema(
        "form",
        "schemas/form.yaml",
        "Form",
        "",
        {},
        (),
        PersonFields("first", "last", "born", ("id",)),
        fields,
    )
    form = FormEdition(
        form="form",
        edition="2026-11",
        code="IN-99",
        title=label(rng, 12),
        generated=True,
        folder=Path("."),
        file="forms/form/2026-11/form.yaml",
        footnote=label(rng, 40),
        person_block=tuple(person),
        sections=tuple(sections),
        office_use=tuple(label(rng, 2) for _ in range(rng.randint(0, 6))),
    )
    return form, schema


def row_of(rng: random.Random, name: str) -> tuple[LayoutRow, dict[str, Field]]:
    what = rng.choice(["fields", "fields", "table", "narrative", "options", "text"])
    if what == "text":
        return TextRow(label(rng, 40)), {}
    if what == "narrative":
        return NarrativeRow(name, rng.randint(1, 40)), {name: field(rng, name, Kind.NARRATIVE)}
    if what == "options":
        made = field(rng, name, rng.choice([Kind.CHOICE, Kind.CHOICES, Kind.YES_NO]))
        return OptionsRow(name, rng.randint(1, 8)), {name: made}
    if what == "table":
        made = table(rng, name)
        widths = tuple((column, rng.randint(1, 9)) for column in made.columns)
        return TableRow(name, rng.randint(1, 9), widths, rng.randint(1, 3)), {name: made}
    several = {f"{name}{number}": field(rng, f"{name}{number}", rng.choice(PLAIN)) for number in range(5)}
    chosen = dict(list(several.items())[: rng.randint(1, 5)])
    return FieldRow(tuple((key, rng.randint(1, 9)) for key in chosen)), chosen


def overlap(one: Box, other: Box) -> bool:
    across = min(one.x1, other.x1) > max(one.x0, other.x0)
    return across and min(one.bottom, other.bottom) > max(one.top, other.top)


@pytest.mark.parametrize("seed", range(40))
def test_every_box_of_any_form_has_a_place_of_its_own(seed: int) -> None:
    form, schema = invented(seed)
    paper = Box(36, 36, PAGE_WIDTH - 36, PAGE_HEIGHT - 36)
    for page in laid_out(form, schema, PROGRAM):
        boxes = [widget.box for widget in page.widgets]
        for widget in page.widgets:
            box = widget.box
            assert box.x0 >= paper.x0, widget.name
            assert box.top >= paper.top, widget.name
            assert box.x1 <= paper.x1 + 0.01, widget.name
            assert box.bottom <= paper.bottom, widget.name
            assert not any(overlap(box, mark) for mark in (*marker_boxes(), code_box())), widget.name
        assert not any(overlap(one, other) for one, other in combinations(boxes, 2))


@pytest.mark.parametrize("seed", range(0, 40, 8))
def test_any_form_can_be_opened_and_has_all_its_fields(seed: int) -> None:
    form, schema = invented(seed)
    names = set(PdfReader(io.BytesIO(make_blank(form, schema, PROGRAM))).get_fields() or {})
    for name in schema.fields:
        assert name in names


def test_a_table_in_a_row_of_fields_is_refused_with_its_place() -> None:
    _, schema = invented(1)
    wrong = Schema(
        schema.form,
        schema.file,
        "Form",
        "",
        {},
        (),
        schema.person,
        {**schema.fields, "t": Field("t", Kind.TABLE, "T", line=7)},
    )
    section = Section("S", "", False, (FieldRow((("t", 1),)),))
    with pytest.raises(SiteError, match=r"schemas/form\.yaml:7: \"t\" is a table"):
        laid_out(
            FormEdition("form", "e", "IN-99", "T", True, Path("."), "f", sections=(section,)), wrong, PROGRAM
        )
