"""Word's own check boxes are set as they show; what cannot be set is said by lint."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import pytest

from pipeline.rendering.lint import lint_template
from pipeline.rendering.names import KnownPlace
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.proof import prove_word
from pipeline.rendering.word import compile_template
from pipeline.showing import Context, Shown
from tests.rendering.test_rich_word import paragraph, run, with_body

W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
KNOWN = {"a": KnownPlace(codes=("yes", "no")), "b": KnownPlace(codes=("yes", "no"))}


def control(about: str, content: str) -> str:
    return f"<w:sdt {W14}><w:sdtPr>{about}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def check_box(state: str, content: str) -> str:
    signs = '<w14:checkedState w14:val="2612"/><w14:uncheckedState w14:val="2610"/>'
    return control(f"<w14:checkbox>{state}{signs}</w14:checkbox>", run(content))


OFF = '<w14:checked w14:val="0"/>'
BOXES = paragraph(
    check_box(OFF, "{{ a|tick }}"),
    check_box('<w14:checked w14:val="1"/>', "{{ b|tick }}"),
    check_box("", "{% if is('a', 'yes') %}☒{% else %}☐{% endif %}"),
    check_box("<w14:checked/>", "☒"),
    check_box(OFF, "✓"),
)


def filled(body: str) -> RenderedWord:
    context = Context({"a": Shown("Yes", ("yes",)), "b": Shown("No", ("no",))})
    return compile_template(with_body(body)).render(context)


def markup(docx: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        return package.read("word/document.xml").decode()


def test_a_check_box_is_set_as_it_shows() -> None:
    rendered = filled(BOXES)
    states = re.findall(r'<w14:checked w14:val="(\d)"/>', markup(rendered.docx))
    assert states == ["1", "0", "1", "1", "0"]
    assert markup(rendered.docx).count("<w14:checked ") == 5
    assert prove_word(rendered).failures == ()
    assert [problem.message for problem in lint_template(with_body(BOXES), KNOWN)] == []


@pytest.mark.parametrize("state", ['<w14:checked w14:val="0"/>', ""])
def test_a_check_box_that_is_set_otherwise_than_it_shows_is_not_proved(state: str) -> None:
    rendered = filled(BOXES)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(rendered.docx)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            changed = old.read(info).replace(b'<w14:checked w14:val="1"/>', state.encode(), 1)
            new.writestr(info, changed)
    (failure,) = prove_word(replace(rendered, docx=out.getvalue())).failures
    assert "a check box shows ☒, but it is not set so" in failure


TABLE = "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>"
W15 = '<w15:dataBinding xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml" w:xpath="/x"/>'
OLD = '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox/></w:ffData></w:fldChar></w:r>'


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (control('<w:dataBinding w:xpath="/x"/>', TABLE.format(paragraph(run("{{ a }}")))), "bound to data"),
        (paragraph(control(W15, run("{{ a }}"))), "bound to data"),
        (paragraph(OLD, run(" Annual {{ a }}")), "old form field"),
    ],
    ids=["a tag in a table of a bound box", "a binding of later Words", "a check box of an old form field"],
)
def test_what_word_would_not_set_is_said_by_lint(body: str, words: str) -> None:
    assert any(words in problem.message for problem in lint_template(with_body(body), KNOWN))
