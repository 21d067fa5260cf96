"""Verbs about the data of a site: check, lint, render, blank, and the demo.

What they need to read and write documents is loaded by the verb, so that `watch` starts without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import ROOT, SITE, SiteOption, app
from pipeline.cli.demo import run_demo
from pipeline.cli.show import err, say
from pipeline.errors import Exit, SiteError

if TYPE_CHECKING:
    from pipeline.run.drafting import Drafted


@app.command()
def check(site: SiteOption = SITE) -> None:
    """Check forms, schemas, rules and templates; every problem with file and line."""
    from pipeline.run.checks import check_notes, check_site  # noqa: PLC0415

    problems = check_site(site)
    for note in check_notes(site):
        say(f"note: {note}")
    if problems:
        raise SiteError(problems)
    say("Forms, schemas, rules and templates are right.")


@app.command()
def lint(
    template: Annotated[Path, typer.Argument(help="A Word template, or a fillable PDF.")],
    schema: Annotated[
        str, typer.Option("--schema", help="Packet (or packet/document) whose places it may show.")
    ] = "",
    site: SiteOption = SITE,
) -> None:
    """Check one template against what its packet may show. Of a fillable PDF, lists the fields that nothing fills."""
    from pipeline.run.sitework import lint_file  # noqa: PLC0415

    problems, notes = lint_file(site, template, schema)
    for note in notes:
        say(f"note: {note}")
    for problem in problems:
        err.print(str(problem), markup=False, soft_wrap=True)
    if problems:
        raise typer.Exit(int(Exit.SITE_WRONG))
    say("The template is right.")


@app.command()
def render(
    template: Annotated[Path, typer.Argument(help="A Word template.")],
    data: Annotated[Path, typer.Argument(help="YAML: places and what they show.")],
    out: Annotated[Path, typer.Argument(help="The Word document to write.")],
) -> None:
    """Fill one template from a data file."""
    from pipeline.run.sitework import render_file  # noqa: PLC0415

    for label in render_file(template, data, out):
        say(f"left blank: {label}")
    say(f"Written: {out}")


@app.command()
def blank(
    form: Annotated[str, typer.Argument(help="The form, as its folder is called.")],
    edition: Annotated[str, typer.Option("--edition", help="The newest if left out.")] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to write it; else into its folder.")
    ] = None,
    site: SiteOption = SITE,
) -> None:
    """Make the fillable blank of a form from its form.yaml. A published blank is never changed."""
    from pipeline.run.sitework import write_form_blank  # noqa: PLC0415

    say(f"Written: {write_form_blank(site, form, edition, out)}")


@app.command("draft-schema")
def draft(
    blank_pdf: Annotated[Path, typer.Argument(metavar="BLANK", help="A fillable PDF from outside, empty.")],
    form: Annotated[str, typer.Option("--form", help="Its name here; else made of the file's name.")] = "",
    edition: Annotated[
        str, typer.Option("--edition", help="Else as printed on the form, or the present month.")
    ] = "",
    site: SiteOption = SITE,
) -> None:
    """Take a foreign fillable PDF into use as a form: a first draft of its map and schema, to be completed by hand."""
    from pipeline.run.drafting import draft_schema  # noqa: PLC0415

    drafted = draft_schema(site, blank_pdf, form, edition, date.today())
    for path in drafted.files:
        say(f"Written: {path.relative_to(site)}")
    say(f"{drafted.boxes} boxes became {drafted.fields} fields.")
    say("")
    for line in next_steps(drafted, site):
        say(line)


def next_steps(drafted: Drafted, site: Path) -> Iterator[str]:
    """What a person does with a draft, step by step, with the commands as they are typed."""
    _, _, form, schema = (path.relative_to(site) for path in drafted.files)
    where = "" if site == SITE else f" --site {site}"
    choose, look = drafted.choices, drafted.checks
    yield "What to do next:"
    yield f"  1. Open {schema} with the PDF beside you, then {form}."
    yield f"     Decide what is marked # CHOOSE ({choose}), look over what is marked # CHECK ({look})."
    yield "     Delete each mark when it is done."
    yield f"  2. python -m pipeline check{where}"
    yield "     It names what is still open or does not fit, with file and line. Again until it is content."
    yield f"  3. python -m pipeline read FILLED.pdf{where}"
    yield "     Keeps nothing. Compare what it prints with a filled-in form, once from the screen and once scanned."
    yield "  4. Drop a filled-in one into the inbox."
    yield "More: docs/adding-a-form.md, part B"


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--folder", help="Made anew at each run.")] = ROOT / "demo",
    site: SiteOption = SITE,
) -> None:
    """Drop the shipped samples into folders of their own, process them, and make the packets."""
    run_demo(site, folder)
