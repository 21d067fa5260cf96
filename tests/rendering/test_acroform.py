"""Somebody else's fillable PDF, filled: what is put in is in its field, is seen there by two readers, or is refused."""

from __future__ import annotations

import io
import warnings
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String
from pypdf import PdfReader

from pipeline.errors import PacketError
from pipeline.rendering import formactions
from pipeline.rendering.acroform import MOST_BYTES, MOST_LETTERS, field_values, fill
from pipeline.rendering.formfields import MOST_FIELDS
from pipeline.rendering.formfill import (
    COMB,
    COMBO,
    EDITABLE,
    IN_UNISON,
    MULTILINE,
    PUSH,
    RADIO,
    READ_ONLY,
    SEVERAL,
)
from pipeline.rendering.formfonts import Face
from pipeline.rendering.formsetting import DoesNotFitError, wrapped
from tests.rendering.forms import FormMaker, inked, is_dark, pdfium_text_in, plumbed_text, rectangles

COUNTIES = Array([Array([String("01"), String("Adams")]), Array([String("02"), String("Brown")])])
LONG = "The first line\nand a second one that is so long that it has to be broken at one of its many spaces"


def texts_form() -> bytes:
    made = FormMaker()
    made.text("name")
    made.text("member", COMB, width=180, MaxLen=9)
    made.text("notes", MULTILINE, width=300, height=60)
    made.text("amount", Q=2, DA=String("/TiRo 9 Tf 0 0 0.6 rg"))
    made.box(made.field("county", "/Ch", COMBO, Opt=COUNTIES))
    made.box(made.field("town", "/Ch", COMBO | EDITABLE, Opt=COUNTIES))
    made.box(
        made.field("colour", "/Ch", 0, Opt=Array([String(c) for c in ["red", "green", "blue", "pink"]])),
        height=30,
    )
    made.text("turned", width=20, height=120).MK = Dictionary(R=90)
    return made.bytes()


GIVEN = {
    "name": "Zoë O’Hara – “Ann” €5",
    "member": "123456789",
    "notes": LONG,
    "amount": "1,250.00",
    "county": "02",
    "town": "Elsewhere",
    "colour": "pink",
}
SEEN = {
    **GIVEN,
    "county": "Brown",
    "notes": " ".join(LONG.split()),
    "colour": "blue pink",
    "member": "1 2 3 4 5 6 7 8 9",
}


def by_pypdf(pdf: bytes) -> dict[str, Any]:
    """The fields as pypdf reads them."""
    return PdfReader(io.BytesIO(pdf)).get_fields() or {}


@pytest.fixture(scope="module")
def texts() -> bytes:
    return fill(texts_form(), GIVEN).whole()


def test_every_text_is_read_back_at_its_field(texts: bytes) -> None:
    read = {name: value or "" for name, value in PdfReader(io.BytesIO(texts)).get_form_text_fields().items()}
    assert {**GIVEN, "turned": ""} == {**field_values(texts)}
    assert GIVEN["name"] == read["name"]
    assert GIVEN["notes"] == read["notes"]


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_every_text_is_seen_in_its_box_by_two_readers(texts: bytes, name: str) -> None:
    (box,) = rectangles(texts, name)
    assert SEEN[name] == plumbed_text(texts, box)
    assert is_dark(texts, box)
    assert SEEN[name].replace(" ", "") == pdfium_text_in(texts, box).replace(" ", "")


def test_a_comb_has_one_letter_in_the_middle_of_each_cell(texts: bytes) -> None:
    ((left, bottom, right, top),) = rectangles(texts, "member")
    cell = (right - left) / 9
    cells = [(left + at * cell, bottom, left + (at + 1) * cell, top) for at in range(9)]
    assert list("123456789") == [plumbed_text(texts, each) for each in cells]


def test_letters_that_helvetica_lacks_are_shown_by_an_embedded_font() -> None:
    form = texts_form()
    filled = fill(form, {"name": "Žofie Łukač"}).whole()
    (box,) = rectangles(filled, "name")
    assert ("Žofie Łukač",) * 2 == (plumbed_text(filled, box), pdfium_text_in(filled, box))


def test_an_accent_written_apart_from_its_letter_is_the_same_letter() -> None:
    assert "Zoë" == field_values(fill(texts_form(), {"name": "Zoe\u0308"}).whole())["name"]


