"""Who decided: the login of the share where it is known, the initials as a claim beside it."""

from __future__ import annotations

import json
import os
import pwd
from pathlib import Path

import pytest

from pipeline.desk.request import RequestKind
from pipeline.run.actors import (
    SAVED_BY,
    acting_for,
    login_here,
    login_of,
    note_listing,
    note_who_saved,
    who_saved,
)
from pipeline.run.acts import withdraw
from tests.run.office import AnOffice, on_a_screen
from tests.run.test_requests import request

OTHER = next(user for user in pwd.getpwall() if user.pw_uid != os.geteuid())
UNKNOWN = 4_000_111_222


@pytest.fixture
def office(tmp_path: Path) -> AnOffice:
    return AnOffice.at(tmp_path)


def test_a_login_is_a_code_and_the_programs_own_is_none() -> None:
    assert login_of(os.geteuid()) == ""
    assert login_of(OTHER.pw_uid) == OTHER.pw_name
    assert login_of(UNKNOWN) == f"uid-{UNKNOWN}"


@pytest.mark.parametrize(
    ("noted", "login"),
    [(f"{OTHER.pw_uid}", OTHER.pw_name), ("4294967295", ""), ("", ""), (f"{os.geteuid()}", "")],
)
def test_whoever_gives_a_command_is_known_by_the_login_of_the_machine(
    tmp_path: Path, noted: str, login: str
) -> None:
    place = tmp_path / "loginuid"
    place.write_text(noted)
    assert login_here(place) == login
    assert login_here(tmp_path / "none") == ""


@pytest.mark.slow
@pytest.mark.parametrize("source", ["inbox", "needs-attention"])
def test_a_withdrawal_by_a_sheet_keeps_login_and_initials(office: AnOffice, source: str) -> None:
    (intake,) = office.drop(on_a_screen("intake", 2), "intake.pdf")
    wanted = {"withdraw_submission": intake.submission, "withdraw_reason": "wrong person"}
    folder = office.inbox if source == "inbox" else office.attention
    folder.mkdir(exist_ok=True)
    sheet = folder / "request.pdf"
    sheet.write_bytes(request(RequestKind.WITHDRAW, wanted))
    if os.geteuid() == 0:
        os.chown(sheet, OTHER.pw_uid, -1)
    (asked,) = office.take()

    with office.office.ledger.reading() as tx:
        noted = tx.events(kind=SAVED_BY)
        (act,) = tx.acts(act="withdraw")
    deposit = office.office.archive.deposit(act.path)
    said = json.loads(office.office.archive.read(deposit, "act.json"))
    login = OTHER.pw_name if os.geteuid() == 0 else ""  # nobody else can give a file away
    assert said["by"] == "JM"
    assert said.get("login", "") == deposit.about.get("login", "") == login
    assert [event.ids for event in noted] == ([{"drop": asked.drop, "login": login}] if login else [])


@pytest.mark.slow
def test_what_is_decided_for_a_sheet_is_decided_by_whoever_saved_it(office: AnOffice) -> None:
    (intake,) = office.drop(on_a_screen("intake", 2), "intake.pdf")
    note_who_saved(office.office, "D1", OTHER.pw_uid)
    note_who_saved(office.office, "D2", os.geteuid())
    with acting_for(office.office, "D1"):
        done = withdraw(office.office, intake.submission, by="JM", reason="wrong person")
    assert (who_saved(office.office, "D1"), who_saved(office.office, "D2")) == (OTHER.pw_name, "")
    assert done.deposit.about["login"] == OTHER.pw_name
    assert office.office.login == ""


def test_a_list_of_people_leaves_an_event_each_time(office: AnOffice) -> None:
    for people in (3, 3):
        note_listing(office.office, people)
    with office.office.ledger.reading() as tx:
        assert [event.ids["people"] for event in tx.events(kind="listed")] == [3, 3]
