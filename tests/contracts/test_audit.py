"""The audit of the lock, on the wire: what it finds, what it accepts, and a service that does not answer.

pip-audit is no part of the lock; `make audit` puts it on the path and runs these tests first.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from eval.audit import ACCEPTED, HOLDS, Accepted, judge, read_accepted
from tests.doubles.loopback import Answer
from tests.doubles.weakness_server import WeaknessServer, weakness

TODAY = date(2026, 11, 30)
HASH = "--hash=sha256:" + "0" * 64

needs_pip_audit = pytest.mark.skipif(find_spec("pip_audit") is None, reason="make audit brings pip-audit")


def report(*vulns: dict[str, Any]) -> dict[str, Any]:
    return {
        "dependencies": [
            {"name": "sound", "version": "1.0", "vulns": []},
            {"name": "weak", "version": "2.0", "vulns": list(vulns)},
            {"name": "odd", "skip_reason": "not found"},
        ],
        "fixes": [],
    }


VULN = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1", "GHSA-x"], "fix_versions": ["2.1"]}


def entry(id: str = "CVE-2026-1", package: str = "weak", at: date = TODAY) -> Accepted:
    return Accepted(package, id, "We do not use it.", at)


def test_a_weakness_counts_unless_it_is_accepted_under_one_of_its_names() -> None:
    found = judge(report(VULN), [], TODAY)
    assert [each.package for each in found.open] == ["weak"]
    assert (found.asked, found.unknown) == (2, ("odd",))
    for id in ("PYSEC-2026-1", "CVE-2026-1", "GHSA-x"):
        taken = judge(report(VULN), [entry(id)], TODAY)
        assert (len(taken.open), len(taken.accepted), len(taken.stale)) == (0, 1, 0)


@pytest.mark.parametrize(
    "other", [entry("CVE-2026-2"), entry(package="sound"), entry(at=TODAY - HOLDS - timedelta(days=1))]
)
def test_an_entry_for_something_else_or_too_old_covers_nothing(other: Accepted) -> None:
    found = judge(report(VULN), [other], TODAY)
    assert len(found.open) == 1
    assert found.stale == (other,)


def test_an_entry_holds_for_half_a_year() -> None:
    assert not judge(report(VULN), [entry(at=TODAY - HOLDS)], TODAY).open


def test_a_second_weakness_of_the_same_package_counts() -> None:
    other = {"id": "PYSEC-2026-2", "aliases": [], "fix_versions": []}
    assert [each.names for each in judge(report(VULN, other), [entry()], TODAY).open] == [{"PYSEC-2026-2"}]


@pytest.mark.parametrize(
    "text",
    [
        '[[accepted]]\npackage = "a"\nid = "b"\ndate = 2026-11-30',
        '[[accepted]]\npackage = "a"\nid = "b"\nreason = " "\ndate = 2026-11-30',
        '[[accepted]]\npackage = "a"\nid = "b"\nreason = "c"\ndate = "2026-11-30"',
    ],
)
def test_an_entry_says_why_and_when(text: str) -> None:
    with pytest.raises(ValueError, match=r"needs|written like"):
        read_accepted(text)


def test_the_entries_of_the_project_can_be_read() -> None:
    read_accepted(ACCEPTED.read_text(encoding="utf-8"))


def audit(root: Path, tmp_path: Path, url: str, accepted: str = "") -> subprocess.CompletedProcess[str]:
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"sound==1.0 \\\n    {HASH}\nweak==2.0 \\\n    {HASH}\n    # via sound\n")
    (tmp_path / "accepted.toml").write_text(accepted)
    words = ["--lock", str(lock), "--accepted", str(tmp_path / "accepted.toml"), "--osv-url", url]
    return subprocess.run(
        [sys.executable, "-m", "eval.audit", *words],
        cwd=root,
        env={**os.environ, "PIP_CACHE_DIR": str(tmp_path / "cache"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@needs_pip_audit
def test_a_known_weakness_fails_the_audit(root: Path, tmp_path: Path) -> None:
    with WeaknessServer({"weak": [weakness("weak", "PYSEC-2026-1", "CVE-2026-1", fixed="2.1")]}) as server:
        done = audit(root, tmp_path, server.url)
        assert done.returncode == 1, done.stderr
        assert "CVE-2026-1" in done.stdout
        assert "2.1" in done.stdout
        assert set(server.asked) == {("sound", "1.0"), ("weak", "2.0")}
        reason = 'reason = "We do not use it."\n'
        listed = f'[[accepted]]\npackage = "weak"\nid = "CVE-2026-1"\n{reason}date = {date.today()}\n'
        done = audit(root, tmp_path, server.url, listed)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "CVE-2026-1" in done.stdout


@needs_pip_audit
def test_a_sound_lock_passes(root: Path, tmp_path: Path) -> None:
    with WeaknessServer() as server:
        done = audit(root, tmp_path, server.url)
        assert done.returncode == 0, done.stderr
        assert "NOT DONE" not in done.stderr
        assert "2 packages" in done.stdout


@needs_pip_audit
@pytest.mark.parametrize(
    "answer",
    [Answer(status=503), Answer(reset=True), Answer(b"<html>"), None],
    ids=["503", "reset", "html", "down"],
)
def test_a_service_that_does_not_answer_is_said_and_fails_nothing(
    root: Path, tmp_path: Path, answer: Answer | None
) -> None:
    with WeaknessServer(answer=answer) as server:
        url = server.url if answer else "http://127.0.0.1:1/v1/query"
        done = audit(root, tmp_path, url)
    assert done.returncode == 0, done.stderr
    assert "NOT DONE" in done.stderr


@needs_pip_audit
def test_a_lock_that_cannot_be_read_is_no_silence_of_the_service(root: Path, tmp_path: Path) -> None:
    with WeaknessServer() as server:
        words = [
            sys.executable,
            "-m",
            "eval.audit",
            "--osv-url",
            server.url,
            "--lock",
            str(tmp_path / "bad.lock"),
        ]
        (tmp_path / "bad.lock").write_text("sound>=1.0\n")
        done = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 1
    assert "NOT DONE" not in done.stderr
