"""Text that a person writes for a command: on the command line, from standard input or in their editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from cothemes.errors import UsageError

STDIN = "-"
_VARIABLES = ("VISUAL", "EDITOR")
_USUAL = "notepad" if os.name == "nt" else "vi"


def written_text(text: str | None, before: str = "") -> str:
    """Return the text that was given; `-` is standard input, and None opens an editor with `before` in it.

    Without a terminal, None is standard input too. Raises UsageError where the editor cannot be run or leaves
    the text as it was.
    """
    if text is not None and text != STDIN:
        return text
    if text == STDIN or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return sys.stdin.read()
    return _edited(before)


def _edited(before: str) -> str:
    """The text as the editor leaves it. The file is readable by this person alone, and is deleted."""
    editor = next((found for name in _VARIABLES if (found := os.environ.get(name, "").strip())), _USUAL)
    with tempfile.TemporaryDirectory(prefix="cothemes-") as folder:
        file = Path(folder) / "text.md"
        file.write_text(before, encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(editor), str(file)], check=False)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"the editor {editor!r} cannot be run: {error}",
                hint="Set EDITOR to your editor, give the text in the call, or - and pipe it in.",
            ) from None
        if done.returncode:
            raise UsageError(
                f"the editor {editor!r} ended with {done.returncode}, so nothing was written",
                hint="Run the command again, or give the text in the call.",
            )
        after = file.read_text(encoding="utf-8", errors="replace")
    if after.strip() == before.strip():
        raise UsageError(
            "the text was not changed" if before.strip() else "nothing was written",
            hint="Run the command again, write and save.",
        )
    return after
