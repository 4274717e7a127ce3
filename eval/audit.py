"""Known weaknesses of the packages in requirements.lock, by pip-audit.

    make audit

fails where a package of the lock has a published weakness, unless requirements/accepted-weaknesses.toml
lists it with a reason and the date of the decision; an entry holds for half a year. Where no service can be
asked, it says so and does not fail.
"""

from __future__ import annotations

import argparse
import datetime
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
ACCEPTED = ROOT / "requirements" / "accepted-weaknesses.toml"
HOLDS = datetime.timedelta(days=183)
SECONDS = 600
UNREACHABLE = re.compile(
    r"requests\.exceptions\.|urllib3\.exceptions\.|Could not connect|not redirecting|ServiceError"
)
"""What pip-audit leaves behind where its service did not answer, or not as agreed."""

Report = Mapping[str, Any]
Asked = Callable[[Path], Report]


class NoAnswer(Exception):
    """The service did not answer, or knows none of the packages."""


@dataclass(frozen=True)
class Weakness:
    """A published weakness of a package in the lock."""

    package: str
    version: str
    names: frozenset[str]
    """Its ids: of the database, CVE, GHSA."""
    fixed: tuple[str, ...]

    def __str__(self) -> str:
        fixed = f"fixed in {', '.join(self.fixed)}" if self.fixed else "no fixed version"
        return f"{self.package} {self.version}: {', '.join(sorted(self.names))} ({fixed})"


@dataclass(frozen=True)
class Accepted:
    """A weakness that somebody looked at and left."""

    package: str
    id: str
    reason: str
    date: datetime.date

    def covers(self, found: Weakness, today: datetime.date) -> bool:
        """Return whether the entry is about this weakness and still holds."""
        return self.package == found.package and self.id in found.names and today <= self.date + HOLDS


@dataclass(frozen=True)
class Verdict:
    """What an audit found."""

    asked: int
    unknown: tuple[str, ...]
    """Packages that the service does not have."""
    open: tuple[Weakness, ...]
    accepted: tuple[Weakness, ...]
    stale: tuple[Accepted, ...]
    """Entries that cover nothing: fixed meanwhile, or older than half a year."""


def judge(report: Report, accepted: Sequence[Accepted], today: datetime.date) -> Verdict:
    """Return what a report of pip-audit says, entries that were accepted taken out."""
    found: list[Weakness] = []
    unknown: list[str] = []
    for each in report["dependencies"]:
        if "skip_reason" in each:
            unknown.append(each["name"])
            continue
        for one in each["vulns"]:
            names = frozenset((one["id"], *one.get("aliases", ())))
            found.append(Weakness(each["name"], each["version"], names, tuple(one.get("fix_versions", ()))))
    covered = tuple(one for one in found if any(entry.covers(one, today) for entry in accepted))
    return Verdict(
        asked=len(report["dependencies"]) - len(unknown),
        unknown=tuple(unknown),
        open=tuple(one for one in found if one not in covered),
        accepted=covered,
        stale=tuple(entry for entry in accepted if not any(entry.covers(one, today) for one in found)),
    )


def read_accepted(text: str) -> list[Accepted]:
    """Return the entries. Raises ValueError for one without package, id, reason or date."""
    found = []
    for entry in tomllib.loads(text).get("accepted", []):
        if set(entry) != {"package", "id", "reason", "date"} or not str(entry["reason"]).strip():
            raise ValueError(f"an entry needs package, id, reason and date, and nothing else: {entry}")
        if type(entry["date"]) is not datetime.date:
            raise ValueError(f"the date of {entry['id']} is not written like 2026-11-30")
        found.append(Accepted(**entry))
    return found


def audited(lock: Path, ask: Asked) -> Report:
    """Return the report on a lock. One package is asked about first: a service that does not know it, such as
    a mirror without this part, is not asked about the rest. Raises NoAnswer.
    """
    pins = re.split(r"(?m)^(?=[A-Za-z0-9])", lock.read_text(encoding="utf-8"))[1:]
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / "first.txt"
        first.write_text(pins[0], encoding="utf-8")
        if any("skip_reason" in each for each in ask(first)["dependencies"]):
            raise NoAnswer("it does not know the packages")
    return ask(lock)


def asking(*options: str) -> Asked:
    """Return what asks pip-audit, with these options, about a file."""

    def ask(path: Path) -> Report:
        command = [sys.executable, "-m", "pip_audit", "-r", str(path)]
        command += ["--disable-pip", "--require-hashes"]
        command += ["--format", "json", "--progress-spinner", "off", "--desc", "off", *options]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
        except subprocess.TimeoutExpired as error:
            raise NoAnswer(f"it took longer than {SECONDS} seconds") from error
        try:
            report: Report = json.loads(done.stdout)
        except ValueError:
            said = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
            if UNREACHABLE.search(done.stderr):
                raise NoAnswer(said[0]) from None
            raise SystemExit(f"audit: pip-audit failed: {said[0]}") from None
        return report

    return ask


def main() -> int:
    """Audit the lock; 1 for a weakness that nobody accepted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lock", type=Path, default=LOCK)
    parser.add_argument("--accepted", type=Path, default=ACCEPTED)
    parser.add_argument("--osv-url", default="", help="ask this service only, which speaks the API of OSV")
    given = parser.parse_args()
    accepted = read_accepted(given.accepted.read_text(encoding="utf-8"))
    if given.osv_url:
        services = {"the given service": asking("--vulnerability-service", "osv", "--osv-url", given.osv_url)}
    else:
        services = {
            "the package index": asking("--vulnerability-service", "pypi"),
            "OSV": asking("--vulnerability-service", "osv"),
        }
    for name, ask in services.items():
        try:
            verdict = judge(audited(given.lock, ask), accepted, datetime.date.today())
        except NoAnswer as error:
            print(f"audit: {name} gave no answer: {error}", file=sys.stderr)
            continue
        return _told(verdict, name)
    print("audit: NOT DONE. No service for known weaknesses can be reached from here.", file=sys.stderr)
    return 0


def _told(verdict: Verdict, service: str) -> int:
    for one in verdict.open:
        print(f"WEAK  {one}")
    for one in verdict.accepted:
        print(f"left  {one}")
    for entry in verdict.stale:
        print(f"stale {entry.package} {entry.id} of {entry.date}: it covers nothing (any more); take it out")
    if verdict.unknown:
        print(f"audit: not known there: {', '.join(verdict.unknown)}")
    print(
        f"audit: {verdict.asked} packages asked about at {service}, {len(verdict.open)} weaknesses to act on"
    )
    return 1 if verdict.open else 0


if __name__ == "__main__":
    sys.exit(main())
