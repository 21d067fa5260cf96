"""What people's answers say of the reader, from an office's own archive: counts and names of fields, no value.

Held rounds say what was asked, papers what was read and what people answered, confirm lists what was filed without
asking and mended later. The archive is only read; nothing of it is printed but forms, fields, reasons and counts.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pypdf import PdfReader

from bench.reading.classes import same
from bench.reading.shares import percent
from pipeline.archive import Archive
from pipeline.checking import judge, type_readings
from pipeline.checking.entries import PartNames
from pipeline.desk.answers import QUESTIONS, carried
from pipeline.model import Decision, Deposit, DepositKind, Reading
from pipeline.run.confirming import CONFIRM
from pipeline.run.paper import FIELD, Paper, load_paper
from pipeline.site import Site
from pipeline.values import Expectation, Json, Kind, from_json, parse, to_json

BY_A_RULE = "asked by something else than the box"
STRANGE = "(not on this site's form)"
TICK_WORDS = frozenset({"on", "off", "doubtful"})
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """A field of one paper that a person was asked about. field: without row numbers.

    right: what was read is what the person said; accepted: the readers were sure, a rule was not
    """

    form: str
    field: str
    reason: str
    answered: bool
    right: bool
    accepted: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """A filed value that a person compared with its picture on a confirm list. accepted: nothing doubted it."""

    form: str
    field: str
    accepted: bool
    right: bool


@dataclass(frozen=True, slots=True)
class Corrections:
    """All that people said of what was read. papers: read forms, by form."""

    papers: Mapping[str, int]
    filed: int
    asked: tuple[Asked, ...]
    compared: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class _History:
    """One part: as it was held in each round, and as it stands last."""

    rounds: tuple[tuple[Paper, frozenset[str]], ...]
    last: Paper


def corrections_in(archive: Archive, site: Site) -> Corrections:
    """Everything people answered or mended, by the forms of this site. Raises ArchiveError."""
    filed = {str(deposit.about["part"]): deposit for deposit in archive.deposits(DepositKind.SUBMISSION)}
    histories = [each for each in _histories(archive, filed) if each.last.part.form in site.schemas]
    return Corrections(
        papers=Counter(each.last.part.form for each in histories),
        filed=len(filed),
        asked=tuple(row for each in histories for row in _asked_rows(site, each)),
        compared=tuple(_compared_rows(archive, site, {each.id: each for each in filed.values()})),
    )


# --- what was asked -------------------------------------------------------------------------------


def _histories(archive: Archive, filed: Mapping[str, Deposit]) -> list[_History]:
    """Each part once; pages that joined another part's form are told with that."""
    held: dict[str, list[Deposit]] = defaultdict(list)
    for deposit in archive.deposits(DepositKind.HELD):
        held[str(deposit.about["part"])].append(deposit)
    found: dict[str, _History] = {}
    for part in held.keys() | filed.keys():
        rounds = [
            (_paper(archive, deposit), _keys_asked(archive, deposit))
            for deposit in sorted(held[part], key=lambda each: int(str(each.about["round"])))
        ]
        last = _paper(archive, filed[part]) if part in filed else rounds[-1][0]
        found[part] = _History(tuple(rounds), last)
    joined = {part for each in found.values() for part in each.last.joined}
    return [each for part, each in sorted(found.items()) if part not in joined]


def _paper(archive: Archive, deposit: Deposit) -> Paper:
    """Without the pictures: they say nothing here, and there are thousands."""
    return load_paper(archive.read(deposit, "paper.json"), lambda name: b"")


def _keys_asked(archive: Archive, deposit: Deposit) -> frozenset[str]:
    """The questions on the sheet of a round, as the sheet itself remembers them."""
    info = PdfReader(io.BytesIO(archive.read(deposit, "sheet.pdf"))).metadata
    about = {str(name): str(value) for name, value in info.items()} if info else {}
    known = carried({}, about, QUESTIONS)
    return frozenset(str(row[0]) for row in json.loads(known.get(QUESTIONS, "[]")))


def _asked_rows(site: Site, history: _History) -> Iterator[Asked]:
    paper = history.last
    expectations = site.expectations(paper.part.form, paper.received_at.year)
    for path, reason in _reasons(site, history).items():
        boxes = [reading for reading in paper.readings if reading.field == path]
        said = paper.said.get(FIELD + path)
        yield Asked(
            form=paper.part.form,
            field=_shown(site, paper.part.form, path),
            reason=reason,
            answered=said is not None,
            right=said is not None and _agrees(boxes, said.text, _expect(expectations, path)),
            accepted=bool(boxes) and all(box.decision is Decision.ACCEPTED for box in boxes),
        )


def _reasons(site: Site, history: _History) -> dict[str, str]:
    """Place on the form → why it was asked about first, as checking says it of what was read."""
    found: dict[str, str] = {}
    for paper, keys in history.rounds:
        asked = {key.removeprefix(FIELD) for key in keys if key.startswith(FIELD)} - found.keys()
        if asked and paper.part.form in site.schemas:
            names = PartNames(paper.part.drop, paper.part.id, paper.part.form, paper.part.edition)
            typed = type_readings(site, names, paper.corrected, paper.received_at.year)
            judged = judge(site, typed, paper.received_at.date(), lambda place: None)
            why = {
                path: finding.reason.value
                for finding in reversed((*judged.errors, *judged.warnings))
                for path in finding.fields
            }
            found |= {path: why.get(path, BY_A_RULE) for path in sorted(asked)}
    return found


