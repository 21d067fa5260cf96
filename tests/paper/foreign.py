"""Three fillable forms as other offices make them, drawn without any of our generator's code."""

from tests.paper.foreign_consent import consent
from tests.paper.foreign_household import household
from tests.paper.foreign_request import request

STYLES = {"request": request, "household": household, "consent": consent}

__all__ = ["STYLES", "consent", "household", "request"]
