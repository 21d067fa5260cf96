"""Blanks of the site and a foreign one, loaded once for all reading tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.reading.blanks import Catalogue, KnownForm, load_form
from pipeline.reading.formmap import foreign_fields, generated_fields
from pipeline.rendering.blank import make_blank
from pipeline.site import load_site
from pipeline.values import Expectation, Kind
from tests.paper.foreign import request

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Two known forms with their blanks and what is expected in their boxes."""

    intake: KnownForm
    intake_blank: Path
    intake_expects: dict[str, Expectation]
    request: KnownForm
    request_blank: Path
    request_expects: dict[str, Expectation]

    @property
    def catalogue(self) -> Catalogue:
        return Catalogue((self.intake, self.request))


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    folder = tmp_path_factory.mktemp("blanks")
    site = load_site(ROOT)
    edition = site.forms["intake", "2026-11"]
    intake_blank, request_blank = folder / "intake.pdf", folder / "request.pdf"
    intake_blank.write_bytes(make_blank(edition, site.schemas["intake"], site.program))
    request_blank.write_bytes(request())
    expects = site.expectations("intake", 2026)
    kinds = {name: item.kind for name, item in expects.items()}
    named = {
        "LastName": "last",
        "FirstName": "first",
        "DOB": "birth",
        "Important": "wish",
        "Signature": "signed",
    }
    states = {"Sex": {"F": "female", "M": "male"}}
    foreign = foreign_fields({**named, "Sex": "sex"}, states, {}, signatures=("signed",))
    request_expects = {
        "last": Expectation(Kind.PERSON_NAME),
        "first": Expectation(Kind.PERSON_NAME),
        "birth": Expectation(Kind.DATE),
        "sex": Expectation(Kind.CHOICE, options=(("female", "Female"), ("male", "Male"))),
        "wish": Expectation(Kind.NARRATIVE),
        "signed": Expectation(Kind.SIGNATURE),
    }
    return Shelf(
        load_form("intake", "2026-11", intake_blank, generated_fields(kinds), folder / "kept"),
        intake_blank,
        expects,
        load_form("request", "1", request_blank, foreign, folder / "kept"),
        request_blank,
        request_expects,
    )
