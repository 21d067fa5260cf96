"""Examines the machine an office runs on: what is there, what is missing, and what to do about it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.folders import named_folders
from pipeline.reading.fence import Wall, fences
from pipeline.reading.models import lacking_models
from pipeline.rendering.pdf import find_libreoffice

LEAST_FREE = 2 << 30  # bytes


class Health(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Examined:
    """One thing that was looked at. to_do: empty where nothing need be done."""

    what: str
    health: Health
    to_do: str = ""


def examine(site: Path, inbox: Path, outbox: Path, state: Path) -> tuple[Examined, ...]:
    """Everything about the machine that matters, the worst first."""
    found = [*_tools(), *_fences(), *_folders(site, inbox, outbox, state), _site(site)]
    return worst_first(found)


def worst_first(found: Iterable[Examined]) -> tuple[Examined, ...]:
    order = (Health.BAD, Health.WARNING, Health.GOOD)
    return tuple(sorted(found, key=lambda each: order.index(each.health)))


def _tools() -> Iterator[Examined]:
    version = ".".join(map(str, sys.version_info[:3]))
    good = sys.version_info >= (3, 11)
    yield Examined(
        f"Python {version}", Health.GOOD if good else Health.BAD, "" if good else "Install 3.11 or newer."
    )
    if find_libreoffice():
        yield Examined("LibreOffice Writer", Health.GOOD)
    else:
        to_do = "Packets will be Word only. Install libreoffice-writer-nogui and fonts-crosextra-carlito."
        yield Examined("LibreOffice Writer", Health.WARNING, to_do)
    lacks = lacking_models()
    for lack in lacks:
        yield Examined(f"Model file {lack.file}", Health.BAD if lack.changed else Health.WARNING, lack.words)
    if not lacks:
        yield Examined("Readers of scans", Health.GOOD)


FENCED = {
    Wall.NETWORK: "A dropped file cannot reach the network while it is opened",
    Wall.FILES: "A dropped file cannot reach other files while it is opened",
    Wall.CALLS: "A dropped file cannot start programs while it is opened",
}
FENCE_TO_DO = {
    Wall.NETWORK: "Allow this account a network of its own (user namespaces), or keep the machine off the network.",
    Wall.FILES: "Use Linux 5.13 or newer with Landlock switched on.",
    Wall.CALLS: "Use Linux with seccomp filters on a 64-bit Intel, AMD or ARM machine.",
}


def _fences() -> Iterator[Examined]:
    """The walls around whatever opens a dropped file: tried out, not looked up."""
    stand = fences()
    for wall, words in FENCED.items():
        if wall in stand:
            yield Examined(words, Health.GOOD)
        else:
            yield Examined(words.replace("cannot", "could"), Health.WARNING, FENCE_TO_DO[wall])


def _folders(site: Path, inbox: Path, outbox: Path, state: Path) -> Iterator[Examined]:
    """Makes none: an empty folder in the place of a share would look like the share."""
    try:
        folders = named_folders(site, inbox, outbox, state)
    except PipelineError as failure:
        yield Examined("Folders", Health.BAD, str(failure))
        return
    for name, folder in (("Inbox", folders.inbox), ("Outbox", folders.outbox), ("State", folders.state)):
        if not folder.is_dir():
            to_do = "Connect its disk or share. A new office has none yet: they are made at the first start."
            yield Examined(f"{name}: {folder} is not there", Health.WARNING, to_do)
            continue
        free = shutil.disk_usage(folder).free
        full = free < LEAST_FREE
        yield Examined(
            f"{name}: {free >> 30} GiB free",
            Health.WARNING if full else Health.GOOD,
            "Make room: the program pauses when the disk is full." if full else "",
        )


def _site(site: Path) -> Examined:
    from pipeline.run.checks import check_site  # noqa: PLC0415

    problems = check_site(site)
    if not problems:
        return Examined("Forms, schemas and templates", Health.GOOD)
    return Examined("Forms, schemas and templates", Health.BAD, f"{len(problems)} mistakes. Run: check")
