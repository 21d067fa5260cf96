"""A form as a document of a packet: filled in the language of templates, proved, and made plain pages."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from pipeline.errors import PacketError, SiteError
from pipeline.model import CaseRecord
from pipeline.rendering.acroform import fill
from pipeline.rendering.assemble import PacketDocument, assemble
from pipeline.rendering.formboxes import pages_seen, part_of
from pipeline.rendering.formfill import COMB, COMBO, MULTILINE, PUSH, RADIO
from pipeline.rendering.formflat import flattened
from pipeline.rendering.formlint import listed_fields
from pipeline.rendering.formpaper import RenderedForm, render_form
from pipeline.rendering.formproof import FormProof
from pipeline.rendering.formsigning import form_signature_places
from pipeline.rendering.formwords import FieldWords, form_words
from pipeline.rendering.packetproof import ProvedDocument, prove_packet
from pipeline.rendering.whereabouts import standings_of_heading, standings_of_place
from pipeline.rules import parse_condition
from pipeline.showing import Blank, Cell, Context, Shown, ShownTable
from pipeline.site.formvalues import FieldPlan
from tests.paper.foreign_consent import consent
from tests.paper.foreign_household import household
from tests.paper.foreign_request import request
from tests.rendering import samples
from tests.rendering.forms import FormMaker, pdfium_text_in, rectangles
from tests.rendering.slot_request import PLACE, slot_request

PLACES: dict[str, Cell] = {
    "person.first": Shown("Mara", (), ("f1",)),
    "person.last": Shown("O’Dell-Vance", (), ("f2",)),
    "person.born": Shown("6/14/1998", (), ("f3",)),
    "person.middle": Blank("Middle name"),
    "person.id": Shown("40718265", (), ("f4",)),
    "legal.status": Shown("Minor, parent decides", ("minor",), ("f5",)),
    "legal.open": Blank("Who decides"),
    "needs.limits": Shown("Learning; Mobility", ("learning", "mobility"), ("f6",)),
    "plan.rows": ShownTable(({"code": Shown("T1")}, {"code": Shown("T2")}), ("f7",)),
}
CONTEXT = Context(PLACES, private=frozenset({"person.id"}), allowed=frozenset({"person.id"}))
MINOR = parse_condition({"equal": ["legal.status", {"value": "minor"}]})
OPEN = parse_condition({"equal": ["legal.open", {"value": "minor"}]})


def text(words: str) -> FieldPlan:
    return FieldPlan(text=words, line=7)


def words_of(plan: FieldPlan, holds: bool | None = None, context: Context = CONTEXT) -> FieldWords:
    (found,) = form_words({"Box": plan}, {"Box": holds}, context, "packet.yaml").fields
    return found


# --- what goes in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "value"),
    [
        (text("{{ person.last }}, {{ person.first }}"), "O’Dell-Vance, Mara"),
        (text("{% for row in plan.rows %}{{ row.code }}\n{% endfor %}"), "T1\nT2"),
        (text("{% if is('legal.status', 'minor') %}Parent{% endif %}"), "Parent"),
        (text("{{ person.first|upper }} & <Co>"), "MARA & <Co>"),
        (FieldPlan(choose="legal.status", options={"minor": "M", "self": "S"}), "M"),
        (FieldPlan(choose="needs.limits", options={"learning": "L", "mobility": "M"}), "L\nM"),
        (FieldPlan(choose="legal.status", options={"minor": ""}), ""),
    ],
)
def test_what_is_on_file_goes_in_as_word_would_print_it(plan: FieldPlan, value: str) -> None:
    found = words_of(plan)
    assert value == found.value
    assert () == found.blanks


@pytest.mark.parametrize(
    "plan",
    [
        text("{{ person.middle }}"),
        text("{{ person.first }} {{ person.middle }}"),
        FieldPlan(choose="person.middle", options={"a": "A"}),
    ],
)
def test_a_box_of_which_a_value_is_missing_stays_empty_and_is_listed(plan: FieldPlan) -> None:
    found = words_of(plan)
    assert ("", ("Middle name",), True) == (found.value, found.blanks, found.stays_empty)


def test_a_tick_whose_condition_cannot_be_judged_is_listed_and_left_alone() -> None:
    plan = FieldPlan(when=OPEN, asked=OPEN.paths)
    assert ("", ("Who decides",)) == (words_of(plan, None).value, words_of(plan, None).blanks)
    asked_on_purpose = FieldPlan(when=parse_condition({"present": ["legal.open"]}))
    assert () == words_of(asked_on_purpose, False).blanks
    assert ("yes", ()) == (
        words_of(FieldPlan(when=MINOR), True).value,
        words_of(FieldPlan(when=MINOR), True).blanks,
    )


@pytest.mark.parametrize(
    "plan",
    [
        text("{{ person.id }}"),
        FieldPlan(choose="person.id", options={}),
        FieldPlan(when=parse_condition({"present": ["person.id"]})),
    ],
)
def test_a_private_place_goes_into_no_field_of_a_document_that_may_not_show_it(plan: FieldPlan) -> None:
    with pytest.raises(SiteError, match=r'"person\.id" is private'):
        words_of(plan, True, replace(CONTEXT, allowed=frozenset()))


def test_a_private_column_is_asked_for_no_tick_either() -> None:
    plan = FieldPlan(when=parse_condition({"contains": [{"column": "plan.rows.code"}, "T1"]}))
    assert "yes" == words_of(plan, True).value
    with pytest.raises(SiteError, match=r'"plan\.rows\.code" is private'):
        words_of(plan, True, replace(CONTEXT, private=frozenset({"plan.rows.code"})))


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (
            text("{{ person.lst }}"),
            'packet.yaml:7: field "Box": there is no place "person.lst". Did you mean',
        ),
        (text("{{ plan.rows }}"), "whole table"),
        (text("{% include 'x' %}"), "not part of the template language"),
        (text("{{ person.first or 'x' }}"), "would hide"),
        (text("{{ 5 % 0 }}"), "cannot be done"),
        (text("{{ person.first[10] }}"), "no place, row or column"),
        (text("{{ person.first.__class__ }}"), 'field "Box"'),
    ],
)
def test_a_wrong_tag_is_named_with_its_field_and_line(plan: FieldPlan, words: str) -> None:
    with pytest.raises(SiteError, match=r"packet\.yaml:7") as refused:
        words_of(plan)
    assert words in str(refused.value)


def test_a_choice_that_the_options_do_not_know_is_refused_not_dropped() -> None:
    with pytest.raises(PacketError, match="options say nothing"):
        words_of(FieldPlan(choose="needs.limits", options={"learning": "L"}))


# --- the proof ------------------------------------------------------------------------------------


def a_form() -> FormMaker:
    made = FormMaker()
    made.text("first")
    made.text("last")
    made.text("number", COMB, width=160, MaxLen=8)
    made.text("notes", MULTILINE, width=300, height=50)
    made.box(made.field("county", "/Ch", COMBO, Opt=Array([String("Adams"), String("Brown")])))
    made.box(made.field("town", "/Ch", 0, Opt=Array([String("North"), String("South")])), height=30)
    made.buttons("who", ["Self", "Parent"], RADIO)
    made.buttons("one", ["On"])
    made.buttons("two", ["On"])
    made.text("untouched", V=String("as it came"))
    content = b"BT /F 11 Tf 300 745 Td (Name of the person) Tj 0 -30 Td (Notes) Tj ET"
    page = made.pdf.pages[0]
    helvetica = made.pdf.make_indirect(
        Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    )
    page.obj.Resources = Dictionary(Font=Dictionary(F=helvetica))
    page.obj.Contents = Stream(made.pdf, content)
    return made


FORM = a_form().bytes()
VALUES = {
    "first": "Mara", "last": "O’Dell-Vance", "number": "40718265", "notes": "Two lines\nof what she needs",
    "county": "Brown", "town": "South", "who": "Parent", "one": "yes", "two": "",
}  # fmt: skip


def proof(
    filled: bytes | None = None,
    flat: bytes | None = None,
    values: Mapping[str, str] = VALUES,
    form: bytes = FORM,
) -> FormProof:
    filled = filled or fill(form, values).whole()
    fields = tuple(FieldWords(name, value) for name, value in values.items())
    return FormProof(form, filled, flat or flattened(filled)[0], fields)


def test_each_value_is_found_in_its_field_and_in_its_box() -> None:
    report = proof().prove()
    assert () == report.failures
    assert (8, 8, 1) == (report.in_word, report.in_pdf, report.pages)


@pytest.mark.parametrize(
    ("one", "other"), [("first", "last"), ("one", "two"), ("first", "notes"), ("last", "county")]
)
def test_two_values_that_were_swapped_are_noticed(one: str, other: str) -> None:
    swapped = {**VALUES, one: VALUES[other], other: VALUES[one]}
    if other == "notes":
        swapped["first"] = "Two lines of what she needs"
    if other == "county":
        swapped = {**VALUES, "last": "Brown", "county": "Adams"}
    report = proof(fill(FORM, swapped).whole()).prove()
    assert {one, other} <= {failure.split('"')[1] for failure in report.failures}


def changed(pdf: bytes, change: Callable[[Pdf], object]) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        change(opened)
        out = io.BytesIO()
        opened.save(out)
        return out.getvalue()


def pictures_of(pdf: Pdf) -> Object:
    return pdf.pages[0].obj.Resources.XObject


def swap_two(pdf: Pdf) -> None:
    drawn = pictures_of(pdf)
    drawn["/FilledBox1n0"], drawn["/FilledBox1n1"] = drawn["/FilledBox1n1"], drawn["/FilledBox1n0"]


def lose_one(pdf: Pdf) -> None:
    pictures_of(pdf)["/FilledBox1n2"].write(b" ")


def lose_a_tick(pdf: Pdf) -> None:
    pictures_of(pdf)["/FilledBox1n8"].write(b" ")


def say_more(pdf: Pdf) -> None:
    pdf.pages[0].contents_add(Stream(pdf, b" BT /F 9 Tf 300 100 Td (not so) Tj ET"))


def say_more_unseen(pdf: Pdf) -> None:
    pdf.pages[0].contents_add(Stream(pdf, b" BT 3 Tr /F 9 Tf 300 100 Td (not so) Tj ET"))


def say_less(pdf: Pdf) -> None:
    page = pdf.pages[0]
    page.obj.Contents = Stream(
        pdf, b"".join(each.read_bytes() + b" " for each in page.Contents).replace(b"Notes", b"     ")
    )


def add_a_page(pdf: Pdf) -> None:
    pdf.add_blank_page()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (swap_two, 'The box of "first", page 1: it does not say what its field holds.'),
        (lose_one, 'The box of "number", page 1'),
        (lose_a_tick, 'The box of "one", page 1, is ticked and looks as if it were not.'),
        (say_more, "outside of its boxes"),
        (say_more_unseen, "outside of its boxes"),
        (say_less, "outside of its boxes"),
        (add_a_page, "as it goes out 2"),
    ],
)
def test_what_is_otherwise_on_the_pages_is_noticed(change: Callable[[Pdf], object], words: str) -> None:
    right = proof()
    report = proof(right.filled, changed(right.flat, change)).prove()
    assert any(words in failure for failure in report.failures), report.failures


def lay_over(made: FormMaker) -> None:
    """A box of its own with a white ground, over the one that is filled."""
    made.box(made.field("over", "/Tx"), MK=Dictionary(BG=Array([1, 1, 1])))
    first, over = (field.Kids[0] for field in made.pdf.Root.AcroForm.Fields.as_list())
    x0, y0, x1, y1 = map(float, first.Rect.as_list())
    over.Rect = Array([x0 - 5, y0 - 5, x1 + 5, y1 + 5])


def press_over(made: FormMaker) -> None:
    button = made.box(made.field("print", "/Btn", PUSH), AP=Dictionary(N=made.drawn("0.8 g 0 0 14 14 re f")))
    button.Rect = made.pdf.Root.AcroForm.Fields[0].Kids[0].Rect


def darken(made: FormMaker) -> None:
    made.pdf.pages[0].obj.Contents = Stream(made.pdf, b"0 g 0 0 612 792 re f")


def push_over_the_edge(made: FormMaker) -> None:
    made.pdf.Root.AcroForm.Fields[0].Kids[0].Rect = Array([-40, 500, 160, 518])


def cut_the_page(made: FormMaker) -> None:
    made.pdf.pages[0].obj.CropBox = Array([80, 0, 612, 792])


@pytest.mark.parametrize("spoil", [lay_over, press_over, darken, push_over_the_edge, cut_the_page])
def test_a_value_that_is_in_the_text_and_that_nobody_can_see_is_noticed(
    spoil: Callable[[FormMaker], None],
) -> None:
    made = FormMaker()
    made.text("name")
    whole = made.bytes()
    spoil(made)
    values = {"name": "Mara Quist."}
    assert proof(values=values, form=whole).prove().proved
    report = proof(values=values, form=made.bytes()).prove()
    assert ["name"] == [failure.split('"')[1] for failure in report.failures]
    assert "cut off or too pale to be seen" in report.failures[0]


def test_a_form_that_still_has_fields_does_not_go_out() -> None:
    filled = fill(FORM, VALUES).whole()
    assert ("The form that goes out still has fields that can be changed.",) == proof(
        filled, filled
    ).prove().failures


def test_a_field_that_nobody_filled_and_that_changed_is_noticed() -> None:
    filled = fill(FORM, {**VALUES, "untouched": "otherwise"}).whole()
    assert any('"untouched" has changed' in failure for failure in proof(filled).prove().failures)


def test_private_text_is_looked_for_everywhere_in_the_pages() -> None:
    assert () == proof().prove({"person.ssn": "499-12-3456"}).failures
    (failure,) = proof().prove({"person.id": "4071 8265"}).failures
    assert '"person.id" is private' in failure


def test_the_proof_says_on_which_page_each_value_and_line_stands() -> None:
    plans = {"first": text("{{ person.first }}"), "last": text("{{ person.middle }}")}
    report = render_form(FORM, plans, {}, CONTEXT, "packet.yaml").prove()
    (first,) = standings_of_place(report.standings, "person.first")
    (last,) = standings_of_place(report.standings, "person.middle")
    assert ((1,), False, True) == (first.pages, first.blank, last.blank)
    assert [(1,)] == [each.pages for each in standings_of_heading(report.standings, "Notes")]


@pytest.mark.parametrize("form", [consent, household, request], ids=lambda form: form.__name__)
def test_forms_in_the_manners_of_other_makers_are_filled_and_proved(form: Callable[[], bytes]) -> None:
    blank = form()
    values: dict[str, str] = {}
    for name, each in listed_fields(blank).items():
        at_most = re.search(r"\d+", each.kind)
        text = "A7 Ö"[: int(at_most[0])] if at_most else "A7 Ö"
        values[name] = "yes" if each.is_tick else each.options[-1] if each.options else text
    report = proof(values=values, form=blank).prove()
    assert () == report.failures
    assert report.in_word == report.in_pdf == sum(bool(value.strip()) for value in values.values())


# --- plain pages ----------------------------------------------------------------------------------


def unpacked(pdf: bytes) -> bytes:
    """The same with nothing compressed, so that words can be looked for in its bytes."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        out = io.BytesIO()
        opened.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
        return out.getvalue()


