"""What is registered once and shown everywhere: coefficients of agreement, figures of an evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar


class Registered(Protocol):
    """Anything with a key, under which JSON and CSV have it."""

    @property
    def key(self) -> str: ...


T = TypeVar("T", bound=Registered)


class Registry(Generic[T]):
    """Figures by key, in the order of their registration; that is the order of every table and file."""

    def __init__(self, *figures: T) -> None:
        self._figures: dict[str, T] = {}
        for figure in figures:
            self.register(figure)

    def register(self, figure: T) -> T:
        """Add a figure and return it. Raises ValueError for a key that is taken or no identifier."""
        if not figure.key.isidentifier():
            raise ValueError(f"{figure.key!r} is no identifier, so it cannot be a field of the JSON")
        if figure.key in self._figures:
            raise ValueError(f"{figure.key} is registered already")
        self._figures[figure.key] = figure
        return figure

    @contextmanager
    def also(self, figure: T) -> Iterator[T]:
        """Register a figure for the length of a `with` block."""
        self.register(figure)
        try:
            yield figure
        finally:
            del self._figures[figure.key]

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._figures.values()))

    def __getitem__(self, key: str) -> T:
        return self._figures[key]

    def __contains__(self, key: str) -> bool:
        return key in self._figures

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys in the order of registration."""
        return tuple(self._figures)
