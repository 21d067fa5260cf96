"""Papers that wait, as they were last held; and whether a page that comes later certainly belongs to one of them.

The month, the provider, the plan year stand on one page of a form. A page without them that names the right person
may be of another month: it joins by itself only where that cannot be, else a person is asked.
"""

from __future__ import annotations

from pipeline.archive import held_path
from pipeline.casefile import identity_of
from pipeline.desk.words import pages_named
from pipeline.ledger import PartRow
from pipeline.model import Decision, Finding, Outcome, PageMatch, Reason, Severity
from pipeline.run.asking import NOT_OURS
from pipeline.run.office import Office
from pipeline.run.paper import BELONGS, Paper, load_paper
from pipeline.run.whose import identifier_pairs
from pipeline.values import Kind, NotAValue, Value, display, fold_case, parse

OTHER = "other"
NOT_JOINED = (OTHER, NOT_OURS, "")
SAME_SHEET = 3
"""So many filled boxes that say the same, besides the person's: then two copies of a page are one sheet of paper."""


def held_paper(office: Office, row: PartRow) -> Paper:
    """The paper as it was last held."""
    return paper_at(office, row.path)


def paper_at(office: Office, path: str) -> Paper:
    deposit = office.archive.deposit(path)
    data = office.archive.read(deposit, "paper.json")
    return load_paper(data, lambda name: office.archive.read(deposit, name))


def held_pictures(office: Office, path: str) -> tuple[bytes, ...]:
    deposit = office.archive.deposit(path)
    names = sorted(
        (file.name for file in deposit.files if file.name.startswith("page-")),
        key=lambda name: int(name.removeprefix("page-").removesuffix(".png")),
    )
    return tuple(office.archive.read(deposit, name) for name in names)


def waits_for_itself(row: PartRow) -> bool:
    """Whether the part is held on its own, and not with the form its pages joined."""
    return row.outcome is Outcome.HELD and row.path == held_path(row.id, row.round)


# --- certain, or asked ----------------------------------------------------------------------------


def is_certain(office: Office, first: Paper, later: Paper, takes: tuple[PageMatch, ...]) -> bool:
    """Whether these pages can be of no other form of this person.

    Certain is: the form has no period; both scans carry every field of it, and they agree; the page is one
    that is there already, and at least three filled boxes say that it is the same sheet, signed since; or the
    form opens a case, and its person has none yet, so that there is no second one to be mixed up with.
    """
    schema = office.site.schemas[first.part.form]
    if not schema.period or (says_period(office, first) and says_period(office, later)):
        return True
    if schema.opens_case and not (_has_a_case(office, first) or _has_a_case(office, later)):
        return True
    there = {match.page for match in first.part.matches}
    person = {schema.person.first, schema.person.last, schema.person.birth_date, *schema.person.ids}
    lines = {field.name for field in schema.fields.values() if field.kind is Kind.SIGNATURE}
    return all(
        match.page in there and _alike(first, later, match.page, person | lines) >= SAME_SHEET
        for match in takes
    )


def says_period(office: Office, paper: Paper) -> bool:
    """Whether the pages carry every field that tells this form from others of its person, read for certain."""
    said = {
        reading.field
        for reading in paper.readings
        if reading.decision is Decision.ACCEPTED and not reading.is_blank
    }
    return set(office.site.schemas[paper.part.form].period) <= said


def _has_a_case(office: Office, paper: Paper) -> bool:
    """Whether somebody of this name, birth date or number has a case already."""
    schema = office.site.schemas[paper.part.form]
    text = {reading.field: reading.text for reading in paper.corrected if not reading.is_blank}

    def value(name: str) -> Value | None:
        try:
            expect = office.site.expectation(schema.fields[name], office.today().year)
            return parse(text[name], expect) if name in text else None
        except NotAValue:
            return None

    pairs = identifier_pairs(identity_of(schema, value))
    with office.ledger.reading() as tx:
        return any(tx.find_cases(kind, number) for kind, number in pairs)


def _alike(first: Paper, later: Paper, page: int, but: set[str]) -> int:
    """How many filled boxes of a page were read for certain on both and say the same."""
    theirs = {each.widget: each for each in later.readings if each.decision is Decision.ACCEPTED}
    return sum(
        fold_case(each.text) == fold_case(theirs[each.widget].text)
        for each in first.readings
        if each.page == page
        and each.field not in but
        and not each.is_blank
        and each.decision is Decision.ACCEPTED
        and each.widget in theirs
    )


def belongs_finding(office: Office, paper: Paper) -> tuple[Finding, ...]:
    """The question whether pages belong to a form that waits; none where that was answered or none waits."""
    if BELONGS in paper.said:
        return ()
    with office.ledger.reading() as tx:
        rows = [row for part in paper.may_join if (row := tx.part(part)) is not None]
    choices = [(row.id, _described(office, row)) for row in rows if waits_for_itself(row)]
    if not choices:
        return ()
    title = office.site.schemas[paper.part.form].title.lower()
    pages = tuple(match.page for match in paper.part.matches)
    message = (
        f"{pages_named(pages).capitalize()} of a {title} came in. It names the person of a form that waits, "
        "but not the period, so it may be of another one. Look at the picture and tick where it belongs."
    )
    choices.append((OTHER, f"To another {title}; its other pages will be scanned"))
    reason = Reason.PAGE_MISSING
    return (Finding(BELONGS.partition(":")[2], Severity.ERROR, reason, (), 0, message, tuple(choices)),)


def _described(office: Office, row: PartRow) -> str:
    """A form that waits, told from others: its period, when it came, and what it has and lacks."""
    paper = held_paper(office, row)
    has = pages_named(tuple(sorted(match.page for match in paper.part.matches)))
    lacks = f", and waits for {pages_named(paper.pages_missing)}" if paper.pages_missing else ""
    day = display(office.local_day(paper.received_at))
    return f"To the one that came in on {day}: {_period(office, paper)}it has {has}{lacks}"


def _period(office: Office, paper: Paper) -> str:
    schema = office.site.schemas[paper.part.form]
    said: list[str] = []
    for name in schema.period:
        text = next((each.text for each in paper.corrected if each.field == name and each.text), "")
        try:
            expect = office.site.expectation(schema.fields[name], office.today().year)
            shown = display(parse(text, expect)) if text else ""
        except NotAValue:
            shown = text
        if shown:
            said.append(f"{schema.label_of(name)} {shown}, ")
    return "".join(said)
