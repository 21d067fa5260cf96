"""Mistakes in what goes into a form are found before anyone's packet meets them, each with a line and what is meant."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pikepdf
import pytest
from pikepdf import Array, Name, Stream, String

from pipeline.rendering import acroform
from pipeline.rendering.formfill import COMBO, RADIO, READ_ONLY
from pipeline.rendering.formlint import form_notes, lint_form, places_in_form
from pipeline.rendering.names import KnownPlace
from pipeline.rules import parse_condition
from pipeline.site.formvalues import FieldPlan
from tests.rendering.forms import FormMaker

KNOWN = {
    "person.last": KnownPlace(),
    "legal.status": KnownPlace(codes=("self", "minor")),
    "plan.rows": KnownPlace(columns=("code",)),
}
MINOR = parse_condition({"equal": ["legal.status", {"value": "minor"}]})


def a_form() -> FormMaker:
    made = FormMaker()
    made.text("LastName", TU=String("Last name"), MaxLen=30)
    made.text("Locked", READ_ONLY)
    made.buttons("Who", ["Self", "Parent"], RADIO)
    made.buttons("Tick", ["On"])
    made.box(made.field("County", "/Ch", COMBO, Opt=Array([String("Adams"), String("Brown")])))
    made.box(made.field("Signed", "/Sig"))
    return made


FORM = a_form().bytes()
WHO = {"self": "Self", "minor": "Parent"}


def linted(values: Mapping[str, FieldPlan], form: bytes = FORM, item_place: str = "") -> list[str]:
    found = lint_form(form, values, KNOWN, name="form.pdf", file="packet.yaml", item_place=item_place)
    return [str(problem) for problem in found]


def text(words: str) -> FieldPlan:
    return FieldPlan(text=words, line=9)


def test_what_is_right_is_left_in_peace() -> None:
    who = FieldPlan(choose="legal.status", options=WHO, line=9)
    tick = FieldPlan(when=MINOR, asked=MINOR.paths, line=9)
    county = FieldPlan(choose="legal.status", options={"self": "", "minor": "Brown"})
    assert [] == linted({"LastName": text("{{ person.last }}"), "Who": who, "Tick": tick, "County": county})
    assert [] == linted(
        {"Who": text("Parent"), "Tick": text("yes"), "LastName": text("{{ item.code }}")},
        item_place="plan.rows",
    )


@pytest.mark.parametrize(
    ("field", "plan", "words"),
    [
        ("LastNam", text("x"), 'no such field. Did you mean "LastName"?'),
        ("LastName", text("{{ person.lst }}"), 'Did you mean "person.last"?'),
        ("LastName", text("{{ person.last | defalt }}"), "defalt"),
        ("LastName", text("{{ person.last"), "unexpected end of template"),
        ("LastName", text("x" * 31), "31 letters, the field holds 30"),
        ("LastName", FieldPlan(when=MINOR, line=9), "it is no box to tick"),
        ("Locked", text("x"), "lets nobody change"),
        ("Signed", text("x"), "for a signature"),
        ("Who", FieldPlan(when=MINOR, line=9), "use choose"),
        ("Who", text("Parnt"), 'which are Parent, Self. Did you mean "Parent"?'),
        ("County", text("Broun"), 'Did you mean "Brown"?'),
        ("Who", FieldPlan(choose="legal.status", options={"self": "Self"}, line=9), "nothing for minor"),
        (
            "Who",
            FieldPlan(choose="legal.status", options=WHO | {"minr": "Self"}, line=9),
            'Did you mean "minor"?',
        ),
        ("Who", FieldPlan(choose="legal.status", options=WHO | {"self": "Sef"}, line=9), '"Sef"'),
        ("Who", FieldPlan(choose="legal.staus", options=WHO, line=9), 'Did you mean "legal.status"?'),
        (
            "Tick",
            FieldPlan(when=parse_condition({"present": ["plan.start"]}), line=9),
            '"plan.start" is nothing',
        ),
    ],
)
def test_a_mistake_is_named_with_its_line_and_field(field: str, plan: FieldPlan, words: str) -> None:
    found = linted({field: plan})
    assert len(found) == 1, found
    assert found[0].startswith(f'packet.yaml:9: field "{field}": ')
    assert words in found[0]


def encrypted(form: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(form)) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (b"no PDF", "not a PDF that can be read"),
        (FormMaker().bytes(), "no fields that can be filled"),
        (encrypted(FORM), "asks for a password"),
    ],
)
def test_a_file_that_cannot_be_filled_is_said_so(form: bytes, words: str) -> None:
    (found,) = linted({"LastName": text("x")}, form)
    assert found.startswith("form.pdf:1: ")
    assert words in found


def test_a_form_that_is_too_large_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acroform, "MOST_BYTES", 10)
    (found,) = linted({"LastName": text("x")})
    assert "more than 10 bytes" in found


def test_what_nothing_fills_and_what_is_taken_out_is_told() -> None:
    made = a_form()
    made.pdf.Root.AcroForm.XFA = Stream(made.pdf, b"<xfa/>")
    made.pdf.pages[0].obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=Name.JavaScript, JS=String("1")))
    notes = list(form_notes(made.bytes(), {"Tick": text("yes"), "County": text("Brown")}))
    assert 'Nothing fills "LastName" (text, 30 letters at most; Last name).' in notes
    assert 'Nothing fills "Who" (one of its boxes; Parent, Self).' in notes
    assert 'The form does not say who signs at "Signed": the role is called so.' in notes
    assert any("XFA" in note for note in notes)
    assert any("Scripts" in note for note in notes)
    assert not any('"Tick"' in note or '"Locked"' in note for note in notes)
    assert [] == list(form_notes(b"no PDF", {}))


def test_something_printed_where_the_code_will_stand_is_told() -> None:
    made = a_form()
    assert not any("foot margin" in note for note in form_notes(made.bytes(), {}))
    made.pdf.pages[0].obj.Contents = Stream(made.pdf, b"0 g 560 30 20 20 re f")
    assert any("Page 1 has something in the foot margin" in note for note in form_notes(made.bytes(), {}))


def test_a_form_that_could_not_be_proved_even_when_empty_is_said_so() -> None:
    made = a_form()
    made.pdf.pages[0].obj.Annots[0].MK = pikepdf.Dictionary(BC=Array([0]))
    assert [] == linted({}, made.bytes())
    # What is drawn after it is twice as large.
    made.pdf.pages[0].obj.Contents = Stream(made.pdf, b"q 2 0 0 2 0 0 cm q")
    assert ["form.pdf:1: Page 1 does not look as the filled form looks."] == linted({}, made.bytes())


def test_every_place_that_a_field_shows_or_asks_is_known() -> None:
    values = {
        "A": text("{{ person.last }}{% for row in plan.rows %}{{ row.code }}{% endfor %}"),
        "B": FieldPlan(choose="item.code", options={}),
        "C": FieldPlan(when=MINOR),
    }
    assert {"person.last", "plan.rows", "plan.rows.code", "legal.status"} == places_in_form(
        values, KNOWN, "plan.rows"
    )
