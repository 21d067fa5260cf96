"""From boxes as read to a checked form: the one place where text becomes typed values.

`type_readings` turns readings into entries, `judge` holds the rules against them. Neither files anything.
"""

from pipeline.checking.answers import Answer, apply_answers
from pipeline.checking.entries import Typed, type_readings
from pipeline.checking.judging import Judged, findings_about, judge, reads_any

__all__ = [
    "Answer",
    "Judged",
    "Typed",
    "apply_answers",
    "findings_about",
    "judge",
    "reads_any",
    "type_readings",
]
