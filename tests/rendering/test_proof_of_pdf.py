"""The proof of a PDF's text: each value at its own place, in its own words, and nothing lost or added.

No LibreOffice here: the reader hands over a text as LibreOffice's PDFs have it (`test_pdf` uses real ones).
"""

from __future__ import annotations

import io
import zipfile

import pikepdf
import pytest
from docx import Document
from reportlab.pdfgen.canvas import Canvas

from pipeline.rendering.docxfile import W
from pipeline.rendering.pagetext import PdfText
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.proof import ProofReport, prove, prove_word
from pipeline.rendering.word import compile_template
from pipeline.showing import Context, Shown, ShownTable
from tests.rendering.conftest import docx_of
from tests.rendering.test_rich_word import BOX, paragraph, run, with_body, with_members

VALUES = {
    "a": "Rosa Ellison",
    "b": "José O’Brien-Núñez",
    "m": "-$500.00",
    "r": "1-2",
    "u": "12",
    "n": "$1,200.00",
    "lines": "first line\nsecond line",
    "plan.yes": "Yes",
}


def filled(template: bytes) -> RenderedWord:
    rows = ShownTable(({"c": Shown("T2021")}, {"c": Shown("H2015")}))
    places = {name: Shown(text, ("yes",) if text == "Yes" else ()) for name, text in VALUES.items()}
    return compile_template(template).render(Context({**places, "no": Shown("No", ("no",)), "rows": rows}))


def proof_of(rendered: RenderedWord, logical: str, *margins: str) -> ProofReport:
    pages = margins or ("",)
    return prove(rendered, b"", lambda _: PdfText((logical, *pages[1:]), logical, pages))


LETTER = docx_of(
    "Guardian: {{ a }} Coordinator: {{ b }}",
    "Balance {{ m }} of {{ n }}",
    "Units {{ r }} a week, {{ u }} in all",
    "You have the right to appeal.",
    "{{ plan.yes|tick }} Restraint allowed",
    "{{ no|tick }} Restraint not allowed",
    "{% if is('plan.yes', 'yes') %}☒{% else %}☐{% endif %} Yes {% if is('no', 'yes') %}☒{% else %}☐{% endif %} No",
    "{{ lines }}",
    "Signed {{ a }} and {{ b }}",
)
RIGHT = """Guardian: Rosa Ellison Coordinator: José
O’Brien-Núñez
Balance -$500.00 of $1,200.00
Units 1-2 a week, 12 in all
You have the right
to appeal.
☒ Restraint allowed
☐ Restraint not allowed
☒ Yes ☐ No
first line
second line
Signed Rosa Ellison and José O’Brien-Núñez"""


def test_a_right_pdf_is_proved_however_its_lines_break() -> None:
    rendered = filled(LETTER)
    report = proof_of(rendered, RIGHT)
    assert report.failures == ()
    assert report.in_pdf == report.in_word == len(rendered.insertions)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (RIGHT.split("\nBalance", maxsplit=1)[0], "Guardian: José O’Brien-Núñez Coordinator: Rosa Ellison"),
        ("Signed Rosa Ellison and José O’Brien-Núñez", "Signed José O’Brien-Núñez and Rosa Ellison"),
        ("-$500.00", "$500.00"),
        ("-$500.00", "–$500.00"),
        ("1-2", "12"),
        ("1-2", "1–2"),
        ("12 in", "5120 in"),
        ("12 in", "-12 in"),
        ("$1,200.00", "$1,200.001"),
        ("José O", "Jose O"),
        ("Guardian:", "Coordinator:"),
        ("You have the right\nto appeal.\n", ""),
        ("right", "rights"),
        ("☒ Restraint allowed\n☐", "☐ Restraint allowed\n☒"),
        ("☒ Yes ☐ No", "☐ Yes ☒ No"),
        ("☒ Yes", "☐ Yes"),
        ("first line\nsecond line", "second line\nfirst line"),
        ("second line\n", ""),
        ("first line\nsecond", "first line second"),
        ("Restraint allowed", "restraint allowed"),
        ("Signed", "Approved\nSigned"),
        ("Units", "Units 9 and"),
    ],
)  # fmt: skip
def test_whatever_is_changed_in_the_pdf_is_noticed(before: str, after: str) -> None:
    assert before in RIGHT
    assert not proof_of(filled(LETTER), RIGHT.replace(before, after, 1)).proved


def test_what_is_wrong_is_said_by_its_place_in_the_template() -> None:
    swapped = "Guardian: José O’Brien-Núñez Coordinator: Rosa Ellison"
    report = proof_of(filled(docx_of("Guardian: {{ a }} Coordinator: {{ b }}")), swapped)
    assert "PDF: {{ a }} stands at another place." in report.failures
    lost = proof_of(filled(docx_of("You have the right to appeal.", "{{ a }}")), "Rosa Ellison")
    assert lost.failures == (
        "PDF: these words of the template are not at their place: 'You have the right to appeal.'.",
    )


