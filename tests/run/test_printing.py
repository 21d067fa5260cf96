"""What goes out of a packet is proved after it was put together."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import PacketError
from pipeline.model import PacketStatus
from pipeline.rendering.pagetext import PdfText, read_pdf_text
from pipeline.rendering.proof import ProofReport
from pipeline.rendering.word import compile_template
from pipeline.run.printing import Rendered, outgoing_pdfs
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
