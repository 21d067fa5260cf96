"""Walls around the process that opens a dropped file: no network, no other files, no new programs.

A parser that a file has taken over can do whatever its process can. So that process gives up, before it loads
a parser, all that it does not need. Linux only, and every wall by itself optional: an old kernel or a locked-down
container may lack one, the others still stand, and `fences()` says which do. Nothing here parses anything.

Source: unshare(2), network_namespaces(7), landlock(7), capabilities(7), prctl(2), core(5).
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from pipeline.reading.fence_calls import bar_calls

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
_CAPABILITY_VERSION = 0x2008_0522
_OPEN_ANYTHING_OF_ITS_USER = (
    0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: root reads others' files with them
)

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_FILE, _MAKE_REG = 1, 2, 4, 8, 1 << 5, 1 << 8
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_FILE_ONLY = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_MAY_READ = _READ_FILE | _READ_DIR
_MAY_WRITE = _MAY_READ | _WRITE_FILE | _REMOVE_FILE | _MAKE_REG | _TRUNCATE
_RIGHTS_OF_ABI = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # how many kinds of access each version knows
_NET_BIND_CONNECT, _SCOPE_SOCKETS_SIGNALS = 0b11, 0b11  # since version 4, since version 6

SYSTEM = (
    "/lib", "/lib32", "/lib64", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib",
    "/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/zoneinfo", "/etc/ld.so.cache", "/etc/localtime",
    "/dev/null", "/dev/urandom", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu",
)  # fmt: skip  # libraries and fonts that parsers load, and what they ask about the machine


class Wall(StrEnum):
    """network: no socket leads anywhere. files: only libraries and the one file can be read, only scratch written.

    calls: no socket can be made and no other program or process started.
    """

    NETWORK = "network"
    FILES = "files"
    CALLS = "calls"


def no_core() -> None:
    """No picture of our memory is ever written to disk: it would hold what papers say."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def raise_fence(readable: Sequence[Path], scratch: Path) -> tuple[Wall, ...]:
    """The walls that stand from now on, for good. To be called before any thread starts.

    readable: files and folders that may be read beside the program itself; scratch: the one folder to write in
    """
    if not sys.platform.startswith("linux"):
        return ()
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)  # a core piped to a collector does not ask for its limit
    stands = []
    if _leave_the_network(libc):
        stands.append(Wall.NETWORK)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # nobody is left who would wipe what it writes
    if _close_the_files(libc, [*_program(), *readable], scratch):
        stands.append(Wall.FILES)
    if bar_calls(libc):
        stands.append(Wall.CALLS)
    return tuple(stands)


def _leave_the_network(libc: ctypes.CDLL) -> bool:
    """A network of its own with nothing in it, then no power over it either.

    Root goes without a user namespace: in one it could no longer open what other users own.
    """
    alone = libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0
    keep = _OPEN_ANYTHING_OF_ITS_USER if os.geteuid() == 0 else 0
    header = struct.pack("Ii", _CAPABILITY_VERSION, 0)
    libc.capset(header, struct.pack("6I", keep, keep, 0, 0, 0, 0))
    return bool(alone)


def _program() -> Iterator[Path]:
    """Where the interpreter and its libraries lie. Of our own folder only the package: papers lie beside it."""
    package = Path(__file__).resolve().parents[1]
    yield package
    for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}:
        yield from (Path(prefix, name) for name in ("lib", "lib64", "pyvenv.cfg"))
    for entry in sys.path:
        if entry and Path(entry).resolve() != package.parent:
            yield Path(entry)
    yield from map(Path, SYSTEM)


def _close_the_files(libc: ctypes.CDLL, readable: Sequence[Path], scratch: Path) -> bool:
    """Landlock: everything that is not named here is out of reach. False where the kernel has none."""
    abi = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(1))
    if abi < 1:
        return False
    handled = (1 << _RIGHTS_OF_ABI[min(abi, 5)]) - 1
    asked = [handled]
    if abi >= 4:
        asked.append(_NET_BIND_CONNECT)
    if abi >= 6:
        asked.append(_SCOPE_SOCKETS_SIGNALS)
    attributes = struct.pack(f"{len(asked)}Q", *asked)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow(libc, ruleset, path, _MAY_READ & handled)
        _allow(libc, ruleset, scratch, _MAY_WRITE & handled)
        return bool(libc.syscall(_RESTRICT_SELF, ruleset, ctypes.c_uint(0)) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, access: int) -> None:
    """One place with what may be done there; a place that does not exist needs no leave."""
    with contextlib.suppress(OSError):
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            folder = os.path.isdir(path)
            rule = struct.pack("=Qi", access if folder else access & _FILE_ONLY, place)
            libc.syscall(_ADD_RULE, ruleset, ctypes.c_int(1), rule, ctypes.c_uint(0))
        finally:
            os.close(place)


def fences() -> tuple[Wall, ...]:
    """The walls that a reader of dropped files has on this machine: one is raised in a child, which tells."""
    package = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory(prefix="fence-") as scratch:
        told = subprocess.run(
            [sys.executable, "-P", "-m", "pipeline.reading.fence", scratch],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=scratch,
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(package.parent)},
            timeout=30,
            check=False,
        )
    return tuple(Wall(name) for name in json.loads(told.stdout)) if told.returncode == 0 else ()


if __name__ == "__main__":
    print(json.dumps(raise_fence((), Path(sys.argv[1]))))
