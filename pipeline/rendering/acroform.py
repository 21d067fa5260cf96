"""Somebody else's fillable PDF, filled: values in their fields, and pictures of them that every viewer shows.

Names and on-states are the file's own. What cannot be set as given (an unknown name, a text that does not fit, a
letter no font has) is a problem with the field's name; nothing is cut, and no value is ever part of a message. The
same form and values give the same bytes. What the pictures look like is `formlooks`' concern.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from pipeline.errors import PacketError
from pipeline.rendering.formactions import disarm
from pipeline.rendering.formfields import FormField, drop, find_fields, picture_of
from pipeline.rendering.formfill import PUSH, Filler, RefusedError, TooLongError, option_states, states_of

MOST_BYTES = 100_000_000  # as for what comes in
MOST_PAGES = 250
MOST_LETTERS = 20_000  # of one value
_UNREADABLE = "The form is not a PDF that can be read. Get it anew from who issues it."
_BROKEN = (pikepdf.PdfError, pikepdf.DataDecodingError)
NO_APPEARANCES_NOTE = (
    "Values that stood in the form already got pictures, since it left drawing them to the viewer."
)


@dataclass(frozen=True, slots=True, order=True)
class FieldProblem:
    """Why one field could not be set.

    field: its full name in the form; too_long: whether it would hold a shorter value
    """

    field: str
    reason: str
    too_long: bool = False

    def __str__(self) -> str:
        return f'Field "{self.field}": {self.reason}'


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled form. notes: what was changed beside the values; problems: what was asked for and is not in it."""

    pdf: bytes = field(repr=False)
    notes: tuple[str, ...]
    problems: tuple[FieldProblem, ...]

    def whole(self) -> bytes:
        """The PDF with every value in it. Raises PacketError, with every reason, where one is missing."""
        if self.problems:
            raise PacketError([str(problem) for problem in self.problems])
        return self.pdf


def fill(form: bytes, values: Mapping[str, str]) -> Filled:
    """The form with the values in it, by full field names.

    A radio or tick takes the name of a box as the form lists it, or else its on-state; a tick with one on-state takes
    `yes` and `no` too. An empty value clears a field. Several lines choose several options of a list that allows it.
    Raises PacketError where the file as a whole cannot be filled: no PDF, no fields, a password, a signature in it,
    more than the limits.
    """
    try:
        return _filled(form, values)
    except (UnicodeDecodeError, *_BROKEN):  # a name or text in letters that are none: pikepdf cannot say it
        raise PacketError([_UNREADABLE]) from None


def _filled(form: bytes, values: Mapping[str, str]) -> Filled:
    with opened_form(form) as pdf:
        fields = find_fields(pdf)
        check_fillable(pdf, fields)
        notes = disarm(pdf, pdf.is_encrypted)
        filler = Filler(pdf)
        problems = []
        for name, value in sorted(values.items()):
            try:
                if len(value) > MOST_LETTERS:
                    raise RefusedError(f"the value has more than {MOST_LETTERS:,} letters")
                filler.set(_named(fields, name), unicodedata.normalize("NFC", value))
            except RefusedError as refused:
                problems.append(FieldProblem(name, str(refused), isinstance(refused, TooLongError)))
        _set_states(fields)
        if _draw_the_rest(filler, fields, set(values), problems):
            notes.append(NO_APPEARANCES_NOTE)
        drop(pdf.Root.AcroForm, "/NeedAppearances")
        return Filled(_saved(pdf), (*notes, *filler.notes), tuple(problems))


def tried(form: bytes, values: Mapping[str, Sequence[str]]) -> tuple[FieldProblem, ...]:
    """Why fields would not take these, each by itself; empty where they would. Nothing is kept.

    Raises PacketError where the file as a whole cannot be filled.
    """
    problems: list[FieldProblem] = []
    with opened_form(form) as pdf:
        fields = find_fields(pdf)
        check_fillable(pdf, fields)
        filler = Filler(pdf)
        for name, wanted in values.items():
            for value in wanted:
                try:
                    filler.set(_named(fields, name), unicodedata.normalize("NFC", value))
                except RefusedError as refused:
                    problems.append(FieldProblem(name, str(refused), isinstance(refused, TooLongError)))
    return tuple(dict.fromkeys(problems))


