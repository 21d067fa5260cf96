"""How a template reaches what it may show (`pipeline.showing`): by name, each use noted.

While a document is rendered a `Session` hands out places by their names, notes which places and facts were
used and which blanks were printed, and refuses private places this document may not show. A name that is
no place is an error with the nearest name that is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache

from pipeline.showing import LINE, Blank, Cell, Context, Shown, ShownTable

SHORT_LINE = "_" * 6  # fits the narrowest columns


class UnknownPlace(Exception):
    """The template names a place that does not exist. Carries the words for it."""


class ForbiddenPlace(Exception):
    """The template names a private place that this document may not show."""


class _NotOneValue:
    """What holds values and is none: put among words it would print what Python calls it."""

    __slots__ = ()

    def __str__(self) -> str:
        raise UnknownPlace("a whole table, row or group is put where one value belongs")


class ShownText(str):
    """A formatted value on its way into the page; remembers its place."""

    __slots__ = ("_codes", "_place")
    _place: str
    _codes: tuple[str, ...]


class BlankText:
    """A blank on its way into the page: false in a condition, a line in print, one row when looped over."""

    __slots__ = ("_blank", "_place", "_session")

    def __init__(self, session: Session, place: str, blank: Blank) -> None:
        self._session = session
        self._place = place
        self._blank = blank

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        """Two blanks are alike, so that the lines of a blank row find the lines that belong to it."""
        return isinstance(other, BlankText)

    def __hash__(self) -> int:
        return hash(BlankText)

    def __str__(self) -> str:
        self._session.note_blank(self._blank.label)
        return self._blank.line

    def __iter__(self) -> Iterator[RowView]:
        self._session.note_blank(self._blank.label)
        if self._blank.columns:
            cells = {name: Blank(label) for name, label in self._blank.columns.items()}
            yield RowView(self._session, self._place, 0, cells)


class RowView(_NotOneValue):
    """One row of a table; its columns are attributes."""

    __slots__ = ("_cells", "_place", "_row", "_session")

    def __init__(self, session: Session, place: str, row: int, cells: Mapping[str, Cell]) -> None:
        self._session = session
        self._place = place
        self._row = row
        self._cells = cells

    def __getattr__(self, column: str) -> object:
        cell, session = self._cells.get(column), self._session
        if type(cell) is Shown and cell.text and not session.forbidden:  # nearly every cell of a long table
            return session.view(
                f"{self._place}.{self._row}.{column}" if self._row else f"{self._place}.{column}", cell
            )
        return self._looked_at(column)

    def _looked_at(self, column: str) -> object:
        if column.startswith("_"):
            raise AttributeError(column)
        if column not in self._cells:
            raise UnknownPlace(
                unknown(f"{self._place}.{column}", [f"{self._place}.{c}" for c in self._cells])
            )
        self._session.refuse_if_forbidden(f"{self._place}.{column}")
        where = f"{self._place}.{self._row}.{column}" if self._row else f"{self._place}.{column}"
        cell = self._cells[column]
        if isinstance(cell, Blank) and cell.line == LINE:
            cell = Blank(cell.label, cell.columns, SHORT_LINE)
        return self._session.view(where, cell)


class TableView(_NotOneValue, Sequence[RowView]):
    """The rows of a table, in order."""

    __slots__ = ("_place", "_session", "_table")

    def __init__(self, session: Session, place: str, table: ShownTable) -> None:
        self._session = session
        self._place = place
        self._table = table

    def __len__(self) -> int:
        return len(self._table.rows)

    def __iter__(self) -> Iterator[RowView]:
        for number, row in enumerate(self._table.rows, start=1):
            yield RowView(self._session, self._place, number, row)

    def __getitem__(self, index: int) -> RowView:  # type: ignore[override]  # slices are not part of the language
        if index < 0:
            index += len(self._table.rows)
        return RowView(self._session, self._place, index + 1, self._table.rows[index])


class Branch(_NotOneValue):
    """A name that is not yet a place: `person.name` on the way to `person.name.first`."""

    __slots__ = ("_path", "_session")

    def __init__(self, session: Session, path: str) -> None:
        self._session = session
        self._path = path

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._session.look_up(f"{self._path}.{name}")


@lru_cache(maxsize=64)  # the documents of a batch have the same names
def _tops_and_branches(places: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The first words of names, and every name that leads to others."""
    paths = [place.split(".") for place in places]
    branches = {".".join(path[:length]) for path in paths for length in range(1, len(path))}
    return frozenset(path[0] for path in paths), frozenset(branches)


