"""Request sheets: what a coordinator asks for by dropping a filled sheet instead of typing a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member

from pipeline.ledger import DropRow, PartRow
from pipeline.model import Outcome, Part, Reason
from pipeline.run.office import Office


@dataclass(frozen=True, slots=True)
class RequestSheet:
    """A request sheet as it came back: name of each box → what stands there."""

    widgets: Mapping[str, str] = member(repr=False)


def request_in(widgets: Mapping[str, str]) -> RequestSheet | None:
    """The request sheet these boxes belong to, None where they do not."""
    return None


def act_on_request(office: Office, row: DropRow, part: Part, sheet: RequestSheet) -> None:
    office.books.settle_part(
        PartRow(part.id, row.id, part.pages, Outcome.ACTED, reasons=(Reason.REQUEST_FAILED,))
    )
