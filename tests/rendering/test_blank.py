"""The blanks of the shipped site, seen as readers, scanners and screen readers see them."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
from collections import Counter
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader, PdfWriter

from pipeline.errors import SetupError
from pipeline.fillable import marker_boxes
from pipeline.model import Box, FormMap, Widget, WidgetKind, check_characters
from pipeline.reading.formmap import generated_fields, load_map
from pipeline.rendering.blank import make_blank, write_blank
from pipeline.rendering.blank_draw import code_box
from pipeline.rendering.blank_pages import edition_text
from pipeline.rendering.blank_rows import column_widths
from pipeline.rendering.blank_tables import tiers
from pipeline.site import load_site
from pipeline.site.forms import FormEdition, TableRow
from pipeline.site.schemas import Field
from pipeline.values import Kind

ROOT = Path(__file__).parents[2]
SITE = load_site(ROOT)
GENERATED = [form for form in SITE.forms.values() if form.generated]
MARGIN = 36.0
DPI = 200


def made(form: FormEdition) -> bytes:
    return make_blank(form, SITE.schemas[form.form], SITE.program)


BLANKS = {form.form: form.blank.read_bytes() for form in GENERATED}
each_form = pytest.mark.parametrize("form", GENERATED, ids=lambda form: form.form)


def kinds_of(form: FormEdition) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    for field in SITE.schemas[form.form].fields.values():
        kinds[field.name] = field.kind
        kinds |= {f"{field.name}.{column.name}": column.kind for column in field.columns.values()}
    return kinds


def map_of(form: FormEdition, folder: Path) -> FormMap:
    path = folder / "blank.pdf"
    path.write_bytes(BLANKS[form.form])
    return load_map(form.form, form.edition, path, generated_fields(kinds_of(form)))


def rendered(form: FormEdition, page: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    document = pypdfium2.PdfDocument(BLANKS[form.form])
    picture = document[page - 1].render(scale=DPI / 72, grayscale=True).to_numpy()
    return np.ascontiguousarray(picture).reshape(picture.shape[:2])


def table_rows(form: FormEdition) -> dict[str, int]:
    rows = [row for section in form.sections for row in section.rows]
    return {row.table: row.rows for row in rows if isinstance(row, TableRow)}


def places_of(form: FormEdition, field: Field) -> set[str]:
    """Every place a field has on paper: a table has one for each printed row and column."""
    if field.kind is not Kind.TABLE:
        return {field.name}
    rows = range(1, table_rows(form)[field.name] + 1)
    return {f"{field.name}.{row}.{column}" for row in rows for column in field.columns}


@each_form
def test_every_field_has_its_boxes_and_nothing_else_has(form: FormEdition, tmp_path: Path) -> None:
    wanted: set[str] = set()
    for field in SITE.schemas[form.form].for_edition(form.edition):
        wanted |= places_of(form, field)
    assert {widget.field for widget in map_of(form, tmp_path).widgets} == wanted


@each_form
def test_only_the_person_block_is_on_more_than_one_page(form: FormEdition, tmp_path: Path) -> None:
    found = map_of(form, tmp_path)
    boxes = Counter((widget.field, widget.option) for widget in found.widgets)
    expected = {name: found.pages for name in form.person_block}
    assert all(count == expected.get(field, 1) for (field, _), count in boxes.items())


@each_form
def test_every_option_has_one_box_with_its_code(form: FormEdition, tmp_path: Path) -> None:
    found = map_of(form, tmp_path)
    for field in SITE.schemas[form.form].fields.values():
        ticks = [widget.option for widget in found.widgets if widget.field == field.name]
        if field.kind is Kind.YES_NO:
            assert sorted(ticks) == ["no", "yes"]
        elif field.kind is Kind.CHOICES or field.options:
            assert sorted(ticks) == sorted(code for code, _ in field.options)


@each_form
def test_no_two_boxes_overlap_or_touch(form: FormEdition, tmp_path: Path) -> None:
    found = map_of(form, tmp_path)
    for page in range(1, found.pages + 1):
        for one, other in combinations(found.on_page(page), 2):
            apart = (
                one.box.x1 + 1 < other.box.x0
                or other.box.x1 + 1 < one.box.x0
                or one.box.bottom + 1 < other.box.top
                or other.box.bottom + 1 < one.box.top
            )
            assert apart, f"page {page}: {one.key} and {other.key}"


@each_form
def test_boxes_are_large_enough_for_a_hand(form: FormEdition, tmp_path: Path) -> None:
    for widget in map_of(form, tmp_path).widgets:
        if widget.kind is WidgetKind.TICK:
            assert widget.box.height >= 10
            continue
        assert widget.box.height >= 0.24 * 72
        if widget.comb:
            assert widget.box.width / widget.comb >= 0.2 * 72 - 0.01
            assert widget.box.height >= 0.26 * 72


@each_form
def test_boxes_keep_clear_of_edges_markers_and_code(form: FormEdition, tmp_path: Path) -> None:
    found = map_of(form, tmp_path)
    marks = [grown(box, 5) for box in marker_boxes()] + [code_box()]
    for widget in found.widgets:
        width, height = found.page_sizes[widget.page - 1]
        box = widget.box
        assert box.x0 >= MARGIN
        assert box.top >= MARGIN
        assert box.x1 <= width - MARGIN
        assert box.bottom <= height - MARGIN
        assert not any(overlap(box, mark) for mark in marks), widget.key


def grown(box: Box, by: float) -> Box:
    return box.inset(-by)


def overlap(one: Box, other: Box) -> bool:
    across = min(one.x1, other.x1) > max(one.x0, other.x0)
    return across and min(one.bottom, other.bottom) > max(one.top, other.top)


@each_form
def test_nothing_is_printed_in_the_margin(form: FormEdition) -> None:
    for page in range(1, len(PdfReader(io.BytesIO(BLANKS[form.form])).pages) + 1):
        picture = rendered(form, page)
        edge = int(MARGIN * DPI / 72) - 1
        inner = picture[edge:-edge, edge:-edge]
        assert int((picture < 200).sum()) == int((inner < 200).sum())


@each_form
def test_every_box_is_empty_inside(form: FormEdition, tmp_path: Path) -> None:
    """No print of the blank may be taken for writing: only comb lines and the short strokes at the sides."""
    scale = DPI / 72
    for widget in map_of(form, tmp_path).widgets:
        if widget.comb or widget.multiline:
            continue
        box = widget.box.inset(1.2)
        picture = rendered_cached(form, widget.page)
        inside = picture[
            int(box.top * scale) + 1 : int(box.bottom * scale), int(box.x0 * scale) + 1 : int(box.x1 * scale)
        ]
        assert inside.min() > 200, widget.key


_PICTURES: dict[tuple[str, int], np.ndarray[tuple[int, int], np.dtype[np.uint8]]] = {}


def rendered_cached(form: FormEdition, page: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    if (form.form, page) not in _PICTURES:
        _PICTURES[form.form, page] = rendered(form, page)
    return _PICTURES[form.form, page]


@each_form
def test_the_code_of_every_page_can_be_scanned_and_read(form: FormEdition) -> None:
    reader = PdfReader(io.BytesIO(BLANKS[form.form]))
    for number, page in enumerate(reader.pages, start=1):
        plain = f"F1|{form.form}|{form.edition}|{number}|{len(reader.pages)}"
        code = f"{plain}|{check_characters(plain)}"
        scanned = [item.text for item in zxingcpp.read_barcodes(rendered_cached(form, number))]
        assert scanned == [code]
        assert code in page.extract_text()


@each_form
def test_the_four_markers_stand_in_their_corners(form: FormEdition) -> None:
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50))
    corners, ids, _ = detector.detectMarkers(rendered_cached(form, 1))
    found = {int(mark): corner[0] * 72 / DPI for mark, corner in zip(ids.ravel(), corners, strict=True)}
    assert sorted(found) == [0, 1, 2, 3]
    for mark, box in enumerate(marker_boxes()):
        assert np.allclose(found[mark][0], (box.x0, box.top), atol=1.0)
        assert np.allclose(found[mark][2], (box.x1, box.bottom), atol=1.0)


@each_form
def test_the_same_definitions_give_the_same_bytes(form: FormEdition) -> None:
    assert made(form) == made(form)


@each_form
def test_the_published_blank_is_the_one_its_hash_names(form: FormEdition) -> None:
    seal = (form.folder / "blank.sha256").read_text().strip()
    assert hashlib.sha256(form.blank.read_bytes()).hexdigest() == seal


@each_form
def test_every_field_says_its_label_to_a_screen_reader(form: FormEdition) -> None:
    schema = SITE.schemas[form.form]
    for name, field in (PdfReader(io.BytesIO(BLANKS[form.form])).get_fields() or {}).items():
        if "/FT" not in field:
            continue
        tip = field["/TU"]
        head, *rest = name.split(".")
        assert schema.fields[head].label in tip
        if rest and rest[0].isdigit():
            assert f"row {rest[0]}" in tip
            assert schema.fields[head].columns[rest[1]].label in tip


@each_form
def test_the_document_has_a_title_a_language_and_an_order(form: FormEdition) -> None:
    with pikepdf.open(io.BytesIO(BLANKS[form.form])) as pdf:
        assert str(pdf.docinfo["/Title"]) == f"{form.title} ({form.code})"
        assert str(pdf.Root.Lang) == "en-US"
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert all("/Tabs" in page.obj for page in pdf.pages)
        assert "/NeedAppearances" not in pdf.Root.AcroForm


@each_form
def test_every_box_has_an_appearance_of_its_own(form: FormEdition) -> None:
    with pikepdf.open(io.BytesIO(BLANKS[form.form])) as pdf:
        for note in (note for page in pdf.pages for note in page.obj.Annots):
            normal = note.AP.N
            if "/AS" in note:
                assert pikepdf.Name.Off == note.AS
                assert "/Off" in normal
                assert len(normal) == 2
            else:
                assert "/BBox" in normal


@each_form
def test_what_is_typed_on_screen_is_read_back(form: FormEdition, tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(BLANKS[form.form]))
    texts: dict[str, str] = {}
    for name, field in (PdfReader(io.BytesIO(BLANKS[form.form])).get_fields() or {}).items():
        if field.get("/FT") == "/Tx":
            texts[name] = "7"
    for page in writer.pages:
        writer.update_page_form_field_values(page, dict(texts), auto_regenerate=False)
    filled = io.BytesIO()
    writer.write(filled)
    back = PdfReader(filled).get_form_text_fields(full_qualified_name=True)
    assert {name: back.get(name) for name in texts} == texts


@each_form
def test_a_tick_made_on_screen_can_be_seen(form: FormEdition, tmp_path: Path) -> None:
    tick = next(widget for widget in map_of(form, tmp_path).widgets if widget.kind is WidgetKind.TICK)
    assert darkness(ticked(form, tick), tick) > 0.05 > darkness(BLANKS[form.form], tick)


def ticked(form: FormEdition, tick: Widget) -> bytes:
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(BLANKS[form.form])) as pdf:
        for note in pdf.pages[tick.page - 1].obj.Annots:
            left, top = float(note.Rect[0]), 792 - float(note.Rect[3])
            if "/AS" in note and abs(left - tick.box.x0) < 0.1 and abs(top - tick.box.top) < 0.1:
                note.AS = pikepdf.Name(f"/{tick.on_state}")
        pdf.save(made)
    return made.getvalue()


def darkness(data: bytes, widget: Widget) -> float:
    document = pypdfium2.PdfDocument(data)
    document.init_forms()
    picture = document[widget.page - 1].render(scale=4, grayscale=True).to_numpy()
    box = widget.box.inset(2)
    inside = picture[int(box.top * 4) : int(box.bottom * 4), int(box.x0 * 4) : int(box.x1 * 4)]
    return float((inside < 128).mean())


@each_form
def test_a_form_has_a_sensible_number_of_pages(form: FormEdition) -> None:
    assert len(PdfReader(io.BytesIO(BLANKS[form.form])).pages) <= 5


@each_form
def test_every_page_says_which_it_is_and_that_it_is_no_state_form(form: FormEdition) -> None:
    reader = PdfReader(io.BytesIO(BLANKS[form.form]))
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert f"Page {number} of {len(reader.pages)}" in text
        assert "Not a state form" in text
        assert form.code in text
        assert re.search(re.escape(edition_text(form.edition)), text)


def test_a_published_blank_is_not_changed(tmp_path: Path) -> None:
    for folder in ("forms", "schemas"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    schema = tmp_path / "schemas" / "waiver-choice.yaml"
    schema.write_text(schema.read_text().replace("label: Date of choice", "label: Day of choice"))
    before = (tmp_path / "forms" / "waiver-choice" / "2026-11" / "blank.pdf").read_bytes()
    with pytest.raises(SetupError, match="published"):
        write_blank(load_site(tmp_path), "waiver-choice", "2026-11")
    assert (tmp_path / "forms" / "waiver-choice" / "2026-11" / "blank.pdf").read_bytes() == before


def test_a_new_edition_is_published_with_its_hash(tmp_path: Path) -> None:
    for folder in ("forms", "schemas"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    old, new = (tmp_path / "forms" / "waiver-choice" / name for name in ("2026-11", "2027-02"))
    new.mkdir()
    (new / "form.yaml").write_text((old / "form.yaml").read_text().replace("2026-11", "2027-02"))
    path = write_blank(load_site(tmp_path), "waiver-choice", "2027-02")
    assert path == new / "blank.pdf"
    assert (new / "blank.sha256").read_text().strip() == hashlib.sha256(path.read_bytes()).hexdigest()
    assert "(02/2027)" in PdfReader(path).pages[0].extract_text()


@pytest.mark.parametrize(
    ("least", "weights", "fixed", "width", "expected"),
    [
        ([50, 50], [1, 1], [False, False], 300, [150, 150]),
        ([50, 50], [1, 3], [False, False], 300, [75, 225]),
        ([120, 50], [1, 1], [True, False], 300, [120, 180]),
        ([120, 120], [1, 2], [True, True], 300, [120, 180]),
        ([120, 50, 50], [1, 5, 5], [False, False, False], 300, [120, 90, 90]),
    ],
)
def test_columns_share_the_width_but_never_squeeze_a_comb(
    least: list[float], weights: list[int], fixed: list[bool], width: float, expected: list[float]
) -> None:
    assert column_widths(least, weights, fixed, width) == pytest.approx(expected)


def test_a_row_too_wide_is_cut_into_lines_of_even_fullness() -> None:
    assert tiers([70, 110, 140, 50, 60, 52, 60, 60, 115, 115], 504) == [5, 10]
    assert tiers([100, 100], 504) == [2]
