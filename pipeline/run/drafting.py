"""A blank from outside taken into the site as a draft: its folder and its schema, for a person to complete."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.drafting import draft_of, form_text, schema_text
from pipeline.drafting.draft import slug
from pipeline.drafting.places import Places
from pipeline.errors import SetupError
from pipeline.reading.seen import SeenBlank, see_blank
from pipeline.site import NOT_FORMS, read_site

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
EDITION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}")
PRINTED_EDITION = re.compile(
    r"(?i)\b(?:rev(?:ised|ision)?|ed(?:ition)?|eff(?:ective)?|version)\b\.?:?\s*(?:date:?\s*)?(\d{1,2})\s*[-/]\s*(?:\d{1,2}\s*[-/]\s*)?(\d{4}|\d{2})\b"
)


@dataclass(frozen=True, slots=True)
class Drafted:
    """What was written, and how many lines are to be looked at or decided."""

    form: str
    edition: str
    files: tuple[Path, ...]
    boxes: int
    fields: int
    checks: int
    choices: int


def draft_schema(site_folder: Path, blank: Path, form: str, edition: str, today: date) -> Drafted:
    """Writes the draft of a foreign form. Raises SetupError rather than write over anything that is there."""
    seen = see_blank(blank)
    name = form or slug(blank.stem).replace("_", "-")
    edition = edition or printed_edition(seen) or f"{today:%Y-%m}"
    if not NAME.fullmatch(name) or name in NOT_FORMS:
        raise SetupError(
            f'"{name}" cannot be a form\'s name. Give one with --form: small letters and hyphens.'
        )
    if not EDITION.fullmatch(edition):
        raise SetupError(f'"{edition}" cannot be an edition. Give one with --edition, such as 2026-11.')
    folder, schema = site_folder / "forms" / name / edition, site_folder / "schemas" / f"{name}.yaml"
    for there in (folder, schema):
        if there.exists():
            raise SetupError(
                f"{there.relative_to(site_folder)} is there already, and a draft never writes over anything. "
                "Choose another name with --form."
            )
    site, _ = read_site(site_folder)
    numbers = {key: (number.label, number.length) for key, number in site.program.identifiers.items()}
    draft = draft_of(seen, Places(site.places, numbers))
    data = blank.read_bytes()
    texts = form_text(draft, edition, name.upper()), schema_text(draft)
    folder.mkdir(parents=True)
    files = (folder / "blank.pdf", folder / "blank.sha256", folder / "form.yaml", schema)
    files[0].write_bytes(data)
    files[1].write_text(hashlib.sha256(data).hexdigest() + "\n", encoding="ascii")
    files[2].write_text(texts[0], encoding="utf-8")
    with schema.open("x", encoding="utf-8") as file:
        file.write(texts[1])
    lines = [line for text in texts for line in text.splitlines()[1:]]
    return Drafted(
        name,
        edition,
        files,
        len(seen.widgets),
        len(draft.fields),
        sum("# CHECK" in line for line in lines),
        sum("# CHOOSE" in line for line in lines),
    )


def printed_edition(seen: SeenBlank) -> str:
    """The month of the edition as the form prints it, `Rev. 3-25` as 2025-03; empty where it does not say."""
    for words in seen.words:
        match = PRINTED_EDITION.search(" ".join(word.text for word in words))
        if match and 1 <= int(match[1]) <= 12:
            year = int(match[2]) if len(match[2]) == 4 else 2000 + int(match[2])
            return f"{year}-{int(match[1]):02d}"
    return ""
