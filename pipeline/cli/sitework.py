"""Verbs about the data of a site: check, lint, render, blank, and the demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.app import ROOT, SITE, SiteOption, app
from pipeline.cli.demo import run_demo
from pipeline.cli.show import err, say
from pipeline.errors import Exit, SiteError
from pipeline.run.checks import check_site
from pipeline.run.sitework import lint_file, render_file, write_form_blank


@app.command()
def check(site: SiteOption = SITE) -> None:
    """Check forms, schemas, rules and templates; every problem with file and line."""
    problems = check_site(site)
    if problems:
        raise SiteError(problems)
    say("Forms, schemas, rules and templates are right.")


@app.command()
def lint(
    template: Annotated[Path, typer.Argument(help="A Word template.")],
    schema: Annotated[
        str, typer.Option("--schema", help="Packet (or packet/document) whose places it may show.")
    ] = "",
    site: SiteOption = SITE,
) -> None:
    """Check one Word template against what its packet may show."""
    problems = lint_file(site, template, schema)
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
    say(f"Written: {write_form_blank(site, form, edition, out)}")


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--folder", help="Made anew at each run.")] = ROOT / "demo",
    site: SiteOption = SITE,
) -> None:
    """Drop the shipped samples into folders of their own, process them, and make the packets."""
    run_demo(site, folder)
