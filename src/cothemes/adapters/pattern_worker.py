"""Run as a process of its own: find a regular expression in texts.

A pattern can take longer than any life on the wrong text, and nothing inside a process can stop it.
"""

from __future__ import annotations

import json
import re
import sys

MEMORY = 1024 * 1024 * 1024
"""Bytes of address space."""


def main() -> None:
    """Read a pattern, then lists of texts, one JSON document a line; answer each list with its places."""
    _limit()
    pattern = re.compile(json.loads(sys.stdin.readline()), re.IGNORECASE)
    for line in sys.stdin:
        found = [
            [match.span() for match in pattern.finditer(text) if match.end() > match.start()]
            for text in json.loads(line)
        ]
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


def _limit() -> None:
    """Let the system end this process where it takes too much memory; Windows has no such limit."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        return


if __name__ == "__main__":
    main()
