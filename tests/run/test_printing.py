"""What goes out of a packet is proved after it was put together."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import PacketError
from pipeline.model import PacketStatus
from pipeline.packets.selecting import select
from pipeline.rendering.pagetext import PdfText, read_pdf_text
from pipeline.rendering.proof import ProofReport
from pipeline.rendering.word import compile_template
from pipeline.run.printing import outgoing_pdfs
from pipeline.run.rendered import Rendered
from tests.rendering import samples
from tests.run.office import AnOffice


def page(text: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.drawString(72, 300, text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_a_packet_whose_pdf_does_not_say_what_was_proved_does_not_go_out(tmp_path: Path) -> None:
    office = AnOffice.at(tmp_path).office
    (task,) = samples.tasks("isp", samples.full())
    rendered = [
        Rendered(task, compile_template(task.template.read_bytes()).render(task.context), "of no matter")
    ]
    plan = samples.site().packets["isp"]

    def outgoing(proved: PdfText | None) -> dict[str, bytes]:
        report = ProofReport((), text=proved)
        pdfs = [page("Rosa")]
        return outgoing_pdfs(office, plan, "7K2M9QWX4RTV", rendered, pdfs, [report], PacketStatus.DRAFT)

    assert len(outgoing(read_pdf_text(page("Rosa")))) == len(task.recipients)
    with pytest.raises(PacketError, match="does not say what the document says"):
        outgoing(read_pdf_text(page("Maria")))
    with pytest.raises(PacketError, match="its documents have 0"):
        outgoing(None)


def test_a_packet_whose_cover_names_another_page_than_the_right_one_does_not_go_out(tmp_path: Path) -> None:
    office = AnOffice.at(tmp_path).office
    site = samples.site()
    plan = site.packets["isp"]
    selection = select(site, plan, samples.full())
    cover = next(task for task in selection.fronts if "individual" in task.recipients)
    cover = replace(cover, recipients=("individual",))
    task = replace(selection.documents[0], recipients=("individual",))

    def outgoing(page_of_plan: int) -> dict[str, bytes]:
        assert cover.front is not None
        numbered = replace(cover, front=replace(cover.front, starts={cover.id: 1, "plan": page_of_plan}))
        rendered = [
            Rendered(each, compile_template(each.template.read_bytes()).render(each.context), "of no matter")
            for each in (numbered, task)
        ]
        papers = [page("Cover"), page("Rosa")]
        reports = [ProofReport((), text=read_pdf_text(paper)) for paper in papers]
        return outgoing_pdfs(office, plan, "7K2M9QWX4RTV", rendered, papers, reports, PacketStatus.DRAFT)

    assert ["isp-for-individual.pdf"] == list(outgoing(2))
    with pytest.raises(PacketError, match="says that plan begins on page 3, it begins on 2"):
        outgoing(3)
