"""Word's check boxes: ticked for the eye and for Word alike."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from pipeline.rendering.lint import lint_template
from pipeline.rendering.names import KnownPlace
from pipeline.rendering.proof import prove_word
from pipeline.rendering.tickboxes import states, with_states_set
from pipeline.rendering.word import compile_template
from pipeline.showing import Blank, Context, Shown

W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
KEPT = '<w14:checked w14:val="0"/>'
SIGNS = '<w14:checkedState w14:val="2612"/><w14:uncheckedState w14:val="2610"/>'


def control(text: str, box: str = KEPT + SIGNS) -> str:
    return (
        f"<w:sdt><w:sdtPr><w:alias w:val='Yes'/><w14:checkbox>{box}</w14:checkbox></w:sdtPr>"
        f"<w:sdtContent><w:r><w:t>{text}</w:t></w:r></w:sdtContent></w:sdt>"
    )


def docx_with(*controls: str) -> bytes:
    document = Document()
    document.core_properties.title = "A title"
    for each in controls:
        document.element.body[-1].addprevious(
            parse_xml(f"<w:p {nsdecls('w')} {W14}>{each}<w:r><w:t> Yes</w:t></w:r></w:p>")
        )
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def states_in(docx: bytes) -> list[tuple[bool, bool | None]]:
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        return list(states(package.read("word/document.xml").decode()))


SOME = Context({"a": Shown("Yes", ("yes",)), "b": Shown("No", ("no",)), "c": Blank("Of c")})


def test_a_check_box_is_ticked_for_word_and_for_the_eye() -> None:
    docx = docx_with(control("{{ a|tick }}"), control("{{ b|tick }}"), control("{{ c|tick }}"))
    made = compile_template(docx).render(SOME)

    assert states_in(made.docx) == [(True, True), (False, False), (False, False)]
    assert made.blanks == ("Of c",)


def test_a_condition_ticks_a_box_and_unticks_one_that_the_template_had_ticked() -> None:
    chosen = "{% if is('a', 'yes') %}☒{% else %}☐{% endif %}"
    other = "{% if is('b', 'yes') %}☒{% else %}☐{% endif %}"
    docx = docx_with(control(chosen), control(other, KEPT.replace("0", "1") + SIGNS))
    assert states_in(compile_template(docx).render(SOME).docx) == [(True, True), (False, False)]


def test_a_box_without_a_state_of_its_own_gets_one_and_own_signs_are_known() -> None:
    assert list(states(with_states_set(control("☒", SIGNS)))) == [(True, True)]
    own = SIGNS.replace("2612", "2714").replace("2610", "25A1")
    assert list(states(with_states_set(control("\u2714", KEPT + own)))) == [(True, True)]
    assert list(states(with_states_set(control("\u25a1", KEPT.replace("0", "1") + own)))) == [(False, False)]


def test_a_box_that_shows_no_sign_and_text_without_boxes_stay_as_they_are() -> None:
    for xml in (control("as agreed"), "<w:p><w:r><w:t>☒</w:t></w:r></w:p>"):
        assert with_states_set(xml) == xml


@pytest.mark.parametrize("state", [KEPT, ""])
@pytest.mark.parametrize(("sign", "signs"), [("☒", SIGNS), ("✔", SIGNS.replace("2612", "2714"))])
def test_a_check_box_that_is_set_otherwise_than_it_shows_is_not_proved(
    sign: str, signs: str, state: str
) -> None:
    made = compile_template(docx_with(control("{{ a|tick }}", KEPT + signs))).render(SOME)
    assert prove_word(made).failures == ()
    shown = compile_template(docx_with(control(sign, KEPT.replace("0", "1") + signs))).render(SOME)
    assert prove_word(shown).failures == ()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(shown.docx)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            new.writestr(info, old.read(info).replace(KEPT.replace("0", "1").encode(), state.encode()))
    (failure,) = prove_word(replace(shown, docx=out.getvalue())).failures
    assert f"a check box shows {sign}, but it is not set so" in failure


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("{{ a|tick }}", True),
        ("{% if is('a', 'yes') %}☒{% else %}☐{% endif %}", True),
        ("{{ a }}", False),
        ("{{ a|tick }} yes", False),
    ],
)
def test_a_check_box_with_anything_but_a_tick_is_named(text: str, is_right: bool) -> None:
    found = lint_template(docx_with(control(text)), {"a": KnownPlace((), ("yes", "no"))})
    assert [problem.message for problem in found if "check box" in problem.message] == (
        []
        if is_right
        else [
            f"word/document.xml, paragraph {text!r}: a check box shows a tick or none. "
            "Write {{ place|tick }} in it."
        ]
    )
