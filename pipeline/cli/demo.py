"""The demo: the shipped samples through the whole program, in folders of its own, never the office's."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from pipeline.cli.packets import review_all, show_reviews
from pipeline.cli.papers import show_outcomes, take_all_in
from pipeline.cli.show import err, say, show_table
from pipeline.errors import PacketError, SetupError
from pipeline.rendering.pdf import NOT_FOUND, find_libreoffice
from pipeline.run.annual import active_cases, keep_report, plan_ends
from pipeline.run.office import Office, Settings
from pipeline.run.packeting import MadePacket, approve, make_packet
from pipeline.values import Month

ENDINGS = (".pdf", ".png", ".jpg", ".tif")
MARK = "made-by-demo"
BEFORE_APPROVAL = ("isp", "waiver")
AFTER_APPROVAL = ("service-authorization",)
APPROVED_BY = "demo supervisor"


def run_demo(site: Path, folder: Path) -> None:
    """Everything the program does once, with a table of what became of each file and where the packets lie."""
    _empty(folder)
    office = Office(Settings(site, folder / "inbox", folder / "outbox", folder / "state", settle_seconds=0.2))
    count = _drop_samples(site, office.folders.inbox)
    say(f"{count} sample files dropped into {office.folders.inbox}")
    done, _ = take_all_in(office)
    show_outcomes(office, done, named=True)
    if find_libreoffice() is None:
        err.print(NOT_FOUND, soft_wrap=True)
    today = office.today()
    _make_packets(office, today)
    _review(office, today)
    say(f"Where things stand, as clerks see it: {office.folders.inbox / 'STATUS.html'}")


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
    (folder / MARK).write_text("This folder is emptied by every run of the demo.\n", encoding="utf-8")


def _drop_samples(site: Path, inbox: Path) -> int:
    samples = sorted(path for path in site.glob("forms/*/*/samples/*") if path.suffix.lower() in ENDINGS)
    for path in samples:
        shutil.copyfile(path, inbox / f"{path.parent.parent.parent.name} {path.name}")
    return len(samples)


def _make_packets(office: Office, today: date) -> None:
    rows: list[tuple[str, ...]] = []
    for case in active_cases(office):
        if not plan_ends(office.record(case, today)):
            continue
        for name in BEFORE_APPROVAL:
            made = _made(office, name, case, today, rows)
            if made is not None and name == "isp":
                _approved(office, made, case, rows)
        for name in AFTER_APPROVAL:
            _made(office, name, case, today, rows)
    if rows:
        show_table("Packets", ("Case", "Packet", "Status", "Blanks", "Where, or why not"), rows)


def _made(
    office: Office, name: str, case: str, today: date, rows: list[tuple[str, ...]]
) -> MadePacket | None:
    try:
        made = make_packet(office, name, case, today)
    except PacketError as failure:
        rows.append((case, name, "refused", "", "\n".join(failure.reasons)))
        return None
    rows.append((case, name, made.row.status.value, str(len(made.blanks)), made.row.path))
    return made


def _approved(office: Office, made: MadePacket, case: str, rows: list[tuple[str, ...]]) -> None:
    try:
        final = approve(office, made.row.id, by=APPROVED_BY)
    except PacketError as failure:
        rows.append((case, made.row.name, "not approved", "", "\n".join(failure.reasons)))
        return
    rows.append((case, final.row.name, "approved", str(len(final.blanks)), final.row.path))


def _review(office: Office, today: date) -> None:
    """The batch for the month in which the first plan year of the samples ends."""
    ends = [end for case in active_cases(office) for end in plan_ends(office.record(case, today)).values()]
    if not ends:
        return
    month = Month.of(min(ends))
    results = review_all(office, month, today)
    show_reviews(month, results)
    keep_report(office, month, today, results)
