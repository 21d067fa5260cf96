"""A page drawn from plain descriptions is found, read and filled by programs that share nothing with ours."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from pipeline.fillable import (
    Entry,
    Field,
    FillablePdf,
    Style,
    parts_of_code,
    picture_size,
    printed_code,
    shortened,
    width_of,
    wrapped,
)
from pipeline.fillable.marks import marker_boxes
from pipeline.model import Box

CODE = printed_code("S1", "7K3QWERT9ABC", 2, 1, 1)


def _page() -> FillablePdf:
    pdf = FillablePdf("A page", custom={"SheetPart": "7K3QWERT9ABC"})
    pdf.marks(CODE)
    pdf.field(Field("q.1", Box(60, 120, 260, 142), Entry.TEXT, "First", "José (x) \\ ok"))
    pdf.field(Field("q.2", Box(60, 150, 74, 164), Entry.RADIO, "Yes", state="1"))
    pdf.field(Field("q.2", Box(90, 150, 104, 164), Entry.RADIO, "No", "2", "2"))
    pdf.field(Field("finished", Box(60, 170, 74, 184), Entry.TICK, "Done"))
    pdf.field(Field("dates.begin", Box(60, 190, 220, 210), Entry.TEXT, "Begin", "03141978", comb=8))
    pdf.field(Field("county", Box(60, 220, 220, 240), Entry.LIST, "County", options=("Polk", "Webster")))
    return pdf


def _image(pdf: bytes, dpi: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    page = document[0]
    picture = page.render(scale=dpi / 72, may_draw_forms=True, grayscale=True).to_numpy()
    return np.ascontiguousarray(picture.reshape(picture.shape[:2]))


def test_the_same_page_has_the_same_bytes() -> None:
    assert _page().finish() == _page().finish()


def test_another_program_reads_names_values_and_properties() -> None:
    reader = PdfReader(io.BytesIO(_page().finish()))
    fields = reader.get_fields() or {}
    values = {name: field.get("/V") for name, field in fields.items() if field.get("/FT")}
    expected = {
        "q.1": "José (x) \\ ok",
        "q.2": "/2",
        "finished": "/Off",
        "dates.begin": "03141978",
        "county": "",
    }
    assert expected == values
    assert reader.metadata is not None
    assert str(reader.metadata["/SheetPart"]) == "7K3QWERT9ABC"
    assert reader.metadata.title == "A page"
    assert reader.trailer["/Root"]["/Lang"] == "en-US"  # type: ignore[index]


def test_every_widget_says_what_it_is_for() -> None:
    fields = PdfReader(io.BytesIO(_page().finish())).get_fields() or {}
    assert all(field.get("/TU") for field in fields.values() if field.get("/FT"))


@pytest.mark.parametrize("dpi", [100, 150, 300])
def test_the_code_is_read_from_a_picture_of_the_page(dpi: int) -> None:
    found = zxingcpp.read_barcodes(_image(_page().finish(), dpi))
    assert [code.text for code in found] == [CODE]


def test_the_corner_markers_lie_where_the_formats_say() -> None:
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    corners, ids, _ = detector.detectMarkers(_image(_page().finish(), 150))
    found = {int(marker[0]): corner[0][0] * 72 / 150 for marker, corner in zip(ids, corners, strict=True)}
    assert {0, 1, 2, 3} == set(found)
    for number, box in enumerate(marker_boxes()):
        assert found[number] == pytest.approx((box.x0, box.top), abs=0.8)
    assert marker_boxes()[0].x0 == pytest.approx(0.6 * 72)
    assert 612 - marker_boxes()[2].x1 == pytest.approx(0.6 * 72)


def test_a_code_with_a_changed_character_is_not_taken() -> None:
    assert parts_of_code(CODE) == ("S1", "7K3QWERT9ABC", "2", "1", "1")
    assert parts_of_code(CODE.replace("WERT", "WRET")) is None
    assert parts_of_code("") is None


def test_one_name_cannot_be_a_field_and_a_branch() -> None:
    pdf = FillablePdf("A page")
    pdf.field(Field("q.1", Box(0, 0, 9, 9), Entry.TEXT, "One"))
    with pytest.raises(ValueError, match="continues the name"):
        pdf.field(Field("q.1.hand", Box(0, 0, 9, 9), Entry.TEXT, "Two"))


def test_names_beyond_western_letters_are_kept_as_they_are() -> None:
    pdf = FillablePdf("Łukasz Nguyễn")
    pdf.text(60, 100, "Łukasz Nguyễn", Style(12))
    pdf.field(Field("name", Box(60, 120, 260, 142), Entry.TEXT, "Name", "Łukasz Nguyễn"))
    data = pdf.finish()
    reader = PdfReader(io.BytesIO(data))
    assert "/NeedAppearances" not in reader.trailer["/Root"]["/AcroForm"]  # type: ignore[index]
    inside = _image(data, 72)[124:138, 64:130]
    assert int((inside < 128).sum()) > 40
    assert (reader.get_fields() or {})["name"]["/V"] == "Łukasz Nguyễn"
    assert "Łukasz" in reader.pages[0].extract_text()


def test_words_too_long_for_a_line_are_cut_and_nothing_is_lost() -> None:
    text = "a " + "W" * 60 + " b\nc"
    lines = wrapped(text, Style(10), 100)
    assert "".join(text.split()) == "".join("".join(lines).split())
    assert all(width_of(line, Style(10)) <= 100 for line in lines)
    assert shortened("W" * 60, Style(10), 100).endswith("...")


def test_a_picture_is_never_drawn_coarser_than_200_dpi_and_rubbish_is_no_picture() -> None:
    page = _image(_page().finish(), 72)[:100, :200]
    encoded = cv2.imencode(".png", page)[1].tobytes()
    assert picture_size(encoded, 500, 500) == pytest.approx((72.0, 36.0))
    assert picture_size(encoded, 36, 500) == pytest.approx((36.0, 18.0))
    assert picture_size(b"not a picture", 500, 500) == (0.0, 0.0)
