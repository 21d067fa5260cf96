"""Where a form is signed, and by whom: its empty signature fields, which are signed on paper."""

from __future__ import annotations

from pipeline.model import Box
from pipeline.rendering.formboxes import UNITS, BoxSeen, form_seen
from pipeline.rendering.signplaces import SignaturePlace


def form_signature_places(form: bytes) -> tuple[SignaturePlace, ...]:
    """A place for each signature field that is seen; the role is what the form says of it, else what it is called.

    Which box beside it is for the day, no form says.
    """
    return tuple(
        SignaturePlace(box.tooltip or box.name, True, box.page + 1, _box_of(box))
        for box in form_seen(form).boxes
        if box.is_signature and box.area
    )


def _box_of(box: BoxSeen) -> Box:
    left, top, right, foot = (edge / UNITS for edge in box.place)
    return Box(left, top, right, foot)
