"""A filed submission as JSON and back: facts with their kinds, so that it can be read without its schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pipeline.errors import ArchiveError
from pipeline.model import Box, Decision, Fact, Finding, Method, Source, Standing, Submission
from pipeline.site import Site
from pipeline.values import Json, Kind, from_json, instant, json_list, json_object, to_json

FORMAT = 1


def stored_submission(
    site: Site, submission: Submission, facts: Sequence[Fact], overrides: Sequence[Mapping[str, str]] = ()
) -> dict[str, Json]:
    """The JSON of `submission.json`: every entry and every fact, with sources. See docs/formats.md."""
    schema = site.schemas[submission.form]
    fields: dict[str, Json] = {}
    for name, entry in submission.entries.items():
        fields[name] = {"value": to_json(entry.value), "kind": schema.fields[name].kind.value}
    return {
        "format": FORMAT,
        "id": submission.id,
        "drop": submission.drop,
        "part": submission.part,
        "form": submission.form,
        "edition": submission.edition,
        "received_at": instant(submission.received_at),
        "effective": submission.effective.isoformat(),
        "period": submission.period,
        "fields": fields,
        "facts": [_fact_json(site, fact) for fact in facts],
        "warnings": [_finding_json(finding) for finding in submission.findings],
        "overrides": [dict(override) for override in overrides],
    }


def _finding_json(finding: Finding) -> Json:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "reason": finding.reason.value,
        "fields": list(finding.fields),
        "message": finding.message,
    }


def _fact_json(site: Site, fact: Fact) -> Json:
    place = site.places[fact.place]
    return {
        "id": fact.id,
        "place": fact.place,
        "scope": fact.scope,
        "kind": place.kind.value,
        "columns": {name: column.kind.value for name, column in place.columns.items()},
        "value": to_json(fact.value),
        "field": fact.field,
        "standing": fact.standing.value,
        "sources": [source_json(source) for source in fact.sources],
        "row_sources": [
            {name: [source_json(source) for source in sources] for name, sources in row.items()}
            for row in fact.row_sources
        ],
    }


def source_json(source: Source) -> dict[str, Json]:
    return {
        "drop": source.drop,
        "part": source.part,
        "form": source.form,
        "edition": source.edition,
        "page": source.page,
        "source_page": source.source_page,
        "widget": source.widget,
        "box": source.box.as_list(),
        "method": source.method.value,
        "confidence": f"{source.confidence:.3f}",
        "decision": source.decision.value,
        "raw": source.raw,
        "crop": source.crop,
        "models": list(source.models),
        "handwritten": source.handwritten,
        "actor": source.actor,
        "field": source.field,
    }


def load_facts(stored: Mapping[str, Json]) -> tuple[Fact, ...]:
    """The facts of a `submission.json`. Raises ArchiveError when it is not one of this format."""
    try:
        if stored["format"] != FORMAT:
            raise ArchiveError(f"submission.json has format {stored['format']}; this program reads {FORMAT}")
        return tuple(_fact(stored, json_object(item)) for item in json_list(stored["facts"]))
    except (KeyError, ValueError, TypeError) as failure:
        raise ArchiveError(f"a submission.json cannot be read ({type(failure).__name__})") from None


def _fact(stored: Mapping[str, Json], data: dict[str, Json]) -> Fact:
    columns = [(name, Kind(str(kind))) for name, kind in json_object(data["columns"]).items()]
    return Fact(
        place=str(data["place"]),
        scope=str(data["scope"]),
        value=from_json(data["value"], Kind(str(data["kind"])), columns),
        effective=date.fromisoformat(str(stored["effective"])),
        received_at=datetime.fromisoformat(str(stored["received_at"])),
        submission=str(stored["id"]),
        form=str(stored["form"]),
        edition=str(stored["edition"]),
        field=str(data["field"]),
        standing=Standing(str(data["standing"])),
        sources=tuple(_source(json_object(item)) for item in json_list(data["sources"])),
        row_sources=tuple(
            {
                name: tuple(_source(json_object(item)) for item in json_list(items))
                for name, items in json_object(row).items()
            }
            for row in json_list(data["row_sources"])
        ),
    )


def _source(data: dict[str, Json]) -> Source:
    x0, top, x1, bottom = (float(str(edge)) for edge in json_list(data["box"]))
    return Source(
        drop=str(data["drop"]),
        part=str(data["part"]),
        form=str(data["form"]),
        edition=str(data["edition"]),
        page=int(str(data["page"])),
        source_page=int(str(data["source_page"])),
        widget=str(data["widget"]),
        box=Box(x0, top, x1, bottom),
        method=Method(str(data["method"])),
        confidence=float(str(data["confidence"])),
        decision=Decision(str(data["decision"])),
        raw=str(data["raw"]),
        crop=str(data["crop"]),
        models=tuple(str(model) for model in json_list(data["models"])),
        handwritten=data["handwritten"] is True,
        actor=str(data["actor"]),
        field=str(data.get("field", "")),
    )
