"""The table of what became of each file, one for `once` and `demo`: it fits a terminal of 100 columns, and 80."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipeline.cli.show import ELLIPSIS, WIDEST, out, say, shortened, show_table
from pipeline.model import Outcome
from pipeline.run.became import COUNTED, Became
from pipeline.run.office import Office


def show_became(office: Office, lines: Sequence[Became], *, named: bool) -> None:
    """The table, the sums, and where to look.

    named: by the name of the file instead of the id of the drop. Names of files tell about people, so they are for
    eyes and not for what a scheduler writes down.
    """
    if not lines:
        say("Nothing was waiting in the inbox.")
        return
    widths = (29, 23) if out.width >= WIDEST else (20, 12)
    ordered = sorted(lines, key=lambda line: (bool(line.to_do), line.name, line.pages))
    rows = [_row(line, named, *widths) for line in ordered]
    head = ("File" if named else "Drop", "Form", "What became of it", "What to do")
    show_table("What became of each file", head, rows, WIDEST, whole=2)
    counts = Counter(line.outcome for line in lines)
    say(", ".join(f"{counts[outcome]} {words}" for outcome, words in COUNTED.items() if counts[outcome]))
    for line in lines:
        if line.result:
            say(f"Asked for and done: {office.folders.outbox / line.result}")
    if any(line.outcome is Outcome.KEPT for line in lines):
        say(f"Filed papers lie in {office.folders.outbox / 'cases'}, by case")
    if any(line.sheet for line in lines):
        say(
            f"Sheets and lists lie in {office.folders.inbox / 'needs-attention'}; their names end with these numbers"
        )


def _row(line: Became, named: bool, name_width: int, form_width: int) -> tuple[str, ...]:
    name = shortened(line.name, name_width) if named else line.drop
    if line.pages:
        name += f"\npage{'s' if ',' in line.pages else ''} {line.pages}"
    form = line.form
    if len(form) > form_width:
        form = form[: form_width - 1].rstrip() + ELLIPSIS
    number = Path(line.sheet).stem.rpartition(" ")[2]
    return name, form, line.words, f"{line.to_do} {number}" if number else line.to_do
