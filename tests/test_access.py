"""Who may look into an office: its user, its group where people share, and nobody else."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.errors import SetupError
from pipeline.folders import GIT_KEEPS, Folders, open_folders, refuse_open_to_others
from pipeline.ledger import open_ledger
from pipeline.log import Log
from pipeline.run.looking import read_file
from pipeline.run.office import Office, Settings
from tests.conftest import too_wide
from tests.pages import ROOT
from tests.run.office import AnOffice

SERVICE, STRANGER = 65_534, 65_533
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def as_user(uid: int, look: Callable[[], str]) -> str:
    """What `look` says in a process of a user without any rights."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said = "nothing could be said"
        try:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            said = look()
        except BaseException as failure:  # goes back as words, whatever it is
            said = f"{type(failure).__name__}: {failure}"
        finally:
            os.write(writing, said.encode()[:60_000])
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        said = answer.read().decode()
    os.waitpid(child, 0)
    return said


@pytest.fixture
def anywhere() -> Iterator[Path]:
    """A folder that everybody can go through, as /srv is. (Those of pytest are shut at the top.)"""
    folder = Path(tempfile.mkdtemp(prefix="access-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def folders_in(root: Path) -> Folders:
    return open_folders(root / "site", root / "inbox", root / "outbox", root / "state")


@pytest.mark.parametrize("mode", [0o755, 0o774, 0o771, 0o2777, 0o772])
@pytest.mark.parametrize("name", ["inbox", "outbox"])
def test_a_folder_that_is_open_to_everybody_is_refused_with_the_way_to_close_it(
    tmp_path: Path, name: str, mode: int
) -> None:
    folders = folders_in(tmp_path)
    refuse_open_to_others(folders)
    (tmp_path / name).chmod(mode)
    with pytest.raises(
        SetupError, match=f"The {name} .* is open to every user .*chmod o-rwx {tmp_path}/{name}"
    ):
        refuse_open_to_others(folders)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == mode, "a folder of the office is not changed"


def test_the_office_does_not_start_with_an_open_inbox_unless_the_server_has_lists_of_its_own(
    tmp_path: Path,
) -> None:
    site = tmp_path / "site"
    for name in ("forms", "schemas", "templates"):
        shutil.copytree(ROOT / name, site / name, ignore=shutil.ignore_patterns("samples"))
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox").chmod(0o755)
    settings = Settings(site, tmp_path / "inbox", tmp_path / "outbox", tmp_path / "state")
    with pytest.raises(SetupError, match="open to every user"):
        Office(settings)
    program = site / "schemas" / "program.yaml"
    program.write_text(program.read_text().replace("access: modes", "access: acl"))
    assert Office(settings).inbox.look().ready == ()


def test_what_set_up_makes_is_right_and_so_is_a_fresh_checkout(tmp_path: Path) -> None:
    for name in ("inbox", "outbox"):
        (tmp_path / name).mkdir()
        (tmp_path / name / GIT_KEEPS).touch()
        (tmp_path / name).chmod(0o755)
    refuse_open_to_others(folders_in(tmp_path))
    refuse_open_to_others(folders_in(tmp_path / "new"))
    assert stat.S_IMODE((tmp_path / "inbox").stat().st_mode) == 0o750
    assert stat.S_IMODE((tmp_path / "new" / "inbox").stat().st_mode) == 0o770


def test_a_state_folder_is_closed_whenever_it_is_opened(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state").chmod(0o777)
    folders_in(tmp_path)
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_the_check_of_all_tests_sees_a_file_that_is_too_wide(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    for name, mode in (("office.json", 0o600), ("narrow", 0o600), ("wide", 0o640)):
        (state / name).touch()
        (state / name).chmod(mode)
    assert [path.name for path in too_wide(tmp_path)] == ["wide"]
    (state / "wide").unlink()


@pytest.mark.slow
def test_reading_without_keeping_leaves_a_state_folder_for_its_user_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.pdf").write_bytes(b"no paper at all")
    read_file(ROOT, tmp_path / "state", tmp_path / "letter.pdf")
    (tmp_path / "state").mkdir(mode=0o700, exist_ok=True)
    (tmp_path / "state" / "office.json").touch(mode=0o600)
    assert list(too_wide(tmp_path)) == []


@as_root
@pytest.mark.slow
def test_a_stranger_on_the_machine_can_open_nothing_of_an_office(anywhere: Path) -> None:
    office = AnOffice.at(anywhere)
    office.drop(b"no paper at all", "letter.pdf")

    def all_that_opens() -> str:
        opened = []
        for name in ("inbox", "outbox", "state"):
            for path in (anywhere / name, *made):
                try:
                    os.close(os.open(path, os.O_RDONLY))
                    opened.append(str(path))
                except PermissionError:
                    continue
        return " ".join(opened)

    made = sorted(anywhere.rglob("*"))
    assert len(made) > 20
    assert as_user(STRANGER, all_that_opens) == ""


@as_root
def test_a_user_without_rights_can_serve_folders_of_its_own(anywhere: Path) -> None:
    os.chown(anywhere, SERVICE, SERVICE)

    def start() -> str:
        folders = folders_in(anywhere)
        refuse_open_to_others(folders)
        open_ledger(folders.state).close()
        Log(folders.state).note("started")
        return " ".join(sorted(path.name for path in folders.state.iterdir()))

    said = as_user(SERVICE, start)
    assert said.startswith("ledger"), said
    assert said.endswith("log.jsonl scratch")


@as_root
def test_a_state_folder_of_another_user_is_refused_in_words(anywhere: Path) -> None:
    folders_in(anywhere)
    said = as_user(SERVICE, lambda: str(folders_in(anywhere)))
    assert said.startswith("SetupError: ")
    assert "must belong to the user this program runs as" in said
