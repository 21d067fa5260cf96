"""The pictures (appearances) of filled fields: text as it was set, ticks, and the ground and frame the form wants.

Every viewer draws a widget's picture as it is, so what is not in the picture is not seen. Lengths are points, origin
at the bottom left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from pipeline.rendering.formfields import box_of, inherited, whole
from pipeline.rendering.formfonts import Face, Fonts
from pipeline.rendering.formsetting import Paper, Setting

_MOST_LOOK = 1_000  # letters of a default appearance; the patterns below go over it more than once
_FONT = re.compile(r"/(\S+)\s+(-?[\d.]+)\s+Tf")
_COLOUR = re.compile(r"((?:-?[\d.]+\s+){1,4})(g|rg|k)\b")
_COMPONENTS = {"g": 1, "rg": 3, "k": 4}
_TOO_NEAR = 0.35  # difference of lightness below which text cannot be read on its ground


@dataclass(frozen=True, slots=True)
class Ink:
    """How the form wants a text to look. size 0: as large as fits."""

    font: str
    size: float
    colour: str


def paper_of(widget: Object) -> Paper:
    width, height = box_of(widget)
    looks = _dictionary(widget.get("/MK"))
    turn = whole(looks.get("/R")) % 360
    if turn in (90, 270):
        width, height = height, width
    border = _number(_dictionary(widget.get("/BS")).get("/W"), 1.0) if "/BC" in looks else 0.0
    return Paper(width, height, turn if turn in (90, 180, 270) else 0, min(border, width / 4, height / 4))


def ink_of(widget: Object, form: Object) -> Ink:
    """Font, size and colour from the default appearance of the widget, its field or the form."""
    wanted = inherited(widget, "/DA")
    text = str(wanted if wanted is not None else form.get("/DA", ""))[:_MOST_LOOK]
    font = _FONT.search(text)
    name = font.group(1) if font else "Helv"
    listed = _dictionary(_dictionary(form.get("/DR")).get("/Font")).get("/" + name)
    base = _dictionary(listed).get("/BaseFont", name)
    lightness = _lightness(_numbers(_dictionary(widget.get("/MK")).get("/BG")))
    ground = 1.0 if lightness is None else lightness
    return Ink(str(base), abs(_number(font.group(2), 0.0)) if font else 0.0, _colour(text, ground))


def _colour(text: str, ground: float) -> str:
    """The form's colour, or black or white where nobody could read that on its ground."""
    found = _COLOUR.findall(text)
    if found:
        numbers = [_number(each, 0.0) for each in found[-1][0].split()]
        light = _lightness(numbers)
        if (
            len(numbers) == _COMPONENTS[found[-1][1]]
            and light is not None
            and abs(light - ground) > _TOO_NEAR
        ):
            return f"{_spelled(numbers)} {found[-1][1]}"
    return "0 g" if ground > 0.5 else "1 g"


def _lightness(numbers: Sequence[float]) -> float | None:
    if len(numbers) == 1:
        return numbers[0]
    if len(numbers) == 3:
        return 0.3 * numbers[0] + 0.59 * numbers[1] + 0.11 * numbers[2]
    if len(numbers) == 4:
        return max(0.0, 1 - numbers[3] - (0.3 * numbers[0] + 0.59 * numbers[1] + 0.11 * numbers[2]))
    return None


def picture(
    pdf: Pdf, widget: Object, paper: Paper, set_as: Setting, face: Face, fonts: Fonts, colour: str
) -> Object:
    """The widget's picture with the text in it, on the ground and in the frame that the form wants."""
    drawn = [_ground(widget, paper), "/Tx BMC q"]
    drawn += [f"0.75 0.85 1 rg 0 {y:.2f} {paper.width:.2f} {high:.2f} re f" for y, high in set_as.bars]
    drawn.append(f"0 0 {paper.width:.2f} {paper.height:.2f} re W n BT {colour} /F {set_as.size:.2f} Tf")
    drawn += [
        f"1 0 0 1 {at.x:.2f} {at.y:.2f} Tm {face.written(at.text)} Tj" for at in set_as.lines if at.text
    ]
    drawn.append("ET Q EMC")
    return _form(pdf, paper, "\n".join(drawn), fonts.resources(face))


def tick(pdf: Pdf, widget: Object, round_mark: bool) -> Object:
    """A tick as lines, or a dot for a radio, that needs no font."""
    paper = paper_of(widget)
    width, height = paper.width, paper.height
    if round_mark:
        side = min(width, height) * 0.42
        left, low = (width - side) / 2, (height - side) / 2
        mark = f"0 g {left:.2f} {low:.2f} {side:.2f} {side:.2f} re f"
    else:
        mark = (
            f"q 0 G 1.4 w 1 J 1 j {0.2 * width:.2f} {0.52 * height:.2f} m {0.42 * width:.2f} {0.22 * height:.2f} l "
            f"{0.82 * width:.2f} {0.82 * height:.2f} l S Q"
        )
    return _form(pdf, paper, f"{_ground(widget, paper)}\n{mark}", Dictionary())


def no_tick(pdf: Pdf, widget: Object) -> Object:
    paper = paper_of(widget)
    return _form(pdf, paper, _ground(widget, paper), Dictionary())


def _form(pdf: Pdf, paper: Paper, drawn: str, resources: Dictionary) -> Object:
    made = Stream(pdf, drawn.encode("ascii"))
    made.Type, made.Subtype, made.Resources = Name.XObject, Name.Form, resources
    made.BBox = Array([0, 0, round(paper.width, 2), round(paper.height, 2)])
    width, height = round(paper.width, 2), round(paper.height, 2)
    turned = {90: [0, 1, -1, 0, height, 0], 180: [-1, 0, 0, -1, width, height], 270: [0, -1, 1, 0, 0, width]}
    if paper.turn:
        made.Matrix = Array(turned[paper.turn])
    return pdf.make_indirect(made)


def _ground(widget: Object, paper: Paper) -> str:
    looks = _dictionary(widget.get("/MK"))
    drawn = ""
    fill, edge = _numbers(looks.get("/BG")), _numbers(looks.get("/BC"))
    if len(fill) in (1, 3, 4):
        drawn += f"q {_spelled(fill)} {_operator(fill)} 0 0 {paper.width:.2f} {paper.height:.2f} re f Q "
    if len(edge) in (1, 3, 4) and paper.border > 0:
        half, less = paper.border / 2, paper.border
        drawn += f"q {_spelled(edge)} {_operator(edge).upper()} {paper.border:.2f} w {half:.2f} {half:.2f} "
        drawn += f"{paper.width - less:.2f} {paper.height - less:.2f} re S Q"
    return drawn


def _operator(numbers: Sequence[float]) -> str:
    return {1: "g", 3: "rg", 4: "k"}[len(numbers)]


def _spelled(numbers: Sequence[float]) -> str:
    return " ".join(f"{number:.3f}" for number in numbers)


def _numbers(value: object) -> list[float]:
    return [_number(each, 0.0) for each in value.as_list()] if isinstance(value, Array) else []


def _number(value: object, otherwise: float) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, NotImplementedError):
        return otherwise


def _dictionary(value: object) -> Object:
    return value if isinstance(value, Dictionary) else Dictionary()
