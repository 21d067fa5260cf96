"""A form printed from its definition: the fillable blank that people write on, by hand or on screen.

The widgets of the blank are the map by which the form is read again, so they stand exactly on the printed
boxes and carry the names of the fields. Nothing here knows any form.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import SetupError
from pipeline.rendering.blank_draw import drawn
from pipeline.rendering.blank_fields import with_fields
from pipeline.rendering.blank_pages import laid_out, page_code
from pipeline.site import Site
from pipeline.site.forms import FormEdition
from pipeline.site.program import Program
from pipeline.site.schemas import Schema


def make_blank(form: FormEdition, schema: Schema, program: Program) -> bytes:
    """The fillable PDF of a generated form. The same definitions give the same bytes."""
    pages = laid_out(form, schema, program)
    codes = [page_code(form, number, len(pages)) for number in range(1, len(pages) + 1)]
    title = f"{form.title} ({form.code})"
    return with_fields(drawn(pages, codes, title), pages, title)


def write_blank(site: Site, form: str, edition: str) -> Path:
    """The path of the form's blank.pdf, made new beside its form.yaml.

    Raises SetupError for a foreign form: its blank came from outside and is never made here.
    """
    found = site.forms[form, edition]
    if not found.generated:
        raise SetupError(f"{found.file}: this blank came from outside and cannot be generated.")
    found.blank.write_bytes(make_blank(found, site.schemas[form], site.program))
    return found.blank
