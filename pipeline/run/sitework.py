"""Work on the data of a site: blanks and single templates."""

from __future__ import annotations

from pathlib import Path

from pipeline.disk import write_out
from pipeline.errors import Problem, SetupError
from pipeline.rendering.blank import make_blank, write_blank
from pipeline.rendering.formlint import form_notes, lint_form
from pipeline.rendering.lint import lint_template
from pipeline.rendering.plaindata import context_of
from pipeline.rendering.word import compile_template
from pipeline.run.checks import document_notes, lint_document
from pipeline.site import load_site, read_site
from pipeline.site.formvalues import is_form
from pipeline.site.yamlfile import Mistakes, load


def write_form_blank(site_folder: Path, form: str, edition: str, out: Path | None) -> Path:
    """The path of the blank that was written. Raises SetupError rather than change a published one."""
    site, mistakes = read_site(site_folder)
    found = site.forms.get((form, edition)) if edition else site.newest_edition(form)
    if found is None:
        mistakes.raise_if_any()
        asked, known = f"{form} {edition}".strip(), ", ".join(sorted(site.schemas))
        raise SetupError(f'There is no form "{asked}". There are: {known}.')
    if not found.generated:
        raise SetupError(f"{found.file}: this blank came from outside and is never made here.")
    if out is None:
        return write_blank(site, found.form, found.edition)
    return write_out(out, make_blank(found, site.schemas[form], site.program))


def lint_file(site_folder: Path, template: Path, packet: str) -> tuple[tuple[Problem, ...], tuple[str, ...]]:
    """The mistakes of one template, and notes on it, judged by the packet it belongs to: the one named, else the one
    whose folder it lies in."""
    site = load_site(site_folder)
    name, _, document_id = (packet or template.resolve().parent.name).partition("/")
    plan = site.packets.get(name)
    if plan is None and is_form(template.name):
        data = template.read_bytes()
        return tuple(lint_form(data, {}, {}, name=str(template), file="")), tuple(form_notes(data, {}))
    if plan is None:
        return tuple(lint_template(template.read_bytes(), {}, name=str(template))), ()
    documents = [
        document
        for document in plan.templated
        if document_id in ("", document.id) and (document_id or document.template.name == template.name)
    ]
    if not documents:
        raise SetupError(f"{plan.file}: no document uses {template.name}. Name one: --schema {name}/DOCUMENT")
    return (
        tuple(problem for document in documents for problem in lint_document(site, plan, document)),
        tuple(note for document in documents for note in document_notes(site, document)),
    )


def render_file(template: Path, data: Path, out: Path) -> tuple[str, ...]:
    """Labels of what the document leaves blank. Raises SiteError where template and data do not fit."""
    mistakes = Mistakes()
    top = load(data, data.parent, mistakes)
    told = top.plain() or {}
    if not isinstance(told, dict):
        top.wrong("expected names and what they show")
        told = {}
    mistakes.raise_if_any()
    made = compile_template(template.read_bytes(), template.name).render(context_of(told))
    write_out(out, made.docx)
    return made.blanks
