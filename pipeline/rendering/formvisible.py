"""Whether what was put into a form can be seen on its pages: all of it is in their text where nobody could read it.

A box that another one with a ground lies on, black letters on a black band, a box that runs over the edge of the page:
the filled form is drawn with its letters and without, and where a letter stands the two must differ.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pikepdf
from PIL import ImageChops
from PIL.Image import Image

from pipeline.rendering.formboxes import LOOK_DPI, UNITS, Letter, only_drawn, pages_drawn
from pipeline.rendering.formflat import printed_picture

DPI: Final = 144  # a full stop of 4.5 points, the smallest, is nearly a dot
LARGEST: Final = 2500  # points, the longer edge of a page drawn so finely: a larger one would take gigabytes
LEAST: Final = 16  # of 255 levels of grey, between a letter and what is there without it
_SHOWN_BY: Final = ("Tj", "TJ", "'", '"')  # the operators that draw letters. Source: ISO 32000-1, table 109.


def unseen_fields(
    filled: bytes,
    letters: Mapping[int, Sequence[tuple[str, Sequence[Letter]]]],
    sizes: Sequence[tuple[int, int]],
) -> Iterator[tuple[str, int]]:
    """Fields with a letter that cannot be seen, and the page, from 0.

    letters: page → the fields on it with theirs; sizes: of the pages, in points
    """
    pages = {page for page, boxes in letters.items() if any(found for _, found in boxes)}
    if not pages:
        return
    printed = only_drawn(filled)
    dpi = DPI if all(max(sizes[page]) <= LARGEST for page in pages) else LOOK_DPI
    both = (pages_drawn(each, pages, dpi) for each in (printed, _unsaid(printed)))
    for page, said, unsaid in zip(sorted(pages), *both, strict=True):
        changed = ImageChops.difference(said, unsaid)
        for name, found in letters[page]:
            if not all(_is_seen(changed, letter, dpi / 72 / UNITS) for letter in found):
                yield name, page


def _is_seen(changed: Image, letter: Letter, scale: float) -> bool:
    wide, tall = letter.reach
    # A full stop of small print is less than a dot wide, and its ink may fall on the dots beside it.
    left, right = int((letter.across - wide) * scale) - 1, int((letter.across + wide) * scale) + 2
    top, foot = int((letter.down - tall) * scale) - 1, int((letter.down + tall) * scale) + 2
    edges = max(left, 0), max(top, 0), min(right, changed.width), min(foot, changed.height)
    if edges[0] >= edges[2] or edges[1] >= edges[3]:
        return False  # it lies beside the page
    return max(changed.crop(edges).tobytes()) >= LEAST


def _unsaid(printed: bytes) -> bytes:
    """The filled form with every box as it is, but for the letters in it."""
    with pikepdf.open(io.BytesIO(printed)) as pdf:
        done: set[tuple[int, int]] = set()
        for page in pdf.pages:
            notes = page.obj.get("/Annots")
            for note in notes.as_list() if isinstance(notes, pikepdf.Array) else []:
                picture = printed_picture(note) if note.get("/Subtype") == pikepdf.Name.Widget else None
                if picture is not None and picture.objgen not in done:
                    done.add(picture.objgen)
                    picture.write(_without_letters(picture))
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def _without_letters(picture: pikepdf.Stream) -> bytes:
    drawn = pikepdf.parse_content_stream(picture)
    left = [each for each in drawn if str(each.operator) not in _SHOWN_BY]
    return bytes(pikepdf.unparse_content_stream(left))