def test_nothing_that_goes_out_can_be_changed_or_run() -> None:
    made = a_form()
    made.pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))
    made.pdf.Root.AcroForm.XFA = Stream(made.pdf, b"<xfa/>")
    made.pdf.pages[0].obj.Annots.append(
        made.pdf.make_indirect(
            Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array([0, 0, 9, 9]))
        )
    )
    form = made.bytes()
    flat = proof(form=form).flat
    for word in (b"JavaScript", b"/XFA", b"/AcroForm", b"/Widget", b"/FileAttachment"):
        assert word in unpacked(form), word
        assert word not in unpacked(flat), word
        assert word not in unpacked(flattened(form)[0]), word
    assert flat == flattened(fill(form, VALUES).whole())[0]
    assert () == proof(form=form).prove().failures


def test_a_tick_of_which_the_form_does_not_say_whether_it_is_set_must_be_given() -> None:
    made = a_form()
    ticked = made.buttons("kept", ["On"], V=Name.On)
    left = proof(form=made.bytes()).prove()
    given = proof(form=made.bytes(), values={**VALUES, "kept": "yes"})
    (page,) = pages_seen(given.flat)
    assert ('The field "kept" has changed, though nothing was put into it.',) == left.failures
    assert () == given.prove().failures
    assert any(part_of(page, place(ticked.Kids[0])).histogram()[:64])


