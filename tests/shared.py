"""What costs seconds to make and is the same for every test: made once in a run, for all workers of it.

Also the order in which tests are started.

The folder is made before the workers start and removed after them. What lies in it is never changed: a test copies it.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.figures import Summary

_PLACE = "PAPERWORK_TESTS_SHARED"


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # workers take it from whoever started them
        os.environ[_PLACE] = tempfile.mkdtemp(prefix="shared-by-tests-")
        config.pluginmanager.register(Summary())


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(_PLACE, ""), ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, and each file in one piece: so no worker is left with one of them at the end alone."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    longest = {item.path for item in items if item.get_closest_marker("longest")}
    items.sort(key=lambda item: (item.path not in longest, item.path not in slow))


@cache
def run_folder() -> Path:
    """Of this run of the tests; without pytest, of this process."""
    if _PLACE in os.environ:
        return Path(os.environ[_PLACE])
    folder = tempfile.mkdtemp(prefix="shared-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder of this name, made by whichever test of any worker needs it first; one that fails leaves none."""
    folder = run_folder() / name
    with (run_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            making = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=run_folder()))
            make(making)
            making.rename(folder)
    return folder
