"""The paper shares no code with the program: what the program reads must not come from the program."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize("module", sorted(HERE.glob("*.py")), ids=lambda path: path.stem)
def test_no_module_of_this_package_imports_the_program(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not [name for name in names if name.split(".")[0] == "pipeline"]


def test_the_program_does_not_import_this_package() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (HERE.parents[1] / "pipeline").rglob("*.py")]
    assert sources
    assert not [text for text in sources if "tests.paper" in text]
