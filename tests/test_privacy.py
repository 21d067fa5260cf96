"""A canary: odd names go through success, hold, refusal and crash, and none may turn up where it has no business."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import cli
from pipeline.ledger import DropState, open_ledger
from pipeline.run import onedrop, story
from tests.run.office import ROOT, on_a_screen, prepared_state, typed

pytestmark = pytest.mark.slow

CANARIES = ("Zwxquist", "Qworbleigh", "Ptolemora", "Vexbury", "4175550177", "(417) 555-0177", "555-0177")
PERSON = {"legal_last": "Zwxquist", "legal_first": "Qworbleigh", "phone": "4175550177", "city": "Vexbury"}
OURS = (".claims", "needs-attention", "STATUS.html")
MAY_SPEAK = ("cases", "held", "received")
"""Folders of the outbox whose files hold what people wrote. Their names and their manifests may not."""


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    found = {name: tmp_path / name for name in ("inbox", "outbox", "state")}
    for folder in found.values():
        folder.mkdir(mode=0o700)
    prepared_state(found["state"])
    return found


def run_once(folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of `once` as the command line runs it."""
    options = [f"--{name}={path}" for name, path in (*folders.items(), ("site", ROOT))]
    monkeypatch.setattr("sys.argv", ["pipeline", "once", "--settle=0.02", *options])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    code = ended.value.code
    return code if isinstance(code, int) else 0


def drop(folders: dict[str, Path], name: str, data: bytes) -> None:
    place = folders["inbox"] / name
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(data)


def seen_by_others(folders: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Every text that may name nobody: where it stands, and what it says."""
    for folder in folders.values():
        for path in folder.rglob("*"):
            if folder.name == "inbox" and path.relative_to(folder).parts[0] not in OURS:
                continue  # what a person put there and called so, not taken in yet
            yield f"the name {path.parent}", path.name
            if not path.is_file():
                continue
            inside = path.relative_to(folder).parts
            is_manifest = path.name == "manifest.json"
            speaks = folder.name == "outbox" and inside[0] in MAY_SPEAK and not is_manifest
            sheet = folder.name == "inbox" and inside[0] == "needs-attention"
            ledger = folder.name == "state" and path.name.startswith("ledger")
            if not (speaks or sheet or ledger):
                yield str(path), path.read_bytes().decode("utf-8", "replace")


def found_canaries(folders: dict[str, Path], *more: tuple[str, str]) -> list[str]:
    return [
        f"{canary} in {where}"
        for where, text in (*seen_by_others(folders), *more)
        for canary in CANARIES
        if canary.casefold() in text.casefold()
    ]


def test_no_name_leaves_its_place_through_success_hold_and_refusal(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    drop(folders, "Zwxquist intake.pdf", on_a_screen("intake", 2, PERSON))
    drop(folders, "Ptolemora/Qworbleigh held.pdf", typed("assessment-summary", 3, PERSON))
    drop(folders, "Zwxquist broken.pdf", b"%PDF-1.4 Zwxquist Qworbleigh")
    code = run_once(folders, monkeypatch)

    told = capfd.readouterr()
    with open_ledger(folders["state"]).reading() as tx:
        outcomes = sorted(part.outcome.value for part in tx.parts())
    assert code == 0, "some are held, none is unfinished"
    assert outcomes == ["held", "kept", "refused"]
    assert found_canaries(folders, ("stdout", told.out), ("stderr", told.err)) == []


def test_no_name_leaves_its_place_when_a_stage_crashes(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def crash(*_: object) -> None:
        Zwxquist = "Qworbleigh"  # a name that a trace with local variables would show
        raise ValueError(f"cannot settle {Zwxquist} of Vexbury, 4175550177")

    monkeypatch.setattr(onedrop, "settle", crash)
    drop(folders, "Zwxquist intake.pdf", on_a_screen("intake", 2, PERSON))
    code = run_once(folders, monkeypatch)

    told = capfd.readouterr()
    log = (folders["state"] / "log.jsonl").read_text()
    with open_ledger(folders["state"]).reading() as tx:
        states = [row.state for row in tx.drops()]
    assert code == 5, "nothing is lost, but a file could not be finished"
    assert states == [DropState.RECEIVED]
    assert '"event":"job-failed"' in log
    assert '"error":"ValueError"' in log
    assert "run/onedrop.py:" in log
    assert found_canaries(folders, ("stdout", told.out), ("stderr", told.err)) == []


def test_a_mistake_of_the_program_itself_is_told_without_names(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def crash(*_: object) -> None:
        raise KeyError("Zwxquist")

    monkeypatch.setattr(story, "write_status", crash)
    drop(folders, "Zwxquist intake.pdf", on_a_screen("intake", 2, PERSON))
    code = run_once(folders, monkeypatch)

    told = capfd.readouterr()
    assert code == 5
    assert "KeyError" in told.err
    assert found_canaries(folders, ("stdout", told.out), ("stderr", told.err)) == []


WITHOUT_NETWORK = """
import sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"):
        print("the network was asked for:", event, file=sys.stderr)
        raise SystemExit(99)

sys.addaudithook(refuse)
from pipeline.cli import main
main()
"""


def test_a_form_is_filed_with_every_connection_forbidden(folders: dict[str, Path]) -> None:
    drop(folders, "intake.pdf", on_a_screen("intake", 2, PERSON))
    options = [f"--{name}={path}" for name, path in (*folders.items(), ("site", ROOT))]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK, "once", "--settle=0.02", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with open_ledger(folders["state"]).reading() as tx:
        assert [part.outcome.value for part in tx.parts()] == ["kept"]
