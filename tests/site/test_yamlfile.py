"""YAML at the door keeps text as text and says where a mistake stands."""

from __future__ import annotations

import pytest

from pipeline.site.yamlfile import Mistakes, Plain, parse


def read(text: str) -> tuple[Plain, list[str]]:
    mistakes = Mistakes()
    plain = parse(text, "f.yaml", mistakes).plain()
    return plain, [str(problem) for problem in mistakes.found]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("01234", "01234"),
        ("NO", "NO"),
        ("12:30", "12:30"),
        ("0755", "0755"),
        ("1.10", "1.10"),
        ("2026-11-22", "2026-11-22"),
        ("true", True),
        ("12", 12),
        ("null", None),
        ('"12"', "12"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
    ],
)
def test_a_scalar_stays_as_it_was_written(written: str, expected: Plain) -> None:
    assert read(f"a: {written}") == ({"a": expected}, [])


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "twice"),
        ("a: &x 1\nb: *x\n", 1, "anchors"),
        ("a: !!python/name:os.system\n", 1, "tags"),
        ("a: [1\nb: 2\n", 2, "not YAML"),
        ("[" * 60 + "]" * 60, 1, "nested"),
    ],
)
def test_what_yaml_must_not_hold_is_named_with_its_line(text: str, line: int, word: str) -> None:
    _, found = read(text)
    assert found
    assert found[0].startswith(f"f.yaml:{line}: ")
    assert word in found[0]


def test_an_unknown_key_comes_with_a_suggestion() -> None:
    mistakes = Mistakes()
    parse("title: x\nlable: y\n", "f.yaml", mistakes).only("title", "label")
    assert [str(problem) for problem in mistakes.found] == [
        'f.yaml:2: unknown key "lable". Did you mean "label"?'
    ]


def test_what_a_mistake_is_called_depends_on_no_library_that_may_be_missing() -> None:
    """libyaml reads the sound files; it would say "did not find expected ',' or '}'" and not what stands there."""
    assert read("a: {b: 1, c: ]}\n")[1] == ["f.yaml:1: is not YAML: expected the node content, but found ']'"]
