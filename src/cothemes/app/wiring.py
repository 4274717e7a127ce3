"""The only place that joins adapters to ports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cothemes.records.endpoint import is_loopback

if TYPE_CHECKING:
    from cothemes.adapters.backup_zip import read_erasures as read_erasures
    from cothemes.adapters.backup_zip import read_manifest as read_manifest
    from cothemes.adapters.backup_zip import unpack_backup as unpack_backup
    from cothemes.adapters.backup_zip import write_backup as write_backup
    from cothemes.adapters.file_contents import ContentUnreadable as ContentUnreadable
    from cothemes.adapters.file_contents import contents as contents
    from cothemes.adapters.formula_guard import unguarded as unguarded
    from cothemes.adapters.passwords import hash_password as hash_password
    from cothemes.adapters.passwords import password_fits as password_fits
    from cothemes.adapters.pattern_search import pattern_search as pattern_search
    from cothemes.adapters.prices_toml import shipped_prices as shipped_prices
    from cothemes.adapters.readers.codebook_yaml import read_codebook as read_codebook
    from cothemes.adapters.readers.foreign_table import read_tables as read_tables
    from cothemes.adapters.readers.markdown import parts_of as parts_of
    from cothemes.adapters.readers.package_zip import read_package as read_package
    from cothemes.adapters.readers.qdc import read_qdc as read_qdc
    from cothemes.adapters.readers.qdpx import read_qdpx as read_qdpx
    from cothemes.adapters.readers.ratings_csv import read_ratings as read_ratings
    from cothemes.adapters.readers.registry import SUFFIXES as SUFFIXES
    from cothemes.adapters.readers.registry import is_readable as is_readable
    from cothemes.adapters.readers.registry import one_file as one_file
    from cothemes.adapters.readers.registry import reader_for as reader_for
    from cothemes.adapters.readers.sheet_file import BOOKS as BOOKS
    from cothemes.adapters.readers.sheet_file import read_header as read_header
    from cothemes.adapters.readers.sheet_file import read_sheet as read_sheet
    from cothemes.adapters.readers.suite_yaml import read_suite as read_suite
    from cothemes.adapters.readers.table import about_files as about_files
    from cothemes.adapters.service_key import service_key as service_key
    from cothemes.adapters.sql.blinded import BlindReviews as BlindReviews
    from cothemes.adapters.sql.store import SqlStore as SqlStore
    from cothemes.adapters.vector_file import VectorFile as VectorFile
    from cothemes.adapters.webhook_post import WebhookPost as WebhookPost
    from cothemes.adapters.webhook_secret import read_secret_file as read_secret_file
    from cothemes.adapters.webhook_secret import write_secret_file as write_secret_file
    from cothemes.adapters.weights import cache_folder as cache_folder
    from cothemes.adapters.writers.codebook_changes import change_codebook as change_codebook
    from cothemes.adapters.writers.codebook_file import add_codes_to as add_codes_to
    from cothemes.adapters.writers.codebook_file import write_codebook as write_codebook
    from cothemes.adapters.writers.codebook_yaml import add_code as add_code
    from cothemes.adapters.writers.csv_table import write_csv as write_csv
    from cothemes.adapters.writers.docx_page import write_docx_page as write_docx_page
    from cothemes.adapters.writers.docx_table import write_docx_table as write_docx_table
    from cothemes.adapters.writers.docx_transcript import write_docx_report as write_docx_report
    from cothemes.adapters.writers.docx_transcript import write_docx_transcripts as write_docx_transcripts
    from cothemes.adapters.writers.package_zip import write_package as write_package
    from cothemes.adapters.writers.qdc import write_qdc as write_qdc
    from cothemes.adapters.writers.qdpx import write_qdpx as write_qdpx
    from cothemes.adapters.writers.sheet_csv import write_sheet_csv as write_sheet_csv
    from cothemes.adapters.writers.sheet_xlsx import write_sheet_xlsx as write_sheet_xlsx
    from cothemes.adapters.writers.whole_file import check_places as check_places
    from cothemes.adapters.writers.whole_file import write_text as write_text
    from cothemes.ports import BatchService, ChatModel, Clock, Embedder, Ids, LoginProvider, VectorIndex
    from cothemes.records.price import PriceTable
    from cothemes.records.prompt import Prompt
from cothemes.settings import Settings

_ADAPTERS = {
    "read_erasures": "backup_zip",
    "read_manifest": "backup_zip",
    "unpack_backup": "backup_zip",
    "write_backup": "backup_zip",
    "ContentUnreadable": "file_contents",
    "contents": "file_contents",
    "unguarded": "formula_guard",
    "hash_password": "passwords",
    "password_fits": "passwords",
    "pattern_search": "pattern_search",
    "shipped_prices": "prices_toml",
    "read_codebook": "readers.codebook_yaml",
    "read_tables": "readers.foreign_table",
    "parts_of": "readers.markdown",
    "read_package": "readers.package_zip",
    "read_qdc": "readers.qdc",
    "read_qdpx": "readers.qdpx",
    "read_ratings": "readers.ratings_csv",
    "SUFFIXES": "readers.registry",
    "is_readable": "readers.registry",
    "one_file": "readers.registry",
    "reader_for": "readers.registry",
    "BOOKS": "readers.sheet_file",
    "read_header": "readers.sheet_file",
    "read_sheet": "readers.sheet_file",
    "read_suite": "readers.suite_yaml",
    "about_files": "readers.table",
    "service_key": "service_key",
    "BlindReviews": "sql.blinded",
    "SqlStore": "sql.store",
    "VectorFile": "vector_file",
    "WebhookPost": "webhook_post",
    "read_secret_file": "webhook_secret",
    "write_secret_file": "webhook_secret",
    "cache_folder": "weights",
    "add_codes_to": "writers.codebook_file",
    "write_codebook": "writers.codebook_file",
    "add_code": "writers.codebook_yaml",
    "change_codebook": "writers.codebook_changes",
    "write_csv": "writers.csv_table",
    "write_docx_page": "writers.docx_page",
    "write_docx_table": "writers.docx_table",
    "write_docx_report": "writers.docx_transcript",
    "write_docx_transcripts": "writers.docx_transcript",
    "write_package": "writers.package_zip",
    "write_qdc": "writers.qdc",
    "write_qdpx": "writers.qdpx",
    "write_sheet_csv": "writers.sheet_csv",
    "write_sheet_xlsx": "writers.sheet_xlsx",
    "check_places": "writers.whole_file",
    "write_text": "writers.whole_file",
}
"""Readers, writers and stores that use cases call as they are, and the module below `cothemes.adapters` that
holds each. One is imported when it is first used, so that a command loads only what it needs."""


def __getattr__(name: str) -> Any:
    if name not in _ADAPTERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"cothemes.adapters.{_ADAPTERS[name]}"), name)
    globals()[name] = found
    return found


def clock() -> Clock:
    """The system's clock, in UTC."""
    from cothemes.adapters.clock import SystemClock

    return SystemClock()


