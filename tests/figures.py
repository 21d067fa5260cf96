"""What tests counted, one line a test at the end of a run: how often it was killed, how many papers that cost.

Tests that run side by side in workers (`-n 2`) cannot print: what they count travels with their report.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

COUNTED, STEPS = "counted", "steps"


@dataclass(slots=True)
class Figures:
    """Of one test. told: a file, into which whoever is killed writes first after which step."""

    told: Path
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def steps(self) -> set[str]:
        return set(self.told.read_text().splitlines()) if self.told.exists() else set()


@pytest.fixture
def figures(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Figures]:
    """Counted in the test, told at the end of the run, also when the test fails."""
    counted = Figures(tmp_path_factory.mktemp("figures") / "told")
    yield counted
    request.node.user_properties += [(COUNTED, dict(counted.counts)), (STEPS, sorted(counted.steps))]


class Summary:
    """The sums of each test over all its cases. A plugin of pytest, of the process that the workers report to."""

    def __init__(self) -> None:
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._steps: defaultdict[str, set[str]] = defaultdict(set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "teardown":
            return
        name = report.nodeid.partition("[")[0]
        for kind, value in report.user_properties:
            if kind == COUNTED:
                assert isinstance(value, dict)
                self._counts[name].update({"cases": 1, **value})
            elif kind == STEPS:
                assert isinstance(value, list)
                self._steps[name] |= set(value)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for name, counts in sorted(self._counts.items()):
            terminalreporter.section(name.rpartition("::")[2], sep="-")
            terminalreporter.line(", ".join(f"{count:,} {what}" for what, count in counts.items()))
            if steps := sorted(self._steps[name]):
                terminalreporter.line(f"killed after {len(steps)} kinds of steps: {', '.join(steps)}")