def _agrees(boxes: Sequence[Reading], said: str, expect: Expectation) -> bool:
    """Whether the boxes were read as the person says they are, as values."""
    if any(box.text in TICK_WORDS for box in boxes):
        on = {box.option or "on" for box in boxes if box.text == "on"}
        wanted = {code for code in said.split(";") if code and code != "off"}
        return on == wanted and all(box.text != "doubtful" for box in boxes)
    if expect.kind is Kind.SIGNATURE:
        signed = any(box.text in ("present", "typed") for box in boxes)
        return signed == (said == "present") and all(box.text != "doubtful" for box in boxes)
    return same(said, read_text(boxes), expect)


def read_text(boxes: Sequence[Reading]) -> str:
    """What stood on the sheet to be looked at: the text as read, or the best vote where none was chosen."""
    texts = [box.text for box in boxes if box.text]
    votes = [vote.text for box in boxes for vote in box.votes if vote.text]
    return next(iter([*texts, *votes]), "")


# --- what was filed without asking, and compared later --------------------------------------------


def _compared_rows(archive: Archive, site: Site, filed: Mapping[str, Deposit]) -> Iterator[Compared]:
    seen: set[tuple[str, str]] = set()
    for act in archive.deposits(DepositKind.ACT):
        target = str(act.about.get("target", ""))
        if act.about.get("act") != CONFIRM or target not in filed:
            continue
        paper = _paper(archive, filed[target])
        if paper.part.form not in site.schemas:
            continue
        said = json.loads(archive.read(act, "confirm.json"))
        expectations = site.expectations(paper.part.form, paper.received_at.year)
        for path in said["fields"]:
            if (target, path) in seen:
                continue
            seen.add((target, path))
            boxes = [reading for reading in paper.readings if reading.field == path]
            mended = path in said["mended"]
            yield Compared(
                form=paper.part.form,
                field=_shown(site, paper.part.form, path),
                accepted=bool(boxes) and all(box.decision is Decision.ACCEPTED for box in boxes),
                right=not mended or _was_right(boxes, said["mended"][path], _expect(expectations, path)),
            )


def _was_right(boxes: Sequence[Reading], mended: Json, expect: Expectation) -> bool:
    """Whether the mended value is the one that was read, only written otherwise."""
    try:
        return to_json(parse(read_text(boxes), expect)) == to_json(from_json(mended, expect.kind))
    except ValueError:
        return False


def _expect(expectations: Mapping[str, Expectation], path: str) -> Expectation:
    return expectations.get(_plain(path)) or Expectation(Kind.TEXT)


def _plain(path: str) -> str:
    """The place without row numbers: `services.2.units` is `services.units`."""
    return re.sub(r"\.\d+(?=\.|$)", "", path)


def _shown(site: Site, form: str, path: str) -> str:
    """The field's name; a place that the site's form does not have any more is not printed."""
    return _plain(path) if site.schemas[form].field_at(path) else STRANGE


# --- printed --------------------------------------------------------------------------------------


def correction_lines(found: Corrections) -> Iterator[str]:
    """The tables of `--from-corrections`."""
    papers = ", ".join(f"{form} {count}" for form, count in sorted(found.papers.items())) or "none"
    yield f"Papers read: {sum(found.papers.values())} ({papers}); filed: {found.filed}"
    yield ""
    yield "Fields asked about, most asked first. Right: what was read is what the person said."
    head = f"{'asked':>7}{'answered':>10}{'right':>7}{'share':>8}"
    yield f"  {'form and field':58}{head}"
    yield from _counted(found.asked, lambda row: f"{row.form} {row.field}")
    yield ""
    yield "Reasons. Right: it was wrong to ask, the box had been read as the person says."
    yield f"  {'reason':58}{head}"
    yield from _counted(found.asked, lambda row: row.reason)
    caught = [row for row in found.asked if row.accepted and row.answered]
    wrong = sum(not row.right for row in caught)
    yield ""
    yield f"Accepted by the readers, asked about by a rule: {len(caught)} answered, {wrong} had been read wrong"
    yield from _compared_lines(found.compared)


def _counted(rows: Iterable[Asked], name: Callable[[Asked], str]) -> Iterator[str]:
    groups: dict[str, list[Asked]] = defaultdict(list)
    for row in rows:
        groups[name(row)].append(row)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    for title, group in ordered[:MOST_SHOWN]:
        answered, right = sum(row.answered for row in group), sum(row.right for row in group)
        yield f"  {title:58}{len(group):7}{answered:10}{right:7}{percent(right, answered):>8}"
    if len(ordered) > MOST_SHOWN:
        yield f"  and {len(ordered) - MOST_SHOWN} more"


def _compared_lines(rows: Sequence[Compared]) -> Iterator[str]:
    accepted = [row for row in rows if row.accepted]
    silent = [row for row in accepted if not row.right]
    mended = sum(not row.right for row in rows)
    yield f"Compared with their pictures on confirm lists: {len(rows)} values, {mended} were wrong"
    yield f"  of these accepted as read, without a doubt: {len(accepted)}, {len(silent)} were wrong (silent errors)"
    for (form, field), count in Counter((row.form, row.field) for row in rows if not row.right).most_common():
        yield f"  ! {form} {field}: {count} wrong"
