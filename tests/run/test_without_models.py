"""A model file that is missing or different: the program says which, asks about what it cannot read, and goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import cli
from pipeline.model import Decision, Method, Outcome, Reason
from pipeline.reading import models
from pipeline.reading.models import lacking_models
from pipeline.reading.recogniser import load_readers
from pipeline.run.office import Office, Settings
from pipeline.run.waiting import held_paper
from tests.paper.carriers import Carrier, save_as
from tests.paper.families import typefaces
from tests.paper.fill import by_hand, typewriter
from tests.run.office import ROOT, blank_of, filled_in, on_a_screen, prepared_state

pytestmark = pytest.mark.slow

FORM = "assessment-summary"


@pytest.fixture
def changed_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The first reader's weights are not those that were measured."""
    assert load_readers().ready
    listed = json.loads(models.LISTED.read_text())
    listed["small"]["weights_sha256"] = "0" * 64
    path = tmp_path / "models.json"
    path.write_text(json.dumps(listed))
    monkeypatch.setattr(models, "LISTED", path)
    lacking_models.cache_clear()
    load_readers.cache_clear()
    yield
    lacking_models.cache_clear()
    load_readers.cache_clear()


def typed_and_scanned(seed: int) -> bytes:
    filled = filled_in(FORM, seed, on_paper=True)
    made = by_hand(blank_of(FORM), filled.values, typewriter(typefaces()[0]), seed=seed, signed=filled.signed)
    return save_as([sheet.image for sheet in made], Carrier.PDF_JPEG, dpi=300)


@pytest.mark.usefixtures("changed_model")
def test_a_changed_model_is_named_scans_are_asked_about_and_screens_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = {name: tmp_path / name for name in ("inbox", "outbox", "state")}
    for folder in folders.values():
        folder.mkdir(mode=0o700)
    prepared_state(folders["state"])
    (folders["inbox"] / "screen.pdf").write_bytes(on_a_screen("intake", 1))
    (folders["inbox"] / "scan.pdf").write_bytes(typed_and_scanned(1))
    options = [f"--{name}={path}" for name, path in (*folders.items(), ("site", ROOT))]
    monkeypatch.setattr("sys.argv", ["pipeline", "once", "--workers=0", "--settle=0.02", *options])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = " ".join(capsys.readouterr().err.split())
    status = (folders["inbox"] / "STATUS.html").read_text()
    office = Office(Settings(ROOT, folders["inbox"], folders["outbox"], folders["state"]))
    with office.ledger.reading() as tx:
        parts = {part.form: part for part in tx.parts()}
    read = held_paper(office, parts[FORM]).readings
    written = [reading for reading in read if reading.reason is Reason.NO_MODEL]

    assert not ended.value.code
    assert said.count("The model file rec.onnx") == 1
    assert "is not the file this program was measured with" in said
    assert "The model file rec.onnx" in status
    assert parts["intake"].outcome is Outcome.KEPT
    assert parts[FORM].outcome is Outcome.HELD
    assert Reason.NO_MODEL in parts[FORM].reasons
    assert len(written) >= 5
    assert all(reading.crop and not reading.text for reading in written)
    assert not [
        reading
        for reading in read
        if reading.method is Method.RECOGNISED and reading.decision is Decision.ACCEPTED
    ]