def headed(first: str = "") -> bytes:
    document = Document()
    document.core_properties.title = "T"
    section = document.sections[0]
    if first:
        section.different_first_page_header_footer = True
        section.first_page_header.paragraphs[0].text = first
    section.header.paragraphs[0].text = "Client {{ a }}\tProvider {{ b }}"
    section.footer.paragraphs[0].text = "Not a legal paper"
    document.add_paragraph("Body")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


HEAD = "Client Rosa Ellison\nProvider José O’Brien-Núñez\nNot a legal paper"


@pytest.mark.parametrize(
    "margins",
    [
        ("Client José O’Brien-Núñez\nProvider Rosa Ellison\nNot a legal paper", HEAD),
        (HEAD, "Client José O’Brien-Núñez\nProvider Rosa Ellison\nNot a legal paper"),
        (HEAD, ""),
        (HEAD, HEAD.removesuffix("\nNot a legal paper")),
        (HEAD, HEAD + "\nsomething more"),
    ],
    ids=[
        "swapped",
        "swapped on page 2",
        "lost on page 2",
        "a footer without tags lost",
        "more than there is",
    ],
)
def test_the_head_and_foot_of_each_page_are_compared(margins: tuple[str, str]) -> None:
    rendered = filled(headed())
    assert proof_of(rendered, "Body", HEAD, HEAD).failures == ()
    assert not proof_of(rendered, "Body", *margins).proved


def test_the_head_of_the_first_page_stands_on_no_other() -> None:
    rendered = filled(headed("For {{ b }} only"))
    first = "For José O’Brien-Núñez only"
    assert proof_of(rendered, "Body", first, HEAD, HEAD).failures == ()
    assert not proof_of(rendered, "Body", HEAD, HEAD, HEAD).proved
    assert not proof_of(rendered, "Body", first, first, HEAD).proved


def test_the_lines_of_a_text_box_stand_together_and_in_order_wherever_the_box_stands() -> None:
    end = "</w:p></w:txbxContent>"
    box = BOX.replace(end, f"</w:p>{paragraph(run('For {{{{ b }}}}'))}</w:txbxContent>")
    rendered = filled(
        with_body(paragraph(run("Beside {{ m }}"), box.format("x", "By {{ a }}"), run(" after")))
    )
    assert proof_of(rendered, "Beside -$500.00\nBy Rosa Ellison\nFor José O’Brien-Núñez\n after\nend").proved
    assert proof_of(rendered, "Beside -$500.00 after\nend\nBy Rosa Ellison\nFor José O’Brien-Núñez").proved
    assert not proof_of(
        rendered, "Beside -$500.00 after\nend\nBy José O’Brien-Núñez\nFor Rosa Ellison"
    ).proved
    assert not proof_of(rendered, "Beside -$500.00 after\nend\nBy Rosa Ellison").proved


FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{}</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)


def test_a_field_prints_what_it_works_out_but_a_value_in_it_must_come() -> None:
    own = filled(with_body(paragraph(run("Page "), FIELD.format("1"), run(" of {{ u }}"))))
    assert proof_of(own, "Page \n7\n of 12\nend").proved
    assert not proof_of(own, "Page \n7\n of 13\nend").proved
    value = filled(with_body(paragraph(run("Page "), FIELD.format("{{ u }}"), run(" of many"))))
    assert proof_of(value, "Page \n12\n of many\nend").proved
    assert not proof_of(value, "Page \n7\n of many\nend").proved


@pytest.mark.parametrize(
    ("printed", "right"),
    [
        ("Page 2 of 7", True),
        ("Page xii of 107", True),
        ("Page  of 7", False),
        ("Page 2 void of 7", False),
        ("Page 2 of", False),
        ("Page 2 of 7 only", False),
    ],
)
def test_a_field_that_counts_pages_prints_a_number_and_nothing_else(printed: str, right: bool) -> None:
    page = FIELD.format("1")
    body = paragraph(run("Page "), page, run(" of "), page.replace("PAGE", "NUMPAGES \\* MERGEFORMAT"))
    assert proof_of(filled(with_body(body)), f"{printed}\nend").proved is right


def test_labels_of_lists_capitals_of_styles_and_hidden_words_are_no_alarm() -> None:
    numbered = '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>'
    body = paragraph(numbered, run("one {{ a }}")) + paragraph(run("by {{ a }}", "<w:rPr><w:caps/></w:rPr>"))
    rendered = filled(
        with_body(body + paragraph(run("not seen", "<w:rPr><w:vanish/></w:rPr>"), run("seen {{ u }}")))
    )
    assert proof_of(rendered, "1. \none Rosa Ellison\nBY ROSA ELLISON\nseen 12\nend").proved
    assert not proof_of(rendered, "1. \none ROSA ELLISON\nBY ROSA ELLISON\nseen 12\nend").proved
    assert not proof_of(rendered, "1. \none Rosa Ellison\nBY ROSA ELLISON\n2. \nseen 12\nend").proved


