"""A fillable PDF: filled by us and by pypdf, and how many of the values two renderers then show.

The form is made here: 240 fields of every kind, among them ticks without a picture, as issued forms have them.
A value is seen when its own box looks otherwise than in the empty form: black where it was not. (pdfium draws boxes
of its own for ticks without a picture, so ink alone would not do.)
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pypdfium2
from pikepdf import Array, Object, String
from PIL import Image, ImageChops
from pypdf import PdfReader, PdfWriter

from bench.rendering.measured import line, timed
from pipeline.rendering.acroform import field_values, fill
from pipeline.rendering.formfill import COMB, COMBO, MULTILINE, RADIO
from tests.rendering.forms import HEIGHT, FormMaker

PAGES = 10
NO_POPPLER = "poppler is not installed (apt-get install poppler-utils): forms were seen by pdfium alone"
Place = tuple[int, tuple[float, ...]]


def form_and_values() -> tuple[bytes, dict[str, str], dict[str, Place]]:
    """The form, a value for each field, and page and rectangle of the box that has to show it."""
    made, values, places = FormMaker(PAGES), {}, {}
    choices = Array([Array([String(f"0{n}"), String(f"County {n}")]) for n in range(5)])

    def put(name: str, value: str, page: int, box: Object) -> None:
        values[name] = value
        places[name] = (page, tuple(float(edge) for edge in box.Rect.as_list()))

    for page in range(1, PAGES + 1):
        made.top = HEIGHT - 20
        for n in range(4):
            end = f"_{page}_{n}"
            rows = (
                ("text", "/Tx", 0, {}, "Zoë O’Hara – “Ann”"[: 8 + n * 3], 200, 14),
                ("comb", "/Tx", COMB, {"MaxLen": 9}, f"12345678{n}", 200, 14),
                ("lines", "/Tx", MULTILINE, {}, "Several words\nin two lines", 200, 30),
                ("county", "/Ch", COMBO, {"Opt": choices}, f"0{n}", 200, 14),
                ("bare", "/Btn", 0, {}, "yes", 12, 12),
            )
            for name, kind, flags, more, value, wide, high in rows:
                field = made.field(name + end, kind, flags, **more)
                put(name + end, value, page, made.box(field, wide, high, page))
            radio = made.buttons("radio" + end, ["0", "1"], RADIO, page)
            put("radio" + end, "1", page, radio.Kids[1])
    return made.bytes(), values, places


def measure_forms(rounds: int = 3) -> None:
    form, values, places = form_and_values()
    ours = theirs = 0.0
    for _ in range(rounds):
        spent, filled = timed(lambda: fill(form, values).whole())
        ours += spent
        spent, peer = timed(lambda: _by_pypdf(form, values))
        theirs += spent
    wanted = {
        name: "1" if "radio" in name else "Yes" if "bare" in name else value for name, value in values.items()
    }
    assert wanted == field_values(filled)
    line(
        f"form of {len(values)} fields, filled",
        f"{ours / rounds * 1000:.0f} ms",
        "",
        f"pypdf {theirs / rounds * 1000:.0f} ms, {theirs / ours:.1f} times ours",
    )
    for name, pictures in _renderers().items():
        empty = pictures(form)
        seen, by_peer = _seen(pictures(filled), empty, places), _seen(pictures(peer), empty, places)
        line(
            f"  values seen by {name}",
            f"{seen} of {len(values)}",
            "all",
            f"pypdf {by_peer}",
            seen == len(values),
        )


def _by_pypdf(form: bytes, values: dict[str, str]) -> bytes:
    """pypdf's own filling. It stops at a tick without a picture, so those are left out; its states need a slash."""
    given = {
        name: f"/{value}" if "radio" in name else value
        for name, value in values.items()
        if "bare" not in name
    }
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(form)))
    for page in writer.pages:
        writer.update_page_form_field_values(page, given, auto_regenerate=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _renderers() -> dict[str, Callable[[bytes], list[Image.Image]]]:
    if shutil.which("pdftoppm") is None:
        print(NO_POPPLER)
        return {"pdfium": _by_pdfium}
    return {"pdfium": _by_pdfium, "poppler": _by_poppler}


def _by_pdfium(pdf: bytes) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    return [page.render(scale=2, may_draw_forms=True).to_pil().convert("L") for page in document]


def _by_poppler(pdf: bytes) -> list[Image.Image]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["pdftoppm", "-r", "144", "-gray", "-", f"{folder}/page"],
            input=pdf,
            check=True,
            stderr=subprocess.DEVNULL,
        )
        return [Image.open(io.BytesIO(path.read_bytes())) for path in sorted(Path(folder).iterdir())]


def _seen(pages: list[Image.Image], empty: list[Image.Image], places: dict[str, Place]) -> int:
    return sum(_differs(pages[page - 1], empty[page - 1], box) for page, box in places.values())


def _differs(page: Image.Image, empty: Image.Image, box: tuple[float, ...]) -> bool:
    left, bottom, right, top = (2 * edge for edge in box)
    inside = (int(left) + 2, int(2 * HEIGHT - top) + 2, int(right) - 2, int(2 * HEIGHT - bottom) - 2)
    return bool(ImageChops.difference(page.crop(inside), empty.crop(inside)).getextrema()[1] > 127)