def test_what_a_form_does_not_print_is_not_on_paper_and_empty_boxes_keep_their_frames() -> None:
    made = a_form()
    seen = made.text("seen only", V=String("for the screen"))
    seen.AP, seen.F = Dictionary(N=made.drawn("0 g 0 0 14 14 re f")), 0
    framed = made.text("framed")
    framed.MK = Dictionary(BC=Array([0]))
    worded = made.text("worded", V=String("1000"))
    worded.AP = Dictionary(N=made.drawn("BT /Helv 9 Tf 2 3 Td ($1k) Tj ET"))
    worded.AP.N.Resources, worded.AP.N.BBox = made.pdf.Root.AcroForm.DR, Array([0, 0, 200, 18])
    made.buttons("stateless", ["On"])
    arrow = made.box(made.field("list", "/Ch", COMBO, Opt=Array([String("A")])))
    proved = proof(form=made.bytes())
    (page,) = pages_seen(proved.flat)

    report = proved.prove()
    assert () == report.failures
    assert report.text is not None
    assert "$1k" in report.text.pages[0]
    for box in (seen, arrow):
        assert not any(part_of(page, place(box)).histogram()[:255])
    assert any(part_of(page, place(framed)).histogram()[:64])


def place(widget: Object) -> tuple[int, int, int, int]:
    """Where a widget is on the page, in twentieths of a point from its top left."""
    left, low, right, high = (float(edge) for edge in widget.Rect.as_list())
    return round(left * 20), round((792 - high) * 20), round(right * 20), round((792 - low) * 20)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_that_is_stored_turned_and_cut_stands_upright_with_its_values_in_their_boxes(
    turn: int,
) -> None:
    made = a_form()
    made.pdf.pages[0].obj.Rotate = turn
    made.pdf.pages[0].obj.CropBox = Array([20, 30, 600, 780])
    form = made.bytes()
    proved = proof(form=form)
    report = proved.prove()
    assert () == report.failures
    with pikepdf.open(io.BytesIO(proved.flat)) as pdf:
        size = [float(edge) for edge in pdf.pages[0].mediabox.as_list()]
    assert ([0, 0, 580, 750] if turn in (0, 180) else [0, 0, 750, 580]) == size
    packet = assemble(
        [PacketDocument("form", "Form", proved.flat)], packet="7K2M9QWX4RTV", title="T", draft=True
    )
    assert report.text is not None
    assert [] == prove_packet(
        packet.pdf, [ProvedDocument("form", report.text)], packet="7K2M9QWX4RTV", draft=True
    )


