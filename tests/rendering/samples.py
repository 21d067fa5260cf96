"""Two invented people as case records: one of whom much is known, one of whom little is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from pipeline.model import CaseRecord, CaseStatus, Fact, Standing
from pipeline.packets.selecting import select
from pipeline.packets.tasks import DocumentTask
from pipeline.site import Site, load_site
from pipeline.site.record import Scope
from pipeline.values import Row, Value

ROOT = Path(__file__).parents[2]
YEAR = "2027-03-01"
AS_OF = date(2027, 2, 8)

LONG = (
    "Mara shows with her eyes and hands what she wants long before she says it. She needs time: count to ten before "
    "asking again, and offer two things, not five. When the room is loud she covers her ears, and then the best help "
    "is to leave with her for a while.\n"
    "At home she keeps a picture board by the kitchen door. New workers learn it from her sister, who visits on "
    "Sundays, before their first shift alone."
)


def rows(*found: Row) -> tuple[Row, ...]:
    return found


FULL: dict[str, Value] = {
    "person.name.first": "Mara",
    "person.name.middle": "Lynn",
    "person.name.last": "O'Dell-Vance",
    "person.name.preferred": "Mara",
    "person.birth_date": date(1998, 6, 14),
    "person.dmh_id": "7041186",
    "person.sex": "female",
    "person.language": "English",
    "person.interpreter": False,
    "person.marital_status": "single",
    "person.address.street": "22 Hickory Street, Apt. 4",
    "person.address.city": "Marshfield",
    "person.address.state": "MO",
    "person.address.zip": "65706",
    "person.county": "Webster",
    "person.phone": "(417) 555-0188",
    "person.email": "mara@home.example",
    "person.living": "own_home",
    "person.education": "finished",
    "person.employment": "part_time",
    "legal.status": "limited_guardian",
    "guardian.name": "Judith Vance",
    "guardian.relationship": "Mother",
    "guardian.phone": "(417) 555-0190",
    "guardian.email": "judith@home.example",
    "guardian.address.street": "7 Mill Road",
    "guardian.address.city": "Niangua",
    "guardian.address.state": "MO",
    "guardian.address.zip": "65713",
    "emergency.name": "Judith Vance",
    "emergency.relationship": "Mother",
    "emergency.phone": "(417) 555-0190",
    "health.diagnoses": rows(
        {"icd10": "F71", "text": "Moderate intellectual disability", "primary": True},
        {"icd10": "G40.909", "text": "Epilepsy, not intractable", "primary": False},
    ),
    "health.allergies": "Penicillin: rash. Latex: hives.",
    "health.physician": "Dr. Anselm Okafor",
    "health.physician_phone": "(417) 555-0123",
    "benefits.medicaid_active": True,
    "benefits.medicaid_id": "40718265",
    "benefits.spenddown": True,
    "benefits.spenddown_amount": Decimal("84.00"),
    "benefits.medicare_active": False,
    "needs.limits": ("self_care", "language", "self_direction"),
    "needs.onset_before_22": True,
    "assessment.instrument": "maas",
    "assessment.date": date(2027, 1, 12),
    "assessment.assessor": "Renata Holm",
    "assessment.scores": rows(
        {"domain": "Daily living", "score": Decimal("14"), "level": "Help with most steps"},
        {"domain": "Communication", "score": Decimal("9.5"), "level": "Pictures and single words"},
    ),
    "assessment.summary": "Mara needs someone near by day and on call at night. She does more each year.",
    "assessment.priority_score": 7,
    "assessment.health_screening": "done",
    "assessment.health_level": 3,
    "loc.met": True,
    "loc.kind": "annual",
    "loc.areas": ("self_care", "language", "self_direction"),
    "loc.date": date(2027, 1, 20),
    "choice.date": date(2027, 1, 20),
    "choice.chooses": "waiver",
    "choice.waiver": "csw",
    "choice.offered": rows(
        {"code": "T2021", "provider": "P101", "chosen": True},
        {"code": "T1019", "provider": "P103", "chosen": True},
        {"code": "T1019", "provider": "P102", "chosen": False},
    ),
    "choice.self_direct_offered": True,
    "choice.self_direct": True,
    "choice.rights_received": True,
    "choice.signed_by": "guardian",
}

PLAN: dict[str, Value] = {
    "plan.type": "annual",
    "plan.meeting_date": date(2027, 1, 20),
    "plan.start": date(2027, 3, 1),
    "plan.end": date(2028, 2, 29),
    "plan.waiver": "csw",
    "plan.coordinator": "jmr",
    "plan.participants": rows(
        {"name": "Mara O'Dell-Vance", "role": "Individual"},
        {"name": "Judith Vance", "role": "Mother, limited guardian"},
        {"name": "Theo Brandt", "role": "Finley River Day Services"},
        {"name": "Lucia Ferro", "role": "Sister's friend & neighbor"},
    ),
    "plan.strengths": "Remembers every birthday; strong swimmer; makes people laugh.",
    "plan.important_to": LONG,
    "plan.important_for": "Taking her medicine on time, and someone near who knows what a seizure looks like.",
    "plan.communication": "Words, gestures and a picture board. “Home” means she is tired.",
    "plan.need_to_know": "Never lift her arms from behind. Knock, wait, then enter.",
    "plan.outcomes": rows(
        {
            "number": 1,
            "statement": "I cook supper for my sister once a week.",
            "measure": "4 suppers a month, 3 of them without help at the stove",
        },
        {
            "number": 2,
            "statement": "I work at the garden center with people I like.",
            "measure": "10 hours a week, and Mara says she wants to go",
        },
    ),
    "plan.actions": rows(
        {
            "outcome_no": 1,
            "step": "Choose a recipe and shop for it",
            "responsible": "Mara, personal assistant",
            "frequency": "Weekly",
        },
        {
            **{"outcome_no": 1, "step": "Cook with step-by-step pictures"},
            "responsible": "Personal assistant",
            "frequency": "Weekly",
        },
        {
            "outcome_no": 2,
            "step": "Ride with a coach, then alone",
            "responsible": "Finley River",
            "frequency": "Daily",
        },
    ),
    "plan.risks": rows(
        {"risk": "Seizures", "support": "Workers know the protocol; rescue medicine travels with Mara."},
        {"risk": "Falls on stairs", "support": "Handrail on both sides; no stairs when tired."},
    ),
    "plan.backup": "If the worker does not come within 30 minutes, Mara or a neighbor calls Judith, then the office.",
    "plan.services": rows(
        {
            **{"code": "T2021", "name": "Day habilitation", "provider": "P101", "outcome_no": "2"},
            **{"unit_kind": "15min", "units": Decimal("4160"), "rate": Decimal("4.80")},
            **{"amount": Decimal("19968.00"), "begin": date(2027, 3, 1), "end": date(2028, 2, 29)},
        },
        {
            **{"code": "T1019", "name": "Personal assistant", "provider": "P103", "outcome_no": "1, 2"},
            **{"unit_kind": "15min", "units": Decimal("2080"), "rate": Decimal("6.20")},
            **{"amount": Decimal("12896.00"), "begin": date(2027, 3, 1), "end": date(2028, 2, 29)},
        },
        {
            **{"code": "T2003", "name": "Transportation, one trip", "provider": "P101", "outcome_no": "2"},
            **{"unit_kind": "trip", "units": Decimal("200"), "rate": Decimal("12.50")},
            **{"amount": Decimal("2500.00"), "begin": date(2027, 3, 1), "end": date(2028, 2, 29)},
        },
    ),
    "plan.total": Decimal("35364.00"),
    "plan.supports": rows(
        {"what": "Sunday visits", "who": "Sister", "purpose": "Company", "frequency": "Weekly"},
        {
            "what": "Swimming",
            "who": "Parks department",
            "purpose": "Health, friends",
            "frequency": "Twice a week",
        },
    ),
    "plan.rights_limited": True,
    "plan.rights_limits": "Kitchen knives are kept in a locked drawer after the two injuries in 2026.",
    "plan.rights_review": date(2027, 9, 1),
    "plan.self_directed": True,
    "plan.representative": "Judith Vance",
    "plan.monitoring": "once a month, in person",
}

MONTHS: dict[str, dict[str, Value]] = {
    month: {
        "month.services": rows(
            {
                **{"auth_no": "A2700123", "code": "T2021", "units_authorized": Decimal("346")},
                **{"units_delivered": Decimal("310"), "days_absent": 2},
            },
        ),
        "month.progress": rows(
            {
                **{"auth_no": "A2700123", "outcome_no": 1 + number % 2, "progress": "progress"},
                "narrative": "Cooked on four evenings; twice without any help at the stove.",
            },
        ),
        "month.events": rows({"date": date(2027, 3 + number, 9), "what": "One short seizure, no injury."}),
    }
    for number, month in enumerate(("2027-03", "2027-04", "2027-05", "2027-06"))
}

LITTLE: dict[str, Value] = {
    "person.name.first": "Bo",
    "person.name.last": "Finch",
    "person.birth_date": date(2012, 12, 2),
    "legal.status": "self",
    "plan.start": date(2027, 3, 1),
    "plan.end": date(2028, 2, 29),
    "plan.waiver": "csw",
}


@cache
def site() -> Site:
    return load_site(ROOT)


def record(values: dict[str, Value], months: dict[str, dict[str, Value]] | None = None) -> CaseRecord:
    """A case record as if each value had been filed, the plan content approved."""
    facts: dict[tuple[str, str], Fact] = {}
    for place, value in values.items():
        scope = YEAR if site().places[place].scope is Scope.PLAN_YEAR else ""
        facts[place, scope] = _fact(place, scope, value)
    for month, rows in (months or {}).items():
        for place, value in rows.items():
            facts[place, month] = _fact(place, month, value)
    return CaseRecord("C-ABCDEFGH", AS_OF, CaseStatus.ACTIVE, facts)


def _fact(place: str, scope: str, value: Value) -> Fact:
    standing = Standing.APPROVED if site().places[place].plan_content else Standing.STATED
    received = datetime(2027, 1, 21, 15, 0, tzinfo=UTC)
    return Fact(
        *(place, scope, value, date(2027, 1, 20), received, "SUBMISSION00"),
        form="planning-worksheet",
        edition="2026-11",
        field=place,
        standing=standing,
    )


def full() -> CaseRecord:
    return record({**FULL, **PLAN}, MONTHS)


def little() -> CaseRecord:
    return record(LITTLE)


def tasks(packet: str, of: CaseRecord, status: str = "draft") -> tuple[DocumentTask, ...]:
    """The documents of a packet of the shipped site for one of these people."""
    plan = site().packets[packet]
    return select(site(), plan, of, scope=YEAR, packet_id="7K2M9QWX4RTV", status=status).documents


def words(packet: str, of: CaseRecord) -> tuple[DocumentTask, ...]:
    """Those of them that are Word documents."""
    return tuple(task for task in tasks(packet, of) if task.form is None)
