"""The table of what became of each file, one for `once` and `demo`: it fits a terminal of 100 columns, and 80."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pipeline.cli.show import WIDEST, say, shortened, show_table
from pipeline.run.became import COUNTED, Became
from pipeline.run.office import Office

LONGEST_NAME = 30


def show_became(office: Office, lines: Sequence[Became], *, named: bool) -> None:
    """The table, the sums, and where to look.

    named: by the name of the file instead of the id of the drop. Names of files tell about people, so they are for
    eyes and not for what a scheduler writes down.
    """
    if not lines:
        say("Nothing was waiting in the inbox.")
        return
    rows = sorted(_row(line, named) for line in lines)
    head = ("File" if named else "Drop", "What became of it", "Where", "What to do next")
    show_table("What became of each file", head, rows, WIDEST)
    counts = Counter(line.outcome for line in lines)
    say(", ".join(f"{counts[outcome]} {words}" for outcome, words in COUNTED.items() if counts[outcome]))
    if any(line.where for line in lines):
        say(f"Filed papers lie in {office.folders.outbox / 'cases'}, by case")
    if any(line.sheet for line in lines):
        say(f"Sheets lie in {office.folders.inbox / 'needs-attention'}")


def _row(line: Became, named: bool) -> tuple[str, ...]:
    name = shortened(line.name, LONGEST_NAME) if named else line.drop
    if line.pages:
        name += f"\npage{'s' if ',' in line.pages else ''} {line.pages}"
    to_do = f"{line.to_do}: {line.sheet}" if line.sheet else line.to_do
    return name, line.words, line.where, to_do
