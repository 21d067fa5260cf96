"""The house has floors: imports point down, and each outside library has one room."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FLOORS = (
    ("errors", "values", "model", "showing"),
    ("fillable", "disk", "folders", "log"),
    ("rules",),
    ("site",),
    ("ledger",),
    ("workers",),
    (
        "inbox", "identify", "reading", "checking", "desk", "casefile", "due", "packets", "rendering", "archive",
    ),
    ("drafting",),
    ("run",),
    ("demo",),
    ("cli", "__main__"),
)  # fmt: skip
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
INSIDE_ONE_FLOOR = {("model", "values"), ("disk", "folders"), ("folders", "disk"), ("__main__", "cli")}
ROOM_OF = {
    "cerberus": {"checking"},
    "docxtpl": {"rendering"},
    "docx": {"rendering"},
    "jinja2": {"rendering"},
    "watchdog": {"inbox"},
    "sqlalchemy": {"ledger"},
    "pdfplumber": {"reading"},
    "pypdfium2": {"reading", "rendering"},
    "pypdf": {"reading"},
    "onnxruntime": {"reading"},
    "cv2": {"reading"},
    "zxingcpp": {"reading"},
    "pikepdf": {"rendering", "fillable", "reading"},
    "reportlab": {"rendering", "fillable"},
    "segno": {"rendering", "fillable"},
    "typer": {"cli"},
    "rich": {"cli"},
    "yaml": {"site"},
}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        inside = path.relative_to(ROOT / "pipeline")
        room = inside.parts[0].removesuffix(".py")
        if room != "__init__":
            yield room, path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "pipeline":
                yield from (f"pipeline.{alias.name}" for alias in node.names)


def test_every_room_has_a_floor() -> None:
    assert sorted({room for room, _ in modules()} - set(LEVEL)) == []


def test_imports_point_down_and_stages_do_not_import_each_other() -> None:
    wrong = []
    for room, path in modules():
        for name in imported(path):
            parts = name.split(".")
            if parts[0] != "pipeline" or len(parts) < 2 or parts[1] == room:
                continue
            if LEVEL[parts[1]] >= LEVEL[room] and (room, parts[1]) not in INSIDE_ONE_FLOOR:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_each_outside_library_is_imported_in_its_room_only() -> None:
    users: dict[str, set[str]] = defaultdict(set)
    for room, path in modules():
        for name in imported(path):
            users[name.split(".")[0]].add(room)
    wrong = {name: users[name] - rooms for name, rooms in ROOM_OF.items() if users[name] - rooms}
    assert wrong == {}


def test_the_watcher_starts_without_the_libraries_that_only_reading_needs() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, pipeline.cli; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert {"numpy", "cv2", "onnxruntime", "pdfplumber", "pypdf"} & set(told.stdout.split()) == set()
