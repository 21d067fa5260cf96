"""The boxes of a form, taken from the AcroForm of its blank.

A widget is not yet a field: runs of one-character widgets join into one comb, a name on two pages is two
boxes, a rectangle may run backwards. Which widget feeds which field is said by the caller through a
`FieldOf`; two are made here, for generated blanks and for foreign ones with an explicit map.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from pipeline.errors import Problem, SiteError
from pipeline.model import Box, FormMap, Widget, WidgetKind
from pipeline.reading.acroform import FoundWidget, frame_of, widgets_of
from pipeline.values import Kind

MAX_WIDGETS = 5_000
JOIN = "\n"  # between the names of widgets that were joined into one comb


@dataclass(frozen=True, slots=True)
class Target:
    """What a widget feeds. joined: it is one cell of a comb made of one-character widgets."""

    field: str
    option: str = ""
    signature: bool = False
    joined: bool = False


FieldOf = Callable[[str, str], Target | None]
"""From qualified name and on-state to what the widget feeds; None where it feeds nothing."""


def generated_fields(kinds: Mapping[str, Kind]) -> FieldOf:
    """The rule of our own blanks (docs/formats.md): widgets are named after their fields.

    kinds: field → kind; columns of a table as `services.units`.
    """

    def target(name: str, state: str) -> Target | None:
        parts = name.split(".")
        plain = ".".join(part for part in parts if not part.isdigit())
        kind = kinds.get(plain)
        if kind is None and len(parts) > 1 and kinds.get(".".join(parts[:-1])) is Kind.CHOICES:
            return Target(field=".".join(parts[:-1]), option=parts[-1])
        if kind is None:
            return None
        option = state if kind in (Kind.CHOICE, Kind.YES_NO) else ""
        return Target(field=name, option=option, signature=kind is Kind.SIGNATURE)

    return target


def foreign_fields(
    named: Mapping[str, str | Mapping[str, str]],
    states: Mapping[str, Mapping[str, str]],
    combs: Mapping[str, str],
    signatures: Iterable[str] = (),
) -> FieldOf:
    """The explicit map of a foreign blank.

    named: widget name → field; states: widget name → on-state → option; combs: name pattern with `*` → field.
    """
    signed = frozenset(signatures)

    def target(name: str, state: str) -> Target | None:
        if name in named:
            field = str(named[name])
            return Target(field, option=states.get(name, {}).get(state, ""), signature=field in signed)
        for pattern, field in combs.items():
            if fnmatchcase(name, pattern.replace("[", "[[]")):
                return Target(field, joined=True)
        return None

    return target


def load_map(form: str, edition: str, blank: Path, field_of: FieldOf) -> FormMap:
    """The map of one form at one edition. Raises SiteError when the blank cannot be read or has no boxes."""
    try:
        reader = PdfReader(blank)
        if reader.is_encrypted:
            reader.decrypt("")
        sizes = tuple(frame_of(page).size for page in reader.pages)
        found = list(widgets_of(reader, MAX_WIDGETS))
    except (PyPdfError, OSError, ValueError) as error:
        raise SiteError(
            [Problem(str(blank), 1, f"cannot be read as a PDF ({type(error).__name__})")]
        ) from error
    widgets = [widget for item in found if (widget := as_widget(item, field_of)) is not None]
    joined = join_cells(found, field_of)
    if not widgets and not joined:
        raise SiteError([Problem(str(blank), 1, "has no fillable boxes; a blank must be a fillable PDF")])
    return FormMap(form, edition, sizes, tuple(in_reading_order([*widgets, *joined])))


def as_widget(found: FoundWidget, field_of: FieldOf) -> Widget | None:
    """The box with what it feeds; boxes that feed nothing are kept too (office use), joined cells are not."""
    target = field_of(found.name, found.state)
    if target is not None and target.joined:
        return None
    if found.box.width < 1 or found.box.height < 1:
        return None  # hidden helper fields have no area, and nothing can be written in them
    kind = WidgetKind.TICK if found.kind == "/Btn" else WidgetKind.TEXT
    if found.kind == "/Sig" or (target is not None and target.signature):
        kind = WidgetKind.SIGNATURE
    key = f"{found.page}/{found.name}" + (f"/{found.state}" if kind is WidgetKind.TICK else "")
    return Widget(
        key=key,
        page=found.page,
        box=found.box,
        kind=kind,
        name=found.name,
        field=target.field if target else "",
        option=target.option if target else "",
        on_state=found.state,
        comb=found.comb,
        multiline=found.multiline,
        max_length=found.max_length,
    )


def join_cells(found: Iterable[FoundWidget], field_of: FieldOf) -> list[Widget]:
    """One comb for each run of one-character widgets that feed the same field on the same page.

    Their names, in reading order, stand in `Widget.name` one a line.
    """
    runs: dict[tuple[int, str], list[FoundWidget]] = {}
    for item in found:
        target = field_of(item.name, item.state)
        if target is not None and target.joined:
            runs.setdefault((item.page, target.field), []).append(item)
    joined = []
    for (page, field), cells in runs.items():
        cells.sort(key=lambda cell: cell.box.centre[0])
        box = Box(
            min(cell.box.x0 for cell in cells),
            min(cell.box.top for cell in cells),
            max(cell.box.x1 for cell in cells),
            max(cell.box.bottom for cell in cells),
        )
        joined.append(
            Widget(
                key=f"{page}/{field}/cells",
                page=page,
                box=box,
                kind=WidgetKind.TEXT,
                name=JOIN.join(cell.name for cell in cells),
                field=field,
                comb=len(cells),
                max_length=len(cells),
            )
        )
    return joined


def in_reading_order(widgets: Iterable[Widget]) -> list[Widget]:
    """Page by page, line by line, left to right; copies of one key on a page get a number."""
    ordered = sorted(widgets, key=lambda widget: (widget.page, round(widget.box.top / 6), widget.box.x0))
    seen: dict[str, int] = {}
    unique = []
    for widget in ordered:
        seen[widget.key] = seen.get(widget.key, 0) + 1
        unique.append(widget if seen[widget.key] == 1 else renumbered(widget, seen[widget.key]))
    return unique


def renumbered(widget: Widget, copy: int) -> Widget:
    return Widget(
        key=f"{widget.key}#{copy}",
        page=widget.page,
        box=widget.box,
        kind=widget.kind,
        name=widget.name,
        field=widget.field,
        option=widget.option,
        on_state=widget.on_state,
        comb=widget.comb,
        multiline=widget.multiline,
        max_length=widget.max_length,
    )
