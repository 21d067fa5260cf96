"""The templates this site ships: right by lint, equal to plain docxtpl, private where they must be."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docxtpl import DocxTemplate
from jinja2 import Environment
from lxml import etree

from pipeline.model import CaseRecord
from pipeline.packets.known import known_names
from pipeline.packets.tasks import DocumentTask
from pipeline.rendering.context import Session
from pipeline.rendering.language import OWN_FILTERS
from pipeline.rendering.lint import lint_template, used_places
from pipeline.rendering.names import KnownPlace
from pipeline.rendering.proof import prove_word
from pipeline.rendering.word import CompiledTemplate, compile_template
from pipeline.showing import Context, Shown, ShownTable
from tests.rendering import samples
from tests.rendering.conftest import docx_of

PACKETS = ("annual-review", "isp", "service-authorization", "waiver")
TEMPLATES = sorted((samples.ROOT / "templates").glob("*/*.docx"))
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def item_place(template: Path) -> str:
    plan = samples.site().packets[template.parent.name]
    return next((d.for_each for d in plan.documents if d.template == template), "")


def all_tasks(record: CaseRecord, packets: tuple[str, ...] = PACKETS) -> list[DocumentTask]:
    return [task for packet in packets for task in samples.words(packet, record)]


def compiled(task: DocumentTask) -> CompiledTemplate:
    return compile_template(task.template.read_bytes(), task.template.name)


def known_places(packet: str, template: str) -> dict[str, KnownPlace]:
    """What one document of a packet may name."""
    site = samples.site()
    plan = site.packets[packet]
    document = next(each for each in plan.templated if each.template.name == template)
    names = known_names(site, plan, document)
    return {name: KnownPlace(found.columns, found.codes) for name, found in names.items()}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_shipped_template_has_no_problems(template: Path) -> None:
    table = item_place(template)
    known = known_places(template.parent.name, template.name)
    found = lint_template(template.read_bytes(), known, name=template.name, item_place=table)
    assert [str(problem) for problem in found] == []


def test_the_names_lint_knows_are_those_that_packets_hand_over() -> None:
    (plan,) = samples.tasks("isp", samples.full())
    assert set(known_places("isp", "plan.docx")) == set(plan.context.places)
    letter = samples.tasks("service-authorization", samples.full())[0]
    assert set(known_places("service-authorization", "letter.docx")) == set(letter.context.places)
    services = letter.context.places["plan.services"]
    assert isinstance(services, ShownTable)
    assert set(known_places("isp", "plan.docx")["plan.services"].columns) == set(services.rows[0])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_shipped_template_is_set_in_ten_and_a_half_points_or_more(template: Path) -> None:
    with zipfile.ZipFile(template) as package:
        for member in ("word/document.xml", "word/footer1.xml", "word/header1.xml"):
            root = etree.fromstring(package.read(member))
            sizes = [int(size.get(W + "val", "0")) for size in root.iter(W + "sz")]
            assert all(size >= 21 for size in sizes), member


def test_every_document_is_proved_for_the_person_of_whom_much_is_known() -> None:
    for task in all_tasks(samples.full()):
        rendered = compiled(task).render(task.context)
        report = prove_word(rendered)
        assert report.failures == (), task.id
        assert report.in_word == len(rendered.insertions) > 10


def test_a_person_of_whom_little_is_known_gets_lines_to_fill_in_and_a_list_of_them() -> None:
    for task in all_tasks(samples.little(), ("isp", "waiver", "annual-review")):
        rendered = compiled(task).render(task.context)
        assert prove_word(rendered).failures == ()
        assert len(rendered.blanks) >= 5, task.id
    (plan,) = samples.tasks("isp", samples.little())
    assert {"DMH ID", "Are any rights limited", "Outcomes"} <= set(compiled(plan).render(plan.context).blanks)


def test_the_plan_never_shows_the_medicaid_number_and_the_authorization_does() -> None:
    number = str(samples.FULL["benefits.medicaid_id"])
    for task in all_tasks(samples.full()):
        rendered = compiled(task).render(task.context)
        shown = any(insertion.value == number for insertion in rendered.insertions)
        allowed = "benefits.medicaid_id" in task.context.allowed
        if task.template.parent.name in ("isp", "annual-review"):
            assert not allowed
        if not allowed:
            private = {"benefits.medicaid_id": number}
            assert prove_word(rendered, private_texts=private).failures == ()
        assert shown == (allowed and task.template.stem != "letter")


def test_each_provider_and_service_has_an_authorization_and_each_provider_a_letter() -> None:
    ids = [task.id for task in samples.tasks("service-authorization", samples.full())]
    assert ids == ["letter-1", "letter-2", "authorization-1", "authorization-2", "authorization-3"]


def test_the_places_a_template_depends_on_are_known_without_filling_it() -> None:
    plan = samples.ROOT / "templates" / "isp" / "plan.docx"
    used = used_places(plan.read_bytes(), known_places("isp", "plan.docx"))
    assert {"plan.actions.step", "person.name.first", "waiver.headroom", "packet.status"} <= set(used)
    assert "benefits.medicaid_id" not in used


# --- equality with plain docxtpl ---------------------------------------------------------------------


def by_docxtpl(template: bytes, context: Context) -> bytes:
    """The same document filled by docxtpl itself, from the same context."""
    environment = Environment(autoescape=True)
    environment.filters |= OWN_FILTERS
    tops = frozenset(place.partition(".")[0] for place in context.places)
    peer = DocxTemplate(io.BytesIO(template))
    peer.render(Session(context).names(tops), environment, autoescape=True)
    out = io.BytesIO()
    peer.save(out)
    return out.getvalue()


def canonical_parts(docx: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        return {
            name: etree.tostring(etree.fromstring(package.read(name)), method="c14n2")
            for name in package.namelist()
            if name.startswith(("word/document", "word/header", "word/footer", "word/footnotes"))
        }


def test_every_shipped_template_is_filled_as_docxtpl_fills_it() -> None:
    parts = 0
    for task in all_tasks(samples.full()):
        ours = canonical_parts(compiled(task).render(task.context).docx)
        theirs = canonical_parts(by_docxtpl(task.template.read_bytes(), task.context))
        assert ours == theirs, task.id
        parts += len(ours)
    assert parts >= 40


ROWS = ShownTable(({"code": Shown("T2021")}, {"code": Shown("H2015 & <b>")}))
TAG_KINDS = {
    "values, filters, comments": docx_of(
        "{{ a }} {# not printed #}{{ a|upper }} “quotes” & {{ rows|length }}"
    ),
    "conditions in a line": docx_of(
        "{% if a == 'x' %}x{% elif a %}y{% else %}z{% endif %}{% if not a %}n{% endif %}"
    ),
    "loop in a line": docx_of(
        "{% for r in rows %}{{ loop.index }} {{ r.code }}{% if not loop.last %}, {% endif %}{% endfor %}"
    ),
    "loop over paragraphs": docx_of("{%p for r in rows %}", "{{ r.code }}", "{%p endfor %}", "after"),
    "loop over rows": docx_of(
        table=[["h", "i"], ["{%tr for r in rows %}", ""], ["{{ r.code }}", "x"], ["{%tr endfor %}", ""]]
    ),
    "loop over columns": docx_of(
        table=[["{%tc for r in rows %}", "{{ r.code }}", "{%tc endfor %}"], ["a", "b", "c"]]
    ),
    "cell background and span": docx_of(
        table=[["{% cellbg 'FFCC00' %}{{ a }}", "b"], ["{% colspan 2 %}{{ a }}", "c"]]
    ),
    "whitespace control": docx_of("one", "{%- if a %} two {% endif -%}", "three"),
    "set": docx_of("{% set b = a %}{{ b }}", "{{ rows[0].code }}"),
    "line breaks in a value": docx_of("[{{ lines }}]"),
    "written-out braces": docx_of("{_{ a }_} {{ a }}"),
}


@pytest.mark.parametrize("kind", sorted(TAG_KINDS))
def test_each_kind_of_tag_is_filled_as_docxtpl_fills_it(kind: str) -> None:
    context = Context({"a": Shown("A & <b>"), "rows": ROWS, "lines": Shown("one\ntwo")})
    ours = compile_template(TAG_KINDS[kind]).render(context).docx
    assert canonical_parts(ours) == canonical_parts(by_docxtpl(TAG_KINDS[kind], context))


def keeps_with_next(paragraph: etree._Element, styles: etree._Element) -> bool:
    """Whether the paragraph, or its style, holds on to what follows."""
    own = paragraph.find(f"{W}pPr/{W}keepNext")
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    name = style.get(W + "val") if style is not None else "Normal"
    [named] = [each for each in styles if each.get(W + "styleId") == name]
    return own is not None or named.find(f"{W}pPr/{W}keepNext") is not None


def words_in(element: etree._Element) -> str:
    return "".join(text.text or "" for text in element.iter(W + "t"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_signature_table_stands_alone_at_the_head_of_a_page(template: Path) -> None:
    """What is signed stands right above the names, and both go to the next page together."""
    with zipfile.ZipFile(template) as package:
        body = etree.fromstring(package.read("word/document.xml"))[0]
        styles = etree.fromstring(package.read("word/styles.xml"))
    for table in body.iter(W + "tbl"):
        heads, *rows = table.findall(W + "tr")
        if not words_in(heads).startswith("Role and name"):
            continue
        above = table.getprevious()
        assert above is not None
        assert words_in(above)
        assert keeps_with_next(above, styles)
        for row in (heads, *rows[:-1]):
            assert all(keeps_with_next(each, styles) for each in row.iter(W + "p"))
