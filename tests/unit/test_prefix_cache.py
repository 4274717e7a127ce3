"""What is worth keeping in a provider's cache: the constant front of a prompt, and nothing else."""

from __future__ import annotations

from typing import Any

from cothemes.adapters.prefix_cache import SHORTEST, PrefixMarks

LONG = "x" * SHORTEST


def said(system: str, user: str = "one") -> list[dict[str, str]]:
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]


def marked(messages: list[dict[str, Any]]) -> bool:
    return isinstance(messages[0]["content"], list)


def test_from_the_second_request_on_that_begins_alike() -> None:
    marks = PrefixMarks()
    assert [marked(marks(said(LONG, user))) for user in ("one", "two", "three")] == [False, True, True]
    assert marks(said(LONG))[1] == {"role": "user", "content": "one"}


def test_what_is_short_or_the_users_own_or_never_said_again_is_not_kept() -> None:
    marks = PrefixMarks()
    assert not any(marked(marks(said(LONG[1:]))) for _ in range(3))
    assert not any(marked(marks(said(f"{n}{LONG}"))) for n in range(400))
    user = [{"role": "user", "content": LONG}]
    assert [marks(user), marks(user)] == [user, user]
    assert marks([]) == []


def test_messages_are_left_as_they_are() -> None:
    marks, messages = PrefixMarks(), said(LONG)
    marks(messages)
    marks(messages)
    assert messages == said(LONG)
