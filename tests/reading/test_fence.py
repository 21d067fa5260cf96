"""The walls around the opener hold what they say: each is tried from inside, with and without it."""

from __future__ import annotations

import json
import os
import resource
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.reading import fence_calls
from pipeline.reading.fence import Wall, fences
from pipeline.run.doctor import FENCE_TO_DO, FENCED

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import json, os, socket, subprocess, sys, threading
from pathlib import Path
from pipeline.reading.fence import raise_fence

given, other, scratch, outside, port, fenced = sys.argv[1:]
walls = raise_fence([Path(given)], Path(scratch)) if fenced == "yes" else ()

def tried(act):
    try:
        act()
    except Exception:
        return False
    return True

def connected():
    socket.create_connection(("127.0.0.1", int(port)), timeout=3).close()

def forked():
    if os.fork() == 0:
        os._exit(0)
    os.wait()

def threaded():
    ran = []
    thread = threading.Thread(target=lambda: ran.append(1))
    thread.start()
    thread.join()
    assert ran

print(json.dumps({
    "walls": [wall.value for wall in walls],
    "reads its file": tried(lambda: Path(given).read_bytes()),
    "reads another": tried(lambda: Path(other).read_bytes()),
    "lists another folder": tried(lambda: os.listdir(Path(other).parent)),
    "writes scratch": tried(lambda: (Path(scratch) / "a").write_text("a")),
    "writes outside": tried(lambda: Path(outside).write_text("a")),
    "writes its file": tried(lambda: open(given, "r+b").close()),
    "moves its file": tried(lambda: os.replace(given, Path(scratch) / "b")),
    "connects": tried(connected),
    "makes a socket": tried(lambda: socket.socket().close()),
    "runs a program": tried(lambda: subprocess.run(["/bin/true"], check=True)),
    "forks": tried(forked),
    "starts a thread": tried(threaded),
    "signals its parent": tried(lambda: os.kill(os.getppid(), 0)),
    "loads parsers": tried(lambda: __import__("pypdfium2") and __import__("pdfplumber") and __import__("pikepdf")),
}))
"""


def probed(folder: Path, *, fenced: bool) -> dict[str, object]:
    """What a process could do. Another office's ledger lies beside; a server listens on this machine."""
    for name in ("in", "office", "scratch", "out"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "in" / "drop.pdf").write_bytes(b"%PDF-1.7")
    (folder / "office" / "ledger.db").write_bytes(b"names")
    with socket.create_server(("127.0.0.1", 0)) as server:
        places = [
            folder / "in" / "drop.pdf",
            folder / "office" / "ledger.db",
            folder / "scratch",
            folder / "out" / "a",
        ]
        told = subprocess.run(
            [
                sys.executable,
                "-P",
                "-c",
                PROBE,
                *map(str, places),
                str(server.getsockname()[1]),
                "yes" if fenced else "no",
            ],
            capture_output=True,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
            check=True,
            timeout=60,
        )
        answer = json.loads(told.stdout)
        assert isinstance(answer, dict)
    return answer


def test_without_a_fence_the_probe_gets_everywhere(tmp_path: Path) -> None:
    """Else the next test would prove nothing."""
    found = probed(tmp_path, fenced=False)
    assert [] == [act for act, done in found.items() if act != "walls" and not done]


def test_what_the_fence_says_is_what_happens(tmp_path: Path) -> None:
    found = probed(tmp_path, fenced=True)
    walls = set(fences())
    assert walls == {Wall(str(name)) for name in found["walls"]}  # type: ignore[attr-defined]
    files, calls = Wall.FILES in walls, Wall.CALLS in walls
    reached = not (Wall.NETWORK in walls or calls)
    assert {
        "reads its file": True,
        "reads another": not files,
        "lists another folder": not files,
        "writes scratch": True,
        "writes outside": not files,
        "writes its file": not files,
        "moves its file": not files,
        "connects": reached,
        "makes a socket": not calls,
        "runs a program": not (calls or files),
        "forks": not calls,
        "starts a thread": True,
        "signals its parent": not calls,
        "loads parsers": True,
    } == {act: done for act, done in found.items() if act != "walls"}


def test_doctor_has_words_for_every_wall() -> None:
    assert set(Wall) == set(FENCED) == set(FENCE_TO_DO)


def test_no_process_of_ours_leaves_a_core() -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    script = "from pipeline.reading.fence import no_core; import resource, subprocess, sys; no_core()\n"
    child = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"
    script += f"subprocess.run([sys.executable, '-c', {child!r}], check=True)"
    told = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert "(0, 0)" == told.stdout.strip()
    assert before == resource.getrlimit(resource.RLIMIT_CORE)


@pytest.mark.parametrize("machine", sorted(fence_calls.NUMBERS))
def test_every_jump_of_the_filter_lands_inside_it(machine: str) -> None:
    steps = fence_calls.program(fence_calls.NUMBERS[machine])
    for place, step in enumerate(steps):
        code, then, other, _ = struct.unpack("=HBBI", step)
        if code & 0x07 == 0x05:
            assert place + 1 + max(then, other) < len(steps)
    assert struct.pack("=HBBI", 0x06, 0, 0, 0x7FFF_0000) == steps[-1]
