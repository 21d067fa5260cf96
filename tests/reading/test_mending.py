"""A broken table of contents is mended once, for every reader; what mending would lose is refused."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import DropError
from pipeline.model import Reason
from pipeline.reading.opener_mend import table_is_right
from pipeline.reading.pages import open_file
from tests.paper import hostile_pdf
from tests.paper.carriers import Carrier, save_as
from tests.reading.test_opening import locked, opened, picture, reason_for, text_pdf

WORDS = ["Page", "1", "of", "the", "story"]


def shifted(data: bytes, by: int = 7) -> bytes:
    """As after a tool that wrote bytes in front of the objects and left their places as they were."""
    first = data.index(b"1 0 obj")
    return data[:first] + b"%" + b"x" * (by - 2) + b"\n" + data[first:]


def with_wrong_start(data: bytes) -> bytes:
    return re.sub(rb"startxref\s+\d+", b"startxref\n99999", data)


def with_line_ends_changed(data: bytes) -> bytes:
    """As after a transfer that took it for text."""
    return data.replace(b"\n", b"\r\n")


@pytest.mark.parametrize("broken", [shifted, with_wrong_start, with_line_ends_changed])
@pytest.mark.parametrize("pages", [1, 3])
def test_a_broken_table_is_mended_and_said(broken, pages: int, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    file = opened(broken(text_pdf(pages)), tmp_path)
    assert file.repaired
    assert pages == len(file.pages)
    assert WORDS == [word.text for word in file.pages[0].words]


def test_the_values_of_boxes_come_from_the_mended_copy_too(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    canvas.acroForm.textfield(name="box", x=100, y=695, width=60, height=20, value="Holloway")
    canvas.showPage()
    canvas.save()
    file = opened(shifted(buffer.getvalue()), tmp_path)
    assert file.repaired
    assert ["Holloway"] == [widget.value for widget in file.pages[0].widgets]


@pytest.mark.parametrize(
    "data",
    [
        text_pdf(3),
        locked(""),
        save_as([picture()], Carrier.PDF_JPEG, dpi=100),
        hostile_pdf.rubbish_before(),
        b"\n\n" + text_pdf(),
    ],
)
def test_a_sound_file_is_read_as_it_came(data: bytes, tmp_path: Path) -> None:
    file = opened(data, tmp_path)
    assert not file.repaired


def test_every_file_of_the_site_is_sound() -> None:
    found = sorted(Path(__file__).resolve().parents[2].glob("forms/**/*.pdf"))
    assert found
    assert [] == [path.name for path in found if not table_is_right(path.read_bytes())]


@pytest.mark.parametrize("mode", list(pikepdf.ObjectStreamMode.__members__.values()))
def test_a_table_in_a_stream_is_right_too(mode: pikepdf.ObjectStreamMode) -> None:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(text_pdf(3))) as document:
        document.save(buffer, object_stream_mode=mode)
    assert table_is_right(buffer.getvalue())
    assert not table_is_right(with_wrong_start(buffer.getvalue()))


def test_a_page_that_mending_would_lose_is_not_lost_silently(tmp_path: Path) -> None:
    data = shifted(text_pdf(3))
    page = re.search(rb"\d+ 0 obj\s*<<[^>]*/Type /Page\b", data) or re.search(
        rb"\d+ 0 obj(?=\n<<\n/Contents)", data
    )
    assert page is not None
    hole = data[: page.start()] + b" " * 400 + data[page.start() + 400 :]
    assert Reason.DAMAGED == reason_for(hole, tmp_path)


def test_a_locked_file_with_a_broken_table_is_locked(tmp_path: Path) -> None:
    assert Reason.ENCRYPTED == reason_for(shifted(locked("secret")), tmp_path)


def test_a_mended_page_with_nothing_on_it_proves_nothing(tmp_path: Path) -> None:
    """What stood on it may have been what was lost."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    canvas.showPage()
    canvas.save()
    assert not opened(buffer.getvalue(), tmp_path).pages[0].undecoded
    assert opened(shifted(buffer.getvalue()), tmp_path).pages[0].undecoded


def signed(value: bytes) -> bytes:
    """A page with a signature field; value: what stands in it."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(text_pdf())) as document:
        field = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Sig,
            T="seal",
            Rect=[0, 0, 0, 0],
        )
        if value:
            field.V = pikepdf.Object.parse(value)
        document.pages[0].Annots = pikepdf.Array([document.make_indirect(field)])
        document.Root.AcroForm = pikepdf.Dictionary(Fields=[document.pages[0].Annots[0]], SigFlags=3)
        document.save(buffer)
    return buffer.getvalue()


def test_a_file_signed_with_a_certificate_is_read_and_said_to_be_signed(tmp_path: Path) -> None:
    seal = b"<< /Type /Sig /Filter /Adobe.PPKLite /ByteRange [0 1 2 3] /Contents <00> >>"
    file = opened(signed(seal), tmp_path)
    assert file.signed
    assert WORDS == [word.text for word in file.pages[0].words]


def test_a_field_for_a_signature_that_is_empty_is_not_one(tmp_path: Path) -> None:
    assert not opened(signed(b""), tmp_path).signed


def test_nothing_but_pictures_count_and_answer_is_left_in_scratch(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(shifted(text_pdf()))
    open_file(tmp_path / "a.pdf", tmp_path / "scratch")
    assert {"1.npy", "answer.json", "count", "mended.pdf"} == {
        each.name for each in (tmp_path / "scratch").iterdir()
    }


def test_a_file_past_mending_has_a_reason(tmp_path: Path) -> None:
    with pytest.raises(DropError) as caught:
        opened(b"%PDF-1.7\nstartxref\n12\n%%EOF\n", tmp_path)
    assert Reason.DAMAGED == caught.value.reason
