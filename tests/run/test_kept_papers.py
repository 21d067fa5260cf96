"""What was kept about a part and can no longer be read is an error of the archive, never half of what was said."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from pipeline.errors import ArchiveError
from pipeline.rendering.changed import ChangedValue, ChangedWords
from pipeline.run.askedlines import AskedLine, AskedSignatures, load_asked
from pipeline.run.editedword import EditedWord, load_edited
from pipeline.values import Json

ASKED = AskedSignatures("7K2M9QWX4RTV", "plan", (AskedLine("plan/1", "signed", "2027-03-04", by_hand=True),))
EDITED = EditedWord(
    packet="7K2M9QWX4RTV",
    document="plan",
    title="Plan",
    made="cases/C-1/packets/P",
    values=(ChangedValue("person.phone", "Telephone", "F1", "one", "two", 1, 1),),
    words=(ChangedWords("body", "old", "new", ("Telephone",), ("F1",)),),
    proposed=0,
    comments=0,
    objects=0,
)


def test_what_was_kept_is_read_as_it_was() -> None:
    assert (ASKED, EDITED) == (load_asked(ASKED.as_json()), load_edited(EDITED.as_json()))


@pytest.mark.parametrize(
    ("load", "kept", "damage"),
    [
        (load_asked, ASKED.as_json(), {"lines": "plan/1"}),
        (load_asked, ASKED.as_json(), {"lines": ["plan/1"]}),
        (load_edited, EDITED.as_json(), {"values": {}}),
        (load_edited, EDITED.as_json(), {"words": ["new"]}),
        (load_edited, EDITED.as_json(), {"proposed": "some"}),
    ],
)
def test_what_is_not_as_it_was_kept_is_refused_as_damage_of_the_archive(
    load: Callable[[Mapping[str, Json]], object], kept: Mapping[str, Json], damage: Mapping[str, Json]
) -> None:
    with pytest.raises(ArchiveError, match="cannot be read"):
        load({**kept, **damage})