def test_text_in_a_turned_box_is_inside_it() -> None:
    filled = fill(texts_form(), {**GIVEN, "turned": "Upright"}).whole()
    (box,) = rectangles(filled, "turned")
    assert "Upright" == pdfium_text_in(filled, box)
    width, height = inked(filled, box)
    assert (True, True) == (6 < width < 14, 30 < height < 50)  # of letters of 12 points, read from below


def test_the_same_values_give_the_same_bytes() -> None:
    assert fill(texts_form(), GIVEN).pdf == fill(texts_form(), dict(reversed(GIVEN.items()))).pdf


def test_other_values_give_another_file_id() -> None:
    """The id is made of the content: without this it would be made of the time of day."""
    ids = set()
    for value in ("Ada", "Bea"):
        with pikepdf.open(io.BytesIO(fill(texts_form(), {"name": value}).pdf)) as opened:
            ids.add(bytes(opened.trailer.ID[1]))
    assert 2 == len(ids)


def test_many_lines_are_set_smaller_until_they_fit_and_then_refused() -> None:
    filled = fill(texts_form(), {"notes": "\n".join(f"line {n}" for n in range(8))})
    (box,) = rectangles(filled.pdf, "notes")
    assert " ".join(f"line {n}" for n in range(8)) == plumbed_text(filled.whole(), box)
    (problem,) = fill(texts_form(), {"notes": "\n".join("abcdefghijklmnopqrst")}).problems
    assert ("notes", "the value does not fit its box, even in the smallest letters") == (
        problem.field,
        problem.reason,
    )


def test_text_is_set_smaller_with_a_note_before_it_is_refused() -> None:
    made = FormMaker()
    made.text("name", DA=String("/Helv 10 Tf 0 g"), width=60)
    smaller = fill(made.bytes(), {"name": "Bartholomew Quince"})
    (box,) = rectangles(smaller.pdf, "name")
    assert "Bartholomew Quince" == plumbed_text(smaller.whole(), box)
    assert ('Field "name" is set in smaller letters than the form wants: 6.0 points.',) == smaller.notes
    (problem,) = fill(made.bytes(), {"name": "Bartholomew Quince the younger of Newcastle"}).problems
    assert ("name", "the value does not fit its box, even in the smallest letters") == (
        problem.field,
        problem.reason,
    )


def test_white_letters_on_white_paper_are_not_white() -> None:
    made = FormMaker()
    made.text("name", DA=String("/Helv 10 Tf 1 g"))
    filled = fill(made.bytes(), {"name": "Quince"}).whole()
    assert is_dark(filled, rectangles(filled, "name")[0])


def refused_form() -> bytes:
    made = FormMaker()
    made.text("name", MaxLen=5)
    made.text("comb", COMB, MaxLen=3)
    made.text("locked", READ_ONLY)
    made.text("narrow", width=30, height=12)
    made.text("hidden").F = 2
    made.text("outside").Rect = Array([900, 700, 1000, 720])
    made.box(made.field("county", "/Ch", COMBO, Opt=COUNTIES))
    made.box(made.field("signature", "/Sig"))
    made.buttons("press", ["Yes"], PUSH)
    made.buttons("sex", ["F", "M"], RADIO)
    made.buttons("twice", ["A", "A"], RADIO)
    made.buttons("refuses", ["No"])
    made.box(made.field("mute", "/Btn", RADIO), 14, 14)
    made.box(made.pdf.Root.AcroForm.Fields[-1], 14, 14)
    return made.bytes()


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("nmae", "Ada", 'the form has no such field. Did you mean "name"?'),
        ("name", "Adalbert", "the value has 8 letters, the field holds 5"),
        ("name", "A" * (MOST_LETTERS + 1), "the value has more than 20,000 letters"),
        ("comb", "1234", "the value has 4 letters, the field holds 3"),
        ("name", "A\nb", "the value has several lines, the field holds one"),
        ("name", "A\x07", "no font at hand shows U+0007"),
        ("name", "Ада", "no font at hand shows U+0410, U+0430, U+0434"),
        ("narrow", "a value that is long", "the value does not fit its box, even in the smallest letters"),
        ("locked", "x", "the form lets nobody change this field"),
        ("hidden", "x", "it has no box on a page that can be seen"),
        ("outside", "x", "it has no box on a page that can be seen"),
        ("county", "Carroll", "the value is not among the 2 choices of the field"),
        ("signature", "Ada", "it is for a signature, which a person gives"),
        ("press", "Yes", "it is a button to press and holds no value"),
        ("sex", "Yes", "the value is not among its states, which are F, M"),
        ("twice", "A", "several of its buttons have the same state, so one alone cannot be chosen"),
        ("refuses", "no", 'ticked it says "No": give "yes" to tick it and nothing to leave it'),
        ("mute", "A", "the file does not say which of its boxes means what"),
    ],
)
def test_what_a_field_cannot_hold_is_refused_by_name_and_never_cut(
    name: str, value: str, reason: str
) -> None:
    filled = fill(refused_form(), {name: value})
    assert [(name, reason)] == [(problem.field, problem.reason) for problem in filled.problems]
    assert "" == field_values(filled.pdf).get(name, "")
    with pytest.raises(PacketError, match=f'^Field "{name}": '):
        filled.whole()


