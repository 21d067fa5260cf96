"""Whether a packet's PDF says what its documents say, page by page, and besides only its stamps.

The documents were proved one by one; what goes out is the PDF they were joined into. It is read anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.rendering.comparable import comparable
from pipeline.rendering.pagetext import PdfText, UnreadablePdf, read_pdf_text
from pipeline.rendering.stamps import DRAFT_WORD, page_code, page_count_words


@dataclass(frozen=True, slots=True)
class ProvedDocument:
    """A document of a packet and the text of its own, proved PDF."""

    id: str
    text: PdfText = field(repr=False)


def prove_packet(
    pdf: bytes, documents: Sequence[ProvedDocument], *, packet: str, draft: bool, counted: bool = True
) -> list[str]:
    """What of the joined PDF is not as its documents and the packet demand, in words; empty when it is proved.

    counted: whether its pages say which of the packet they are
    """
    try:
        text = read_pdf_text(pdf)
    except UnreadablePdf:
        return ["The packet's PDF cannot be opened: it is torn or damaged. Make the packet again."]
    total = sum(len(document.text.pages) for document in documents)
    if len(text.pages) != total:
        return [f"The packet's PDF has {len(text.pages)} pages, its documents have {total}."]
    failures: list[str] = []
    first = 0
    for document in documents:
        for page, _ in enumerate(document.text.pages):
            count = page_count_words(first + page + 1, total if counted else 0)
            code = page_code(packet, document.id, page + 1, len(document.text.pages), draft=draft)
            for failure in _failures_of_page(text, first + page, document, page, (code, count), draft):
                failures.append(
                    f"Packet page {first + page + 1}, page {page + 1} of {document.id}: {failure}."
                )
        first += len(document.text.pages)
    if comparable(text.logical) != comparable("".join(document.text.logical for document in documents)):
        failures.append("The packet's PDF does not say what its documents say, in their order.")
    return failures


def _failures_of_page(
    text: PdfText, at: int, document: ProvedDocument, page: int, stamped: tuple[str, str], draft: bool
) -> Iterator[str]:
    code, count = stamped
    there = comparable(text.pages[at])
    for stamp, name in ((code, "its code"), (count, "its place in the packet")):
        if comparable(stamp) not in there:
            yield f"{name} is not printed on it"
    stamps = comparable(code + count + (DRAFT_WORD if draft else ""))
    wanted = Counter(comparable(document.text.pages[page])) + Counter(stamps)
    if Counter(there) != wanted or comparable(text.margins[at]) != comparable(document.text.margins[page]):
        yield "it does not say what the document says there"
