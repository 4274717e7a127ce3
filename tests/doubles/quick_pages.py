"""Templates of pages, compiled once in the tests' own process: every page that is written makes them anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import CodeType
from unittest import mock

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

from cothemes.presentation import pages


class CompiledPages(BytecodeCache):
    """By the text of each template: one that is changed is compiled."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._known[bucket.key, bucket.checksum] = bucket.code


@contextmanager
def compiled_once() -> Iterator[None]:
    """In this process, while the context is open."""
    quick = partial(Environment, bytecode_cache=CompiledPages())
    with mock.patch.object(pages, "Environment", quick):
        yield