def shown(pdf: bytes, name: str) -> list[bool]:
    return [is_dark(pdf, box) for box in rectangles(pdf, name)]


def buttons_form() -> bytes:
    made = FormMaker()
    made.buttons("sex", ["F", "M", "X"], RADIO)
    made.buttons("race", ["0", "1"], RADIO, Opt=Array([String("Asian"), String("1")]))
    made.buttons("copied", ["A", "A", "B"], RADIO | IN_UNISON)
    made.buttons("agree", ["1"])
    made.buttons("lives", ["alone", "family"])
    made.box(made.field("bare", "/Btn"), 14, 14)
    made.box(
        made.field("broken", "/Btn"),
        14,
        14,
        AP=Dictionary(N=Dictionary(Checked=made.drawn("/ZaDb 9 Tf (4) Tj"))),
    )
    made.buttons("was", ["on"], V=Name("/on"))
    made.pdf.Root.AcroForm.Fields[-1].Kids[0].AS = Name("/on")
    return made.bytes()


@pytest.mark.parametrize(
    ("name", "value", "state", "dark"),
    [
        ("sex", "M", "/M", [False, True, False]),
        ("race", "1", "/1", [False, True]),
        ("race", "Asian", "/0", [True, False]),
        ("copied", "A", "/A", [True, True, False]),
        ("agree", "yes", "/1", [True]),
        ("agree", "1", "/1", [True]),
        ("agree", "no", "/Off", [False]),
        ("lives", "family", "/family", [False, True]),
        ("bare", "yes", "/Yes", [True]),
        ("broken", "yes", "/Checked", [True]),
        ("was", "", "/Off", [False]),
    ],
)
def test_ticks_and_radios_take_the_states_of_the_file(
    name: str, value: str, state: str, dark: list[bool]
) -> None:
    filled = fill(buttons_form(), {name: value}).whole()
    assert state == by_pypdf(filled)[name]["/V"]
    assert dark == shown(filled, name)


def test_one_name_over_several_boxes_is_shown_in_each() -> None:
    made = FormMaker(pages=2)
    several = made.field("person", "/Tx")
    made.box(several)
    made.box(several, page=2)
    made.text("again")
    made.text("again")
    filled = fill(made.bytes(), {"person": "Ada Quince", "again": "Twice"}).whole()
    first, second = rectangles(filled, "person")
    assert ["Ada Quince"] * 2 == [plumbed_text(filled, first), plumbed_text(filled, second, page=2)]
    with pikepdf.open(io.BytesIO(filled)) as opened:
        again = [field for field in opened.Root.AcroForm.Fields.as_list() if str(field.T) == "again"]
        assert ["Twice"] * 2 == [str(field.V) for field in again]
    assert ["Twice"] * 2 == [plumbed_text(filled, box) for box in rectangles(filled, "again")]


def test_names_of_branches_and_a_look_that_is_inherited_are_found() -> None:
    made = FormMaker()
    del made.pdf.Root.AcroForm.DA
    box = made.text("first")
    field = box.Parent
    made.pdf.Root.AcroForm.Fields = Array(
        [made.pdf.make_indirect(Dictionary(T=String("person"), Kids=Array([field])))]
    )
    made.text("plain")
    filled = fill(made.bytes(), {"person.first": "Ada", "plain": "Quince"}).whole()
    fields = by_pypdf(filled)
    assert ("Ada", "Quince") == (fields["person.first"]["/V"], fields["plain"]["/V"])
    assert is_dark(filled, rectangles(filled, "plain")[0])
    with pikepdf.open(io.BytesIO(filled)) as opened:
        assert "/Helv 0 Tf 0 g" == str(opened.Root.AcroForm.Fields[1].DA)


