"""What was changed in a document, word by word: values and other words, and nothing left out."""

from __future__ import annotations

import pytest

from pipeline.rendering.changed import ChangedValue, ChangedWords, Changes, MadePart, PrintedValue
from pipeline.rendering.edited import carried_over, changes_between


def made(*pieces: str | tuple[str, str]) -> MadePart:
    """A body; a pair is a value and its place."""
    text, values = "", []
    for piece in pieces:
        said = piece if isinstance(piece, str) else piece[0]
        if not isinstance(piece, str):
            blank = said.startswith("____")
            values.append(
                PrintedValue(len(text), len(text) + len(said), piece[1], piece[1], f"of {piece[1]}", blank)
            )
        text += said
    return MadePart("body", text, tuple(values))


LETTER = made(
    "Dear ", ("Maria", "first"), " ", ("Lopez", "last"), ",\nyour plan begins on ", ("4/7/2027", "start"),
    ".\nSeen: ", ("________", "seen"), "\nGoal: ", ("I cook.\nI bake.\nI eat.", "goal"), "\nYours\n",
)  # fmt: skip


def changes(*swaps: tuple[str, str]) -> Changes:
    text = LETTER.text
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return changes_between([LETTER], [("body", text)])


@pytest.mark.parametrize("gone", ["Maria", "4/7/2027", "I cook.\nI bake.\nI eat."])
def test_a_value_that_was_taken_out_stands_nowhere_and_the_others_where_they_were(gone: str) -> None:
    text = LETTER.text.replace(gone, "")
    (body,) = carried_over([LETTER], [("body", text)])
    still = [LETTER.text[each.start : each.end] for each in LETTER.values]
    assert [body.text[each.start : each.end] for each in body.values] == [
        said for said in still if said != gone
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("4/7/2027", "4/9/2027", [("start", "4/7/2027", "4/9/2027")]),
        ("Maria Lopez", "Ana Gomez", [("first", "Maria", "Ana"), ("last", "Lopez", "Gomez")]),
        ("Lopez,", "Lopez Ruiz,", [("last", "Lopez", "Lopez Ruiz")]),
        ("Maria ", "", [("first", "Maria", "")]),
        ("________", "May 5", [("seen", "", "May 5")]),
        ("I bake.", "I roast.", [("goal", "I cook. I bake. I eat.", "I cook. I roast. I eat.")]),
        (
            "I bake.\n",
            "I bake.\nI boil.\n",
            [("goal", "I cook. I bake. I eat.", "I cook. I bake. I boil. I eat.")],
        ),
    ],
)
def test_a_change_inside_a_value_is_a_changed_value(
    old: str, new: str, expected: list[tuple[str, str, str]]
) -> None:
    found = changes((old, new))
    assert [(each.place, each.before, each.after) for each in found.values] == expected
    assert found.words == ()


def test_other_words_are_told_with_the_values_they_run_over() -> None:
    found = changes(("your plan begins on 4/7/2027.", "you have no plan."), ("Yours", "Kindly"))
    assert found.values == ()
    assert "start" in [value for each in found.words for value in each.values]
    assert ChangedWords("body", "Yours", "Kindly") in found.words
    assert "of start" in [fact for each in found.words for fact in each.facts]


def test_a_value_that_stands_twice_is_told_once_with_how_often_it_was_changed() -> None:
    letter = made("For ", ("Maria", "first"), ".\nSigned by ", ("Maria", "first"), ".\n")
    found = changes_between([letter], [("body", letter.text.replace("For Maria", "For Ana"))])
    assert found.values == (ChangedValue("first", "first", "of first", "Maria", "Ana", 1, 2),)


def test_spaces_and_the_ends_of_lines_are_no_change() -> None:
    assert changes((",\n", ", \n\n"), ("your plan", "your   plan")) == Changes((), ())
