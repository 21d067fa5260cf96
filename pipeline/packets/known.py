"""Every name a template of a packet may use: what a document of an empty case would be offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pipeline.model import CaseRecord, CaseStatus
from pipeline.packets.amended import amendment_places
from pipeline.packets.extras import provider_places, total_places
from pipeline.packets.formatting import options_of
from pipeline.packets.front import CONTENTS, CONTENTS_COLUMNS, CONTENTS_PAGES, COUNTS, ITEM_COLUMNS
from pipeline.packets.front import ITEMS as CHECKLIST_ITEMS
from pipeline.packets.overflow import COLUMNS, ITEMS, OF
from pipeline.packets.selecting import places_of
from pipeline.showing import Blank, Cell
from pipeline.site import Site
from pipeline.site.packetfile import DocumentPlan, PacketPlan
from pipeline.values import Kind

ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Name:
    """A name and what hangs on it. columns: of a table; codes: what `is()` may ask for."""

    columns: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


def known_names(site: Site, plan: PacketPlan, document: DocumentPlan) -> Mapping[str, Name]:
    """The names that a template of this document may use, tables with their columns."""
    nobody = CaseRecord("", ANY_DAY, CaseStatus.ACTIVE, {})
    cells = dict(places_of(site, plan, nobody, {}, ANY_DAY.isoformat(), "", "draft"))
    cells |= amendment_places(None)
    if document.for_each:
        cells |= provider_places(site, None) | total_places((), "totals")
    if document.template == plan.addendum:
        cells |= {ITEMS: Blank("Continued", COLUMNS), OF: Blank("Continued from")}
    if document.template == plan.cover:
        cells |= {CONTENTS: Blank("Contents", CONTENTS_COLUMNS), CONTENTS_PAGES: Blank("Pages")}
    if plan.checklist is not None and document.template == plan.checklist.template:
        cells |= {CHECKLIST_ITEMS: Blank("Checklist", ITEM_COLUMNS)}
        cells |= {f"checklist.{name}": Blank(name) for name in COUNTS}
    return {name: Name(_columns(cell), _codes(site, name)) for name, cell in cells.items()}


def _columns(cell: Cell) -> tuple[str, ...]:
    return tuple(cell.columns) if isinstance(cell, Blank) else ()


def _codes(site: Site, name: str) -> tuple[str, ...]:
    place = site.places.get(name)
    if name == "waiver.name":
        return tuple(site.program.waivers)
    if place is None:
        return ()
    return ("yes", "no") if place.kind in (Kind.YES_NO, Kind.TICK) else tuple(options_of(site, place))
