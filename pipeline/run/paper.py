"""A part with its readings and all that people said about it: what is decided upon, kept and taken up again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as member
from datetime import datetime

from pipeline.checking import Answer, apply_answers
from pipeline.checking.entries import crop_name
from pipeline.errors import ArchiveError
from pipeline.model import (
    Box,
    Decision,
    Method,
    PageMatch,
    Part,
    Reading,
    Reason,
    Vote,
    canonical_json,
)
from pipeline.run.askedlines import AskedSignatures, load_asked
from pipeline.run.editedword import EditedWord, load_edited
from pipeline.values import Json, instant, json_list, json_object

FORMAT = 1
FIELD = "field:"
OVERRIDE = "override:"
BELONGS = "choice:belongs"
"""To which form that waits a page belongs; the answer is the part of that form, or `other`."""
PAGE_TWICE = "choice:page-twice-"
"""Which copy of a page is right: the page of the form follows; the answer is the page of the file."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer from a sheet: its text and whose initials stand under it."""

    text: str = member(repr=False)
    actor: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One part of a drop, read.

    said:   answers so far by question key (`field:birth_date`, `case`, `override:RULE`)
    reason: why the file as a whole could not be used, where that is so
    joined: parts of other drops whose pages belong to this form
    origins: page of the form → (drop, part) it came from, for those joined pages
    pages_missing: pages of the form that nobody has scanned yet
    may_join: parts that wait, to which these pages may belong: a person says to which
    unread: those of them that are in the scan, but cannot be used
    disputed: question key → (first, second) answer of two people, until somebody ticks which is right
    draft: answers of a sheet without initials: they stand in its boxes again and count for nothing
    remarks: what a sheet lacked that came back, in words
    repaired: a file it came in had a broken table of contents, and was read from a mended copy
    edited: the Word document of ours that it is
    signatures: the lines on pages of ours that are asked about
    """

    part: Part
    received_at: datetime
    readings: tuple[Reading, ...] = member(repr=False)
    said: Mapping[str, Said] = member(default_factory=dict, repr=False)
    round: int = 0
    reason: Reason | None = None
    joined: tuple[str, ...] = ()
    origins: Mapping[int, tuple[str, str]] = member(default_factory=dict)
    pages_missing: tuple[int, ...] = ()
    may_join: tuple[str, ...] = ()
    unread: tuple[int, ...] = ()
    disputed: Mapping[str, tuple[Said, Said]] = member(default_factory=dict, repr=False)
    draft: Mapping[str, str] = member(default_factory=dict, repr=False)
    remarks: tuple[str, ...] = member(default=(), repr=False)
    repaired: bool = False
    edited: EditedWord | None = member(default=None, repr=False)
    signatures: AskedSignatures | None = None

    @property
    def corrected(self) -> tuple[Reading, ...]:
        """The readings with every answered field said by its answer."""
        answers = {
            key.removeprefix(FIELD): Answer(key.removeprefix(FIELD), said.text, said.actor)
            for key, said in self.said.items()
            if key.startswith(FIELD)
        }
        return apply_answers(self.readings, answers)

    @property
    def overridden(self) -> dict[str, Said]:
        """Rules a person set aside, with their reason and initials."""
        return {
            key.removeprefix(OVERRIDE): said for key, said in self.said.items() if key.startswith(OVERRIDE)
        }

    def hearing(self, said: Mapping[str, Said]) -> Paper:
        """The paper with what a person said now; it settles what two people disagreed on."""
        disputed = {key: both for key, both in self.disputed.items() if key not in said}
        return replace(self, said={**self.said, **said}, disputed=disputed, draft={}, remarks=())

    def with_copies_chosen(self) -> Paper:
        """Without the copies of a page that a person passed over."""
        chosen = {
            key.removeprefix(PAGE_TWICE): int(said.text)
            for key, said in self.said.items()
            if key.startswith(PAGE_TWICE) and said.text.isdecimal()
        }
        out = {
            (match.page, match.source_page)
            for match in self.part.matches
            if str(match.page) in chosen and chosen[str(match.page)] != match.source_page
        }
        if not out:
            return self
        matches = tuple(match for match in self.part.matches if (match.page, match.source_page) not in out)
        readings = tuple(
            reading for reading in self.readings if (reading.page, reading.source_page) not in out
        )
        return replace(self, part=replace(self.part, matches=matches), readings=readings)


# --- files of a deposit ---------------------------------------------------------------------------


def files_of(paper: Paper) -> dict[str, bytes]:
    """`paper.json` and the pictures of the boxes, as they lie in a held or submission deposit."""
    names = _crop_names(paper.readings)
    files = {name: reading.crop for name, reading in zip(names, paper.readings, strict=True) if name}
    files["paper.json"] = canonical_json(
        {
            "format": FORMAT,
            "drop": paper.part.drop,
            "pages": list(paper.part.pages),
            "form": paper.part.form,
            "edition": paper.part.edition,
            "received_at": instant(paper.received_at),
            "round": paper.round,
            "reason": paper.reason.value if paper.reason else "",
            "joined": list(paper.joined),
            "origins": {str(page): list(origin) for page, origin in paper.origins.items()},
            "pages_missing": list(paper.pages_missing),
            "matches": [_match_json(match) for match in paper.part.matches],
            "may_join": list(paper.may_join),
            "unread": list(paper.unread),
            "readings": [
                _reading_json(reading, name) for name, reading in zip(names, paper.readings, strict=True)
            ],
            "said": {key: _said_json(said) for key, said in paper.said.items()},
            "disputed": {key: [_said_json(said) for said in both] for key, both in paper.disputed.items()},
            "draft": dict(paper.draft),
            "remarks": list(paper.remarks),
            "repaired": paper.repaired,
            "edited": paper.edited.as_json() if paper.edited else None,
            "signatures": paper.signatures.as_json() if paper.signatures else None,
        }
    )
    return files


def _crop_names(readings: Sequence[Reading]) -> list[str]:
    """The file of each reading's picture, empty where it has none; unequal copies of a page are told apart."""
    names: list[str] = []
    for reading in readings:
        name = crop_name(reading) if reading.crop else ""
        if name in names and name:
            name = f"{name.removesuffix('.png')}-{reading.source_page}.png"
        names.append(name)
    return names


