"""A draft says so in the header of every section of its Word file; the final, and the template, do not."""

from __future__ import annotations

import io
import zipfile

import pytest
from docx import Document
from docx.enum.section import WD_SECTION

from pipeline.packets.tasks import DocumentTask
from pipeline.rendering.docxfile import open_docx
from pipeline.rendering.draftmark import MARK, with_draft_mark
from pipeline.rendering.pagetext import read_pdf_text
from pipeline.rendering.pdf import convert
from pipeline.rendering.proof import prove_word
from pipeline.rendering.word import compile_template
from pipeline.showing import Context, Shown
from tests.rendering import samples

PACKETS = ("annual-review", "isp", "service-authorization", "waiver")
TASKS = [task for packet in PACKETS for task in samples.words(packet, samples.full())]


def headers_of(docx: bytes) -> list[str]:
    """The text of every header that a page of the document can show, section by section."""
    document = Document(io.BytesIO(docx))
    found: list[str] = []
    for section in document.sections:
        found.append(" ".join(each.text for each in section.header.paragraphs))
        if section.different_first_page_header_footer:
            found.append(" ".join(each.text for each in section.first_page_header.paragraphs))
        if document.settings.odd_and_even_pages_header_footer:
            found.append(" ".join(each.text for each in section.even_page_header.paragraphs))
    return found


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_every_section_of_a_shipped_draft_carries_the_mark_and_the_final_none(task: DocumentTask) -> None:
    template = task.template.read_bytes()
    draft = compile_template(template, draft=True).render(task.context)
    final = compile_template(template).render(task.context)
    assert all(text.count(MARK) == 1 for text in headers_of(draft.docx))
    assert not any("DRAFT" in text for text in headers_of(final.docx))
    assert prove_word(draft).proved
    assert draft.docx == compile_template(template, draft=True).render(task.context).docx


def bare_docx(*, first_page: bool = False, even_pages: bool = False) -> bytes:
    """Two sections without headers."""
    document = Document()
    document.add_paragraph("{{ note }}")
    document.add_section(WD_SECTION.NEW_PAGE).different_first_page_header_footer = first_page
    document.settings.odd_and_even_pages_header_footer = even_pages
    document.add_paragraph("second")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("first_page", "even_pages"), [(False, False), (True, False), (True, True)])
def test_a_section_without_a_header_gets_one(first_page: bool, even_pages: bool) -> None:
    template = bare_docx(first_page=first_page, even_pages=even_pages)
    drawn = compile_template(template, draft=True).render(Context({"note": Shown("x")}))
    found = headers_of(drawn.docx)
    assert [text.count(MARK) for text in found] == [1] * len(found)
    assert len(found) == 2 + first_page + 2 * even_pages
    assert not any(headers_of(compile_template(template).render(Context({"note": Shown("x")})).docx))


def test_a_header_that_shows_the_status_itself_is_left_alone() -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "{{ packet.status }}"
    out = io.BytesIO()
    document.save(out)
    file = open_docx(out.getvalue(), "own.docx")
    assert with_draft_mark(file).members == file.members


@pytest.mark.libreoffice
@pytest.mark.slow
@pytest.mark.parametrize(
    "header", ["DRAFTED BY JMR", "{% if is('packet.status', 'final') %}Final{% endif %}", "{# DRAFT #}Plan"]
)
def test_a_header_that_only_seems_to_show_it_gets_the_mark(header: str) -> None:
    document = Document()
    document.sections[0].header.paragraphs[0].text = header
    document.save(out := io.BytesIO())
    status = Context({"packet.status": Shown("draft", ("draft",))})
    (text,) = headers_of(compile_template(out.getvalue(), draft=True).render(status).docx)
    assert MARK in text


def test_the_mark_moves_nothing_and_is_on_every_page() -> None:
    tasks = [task for task in TASKS if task.id in ("plan", "choice", "letter-1")]
    drafts = [compile_template(t.template.read_bytes(), draft=True).render(t.context).docx for t in tasks]
    finals = [compile_template(t.template.read_bytes()).render(t.context).docx for t in tasks]
    made = convert([*drafts, *finals, compile_bare()])
    pages = [read_pdf_text(each.pdf).pages for each in made]
    assert all(MARK in page for page in pages[-1])
    for draft, final in zip(pages[: len(tasks)], pages[len(tasks) : -1], strict=True):
        assert all(MARK in page for page in draft)
        assert [page.replace(MARK, "").split() for page in draft] == [page.split() for page in final]


def compile_bare() -> bytes:
    docx = compile_template(bare_docx(first_page=True), draft=True).render(Context({"note": Shown("x")})).docx
    assert zipfile.ZipFile(io.BytesIO(docx)).testzip() is None
    return docx