def test_what_a_broken_form_forgot_to_link_is_mended() -> None:
    made = FormMaker()
    lost = made.text("lost")
    lost.T, lost.FT = String("lost"), Name.Tx
    del lost.Parent
    made.pdf.Root.AcroForm.Fields = Array()  # the page has the box, the form does not know it
    orphan = made.text("orphan")
    del orphan.Parent  # a child that does not know its parent
    unlisted = made.field("unlisted", "/Tx")
    made.box(unlisted)
    unlisted.Kids = Array()  # a parent that does not know its child
    cycle = made.text("cycle")
    cycle.Parent.Parent = cycle.Parent
    cycle.Parent.Kids.append(cycle.Parent)
    values = {"lost": "Ada", "orphan": "Bea", "unlisted": "Cleo", "cycle": "Dora"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pikepdf.PageCopyWarning)  # it knows that this form is broken
        form = made.bytes()
    filled = fill(form, values).whole()
    assert values == field_values(filled)
    assert values == {name: by_pypdf(filled)[name]["/V"] for name in values}
    with pikepdf.open(io.BytesIO(filled)) as opened:
        boxes = [
            [float(edge) for edge in note.Rect.as_list()] for note in opened.pages[0].obj.Annots.as_list()
        ]
        assert all(
            note.P.objgen == opened.pages[0].obj.objgen for note in opened.pages[0].obj.Annots.as_list()
        )
    assert list(values.values()) == [plumbed_text(filled, box) for box in boxes]


def test_a_value_that_the_viewer_should_have_drawn_gets_a_picture() -> None:
    made = FormMaker()
    made.text("agency", READ_ONLY, V=String("State Office"))
    made.text("name")
    made.pdf.Root.AcroForm.NeedAppearances = True
    filled = fill(made.bytes(), {"name": "Ada"}).whole()
    assert "State Office" == plumbed_text(filled, rectangles(filled, "agency")[0])
    assert b"NeedAppearances" not in pikepdf.open(io.BytesIO(filled)).Root.AcroForm.unparse()


def test_scripts_files_and_the_second_form_are_taken_out_with_notes() -> None:
    made = FormMaker()
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    box = made.text("name")
    box.Parent.AA = Dictionary(K=script)
    box.A = Dictionary(S=Name.URI, URI=String("https://example.org"), Next=script)
    root = made.pdf.Root
    root.OpenAction, root.AcroForm.XFA, root.AcroForm.CO = script, String("<xdp/>"), Array([box.Parent])
    root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))
    made.pdf.attachments["x.txt"] = b"x"
    root.Perms = Dictionary(UR3=Dictionary(Type=Name.Sig))
    filled = fill(made.bytes(), {"name": "Ada"})
    assert {
        formactions.XFA_REMOVED, formactions.SCRIPTS_REMOVED, formactions.FILES_REMOVED, formactions.RIGHTS_REMOVED,
    } == set(filled.notes)  # fmt: skip
    with pikepdf.open(io.BytesIO(filled.whole())) as opened:
        left = " ".join(item.unparse(resolved=True).decode("latin-1") for item in opened.objects)
    assert not [word for word in ("JavaScript", "XFA", "EmbeddedFile", "UR3", "app.alert") if word in left]


def test_files_and_actions_that_hang_on_a_page_or_a_link_are_taken_out_too() -> None:
    made = FormMaker()
    made.text("name")
    content = made.pdf.make_indirect(Stream(made.pdf, b"x", Type=Name.EmbeddedFile))
    file = made.pdf.make_indirect(Dictionary(Type=Name.Filespec, UF=String("x"), EF=Dictionary(F=content)))
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    page = made.pdf.pages[0].obj
    page.AF, page.PresSteps = Array([file]), Dictionary(NA=script)
    page.Annots.append(Dictionary(Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), PA=script))
    made.pdf.Root.Names = Dictionary(Renditions=Dictionary(Names=Array([String("a"), file])))
    filled = fill(made.bytes(), {"name": "Ada"})
    assert {formactions.SCRIPTS_REMOVED, formactions.FILES_REMOVED} == set(filled.notes)
    with pikepdf.open(io.BytesIO(filled.whole())) as opened:
        left = " ".join(item.unparse(resolved=True).decode("latin-1") for item in opened.objects)
    assert not [word for word in ("JavaScript", "EmbeddedFile", "Filespec", "app.alert") if word in left]


