"""A real browser, where there is one: pages are opened in it and must not complain or ask for anything."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def opened(page: Path, folder: Path, width: int = 800) -> Path:
    """A picture of the page; fails where the browser says anything on its console."""
    shot = folder / "page.png"
    result = subprocess.run(
        [
            str(CHROMIUM),
            *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *("--enable-logging=stderr", "--v=0", f"--window-size={width},3000"),
            # Any request that leaves the page would have to go through this dead port.
            "--proxy-server=http://127.0.0.1:9",
            f"--user-data-dir={folder / 'profile'}",
            f"--screenshot={shot}",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert ":CONSOLE" not in result.stderr, result.stderr
    return shot
