"""The nouns of the office, as frozen records, all in one long page to look them up. No reading, no writing, no rules.

A `Drop` is a file someone put into the inbox. Its pages belong to `Part`s; every page lies in exactly
one. A part that is a form becomes `Reading`s (one box each), and, once checked, a `Submission`. What a
person must look at is a `Finding`. What is known of a person is `Fact`s in a `CaseRecord`; from these a
`Packet` is made. What lies in the archive is a `Deposit`.

Units: boxes are PDF points, origin at the top left of the page; pages count from 1; confidence is 0 to 1;
instants are UTC; whatever a person wrote is `repr=False`, so that it never reaches a log.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date, datetime
from enum import StrEnum

from pipeline.values import Json, Value

# What leads the printed code of a packet's page: of the final packet, of its draft.
FINAL_CODE, DRAFT_CODE = "P1", "D1"
# The property in which each Word document of a packet carries its code; Word and LibreOffice keep it on saving.
WORD_CODE = "PacketDocument"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def short_id(*parts: str | bytes, length: int = 12) -> str:
    """`length` Crockford base32 characters of the SHA-256 of the parts, each led by its length."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(f"{len(data)}:".encode() + data)
    number = int.from_bytes(digest.digest(), "big")
    return "".join(CROCKFORD[number >> (5 * place) & 31] for place in range(length))


