"""The tables, in types that SQLite's STRICT and PostgreSQL both know. Instants and days are ISO text.

Index tables (rebuilt from the outbox): drops, parts, cases, case_identifiers, submissions, packets,
packet_uses, acts, deposits, events, sheets. They carry no foreign keys among themselves: the archive is the truth,
and where it lost a folder, the rows that speak of it must still be built, so that `verify` can say what is
missing. Queue tables (belong to this machine): jobs, steps, about, and the name under which a sheet
lies in the inbox.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, Table, Text

metadata = MetaData()
_Number = BigInteger().with_variant(Integer, "sqlite")


def _text(name: str, *, key: bool = False, index: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=False, index=index, default="")


def _number(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, _Number, primary_key=key, nullable=False, default=0, autoincrement=False)


def _table(name: str, *columns: Column[str] | Column[int] | Index) -> Table:
    return Table(name, metadata, *columns, sqlite_strict=True)


about = _table("about", _text("name", key=True), _text("value"))

drops = _table(
    "drops",
    _text("id", key=True),
    _text("sha256", index=True),
    _number("size"),
    _text("received_at"),
    _text("file_type"),
    _text("source"),
    _text("name"),
    _text("batch"),
    _text("path"),
    _text("state", index=True),
)

parts = _table(
    "parts",
    _text("id", key=True),
    _text("drop_id", index=True),
    _text("pages"),
    _text("form"),
    _text("edition"),
    _text("outcome", index=True),
    _text("reasons"),
    _text("case_id", index=True),
    _text("submission_id"),
    _number("round"),
    _text("path"),
)

cases = _table("cases", _text("id", key=True), _text("status"), _text("merged_into"), _text("opened_by"))

case_identifiers = _table(
    "case_identifiers",
    _text("type", key=True),
    _text("value", key=True),
    _text("submission_id", key=True),
    _text("case_id", index=True),
    _number("is_unique"),
)

submissions = _table(
    "submissions",
    _text("id", key=True),
    _text("part_id"),
    _text("drop_id"),
    _text("case_id", index=True),
    _text("form"),
    _text("edition"),
    _text("received_at"),
    _text("effective"),
    _text("period"),
    _text("values_hash"),
    _text("path"),
    _text("withdrawn_by"),
    Index("submissions_by_values", "case_id", "form", "period", "values_hash"),
)

packets = _table(
    "packets",
    _text("id", key=True),
    _text("path", key=True),
    _text("name"),
    _text("case_id", index=True),
    _text("scope"),
    _text("as_of"),
    _text("status"),
    _text("inputs_hash"),
    _number("seq"),
)

packet_uses = _table(
    "packet_uses", _text("packet_id", key=True), _text("submission_id", key=True, index=True)
)

acts = _table(
    "acts",
    _text("id", key=True),
    _text("act", index=True),
    _text("case_id", index=True),
    _text("target"),
    _text("path"),
    _number("seq"),
)

deposits = _table(
    "deposits",
    _text("path", key=True),
    _text("kind", index=True),
    _text("id"),
    _text("case_id"),
    _text("manifest_sha256"),
    _number("seq"),
)

events = _table(
    "events",
    _number("seq", key=True),
    _text("at"),
    _text("kind"),
    _text("key", index=True),
    _text("ids"),
    _text("prev"),
    _text("hash"),
)

sheets = _table(
    "sheets",
    _text("part_id", key=True),
    _number("round", key=True),
    _text("kind", key=True),
    _text("sha256", index=True),
    _text("name"),
    _text("state"),
)

jobs = _table(
    "jobs",
    _text("key", key=True),
    _text("kind"),
    _text("state", index=True),
    _text("owner"),
    _text("boot"),
    _number("lease_until_ms"),
    _number("not_before_ms"),
    _number("fence"),
    _number("attempts"),
    _text("error"),
)

steps = Table(
    "steps",
    metadata,
    Column("job_key", Text, ForeignKey("jobs.key", ondelete="CASCADE"), primary_key=True),
    Column("step", Text, primary_key=True),
    _number("fence"),
    _text("input"),
    _text("output"),
    _text("at"),
    sqlite_strict=True,
)

INDEX_TABLES = (
    drops,
    parts,
    cases,
    case_identifiers,
    submissions,
    packets,
    packet_uses,
    acts,
    deposits,
    events,
    sheets,
)
