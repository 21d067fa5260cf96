"""What is taken out of somebody else's form before it goes out filled: scripts and other actions, the second form
inside it (XFA), files hung on it, its protection. Each with a note, since somebody may have relied on it.
"""

from __future__ import annotations

from pikepdf import Dictionary, Name, Object, Pdf

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
    if (isinstance(files, Dictionary) and drop(files, "/EmbeddedFiles")) | drop(root, "/AF"):
        notes.append(FILES_REMOVED)
    if drop(root, "/Perms"):
        notes.append(RIGHTS_REMOVED)
    if encrypted:
        notes.append(PROTECTION_REMOVED)
    return notes


def _actions(pdf: Pdf) -> bool:
    """Actions of the whole file, and of every page, box, field and bookmark: all objects that can have one."""
    root = pdf.Root
    names, form, opening = root.get("/Names"), root.get("/AcroForm"), root.get("/OpenAction")
    found = [isinstance(names, Dictionary) and drop(names, "/JavaScript"), drop(root, "/AA")]
    if isinstance(opening, Dictionary) and not _is_harmless(opening):
        found.append(drop(root, "/OpenAction"))
    if isinstance(form, Dictionary):
        found.append(drop(form, "/CO"))
    for item in pdf.objects:
        if isinstance(item, Dictionary):
            found.append(drop(item, "/AA"))
            action = item.get("/A")  # the attributes of a tag have this key too
            if isinstance(action, Dictionary) and "/S" in action and not _is_harmless(action):
                found.append(drop(item, "/A"))
    return any(found)


def _is_harmless(action: Object) -> bool:
    return action.get("/S") in _HARMLESS and "/Next" not in action