def test_the_tag_of_a_box_goes_on_with_its_picture() -> None:
    form = changed(FORM, with_tags)
    proved = proof(form=form)
    report = proved.prove()
    assert () == report.failures
    assert report.text is not None
    assert "Mara" in report.text.pages[0]
    with pikepdf.open(io.BytesIO(proved.flat)) as pdf:
        (tag,) = pdf.Root.StructTreeRoot.K
        assert [Name.MCR] == [kid.Type for kid in tag.K]
        assert f"/Form <</MCID {int(tag.K[0].MCID)}>> BDC" in pdf.pages[0].Contents[-1].read_bytes().decode()
        assert not any(item.get("/FT") for item in pdf.objects if isinstance(item, Dictionary))


def test_a_box_that_does_not_say_which_tag_it_has_does_not_go_on_with_the_tags() -> None:
    def forget(pdf: Pdf) -> None:
        with_tags(pdf)
        del pdf.Root.AcroForm.Fields[0].Kids[0].StructParent

    flat = proof(form=changed(FORM, forget)).flat
    with pikepdf.open(io.BytesIO(flat)) as opened:
        left = [item for item in opened.objects if isinstance(item, Dictionary)]
    assert not [item for item in left if item.get("/Subtype") == Name.Widget or "/FT" in item]


