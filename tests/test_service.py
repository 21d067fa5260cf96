"""The service: what `make install-service` prints and writes, without root, and what the unit promises."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

from pipeline.inbox.names import CLAIMS
from tests.pages import ROOT, text_of

SERVICE = "support-paperwork.service"


def install(program: Path, *options: str, **given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(program / "docs" / "service" / "install.sh"), *options],
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A place that looks like an installed program."""
    home = tmp_path / "opt" / "support-paperwork"
    shutil.copytree(ROOT / "docs" / "service", home / "docs" / "service")
    (home / "docs" / "install.md").write_text("")
    (home / ".venv" / "bin").mkdir(parents=True)
    (home / ".venv" / "bin" / "python").symlink_to(sys.executable)
    return home


@pytest.fixture
def outside_tmp() -> Iterator[Path]:
    """A program where a service may see it, without a .venv: what is not refused for its places is for that."""
    home = Path(tempfile.mkdtemp(prefix="service-", dir="/var/tmp")).resolve()
    shutil.copytree(ROOT / "docs" / "service", home / "docs" / "service")
    yield home
    shutil.rmtree(home)


@pytest.fixture
def installed(program: Path, tmp_path: Path) -> Path:
    """The root of another system into which the service was put."""
    done = install(program, DESTDIR=str(tmp_path / "system"))
    assert (done.returncode, done.stderr) == (0, "")
    return tmp_path / "system"


def unit_of(text: str) -> ConfigParser:
    unit = ConfigParser(strict=True, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # systemd minds capitals
    unit.read_string(text)
    return unit


def test_a_dry_run_prints_every_step_and_the_unit_and_does_nothing(program: Path, tmp_path: Path) -> None:
    done = install(program, "--dry-run", INBOX=str(tmp_path / "inbox"), SERVICE_USER="nobody-of-that-name")
    assert (done.returncode, done.stderr) == (0, "")
    assert "useradd --system --gid paperwork-staff --home-dir /var/lib/paperwork" in done.stdout
    assert f"install -d -o nobody-of-that-name -g paperwork-staff -m 2770 {tmp_path}/inbox" in done.stdout
    assert "+ systemctl enable support-paperwork.service" in done.stdout
    assert f"ExecStart={program}/.venv/bin/python -m pipeline watch" in done.stdout
    assert not (tmp_path / "inbox").exists()


def test_the_make_target_runs_it() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "install-service", "DRY_RUN=1"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "+ systemctl daemon-reload" in done.stdout


def test_folders_are_made_as_the_page_says(installed: Path) -> None:
    page = text_of("docs/install.md")
    for folder, mode in (
        ("srv/paperwork/inbox", "2770"),
        ("srv/paperwork/outbox", "2750"),
        ("var/lib/paperwork", "0700"),
    ):
        assert f"{stat.S_IMODE((installed / folder).stat().st_mode):04o}" == mode
        assert f"`/{folder}`, mode {mode}" in page


def test_the_unit_shuts_the_service_in(installed: Path, program: Path) -> None:
    text = (installed / "etc" / "systemd" / "system" / SERVICE).read_text()
    unit = unit_of(text)
    wanted = {
        "User": "paperwork",
        "UMask": "0077",
        "LimitCORE": "0",
        "Restart": "always",
        "RestartSec": "30",
        "ProtectSystem": "strict",
        "ReadWritePaths": "-/srv/paperwork/inbox /srv/paperwork/outbox /var/lib/paperwork",
        "NoNewPrivileges": "yes",
        "PrivateTmp": "yes",
        "PrivateNetwork": "yes",
        "WorkingDirectory": str(program),
    }
    assert wanted == {name: unit["Service"][name] for name in wanted}
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert "@" not in "".join(line for line in text.splitlines() if not line.startswith("#"))
    assert "RestrictNamespaces" not in unit["Service"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_finds_nothing_wrong_with_the_unit(installed: Path) -> None:
    unit = installed / "etc" / "systemd" / "system" / SERVICE
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if SERVICE in line] == []
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"INBOX": "inbox"}, "give the whole path"),
        ({"OUTBOX": "/srv/two words"}, "may stand in a path of the service"),
        ({"STATE": "/home/jmr/state"}, "sees no home folders"),
    ],
)
def test_places_that_cannot_work_are_refused(outside_tmp: Path, given: dict[str, str], words: str) -> None:
    done = install(outside_tmp, **given)
    assert done.returncode == 4
    (place,) = given.values()
    assert done.stderr.startswith(f"{place}: ")
    assert words in done.stderr


def test_a_program_in_tmp_is_refused(program: Path) -> None:
    done = install(program)
    assert done.returncode == 4
    assert done.stderr.startswith(f"{program}: the service sees no home folders and has a /tmp of its own")


@pytest.mark.parametrize("option", ["--site", "--inbox", "--outbox", "--state"])
def test_the_unit_names_all_four_folders(installed: Path, option: str) -> None:
    unit = unit_of((installed / "etc" / "systemd" / "system" / SERVICE).read_text())
    assert f" {option} /" in unit["Service"]["ExecStart"]


# --- the example for Samba ------------------------------------------------------------------------


def shares() -> ConfigParser:
    samba = ConfigParser(strict=True, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    samba.read_string(text_of("docs/service/smb.conf"))
    return samba


def test_nobody_is_a_guest_and_every_share_names_who_may_come() -> None:
    samba = shares()
    assert samba["global"]["map to guest"] == "never"
    assert samba["global"]["server smb encrypt"] == "required"
    assert {"create_file", "renameat", "unlinkat"} <= set(samba["global"]["full_audit:success"].split())
    for name in samba.sections()[1:]:
        assert samba[name]["guest ok"] == "no", name
        assert samba[name]["valid users"], name


def test_staff_read_the_outbox_and_write_the_inbox_in_the_folders_of_the_service() -> None:
    samba, page = shares(), text_of("docs/install.md")
    assert samba["outbox"]["read only"] == "yes"
    assert {"inbox", "needs-attention", "outbox"} <= set(samba.sections())
    for name in samba.sections()[1:]:
        top = Path(*Path(samba[name]["path"]).parts[:4])
        assert f"`{top}`, mode " in page, name
        if top.name == "inbox":
            assert samba[name]["read only"] == "no", name


@pytest.mark.parametrize(
    "name", ["create mask", "directory mask", "force create mode", "force directory mode"]
)
def test_what_people_put_down_is_closed_to_others(name: str) -> None:
    assert int(shares()["global"][name], 8) & 0o007 == 0


def test_the_program_s_own_folder_is_hidden() -> None:
    assert f"/{CLAIMS}/" in shares()["global"]["veto files"]


@pytest.mark.skipif(shutil.which("testparm") is None, reason="no Samba on this machine")
def test_samba_takes_the_example() -> None:
    done = subprocess.run(
        ["testparm", "-s", str(ROOT / "docs" / "service" / "smb.conf")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Unknown parameter" not in done.stderr
