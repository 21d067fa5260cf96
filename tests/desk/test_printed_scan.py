"""A sheet goes through printer, pen and scanner, and the reading room says what was meant."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from pipeline.desk.answers import read_sheet
from pipeline.desk.printed import as_read, box_of, expected_in
from pipeline.desk.sheet import make_sheet
from pipeline.model import Part
from pipeline.reading.blanks import Catalogue, KnownForm, load_form
from pipeline.reading.fields import read_part
from pipeline.reading.formmap import Target
from pipeline.reading.matching import match_pages
from pipeline.reading.pages import open_file
from pipeline.reading.recogniser import load_readers
from tests.desk.papers import held, saved, site
from tests.desk.test_sheet import LIMITS, SEX, SIGNED, UNITS, WHO

QUESTIONS = (UNITS, SEX, LIMITS, SIGNED, WHO)
TICKED = {("q.2", "1"), ("q.3.1", "on"), ("q.4", "1"), ("q.5", "1"), ("finished", "on")}
WRITTEN = {"hand.1": "117", "initials": "JM"}
DPI = 200


def _target(name: str, state: str) -> Target | None:
    box = box_of(name, state)
    return Target(*box) if box else None


def _scan(sheet: bytes, known: KnownForm, path: Path) -> None:
    """The sheet printed, marked with a pen, and scanned a little askew."""
    document = pypdfium2.PdfDocument(sheet)
    document.init_forms()
    scale, pages = DPI / 72, []
    for number, page in enumerate(document, start=1):
        image = page.render(scale=scale, may_draw_forms=True).to_pil().convert("L")
        pen = ImageDraw.Draw(image)
        for widget in known.map.on_page(number):
            box = widget.box
            x0, y0, x1, y1 = (edge * scale for edge in (box.x0, box.top, box.x1, box.bottom))
            if (widget.name, widget.option) in TICKED:
                middle = ((x0 + x1) / 2 - 2, y1 - 4)
                pen.line([(x0 + 4, (y0 + y1) / 2), middle, (x1 + 6, y0 - 5)], fill=30, width=4)
            if text := WRITTEN.get(widget.name):
                pen.text((x0 + 14, y0 + 6), text, fill=30, font=ImageFont.load_default(36))
        askew = image.rotate(0.8, fillcolor=255, resample=Image.Resampling.BICUBIC)
        pages.append(askew.filter(ImageFilter.GaussianBlur(0.7)))
    pages[0].save(path, save_all=True, append_images=pages[1:], resolution=DPI)


@pytest.mark.slow
def test_a_sheet_filled_with_a_pen_and_scanned_hands_in_its_answers(tmp_path: Path) -> None:
    made, scanned, scratch = tmp_path / "sheet.pdf", tmp_path / "scan.pdf", tmp_path / "scratch"
    scratch.mkdir()
    made.write_bytes(make_sheet(held(*QUESTIONS)))
    printed, info = saved(made.read_bytes())
    known = load_form("S1|7K3QWERT9ABC", "1", made, _target, tmp_path / "cache")
    _scan(made.read_bytes(), known, scanned)

    opened = open_file(scanned, scratch)
    matches = match_pages(opened, Catalogue((known,)))
    part = Part("drop", tuple(page.number for page in opened.pages), matches, *known.key)
    expected = expected_in(site(), "planning-worksheet", printed, info, 2027)
    readings = read_part(opened, part, known, expected, load_readers())

    sheet = read_sheet(as_read(readings, printed), info)
    assert [match.reason for match in matches] == [None] * len(matches)
    assert sheet is not None
    assert (sheet.submitted, sheet.initials, sheet.missing) == (True, "JM", ())
    assert sheet.answers == {
        "field:services.2.units": "117",
        "field:sex": "female",
        "field:limits": "self_care;mobility",
        "field:individual_signature": "present",
        "case": "C-AAAAAAAA",
    }