def with_tags(pdf: Pdf) -> None:
    box = pdf.pages[0].Annots[0]
    box.StructParent = 1
    pdf.pages[0].obj.StructParents = 0
    kid = Dictionary(Type=Name.OBJR, Obj=box, Pg=pdf.pages[0].obj)
    tag = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Form, K=Array([kid])))
    numbers = Array([0, pdf.make_indirect(Array()), 1, tag])
    pdf.Root.StructTreeRoot = pdf.make_indirect(
        Dictionary(Type=Name.StructTreeRoot, K=Array([tag]), ParentTree=Dictionary(Nums=numbers))
    )
    tag.P = pdf.Root.StructTreeRoot


def test_an_empty_signature_field_is_a_place_to_sign() -> None:
    made = a_form()
    made.box(made.field("Sig1", "/Sig", TU=String("Parent or guardian")), width=240, height=30)
    made.box(made.field("Sig2", "/Sig"))
    first, second = form_signature_places(made.bytes())
    assert ("Parent or guardian", True, 1) == (first.role, first.wanted, first.page)
    assert first.box is not None
    assert (60, 240, 30) == (first.box.x0, first.box.width, first.box.height)
    assert "Sig2" == second.role


# --- the shipped one ------------------------------------------------------------------------------


def shipped(record: CaseRecord) -> RenderedForm:
    (task,) = [task for task in samples.tasks("waiver", record) if task.form is not None]
    assert task.form is not None
    return render_form(
        task.template.read_bytes(), task.form.values, task.form.ticks, task.context, task.form.file
    )


def test_the_shipped_form_is_the_one_that_is_drawn_here() -> None:
    assert PLACE.read_bytes() == slot_request()


def test_the_shipped_form_is_filled_and_proved_for_whom_much_and_for_whom_little_is_known() -> None:
    much, little = shipped(samples.full()), shipped(samples.little())
    for form in (much, little):
        report = form.prove()
        assert () == report.failures
        assert () == form.problems
        assert report.in_word == report.in_pdf == sum(bool(each.value) for each in form.words.fields)
    assert {"Telephone", "Street address", "MO HealthNet number (DCN)"} <= set(little.blanks)
    assert ("DCN",) == little.open_boxes["MO HealthNet number (DCN)"]
    (where,) = rectangles(much.filled.pdf, "LastName")
    assert "O'Dell-Vance" == pdfium_text_in(much.filled.pdf, where)
    assert 1 == len(pypdfium2.PdfDocument(much.flat))
