"""Folders in which a database comes to harm.

In synced ones a half-written copy may win over the whole one; on network drives locks do not hold.
"""

from __future__ import annotations

import re
from pathlib import Path

MOUNTS = Path("/proc/mounts")

_SYNCED = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "icloud": "iCloud",
    "iclouddrive": "iCloud",
    "mobile documents": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "cloudstorage": "a cloud provider",
}
_NETWORK = ("nfs", "cifs", "smb", "afs", "fuse.sshfs", "fuse.rclone", "fuse.gvfsd", "fuse.google", "davfs")


def unsafe_place(path: Path, mounts: Path = MOUNTS) -> str | None:
    """A sentence on why records should not lie in `path`; None where nothing speaks against it."""
    place = path.expanduser().absolute()
    for part in place.parts:
        for start, name in _SYNCED.items():
            if re.match(rf"{re.escape(start)}(?![a-z])", part.lower()):
                return (
                    f"{place} looks like a folder synced by {name}; syncing can damage the study's records. "
                    "Keep the study outside it."
                )
    if str(place).startswith(("\\\\", "//")) or _mounted_over_network(place.resolve(), mounts):
        return (
            f"{place} lies on a network drive, where locks may fail and damage the study's records. "
            "Keep the study on a disk of this machine."
        )
    return None


def _mounted_over_network(place: Path, mounts: Path) -> bool:
    if not mounts.is_file():
        return False
    nearest, network = Path(), False
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        fields = line.split(" ")
        if len(fields) < 4:
            continue
        folder = Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[1]))
        if place.is_relative_to(folder) and len(folder.parts) >= len(nearest.parts):
            nearest = folder
            # A Windows drive seen from WSL is a network share in all but name.
            network = fields[2].startswith(_NETWORK) or (fields[2] == "9p" and "drvfs" in fields[3])
    return network
