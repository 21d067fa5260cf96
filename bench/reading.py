"""How well forms are read: exact, asked and wrongly accepted values by arrival, and CPU seconds a page.

    python -m bench.reading [--seeds N] [--first SEED] [--form intake] [--arrivals screen,typed,...] [--half test]

Fills the site's blanks with seeded invented values, sends them through the paper mill of tests/paper
and reads them back through the public functions alone. Prints one line an arrival and, with --wrong,
each wrong value that was accepted. Nothing here is used by the program.
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipeline.identify import split_parts
from pipeline.model import Decision, Reading, Widget, WidgetKind
from pipeline.reading.blanks import Catalogue, KnownForm, load_form
from pipeline.reading.fields import read_part
from pipeline.reading.formmap import generated_fields
from pipeline.reading.matching import match_pages
from pipeline.reading.pages import open_file
from pipeline.reading.recogniser import load_readers
from pipeline.rendering.blank import make_blank
from pipeline.site import Site, load_site
from pipeline.values import Expectation, Kind, NotAValue, is_blank, parse
from tests.paper.carriers import Carrier, save_as
from tests.paper.degrade import Severity, degraded
from tests.paper.families import Half, faces, typefaces
from tests.paper.fill import Saved, by_hand, invented_hand, on_screen, typed_over, typewriter

ROOT = Path(__file__).resolve().parents[1]
_FIRST = """
Alma Bert Cora Dina Emil Fay Greta Hugo Ines Jonas Kira Lars Mona Nils Olga Pablo Rita Sven Tilda
Uwe
"""
_LAST = """
Abernathy Brockmeyer Castillo Dunnigan Eversole Fitzwater Gantt Holloway Ibarra Jurgens Kessler
"""
_WORDS = """
likes quiet mornings and walks by the river with her brother on weekends needs help with money wants
a job near home uses a phone to call family enjoys cooking soup takes the bus alone when it is not
crowded
"""
FIRST, LAST, WORDS = _FIRST.split(), _LAST.split(), _WORDS.split()
ARRIVALS = (
    "screen",
    "flat",
    "typed",
    "typed-copier",
    "typed-fax",
    "typed-photo",
    "hand-clean",
    "hand-copier",
    "hand-fax",
    "hand-photo",
)


def invented(kind: Kind, expect: Expectation, length: int, comb: bool, rng: random.Random) -> str:
    """A value of this kind as a person would write it in this box."""
    day = f"{rng.randint(1, 12):02d}/{rng.randint(1, 28):02d}/{rng.choice((1957, 1988, 2001, 2026, 2027))}"
    phone = f"{rng.randint(201, 989)}{rng.randint(200, 999)}{rng.randint(0, 9999):04d}"
    if kind is Kind.DATE:
        return day.replace("/", "") if comb else day
    if kind is Kind.MONTH:
        return f"{rng.randint(1, 12):02d}2027" if comb else f"{rng.randint(1, 12):02d}/2027"
    if kind is Kind.PHONE:
        return phone if comb else f"({phone[:3]}) {phone[3:6]}-{phone[6:]}"
    if kind in (Kind.CHOICE, Kind.HCPCS, Kind.STATE):
        return (
            rng.choice([code for code, _ in expect.options])
            if expect.options
            else ("MO" if kind is Kind.STATE else "T2021")
        )
    plain = {
        Kind.PERSON_NAME: f"{rng.choice(FIRST)} {rng.choice(LAST)}"
        if length > 20 or not length
        else rng.choice(FIRST),
        Kind.ADDRESS: f"{rng.randint(10, 9999)} {rng.choice(LAST)} {rng.choice(('Street', 'Ave', 'Road'))}",
        Kind.EMAIL: f"{rng.choice(FIRST).lower()}.{rng.choice(LAST).lower()}@example.org",
        Kind.MONEY: f"{rng.randint(1, 9999)}.{rng.randint(0, 99):02d}",
        Kind.UNITS: str(rng.randint(1, 2000)),
        Kind.INTEGER: str(rng.randint(1, 9)),
        Kind.ZIP: f"{rng.randint(63001, 65899)}",
        Kind.NPI: "1234567893",
        Kind.ICD10: rng.choice(("F840", "F71", "G809", "Q909", "F900")),
        Kind.NARRATIVE: " ".join(rng.choices(WORDS, k=rng.randint(5, 14))),
        Kind.TEXT: " ".join(rng.choices(WORDS, k=rng.randint(1, 3))),
    }.get(kind, "")
    return plain[:length].strip() if length else plain


def identifier(pattern: str, rng: random.Random) -> str:
    for shape in ("9" * n for n in range(5, 12)):
        digits = "".join(str(rng.randint(1, 9)) for _ in shape)
        if _whole(pattern, digits):
            return digits
        if _whole(pattern, "A" + digits[1:]):
            return "A" + digits[1:]
    return ""


def _whole(pattern: str, text: str) -> bool:
    try:
        parse(text, Expectation(Kind.IDENTIFIER, pattern=pattern))
    except NotAValue:
        return False
    return True


def values_for(
    known: KnownForm, expectations: Mapping[str, Expectation], rng: random.Random
) -> dict[str, str]:
    """Values for each box by widget name: nine of ten filled, ticks two of five."""
    values: dict[str, str] = {}
    for widget in known.map.widgets:
        if not widget.field or widget.name in values:
            continue
        expect = _expect(widget.field, expectations)
        if widget.on_state:
            exclusive = bool(widget.option) and expect.kind in (Kind.CHOICE, Kind.YES_NO)
            states = [other.on_state for other in known.map.widgets if other.name == widget.name]
            if rng.random() < (0.8 if exclusive else 0.4):
                values[widget.name] = rng.choice(states) if exclusive else widget.on_state
        elif expect.kind is not Kind.SIGNATURE and rng.random() < 0.9:
            text = fitting(widget, expect, rng)
            if text:
                values[widget.name] = text
    return values


def fitting(widget: Widget, expect: Expectation, rng: random.Random) -> str:
    """A value that has room in the box; empty where none has."""
    room = max(2, int(widget.box.width / 6.2))
    if expect.kind is Kind.IDENTIFIER:
        return identifier(expect.pattern, rng)
    text = invented(expect.kind, expect, widget.max_length or expect.max_length, bool(widget.comb), rng)
    one_line = not widget.comb and not widget.multiline
    if one_line and expect.kind in (Kind.TEXT, Kind.PERSON_NAME, Kind.ADDRESS):
        return text[:room].strip()
    return text if len(text) <= room * (6 if widget.multiline else 1) + 40 else ""


def _expect(name: str, expectations: Mapping[str, Expectation]) -> Expectation:
    plain = ".".join(part for part in name.split(".") if not part.isdigit())
    return expectations.get(plain, Expectation(Kind.TEXT))


@dataclass(slots=True)
class Tally:
    """Counts of one arrival, by class of box."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    pages: int = 0
    lost: int = 0
    cpu: float = 0.0
    wrong: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


