"""The table of all rules in docs/rules.md. `python -m tests.rules_page` writes it anew."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from pipeline.site import load_site
from pipeline.site.rulefile import Rule

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "rules.md"
BEGIN = "<!-- made from schemas/rules by: python -m tests.rules_page -->"


def rules_table(rules: tuple[Rule, ...]) -> str:
    """A section for each rule file, with a row for each rule in the order of the file."""
    sections = []
    for file, group in groupby(rules, key=lambda rule: rule.file):
        rows = [
            f"| `{rule.id}` | {rule.title} | {', '.join(rule.forms)} | {rule.severity.value} |"
            for rule in group
        ]
        head = ["| rule | says | forms | severity |", "|---|---|---|---|"]
        sections.append("\n".join([f"## [{Path(file).stem}](../{file})", "", *head, *rows]))
    return "\n\n".join(sections) + "\n"


def page_with(table: str) -> str:
    """The page as it stands, with this table below its own words."""
    return f"{PAGE.read_text(encoding='utf-8').partition(BEGIN)[0]}{BEGIN}\n\n{table}"


if __name__ == "__main__":
    PAGE.write_text(page_with(rules_table(load_site(ROOT).rules)), encoding="utf-8")
