"""Conditions over places of the record, as packets state them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.rules import Condition, RuleError, parse_condition
from pipeline.site.record import RecordPlace
from pipeline.site.yamlfile import Place, suggestion


def condition_at(place: Place, places: Mapping[str, RecordPlace]) -> Condition | None:
    """The condition that stands there, None where none does or it is wrong, which is noted."""
    if not place.exists:
        return None
    try:
        condition = parse_condition(place.plain())
    except (RuleError, re.error) as failure:
        place.wrong(str(failure))
        return None
    for path in condition.paths:
        table, _, column = path.rpartition(".")
        if path not in places and not (table in places and column in places[table].columns):
            place.wrong(f'no place "{path}" in schemas/record.yaml.{suggestion(path, places)}')
    return condition
