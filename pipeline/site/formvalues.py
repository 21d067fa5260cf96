"""What goes into the fields of a fillable PDF, from `values:` of a document in packet.yaml."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member

from pipeline.rules import Condition, Plain, parse_condition
from pipeline.site.conditions import condition_at
from pipeline.site.record import RecordPlace
from pipeline.site.yamlfile import Place

FORM_ENDING = ".pdf"
KINDS = ("when", "choose", "options")
_PLACE = re.compile(r"[a-z_]\w*(\.\w+)+")
_ON_PURPOSE = ("present", "blank")  # they ask whether something is on file, so that nothing is no blank
_OF_CONDITIONS = ("all", "any")


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """What goes into one field of a form: one of these three.

    text:   words and tags, as in a Word template
    when:   the box is ticked where this holds; asked: places that are listed as blanks where nothing is on file
    choose: the place whose codes decide; options: code → what goes in for it
    source: all of it as written, for telling whether it has changed; line: of packet.yaml
    """

    text: str = ""
    when: Condition | None = None
    asked: tuple[str, ...] = ()
    choose: str = ""
    options: Mapping[str, str] = member(default_factory=dict)
    source: str = ""
    line: int = 0


def is_form(template: str) -> bool:
    return template.lower().endswith(FORM_ENDING)


def values_at(place: Place, places: Mapping[str, RecordPlace]) -> dict[str, FieldPlan]:
    """Field → what goes into it; what is wrong is noted."""
    return {name: _plan(value, places) for name, value in place.pairs()}


def _plan(place: Place, places: Mapping[str, RecordPlace]) -> FieldPlan:
    source = json.dumps(place.plain(), ensure_ascii=False, sort_keys=True)
    if place.is_scalar():
        return FieldPlan(text=place.text(), source=source, line=place.line)
    if not place.is_mapping():
        place.wrong("expected words with tags, or {when: ...}, or {choose: ..., options: ...}")
        return FieldPlan(source=source, line=place.line)
    place.only(*KINDS)
    if place.at("when").exists == place.at("choose").exists:
        place.wrong("expected either when or choose")
    if place.at("when").exists:
        when = condition_at(place.at("when"), places)
        asked = _asked(place.at("when").plain()) if when is not None else ()
        return FieldPlan(when=when, asked=asked, source=source, line=place.line)
    choose = place.at("choose").text()
    if choose and not _PLACE.fullmatch(choose):
        place.at("choose").wrong(f'expected a place of the record, or item.column, and found "{choose}"')
        choose = ""
    options = place.need("options").text_map()
    return FieldPlan(choose=choose, options=options, source=source, line=place.line)


def _asked(condition: Plain) -> tuple[str, ...]:
    """The places a condition compares with something, without those of which it only asks whether anything is there."""
    [(operator, argument)] = condition.items() if isinstance(condition, dict) else [("", None)]
    if operator in _ON_PURPOSE:
        return ()
    if operator in _OF_CONDITIONS and isinstance(argument, list):
        return tuple(path for each in argument for path in _asked(each))
    return _asked(argument) if operator == "not" else parse_condition(condition).paths
