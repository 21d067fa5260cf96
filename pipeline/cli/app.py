"""The command line itself, and the four folders that every verb takes: said once, here."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Concatenate, ParamSpec, get_type_hints

import typer

from pipeline.run.actors import login_here
from pipeline.run.office import Office, Settings

ROOT = Path(__file__).resolve().parents[2]
SITE, STATE = ROOT, ROOT / ".pipeline"

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Paper comes in, is read, checked and kept; packets go out, never over anything.",
)

SiteOption = Annotated[Path, typer.Option("--site", help="Folder with forms/, schemas/ and templates/.")]
StateOption = Annotated[Path, typer.Option("--state", help="Ledger and scratch; on a local disk.")]
InboxOption = Annotated[Path, typer.Option("--inbox", help="The shared folder people drop files into.")]
OutboxOption = Annotated[Path, typer.Option("--outbox", help="The archive.")]
ByOption = Annotated[str, typer.Option("--by", help="Name or initials of whoever decides.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept with the decision.")]


@dataclass(frozen=True, slots=True)
class Where:
    """The four folders a verb was given."""

    site: SiteOption = SITE
    inbox: InboxOption = ROOT / "inbox"
    outbox: OutboxOption = ROOT / "outbox"
    state: StateOption = STATE

    def office(self, settle_seconds: float = 5.0, workers: int = 0, *, check_books: bool = True) -> Office:
        settings = Settings(self.site, self.inbox, self.outbox, self.state, settle_seconds, workers)
        office = Office(settings, check_books=check_books)
        office.login = login_here()
        return office


Rest = ParamSpec("Rest")


def in_an_office(verb: Callable[Concatenate[Where, Rest], None]) -> Callable[..., None]:
    """The verb with four options of its own in place of its first parameter, `where`."""
    hints = get_type_hints(Where, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    options = [
        inspect.Parameter(folder.name, keyword, default=folder.default, annotation=hints[folder.name])
        for folder in fields(Where)
    ]
    own = tuple(inspect.signature(verb, eval_str=True).parameters.values())[1:]
    asked = [each.replace(kind=keyword) for each in own] + options

    @wraps(verb)
    def called(*args: Rest.args, **given: Rest.kwargs) -> None:
        folders = {folder.name: given.pop(folder.name) for folder in options}
        where = Where(**folders)  # type: ignore[arg-type]  # typer made paths of them
        verb(where, *args, **given)

    called.__signature__ = inspect.Signature(asked)  # type: ignore[attr-defined]  # what typer looks at
    called.__annotations__ = {each.name: each.annotation for each in asked}
    return called
