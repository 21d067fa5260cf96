"""The foreign forms can be taken into use: every widget is mapped, and answers find their boxes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.paper.answers import invented_answers, questions
from tests.paper.casework import Lists, branch, invented_case, plain_yaml
from tests.paper.families import CHECKOUT
from tests.paper.fill import Hand, by_hand, on_screen, spots
from tests.paper.foreign import STYLES
from tests.paper.foreign_sites import install, mapped_boxes, schema
from tests.paper.test_people import PROGRAM, STAFF


@pytest.fixture
def lists(tmp_path: Path) -> Lists:
    extra = PROGRAM.replace(
        "waivers:",
        "  dcn: {pattern: '\\d{8}'}\n  authorization: {pattern: 'A\\d{7}'}\n"
        "  ssn: {pattern: '\\d{9}'}\nwaivers:",
    )
    (tmp_path / "program.yaml").write_text(extra)
    (tmp_path / "staff.yaml").write_text(STAFF)
    return Lists.of(tmp_path)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_answers_find_their_boxes(style: str, lists: Lists, tmp_path: Path) -> None:
    folder = install(style, tmp_path / "site")
    blank = spots(folder / "blank.pdf")
    text = plain_yaml(tmp_path / "site" / "schemas" / f"{style}.yaml")
    asked = questions(branch(dict(text), "fields"), lists)
    case = invented_case(3, lists)
    answers = invented_answers(text, case, lists, printed={}, share=1.0)
    filled = mapped_boxes(style, answers, asked, blank, on_paper=True)
    assert on_screen(folder / "blank.pdf", filled.values)
    written = by_hand(folder / "blank.pdf", filled.values, Hand("strokes"), dpi=60, signed=filled.signed)
    assert sum(len(sheet.written) for sheet in written) > 8
    assert case.person.last in filled.values.values()


@pytest.mark.parametrize("style", sorted(STYLES))
def test_every_widget_is_mapped_to_a_field_of_the_schema(style: str, tmp_path: Path) -> None:
    folder = install(style, tmp_path)
    form = yaml.safe_load((folder / "form.yaml").read_text())
    fields = branch(schema(style), "fields")
    targets = [
        to if isinstance(to, str) else to.get("field", to.get("comb")) for to in form["widgets"].values()
    ]
    assert {target.split(".")[0] for target in targets} == set(fields)
    patterns = [name.partition("*")[0] for name in form["widgets"]]
    for spot in spots(folder / "blank.pdf"):
        assert any(spot.name.startswith(pattern) for pattern in patterns), spot.name


def test_the_checkout_is_where_it_is_thought_to_be() -> None:
    assert (CHECKOUT / "pyproject.toml").is_file()
