"""A typed form is held against schema and rules: everything wrong at once, in the office's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from pipeline.checking import Judged, Typed, judge
from pipeline.checking.entries import PartNames, row_number
from pipeline.model import Box, Decision, Entry, Finding, Method, Reason, Severity, Source
from pipeline.site import load_site
from pipeline.values import Row, Value

SITE = load_site(Path(__file__).parents[2])
NAMES = PartNames("DROP", "PART", "planning-worksheet", "2026-11")
TODAY = date(2026, 11, 22)


def source(widget: str, field: str = "") -> Source:
    return Source(
        "D",
        "P",
        "planning-worksheet",
        "2026-11",
        1,
        1,
        widget,
        Box(0, 0, 1, 1),
        Method.WIDGET,
        1.0,
        Decision.ACCEPTED,
        field=field or widget.partition("/")[2],
    )


def entry(name: str, value: Value) -> Entry:
    if isinstance(value, tuple) and value and isinstance(value[0], dict):
        rows = [row for row in value if isinstance(row, dict)]
        sources = tuple(
            {column: (source(f"1/{name}.{number}.{column}"),) for column in row}
            for number, row in enumerate(rows, start=1)
        )
        return Entry(name, value, (), sources)
    return Entry(name, value, (source(f"1/{name}"),))


def judged(
    values: Mapping[str, Value], unsure: tuple[str, ...] = (), vouched: frozenset[str] = frozenset()
) -> Judged:
    entries = {name: entry(name, value) for name, value in values.items()}
    typed = Typed("planning-worksheet", "2026-11", entries, (), unsure, ())
    return judge(SITE, typed, TODAY, lambda place: None, vouched)


def rows(*given: Row) -> tuple[Row, ...]:
    return given


def service(**changes: str) -> Row:
    row: Row = {
        "code": "T2021",
        "provider": "P101",
        "outcome_no": "1",
        "unit_kind": "15min",
        "units": Decimal("10"),
        "rate": Decimal("2.50"),
        "amount": Decimal("25.00"),
        "begin": date(2027, 1, 1),
        "end": date(2027, 12, 31),
    }
    return row | {name: Decimal(text) for name, text in changes.items()}


def messages(found: Judged) -> str:
    return "\n".join(finding.message for finding in found.errors)


def test_every_required_blank_is_named_at_once() -> None:
    blank = [finding for finding in judged({}).errors if finding.reason is Reason.REQUIRED_BLANK]
    fields = {path for finding in blank for path in finding.fields}
    assert {"legal_last", "legal_first", "birth_date", "plan_start", "plan_end"} <= fields


def test_a_wrong_amount_is_named_with_its_row_and_what_it_should_be() -> None:
    found = judged({"services": rows(service(), service(amount="26.00"))})
    [wrong] = [finding for finding in found.errors if "services.2.amount" in finding.fields]
    assert "$25.00" in wrong.message
    assert "$26.00" in wrong.message
    assert "2" in wrong.message.split(":")[0]


def test_a_right_amount_vouches_for_handwritten_money() -> None:
    unsure = ("services.1.units", "services.1.rate", "services.1.amount")
    found = judged({"services": rows(service())}, unsure)
    asked = {path for finding in found.errors if finding.reason is Reason.NO_CHECK for path in finding.fields}
    assert asked == set()


def test_handwritten_money_without_a_sum_is_asked_about() -> None:
    row = service()
    del row["amount"]
    found = judged({"services": rows(row)}, ("services.1.rate",))
    asked = {path for finding in found.errors if finding.reason is Reason.NO_CHECK for path in finding.fields}
    assert asked == {"services.1.rate"}


def test_a_handwritten_name_is_asked_about_unless_the_case_vouches_for_it() -> None:
    alone = judged({"legal_last": "Lopez"}, ("legal_last",))
    known = judged({"legal_last": "Lopez"}, ("legal_last",), frozenset({"legal_last"}))
    assert any(finding.reason is Reason.NO_CHECK for finding in alone.errors)
    assert not any(finding.reason is Reason.NO_CHECK for finding in known.errors)


def test_a_provider_that_is_not_on_the_list_is_refused() -> None:
    row = service() | {"provider": "P999"}
    assert "listed choices" in messages(judged({"services": rows(row)}))


def test_warnings_are_kept_apart_from_errors() -> None:
    found = judged({"plan_start": date(2027, 1, 1), "plan_end": date(2027, 12, 31)})
    assert all(finding.severity is Severity.ERROR for finding in found.errors)
    assert all(finding.severity is Severity.WARNING for finding in found.warnings)


def test_a_plan_that_ends_before_it_begins_is_an_error() -> None:
    found = judged({"plan_start": date(2027, 12, 31), "plan_end": date(2027, 1, 1)})
    assert any({"plan_start", "plan_end"} & set(finding.fields) for finding in found.errors)


def asked_about(*fields: str, values: Mapping[str, Value]) -> Judged:
    """Judged while a person is still asked about these places."""
    entries = {name: entry(name, value) for name, value in values.items()}
    findings = tuple(Finding("not-sure", Severity.ERROR, Reason.NOT_SURE, (field,)) for field in fields)
    return judge(
        SITE, Typed("planning-worksheet", "2026-11", entries, findings, (), ()), TODAY, lambda place: None
    )


def test_a_sum_is_not_called_wrong_while_one_of_its_amounts_is_asked_about() -> None:
    incomplete = {name: cell for name, cell in service().items() if name != "amount"}
    values: dict[str, Value] = {"services": rows(service(), incomplete), "plan_total": Decimal("50.00")}
    found = asked_about("services.2.amount", values=values)
    assert "plan-total-is-the-sum" not in {finding.rule for finding in found.errors}
    assert "plan-total-is-the-sum" in {finding.rule for finding in judged(values).errors}


def test_the_other_rows_are_judged_while_one_is_asked_about() -> None:
    values: dict[str, Value] = {"services": rows(service(amount="26.00"), service())}
    found = asked_about("services.2.units", values=values)
    wrong = [finding.fields for finding in found.errors if finding.rule == "amount-is-units-times-rate"]
    assert len(wrong) == 1
    assert all(field.startswith("services.1.") for field in wrong[0])


def test_rows_of_a_foreign_form_are_counted_as_printed_whatever_its_widgets_are_called() -> None:
    rows: tuple[Row, ...] = ({"units": Decimal("3")}, {"units": Decimal("4")})
    sources = tuple(
        {"units": (source("1/topmostSubform[0].Page2[0].Q7", f"services.{number}.units"),)}
        for number in (2, 5)
    )
    table = Entry("services", rows, (), sources)
    assert [row_number(table, index) for index in (0, 1)] == [2, 5]
