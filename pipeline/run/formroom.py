"""How much of a long value the fields of a form have room for, so that the rest goes on an addendum and is not cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.errors import PacketError
from pipeline.packets.overflow import cut_text
from pipeline.packets.tasks import Room
from pipeline.rendering.formpaper import RenderedForm, holds
from pipeline.rendering.formwords import FieldWords
from pipeline.rendering.printed import Insertion
from pipeline.rendering.whereabouts import place_of
from pipeline.run.rendered import Rendered
from pipeline.site import Site
from pipeline.site.packetfile import LEAST_ROOM, PacketPlan

NUMBERS = (9, 99)  # of an addendum's items: how long the reference to one is, is known only later


def room_in_forms(site: Site, plan: PacketPlan, rendered: Sequence[Rendered]) -> Room:
    """What fits of values that are too long for their fields; nothing where all fit, or where no addendum can help."""
    if plan.addendum is None:
        return {}
    found = {
        each.task.id: dict(_room(site, each.filled))
        for each in rendered
        if isinstance(each.filled, RenderedForm)
    }
    return {document: room for document, room in found.items() if room}


def _room(site: Site, form: RenderedForm) -> Iterator[tuple[str, int]]:
    fields = {each.name: each for each in form.words.fields}
    least: dict[str, int] = {}
    for problem in form.problems:
        words = fields.get(problem.field)
        value = _longest(site, words) if words is not None and problem.too_long else None
        if words is None or value is None:
            continue
        if most := _most(form.template, words, value):
            place = place_of(value)
            least[place] = min(most, least.get(place, most))
    yield from least.items()


def _longest(site: Site, words: FieldWords) -> Insertion | None:
    """The longest value in the field that can go on elsewhere: one of the record."""
    places = site.places
    found = [
        value
        for value in words.insertions
        if (place := place_of(value)) in places
        or (
            (table := place.rpartition(".")[0]) in places
            and place.rpartition(".")[2] in places[table].columns
        )
    ]
    return max(found, key=lambda value: len(value.value), default=None)


def _most(template: bytes, words: FieldWords, value: Insertion) -> int:
    """With how many characters the value fits, reference to the addendum included; 0 where it has no room for one."""
    fits, too_long = LEAST_ROOM, len(value.value)
    if fits >= too_long or not _fits(template, words, value, fits):
        return 0
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if _fits(template, words, value, middle):
            fits = middle
        else:
            too_long = middle
    return fits


def _fits(template: bytes, words: FieldWords, value: Insertion, most: int) -> bool:
    return all(
        holds(template, words.name, _with(words, value, cut_text(value.value, most, number)[0]))
        for number in NUMBERS
    )


def _with(words: FieldWords, value: Insertion, shown: str) -> str:
    """What stands in the field when one of its values is this."""
    texts = [piece if isinstance(piece, str) else piece.value for piece in words.pieces]
    at = next(number for number, piece in enumerate(words.pieces) if piece is value)
    return "".join([*texts[:at], shown, *texts[at + 1 :]]).strip()


def refuse_problems(rendered: Sequence[Rendered]) -> None:
    """Raises PacketError with every value that its field does not take: no packet says less than it should."""
    wrong = [
        f"{each.task.title}: {problem}.{_help(problem.too_long)}"
        for each in rendered
        if isinstance(each.filled, RenderedForm)
        for problem in each.filled.problems
    ]
    if wrong:
        raise PacketError(wrong)


def _help(too_long: bool) -> str:
    if not too_long:
        return ""
    return " Shorten the value where it was entered; a longer box can continue on an addendum, if the packet has one."
