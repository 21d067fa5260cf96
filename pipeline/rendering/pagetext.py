"""The text of a PDF's pages, as a viewer would let one copy it: the second opinion on our own PDFs."""

from __future__ import annotations

import pypdfium2


def read_pages(pdf: bytes) -> list[str]:
    """The text of each page, in the order it was drawn."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = [str(page.get_textpage().get_text_bounded()) for page in document]
        # PDFium marks a hyphen at the end of a line with this control character, wherever it came from.
        return [text.replace("\x02", "-") for text in texts]
    finally:
        document.close()
