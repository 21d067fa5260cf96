"""Who acts, as far as the system knows it: the login that saved a sheet, or under which somebody gives a command.

Initials on a sheet are a claim; the login is what the file server and the machine vouch for. It is a code of this
machine, kept with the claim and never in its place. Where all files belong to the program's own user, nothing is known.
"""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.run.office import Office
from pipeline.values import instant

SAVED_BY = "saved-by"
_CODE = re.compile(r"[A-Za-z0-9@._+~-]{1,100}")
_NOBODY = 0xFFFF_FFFF  # Source: audit_loginuid_set(), an unset login
_LOGIN_UID = Path("/proc/self/loginuid")  # what PAM noted at the login; sudo does not change it


def login_of(user: int) -> str:
    """The name a user of this machine logs in with; empty for the program's own user and where it is not known."""
    if user in (-1, os.geteuid()):
        return ""
    try:
        name = pwd.getpwuid(user).pw_name
    except KeyError:  # of a share whose users this machine does not know
        return f"uid-{user}"
    return name if _CODE.fullmatch(name) else f"uid-{user}"


def login_here(noted: Path = _LOGIN_UID) -> str:
    """The login of whoever gave the command; empty for the service, which nobody logged in for."""
    try:
        user = int(noted.read_text())
    except (OSError, ValueError):
        return ""
    return "" if user == _NOBODY else login_of(user)


def note_who_saved(office: Office, drop: str, owner: int) -> None:
    """An event that says which login a file that came in belonged to; none where it is the program's own."""
    if login := login_of(owner):
        office.books.record(SAVED_BY, drop=drop, login=login)


def who_saved(office: Office, drop: str) -> str:
    """The login that saved a drop, empty where it is not known."""
    with office.ledger.reading() as tx:
        noted = tx.events(kind=SAVED_BY)
    return next((str(event.ids["login"]) for event in noted if event.ids["drop"] == drop), "")


def note_listing(office: Office, people: int) -> None:
    """An event that says that so many people were shown on a screen or written out, to which login, if known."""
    office.books.record("listed", people=people, at=instant(office.now()), login=office.login)


@contextmanager
def acting_for(office: Office, drop: str) -> Iterator[None]:
    """What is decided inside is decided by whoever saved this sheet."""
    before, office.login = office.login, who_saved(office, drop)
    try:
        yield
    finally:
        office.login = before
