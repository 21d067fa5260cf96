"""What is taken out of somebody else's form before it goes out filled: scripts and other actions, the second form
inside it (XFA), files hung on it, its protection. Each with a note, since somebody may have relied on it.
"""

from __future__ import annotations

from typing import TypeGuard

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from pipeline.rendering.formfields import drop

XFA_REMOVED = "A second form inside this one (XFA) was taken out, so that no viewer shows that one, empty."
SCRIPTS_REMOVED = (
    "Scripts and other actions of the form were taken out; sums that it works out by itself have to be given."
)
FILES_REMOVED = "Files that hung on the form were taken out."
PROTECTION_REMOVED = "The form was encrypted without a password; the filled one is not."
RIGHTS_REMOVED = (
    "Acrobat Reader's own usage rights were taken out: they do not hold for a file that was changed."
)

_HARMLESS = (Name.GoTo, Name.URI, Name.Named)  # moving about, and links that a reader may follow


def disarm(pdf: Pdf, encrypted: bool) -> list[str]:
    """Take these out of the open file; what was found, a sentence each."""
    root = pdf.Root
    notes = []
    form = root.get("/AcroForm")
    if isinstance(form, Dictionary) and drop(form, "/XFA"):
        notes.append(XFA_REMOVED)
    drop(root, "/NeedsRendering")
    if _actions(pdf):
        notes.append(SCRIPTS_REMOVED)
    files = root.get("/Names")
    named = [isinstance(files, Dictionary) and drop(files, key) for key in ("/EmbeddedFiles", "/Renditions")]
    if any(named) | _files(pdf):
        notes.append(FILES_REMOVED)
    if drop(root, "/Perms"):
        notes.append(RIGHTS_REMOVED)
    if encrypted:
        notes.append(PROTECTION_REMOVED)
    return notes


def _files(pdf: Pdf) -> bool:
    """Files that the whole file, a page, a picture, a note or a tag has beside it, and files by whatever they hang."""
    found = []
    for item in (pdf.Root, *pdf.objects):
        if isinstance(item, Dictionary | Stream):
            beside, held = item.get("/AF"), item.get("/EF")
            found.append((isinstance(beside, Array) or _holds_files(beside)) and drop(item, "/AF"))
            found.append(_is_files(held) and drop(item, "/EF"))
    return any(found)


def _holds_files(value: object) -> bool:
    return isinstance(value, Dictionary) and _is_files(value.get("/EF"))


def _is_files(value: object) -> bool:
    """Whether these are the contents of a file, and no font or state of a tick that is called so."""
    return isinstance(value, Dictionary) and all(isinstance(value[key], Stream) for key in value)


def _actions(pdf: Pdf) -> bool:
    """Actions of the whole file, and of every page, box, field and bookmark: all objects that can have one.

    Attributes of a tag have the key `A` too, and fonts and states of a tick may be called like any key here.
    """
    root = pdf.Root
    names, form, opening = root.get("/Names"), root.get("/AcroForm"), root.get("/OpenAction")
    found = [isinstance(names, Dictionary) and drop(names, "/JavaScript")]
    if isinstance(opening, Dictionary) and not _is_harmless(opening):
        found.append(drop(root, "/OpenAction"))
    if isinstance(form, Dictionary):
        found.append(drop(form, "/CO"))
    for item in (root, *pdf.objects):
        if isinstance(item, Dictionary):
            events = item.get("/AA")
            if isinstance(events, Dictionary) and any(_is_action(events[key]) for key in events):
                found.append(drop(item, "/AA"))
            for key in ("/A", "/PA"):
                action = item.get(key)
                if _is_action(action) and not _is_harmless(action):
                    found.append(drop(item, key))
            if item.get("/Type") == Name.Page:
                found.append(drop(item, "/PresSteps"))
    return any(found)


def _is_action(value: object) -> TypeGuard[Dictionary]:
    return isinstance(value, Dictionary) and "/S" in value


def _is_harmless(action: Object) -> bool:
    return action.get("/S") in _HARMLESS and "/Next" not in action
