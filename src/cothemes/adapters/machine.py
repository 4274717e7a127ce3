"""Which machine this is, and which start of it: so that a process of another one is not taken for a dead one.

Nothing is kept of the machine's own numbers but a hash. Where the system does not say, a value is empty, and
empty ones are equal to nothing.
"""

from __future__ import annotations

import platform
import subprocess
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cothemes.records.record import content_hash

_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_MULTICAST = 1 << 40
"""Set in a node number that Python drew by chance, for want of a network card."""


@dataclass(frozen=True)
class Machine:
    """One machine, since one start."""

    host: str
    id: str
    boot: str


@cache
def this_machine() -> Machine:
    """The machine that this process runs on.

    Its name is part of the id: containers made from one image share the number, and who is taken for
    another machine is only told that less is known.
    """
    host = platform.node()
    number = next((text for path in _IDS if (text := _read(path))), "") or _node()
    return Machine(
        host=host or "an unnamed machine",
        id=content_hash(["cothemes machine", number, host])[:16] if number else "",
        boot=content_hash(["cothemes boot", boot])[:16] if (boot := _boot()) else "",
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _node() -> str:
    node = uuid.getnode()
    return "" if node & _MULTICAST else str(node)


def _boot() -> str:
    if platform.system() != "Darwin":
        return _read(_BOOT)
    try:
        asked = subprocess.run(
            ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"],
            capture_output=True, text=True, timeout=5, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return asked.stdout.strip()