def _said_json(said: Said) -> Json:
    return {"text": said.text, "actor": said.actor}


def _match_json(match: PageMatch) -> Json:
    return {
        "source_page": match.source_page,
        "form": match.form,
        "edition": match.edition,
        "page": match.page,
        "pages": match.pages,
        "method": match.method,
        "quality": f"{match.quality:.3f}",
        "reason": match.reason.value if match.reason else "",
        "detail": match.detail,
    }


def _reading_json(reading: Reading, crop: str) -> Json:
    return {
        "widget": reading.widget,
        "field": reading.field,
        "option": reading.option,
        "page": reading.page,
        "source_page": reading.source_page,
        "box": reading.box.as_list(),
        "method": reading.method.value,
        "text": reading.text,
        "confidence": f"{reading.confidence:.3f}",
        "decision": reading.decision.value,
        "reason": reading.reason.value if reading.reason else "",
        "votes": [
            {"reader": vote.reader, "text": vote.text, "confidence": f"{vote.confidence:.3f}"}
            for vote in reading.votes
        ],
        "models": list(reading.models),
        "handwritten": reading.handwritten,
        "crop": crop,
    }


def load_paper(data: bytes, crop: Callable[[str], bytes]) -> Paper:
    """The paper that `files_of` wrote; `crop` gives the bytes of a picture by its name. Raises ArchiveError."""
    try:
        top = json.loads(data)
        if top["format"] != FORMAT:
            raise ArchiveError(f"paper.json has format {top['format']}; this program reads {FORMAT}")
        part = Part(
            drop=top["drop"],
            pages=tuple(top["pages"]),
            matches=tuple(_match(item) for item in top["matches"]),
            form=top["form"],
            edition=top["edition"],
        )
        return Paper(
            part=part,
            received_at=datetime.fromisoformat(top["received_at"]),
            readings=tuple(_reading(item, crop) for item in top["readings"]),
            said={key: _said(item) for key, item in top["said"].items()},
            round=top["round"],
            reason=Reason(top["reason"]) if top["reason"] else None,
            joined=tuple(top["joined"]),
            origins={int(page): (drop, part) for page, (drop, part) in top["origins"].items()},
            pages_missing=tuple(top["pages_missing"]),
            may_join=tuple(top.get("may_join", ())),
            unread=tuple(top["unread"]),
            disputed={key: (_said(one), _said(two)) for key, (one, two) in top["disputed"].items()},
            draft=dict(top["draft"]),
            remarks=tuple(top["remarks"]),
            repaired=top.get("repaired") is True,
            edited=load_edited(top["edited"]) if top.get("edited") else None,
            signatures=load_asked(top["signatures"]) if top.get("signatures") else None,
        )
    except (KeyError, ValueError, TypeError) as failure:
        raise ArchiveError(f"a paper.json cannot be read ({type(failure).__name__})") from None


def _said(item: Mapping[str, str]) -> Said:
    return Said(item["text"], item["actor"])


def _match(item: Mapping[str, str]) -> PageMatch:
    return PageMatch(
        source_page=int(item["source_page"]),
        form=item["form"],
        edition=item["edition"],
        page=int(item["page"]),
        pages=int(item["pages"]),
        method=item["method"],
        quality=float(item["quality"]),
        reason=Reason(item["reason"]) if item["reason"] else None,
        detail=item["detail"],
    )


def _reading(item: Mapping[str, Json], crop: Callable[[str], bytes]) -> Reading:
    x0, top, x1, bottom = (float(str(edge)) for edge in json_list(item["box"]))
    return Reading(
        widget=str(item["widget"]),
        field=str(item["field"]),
        option=str(item["option"]),
        page=int(str(item["page"])),
        source_page=int(str(item["source_page"])),
        box=Box(x0, top, x1, bottom),
        method=Method(str(item["method"])),
        text=str(item["text"]),
        confidence=float(str(item["confidence"])),
        decision=Decision(str(item["decision"])),
        reason=Reason(str(item["reason"])) if item["reason"] else None,
        votes=tuple(_vote(json_object(vote)) for vote in json_list(item["votes"])),
        models=tuple(str(model) for model in json_list(item["models"])),
        handwritten=item["handwritten"] is True,
        crop=crop(str(item["crop"])) if item["crop"] else b"",
    )


def _vote(item: Mapping[str, Json]) -> Vote:
    return Vote(str(item["reader"]), str(item["text"]), float(str(item["confidence"])))
