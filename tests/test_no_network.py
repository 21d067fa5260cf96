"""The main job is done without any network: a form comes in, a plan is filed, a packet is made as Word.

The child that does it stands in a network of its own with nothing in it, where the system allows one, and counts
every socket it is asked for besides.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import warnings
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.ledger import open_ledger
from pipeline.model import Outcome
from tests import conftest
from tests.run.office import ROOT, on_a_screen, prepared_state

ALONE = """
import ctypes, json, socket, sys

note, *argv = sys.argv[1:]
libc = ctypes.CDLL(None, use_errno=True)
alone = libc.unshare(0x40000000) == 0 or libc.unshare(0x50000000) == 0  # CLONE_NEWNET, with CLONE_NEWUSER
asked = []

def count(event, arguments):
    of_this_machine = event == "socket.gethostname" or (event == "socket.__new__" and arguments[1] == socket.AF_UNIX)
    if event.startswith("socket.") and not of_this_machine:
        asked.append(event)

sys.addaudithook(count)
code = 0
if argv == ["ask"]:
    try:
        socket.create_connection(("192.0.2.1", 9), timeout=1)
    except OSError:
        pass
else:
    from pipeline import cli
    from pipeline.rendering import pdf
    pdf.USUAL_PLACES = ()  # as on a machine without LibreOffice: packets are Word
    sys.argv = ["pipeline", *argv]
    try:
        cli.main()
    except SystemExit as ended:
        code = ended.code
links = [line.partition(":")[0].strip() for line in open("/proc/self/net/dev").readlines()[2:]]
with open(note, "w") as told:
    json.dump({"alone": alone, "asked": asked, "links": links}, told)
sys.exit(code)
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """alone: in a network of its own; asked: what was wanted of sockets; links: the devices of its network."""

    alone: bool
    asked: list[str]
    links: list[str]


def in_a_child(note: Path, *arguments: str) -> Seen:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(note), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": str(note.parent)},
    )
    assert done.returncode == 0, done.stderr
    seen = Seen(**json.loads(note.read_text()))
    if not seen.alone:
        warnings.warn("no network of its own could be had: shown by counting sockets only", stacklevel=2)
    return seen


def test_a_child_that_asks_for_the_network_is_seen(tmp_path: Path) -> None:
    seen = in_a_child(tmp_path / "note", "ask")
    assert "socket.connect" in seen.asked
    assert not seen.alone or seen.links == ["lo"]


@pytest.mark.slow
def test_a_plan_is_filed_and_its_packet_made_without_any_network(tmp_path: Path) -> None:
    folders = {name: tmp_path / name for name in ("inbox", "outbox", "state")}
    for folder in folders.values():
        folder.mkdir(mode=0o700)
    prepared_state(folders["state"])
    for form in ("intake", "planning-worksheet"):
        (folders["inbox"] / f"{form}.pdf").write_bytes(on_a_screen(form, 2))
    options = [f"--{name}={path}" for name, path in (*folders.items(), ("site", ROOT))]
    filed = in_a_child(tmp_path / "note", "once", "--settle=0.02", *options)
    with open_ledger(folders["state"]).reading() as tx:
        parts, (case,) = tx.parts(), tx.cases()
    made = in_a_child(tmp_path / "note", "packet", "isp", f"--case={case.id}", *options)

    assert [part.outcome for part in parts] == [Outcome.KEPT, Outcome.KEPT]
    assert len(list(folders["outbox"].glob("cases/*/packets/*/*.docx"))) > 0
    assert filed.asked == made.asked == []
    assert not filed.alone or filed.links == made.links == ["lo"]


def test_a_test_that_goes_beyond_this_machine_would_fail() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked, suppress(OSError):
        asked.connect(("192.0.2.1", 9))  # of the range kept for examples; nothing is sent
    seen, conftest.beyond[:] = conftest.beyond.copy(), []
    assert seen == ["socket.connect"]
