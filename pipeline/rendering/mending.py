"""What a filled body needs besides its values: tables with as many grid columns as cells, drawings with numbers."""

from __future__ import annotations

import re

from docxtpl import DocxTemplate
from lxml import etree


def mended_tables(xml: str) -> str:
    """Tables whose columns were made by a loop get as many grid columns as cells, as docxtpl does it."""
    template = DocxTemplate(None)
    etree.fromstring(xml.encode())  # docxtpl parses with recovery, which loses text; ours must be right first
    template.docx_ids_index = 1000
    tree = template.fix_tables(xml)
    template.fix_docpr_ids(tree)
    return str(etree.tostring(tree, encoding="unicode"))


_DRAWING_ID = re.compile(r'(<wp:docPr\b[^>]*?\bid=")\d+(")')


def numbered_drawings(xml: str) -> str:
    """Pictures in a loop would share one number, which Word calls damage; they are numbered anew."""
    if "<wp:docPr" not in xml:
        return xml
    numbers = iter(range(1001, 10_000_000))
    return _DRAWING_ID.sub(lambda match: f"{match[1]}{next(numbers)}{match[2]}", xml)
