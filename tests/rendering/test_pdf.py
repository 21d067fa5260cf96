"""Word to PDF and PDFs to a packet, with LibreOffice."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from docx import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.shared import Pt
from pikepdf import Name

from pipeline.errors import SetupError
from pipeline.model import check_characters
from pipeline.rendering.assemble import AssembledPacket, PacketDocument, assemble
from pipeline.rendering.glyphs import drawn_by_fonts, without_glyph
from pipeline.rendering.metadata import conformance_gaps
from pipeline.rendering.packetproof import ProvedDocument, prove_packet
from pipeline.rendering.pagetext import read_pages, read_pdf_text
from pipeline.rendering.pdf import Converted, convert, find_libreoffice
from pipeline.rendering.printed import RenderedWord
from pipeline.rendering.proof import prove
from pipeline.rendering.word import compile_template
from pipeline.showing import Cell, Context, Shown, ShownTable
from tests.rendering import samples
from tests.rendering.conftest import docx_of

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.slow,
    pytest.mark.skipif(
        find_libreoffice() is None and os.environ.get("CI") != "true",
        reason="LibreOffice Writer is not installed",
    ),
]
PACKET = "7K2M9QWX4RTV"


@pytest.fixture(scope="module")
def rendered() -> list[RenderedWord]:
    tasks = [*samples.tasks("isp", samples.full()), *samples.tasks("service-authorization", samples.full())]
    return [compile_template(task.template.read_bytes()).render(task.context) for task in tasks]


@pytest.fixture(scope="module")
def converted(rendered: list[RenderedWord]) -> list[Converted]:
    return convert([word.docx for word in rendered])


@pytest.fixture(scope="module")
def documents(converted: list[Converted]) -> list[PacketDocument]:
    return [PacketDocument(f"document-{n}", f"Document {n}", item.pdf) for n, item in enumerate(converted, 1)]


@pytest.fixture(scope="module")
def packet(documents: list[PacketDocument]) -> AssembledPacket:
    return assemble(documents, packet=PACKET, title="Individual Support Plan", draft=True)


def test_every_document_becomes_a_pdf_in_which_every_value_is_found(
    rendered: list[RenderedWord], converted: list[Converted]
) -> None:
    for word, item in zip(rendered, converted, strict=True):
        assert item.failure == ""
        report = prove(word, item.pdf)
        assert report.failures == ()
        assert report.in_pdf == report.in_word == len(word.insertions)


def test_a_pdf_of_another_document_is_not_proved(
    rendered: list[RenderedWord], converted: list[Converted]
) -> None:
    assert not prove(rendered[1], converted[2].pdf).proved


NASTY = {
    "office words": "efficient office, fluffy waffles; state-of-the-art co-worker’s e-mail@address.example",
    "long": "She needs time: count to ten, then ask again, half-hour by half-hour. " * 150,
    "lines": "\n".join(f"line {n} of many, with self-care and 24/7 support" for n in range(70)),
    "right to left": "\u05e9\u05dc\u05d5\u05dd (abc) \u0645\u0631\u062d\u0628\u0627 12/03/1998",
    "other scripts": "漢字かな नमस्ते สวัสดี Ωμέγα Nguyễn ʻOkina",
    "signs": "≤ ½ ™ ℡ 😀 ☒ {{ x }} <b> & \u2011 soft\u00adhyphen no\u200bspace",
    "marks": "x\u0331\u0304 q\u0323\u0307 Z\u0351\u0489 a\u035cb",
    "unbroken": "x" * 300,
    "address": "https://www.example.org/" + "segment-" * 30,
}


def of_this_machine(text: str) -> str:
    """The text without letters that no font here has; such a document is refused."""
    program = find_libreoffice()
    assert program is not None
    lacking = without_glyph(text, drawn_by_fonts(program))
    return "".join(letter for letter in text if letter not in lacking)


def test_a_letter_that_no_font_has_is_refused_and_not_printed_as_an_empty_box() -> None:
    template = compile_template(docx_of("{{ note }}"))
    notes = ["Quiñones", "Quin\u0378ones"]  # no letter stands at U+0378
    made = convert([template.render(Context({"note": Shown(note)})).docx for note in notes])
    assert made[0].failure == ""
    assert made[1].failure.startswith("No font of this machine can draw U+0378")


def test_a_line_of_which_a_row_cuts_off_half_is_refused_though_its_text_is_whole() -> None:
    document = Document()
    row = document.add_table(1, 1).rows[0]
    row.height_rule = WD_ROW_HEIGHT_RULE.EXACTLY
    row.cells[0].text = "{{ note }}"
    made = []
    for height in (20, 60):
        row.height = Pt(height)
        document.save(out := io.BytesIO())
        made.append(compile_template(out.getvalue()).render(Context({"note": Shown("word " * 22)})).docx)
    cut, whole = convert(made)
    assert cut.failure.startswith("On page 1, ")
    assert "are cut off" in cut.failure
    assert whole.failure == ""


def test_every_sort_of_text_is_found_again_over_lines_cells_and_pages() -> None:
    nasty = {name: of_this_machine(text) for name, text in NASTY.items()}
    rows = [{"a": Shown(f"{n} {text}"), "b": Shown(text)} for n, text in enumerate(nasty.values())]
    places: dict[str, Cell] = {"rows": ShownTable(tuple(rows))}
    for number, text in enumerate(nasty.values()):
        places[f"v.n{number}"] = Shown(text)
    table = [["A", "B"], ["{%tr for r in rows %}", ""], ["{{ r.a }}", "[{{ r.b }}]"], ["{%tr endfor %}", ""]]
    templates = [docx_of(f"[{{{{ v.n{number} }}}}] end") for number in range(len(NASTY))]
    templates.append(docx_of("[{{ v.n0 }}]", table=table))
    rendered = [compile_template(template).render(Context(places)) for template in templates]
    for word, item in zip(rendered, convert([word.docx for word in rendered]), strict=True):
        assert item.failure == ""
        report = prove(word, item.pdf)
        assert report.failures == ()
        assert report.in_pdf == len(word.insertions)


def test_a_line_lost_at_the_foot_of_a_page_is_noticed() -> None:
    template = compile_template(docx_of("{{ note }}"))
    whole = template.render(Context({"note": Shown(NASTY["lines"])}))
    cut = template.render(
        Context({"note": Shown(NASTY["lines"].replace("line 50 of many", "line 51 of many"))})
    )
    (item,) = convert([cut.docx])
    assert not prove(whole, item.pdf).proved


def test_a_broken_document_gets_no_pdf_and_stops_no_other() -> None:
    good = docx_of("A page of text.")
    results = convert([good, b"not a Word document at all", good[: len(good) // 2], b"", good])
    assert [bool(item.pdf) for item in results] == [True, False, False, False, True]
    assert all(item.failure for item in results[1:4])


def test_a_libreoffice_that_hangs_is_ended_in_time(tmp_path: Path) -> None:
    hanging = tmp_path / "soffice"
    hanging.write_text("#!/bin/sh\nsleep 600 &\nsleep 600\n")
    hanging.chmod(0o755)
    (result,) = convert([docx_of("text")], libreoffice=hanging, start_seconds=0.2, seconds_per_document=0.2)
    assert result.failure


def test_a_machine_without_libreoffice_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.rendering.pdf.find_libreoffice", lambda: None)
    with pytest.raises(SetupError, match="LibreOffice Writer was not found"):
        convert([docx_of("text")])


def test_a_packet_keeps_every_structure_tag(documents: list[PacketDocument], packet: AssembledPacket) -> None:
    before = 0
    for document in documents:
        with pikepdf.open(io.BytesIO(document.pdf)) as source:
            before += count_elements(source) - 1  # its Document element becomes a Part of the packet
    with pikepdf.open(io.BytesIO(packet.pdf)) as joined:
        assert count_elements(joined) == before + len(documents) + 1
        assert pages_of_elements(joined) <= {page.objgen for page in joined.pages}
        assert conformance_gaps(joined) == []
        assert str(joined.Root.Lang) == "en-US"
        assert str(joined.docinfo[Name.Title]) == "Individual Support Plan"
        assert joined.check_pdf_syntax() == []


def test_a_packet_says_what_its_documents_say_in_their_order(
    documents: list[PacketDocument], packet: AssembledPacket
) -> None:
    first, *others = [ProvedDocument(each.id, read_pdf_text(each.pdf)) for each in documents]
    assert prove_packet(packet.pdf, [first, *others], packet=PACKET, draft=True) == []
    moved = replace(first.text, logical=first.text.logical.replace("1/20/2027", "20/1/2027", 1))
    assert prove_packet(packet.pdf, [replace(first, text=moved), *others], packet=PACKET, draft=True) == [
        "The packet's PDF does not say what its documents say, in their order."
    ]


def test_every_page_carries_its_code_and_the_packet_has_bookmarks_and_labels(
    documents: list[PacketDocument], packet: AssembledPacket
) -> None:
    texts = read_pages(packet.pdf)
    assert packet.first_pages["document-2"] > 1
    code = f"D1|{PACKET}|document-1|2|{packet.first_pages['document-2'] - 1}"
    assert f"{code}|{check_characters(code)}" in texts[1]
    for number, text in enumerate(texts, 1):
        assert f"Packet page {number} of {packet.pages}" in text
        assert "DRAFT" in text
    with pikepdf.open(io.BytesIO(packet.pdf)) as joined:
        with joined.open_outline() as outline:
            assert [item.title for item in outline.root] == [document.title for document in documents]
            assert "1 About the person" in [
                " ".join(child.title.split()) for child in outline.root[0].children
            ]
        assert joined.pages[1].label == "document-1 2"


def test_a_final_packet_says_draft_nowhere(documents: list[PacketDocument]) -> None:
    final = assemble(documents[1:2], packet=PACKET, title="A letter", draft=False)
    assert "DRAFT" not in "".join(read_pages(final.pdf))


def test_the_same_documents_give_the_same_packet_even_when_converted_anew(
    rendered: list[RenderedWord], documents: list[PacketDocument]
) -> None:
    again = [
        PacketDocument(document.id, document.title, item.pdf)
        for document, item in zip(documents, convert([word.docx for word in rendered]), strict=True)
    ]
    first = assemble(documents, packet=PACKET, title="t", draft=False)
    assert first.pdf == assemble(again, packet=PACKET, title="t", draft=False).pdf


def elements(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    found: list[pikepdf.Object] = []
    waiting = [pdf.Root.StructTreeRoot.K]
    while waiting:
        item = waiting.pop()
        if isinstance(item, pikepdf.Array):
            waiting += list(item.as_list())
        elif isinstance(item, pikepdf.Dictionary) and Name.S in item:
            found.append(item)
            if Name.K in item:
                waiting.append(item.K)
    return found


def count_elements(pdf: pikepdf.Pdf) -> int:
    return len(elements(pdf))


def pages_of_elements(pdf: pikepdf.Pdf) -> set[tuple[int, int]]:
    return {element.Pg.objgen for element in elements(pdf) if Name.Pg in element}
