"""Files as they come in: what can be opened is, what cannot has a reason, and nothing takes us down."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image, ImageDraw
from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import DropError
from pipeline.model import Reason
from pipeline.reading.pages import open_file
from tests.paper.carriers import Carrier, save_as
from tests.paper.fill import on_screen
from tests.reading.conftest import Shelf


def text_pdf(pages: int = 1) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    for number in range(1, pages + 1):
        canvas.drawString(100, 700, f"Page {number} of the story")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def picture(width: int = 850, height: int = 1100) -> Image.Image:
    image = Image.new("L", (width, height), 255)
    ImageDraw.Draw(image).rectangle((60, 40, 260, 140), fill=0)
    return image


def opened(data: bytes, folder: Path, name: str = "drop.bin"):  # type: ignore[no-untyped-def]
    path = folder / name
    path.write_bytes(data)
    return open_file(path, folder / "scratch")


def reason_for(data: bytes, folder: Path, name: str = "drop.bin") -> str:
    with pytest.raises(DropError) as caught:
        opened(data, folder, name)
    return caught.value.reason


def word_file() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return buffer.getvalue()


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, the first being the catalogue."""
    body, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(objects) + 1
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + tail


def stream(data: bytes, head: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(data), data)


PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
ROOT = b"<< /Type /Catalog /Pages 2 0 R >>"


def locked(password: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(text_pdf()))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.EMPTY_FILE),
        (b"hello, this is a note", Reason.UNSUPPORTED_TYPE),
        (word_file(), Reason.WORD_RETURN),
        (b"{\\rtf1 hello}", Reason.WORD_RETURN),
        (text_pdf(2)[:-200], Reason.TRUNCATED),
        (text_pdf(2)[: len(text_pdf(2)) // 2], Reason.TRUNCATED),
        (b"%PDF-1.7\nnothing here\n%%EOF\n", Reason.DAMAGED),
        (raw_pdf(ROOT, b"<< /Type /Pages /Kids [] /Count 0 >>"), Reason.NO_PAGES),
        (locked("secret"), Reason.ENCRYPTED),
    ],
)
def test_what_cannot_be_opened_says_why(data: bytes, reason: Reason, tmp_path: Path) -> None:
    assert reason_for(data, tmp_path, "looks-fine.pdf") == reason


def test_a_pdf_without_a_user_password_is_opened(tmp_path: Path) -> None:
    file = opened(locked(""), tmp_path)
    assert [word.text for word in file.pages[0].words] == ["Page", "1", "of", "the", "story"]


def test_the_type_is_told_by_the_bytes_not_the_name(tmp_path: Path) -> None:
    assert opened(text_pdf(), tmp_path, "photo.jpg").kind == "pdf"


@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("carrier", [Carrier.PDF_JPEG, Carrier.JPG, Carrier.PNG, Carrier.TIFF])
def test_a_file_cut_short_is_never_opened(carrier: Carrier, fraction: float, tmp_path: Path) -> None:
    noise = Image.fromarray(np.random.default_rng(1).integers(0, 255, (600, 500), dtype=np.uint8))
    data = save_as([noise], carrier, dpi=100)
    assert reason_for(data[: int(len(data) * fraction)], tmp_path) in (Reason.TRUNCATED, Reason.DAMAGED)


def test_a_photo_is_turned_as_its_camera_says(tmp_path: Path) -> None:
    page = opened(save_as([picture()], Carrier.JPG, dpi=100, orientation=6), tmp_path).pages[0]
    assert page.picture().shape == (1100, 850)
    assert page.picture()[90, 160] < 60


def test_every_frame_of_a_tiff_is_a_page(tmp_path: Path) -> None:
    file = opened(save_as([picture(), picture(), picture()], Carrier.TIFF, dpi=100), tmp_path)
    assert [page.number for page in file.pages] == [1, 2, 3]


