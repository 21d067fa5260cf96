"""Where every value of a packet comes from: a page for people and a file for programs. Internal, never sent."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from html import escape

from pipeline.casefile.storing import source_json
from pipeline.model import Fact, Method, Source, canonical_json
from pipeline.packets import DocumentTask, Selection
from pipeline.rendering.printed import RenderedWord
from pipeline.run.office import Office
from pipeline.values import Json, Kind, display, display_money, to_json

METHODS = {
    Method.WIDGET: "typed into the form on screen",
    Method.TEXT_LAYER: "printed on the form",
    Method.RECOGNISED: "read from the scan",
    Method.INK: "seen on the scan",
    Method.CORRECTION: "corrected by a person",
    Method.NOT_READ: "not read",
}
STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:70em;color:#1a1a1a}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:.4em .6em;text-align:left;
vertical-align:top}th{background:#eee}img{max-width:22em;max-height:5em;border:1px solid #ccc}.quiet{color:#555}
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One value with one of its sources; a value stands on several lines where several boxes say it."""

    label: str
    shown: str = member(repr=False)
    source: Source
    submission: str


def evidence_files(
    office: Office,
    selection: Selection,
    documents: Sequence[tuple[DocumentTask, RenderedWord]],
    facts: Sequence[Fact],
) -> dict[str, bytes]:
    """`evidence/evidence.html`, `evidence/evidence.json` and the pictures of the boxes that were scanned."""
    lines = [line for fact in facts for line in _lines(office, fact)]
    pictures = _pictures(office, lines)
    shown_in = {fact.id: [task.title for task, word in documents if fact.id in word.facts] for fact in facts}
    data: list[Json] = [_fact_json(fact, shown_in[fact.id]) for fact in facts]
    files = {
        "evidence/evidence.json": canonical_json({"format": 1, "case": selection.case, "facts": data}),
        "evidence/evidence.html": _page(office, selection, lines, pictures),
    }
    return files | {f"evidence/{name}": png for name, png in pictures.items()}


def _fact_json(fact: Fact, titles: Sequence[str]) -> Json:
    return {
        "id": fact.id,
        "place": fact.place,
        "scope": fact.scope,
        "value": to_json(fact.value),
        "standing": fact.standing.value,
        "submission": fact.submission,
        "form": f"{fact.form}@{fact.edition}",
        "effective": fact.effective.isoformat(),
        "supersedes": list(fact.supersedes),
        "documents": list(dict.fromkeys(titles)),
        "sources": [source_json(source) for source in fact.sources],
        "row_sources": [
            {name: [source_json(source) for source in sources] for name, sources in row.items()}
            for row in fact.row_sources
        ],
    }


def _lines(office: Office, fact: Fact) -> Iterator[Line]:
    place = office.site.places[fact.place]
    if place.kind is not Kind.TABLE:
        labels = dict(place.options or office.site.listed(place.listed))
        text = labels.get(str(fact.value), display(fact.value))
        for source in fact.sources:
            yield Line(place.label, text, source, fact.submission)
        return
    rows = [row for row in fact.value if isinstance(row, dict)] if isinstance(fact.value, tuple) else []
    for number, (row, sources) in enumerate(zip(rows, fact.row_sources, strict=False), start=1):
        for name, cell in row.items():
            column = place.columns[name]
            labels = dict(column.options or office.site.listed(column.listed))
            is_money = column.kind is Kind.MONEY and not isinstance(cell, str | bool | tuple | int)
            text = display_money(cell) if is_money else labels.get(str(cell), display(cell))  # type: ignore[arg-type]
            for source in sources.get(name, ()):
                yield Line(f"{place.label}, row {number}: {column.label}", text, source, source.part)


def _pictures(office: Office, lines: Sequence[Line]) -> dict[str, bytes]:
    """The picture of each scanned box, by its name below evidence/."""
    with office.ledger.reading() as tx:
        rows = {row.part: row for row in tx.submissions()}
        parts = {part.id: part for line in lines if (part := tx.part(line.source.part)) is not None}
    found: dict[str, bytes] = {}
    for line in lines:
        source = line.source
        if not source.crop:
            continue
        row = rows.get(source.part)
        path = row.path if row is not None else parts[source.part].path if source.part in parts else ""
        if path:
            found[_picture_name(source)] = office.archive.read(office.archive.deposit(path), source.crop)
    return found


def _picture_name(source: Source) -> str:
    return f"{source.part}-{source.crop.removeprefix('crops/')}"


def _page(
    office: Office, selection: Selection, lines: Sequence[Line], pictures: Mapping[str, bytes]
) -> bytes:
    head = "".join(f"<th scope=col>{name}</th>" for name in ("What", "Value", "From", "How", "Picture"))
    folders = _folders(office)
    rows = "".join(_row(office, line, pictures, folders) for line in lines)
    title = f"{selection.plan.title}: where each value comes from"
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title><style>{STYLE}</style>"
        f"<h1>{escape(title)}</h1><p>Case {escape(selection.case)}, as of {display(selection.as_of)}. "
        "For the office only; this page is never sent.</p>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></html>"
    ).encode()


def _folders(office: Office) -> dict[str, str]:
    """Part → the folder of its submission, beside the packets of the same case."""
    with office.ledger.reading() as tx:
        return {row.part: row.path.rpartition("/")[2] for row in tx.submissions()}


def _row(office: Office, line: Line, pictures: Mapping[str, bytes], folders: Mapping[str, str]) -> str:
    source = line.source
    form = office.site.forms.get((source.form, source.edition))
    where = escape(f"{form.code if form else source.form} {form.title if form else ''}, page {source.page}")
    if folder := folders.get(source.part):
        where = f'<a href="../../../submissions/{folder}/">{where}</a>'
    how = METHODS[source.method]
    if source.method is Method.CORRECTION:
        how += f" ({source.actor})"
    elif source.method in (Method.RECOGNISED, Method.INK):
        how += f", confidence {source.confidence:.2f}"
    png = pictures.get(_picture_name(source)) if source.crop else None
    picture = (
        f'<img alt="The box on the paper" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
        if png
        else "<span class=quiet>none</span>"
    )
    cells = (escape(line.label), escape(line.shown), where, escape(how), picture)
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
