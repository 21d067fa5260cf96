"""What a case vouches for: the very values it knows, and nothing that is only like them."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.casefile import Identity, Known
from pipeline.run.deciding import _vouched
from pipeline.site import load_site
from tests.run.office import ROOT

SCHEMA = load_site(ROOT).schemas["intake"]
PERSON = SCHEMA.person
BORN = date(1987, 3, 14)
KNOWN = Known("C", frozenset({"lopez|maria"}), frozenset({BORN}), frozenset({("person.dmh_id", "7041186")}))
NAMES = {PERSON.first, PERSON.last}


@pytest.mark.parametrize(
    ("identity", "vouched"),
    [
        (Identity("Maria", "López", BORN, (("person.dmh_id", "7041186"),)), {*NAMES, "birth_date", "dmh_id"}),
        (Identity("Maria", "Lopes", BORN, (("person.dmh_id", "7041186"),)), {"birth_date", "dmh_id"}),
        (Identity("Maria", "Lopez", date(1987, 3, 4), (("person.dmh_id", "7041186"),)), {*NAMES, "dmh_id"}),
        (Identity("Maria", "Lopez", BORN, (("person.dmh_id", "7041168"),)), {*NAMES, "birth_date"}),
        (Identity("Maria", "Lopez", BORN, (("benefits.medicaid_id", "7041186"),)), {*NAMES, "birth_date"}),
    ],
)
def test_a_case_vouches_only_for_values_that_are_equal(identity: Identity, vouched: set[str]) -> None:
    assert _vouched(SCHEMA, identity, KNOWN) == vouched


def test_a_new_case_vouches_for_nothing() -> None:
    identity = Identity("Maria", "Lopez", BORN, (("person.dmh_id", "7041186"),))
    assert _vouched(SCHEMA, identity, Known("C", frozenset(), frozenset(), frozenset())) == frozenset()