def field_values(filled: bytes) -> dict[str, str]:
    """What stands in every field of a form, by full name: text, chosen export values, the names of ticked boxes."""
    with opened_form(filled) as pdf:
        return {name: _value(each) for name, each in find_fields(pdf).items() if each.kinds() != {"/Sig"}}


def _value(each: FormField) -> str:
    if each.kinds() == {"/Btn"}:
        shown = {str(widget.get("/AS", "/Off")) for widget in each.widgets} - {"/Off"}
        called = {state: text for text, state in option_states(each)}
        return "\n".join(sorted(called.get(state[1:], state[1:]) for state in shown))
    value = each.inherited("/V")
    if isinstance(value, Array):
        return "\n".join(str(item) for item in value.as_list())
    return "" if value is None or isinstance(value, Dictionary | Stream) else str(value)


def opened_form(form: bytes) -> Pdf:
    """The file, open. Raises PacketError where that cannot be, or where it is larger than the limits."""
    if len(form) > MOST_BYTES:
        raise PacketError([f"The form has more than {MOST_BYTES:,} bytes."])
    try:
        pdf = pikepdf.open(io.BytesIO(form), suppress_warnings=True)
        pages = len(pdf.pages)
    except pikepdf.PasswordError:
        raise PacketError(["The form asks for a password. Get it without one from who issues it."]) from None
    except (pikepdf.PdfError, ValueError):
        raise PacketError(
            ["The form is not a PDF that can be read. Get it anew from who issues it."]
        ) from None
    if pages > MOST_PAGES:
        raise PacketError([f"The form has more than {MOST_PAGES} pages."])
    return pdf


def check_fillable(pdf: Pdf, fields: Mapping[str, FormField]) -> None:
    """Raises PacketError where nobody may, or can, fill the form."""
    if not fields:
        raise PacketError(["The form has no fields that can be filled (or only XFA ones)."])
    if any(each.kinds() == {"/Sig"} and each.inherited("/V") is not None for each in fields.values()):
        raise PacketError(["The form is signed already; filling it would break the signature."])
    if not pdf.allow.modify_form:
        raise PacketError(["Who issued the form does not allow that it is filled. Ask for one that may be."])


def _named(fields: Mapping[str, FormField], name: str) -> FormField:
    if name in fields:
        return fields[name]
    near = get_close_matches(name, fields, 1)
    raise RefusedError("the form has no such field" + (f'. Did you mean "{near[0]}"?' if near else ""))


def _draw_the_rest(
    filler: Filler, fields: Mapping[str, FormField], given: set[str], problems: list[FieldProblem]
) -> bool:
    """Draw what stood in the form before and has no picture: without NeedAppearances no viewer would. So too the
    ground and the frame of an empty box, in which somebody is to write; whether any value was drawn."""
    drawn = False
    for name, each in sorted(fields.items()):
        missing = [widget for widget in each.widgets if picture_of(widget) is None]
        value = _value(each)
        if name in given or not missing or each.kinds() == {"/Sig"} or (each.kinds() == {"/Btn"} and value):
            continue
        if not value and not any(_has_looks(widget) for widget in missing):
            continue
        try:
            filler.set(each, value, by_form=True)
            drawn = drawn or bool(value)
        except RefusedError as refused:
            if value:
                problems.append(FieldProblem(name, f"what the form has in it already: {refused}"))
    return drawn


def _has_looks(widget: Object) -> bool:
    """Whether the form wants a ground or a frame for the box."""
    looks = widget.get("/MK")
    return isinstance(looks, Dictionary) and ("/BG" in looks or "/BC" in looks)


def _set_states(fields: Mapping[str, FormField]) -> None:
    """A tick that does not say in which state it is shows that of its field, as the standard asks; or none."""
    for each in fields.values():
        value = each.inherited("/V")
        for widget in each.widgets if each.kinds() == {"/Btn"} and not each.flags() & PUSH else ():
            if "/AS" not in widget:
                is_on = isinstance(value, Name) and str(value)[1:] in states_of(widget)
                widget.AS = value if is_on else Name.Off


def _saved(pdf: Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(
        out, deterministic_id=True, encryption=False, object_stream_mode=pikepdf.ObjectStreamMode.generate
    )
    return out.getvalue()
