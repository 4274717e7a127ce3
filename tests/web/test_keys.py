"""The page of keys, as a form without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.served import Served, csrf

from cothemes.app.review.own_keys import own_keys
from cothemes.app.study import Study
from cothemes.errors import UsageError
from cothemes.records.review import Arm
from cothemes.records.user import UserRole
from cothemes.stages.review.card_keys import DEFAULT, key_named


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Study]:
    made = study_in(tmp_path / "study")
    propose(made)
    assign(made, "ann", {"talk-1.0002": Arm.ASSISTED})
    yield made
    made.close()


def store(client: TestClient, **keys: str) -> int:
    fields = {f"key.{act}": " ".join(each) for act, each in DEFAULT.items()}
    fields.update({f"key.{act}": typed for act, typed in keys.items()})
    answer = client.post("/keys", data={"csrf": csrf(client, "/keys"), "do": "store", **fields})
    return answer.status_code


def test_keys_are_a_persons_own_and_the_card_names_them(study: Study) -> None:
    served = Served(study)
    ann, bob = served.browser("ann"), served.browser("bob", UserRole.REVIEWER)
    assert store(ann, accept="j", skip="PageDown", flag="") == 303
    assert own_keys(study, "ann")["accept"] == ("j",)
    assert own_keys(study, "bob") == DEFAULT
    card = ann.get("/review/cards/talk-1.0002").text
    assert "Skip<kbd>pagedown</kbd>" in card
    assert "<kbd>j</kbd> accept" in card
    assert 'value="PageDown"' in ann.get("/keys").text
    assert 'value="PageDown"' not in bob.get("/keys").text
    reset = ann.post("/keys", data={"csrf": csrf(ann, "/keys"), "do": "reset"})
    assert reset.status_code == 303
    assert own_keys(study, "ann") == DEFAULT


def test_keys_that_are_refused_change_nothing_and_stay_typed(study: Study) -> None:
    ann = Served(study).browser("ann")
    fields = {
        "key.accept": "x",
        "key.reject": "x",
        "key.undo": "Tab",
        "do": "store",
        "csrf": csrf(ann, "/keys"),
    }
    answer = ann.post("/keys", data=fields)
    assert answer.status_code == 400
    assert answer.text.count('aria-invalid="true"') == 2
    assert 'value="Tab"' in answer.text
    assert own_keys(study, "ann") == DEFAULT


@pytest.mark.parametrize("typed", ["Ctrl+w", "meta+k", "Alt+f"])
def test_combinations_of_the_browser_are_called_reserved(typed: str) -> None:
    with pytest.raises(UsageError, match="reserved"):
        key_named(typed)


def test_a_key_outlives_the_service(study: Study) -> None:
    assert store(Served(study).browser("ann"), undo="z") == 303
    again = Served(study).client()
    again.post("/login", data={"name": "ann", "password": "correct horse battery"})
    assert 'value="z"' in again.get("/keys").text
