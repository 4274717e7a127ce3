"""OpenAI's tokenizer, where its table lies on this machine already. It is never fetched.

tiktoken downloads a table that it does not find, and one whose hash is wrong; so the file is looked for and
its hash checked first. Of a model that tiktoken does not know, and of other providers, nothing is counted.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

_TABLES = {
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
}
"""The file's name in tiktoken's cache, and its sha256."""
_PROVIDERS = ("openai", "azure_openai")


def token_counter(model: str, environment: Mapping[str, str]) -> Callable[[str], int] | None:
    """Count the tokens of a text as `PROVIDER:NAME` would; None where no tokenizer is at hand."""
    provider, _, name = model.partition(":")
    if provider not in _PROVIDERS:
        return None
    import tiktoken

    try:
        encoding = tiktoken.encoding_name_for_model(name)
    except KeyError:
        return None
    if encoding not in _TABLES or not _at_hand(_folder(environment), *_TABLES[encoding]):
        return None
    return lambda text: len(tiktoken.get_encoding(encoding).encode_ordinary(text))


def _folder(environment: Mapping[str, str]) -> Path | None:
    """Return where tiktoken looks; None where it was told to keep nothing, and so to fetch each time."""
    for name in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        if name in environment:
            return Path(environment[name]) if environment[name] else None
    return Path(tempfile.gettempdir()) / "data-gym-cache"


def _at_hand(folder: Path | None, name: str, digest: str) -> bool:
    try:
        return folder is not None and hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    except OSError:
        return False
