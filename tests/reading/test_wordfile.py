"""What a Word document says, and the ones that are too much or not what they seem."""

from __future__ import annotations

import io
import zipfile

import pytest

from pipeline.errors import DropError
from pipeline.model import Reason
from pipeline.reading.wordfile import MAX_MEMBER_BYTES, word_text
from pipeline.rendering.docxfile import W

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
    'PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)


def docx(paragraphs: str, head: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", TYPES)
        package.writestr(
            "word/document.xml", f'{head}<w:document xmlns:w="{W}"><w:body>{paragraphs}</w:body></w:document>'
        )
    return buffer.getvalue()


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def field(code: str, result: str) -> str:
    marks = [f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")]
    return f"{marks[0]}<w:r><w:instrText>{code}</w:instrText></w:r>{marks[1]}{run(result)}{marks[2]}"


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (run("one") + run("two"), "onetwo\n"),
        (f"<w:ins>{run('new')}</w:ins><w:del><w:r><w:delText>old</w:delText></w:r></w:del>", "new\n"),
        (f"<w:moveFrom>{run('there')}</w:moveFrom>{run('here')}", "here\n"),
        (run("Page ") + field(" PAGE ", "3"), "Page \n"),
        (run("See ") + field(' HYPERLINK "x" ', "the list"), "See the list\n"),
        (f'<w:fldSimple w:instr="NUMPAGES">{run("9")}</w:fldSimple>{run("pages")}', "pages\n"),
    ],
)
def test_the_text_is_that_of_whoever_accepts_every_change(inside: str, text: str) -> None:
    found = word_text(docx(f"<w:p>{inside}</w:p>"))
    assert [part.text for part in found.parts] == [text]
    assert bool(found.proposed) == ("<w:ins>" in inside or "<w:moveFrom>" in inside)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04word/document.xml", Reason.DAMAGED),
        (docx("<w:p>"), Reason.DAMAGED),
        (docx(f"<w:p>{run('&a;')}</w:p>", '<!DOCTYPE d [<!ENTITY a "ha">]>'), Reason.DAMAGED),
        (docx(" " * MAX_MEMBER_BYTES), Reason.TOO_LARGE),
        (docx(f"<w:p>{run('long ' * 210_000)}</w:p>"), Reason.TOO_LARGE),
    ],
    ids=["no zip", "torn", "document type", "bomb", "long"],
)
def test_a_document_that_is_too_much_or_damaged_says_so(data: bytes, reason: Reason) -> None:
    with pytest.raises(DropError) as failure:
        word_text(data)
    assert failure.value.reason == reason