def test_a_value_in_hidden_text_is_not_proved() -> None:
    rendered = filled(with_body(paragraph(run("{{ a }}", "<w:rPr><w:vanish/></w:rPr>"), run("seen"))))
    assert not proof_of(rendered, "seen\nend").proved


def test_a_word_may_be_parted_at_the_end_of_a_line_only_where_the_document_hyphenates() -> None:
    plain = docx_of("The responsibilities of {{ a }} are 1200")
    name = "word/settings.xml"
    hyphenating = f'<w:settings xmlns:w="{W}"><w:autoHyphenation/></w:settings>'.encode()
    parting = filled(with_members(without(plain, name), {name: hyphenating}))
    text = "The responsi-\nbilities of Rosa Ellison are 1200"
    assert proof_of(parting, text).proved
    assert not proof_of(filled(plain), text).proved
    assert not proof_of(parting, text.replace("1200", "12-\n00")).proved
    assert not proof_of(parting, text.replace("responsi-\n", "responsi-")).proved


def without(docx: bytes, member: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            if info.filename != member:
                new.writestr(info, old.read(info))
    return out.getvalue()


def test_letters_from_right_to_left_are_compared_in_any_order_but_figures_are_not() -> None:
    template = compile_template(docx_of("[{{ a }}]", "end"))
    rendered = template.render(Context({"a": Shown("שלום (abc) 12/03/1998")}))
    assert proof_of(rendered, "[\nשלום\n) abc) \n12/03/1998 \n [\nend").proved
    assert not proof_of(rendered, "[\nשלום\n) abc) \n21/03/1998 \n [\nend").proved
    assert not proof_of(rendered, "[\nשלו\n) abc) \n12/03/1998 \n [\nend").proved
    paged = filled(with_body(paragraph(run("שלום page "), FIELD.format("1"), run(" of {{ u }}"))))
    assert proof_of(paged, "page 7 of 12\nשלום\nend").proved
    assert not proof_of(paged, "page 7 of 21\nשלום\nend").proved
    last = with_members(docx_of("x"), {}, ("<w:t>x</w:t></w:r>", "<w:t>שלום</w:t></w:r>" + FIELD.format("1")))
    assert proof_of(filled(last), "שלום\n7").proved


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7 torn", b"no PDF at all"])
def test_a_torn_pdf_is_refused_with_words(pdf: bytes) -> None:
    (failure,) = prove(filled(docx_of("{{ a }}")), pdf).failures
    assert "torn or damaged" in failure


# --- private texts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("Schizophrenia", "SCHIZOPHRENIA is known"),
        ("José Núñez", "seen by Jose Nunez"),
        ("3/4/2027", "due March 4, 2027"),
        ("3/4/2027", "due 03/04/2027"),
        ("3/4/2027", "due 2027-03-04"),
        ("MO-123 456", "number mo123456"),
        ("A1B", "the code a1b, as before"),
    ],
)
def test_a_private_text_is_found_in_another_form(secret: str, words: str) -> None:
    assert not prove_word(filled(docx_of(words, "{{ a }}")), private_texts={"p": secret}).proved


@pytest.mark.parametrize(
    ("secret", "words"), [("Yes", "Yes"), ("3/4/2027", "13/4/2027"), ("A1B", "the code 9A1B"), ("12", "12")]
)
def test_a_private_text_that_cannot_be_told_from_others_is_no_alarm(secret: str, words: str) -> None:
    assert prove_word(filled(docx_of(words, "{{ a }}")), private_texts={"p": secret}).proved


def drawn_pdf(*pages: str, subject: str = "") -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, pageCompression=1)
    canvas.setSubject(subject)
    for text in pages:
        canvas.drawString(72, 300, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_a_private_text_is_found_in_metadata_attachments_and_packed_streams_of_the_pdf() -> None:
    rendered = filled(docx_of("{{ a }}"))
    reader = lambda _: PdfText(("Rosa Ellison",), "Rosa Ellison")  # noqa: E731
    private = {"p": "40718265"}
    clean = drawn_pdf("x")
    with pikepdf.open(io.BytesIO(clean)) as pdf:
        pdf.attachments["note"] = pikepdf.AttachedFileSpec(pdf, b"number 40718265", filename="n.txt")
        attached = io.BytesIO()
        pdf.save(attached, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert attached.getvalue().find(b"40718265") < 0
    assert prove(rendered, clean, reader, private_texts=private).proved
    for pdf in (
        attached.getvalue(),
        drawn_pdf("x", subject="4071 8265"),
        drawn_pdf("x", subject="é 40718265"),
    ):
        (failure,) = prove(rendered, pdf, reader, private_texts=private).failures
        assert "is private, yet it stands in the PDF" in failure
