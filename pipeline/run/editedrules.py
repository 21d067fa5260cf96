"""Whether what an edited document says still fits together: the rules of the forms that state its values, asked anew.

A form is filed only when its sums are right. Whoever changes units by hand in Word changes one cell of such a sum, so
the same rules are asked with the values as they stand in the document now, and the sums that the program wrote are
made anew. What fitted before and does not any more is not filed; what only calls for a reason, or cannot be checked,
is filed with one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as member
from decimal import Decimal, InvalidOperation

from pipeline.checking import Typed, findings_about, reads_any
from pipeline.ledger import PacketRow
from pipeline.model import Entry, Finding, Severity
from pipeline.packets.extras import sum_of, total_places, waiver_places
from pipeline.run.deciding import Filed
from pipeline.run.editedvalues import DocumentValues, values_of
from pipeline.run.editedword import EditedWord
from pipeline.run.office import Office
from pipeline.run.wordcodes import label_of, table_of
from pipeline.showing import Shown
from pipeline.site.schemas import Field

NOT_CHECKED, SUM = "not-checked", "sum"
SERVICES, WAIVER = "plan.services", "plan.waiver"


@dataclass(frozen=True, slots=True)
class Unfit:
    """What does not fit in a document. may_stand: whether it is filed where somebody says why"""

    rule: str
    words: str = member(repr=False)
    may_stand: bool


def unfit_in(office: Office, edited: EditedWord, row: PacketRow) -> tuple[Unfit, ...]:
    """Everything that no longer fits, what is not filed first."""
    if not (edited.values or edited.words):
        return ()
    asking = _Asking(office, edited, row)
    found = [each for form, places in asking.touched().items() for each in asking.of_form(form, places)]
    found += asking.of_sums()
    return tuple(sorted(dict.fromkeys(found), key=lambda each: each.may_stand))


class _Asking:
    """One document, form by form. run_over: places over which other words run, so that nobody knows what they say"""

    def __init__(self, office: Office, edited: EditedWord, row: PacketRow) -> None:
        self._office = office
        self._edited = edited
        self._made, self._now = values_of(office, edited, row)
        labels = {label for change in edited.words for label in change.values}
        self._run_over = {place for place, each in self._made.printed.items() if each.label in labels}

    def touched(self) -> dict[str, set[str]]:
        """Form → the places of it that were changed, or over which other words run."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for place in {*self._now.changed, *self._run_over}:
            if (fact := self._made.fact(self._base(place))) is not None:
                found[fact.form].add(place)
        return dict(found)

    def of_form(self, form: str, places: set[str]) -> Iterator[Unfit]:
        """What the rules of a form say now and did not say of the document as it was made."""
        site = self._office.site
        fields = {field.record: field for field in site.schemas[form].fields.values() if field.record}
        paths = {self._path(fields, place) for place in places} - {""}
        stood = {_key(each): each for each in self._findings(form, self._made, fields, paths)}
        for finding in self._findings(form, self._now, fields, paths):
            earlier = stood.get(_key(finding))
            if earlier is None or earlier.message != finding.message:
                may_stand = finding.severity is Severity.WARNING or earlier is not None
                yield Unfit(finding.rule, finding.message, may_stand)
        taken_out = {place for place, text in self._now.changed.items() if not text}
        for place in sorted((self._now.not_read | self._run_over | taken_out) & places):
            if reads_any(site, form, {self._path(fields, place)}):
                how = "was taken out" if place in taken_out else "cannot be read any more"
                words = f"{label_of(site, place)} {how}, so what hangs on it is not checked."
                yield Unfit(NOT_CHECKED, words, may_stand=True)

    def _findings(
        self, form: str, values: DocumentValues, fields: Mapping[str, Field], paths: set[str]
    ) -> tuple[Finding, ...]:
        entries = {}
        for field in fields.values():
            if (value := values.of_field(field)) is not None:
                rows = value if isinstance(value, tuple) else ()
                entries[field.name] = Entry(field.name, value, row_sources=tuple({} for _ in rows))
        typed = Typed(form, "", entries, (), (), ())
        own = fields[values.own].name if values.own in fields else ""
        filed = Filed(values.record)
        return findings_about(self._office.site, typed, self._office.today(), filed, paths, own)

    def of_sums(self) -> Iterator[Unfit]:
        """Sums that the program wrote into the document: they do not follow what is changed by hand."""
        was, comes_to = _sums(self._office, self._made), _sums(self._office, self._now)
        changed = self._now.changed
        for place, printed in self._made.printed.items():
            if place not in was or (was[place] == comes_to[place] and place not in changed):
                continue
            reads = changed.get(place, printed.text)
            said = f"{printed.label}: the document reads {reads or 'nothing'}"
            if _amount(was[place]) != _amount(printed.text) or self._now.not_read:
                yield Unfit(NOT_CHECKED, f"{said}, and that is not checked.", may_stand=True)
            elif _amount(reads) != _amount(comes_to[place]):
                yield Unfit(SUM, f"{said}, but it comes to {comes_to[place]} now.", may_stand=False)
        for change in self._edited.values:
            if change.times < change.of and change.place in was:
                words = f"{change.label} stands there {change.of} times, and was changed in {change.times} of them."
                yield Unfit(SUM, words, may_stand=False)

    def _base(self, place: str) -> str:
        """`plan.services` of `plan.services.2.units`."""
        return place if place in self._office.site.places else table_of(place)

    def _path(self, fields: Mapping[str, Field], place: str) -> str:
        """`services.units` of `plan.services.2.units`: where the form has it."""
        field = fields.get(self._base(place))
        if field is None:
            return ""
        names = {column.record or name: name for name, column in field.columns.items()}
        column = place.rpartition(".")[2]
        return f"{field.name}.{names.get(column, column)}" if field.columns else field.name


def _sums(office: Office, values: DocumentValues) -> dict[str, str]:
    """Place → the sum that is written there, as `extras` makes it."""
    fact, waiver = values.fact(SERVICES), values.fact(WAIVER)
    fields = office.site.schemas[fact.form].fields.values() if fact is not None else ()
    field = next((each for each in fields if each.record == SERVICES), None)
    if fact is None or field is None:
        return {}
    rows = values.rows(field, fact)
    cells = total_places(rows, "totals" if values.own else "budget")
    if not values.own:
        cells |= waiver_places(office.site, waiver.value if waiver else None, sum_of(rows, "amount"), ())
        cells = {place: cell for place, cell in cells.items() if place not in ("waiver.name", "waiver.cap")}
    return {place: cell.text for place, cell in cells.items() if isinstance(cell, Shown)}


def _amount(text: str) -> Decimal | str:
    """The number that a sum says, however it is written: `$-10`, as packets had it once, is `-$10.00`."""
    try:
        return Decimal(text.replace("$", "").replace(",", "").replace(" ", ""))
    except InvalidOperation:
        return text


def _key(finding: Finding) -> tuple[str, tuple[str, ...]]:
    return finding.rule, finding.fields
