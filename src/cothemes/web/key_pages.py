"""The page of keys: every act of a card with the person's keys for it. It works without scripts."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from cothemes.app.review.own_keys import own_keys, set_own_keys
from cothemes.stages.review.card_keys import ACTS, DEFAULT, MOST_KEYS, NAMED, Keys, read_keys
from cothemes.web.pages import page
from cothemes.web.visitor import Asking, Form, Visitor, only

router = APIRouter(include_in_schema=False)

TOLD = "keys"
FIELD = "key."
"""Beginning of the names of fields that hold an act's keys."""


@router.get("/keys")
def keys(request: Request, asking: Asking) -> Response:
    """Show every act with its keys."""
    return _shown(request, asking, own_keys(asking.service.study, asking.name))


@router.post("/keys")
def change(request: Request, asking: Asking, form: Form) -> Response:
    """Store the person's keys, or go back to the default ones."""
    study, told = asking.service.study, asking.service.told
    if only(form, "do") == "reset":
        set_own_keys(study, asking.name, DEFAULT)
        told.put(asking.name, TOLD, "Every act has its default keys again.")
        return RedirectResponse("/keys", status_code=303)
    typed = {each.id: only(form, FIELD + each.id) for each in ACTS if FIELD + each.id in form}
    found, wrong = read_keys(typed)
    if wrong:
        return _shown(request, asking, found, typed, wrong)
    set_own_keys(study, asking.name, found)
    told.put(asking.name, TOLD, "Your keys are stored. They hold on every machine on which you log in.")
    return RedirectResponse("/keys", status_code=303)


def shown_keys(found: Keys) -> dict[str, tuple[str, ...]]:
    """Return the keys of each act as a page prints them."""
    short = {"ArrowUp": "↑", "ArrowDown": "↓", "ArrowLeft": "←", "ArrowRight": "→"}
    return {
        act: tuple(short.get(key, key.lower() if key in NAMED else key) for key in each)
        for act, each in found.items()
    }


def _shown(
    request: Request,
    asking: Visitor,
    found: Keys,
    typed: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
) -> Response:
    return page(
        request,
        "keys",
        title="Keys",
        visitor=asking,
        status=400 if wrong else 200,
        acts=ACTS,
        field=FIELD,
        typed={each.id: (typed or {}).get(each.id, " ".join(found[each.id])) for each in ACTS},
        default={act: " ".join(each) for act, each in DEFAULT.items()},
        most=MOST_KEYS,
        wrong=wrong or {},
        said=asking.service.told.take(asking.name, TOLD),
    )
