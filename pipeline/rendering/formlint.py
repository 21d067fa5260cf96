"""What is wrong with what packet.yaml puts into a form, before anyone's packet meets it; and what the form has to fill.

Nothing is filled in for anybody: the fields are tried with the options and words that stand in packet.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from jinja2 import TemplateSyntaxError
from jinja2.exceptions import TemplateError
from PIL.Image import Image

from pipeline.errors import PacketError, Problem
from pipeline.rendering.acroform import check_fillable, fill, opened_form, tried
from pipeline.rendering.formboxes import pages_seen
from pipeline.rendering.formfields import FormField, find_fields, whole
from pipeline.rendering.formfill import PUSH, RADIO, READ_ONLY, option_states, options_of, states_of
from pipeline.rendering.formflat import flattened
from pipeline.rendering.formproof import FormProof
from pipeline.rendering.formwords import TICKED, compiled_value
from pipeline.rendering.language import DocumentEnvironment
from pipeline.rendering.names import KnownPlaces, Walk, check_names
from pipeline.rendering.pagetext import read_pages
from pipeline.rendering.stamps import code_square
from pipeline.site.formvalues import FieldPlan

SIGNED = "to be signed on paper"
MOST_SHOWN = 12  # options of a field that a note names


@dataclass(frozen=True, slots=True)
class FieldListed:
    """A field that a form has. kind: in words; options: what it may be given; says: what the form says of it"""

    name: str
    kind: str
    options: tuple[str, ...] = ()
    says: str = ""

    @property
    def is_tick(self) -> bool:
        return self.kind == "tick"

    def __str__(self) -> str:
        options = ", ".join(self.options[:MOST_SHOWN]) + (", ..." if len(self.options) > MOST_SHOWN else "")
        told = "; ".join(filter(None, (self.kind, options, self.says)))
        return f'"{self.name}" ({told})'


def listed_fields(form: bytes) -> dict[str, FieldListed]:
    """Every field of the form that can be seen and filled. Raises PacketError where the form cannot be filled."""
    with opened_form(form) as pdf:
        fields = find_fields(pdf)
        check_fillable(pdf, fields)
        found = {name: _listed(each) for name, each in fields.items() if each.widgets}
    return {name: each for name, each in found.items() if each.kind}


def _is_printed_on(picture: Image) -> bool:
    """Whether a page has something where its code will stand."""
    left, foot, right, top = code_square(picture.width)  # a dot is a point
    high = picture.height
    under = picture.convert("L").crop((int(left), int(high - top), int(right) + 1, int(high - foot) + 1))
    return under.getextrema()[0] != 255


def _listed(each: FormField) -> FieldListed:
    kinds, flags = each.kinds(), each.flags()
    says = " ".join(str(each.inherited("/TU") or "").split())
    if flags & READ_ONLY or len(kinds) != 1 or (kinds == {"/Btn"} and flags & PUSH):
        return FieldListed(each.name, "")
    if kinds == {"/Sig"}:
        return FieldListed(each.name, SIGNED, (), says)
    if kinds == {"/Ch"}:
        return FieldListed(each.name, "choice", tuple(shown for _, shown in options_of(each)), says)
    if kinds == {"/Btn"}:
        states = sorted({state for widget in each.widgets for state in states_of(widget)})
        named = tuple(dict.fromkeys(text for text, _ in option_states(each)))
        if len(states) > 1 or flags & RADIO:
            return FieldListed(each.name, "one of its boxes", named or tuple(states), says)
        return FieldListed(each.name, "tick", (), says)
    letters = whole(each.inherited("/MaxLen"))
    return FieldListed(each.name, f"text, {letters} letters at most" if letters else "text", (), says)


def lint_form(
    form: bytes,
    values: Mapping[str, FieldPlan],
    known: KnownPlaces,
    *,
    name: str,
    file: str,
    item_place: str = "",
) -> list[Problem]:
    """Every mistake in what goes into the fields. name: of the PDF; file: the packet.yaml in which they stand"""
    try:
        listed = listed_fields(form)
        refused = {
            problem.field: problem.reason for problem in tried(form, {field: [""] for field in values})
        }
    except PacketError as error:
        return [Problem(name, 1, " ".join(error.reasons))]
    problems: list[Problem] = []
    for field, plan in values.items():
        found = list(_tag_mistakes(plan, Walk(known, item_place), known))
        if field in refused:
            found.append(refused[field])
        elif field in listed:
            found += _field_mistakes(form, listed[field], plan, known)
        problems += [Problem(file, plan.line, f'field "{field}": {each.rstrip(".")}.') for each in found]
    return [*problems, *(Problem(name, 1, message) for message in _empty_mistakes(form))]


def _empty_mistakes(form: bytes) -> Iterator[str]:
    """Why even the empty form could not be made plain pages and proved, whatever went into it."""
    try:
        empty = fill(form, {}).pdf
        yield from FormProof(form, empty, flattened(empty)[0], ()).prove().failures
    except PacketError as error:
        yield from error.reasons


def _tag_mistakes(plan: FieldPlan, walk: Walk, known: KnownPlaces) -> Iterator[str]:
    if plan.when is not None:
        for path in plan.when.paths:
            if path not in known and path.rpartition(".")[0] not in known:
                yield f'"{path}" is nothing that a document of this packet can show'
        return
    source = _source(plan)
    try:
        compiled_value(source)
    except TemplateError as error:
        yield str(error.message) if isinstance(error, TemplateSyntaxError) else str(error)
        return
    check_names(DocumentEnvironment().parse(source), walk)
    yield from (message for _, message in walk.found)


def _source(plan: FieldPlan) -> str:
    return f"{{{{ {plan.choose} }}}}" if plan.choose else plan.text


def _field_mistakes(form: bytes, field: FieldListed, plan: FieldPlan, known: KnownPlaces) -> Iterator[str]:
    if plan.when is not None and not field.is_tick:
        what = (
            f"it is one of several boxes ({', '.join(field.options[:MOST_SHOWN])}): use choose"
            if field.options
            else "it is no box to tick. Write what stands in it"
        )
        yield f"when ticks a box; {what}"
        return
    if plan.choose:
        yield from _option_mistakes(plan, known)
    given = [plan.text] if plan.text and "{" not in plan.text else []
    given += [option for option in plan.options.values() if option]
    if plan.when is not None:
        given = [TICKED]
    for value in dict.fromkeys(given):
        for problem in tried(form, {field.name: [value]}):
            near = get_close_matches(value, field.options, 1)
            hint = f'. Did you mean "{near[0]}"?' if near else ""
            yield f'"{value}": {problem.reason}{hint}'


def _option_mistakes(plan: FieldPlan, known: KnownPlaces) -> Iterator[str]:
    """Codes that the place may hold and that lead to nothing, and those that it never holds."""
    table, _, column = plan.choose.rpartition(".")
    codes = known[plan.choose].codes if plan.choose in known else ()
    if not codes and table in known:
        codes = known[table].column_codes.get(column, ())
    if not codes:
        return
    missing = [code for code in codes if code not in plan.options]
    if missing:
        yield (
            f'options says nothing for {", ".join(missing)}. Write what goes in for each, or "" where the field stays '
            "empty"
        )
    for code in plan.options:
        if code not in codes:
            near = get_close_matches(code, codes, 1)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            yield f'"{plan.choose}" is never "{code}".{hint}'


def places_in_form(values: Mapping[str, FieldPlan], known: KnownPlaces, item_place: str) -> frozenset[str]:
    """The places and columns that are named in what goes into the fields: all of it is on the page."""
    walk = Walk(known, item_place)
    asked = [path for plan in values.values() if plan.when is not None for path in plan.when.paths]
    for plan in values.values():
        if plan.when is None:
            check_names(DocumentEnvironment().parse(_source(plan)), walk)
    return frozenset(walk.used) | frozenset(asked)


def form_lines(form: bytes) -> list[str]:
    """The lines that the form itself says, page by page."""
    return [line for page in read_pages(form) for line in page.splitlines()]


def form_notes(form: bytes, values: Mapping[str, FieldPlan]) -> Iterator[str]:
    """What is worth knowing of a form though it is no mistake: what nothing fills, and what is taken out of it.

    Nothing of one that cannot be filled.
    """
    try:
        listed = listed_fields(form)
        empty = fill(form, {})
        pictures = pages_seen(flattened(empty.pdf)[0])
    except PacketError:
        return
    yield from empty.notes
    yield from (
        f"Page {number} has something in the foot margin at the right, where the packet's code is stamped: it may not "
        "be readable there."
        for number, picture in enumerate(pictures, start=1)
        if _is_printed_on(picture)
    )
    for name, each in listed.items():
        if each.kind != SIGNED and name not in values:
            yield f"Nothing fills {each}."
        elif each.kind == SIGNED and not each.says:
            yield f'The form does not say who signs at "{name}": the role is called so.'
