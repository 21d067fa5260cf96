"""Where every value of a packet comes from: a page for people and a file for programs. Internal, never sent."""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from html import escape

from pipeline.archive import packet_path
from pipeline.casefile.storing import source_json
from pipeline.model import Fact, Method, Source, canonical_json
from pipeline.packets import NONE, DocumentTask, Selection
from pipeline.rendering.formpaper import RenderedPaper
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
table{border-collapse:collapse;width:100%;table-layout:fixed;overflow-wrap:anywhere}
th,td{border:1px solid #bbb;padding:.4em .6em;text-align:left;
vertical-align:top}thead th{background:#eee}tbody th{font-weight:600}
img{max-width:100%;max-height:5em;border:1px solid #ccc}.quiet{color:#555}a{white-space:nowrap}
"""
WIDTHS = "".join(f'<col style="width:{share}%">' for share in (15, 24, 23, 15, 23))


@dataclass(frozen=True, slots=True)
class Line:
    """One value with the boxes that state it: those of the newest form first, then those of older forms that say
    the same."""

    label: str
    shown: str = member(repr=False)
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class _Paper:
    """Where a part lies in the archive. seen_from: the folder of the evidence page; pages: source pages, in order."""

    path: str
    seen_from: str
    pages: tuple[int, ...]
    files: frozenset[str]

    def link(self, file: str) -> str:
        """The file as seen from the evidence page, its folder where there is no such file."""
        return f"{posixpath.relpath(self.path, self.seen_from)}/{file if file in self.files else ''}"

    @property
    def number(self) -> str:
        """By which the filed form is withdrawn or filed again; empty where the part is no filed form of its own."""
        return self.path.rpartition("-")[2] if "/submissions/" in self.path else ""

    def page_picture(self, source_page: int) -> str:
        number = self.pages.index(source_page) + 1 if source_page in self.pages else 0
        return f"page-{number}.png"


def evidence_files(
    office: Office,
    selection: Selection,
    documents: Sequence[tuple[DocumentTask, RenderedPaper]],
    facts: Sequence[Fact],
    note: str = "",
) -> dict[str, bytes]:
    """`evidence/evidence.html`, `evidence/evidence.json` and the pictures of the boxes that were scanned.

    note: what whoever looks at the packet must know besides, in words
    """
    stated = {fact.id: fact for fact in office.stated(selection.case)}
    alike = {fact.id: _alike(fact, stated) for fact in facts}
    lines = [line for fact in facts for line in _lines(office, fact, alike[fact.id])]
    papers = _papers(
        office, lines, packet_path(selection.case, selection.as_of, "packet", "any") + "/evidence"
    )
    pictures = _pictures(office, lines, papers)
    shown_in = {
        fact.id: [task.title for task, filled in documents if fact.id in filled.facts] for fact in facts
    }
    data: list[Json] = [_fact_json(fact, alike[fact.id], shown_in[fact.id]) for fact in facts]
    files = {
        "evidence/evidence.json": canonical_json({"format": 1, "case": selection.case, "facts": data}),
        "evidence/evidence.html": _page(office, selection, lines, papers, pictures, note),
    }
    return files | {f"evidence/{name}": png for name, png in pictures.items()}


def _alike(fact: Fact, stated: Mapping[str, Fact]) -> tuple[Fact, ...]:
    """The older forms' facts that say the same, newest first: a name stands on every form."""
    older = [stated[each] for each in reversed(fact.supersedes) if each in stated]
    return tuple(each for each in older if each.value == fact.value)


def _fact_json(fact: Fact, alike: Sequence[Fact], titles: Sequence[str]) -> Json:
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
        "also_stated": [
            {
                "submission": each.submission,
                "form": f"{each.form}@{each.edition}",
                "sources": [source_json(source) for source in each.sources],
            }
            for each in alike
        ],
        "documents": list(dict.fromkeys(titles)),
        "sources": [source_json(source) for source in fact.sources],
        "row_sources": [
            {name: [source_json(source) for source in sources] for name, sources in row.items()}
            for row in fact.row_sources
        ],
    }


def _lines(office: Office, fact: Fact, alike: Sequence[Fact]) -> Iterator[Line]:
    place = office.site.places[fact.place]
    if fact.value in ("", ()):
        yield Line(place.label, NONE, fact.sources)
        return
    if place.kind is not Kind.TABLE:
        labels = dict(place.options or office.site.listed(place.listed))
        text = labels.get(str(fact.value), display(fact.value))
        yield Line(place.label, text, tuple(source for each in (fact, *alike) for source in each.sources))
        return
    rows = [row for row in fact.value if isinstance(row, dict)] if isinstance(fact.value, tuple) else []
    for number, (row, sources) in enumerate(zip(rows, fact.row_sources, strict=False), start=1):
        for name, cell in row.items():
            column = place.columns[name]
            labels = dict(column.options or office.site.listed(column.listed))
            is_money = column.kind is Kind.MONEY and not isinstance(cell, str | bool | tuple | int)
            text = display_money(cell) if is_money else labels.get(str(cell), display(cell))  # type: ignore[arg-type]
            yield Line(f"{place.label}, row {number}: {column.label}", text, sources.get(name, ()))


def _papers(office: Office, lines: Sequence[Line], seen_from: str) -> dict[str, _Paper]:
    """Where each part that is named lies: with its form, maybe of another case, or where it was kept to be joined."""
    wanted = {source.part for line in lines for source in line.sources}
    found: dict[str, _Paper] = {}
    with office.ledger.reading() as tx:
        filed = {row.part: row.path for row in tx.submissions()}
        for part_id in sorted(wanted):
            part = tx.part(part_id)
            path = filed.get(part_id) or (part.path if part is not None else "")
            if path:
                files = frozenset(file.name for file in office.archive.deposit(path).files)
                pages = part.pages if part is not None else ()
                found[part_id] = _Paper(path, seen_from, pages, files)
    return found


def _pictures(office: Office, lines: Sequence[Line], papers: Mapping[str, _Paper]) -> dict[str, bytes]:
    """The picture of each scanned box, by its name below evidence/."""
    found: dict[str, bytes] = {}
    for source in (source for line in lines for source in line.sources):
        if source.crop and source.part in papers:
            deposit = office.archive.deposit(papers[source.part].path)
            found[_picture_name(source)] = office.archive.read(deposit, source.crop)
    return found


def _picture_name(source: Source) -> str:
    return f"{source.part}-{source.crop.removeprefix('crops/')}"


# --- the page -------------------------------------------------------------------------------------


def _page(
    office: Office,
    selection: Selection,
    lines: Sequence[Line],
    papers: Mapping[str, _Paper],
    pictures: Mapping[str, bytes],
    note: str,
) -> bytes:
    head = "".join(f"<th scope=col>{name}</th>" for name in ("What", "Value", "From", "How", "Picture"))
    rows = "".join(_rows(office, line, papers, pictures) for line in lines)
    title = f"{selection.plan.title}: where each value comes from"
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title><style>{STYLE}</style>"
        f"<h1>{escape(title)}</h1><p>Case {escape(selection.case)}, as of {display(selection.as_of)}. "
        "For the office only; this page is never sent. A link opens the page of the form, "
        "a picture the box as it was read. By its number (no.) a form that was filed by mistake is withdrawn, "
        "or filed under the right person.</p>"
        f"{f'<p><strong>{escape(note)}</strong></p>' if note else ''}"
        f"<table>{WIDTHS}<thead><tr>{head}</tr></thead>{rows}</table></html>"
    ).encode()


