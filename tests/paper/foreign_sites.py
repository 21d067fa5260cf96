"""The foreign forms as folders of a site: blank, map and schema, written as plain YAML.

What a support office would write by hand after taking a state's form into use; here it is made by rule,
because the household form alone has two hundred widgets.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as member
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from tests.paper.answers import Question
from tests.paper.casework import Answer, Node
from tests.paper.foreign import STYLES
from tests.paper.foreign_household import ASSETS, INCOME
from tests.paper.widgets import Spot
from tests.paper.writing import Filled, flat, written

EDITION = "2025-03"
COVERAGE = 4


@dataclass(frozen=True, slots=True)
class Link:
    """One widget and the field it feeds. codes: on-state to option. comb: the name is a pattern with `*`."""

    widget: str
    field: str
    codes: dict[str, str] = member(default_factory=dict)
    comb: bool = False

    def as_yaml(self) -> Node:
        if self.comb:
            return {"comb": self.field}
        return {"field": self.field, "states": dict(self.codes)} if self.codes else self.field


@dataclass(frozen=True, slots=True)
class Taken:
    """A foreign form taken into use: its map and the `fields:` of its schema."""

    links: tuple[Link, ...]
    fields: dict[str, Node]


def install(style: str, site: Path) -> Path:
    """The folder forms/STYLE/EDITION of a site, with its schema beside the others."""
    taken = TAKEN[style]()
    folder = site / "forms" / style / EDITION
    folder.mkdir(parents=True)
    (site / "schemas").mkdir(exist_ok=True)
    blank = STYLES[style]()
    (folder / "blank.pdf").write_bytes(blank)
    (folder / "blank.sha256").write_text(hashlib.sha256(blank).hexdigest() + "\n")
    form = {
        "code": f"FX-{style}",
        "title": f"Foreign form: {style}",
        "edition": EDITION,
        "blank": "foreign",
        "widgets": {link.widget: link.as_yaml() for link in taken.links},
    }
    _write(folder / "form.yaml", form)
    _write(site / "schemas" / f"{style}.yaml", schema(style))
    return folder


def schema(style: str) -> dict[str, Node]:
    """The schema of a foreign form as a mapping, for `answers.invented_answers` too."""
    fields = TAKEN[style]().fields
    person: dict[str, Node] = {"first": "first", "last": "last", "birth_date": "birth_date"}
    dated = "sign_date" if "sign_date" in fields else "birth_date"
    return {
        "title": f"Foreign form: {style}",
        "effective": dated,
        "period": [dated],
        "person": person,
        "fields": fields,
    }


def mapped_boxes(
    style: str,
    answers: Mapping[str, Answer],
    asked: Iterable[Question],
    blank: Iterable[Spot],
    *,
    on_paper: bool,
) -> Filled:
    """The answers in the widgets of a foreign blank, by its map."""
    spots = sorted(blank, key=lambda spot: (spot.page, round(spot.top), spot.left))
    taken = TAKEN[style]()
    values: dict[str, str] = {}
    signed: list[str] = []
    for name, question, value in flat(answers, asked):
        links = [link for link in taken.links if link.field == name]
        if question.kind == "signature":
            signed += [link.widget for link in links]
            continue
        for link in links:
            if link.comb:
                cells = [
                    spot.name for spot in spots if fnmatchcase(spot.name, link.widget.replace("[", "[[]"))
                ]
                values |= dict(zip(cells, _compact(value), strict=False))
            elif link.codes:
                for state in (state for state, code in link.codes.items() if _holds(value, code)):
                    values[link.widget] = state
            else:
                spot = next(spot for spot in spots if spot.name == link.widget)
                values[link.widget] = written(value, question, spot, on_paper=on_paper)
    return Filled(values, tuple(signed))


def _compact(value: Answer) -> str:
    return "".join(ch for ch in str(value) if ch.isalnum())


def _holds(value: Answer, code: str) -> bool:
    """Whether an answer says what a mark stands for."""
    if isinstance(value, bool):
        return code == ("yes" if value else "no")
    return code in value if isinstance(value, tuple) else value == code


def _entry(kind: str, label: str, *, required: bool = False, record: str = "", **more: Node) -> Node:
    """A field of a schema. more: options, listed, pattern of its meta; maxlength."""
    types = {"date": "date", "month": "month", "money": "decimal", "choices": "list", "yes-no": "boolean"}
    entry: dict[str, Node] = {"type": types.get(kind, "string")}
    if required:
        entry["required"] = True
    if "maxlength" in more:
        entry["maxlength"] = more.pop("maxlength")
    meta: dict[str, Node] = {"label": label, "kind": kind}
    if record:
        meta["record"] = record
    options = more.get("options")
    if isinstance(options, dict):
        entry["allowed"] = list(options)
    entry["meta"] = meta | more
    return entry


def _table(label: str, columns: dict[str, Node]) -> Node:
    inner: dict[str, Node] = {"type": "dict", "schema": columns}
    return {"type": "list", "meta": {"label": label, "kind": "table"}, "schema": inner}


def _identity(*, born: str = "Date of birth") -> dict[str, Node]:
    return {
        "last": _entry("person-name", "Last name", required=True, record="person.name.last"),
        "first": _entry("person-name", "First name", required=True, record="person.name.first"),
        "birth_date": _entry("date", born, required=True, record="person.birth_date"),
    }


def _request() -> Taken:
    kinds = {"respite": "Respite", "transport": "Transport", "employment": "Employment"}
    fields = _identity() | {
        "sex": _entry("choice", "Sex", options={"female": "Female", "male": "Male"}),
        "wanted": _entry("choices", "Services", options=dict(kinds)),
        "important": _entry("narrative", "What is important to you?"),
        "county": _entry("choice", "County", listed="counties"),
        "signature": _entry("signature", "Signature", signer="individual"),
    }
    links = (
        Link("LastName", "last"),
        Link("FirstName", "first"),
        Link("DOB", "birth_date"),
        Link("Sex", "sex", {"F": "female", "M": "male"}),
        *(Link(f"Svc{label}", "wanted", {"Yes": code}) for code, label in kinds.items()),
        Link("Important", "important"),
        Link("County", "county"),
        Link("Signature", "signature"),
    )
    return Taken(links, fields)


def _consent() -> Taken:
    kinds = ("medical", "school", "psychological", "plans", "billing")
    columns = ("date", "what", "whom", "by")
    fields = _identity(born="Born on") | {
        "street": _entry("address", "Living at", record="person.address.street"),
        "city": _entry("text", "City", record="person.address.city"),
        "agency": _entry("text", "Agency", maxlength=30),
        "share": _entry("choices", "May be shared", options={kind: f"{kind} records" for kind in kinds}),
        **{f"not_shared_{place}": _entry("text", "Not shared", maxlength=60) for place in range(3)},
        "ends": _entry("date", "Ends on"),
        "signature": _entry("signature", "Signature", signer="individual"),
        "sign_date": _entry("date", "Date"),
        "log": _table("Record of what was shared", {
            name: _entry("date" if name == "date" else "text", name.title()) for name in columns
        }),
    }  # fmt: skip
    plain = ("last", "first", "street", "city", "agency", "ends")
    links = (
        *(Link(name, name) for name in plain),
        Link("born", "birth_date"),
        *(Link(f"share.{kind}", "share", {"On": kind}) for kind in kinds),
        *(Link(f"not_shared.{place}", f"not_shared_{place}") for place in range(3)),
        Link("sign.person", "signature"),
        Link("sign.date", "sign_date"),
        *(Link(f"log.{row}.{name}", f"log.{row + 1}.{name}") for row in range(9) for name in columns),
    )
    return Taken(links, fields)


def _household() -> Taken:
    fields: dict[str, Node] = {"case_number": _entry("identifier", "Case number", pattern="authorization")}
    links = [Link("form1[0].CaseNumber[0]", "case_number")]
    for page in (1, 2, 3):
        links += _member_links(page, "" if page == 1 else f"p{page}_")
        fields |= _member_fields("" if page == 1 else f"p{page}_")
    fields["assets"] = _table(
        "Resources", {"where": _entry("text", "Where", maxlength=30), "value": _entry("money", "Value")}
    )
    fields["county"] = _entry("choice", "County", listed="counties")
    for row in range(len(ASSETS)):
        stem = f"form1[0].Page4[0].Asset[{row}]"
        links += [Link(f"{stem}.Where[0]", f"assets.{row + 1}.where")]
        links += [Link(f"{stem}.Value[0]", f"assets.{row + 1}.value")]
    links.append(Link("form1[0].Page4[0].County[0]", "county"))
    return Taken(tuple(links), fields)


TRAITS = ("student", "veteran", "blind", "citizen", "tribal")


def _member_fields(who: str) -> dict[str, Node]:
    """The fields of one person of the household; those of the first feed the case record."""
    first = {f"{who}{name}": entry for name, entry in _identity().items()} if not who else {
        f"{who}last": _entry("person-name", "Last name"),
        f"{who}first": _entry("person-name", "First name"),
        f"{who}birth_date": _entry("date", "Date of birth"),
    }  # fmt: skip
    coverage = {
        "has": _entry("choice", "Has it", options={"y": "Y", "n": "N"}),
        "number": _entry("identifier", "Number", pattern="dcn"),
        "since": _entry("month", "Since"),
    }
    income = {
        "amount": _entry("money", "Amount"),
        "often": _entry("text", "How often", maxlength=16),
        "source": _entry("text", "From whom", maxlength=30),
    }
    return first | {
        f"{who}middle": _entry("text", "M.I.", maxlength=1),
        f"{who}suffix": _entry("text", "Suffix", maxlength=10),
        f"{who}ssn": _entry("identifier", "Social Security number", pattern="ssn"),
        f"{who}phone": _entry("phone", "Telephone"),
        f"{who}sex": _entry(
            "choice", "Sex", options={"female": "Female", "male": "Male", "other": "Not stated"}
        ),
        f"{who}lives_with": _entry("yes-no", "Lives with you"),
        f"{who}traits": _entry("choices", "Is", options={trait: trait.title() for trait in TRAITS}),
        f"{who}income": _table("Income", dict(income)),
        f"{who}coverage": _table("Coverage", dict(coverage)),
        f"{who}remarks": _entry("narrative", "Remarks"),
        f"{who}signature": _entry("signature", "Signature", signer="individual"),
        f"{who}sign_date": _entry("date", "Date"),
    }


def _member_links(page: int, who: str) -> list[Link]:
    stem = f"form1[0].Page{page}[0]"
    plain = {
        "LastName": "last", "FirstName": "first", "MI": "middle", "Suffix": "suffix", "DOB": "birth_date",
        "Phone": "phone", "Remarks": "remarks", "Signature": "signature", "SignDate": "sign_date",
    }  # fmt: skip
    links = [Link(f"{stem}.{widget}[0]", f"{who}{name}") for widget, name in plain.items()]
    links.append(Link(f"{stem}.SSN*", f"{who}ssn", comb=True))
    links.append(Link(f"{stem}.Sex[0]", f"{who}sex", {"1": "female", "2": "male", "3": "other"}))
    links += [Link(f"{stem}.LivesWith{w}[0]", f"{who}lives_with", {"Yes": w.lower()}) for w in ("Yes", "No")]
    links += [Link(f"{stem}.{trait.title()}[0]", f"{who}traits", {"Yes": trait}) for trait in TRAITS]
    for row in range(len(INCOME)):
        for widget, column in (("Amount", "amount"), ("How", "often"), ("From", "source")):
            links.append(Link(f"{stem}.Income[{row}].{widget}[0]", f"{who}income.{row + 1}.{column}"))
    for row in range(COVERAGE):
        at, to = f"{stem}.Coverage[{row}]", f"{who}coverage.{row + 1}"
        links.append(Link(f"{at}.Has[0]", f"{to}.has", {"Y": "y", "N": "n"}))
        links += [Link(f"{at}.Number[0]", f"{to}.number"), Link(f"{at}.Since[0]", f"{to}.since")]
    return links


TAKEN: dict[str, Callable[[], Taken]] = {"request": _request, "consent": _consent, "household": _household}


def _write(path: Path, data: object) -> None:
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110), encoding="utf-8")
