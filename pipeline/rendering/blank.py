"""A form printed from its definition: the fillable blank that people write on, by hand or on screen.

The widgets of the blank are the map by which the form is read again, so they stand exactly on the printed
boxes and carry the names of the fields. Nothing here knows any form.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.errors import SetupError
from pipeline.rendering.blank_draw import drawn
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
    return drawn(pages, codes, title)


def write_blank(site: Site, form: str, edition: str) -> Path:
    """The path of the form's blank.pdf, published beside its form.yaml with its SHA-256.

    A published blank lies on people's desks and in scans yet to come, so it never changes: where
    blank.sha256 says something else, nothing is written. Raises SetupError then, and for a foreign form,
    whose blank came from outside.
    """
    found = site.forms[form, edition]
    if not found.generated:
        raise SetupError(f"{found.file}: this blank came from outside and cannot be generated.")
    data = make_blank(found, site.schemas[form], site.program)
    digest = hashlib.sha256(data).hexdigest()
    seal = found.folder / "blank.sha256"
    if seal.exists() and seal.read_text().strip() != digest:
        raise SetupError(
            f"{found.file}: the blank of this edition is published and would change. Make a new folder "
            f"forms/{form}/NEW-EDITION for the changed form, or delete blank.sha256 if no copy was ever given out."
        )
    found.blank.write_bytes(data)
    seal.write_text(digest + "\n")
    return found.blank
