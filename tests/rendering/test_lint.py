"""Mistakes planted in templates are found, and a right template is left in peace."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document

from pipeline.rendering.lint import lint_template, used_places
from pipeline.rendering.names import KnownPlace
from tests.rendering.conftest import docx_of

KNOWN = {
    "person.name.first": KnownPlace(),
    "person.living": KnownPlace(codes=("own_home", "group_home")),
    "plan.services": KnownPlace(columns=("code", "amount"), column_codes={"code": ("T2021",)}),
    "packet.id": KnownPlace(),
    "today": KnownPlace(),
}


def words(docx: bytes, item_place: str = "") -> list[str]:
    return [problem.message for problem in lint_template(docx, KNOWN, item_place=item_place)]


def with_member(docx: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            if info.filename != name:
                new.writestr(info, old.read(info))
        new.writestr(name, content)
    return out.getvalue()


def test_a_right_template_has_no_problems() -> None:
    docx = docx_of(
        "{{ person.name.first|upper }}",
        "{% if is('person.living', 'own_home') and not has('today') %}x{% endif %}",
        "{%p for s in plan.services %}",
        "{{ loop.index }} {{ s.code }} {{ s.amount }}{% if not loop.last %};{% endif %}",
        "{%p endfor %}",
        "{{ plan.services[0].code }} {% set first = plan.services|first %}{{ packet.id }}",
    )
    assert words(docx) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ person.name.frist }}", 'Did you mean "person.name.first"?'),
        ("{{ persn.name.first }}", 'Did you mean "person"?'),
        ("{% for s in plan.services %}{{ s.ammount }}{% endfor %}", 'Did you mean "plan.services.amount"?'),
        ("{% for s in plan.servics %}{{ s.code }}{% endfor %}", 'Did you mean "plan.services"?'),
        ("{% for s in person.name.first %}{{ s }}{% endfor %}", "is not a table"),
        ("{% if has('plan.service') %}x{% endif %}", 'Did you mean "plan.services"?'),
        ("{% if is('person.living', 'ownhome') %}x{% endif %}", 'is never "ownhome"'),
        (
            "{% for s in plan.services %}{{ is(s.code, 'T2')|tick }}{% endfor %}",
            '"plan.services.code" is never "T2"',
        ),
        ("{{ person.name }}", "whole table or group"),
        ("{{ plan.services }}", "whole table or group"),
        ("{{ today|shout }}", 'no filter "shout"'),
        ("{% if today is defined %}x{% endif %}", 'no test "is defined"'),
        ("{% for s in plan.services %}{{ loop.indx }}{% endfor %}", 'Did you mean "loop.index"?'),
        ("{{ item.code }}", 'no place "item"'),
        ("{%p if today %}{%p endif %}", "two {%p tags"),
        ("{%p if today %} text", "would be lost"),
        ("{{ today }", "not closed"),
    ],
)
def test_a_planted_mistake_is_found_with_its_paragraph(text: str, message: str) -> None:
    found = lint_template(docx_of("Intro", text), KNOWN)
    assert any(message in problem.message for problem in found), found
    assert {problem.line for problem in found} == {2}


def test_every_misspelling_is_reported_at_once() -> None:
    docx = docx_of("{{ person.nam.first }} {{ toda }}", "{{ packet.idd }}")
    assert len(words(docx)) == 3


def test_the_row_of_a_document_made_for_each_row_is_known() -> None:
    docx = docx_of("{{ item.code }} {% for row in items %}{{ row.amount }}{% endfor %}")
    assert words(docx, item_place="plan.services") == []
    assert words(docx_of("{{ item.cod }}"), item_place="plan.services") != []


def test_tags_in_header_and_footer_are_checked() -> None:
    document = Document()
    document.core_properties.title = "{{ packet.idd }}"
    document.sections[0].footer.paragraphs[0].text = "{{ packet.idd }}"
    out = io.BytesIO()
    document.save(out)
    assert [m.partition(",")[0] for m in words(out.getvalue())] == ["docProps/core.xml", "word/footer1.xml"]


def test_macros_outside_parts_and_stray_tags_are_found() -> None:
    docx = docx_of("{{ today }}")
    assert "macros" in words(with_member(docx, "word/vbaProject.bin", b"x"))[0]
    rels = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
        b'Id="r1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
        b'Target="http://example.invalid/x.dotm" TargetMode="External"/></Relationships>'
    )
    assert "outside" in words(with_member(docx, "word/_rels/settings.xml.rels", rels))[0]
    chart = b'<c:chart xmlns:c="urn:c"><c:t>{{ today }}</c:t></c:chart>'
    assert "never filled in" in words(with_member(docx, "word/charts/chart1.xml", chart))[0]


def test_a_document_without_title_and_a_growing_table_without_head_row_are_found() -> None:
    table = [["Code"], ["{%tr for s in plan.services %}"], ["{{ s.code }}"], ["{%tr endfor %}"]]
    found = words(docx_of(title="", table=table))
    assert "head row" in found[0]
    assert "no title" in found[1]


def test_a_tag_in_a_box_bound_to_data_is_found() -> None:
    docx = docx_of("MARK")
    xml = zipfile.ZipFile(io.BytesIO(docx)).read("word/document.xml").decode()
    bound = (
        '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/a" w:storeItemID="{1}"/></w:sdtPr><w:sdtContent><w:r>'
        "<w:t>{{ today }}</w:t></w:r></w:sdtContent></w:sdt>"
    )
    planted = xml.replace("<w:r><w:t>MARK</w:t></w:r>", bound)
    assert planted != xml
    assert any("bound to data" in m for m in words(with_member(docx, "word/document.xml", planted.encode())))


def test_a_file_that_is_no_word_document_is_one_problem() -> None:
    assert len(lint_template(b"nothing", KNOWN)) == 1


def test_the_places_a_template_uses_are_listed() -> None:
    docx = docx_of(
        "{{ today }}{% if has('packet.id') %}{% for s in plan.services %}{{ s.code }}{% endfor %}{% endif %}"
    )
    assert used_places(docx, KNOWN) == ("packet.id", "plan.services", "plan.services.code", "today")


@pytest.mark.libreoffice
def test_a_sign_that_no_font_can_draw_is_named() -> None:
    (found,) = words(docx_of("Plan \u0378 of {{ today }}"))  # no letter stands at U+0378
    assert "no font of this machine can draw U+0378" in found