def ids() -> Ids:
    """Fresh UUIDv7."""
    from cothemes.adapters.uuid7 import Uuid7

    return Uuid7()


def embedder() -> Embedder:
    """The default embedder; raises WeightsMissing with the line to type when it is first used."""
    from cothemes.adapters.onnx_embedder import OnnxEmbedder

    return OnnxEmbedder()


def named_embedder(settings: Settings, root: Path) -> Embedder:
    """The embedder that the settings name, else the default one. Raises WeightsMissing or SettingsError."""
    named = settings.embedding
    if named.base_url:
        import os

        from cothemes.adapters.server_embedder import ServerEmbedder, embedding_key

        key = "" if is_loopback(named.base_url) else embedding_key(named.key_file, root, os.environ)
        return ServerEmbedder(named.model, named.base_url, key)
    if named.model:
        from cothemes.adapters.folder_embedder import FolderEmbedder

        return FolderEmbedder(root / Path(named.model).expanduser(), device=named.device)
    return embedder()


@contextmanager
def vector_index(folder: Path) -> Iterator[VectorIndex]:
    """A vector store in a folder, locked while it is open."""
    from cothemes.adapters.chroma import ChromaIndex

    with ChromaIndex.open(folder) as index:
        yield index


def unsafe_place(folder: Path) -> str | None:
    """Return why a database should not stand in this folder, if there is a reason."""
    from cothemes.adapters.sql.places import unsafe_place as found

    return found(folder)


def chat_model(settings: Settings) -> ChatModel:
    """The model that the settings name; its key comes from the environment."""
    from cothemes.adapters.langchain_chat import open_chat_model

    return open_chat_model(settings.model)


def token_counter(settings: Settings) -> Callable[[str], int] | None:
    """Return what counts the tokens of a text for the model; None where no tokenizer is at hand. Fetches
    nothing.
    """
    import os

    from cothemes.adapters.tokenizer import token_counter as counter

    return counter(settings.model.name, os.environ)


def batch_service(settings: Settings) -> BatchService:
    """The Batch API of the service that the settings name; its key comes from the environment."""
    import os

    from cothemes.adapters.openai_batch import OpenAIBatches

    return OpenAIBatches(settings.model, os.environ)


@contextmanager
def batch_turn(records: Path) -> Iterator[str | None]:
    """One process at a time: None, or the number of the process whose turn it is."""
    from cothemes.adapters.folder_lock import FolderLock

    records.mkdir(exist_ok=True)
    lock = FolderLock(records / "batches")
    try:
        yield lock.take()
    finally:
        lock.release()


def login_provider(settings: Settings, root: Path, address: str) -> LoginProvider | None:
    """Return the provider through which people log in to the service at `address`, if one is set. Its
    secret comes from the environment or a file. Raises SettingsError, InputError.
    """
    if settings.serve.passwords and not settings.serve.oidc_issuer:
        return None
    import os

    from cothemes.adapters.openid_provider import open_provider

    return open_provider(settings.serve, root, address, os.environ)


def examine_login_provider(settings: Settings, root: Path, address: str) -> str:
    """Ask the login provider for its description; return what was found. Raises SettingsError, InputError,
    ServiceError.
    """
    import os

    from cothemes.adapters.openid_provider import examine_provider

    return examine_provider(settings.serve, root, address, os.environ)


def prices(settings: Settings, folder: Path) -> PriceTable:
    """The study's own prices, then the shipped ones."""
    from cothemes.adapters.prices_toml import load_prices

    return load_prices(settings.model.prices, folder)


@contextmanager
def json_log(
    path: Path | None, warn: Callable[[str], None]
) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """Take events for a file of JSON lines; without a path they are dropped. `warn` is told once where it
    cannot be written.
    """
    from cothemes.adapters.json_log import JsonLog

    with JsonLog.open(path, clock(), warn) as log:
        yield log.tell


def prompt(root: Path, name: str) -> Prompt:
    """A template: that of the study in `root`, else the shipped one."""
    from cothemes.adapters.prompt_templates import load_prompt

    return load_prompt(name, root)
