"""One value put into one field of a form: checked against what the field can hold, written, and drawn in every box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pikepdf import Array, DataDecodingError, Dictionary, Name, Object, Pdf, PdfError, Stream, String

from pipeline.rendering import formlooks, formsetting
from pipeline.rendering.formfields import FormField, drop, inherited, whole
from pipeline.rendering.formfonts import Face, Fonts, face_for, unshown
from pipeline.rendering.pdftrees import array_items

# Source: ISO 32000-1, tables 221, 226, 228 and 230.
READ_ONLY = 1
MULTILINE, PASSWORD, FILE, COMB = 1 << 12, 1 << 13, 1 << 20, 1 << 24
RADIO, PUSH, IN_UNISON = 1 << 15, 1 << 16, 1 << 25
COMBO, EDITABLE, SEVERAL = 1 << 17, 1 << 18, 1 << 21
PRINTED = 4

ON_WORDS = ("yes", "true", "on")
OFF_WORDS = ("no", "false")
CLEAR = ("", "Off")
_MOST_DRAWN = 20_000  # bytes of a tick's own picture, packed; more is no tick, and could unpack to anything


class RefusedError(Exception):
    """The field cannot hold this value; the message says why and does not quote it."""


class TooLongError(RefusedError):
    """It would hold a shorter one."""


@dataclass(slots=True)
class Filler:
    """Fills the fields of one open form. notes: what had to look otherwise than the form wants."""

    pdf: Pdf
    notes: list[str] = field(default_factory=list)
    fonts: Fonts = field(init=False)

    def __post_init__(self) -> None:
        self.fonts = Fonts(self.pdf)

    @property
    def form(self) -> Object:
        return self.pdf.Root.AcroForm

    def set(self, each: FormField, value: str, by_form: bool = False) -> None:
        """Set the field. by_form: its own value is only drawn. Raises RefusedError before anything is changed."""
        if len(each.kinds()) != 1:
            raise RefusedError("several fields of different kinds share this name")
        if each.flags() & READ_ONLY and not by_form:
            raise RefusedError("the form lets nobody change this field")
        if not each.widgets:
            raise RefusedError("it has no box on a page that can be seen")
        kind = each.kinds().pop()
        if kind == "/Tx":
            self._set_text(each, value)
        elif kind == "/Ch":
            self._set_choice(each, value)
        elif kind == "/Btn":
            self._set_button(each, value)
        elif kind == "/Sig":
            raise RefusedError("it is for a signature, which a person gives")
        else:
            raise RefusedError("the form does not say what kind of field it is")

    def _set_text(self, each: FormField, value: str) -> None:
        flags, most = each.flags(), whole(each.inherited("/MaxLen"))
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        comb = most if flags & COMB and not flags & (MULTILINE | PASSWORD | FILE) else 0
        if flags & (PASSWORD | FILE):
            raise RefusedError("it is for a password or a file, and would not show what is put in")
        if most and len(text) > most:
            raise TooLongError(f"the value has {len(text)} letters, the field holds {most}")
        if "\n" in text and not flags & MULTILINE:
            raise RefusedError("the value has several lines, the field holds one")
        self._draw(each, text, lambda p, f, s, a: _placed(text, comb, bool(flags & MULTILINE), p, f, s, a))
        for node in each.nodes:
            node.V = String(text)
            for key in ("/RV", "/DS", "/I"):  # the same text once more, with its look: the old one
                drop(node, key)

    def _set_choice(self, each: FormField, value: str) -> None:
        flags, options = each.flags(), options_of(each)
        several = bool(flags & SEVERAL) and not flags & COMBO
        wanted = [] if not value else value.split("\n") if several else [value]
        chosen = [_option(options, one) for one in wanted]
        typed = bool(flags & COMBO and flags & EDITABLE)
        if None in chosen and not typed:
            raise RefusedError(f"the value is not among the {len(options)} choices of the field")
        places = sorted({at for at in chosen if at is not None})
        shown = [options[at][1] if at is not None else one for at, one in zip(chosen, wanted, strict=True)]
        kept = [options[at][0] if at is not None else one for at, one in zip(chosen, wanted, strict=True)]
        if flags & COMBO:
            line = "".join(shown)
            if "\n" in line:
                raise RefusedError("the value has several lines, the field holds one")
            self._draw(each, line, lambda p, f, s, a: formsetting.set_line(line, p, f, s, a))
        else:
            rows = [display for _, display in options]
            self._draw(each, "\n".join(rows), lambda p, f, s, a: formsetting.set_list(rows, places, p, f, s))
        for node in each.nodes:
            node.V = (
                String(kept[0] if kept else "") if len(kept) < 2 else Array([String(one) for one in kept])
            )
            drop(node, "/I")
            if places and not flags & COMBO:
                node.I = Array(places)

    def _draw(self, each: FormField, text: str, setting: object) -> None:
        """Draw the field in all its boxes, or in none. Raises RefusedError where a box is too small."""
        if lacking := unshown(text):
            raise RefusedError(f"no font at hand shows {', '.join(lacking[:5])}")
        made = []
        for widget in each.widgets:
            ink, paper = formlooks.ink_of(widget, self.form), formlooks.paper_of(widget)
            face, align = face_for(text, ink.font), whole(inherited(widget, "/Q"))
            try:
                as_set = setting(paper, face, ink.size, align)  # type: ignore[operator]
            except formsetting.DoesNotFitError:
                raise TooLongError("the value does not fit its box, even in the smallest letters") from None
            if ink.size and as_set.size < ink.size - 0.01:
                self.notes.append(f'Field "{each.name}" {formsetting.SMALLER}: {as_set.size:.1f} points.')
            made.append(formlooks.picture(self.pdf, widget, paper, as_set, face, self.fonts, ink.colour))
        for widget, picture in zip(each.widgets, made, strict=True):
            widget.AP = Dictionary(N=picture)
            _show(widget)
            if not any(widget.objgen == node.objgen for node in each.nodes):
                drop(widget, "/V")
        self._give_a_look(each)

    def _give_a_look(self, each: FormField) -> None:
        """A field without a default appearance cannot be typed into: it gets Helvetica."""
        if each.inherited("/DA") is not None or "/DA" in self.form:
            return
        for node in each.nodes:
            node.DA = String("/Helv 0 Tf 0 g")
        resources = self.form.get("/DR")
        if not isinstance(resources, Dictionary):
            self.form.DR = resources = Dictionary()
        if not isinstance(resources.get("/Font"), Dictionary):
            resources.Font = Dictionary()
        resources.Font.Helv = self.fonts.resources(face_for("", "Helvetica")).Font.F

    def _set_button(self, each: FormField, value: str) -> None:
        if each.flags() & PUSH:
            raise RefusedError("it is a button to press and holds no value")
        states = self._states(each)
        on = _wanted_state(each, states, value)
        lit = [on is not None and on in own for own in states]
        if each.flags() & RADIO and sum(lit) > 1 and not each.flags() & IN_UNISON:
            raise RefusedError("several of its buttons have the same state, so one alone cannot be chosen")
        for widget, own in zip(each.widgets, states, strict=True):
            self._mend_pictures(widget, own, bool(each.flags() & RADIO))
            widget.AS = Name(f"/{on}") if on is not None and on in own else Name.Off
            _show(widget)
            if not any(widget.objgen == node.objgen for node in each.nodes):
                drop(widget, "/V")
        for box in each.boxes:
            if "/AS" in box and str(box.AS) != f"/{on}":
                box.AS = Name.Off
        for node in each.nodes:
            node.V = Name(f"/{on}") if on is not None else Name.Off

    def _states(self, each: FormField) -> list[list[str]]:
        """The on-states of each box, from the file; a name of our own for the only box of a field without any."""
        states = [states_of(widget) for widget in each.widgets]
        if all(states):
            return states
        if len(texts(each.inherited("/Opt"))) == len(each.boxes) > 1:
            places = {box.objgen: str(at) for at, box in enumerate(each.boxes)}
            return [own or [places[box.objgen]] for own, box in zip(states, each.widgets, strict=True)]
        if len(each.boxes) > 1:
            raise RefusedError("the file does not say which of its boxes means what")
        self.notes.append(f'Field "{each.name}" had no picture of its tick; it got one.')
        return [["Yes"]]

    def _mend_pictures(self, widget: Object, own: Sequence[str], is_radio: bool) -> None:
        looks = widget.get("/AP")
        if not isinstance(looks, Dictionary):
            widget.AP = looks = Dictionary()
        if not isinstance(looks.get("/N"), Dictionary):
            looks.N = Dictionary()
        for state in own:
            if not _draws(looks.N.get(f"/{state}")):
                looks.N[f"/{state}"] = formlooks.tick(self.pdf, widget, is_radio)
        if not isinstance(looks.N.get("/Off"), Stream):
            looks.N.Off = formlooks.no_tick(self.pdf, widget)


def _placed(
    text: str,
    comb: int,
    multiline: bool,
    paper: formsetting.Paper,
    face: Face,
    size: float,
    align: int,
) -> formsetting.Setting:
    if comb:
        return formsetting.set_comb(text, comb, paper, face, size, align)
    set_in = formsetting.set_lines if multiline else formsetting.set_line
    return set_in(text, paper, face, size, align)


def _show(widget: Object) -> None:
    """On paper as on the screen: some viewers print only what says so."""
    widget.F = whole(widget.get("/F")) | PRINTED


def states_of(widget: Object) -> list[str]:
    """The on-states of one box without their slashes: the names of its pictures, else the state it is in."""
    looks = widget.get("/AP")
    for key in ("/N", "/D"):
        named = looks.get(key) if isinstance(looks, Dictionary) else None
        if isinstance(named, Dictionary) and (
            found := [state[1:] for state in named if state != "/Off" and state.isprintable()]
        ):
            return sorted(found)
    shown = widget.get("/AS")
    return [str(shown)[1:]] if isinstance(shown, Name) and shown != Name.Off else []


def _wanted_state(each: FormField, states: Sequence[Sequence[str]], value: str) -> str | None:
    """The on-state that the value means, None for none. Raises RefusedError where it means none or two things."""
    if value in CLEAR:
        return None
    known = sorted({state for own in states for state in own})
    options = option_states(each)
    meant = {state for text, state in options if text == value}
    if len(meant) > 1:
        raise RefusedError("two of its choices have this name")
    if meant:
        return meant.pop()
    word = value.casefold()
    if len(known) == 1 and not each.flags() & RADIO:
        if word in OFF_WORDS and known[0].casefold() in OFF_WORDS:
            raise RefusedError(f'ticked it says "{known[0]}": give "yes" to tick it and nothing to leave it')
        if word in OFF_WORDS:
            return None
        if word in ON_WORDS:
            return known[0]
    if value in known and not options:
        return value
    names = [text for text, _ in options] or known
    raise RefusedError(f"the value is not among its states, which are {', '.join(names[:20])}")


def option_states(each: FormField) -> list[tuple[str, str]]:
    """What the boxes of a field are called where the form lists that, with their on-states; else nothing.

    The list goes by the order in the field, not on the page. Source: ISO 32000-1, table 227.
    """
    names = texts(each.inherited("/Opt"))
    if len(names) != len(each.boxes):
        return []
    states = [states_of(box) or [str(at)] for at, box in enumerate(each.boxes)]
    return [(name, own[0]) for name, own in zip(names, states, strict=True)]


def _draws(picture: object) -> bool:
    """Whether a tick's own picture shows something by itself, without fonts that it does not name."""
    if not isinstance(picture, Stream) or len(picture.read_raw_bytes()) > _MOST_DRAWN:
        return False
    if "/BBox" not in picture:
        return False
    try:
        drawn = picture.read_bytes()
    except (PdfError, DataDecodingError):
        return False
    resources = picture.get("/Resources")
    has_font = isinstance(resources, Dictionary) and isinstance(resources.get("/Font"), Dictionary)
    return bool(drawn.strip()) and (has_font or b"Tf" not in drawn)


def options_of(each: FormField) -> list[tuple[str, str]]:
    """The choices of a list: what is kept of each, and what is shown."""
    options = []
    for item in array_items(each.inherited("/Opt")):
        pair = [str(text) for text in item.as_list()] if isinstance(item, Array) else [str(item)]
        if pair:
            options.append((pair[0], pair[-1]))
    return options


def texts(listed: object) -> list[str]:
    return [str(item) for item in array_items(listed)]


def _option(options: Sequence[tuple[str, str]], value: str) -> int | None:
    """The place of the choice that the value names, as it is kept or as it is shown; None where none is."""
    meant = {at for at, (kept, shown) in enumerate(options) if value in (kept, shown)}
    if len({options[at] for at in meant}) > 1:
        raise RefusedError("the value means two different choices of the field")
    return min(meant, default=None)
