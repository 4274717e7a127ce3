"""The only place that joins adapters to ports."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from cothemes.app.study import Study
    from cothemes.ports import BatchService, ChatModel, Clock, Embedder, Ids, VectorIndex
    from cothemes.records.price import PriceTable
    from cothemes.records.prompt import Prompt
    from cothemes.settings import Settings


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


@contextmanager
def vectors_in(folder: Path) -> Iterator[VectorIndex]:
    """A vector store in a folder, locked while it is open."""
    from cothemes.adapters.chroma import ChromaIndex

    with ChromaIndex.open(folder) as index:
        yield index


@contextmanager
def vector_index(study: Study) -> Iterator[VectorIndex]:
    """The study's own vector store."""
    with vectors_in(study.records / "vectors") as index:
        yield index


def unsafe_place(folder: Path) -> str | None:
    """Why a database should not stand in this folder, if there is a reason."""
    from cothemes.adapters.sql.places import unsafe_place as found

    return found(folder)


def chat_model(settings: Settings) -> ChatModel:
    """The model that the settings name; its key comes from the environment."""
    from cothemes.adapters.langchain_chat import open_chat_model

    return open_chat_model(settings.model)


def token_counter(settings: Settings) -> Callable[[str], int] | None:
    """What counts the tokens of a text for the model; None where no tokenizer is at hand. Fetches nothing."""
    import os

    from cothemes.adapters.tokenizer import token_counter as counter

    return counter(settings.model.name, os.environ)


def batch_service(settings: Settings) -> BatchService:
    """The Batch API of the service that the settings name; its key comes from the environment."""
    import os

    from cothemes.adapters.openai_batch import OpenAIBatches

    return OpenAIBatches(settings.model, os.environ)


@contextmanager
def batch_turn(study: Study) -> Iterator[str | None]:
    """One process at a time: None, or the number of the process whose turn it is."""
    from cothemes.adapters.folder_lock import FolderLock

    study.records.mkdir(exist_ok=True)
    lock = FolderLock(study.records / "batches")
    try:
        yield lock.take()
    finally:
        lock.release()


def prices(settings: Settings, folder: Path) -> PriceTable:
    """The study's own prices, then the shipped ones."""
    from cothemes.adapters.prices_toml import load_prices

    return load_prices(settings.model.prices, folder)


@contextmanager
def json_log(
    path: Path | None, warn: Callable[[str], None]
) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """Takes events for a file of JSON lines; without a path they are dropped. `warn` is told once where it
    cannot be written."""
    from cothemes.adapters.json_log import JsonLog

    with JsonLog.open(path, clock(), warn) as log:
        yield log.tell


def prompt(study: Study, name: str) -> Prompt:
    """A template: the study's own, else the shipped one."""
    from cothemes.adapters.prompt_templates import load_prompt

    return load_prompt(name, study.root)
