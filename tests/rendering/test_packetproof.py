"""The proof of the PDF that goes out: what its documents say, and besides only the stamps."""

from __future__ import annotations

from pipeline.rendering.assemble import PacketDocument, assemble
from pipeline.rendering.packetproof import ProvedDocument, prove_packet
from pipeline.rendering.pagetext import read_pdf_text
from tests.rendering.test_proof_of_pdf import drawn_pdf

PACKET = "7K2M9QWX4RTV"


def test_a_packet_is_proved_when_it_says_what_its_documents_say_and_its_stamps() -> None:
    pdfs = {"one": drawn_pdf("Rosa gets $500.00", "second page"), "two": drawn_pdf("José gets nothing")}
    proved = [ProvedDocument(name, read_pdf_text(pdf)) for name, pdf in pdfs.items()]

    def joined(*names: str, draft: bool = True, packet: str = PACKET, **other: bytes) -> list[str]:
        documents = [PacketDocument(name, name, {**pdfs, **other}[name]) for name in names]
        made = assemble(documents, packet=packet, title="t", draft=draft)
        return prove_packet(made.pdf, proved, packet=PACKET, draft=True)

    assert joined("one", "two") == []
    assert any("its code" in failure for failure in joined("two", "one"))
    assert any("have 3" in failure for failure in joined("one"))
    assert any("what the document says" in failure for failure in joined("one", "two", draft=False))
    assert any("its code" in failure for failure in joined("one", "two", packet="ABCDEFGHJKMN"))
    changed = drawn_pdf("Rosa gets $005.00", "second page")
    assert joined("one", "two", one=changed) == [
        "Packet page 1, page 1 of one: it does not say what the document says there."
    ]
    swapped = drawn_pdf("second page", "Rosa gets $500.00")
    assert len(joined("one", "two", one=swapped)) == 2
    assert "torn or damaged" in prove_packet(b"%PDF-1.7", proved, packet=PACKET, draft=True)[0]
