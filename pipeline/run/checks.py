"""Checks of the site beyond its YAML: blanks, maps and Word templates, every mistake with file and line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from pipeline.errors import Problem, SiteError
from pipeline.model import FormMap
from pipeline.packets.known import known_names
from pipeline.packets.selecting import private_names
from pipeline.reading.formmap import load_map
from pipeline.rendering.formlint import form_notes, lint_form, places_in_form
from pipeline.rendering.lint import lint_template, used_places
from pipeline.rendering.names import KnownPlace
from pipeline.run.foreign import foreign_problems, notes_of
from pipeline.run.itemchecks import item_problems
from pipeline.run.reader import field_of
from pipeline.site import Site, read_site
from pipeline.site.forms import FormEdition
from pipeline.site.packetfile import DocumentPlan, PacketPlan
from pipeline.values import Kind


def check_site(root: Path) -> tuple[Problem, ...]:
    """Every mistake of the site at `root`, sorted by file and line; empty when it is right."""
    site, mistakes = read_site(root)
    problems = list(mistakes.found)
    for form in site.forms.values():
        if form.form in site.schemas:
            problems += _form_problems(site, form)
    for plan in site.packets.values():
        for document in plan.templated:
            if document.template.is_file():
                problems += lint_document(site, plan, document)
    return tuple(sorted(set(problems)))


def check_notes(root: Path) -> tuple[str, ...]:
    """What is worth knowing of the forms from outside though it is no mistake, such as pages that look alike, and
    fields of those that packets fill which stay empty."""
    site, _ = read_site(root)
    documents = [document for plan in site.packets.values() for document in plan.documents]
    return (*notes_of(site), *(note for document in documents for note in document_notes(site, document)))


def document_notes(site: Site, document: DocumentPlan) -> Iterator[str]:
    """What is worth knowing of a document that is a form; nothing of a Word document."""
    if document.is_form and document.template.is_file():
        name = document.template.relative_to(site.root).as_posix()
        yield from (f"{name}: {note}" for note in form_notes(document.template.read_bytes(), document.values))


def lint_document(site: Site, plan: PacketPlan, document: DocumentPlan) -> list[Problem]:
    """The mistakes of one template against the places its packet may show."""
    names = known_names(site, plan, document)
    known = {name: KnownPlace(found.columns, found.codes) for name, found in names.items()}
    name = document.template.relative_to(site.root).as_posix()
    data, table = document.template.read_bytes(), document.for_each
    if document.is_form:
        problems = lint_form(data, document.values, known, name=name, file=plan.file, item_place=table)
    else:
        problems = lint_template(data, known, name=name, item_place=table)
    if problems:
        return problems
    used: Collection[str] = (
        sorted(places_in_form(document.values, known, table))
        if document.is_form
        else used_places(data, known, item_place=table)
    )
    hidden = private_names(site) - set(document.private)
    return [
        *item_problems(plan, document, names),
        *(
            Problem(
                name,
                1,
                f'"{place}" is private, and this document is not allowed to show it (private: in {plan.file})',
            )
            for place in used
            if place in hidden
        ),
    ]


def _form_problems(site: Site, form: FormEdition) -> Iterator[Problem]:
    where = form.blank.relative_to(site.root).as_posix()
    if not form.blank.is_file():
        command = f"python -m pipeline blank {form.form}"
        hint = f"Make it with: {command}" if form.generated else "Put the state's PDF there."
        yield Problem(where, 1, f"the blank is missing. {hint}")
        return
    yield from _published(form, where)
    try:
        form_map = load_map(form.form, form.edition, form.blank, field_of(site, form))
    except SiteError as failure:
        yield from failure.problems
        return
    yield from _map_problems(site, form, form_map, where)
    if not form.generated:
        yield from foreign_problems(site.root, form)


def _published(form: FormEdition, where: str) -> Iterator[Problem]:
    """A published blank never changes: papers of it are in people's drawers."""
    noted = form.folder / "blank.sha256"
    if not noted.is_file():
        yield Problem(where, 1, "blank.sha256 is missing beside it: the blank was never published")
        return
    wanted = noted.read_text(encoding="ascii").split()[0]
    if hashlib.sha256(form.blank.read_bytes()).hexdigest() != wanted:
        yield Problem(where, 1, "this blank was published and has changed since. Make a new edition instead.")


def _map_problems(site: Site, form: FormEdition, form_map: FormMap, where: str) -> Iterator[Problem]:
    schema = site.schemas[form.form]
    fed = {re.sub(r"\.\d+\.", ".", widget.field) for widget in form_map.widgets if widget.field}
    heads = {field.partition(".")[0] for field in fed}
    for field in schema.for_edition(form.edition):
        if field.name not in heads:
            yield Problem(where, 1, f'no box of the blank feeds "{field.name}" of {schema.file}')
        if field.kind in (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO):
            yield from _option_problems(site, form_map, field.name, where)
    yield from _overlaps(form_map, where)


def _option_problems(site: Site, form_map: FormMap, name: str, where: str) -> Iterator[Problem]:
    schema = site.schemas[form_map.form]
    field = schema.fields[name]
    known = {"yes", "no"} if field.kind is Kind.YES_NO else {code for code, _ in site.options(field)}
    printed = {widget.option for widget in form_map.widgets if widget.field == name and widget.option}
    for code in sorted(printed - known):
        yield Problem(where, 1, f'a box of "{name}" stands for "{code}", which {schema.file} does not list')


def _overlaps(form_map: FormMap, where: str) -> Iterator[Problem]:
    """Two boxes that share more than a sliver cannot be told apart on paper."""
    for page in range(1, form_map.pages + 1):
        widgets = [widget for widget in form_map.on_page(page) if widget.field]
        for place, one in enumerate(widgets):
            for other in widgets[place + 1 :]:
                width = min(one.box.x1, other.box.x1) - max(one.box.x0, other.box.x0)
                height = min(one.box.bottom, other.box.bottom) - max(one.box.top, other.box.top)
                if width > 2 and height > 2:
                    message = f"page {page}: the boxes of {one.name} and {other.name} overlap"
                    yield Problem(where, 1, message)