def _rows(office: Office, line: Line, papers: Mapping[str, _Paper], pictures: Mapping[str, bytes]) -> str:
    """A value once, and beside it a row for each box that states it; boxes without a picture that say the same on
    several pages of one form share a row."""
    groups: dict[tuple[str, ...], list[Source]] = {}
    for source in line.sources:
        own = source.crop or f"{source.method.value} {source.raw} {source.actor}"
        groups.setdefault((source.part, own), []).append(source)
    span = len(groups)
    what = f'<th scope=rowgroup rowspan="{span}">{escape(line.label)}</th>'
    value = f'<td rowspan="{span}">{escape(line.shown)}</td>'
    rows: list[str] = []
    for alike in groups.values():
        cells = _source_cells(office, alike, line.shown, papers.get(alike[0].part), pictures)
        rows.append(f"<tr>{what + value if not rows else ''}{cells}</tr>")
    return f"<tbody>{''.join(rows)}</tbody>" if rows else ""


def _source_cells(
    office: Office, alike: Sequence[Source], shown: str, paper: _Paper | None, pictures: Mapping[str, bytes]
) -> str:
    source = alike[0]
    how = METHODS[source.method]
    if source.method is Method.CORRECTION:
        how += f" ({source.actor})"
    elif source.method in (Method.RECOGNISED, Method.INK):
        how += f", confidence {source.confidence:.2f}"
    how = escape(how)
    if source.raw not in ("", "on", shown) and source.method is not Method.INK:
        how += f"<br><span class=quiet>as it stands there: {escape(source.raw)}</span>"
    picture = "<span class=quiet>none</span>"
    if source.crop and (png := pictures.get(_picture_name(source))) is not None and paper is not None:
        image = (
            f'<img alt="The box on the paper" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
        )
        picture = f'<a href="{escape(paper.link(source.crop))}">{image}</a>'
    return "".join(f"<td>{cell}</td>" for cell in (_where(office, alike, paper), how, picture))


def _where(office: Office, alike: Sequence[Source], paper: _Paper | None) -> str:
    """The form, its pages, and its readings, each a link to what lies in the archive."""
    form = office.site.forms.get((alike[0].form, alike[0].edition))
    named = escape(f"{form.code} {form.title}" if form else alike[0].form)
    if paper is None:
        return f"{named}, page {', '.join(str(source.page) for source in alike)}"
    pages = [
        f'<a href="{escape(paper.link(paper.page_picture(source.source_page)))}">page {source.page}</a>'
        for source in alike
    ]
    readings = f'<a class=quiet href="{escape(paper.link("submission.json"))}">all readings</a>'
    number = f" <span class=quiet>no. {escape(paper.number)}</span>" if paper.number else ""
    return f"{named}, {', '.join(pages)}<br>{readings}{number}"
