"""Keys of a card: what may be one, and that no two acts have the same."""

from __future__ import annotations

import pytest

from cothemes.errors import UsageError
from cothemes.stages.review.card_keys import ACTS, DEFAULT, changed, key_named, read_keys, with_own


def test_the_default_keys_may_be_typed_and_are_no_two_the_same() -> None:
    found, wrong = read_keys({act: " ".join(keys) for act, keys in DEFAULT.items()})
    assert not wrong
    assert found == DEFAULT
    assert changed(found) == {}
    assert len({key for keys in DEFAULT.values() for key in keys}) == sum(len(each.keys) for each in ACTS)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("A", "a"),
        (" ? ", "?"),
        ("space", "Space"),
        ("ALT+K", "Alt+k"),
        ("alt+pagedown", "Alt+PageDown"),
        ("ß", "ß"),
    ],
)
def test_a_key_has_one_name(typed: str, key: str) -> None:
    assert key_named(typed) == key


@pytest.mark.parametrize(
    "typed", ["1", "9", "Escape", "tab", "Ctrl+k", "F5", "ab", "Alt+", "Alt+d", "Alt+ArrowLeft", "\u202e"]
)
def test_what_cannot_be_a_key(typed: str) -> None:
    with pytest.raises(UsageError):
        key_named(typed)


def test_two_acts_with_one_key_are_refused_at_the_second() -> None:
    found, wrong = read_keys({"accept": "q", "reject": "Q"})
    assert list(wrong) == ["reject"]
    assert found["accept"] == ("q",)
    assert list(read_keys({"accept": "f"})[1]) == ["flag"], "also where the other has its default key"
    assert list(read_keys({"skip": "a b c d"})[1]) == ["skip"]


def test_an_act_may_have_no_key_and_own_keys_come_before_defaults() -> None:
    found, wrong = read_keys({"flag": "", "accept": "f"})
    assert not wrong
    assert (found["flag"], found["accept"]) == ((), ("f",))
    assert changed(found) == {"flag": (), "accept": ("f",)}
    assert with_own(changed(found)) == found
    assert with_own({"accept": ("f",), "an act of before": ("a",)})["flag"] == ()
