"""Where each kind of deposit lies in the archive.

Ids and codes only: no path ever carries a name of a person.
"""

from __future__ import annotations

import re
from datetime import date

from pipeline.model import DepositKind

MANIFEST = "manifest.json"
JOURNAL = "journal"
IDENTITY = "archive.json"
TEMPORARY = ".tmp"

_COMPONENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_FILE_COMPONENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}(?<![ .])")

FOLDERS_OF: dict[DepositKind, tuple[str, ...]] = {
    DepositKind.RECEIVED: ("received",),
    DepositKind.HELD: ("held",),
    DepositKind.SUBMISSION: ("cases",),
    DepositKind.PACKET: ("cases",),
    DepositKind.ACT: ("cases", "acts"),
    DepositKind.REPORT: ("reports",),
}


def received_path(day: date, drop: str) -> str:
    return _path("received", day.isoformat(), drop)


def held_path(part: str, number: int) -> str:
    return _path("held", part, str(number))


def submission_path(case: str, day: date, form: str, submission: str) -> str:
    return _path("cases", case, "submissions", f"{day.isoformat()}-{form}-{submission}")


def packet_path(case: str, day: date, packet: str, packet_id: str) -> str:
    return _path("cases", case, "packets", f"{day.isoformat()}-{packet}-{packet_id}")


def act_path(case: str, day: date, act: str, act_id: str) -> str:
    """Of a decision about a case, or, with an empty case, of one about the office as a whole."""
    name = f"{day.isoformat()}-{act}-{act_id}"
    return _path("cases", case, "acts", name) if case else _path("acts", name)


def report_path(day: date, report: str, report_id: str) -> str:
    return _path("reports", f"{day.isoformat()}-{report}-{report_id}")


def _path(*components: str) -> str:
    return checked_path("/".join(components))


def checked_path(path: str) -> str:
    """The path, if every folder of it is a plain code. Raises ValueError: this is a mistake of ours."""
    if not all(_COMPONENT.fullmatch(component) for component in path.split("/")):
        raise ValueError("a path in the archive is made of letters, digits, dots and dashes")
    return path


def checked_file_name(name: str) -> str:
    """The name of a file of a deposit, perhaps in sub-folders of it; safe on Windows too.

    Raises ValueError.
    """
    if name == MANIFEST or not all(_FILE_COMPONENT.fullmatch(component) for component in name.split("/")):
        raise ValueError("a file of a deposit has a plain name and is not the manifest")
    return name