@pytest.mark.parametrize("called", ["AA", "A", "AF", "EF", "PA"])
def test_a_tick_or_a_font_that_is_called_like_an_action_stays(called: str) -> None:
    made = FormMaker()
    made.buttons("race", [called])
    look = made.pdf.Root.AcroForm.Fields[0].Kids[0].AP
    look.N = made.pdf.make_indirect(look.N)
    fonts = made.pdf.make_indirect(Dictionary({f"/{called}": made.pdf.Root.AcroForm.DR.Font.Helv}))
    made.pdf.pages[0].obj.Resources = Dictionary(Font=fonts)
    filled = fill(made.bytes(), {"race": called})
    assert ((), ()) == (filled.problems, filled.notes)
    with pikepdf.open(io.BytesIO(filled.pdf)) as opened:
        assert f"/{called}" in opened.pages[0].obj.Resources.Font


def test_a_form_without_any_of_these_has_no_notes() -> None:
    assert () == fill(texts_form(), {"name": "Ada"}).notes


def test_a_form_that_is_encrypted_without_a_password_is_filled_and_says_so() -> None:
    made = FormMaker()
    made.text("name")
    form = made.bytes(encryption=pikepdf.Encryption(user="", owner="theirs"))
    filled = fill(form, {"name": "Ada"})
    assert (formactions.PROTECTION_REMOVED,) == filled.notes
    assert "Ada" == by_pypdf(filled.whole())["name"]["/V"]


def signed_form() -> bytes:
    made = FormMaker()
    made.text("name")
    made.box(made.field("signature", "/Sig", V=Dictionary(Type=Name.Sig)))
    return made.bytes()


def locked_form(password: str, **allowed: bool) -> bytes:
    made = FormMaker()
    made.text("name")
    allow = pikepdf.Permissions(**allowed)
    return made.bytes(encryption=pikepdf.Encryption(user=password, owner="theirs", allow=allow))


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (bytes(MOST_BYTES + 1), "more than 100,000,000 bytes"),
        (b"%PDF-1.7 and then nothing", "not a PDF that can be read"),
        (texts_form().replace(b"/Tx", b"/T#e9", 1), "not a PDF that can be read"),
        (FormMaker().bytes(), "no fields"),
        (signed_form(), "signed already"),
        (locked_form("secret"), "asks for a password"),
        (locked_form("", modify_form=False, modify_annotation=False, modify_other=False), "does not allow"),
        (FormMaker(pages=251).bytes(), "more than 250 pages"),
    ],
)
def test_a_file_that_cannot_be_filled_as_a_whole_says_why(form: bytes, words: str) -> None:
    with pytest.raises(PacketError, match=words):
        fill(form, {"name": "Ada"})


def test_several_choices_of_a_list_are_all_shown() -> None:
    made = FormMaker()
    made.box(
        made.field("days", "/Ch", SEVERAL, Opt=Array([String(day) for day in ["Mon", "Tue", "Wed"]])),
        height=50,
    )
    filled = fill(made.bytes(), {"days": "Mon\nWed"}).whole()
    assert ["Mon", "Wed"] == by_pypdf(filled)["days"]["/V"]
    assert "Mon\nWed" == field_values(filled)["days"]


def test_a_form_with_more_fields_than_a_form_has_is_refused() -> None:
    made = FormMaker()
    field = made.text("name").Parent
    field.Kids.extend(
        [made.pdf.make_indirect(Dictionary(Rect=Array([1, 1, 9, 9]))) for _ in range(MOST_FIELDS)]
    )
    with pytest.raises(PacketError, match="more than 5,000 fields"):
        fill(made.bytes(), {"name": "Ada"})


def test_a_word_without_end_is_given_up_before_all_its_lines_are_broken() -> None:
    with pytest.raises(DoesNotFitError):
        wrapped("a" * MOST_LETTERS, Face("Helvetica"), size=5, room=6)


def test_a_tick_that_names_no_font_for_its_letter_gets_our_picture() -> None:
    """Some viewers draw nothing for it."""
    with pikepdf.open(io.BytesIO(fill(buttons_form(), {"broken": "yes"}).whole())) as opened:
        broken = next(field for field in opened.Root.AcroForm.Fields.as_list() if str(field.T) == "broken")
        assert b"Tf" not in broken.Kids[0].AP.N.Checked.read_bytes()


def test_a_tick_whose_picture_is_broken_gets_ours() -> None:
    made = FormMaker()
    made.buttons("agree", ["Yes"])
    made.pdf.Root.AcroForm.Fields[0].Kids[0].AP.N.Yes.write(b"no deflate", filter=Name.FlateDecode)
    filled = fill(made.bytes(), {"agree": "yes"}).whole()
    assert [True] == shown(filled, "agree")
