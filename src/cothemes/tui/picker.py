"""Values of a code's attributes, turned on and off; of an attribute that takes one, at most one is on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cothemes.records.codebook import Attribute


class Picker:
    """`held`: name → values that are on at first."""

    def __init__(self, attributes: Sequence[Attribute], held: Mapping[str, Sequence[str]]) -> None:
        self.values = [(attribute, value) for attribute in attributes for value in attribute.values]
        self.chosen = {i for i, (a, value) in enumerate(self.values) if value in held.get(a.name, ())}
        self.choice = 0
        """The cursor."""

    @property
    def given(self) -> dict[str, list[str]]:
        """Every attribute with its values, none where nothing is on."""
        found: dict[str, list[str]] = {attribute.name: [] for attribute, _ in self.values}
        for index in sorted(self.chosen):
            attribute, value = self.values[index]
            found[attribute.name].append(value)
        return found

    def press(self, key: str) -> bool:
        """A key; whether it was the one that keeps the choice."""
        if key in ("up", "down"):
            step = 1 if key == "down" else -1
            self.choice = min(max(self.choice + step, 0), len(self.values) - 1)
        elif key == "space":
            self._turn(self.choice)
        elif key.isdecimal() and 1 <= int(key) <= len(self.values):
            self.choice = int(key) - 1
            self._turn(self.choice)
        return key == "enter"

    def _turn(self, index: int) -> None:
        attribute, _ = self.values[index]
        if index in self.chosen:
            self.chosen.discard(index)
            return
        if not attribute.many:
            self.chosen -= {i for i, (other, _) in enumerate(self.values) if other is attribute}
        self.chosen.add(index)
