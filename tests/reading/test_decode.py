"""From probabilities to text."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pipeline.model import Reason
from pipeline.reading.decode import by_masks, free, mask_of, out_of_list, plain, plain_text
from pipeline.reading.known import known_value
from pipeline.reading.opinions import Opinion, compatible, identifier_pattern
from pipeline.reading.patterns import masks_of
from pipeline.reading.recogniser import ALPHABET, PLACE, Probabilities
from pipeline.reading.texts import doubt, whole_number, with_gaps
from pipeline.values import Expectation, Kind


def seen(*slices: dict[str, float]) -> Probabilities:
    """One slice a dictionary: character (empty for nothing) → probability; the rest is spread thin."""
    rows = np.full((len(slices), len(ALPHABET) + 1), 1e-5, dtype=np.float32)
    for row, given in zip(rows, slices, strict=True):
        for ch, probability in given.items():
            row[PLACE[ch] if ch else 0] = probability
    return Probabilities(rows)


def test_repeats_collapse_and_a_gap_keeps_doubles() -> None:
    line = seen({"4": 0.9}, {"4": 0.9}, {"": 0.9}, {"4": 0.8}, {"2": 0.7})
    assert free(line).text == "442"


def test_a_pattern_finds_the_digit_behind_a_letter() -> None:
    line = seen({"O": 0.6, "0": 0.3}, {"": 0.9}, {"1": 0.9})
    found = by_masks(line, masks_of("99"))
    assert (free(line).text, found.text if found else None) == ("O1", "01")


def test_a_pattern_longer_than_the_line_finds_nothing() -> None:
    assert by_masks(seen({"1": 0.9}), masks_of("99")) is None


def test_a_double_needs_a_slice_of_nothing_between() -> None:
    line = seen({"4": 0.9}, {"4": 0.6, "": 0.3}, {"4": 0.9})
    found = by_masks(line, masks_of("99"))
    assert found is not None
    assert found.text == "44"


@pytest.mark.parametrize("seed", range(8))
def test_the_best_text_is_the_best_of_all_paths(seed: int) -> None:
    rng = np.random.default_rng(seed)
    letters = "ab1"
    steps, length = 5, 2
    rows = np.full((steps, len(ALPHABET) + 1), 1e-9, dtype=np.float32)
    columns = [0, *(PLACE[ch] for ch in letters)]
    rows[:, columns] = rng.dirichlet(np.ones(4), size=steps)

    def text_of(path: tuple[int, ...]) -> str:
        kept = [c for i, c in enumerate(path) if c and (i == 0 or path[i - 1] != c)]
        return "".join(ALPHABET[c - 1] for c in kept)

    best = max(
        (path for path in itertools.product(columns, repeat=steps) if len(text_of(path)) == length),
        key=lambda path: float(np.log(rows[range(steps), path]).sum()),
    )
    found = by_masks(Probabilities(rows), [mask_of(letters)] * length)
    assert found is not None
    assert found.text == text_of(best)
    assert found.score == pytest.approx(float(np.log(rows[range(steps), best]).sum()), abs=1e-3)


def test_a_list_is_ranked_by_what_stands_there() -> None:
    line = seen({"C": 0.9}, {"o": 0.5, "a": 0.4}, {"l": 0.9}, {"e": 0.8})
    assert [item.text for item in out_of_list(line, ("Boone", "Cole", "Cale"))][:2] == ["Cole", "Cale"]


@pytest.mark.parametrize(
    ("fitted", "freely", "expected"),
    [
        ("03/14/2027", "03114/2027", True),
        ("(573) 555-0134", "573-555-0134", True),
        ("12", "1B", False),
        ("03/14/2027", "08/14/2027", False),
    ],
)
def test_a_fitted_reading_must_agree_with_the_free_one(fitted: str, freely: str, expected: bool) -> None:
    assert compatible(fitted, freely) is expected


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("1250.00", Kind.MONEY, True),
        ("2978 36", Kind.MONEY, False),
        ("297836", Kind.MONEY, False),
        ("1250", Kind.UNITS, True),
        ("50", Kind.MONEY, True),
    ],
)
def test_a_number_that_may_have_lost_its_point_is_doubted(text: str, kind: Kind, expected: bool) -> None:
    assert whole_number(text, kind) is expected


def opinion(text: str, compatible: bool = True) -> Opinion:
    return Opinion(text, text, 0.99, compatible)


@pytest.mark.parametrize(
    ("first", "second", "kind", "reason"),
    [
        ("Holloway", "Holloway.", Kind.PERSON_NAME, None),
        ("Holloway", "Hollovay", Kind.PERSON_NAME, Reason.READERS_DISAGREE),
        ("63108", "63108", Kind.ZIP, None),
        ("6310", "6310", Kind.ZIP, Reason.NOT_VALID),
        ("José", "José", Kind.PERSON_NAME, None),
        ("José", "Josè", Kind.PERSON_NAME, Reason.READERS_DISAGREE),
        ("Fitzgerald:Hawthorne", "Fitzgerald:Hawthorne", Kind.PERSON_NAME, Reason.NOT_SURE),
        ("O'Neil-Smith, Jr.", "O'Neil-Smith, Jr.", Kind.PERSON_NAME, None),
        ("1s fine", "1s fine", Kind.TEXT, Reason.NOT_SURE),
        ("", "", Kind.TEXT, Reason.NOT_SURE),
    ],
)
def test_two_readers_and_the_rules_of_the_kind_must_agree(
    first: str, second: str, kind: Kind, reason: Reason | None
) -> None:
    assert doubt(opinion(first), opinion(second), first, Expectation(kind)) == reason


def test_an_accent_that_a_reader_is_not_sure_of_may_be_a_speck() -> None:
    sure, unsure = Opinion("José", "José", 0.97, True), Opinion("José", "José", 0.8, True)
    assert doubt(sure, sure, "José", Expectation(Kind.PERSON_NAME)) is None
    assert doubt(sure, unsure, "José", Expectation(Kind.PERSON_NAME)) is Reason.NOT_SURE


def test_empty_cells_inside_a_comb_are_gaps() -> None:
    assert with_gaps("ABCD", [True, True, False, True, True]) == "AB CD"


def test_an_identifier_is_read_by_the_shape_of_its_rule() -> None:
    assert [identifier_pattern(rule, 4) for rule in (r"\d{4}", r"[A-Z]\d{3}", r".*x")] == [
        "9999",
        "A999",
        "XXXX",
    ]


def test_case_and_accents_do_not_tell_names_apart() -> None:
    line = plain(seen({"Z": 0.9}, {"o": 0.9}, {"é": 0.5, "ë": 0.3, "e": 0.1}))
    assert free(line).text == plain_text("Zoë")


def lines_of(*texts: str) -> list[Probabilities]:
    """Each text as a reader that is sure of every letter sees it."""
    return [seen(*[part for ch in text for part in ({ch: 0.95}, {"": 0.95})]) for text in texts]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("Chloé", "Chloe", "Chloë"),  # an accent that two readers see differently is spelled as on file
        ("CHLOE", "CHLOE", "Chloë"),
        ("Marta", "Marta", ""),  # both read another name, so it is another name
        ("Quentin", "Quentin", ""),
        ("Ana", "Ana", ""),  # two people on file spell it differently
    ],
)
def test_a_name_on_file_is_a_third_witness(first: str, second: str, expected: str) -> None:
    on_file = ("Chloë", "Maria", "Ana", "Aña", "Bertram")
    assert known_value(lines_of(first, second), on_file, [first, second]) == expected


def test_a_name_on_file_decides_where_one_reader_slips() -> None:
    (sure,) = lines_of("Bertram")
    soft = seen(*[part for ch in "Bertram" for part in ({ch: 0.55, "n": 0.4}, {"": 0.95})])
    assert known_value([sure, soft], ("Bertram", "Bernard"), ["Bertram", "Bentram"]) == "Bertram"