def filed(
    arrival: str, blank: Path, values: Mapping[str, str], seed: int, half: Half
) -> Iterator[tuple[str, bytes]]:
    """The files in which this filled form arrives (one page a photo)."""
    rng = np.random.default_rng([seed, 99])
    if arrival == "screen":
        yield "form.pdf", on_screen(blank, values, rng.choice([Saved.FULL, Saved.BARE, Saved.APPENDED]))
        return
    if arrival == "flat":
        yield "form.pdf", on_screen(blank, values, Saved.FLAT)
        return
    if arrival == "typed":
        yield "form.pdf", typed_over(blank, values)
        return
    who, _, how = arrival.partition("-")
    if who == "typed":
        machines = typefaces()
        hand = typewriter(machines[seed % len(machines)])
    else:
        hand = invented_hand(rng, faces(half))
    severity = {
        "clean": Severity.CLEAN,
        "copier": Severity.COPIER,
        "fax": Severity.BAD_COPY,
        "photo": Severity.PHOTO,
    }[how]
    sheets = by_hand(blank, values, hand, seed=seed)
    shots = [degraded(sheet.image, severity, seed * 100 + sheet.page, dpi=sheet.dpi) for sheet in sheets]
    if severity is Severity.PHOTO:
        for number, shot in enumerate(shots, 1):
            yield f"{number}.jpg", save_as([shot.image], Carrier.JPG, dpi=shot.dpi)
        return
    carrier = [Carrier.PDF_JPEG, Carrier.PDF_G4, Carrier.TIFF, Carrier.PDF_STRIPS][seed % 4]
    if severity is not Severity.BAD_COPY and carrier is Carrier.PDF_G4:
        carrier = Carrier.PDF_FLATE
    yield f"scan{carrier.suffix}", save_as([shot.image for shot in shots], carrier, dpi=shots[0].dpi)


def cpu_now() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def class_of(reading: Reading, expect: Expectation) -> str:
    if (
        reading.option
        or expect.kind in (Kind.TICK, Kind.CHOICES)
        or reading.text in ("on", "off", "doubtful")
    ):
        return "tick"
    if expect.kind is Kind.SIGNATURE:
        return "signature"
    if expect.kind is Kind.NARRATIVE:
        return "narrative"
    loose = (Kind.TEXT, Kind.PERSON_NAME, Kind.ADDRESS, Kind.EMAIL)
    return "text" if expect.kind in loose else "structured"