class Session:
    """One rendering: hands out places, and notes what was used."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.forbidden = context.forbidden
        self.touched: dict[str, None] = {}
        self.facts: dict[str, None] = {}
        self.blanks: dict[str, None] = {}
        self._noted: Sequence[str] = ()
        self._tops, self._branches = _tops_and_branches(tuple(context.places))

    def names(self, wanted: frozenset[str]) -> dict[str, object]:
        """The top names of the template language; only those the template uses are looked up."""
        names: dict[str, object] = {"has": self.has, "is": self.is_code}
        for top in wanted & self._tops:
            names[top] = self.look_up(top)
        if self.context.item is not None:
            names["item"] = RowView(self, self.context.item_place or "item", 0, self.context.item)
        if self.context.items is not None:
            names["items"] = TableView(self, self.context.item_place or "items", self.context.items)
            self.note_facts(self.context.items.facts)
        return names

    def look_up(self, path: str) -> object:
        if path in self.context.places:
            self.refuse_if_forbidden(path)
            self.touched[path] = None
            return self.view(path, self.context.places[path])
        if path in self._branches:
            return Branch(self, path)
        raise UnknownPlace(unknown(path, list(self.context.places)))

    def view(self, place: str, cell: Cell) -> object:
        if isinstance(cell, Shown):
            if not cell.text or cell.text.isspace():
                return BlankText(self, place, Blank(place))  # an empty text would be a silent blank
            self.note_facts(cell.facts)
            text = ShownText(cell.text)
            text._place = place
            text._codes = cell.codes
            return text
        if isinstance(cell, Blank):
            return BlankText(self, place, cell)
        self.note_facts(cell.facts)
        return TableView(self, place, cell)

    def has(self, what: object) -> bool:
        """Whether the record holds something at the place."""
        return bool(self._resolved(what))

    def is_code(self, what: object, *codes: str) -> bool:
        """Whether the place holds one of these codes. Where nothing is on file, that is listed as a blank:
        boxes that stay unticked for want of an answer must not look answered."""
        found = self._resolved(what)
        if isinstance(found, BlankText):
            self.note_blank(found._blank.label)
        return isinstance(found, ShownText) and any(code in found._codes for code in codes)

    def _resolved(self, what: object) -> object:
        """A place given by name is looked up; a value already taken from a place or a row is itself."""
        if isinstance(what, str) and not isinstance(what, ShownText):
            found = self.look_up(what)
            if isinstance(found, Branch):
                raise UnknownPlace(unknown(what, list(self.context.places)))
            return found
        return what

    def refuse_if_forbidden(self, place: str) -> None:
        if place in self.forbidden:
            raise ForbiddenPlace(
                f'"{place}" is private and this document is not allowed to show it. Take the tag out, or '
                f"list the place under `private:` of this document in packet.yaml."
            )

    def note_blank(self, label: str) -> None:
        self.blanks[label] = None

    def note_facts(self, facts: Sequence[str]) -> None:
        if facts is self._noted:  # every cell of a table rests on the same ones
            return
        self._noted = facts
        self.facts.update(dict.fromkeys(facts))


def unknown(path: str, known: Sequence[str]) -> str:
    """The words for a place that does not exist, with the nearest one that does."""
    near = get_close_matches(path, known, n=1, cutoff=0.6)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    return f'there is no place "{path}".{hint}'
