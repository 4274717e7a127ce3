"""A package to one zip file."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from cothemes.adapters.package_rows import CODEBOOK, CODEBOOKS, MANIFEST, README, TABLES, lines_of, sealed
from cothemes.adapters.writers.whole_file import whole_binary
from cothemes.records.package import Origin, Package

_DATE = (1980, 1, 1, 0, 0, 0)
"""Date of every part: the manifest says when the package was made."""

_WHAT_TO_DO = {
    Origin.STUDY: """\
This is a package of a cothemes study, for {reviewer} alone. It holds transcripts
as plain text. Leave it as it is; cothemes reads the zip itself:

    cothemes -C my-coding import PACKAGE.zip
    cothemes -C my-coding review --as "{reviewer}"
    cothemes -C my-coding pack --as "{reviewer}" back.zip

Then send back.zip to whoever gave you this.
""",
    Origin.COPY: """\
These are the decisions of {reviewer}, on their way back to their study:

    cothemes -C STUDY import PACKAGE.zip

Twice changes nothing.
""",
}


def write_package(path: Path, package: Package) -> int:
    """Write it; return the size in bytes. Raises InputError where it cannot be written."""
    parts = {
        README: _WHAT_TO_DO[package.manifest.origin].format(reviewer=package.manifest.reviewer).encode(),
        CODEBOOK: package.codebook_text.encode("utf-8", "surrogatepass"),
        CODEBOOKS: lines_of(
            {"codebook": key, "content": content} for key, content in sorted(package.codebooks.items())
        ),
    }
    for name in TABLES:
        parts[f"{name}.jsonl"] = lines_of(r.model_dump(mode="json") for r in getattr(package, name))
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    manifest = package.manifest.model_copy(update={"parts": hashes})
    with whole_binary(path) as handle:
        with zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in {MANIFEST: sealed(manifest), **parts}.items():
                archive.writestr(zipfile.ZipInfo(name, _DATE), content, zipfile.ZIP_DEFLATED)
        return handle.tell()