def check_characters(text: str) -> str:
    """Two Crockford characters that guard a printed code: a weighted sum, mod 1021."""
    total = sum((place + 2) * ord(ch) for place, ch in enumerate(text)) % 1021
    return CROCKFORD[total // 32] + CROCKFORD[total % 32]


def canonical_json(data: Json | Mapping[str, Json]) -> bytes:
    """The one way to write JSON that is hashed or kept: sorted keys, UTF-8, a newline at the end."""
    return (json.dumps(data, sort_keys=True, ensure_ascii=False, indent=1) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in PDF points, origin at the top left of the page, y growing downwards."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.top + self.bottom) / 2

    def inset(self, by: float) -> Box:
        return Box(self.x0 + by, self.top + by, self.x1 - by, self.bottom - by)

    def as_list(self) -> list[Json]:
        return [f"{edge:.1f}" for edge in (self.x0, self.top, self.x1, self.bottom)]


# --- the printed form -----------------------------------------------------------------------------


class WidgetKind(StrEnum):
    TEXT = "text"
    TICK = "tick"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Widget:
    """One box of a blank: where it is and which field of the schema it feeds.

    key:     unique on the form: `page/name` or `page/name/option`
    name:    the AcroForm qualified name
    field:   place in the schema, rows counted from 1: `services.2.units`; empty where none is fed
    option:  for a tick of a choice, the code it stands for; `yes`/`no` for a yes-no pair; else empty
    on_state: the appearance state that means ticked (only ticks)
    comb:    number of cells, 0 where there are none
    """

    key: str
    page: int
    box: Box
    kind: WidgetKind
    name: str
    field: str
    option: str = ""
    on_state: str = ""
    comb: int = 0
    multiline: bool = False
    max_length: int = 0


@dataclass(frozen=True, slots=True)
class FormMap:
    """The boxes of one form at one edition, taken from its blank.

    page_sizes: width and height in points of each page, first page first.
    """

    form: str
    edition: str
    page_sizes: tuple[tuple[float, float], ...]
    widgets: tuple[Widget, ...]

    @property
    def pages(self) -> int:
        return len(self.page_sizes)

    def on_page(self, page: int) -> tuple[Widget, ...]:
        return tuple(widget for widget in self.widgets if widget.page == page)


# --- paper that came in ---------------------------------------------------------------------------


class Outcome(StrEnum):
    """What became of a part. A drop is finished when each of its pages lies in a part with one of these."""

    KEPT = "kept"
    HELD = "held"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    SUPPORTING = "supporting"
    SEPARATOR = "separator"
    ACTED = "acted"


class Reason(StrEnum):
    """Why a part is held or refused, a page is dropped, a box is asked about. The desk has the words."""

    # a whole file
    EMPTY_FILE = "empty-file"
    TRUNCATED = "truncated"
    ENCRYPTED = "encrypted"
    NO_PAGES = "no-pages"
    DAMAGED = "damaged"
    UNSUPPORTED_TYPE = "unsupported-type"
    WORD_RETURN = "word-return"
    TOO_LARGE = "too-large"
    NOT_A_FILE = "not-a-file"
    XFA_ONLY = "xfa-only"
    GAVE_UP = "gave-up"
    # pages and parts
    UNKNOWN_FORM = "unknown-form"
    UNKNOWN_EDITION = "unknown-edition"
    UNREADABLE_PAGE = "unreadable-page"
    MISPLACED_PAGE = "misplaced-page"
    TOO_FEW_DOTS = "too-few-dots"
    BLURRED = "blurred"
    POOR_SCAN = "poor-scan"
    BLACK_PAGE = "black-page"
    SEVERAL_PAPERS = "several-papers"
    TWIN_PAGES = "twin-pages"
    BROKEN_PICTURE = "broken-picture"
    PAGE_MISSING = "page-missing"
    PAGE_TWICE = "page-twice"
    TWO_PEOPLE = "two-people"
    BLANK_PAGE = "blank-page"
    SEPARATOR_PAGE = "separator-page"
    # people and cases
    NO_CASE_YET = "no-case-yet"
    WRONG_PERSON = "wrong-person"
    CASE_UNSURE = "case-unsure"
    ALREADY_FILED = "already-filed"
    DIFFERS_FROM_FILED = "differs-from-filed"
    # fields
    NOT_SURE = "not-sure"
    READERS_DISAGREE = "readers-disagree"
    NOT_VALID = "not-valid"
    NO_CHECK = "no-check"
    NO_MODEL = "no-model"
    BOX_HIDDEN = "box-hidden"
    TICK_DOUBTFUL = "tick-doubtful"
    TICKS_CONTRADICT = "ticks-contradict"
    COPIES_DIFFER = "copies-differ"
    REQUIRED_BLANK = "required-blank"
    SIGNATURE_ABSENT = "signature-absent"
    SIGNATURE_DOUBTFUL = "signature-doubtful"
    TOO_LONG = "too-long"
    RULE_BROKEN = "rule-broken"
    HANDWRITTEN_NARRATIVE = "handwritten-narrative"
    # sheets
    SHEET_UNFINISHED = "sheet-unfinished"
    SHEET_OLD_ROUND = "sheet-old-round"
    ANSWERS_DIFFER = "answers-differ"
    REQUEST_UNSURE = "request-unsure"
    REQUEST_FAILED = "request-failed"
    REQUEST_DONE = "request-done"
    # pages of packets that come back
    PACKET_RETURN = "packet-return"
    PACKET_SIGNATURES = "packet-signatures"
    PACKET_DRAFT = "packet-draft"
    PACKET_OLD = "packet-old"
    PACKET_UNKNOWN = "packet-unknown"
    PACKET_EDITED = "packet-edited"
    PACKET_EDITED_SIGNED = "packet-edited-signed"
    # papers a person put aside
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Drop:
    """A settled file from the inbox, known by the SHA-256 of its bytes.

    id:          12 characters derived from the SHA-256 and the claim (each arrival is its own drop)
    received_at: UTC, recorded once at the claim and an input from then on
    batch:       name of the sub-folder it was dropped in, empty for the inbox itself
    """

    id: str
    sha256: str
    size: int
    received_at: datetime
    name: str = member(repr=False)
    batch: str = member(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PageMatch:
    """Which page of which form a page of a drop is, and how it lies.

    method:     `widgets`, `code`, `features`, `text` or empty where nothing was recognised
    transform:  3x3 matrix, row by row, from points on the blank to pixels of the page's image; empty where
                the page has no image or nothing was recognised
    quality:    share of the blank found again at its place, 0 to 1; 1 for a filled form's own widgets
    reason:     why the page cannot be used, None where it can
    """

    source_page: int
    form: str = ""
    edition: str = ""
    page: int = 0
    pages: int = 0
    method: str = ""
    transform: tuple[float, ...] = ()
    quality: float = 0.0
    reason: Reason | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Pages of one drop that belong together. `id` comes from the drop and the pages, nothing else."""

    drop: str
    pages: tuple[int, ...]
    matches: tuple[PageMatch, ...] = ()
    form: str = ""
    edition: str = ""

    @property
    def id(self) -> str:
        return short_id("part", self.drop, ",".join(map(str, self.pages)))


class Method(StrEnum):
    """How a box was read. Order is trust: a filled field of a PDF is what was typed, a scan is not."""

    WIDGET = "widget"
    TEXT_LAYER = "text-layer"
    RECOGNISED = "recognised"
    INK = "ink"
    CORRECTION = "correction"
    NOT_READ = "not-read"


class Decision(StrEnum):
    """accepted: may be used. ask: a person must say. confirm: filed, but on the coordinator's list."""

    ACCEPTED = "accepted"
    ASK = "ask"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Vote:
    """What one reader made of a box. reader: a name such as `v6-small`."""

    reader: str
    text: str = member(repr=False)
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One box as read. `text` is what stands in it; empty means blank.

    widget:      `Widget.key` on the blank
    field:       place on the form, rows counted from 1: `services.2.units`
    option:      for a tick of a choice, the code it stands for
    page:        page of the form; source_page: page of the drop
    text:        for ticks `on`, `off` or `doubtful`; for signatures `present`, `typed`, `absent`, `doubtful`
    confidence:  0 to 1; 1 for values typed into a PDF
    crop:        PNG of the box, empty for values that never were a picture
    """

    widget: str
    field: str
    page: int
    source_page: int
    box: Box
    method: Method
    text: str = member(repr=False)
    option: str = ""
    confidence: float = 1.0
    decision: Decision = Decision.ACCEPTED
    reason: Reason | None = None
    votes: tuple[Vote, ...] = ()
    models: tuple[str, ...] = ()
    handwritten: bool = False
    actor: str = ""
    crop: bytes = member(default=b"", repr=False)

    @property
    def seen_apart(self) -> bool:
        """Whether a third reader, whose training is its own, read the same figures: the digit network."""
        figures = {"".join(ch for ch in vote.text if ch.isalnum()) for vote in self.votes}
        return len(self.votes) > 2 and len(figures) == 1 and self.decision is Decision.ACCEPTED

    @property
    def is_blank(self) -> bool:
        return self.text in ("", "off", "absent")


# --- what a person must look at -------------------------------------------------------------------


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a person must look at, already in words.

    rule:    name of the rule, or of the reason where no rule stands behind it
    fields:  places on the form it speaks of
    message: what happened, where, what to do; it may quote values, so it never goes to a log
    choices: answers that can be ticked, as (code, label) pairs
    """

    rule: str
    severity: Severity
    reason: Reason
    fields: tuple[str, ...] = ()
    page: int = 0
    message: str = member(default="", repr=False)
    choices: tuple[tuple[str, str], ...] = member(default=(), repr=False)


# --- what was filed -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value stands on paper, and who vouches for it: everything an auditor asks for.

    box is on the blank, in points; crop is a file of the submission's deposit, empty where none.
    field: the place with its printed row (`services.3.units`), whatever the blank's widgets are called.
    """

    drop: str
    part: str
    form: str
    edition: str
    page: int
    source_page: int
    widget: str
    box: Box
    method: Method
    confidence: float
    decision: Decision
    raw: str = member(default="", repr=False)
    crop: str = ""
    models: tuple[str, ...] = ()
    handwritten: bool = False
    actor: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of a checked form: its typed value and the boxes it came from.

    field: place in the schema without row numbers; a table is one entry whose value is its rows, and
    `row_sources` says for row i (from 0) and column where it stands.
    """

    field: str
    value: Value = member(repr=False)
    sources: tuple[Source, ...] = ()
    row_sources: tuple[Mapping[str, tuple[Source, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """One filled-in form, read and checked.

    id:         12 characters derived from the part alone
    effective:  the day from which its facts hold
    period:     what makes a second one a duplicate: a month, a plan year's first day, an authorization
    """

    id: str
    drop: str
    part: str
    form: str
    edition: str
    received_at: datetime
    effective: date
    period: str
    entries: Mapping[str, Entry] = member(repr=False)
    findings: tuple[Finding, ...] = ()

    def value(self, name: str) -> Value | None:
        entry = self.entries.get(name)
        return None if entry is None else entry.value


class Standing(StrEnum):
    """How far a fact may be relied on. Plan content is proposed until approved, in force once signed."""

    STATED = "stated"
    PROPOSED = "proposed"
    APPROVED = "approved"
    IN_FORCE = "in-force"

    def reaches(self, least: Standing) -> bool:
        """Whether a fact has come as far as `least`; the members stand in the order in which it comes."""
        order = list(Standing)
        return order.index(self) >= order.index(least)


@dataclass(frozen=True, slots=True)
class Fact:
    """A typed value at one place of the case record, and the submission it came from.

    scope:      empty for the person; else the plan year, month or authorization it belongs to
    effective:  from when it holds; received_at and submission break ties, in this order
    older_rows: (fact id, submission) of each older form of which rows still stand in this table
    """

    place: str
    scope: str
    value: Value = member(repr=False)
    effective: date
    received_at: datetime
    submission: str
    form: str
    edition: str
    field: str
    standing: Standing = Standing.STATED
    sources: tuple[Source, ...] = ()
    row_sources: tuple[Mapping[str, tuple[Source, ...]], ...] = ()
    supersedes: tuple[str, ...] = ()
    older_rows: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        return short_id("fact", self.place, self.scope, self.submission, self.field)

    @property
    def submissions(self) -> tuple[str, ...]:
        """Every form that says something of this value: the newest, then those of which rows still stand in it."""
        return (self.submission, *(submission for _, submission in self.older_rows))


class CaseStatus(StrEnum):
    ACTIVE = "active"
    TRANSFERRED = "transferred"
    CLOSED = "closed"
    DECEASED = "deceased"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two filed forms say different things of one place; the fold kept the first of `facts`."""

    place: str
    scope: str
    facts: tuple[Fact, ...]
    must_ask: bool


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """What is known of one person on one day: the newest fact at each place and scope.

    facts: keyed by (place, scope). Nothing here is a guess: what is not known is not there.
    retractions: places at which the newest form says "none", keyed alike
    held_back: places at which newer plan content was left out, because it has not come as far as was asked for
    """

    case: str
    as_of: date
    status: CaseStatus
    facts: Mapping[tuple[str, str], Fact] = member(repr=False)
    disagreements: tuple[Disagreement, ...] = ()
    submissions: tuple[str, ...] = ()
    retractions: Mapping[tuple[str, str], Fact] = member(default_factory=dict, repr=False)
    held_back: frozenset[tuple[str, str]] = frozenset()

    def fact(self, place: str, scope: str = "") -> Fact | None:
        return self.facts.get((place, scope))

    def value(self, place: str, scope: str = "") -> Value | None:
        found = self.facts.get((place, scope))
        return None if found is None else found.value

    def scopes(self, place: str) -> tuple[str, ...]:
        return tuple(sorted(scope for (name, scope) in self.facts if name == place))


# --- what goes out --------------------------------------------------------------------------------


class PacketStatus(StrEnum):
    DRAFT = "draft"
    FINAL = "final"
    SENT = "sent"
    SIGNED_IN_PART = "signed-in-part"
    IN_FORCE = "in-force"
    SUPERSEDED = "superseded"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Document:
    """One Word document of a packet.

    id:         name of the document in packet.yaml, with the number of its for-each item: `authorization-2`
    recipients: roles that receive it
    blanks:     labels of what the record does not hold and the page leaves open
    facts:      ids of the facts it shows
    """

    id: str
    title: str
    recipients: tuple[str, ...]
    docx: bytes = member(repr=False)
    pdf: bytes = member(default=b"", repr=False)
    blanks: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Packet:
    """Documents made for one case on one day.

    id: 12 characters derived from the facts and template parts used; never from the clock or `as_of`.
    """

    id: str
    name: str
    case: str
    as_of: date
    status: PacketStatus
    documents: tuple[Document, ...]
    facts: tuple[Fact, ...] = member(repr=False)


# --- what lies in the archive ---------------------------------------------------------------------


class DepositKind(StrEnum):
    RECEIVED = "received"
    HELD = "held"
    SUBMISSION = "submission"
    PACKET = "packet"
    ACT = "act"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file of a deposit: its name inside the deposit, its bytes and their SHA-256."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Deposit:
    """A folder of the archive, complete since its manifest lies in it.

    path:    relative to the archive, with forward slashes
    inputs:  name of each input and its SHA-256 (form, schema, rules, template, program)
    about:   what the manifest says besides: ids and codes, no personal data
    """

    kind: DepositKind
    id: str
    path: str
    files: tuple[FileEntry, ...]
    inputs: Mapping[str, str] = member(default_factory=dict)
    about: Mapping[str, Json] = member(default_factory=dict)


def worst_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Errors before warnings, then by page, then as they came."""
    order = {Severity.ERROR: 0, Severity.WARNING: 1}
    return tuple(sorted(findings, key=lambda finding: (order[finding.severity], finding.page)))