def test_a_fax_with_unequal_dots_comes_out_square(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    picture(1728, 1078).convert("1").save(buffer, "TIFF", dpi=(204, 98), compression="group4")
    height, width = opened(buffer.getvalue(), tmp_path).pages[0].picture().shape
    assert abs(height / width - 11 / 8.5) < 0.03


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_scanned_page_is_seen_as_a_viewer_shows_it(rotate: int, tmp_path: Path) -> None:
    page = opened(save_as([picture()], Carrier.PDF_JPEG, dpi=100, rotate=rotate), tmp_path).pages[0]
    assert page.scanned
    assert page.picture()[90, 160] < 60
    assert page.picture()[-90, -160] > 200


def test_a_scanners_own_text_layer_is_not_believed(tmp_path: Path) -> None:
    data = save_as([picture()], Carrier.PDF_JPEG, dpi=100, hidden_text="wrong words")
    assert opened(data, tmp_path).pages[0].words == ()


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_words_and_widgets_lie_where_the_page_shows_them(turn: int, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(612, 792))
    canvas.drawString(100, 700, "Marker")
    canvas.acroForm.textfield(name="box", x=100, y=695, width=60, height=20)
    canvas.save()
    with pikepdf.open(io.BytesIO(buffer.getvalue())) as document:
        document.pages[0].Rotate = turn
        document.pages[0].CropBox = pikepdf.Array([50, 40, 600, 780])
        turned = io.BytesIO()
        document.save(turned)
    page = opened(turned.getvalue(), tmp_path).pages[0]
    widget = page.widgets[0].box.centre
    wanted = {0: (80, 75), 90: (665, 80), 180: (470, 665), 270: (75, 470)}[turn]
    assert widget == pytest.approx(wanted, abs=1)
    if turn == 0:
        word = page.words[0].box.centre
        assert (word[0] < widget[0], abs(word[1] - widget[1]) < 6) == (True, True)


def test_values_typed_on_screen_come_with_their_widgets(shelf: Shelf, tmp_path: Path) -> None:
    data = on_screen(shelf.intake_blank, {"legal_last": "Holloway", "sex": "female"})
    page = opened(data, tmp_path).pages[0]
    assert [w.value for w in page.widgets if w.name == "legal_last"] == ["Holloway"]
    assert [w.state for w in page.widgets if w.name == "sex" and w.is_on] == ["female"]


def bomb(kind: str) -> bytes:
    media = b"/MediaBox [0 0 612 792]"
    page = b"<< /Type /Page /Parent 2 0 R %s /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>"
    if kind == "flate":
        packed = zlib.compress(bytes(300_000_000), 9)
        return raw_pdf(ROOT, PAGES, page % media, stream(packed, b"/Filter /FlateDecode"))
    if kind == "laughs":
        form = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>"
        draws = b"/X Do " * 10
        levels = [stream(draws, form % (6 + level)) for level in range(12)]
        return raw_pdf(ROOT, PAGES, page % media, stream(draws), *levels, stream(b"0 0 9 9 re f", form % 5))
    if kind == "sheet":
        return raw_pdf(ROOT, PAGES, page % b"/MediaBox [0 0 14400 100000000]", stream(b""))
    if kind == "pages":
        many = b"<< /Type /Pages /Kids [%s] /Count 100000 >>" % (b"3 0 R " * 100_000)
        return raw_pdf(ROOT, many, page % media, stream(b""))
    buffer = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["flate", "laughs", "sheet", "pages", "pixels"])
def test_a_bomb_ends_with_a_reason(kind: str, tmp_path: Path) -> None:
    """Or with a page of bounded size: what counts is that nothing is killed, hangs or grows."""
    try:
        outcome = str(sum(page.picture().size for page in opened(bomb(kind), tmp_path).pages) < 36_000_000)
    except DropError as error:
        outcome = error.reason
    assert outcome in ("True", Reason.TOO_LARGE, Reason.DAMAGED, Reason.GAVE_UP)


def test_a_page_tree_that_names_itself_ends_with_a_reason(tmp_path: Path) -> None:
    data = raw_pdf(ROOT, b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>")
    assert reason_for(data, tmp_path) in (Reason.DAMAGED, Reason.NO_PAGES)


def test_a_form_that_only_adobe_can_show_is_named_so(tmp_path: Path) -> None:
    root = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [] /XFA 4 0 R >> /NeedsRendering true >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>"
    assert reason_for(raw_pdf(root, PAGES, page, stream(b"<xdp/>")), tmp_path) == Reason.XFA_ONLY
