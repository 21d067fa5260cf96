"""The demo: the shipped samples through the whole program, in folders of its own, never the office's."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from pipeline.cli.outcomes import show_became
from pipeline.cli.packets import review_all
from pipeline.cli.papers import take_all_in
from pipeline.cli.show import WIDEST, err, say, show_table
from pipeline.errors import PacketError, SetupError
from pipeline.rendering.pdf import NOT_FOUND, find_libreoffice
from pipeline.run import story
from pipeline.run.annual import active_cases, keep_report, plan_ends
from pipeline.run.approving import approve
from pipeline.run.became import what_became
from pipeline.run.confirming import confirm, unconfirmed
from pipeline.run.crew import fitting_workers
from pipeline.run.depositing import MadePacket
from pipeline.run.office import Office, Settings
from pipeline.run.packeting import make_packet
from pipeline.values import Month, display

ENDINGS = (".pdf", ".png", ".jpg", ".tif")
MARK = "made-by-demo"
BEFORE_APPROVAL = ("isp", "waiver")
AFTER_APPROVAL = ("service-authorization",)
APPROVED_BY = "demo supervisor"


@dataclass(frozen=True, slots=True)
class _Made:
    """One packet asked for. why: the reasons where it was not made or not approved."""

    case: str
    packet: str
    status: str
    blanks: int = 0
    path: str = ""
    why: tuple[str, ...] = ()


def run_demo(site: Path, folder: Path) -> None:
    """Everything the program does once, with a table of what became of each file and where the packets lie."""
    _empty(folder)
    folders = folder / "inbox", folder / "outbox", folder / "state"
    office = Office(Settings(site, *folders, settle_seconds=0.2, workers=fitting_workers()))
    count = _drop_samples(site, office.folders.inbox)
    say(f"{count} filled sample forms of invented people lie in {_near(office.folders.inbox)}")
    say("1. Reading, checking and filing them")
    done, _ = take_all_in(office)
    show_became(office, what_became(office, done, frozenset()), named=True)
    say("2. Making packets from what was filed")
    if find_libreoffice() is None:
        err.print(NOT_FOUND, soft_wrap=True)
    today = office.today()
    made = _make_packets(office, today)
    made += _review(office, today)
    story.once(office)  # STATUS and the sheets as they are after the approvals
    _show_packets(made)
    _show_way(office, made)


def _empty(folder: Path) -> None:
    """A fresh folder; one that the demo did not make is never removed."""
    if folder.exists():
        if not (folder / MARK).is_file():
            raise SetupError(
                f"{folder} was not made by the demo, so it is left alone. Give another --folder."
            )
        shutil.rmtree(folder)
    for name in ("inbox", "outbox"):
        (folder / name).mkdir(parents=True)
        (folder / name).chmod(0o770)  # whatever the umask: nobody else may look into them
    (folder / MARK).write_text("This folder is emptied by every run of the demo.\n", encoding="utf-8")


def _drop_samples(site: Path, inbox: Path) -> int:
    samples = sorted(path for path in site.glob("forms/*/*/samples/*") if path.suffix.lower() in ENDINGS)
    for path in samples:
        shutil.copyfile(path, inbox / f"{path.parent.parent.parent.name} {path.name}")
    return len(samples)


# --- packets --------------------------------------------------------------------------------------


def _make_packets(office: Office, today: date) -> list[_Made]:
    """The plan of every case, approved where nothing is missing, and what follows from it."""
    cases = [case for case in active_cases(office) if plan_ends(office.record(case, today))]
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    made: list[_Made] = []
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("Packets", total=len(cases) * 4)
        for case in cases:
            for name in (*BEFORE_APPROVAL, *AFTER_APPROVAL):
                found, packet = _made(office, name, case, today)
                made.append(found)
                bar.advance(task)
                if name == "isp":
                    made += [_approved(office, packet, case)] if packet else []
                    bar.advance(task)
    return made


def _made(office: Office, name: str, case: str, today: date) -> tuple[_Made, MadePacket | None]:
    try:
        made = make_packet(office, name, case, today)
    except PacketError as failure:
        return _Made(case, name, "not made", why=failure.reasons), None
    return _Made(case, name, made.row.status.value, len(made.blanks), made.row.path), made


def _approved(office: Office, made: MadePacket, case: str) -> _Made:
    _confirm_handwriting(office, case)
    try:
        final = approve(office, made.row.id, by=APPROVED_BY)
    except PacketError as failure:
        return _Made(case, made.row.name, "not approved", why=failure.reasons)
    return _Made(case, final.row.name, "approved", len(final.blanks), final.row.path)


def _confirm_handwriting(office: Office, case: str) -> None:
    """What a coordinator does on the confirm lists; in the demo everything on them is taken as read."""
    with office.ledger.reading() as tx:
        rows = [row for row in tx.submissions(case=case) if not row.withdrawn_by]
    for row in rows:
        if unconfirmed(office, row):
            confirm(office, row.id, by=APPROVED_BY)


def _review(office: Office, today: date) -> list[_Made]:
    """The batch for the month in which the first plan year of the samples ends."""
    ends = [end for case in active_cases(office) for end in plan_ends(office.record(case, today)).values()]
    if not ends:
        return []
    month = Month.of(min(ends))
    say(f"Annual reviews of everyone whose plan year ends in {display(month)}")
    results = review_all(office, month, today)
    keep_report(office, month, today, results)
    return [
        _Made(
            each.case,
            "annual-review",
            "draft" if each.path else each.review.value,
            each.blanks,
            each.path,
            each.why,
        )
        for each in results
        if each.path or each.why
    ]


def _show_packets(made: list[_Made]) -> None:
    rows = [
        (each.case, each.packet, each.status, str(each.blanks) if each.path else "", _reasons(each.why))
        for each in made
    ]
    if rows:
        heads = ("Case", "Packet", "Status", "Not on file", "What stands against it")
        show_table("Packets", heads, rows, WIDEST)


def _reasons(why: tuple[str, ...]) -> str:
    first = why[0].partition(" If it is right as it stands")[0] if why else ""
    return first + (f" (and {len(why) - 1} more)" if len(why) > 1 else "")


# --- where to look --------------------------------------------------------------------------------


def _show_way(office: Office, made: list[_Made]) -> None:
    """What a newcomer opens first, each with its full path on a line of its own."""
    outbox, inbox = office.folders.outbox, office.folders.inbox
    best = [each for each in made if each.path]
    best.sort(key=lambda each: (each.status != "approved", each.blanks))
    say("\nLook at these next:")
    if best:
        folder = outbox / best[0].path
        pdf = next(iter(sorted(folder.glob("*-for-individual.pdf")) or sorted(folder.glob("*.pdf"))), folder)
        say(f"  the plan of one person ({best[0].status}): {_near(pdf)}")
        say(f"  where each of its values comes from: {_near(folder / 'evidence' / 'evidence.html')}")
    say(f"  where things stand, as clerks see it: {_near(inbox / 'STATUS.html')}")
    if waiting := sorted((inbox / "needs-attention").glob("*.pdf")):
        say(f"  a sheet that asks for what was not sure: {_near(waiting[0])}")
        say("    Fill it in, tick that you are finished, put your initials, and save it in place. Then run")
        folders = f"--inbox {_near(inbox)} --outbox {_near(outbox)} --state {_near(office.folders.state)}"
        say(f"    {_near(Path(sys.executable))} -m pipeline once {folders}")
    say(f"  everything that is kept: {_near(outbox)}")


def _near(path: Path) -> str:
    """The path as one would type it here."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