def same(wanted: str, got: str, expect: Expectation) -> bool:
    if is_blank(wanted) or is_blank(got):
        return is_blank(wanted) == is_blank(got)
    try:
        left, right = parse(wanted, expect), parse(got, expect)
    except NotAValue:
        return " ".join(wanted.split()).casefold() == " ".join(got.split()).casefold()
    if isinstance(left, str) and isinstance(right, str):
        return " ".join(left.split()).casefold() == " ".join(right.split()).casefold()
    return bool(left == right)


def judge(tally: Tally, reading: Reading, wanted: str, expect: Expectation, where: str) -> None:
    kind = class_of(reading, expect)
    right = same(wanted, reading.text, expect)
    if reading.decision is Decision.ASK or (reading.decision is Decision.CONFIRM and kind != "signature"):
        outcome = "asked-right" if right else "asked"
        reason = reading.reason.value if reading.reason else ""
        tally.unsure.append(
            f"{where} {kind} {reason}: {wanted!r} -> {[v.text for v in reading.votes] or reading.text!r}"
        )
    else:
        outcome = "exact" if right else "wrong"
        if not right:
            tally.wrong.append(
                f"{where} {kind}: {wanted!r} -> {reading.text!r} {[(v.text, v.confidence) for v in reading.votes]}"
            )
    tally.counts[kind, "blank-" + outcome if not wanted or wanted == "off" else outcome] += 1


def run(
    arrival: str, forms: Mapping[str, tuple[KnownForm, Path]], site: Site, options: argparse.Namespace
) -> Tally:
    tally = Tally()
    readers = load_readers()
    catalogue = Catalogue(tuple(known for known, _ in forms.values()))
    for seed in range(options.first, options.first + options.seeds):
        for name, (known, blank) in forms.items():
            expectations = site.expectations(name, 2026)
            values = values_for(known, expectations, random.Random(f"{seed} {name}"))
            expected = {widget.key: wanted_of(widget, values) for widget in known.map.widgets if widget.field}
            seen: set[str] = set()
            for file_name, data in filed(arrival, blank, values, seed, Half(options.half)):
                with tempfile.TemporaryDirectory() as folder:
                    path = Path(folder) / file_name
                    path.write_bytes(data)
                    if options.keep:
                        (Path(options.keep) / f"{arrival}-{name}-{seed}-{file_name}").write_bytes(data)
                    before = cpu_now()
                    opened = open_file(path, Path(folder) / "scratch")
                    parts = split_parts("DROP", match_pages(opened, catalogue))
                    readings = [
                        reading
                        for part in parts
                        if part.form == name
                        for reading in read_part(opened, part, known, expectations, readers)
                    ]
                    tally.cpu += cpu_now() - before
                    tally.pages += len(opened.pages)
                for reading in readings:
                    seen.add(reading.widget)
                    where = f"{arrival} {name} {seed} {reading.widget}"
                    judge(
                        tally, reading, expected[reading.widget], _expect(reading.field, expectations), where
                    )
            tally.lost += len({w.page for w in known.map.widgets if w.field and w.key not in seen})
    return tally


def wanted_of(widget: Widget, values: Mapping[str, str]) -> str:
    if widget.on_state:
        return "on" if values.get(widget.name) == widget.on_state else "off"
    return "absent" if widget.kind is WidgetKind.SIGNATURE else values.get(widget.name, "")


def report(arrival: str, tally: Tally) -> None:
    print(
        f"{arrival:13} pages {tally.pages:3} lost {tally.lost} cpu/page {tally.cpu / max(1, tally.pages):.2f}"
    )
    for kind in ("structured", "text", "narrative", "tick", "signature"):
        row = {key: count for (of, key), count in tally.counts.items() if of == kind}
        if row:
            print(f"    {kind:11} " + "  ".join(f"{key} {row[key]}" for key in sorted(row)))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--forms", default="intake,planning-worksheet")
    parser.add_argument("--arrivals", default=",".join(ARRIVALS))
    parser.add_argument("--half", default="development")
    parser.add_argument("--cache", default="")
    parser.add_argument("--keep", default="")
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--unsure", action="store_true")
    options = parser.parse_args()
    site = load_site(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(options.cache or folder)
        forms: dict[str, tuple[KnownForm, Path]] = {}
        for name in options.forms.split(","):
            edition = site.newest_edition(name)
            assert edition is not None
            blank = Path(folder) / f"{name}.pdf"
            blank.write_bytes(make_blank(edition, site.schemas[name], site.program))
            kinds = {key: value.kind for key, value in site.expectations(name, 2026).items()}
            forms[name] = load_form(name, edition.edition, blank, generated_fields(kinds), cache), blank
        for arrival in options.arrivals.split(","):
            tally = run(arrival, forms, site, options)
            report(arrival, tally)
            for line in tally.wrong if options.wrong else []:
                print("   WRONG", line)
            for line in tally.unsure if options.unsure else []:
                print("   ASKED", line)


if __name__ == "__main__":
    main()
