"""Leases, answered acts and secrets of people who log in, on real SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cothemes.adapters.sql.store import SqlStore
from cothemes.records.claim import AnsweredAct, Claim
from cothemes.records.user import Credential, CredentialKind, User, UserRole

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    with SqlStore.open(tmp_path / "records.sqlite") as made:
        yield made


def claim(holder: str, until: datetime = LATER) -> Claim:
    return Claim(reviewer="ann", passage="talk.0001", holder=holder, until=until)


def test_one_holder_at_a_time(store: SqlStore) -> None:
    assert store.claims.claim(claim("one"), NOW)
    assert not store.claims.claim(claim("two"), NOW)
    assert store.claims.claim(claim("one", LATER + timedelta(minutes=1)), NOW)
    assert [each.holder for each in store.claims.held("ann", NOW)] == ["one"]
    assert store.claims.held("bob", NOW) == []
    assert store.claims.held("ann", LATER + timedelta(minutes=1)) == []
    assert store.claims.claim(claim("two", LATER + timedelta(hours=1)), LATER + timedelta(minutes=1))
    store.claims.release("ann", "talk.0001", "one")
    assert [each.holder for each in store.claims.held("ann", NOW)] == ["two"]
    store.claims.release("ann", "talk.0001", "two")
    assert store.claims.held("ann", NOW) == []


def test_of_many_at_once_one_gets_it(store: SqlStore) -> None:
    with ThreadPoolExecutor(8) as threads:
        got = list(threads.map(lambda n: store.claims.claim(claim(f"tab-{n}"), NOW), range(16)))
    assert sum(got) == 1


def test_an_answered_act_is_found_by_its_key(store: SqlStore) -> None:
    made = AnsweredAct(reviewer="ann", key="k", digest="d", passage="talk.0001", at=NOW)
    store.claims.answer(made)
    assert store.claims.answered("ann", "k") == made
    assert store.claims.answered("bob", "k") is None
    store.claims.sweep(NOW)
    assert store.claims.answered("ann", "k") == made
    store.claims.sweep(LATER)
    assert store.claims.answered("ann", "k") is None


def test_people_and_their_secrets(store: SqlStore) -> None:
    ann = User(name="ann", roles=(UserRole.LEAD, UserRole.REVIEWER), added=NOW)
    store.users.put(ann)
    store.users.put(User(name="bob", roles=(UserRole.READER,), added=NOW))
    changed = ann.model_copy(update={"password": "hash", "roles": (UserRole.READER,)})
    store.users.put(changed)
    assert [user.name for user in store.users.all()] == ["ann", "bob"]
    assert store.users.get("ann") == changed
    assert store.users.get("cat") is None
    secrets = [
        Credential(id=str(n), user="ann", kind=kind, digest=f"d{n}", made=NOW, expires=None)
        for n, kind in enumerate(CredentialKind)
    ]
    for each in secrets:
        store.users.add_credential(each)
    assert store.users.credential(CredentialKind.TOKEN, "d2") == secrets[2]
    assert store.users.credential(CredentialKind.SESSION, "d2") is None
    assert store.users.use("0", NOW)
    assert not store.users.use("0", NOW), "an invitation is used once"
    assert store.users.revoke("ann", LATER, id="1") == 1
    assert store.users.revoke("ann", LATER) == 2
    assert not store.users.use("2", LATER), "nothing revoked can be used"
    kept = store.users.credentials("ann", tuple(CredentialKind))
    assert [each.revoked for each in kept] == [LATER] * 3
