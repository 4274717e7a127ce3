"""Folders that a study should not lie in are named, others are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from cothemes.adapters.sql.engine import unsafe_place

MOUNTS = r"""/dev/vda / ext4 rw 0 0
server:/home /mnt/home nfs4 rw,vers=4.2 0 0
//nas/share /mnt/my\040share cifs rw 0 0
C:\134 /mnt/c 9p rw,aname=drvfs;path=C:\ 0 0
none /mnt/vm 9p rw,trans=virtio 0 0
/dev/vdb /mnt/home/local ext4 rw 0 0
broken line
"""


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    path = tmp_path / "mounts"
    path.write_text(MOUNTS)
    return path


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("/home/ann/Dropbox/study", "Dropbox"),
        ("/home/ann/Dropbox (Personal)/study", "Dropbox"),
        ("/home/ann/OneDrive - University/study", "OneDrive"),
        ("/Users/ann/Library/Mobile Documents/com~apple~CloudDocs/study", "iCloud"),
        ("/Users/ann/Library/CloudStorage/GoogleDrive-ann/study", "a cloud provider"),
        ("/home/ann/Google Drive/study", "Google Drive"),
        ("/home/ann/iCloudDrive/study", "iCloud"),
    ],
)
def test_synced_folders(place: str, name: str, mounts: Path) -> None:
    said = unsafe_place(Path(place), mounts)
    assert said is not None
    assert name in said


@pytest.mark.parametrize(
    "place", ["/mnt/home/study", "/mnt/my share/study", "/mnt/c/Users/ann", "//nas/study"]
)
def test_network_drives(place: str, mounts: Path) -> None:
    said = unsafe_place(Path(place), mounts)
    assert said is not None
    assert "network" in said


@pytest.mark.parametrize(
    "place",
    [
        "/home/ann/study",
        "/home/ann/dropboxes of parcels",
        "/mnt/home/local/study",
        "/mnt/vm/study",
        "/mnt/homework",
    ],
)
def test_folders_of_this_machine(place: str, mounts: Path) -> None:
    assert unsafe_place(Path(place), mounts) is None


def test_a_machine_without_a_table_of_mounts(tmp_path: Path) -> None:
    assert unsafe_place(Path("/home/ann/study"), tmp_path / "absent") is None
