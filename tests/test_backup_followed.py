"""Somebody who does what docs/backup.md says has a backup, gets the office back from it, and goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.model import Outcome
from tests.pages import FENCED, ROOT, section, text_of
from tests.run.office import AnOffice, prepared_state
from tests.run.packets import SAMPLES, case_of

pytestmark = pytest.mark.slow

INTAKE = next(path for path in SAMPLES if "/intake/" in path.as_posix())
OTHER = next(path for path in SAMPLES if "/intake/" not in path.as_posix())
STAND_INS = {
    "systemctl": 'echo "$@" >>"$CALLS"',
    "runuser": '[ "$1 $2 $3" = "-u paperwork --" ] || exit 9; shift 3; exec "$@"',
    "chown": '[ "$1 $2" = "-R paperwork:paperwork-staff" ]',
    "install": '[ "$1 $2 $3 $4 $5" = "-d -o paperwork -g paperwork-staff" ] || exit 9; mkdir -p "$8"; chmod "$7" "$8"',
    "sync": "",
}
"""What needs root or a running systemd, and how it is called on the page."""


def shell_of(heading: str) -> str:
    ((kind, commands),) = FENCED.findall(section(text_of("docs/backup.md"), heading))[:1]
    assert kind == "sh"
    return str(commands)


class Machine:
    """A machine whose /srv, /var/lib/paperwork and /mnt/backup lie below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.office = root / "srv" / "paperwork"
        self.state = root / "var" / "lib" / "paperwork"
        self.backup = root / "mnt" / "backup"
        for folder in (self.office, self.state.parent, self.backup, root / "bin"):
            folder.mkdir(parents=True)
        for name, does in STAND_INS.items():
            (root / "bin" / name).write_text(f"#!/bin/sh\n{does}\n")
            (root / "bin" / name).chmod(0o755)

    def follow(self, heading: str) -> subprocess.CompletedProcess[str]:
        commands = shell_of(heading)
        for place in ("/srv/", "/var/lib/paperwork", "/mnt/backup"):
            commands = commands.replace(f" {place}", f" {self.root}{place}")
        commands = commands.replace("cd /opt/support-paperwork", f"cd {ROOT}")
        commands = commands.replace(" .venv/bin/python ", f" {sys.executable} ")
        return subprocess.run(
            ["/bin/sh", "-c", commands],
            env={
                **os.environ,
                "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
                "CALLS": str(self.root / "calls"),
            },
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def calls(self) -> list[str]:
        return (self.root / "calls").read_text().splitlines()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def filed(machine: Machine) -> tuple[AnOffice, str]:
    """An office with one form filed, its folders where the page says, and the case of that form."""
    office = AnOffice.at(machine.office)
    office.drop(INTAKE.read_bytes())
    case = case_of(office)
    office.office.ledger.close()
    shutil.move(machine.office / "state", machine.state)
    return office, case


def test_an_office_is_restored_from_the_copy_of_a_night_and_goes_on(
    machine: Machine, filed: tuple[AnOffice, str]
) -> None:
    _, case = filed
    night = machine.follow("## Every night")
    assert night.returncode == 0, night.stderr
    assert machine.calls == ["stop support-paperwork", "start support-paperwork"]
    assert {path.name for path in machine.backup.iterdir()} == {"outbox", "head.json", "done"}

    shutil.rmtree(machine.office)
    shutil.rmtree(machine.state)
    (machine.office / "outbox").mkdir(parents=True)
    (machine.office / "inbox").mkdir(mode=0o770)
    machine.state.mkdir()
    prepared_state(machine.state)
    restored = machine.follow("## Restoring")
    assert restored.returncode == 0, restored.stderr
    assert "The index was rebuilt." in restored.stdout
    assert "The archive is as it was left." in restored.stdout

    (machine.office / "state").symlink_to(machine.state)
    after = AnOffice.opened(machine.office)
    assert case_of(after) == case
    assert [part.outcome for part in after.drop(INTAKE.read_bytes(), "again.pdf")] == [Outcome.DUPLICATE]
    (new,) = after.drop(OTHER.read_bytes(), "new.pdf")
    assert new.outcome in (Outcome.KEPT, Outcome.HELD)


def test_the_drill_restores_beside_the_office_and_leaves_nothing(
    machine: Machine, filed: tuple[AnOffice, str]
) -> None:
    assert machine.follow("## Every night").returncode == 0
    drill = machine.follow("## Trying it out")
    assert drill.returncode == 0, drill.stderr
    assert filed[1] in drill.stdout
    assert not (machine.root / "srv" / "drill").exists()


@pytest.mark.usefixtures("filed")
def test_one_changed_byte_is_told_and_the_copy_stays_as_it_was(machine: Machine) -> None:
    assert machine.follow("## Every night").returncode == 0
    before = {path: path.read_bytes() for path in machine.backup.rglob("*") if path.is_file()}
    original = next((machine.office / "outbox").rglob("original.pdf"))
    data = bytearray(original.read_bytes())
    data[len(data) // 2] ^= 1
    original.chmod(0o600)
    original.write_bytes(data)  # of the same size, and newer than the copy
    assert machine.follow("## Every night").returncode == 3
    assert before == {path: path.read_bytes() for path in machine.backup.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("filed")
def test_a_damaged_outbox_is_not_copied_over_a_good_one(machine: Machine) -> None:
    assert machine.follow("## Every night").returncode == 0
    done = machine.backup / "done"
    os.utime(done, (0, 0))
    original = next((machine.office / "outbox").rglob("original.pdf"))
    original.chmod(0o600)
    original.unlink()
    night = machine.follow("## Every night")
    assert night.returncode == 3
    assert done.stat().st_mtime == 0
    assert machine.calls[-1] == "start support-paperwork"
