"""The page of webhooks: where events go, and which did not arrive."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from cothemes.app.events.deliveries import retried, retry
from cothemes.errors import CothemesError
from cothemes.records.event import DeliveryState
from cothemes.web import reports
from cothemes.web.pages import page
from cothemes.web.visitor import Form, Leading, Visitor, only

router = APIRouter(include_in_schema=False)

TOLD = "webhooks"


@router.get("/webhooks")
def webhooks(request: Request, asking: Leading) -> Response:
    """Show the endpoints and the latest deliveries, those that are dead first."""
    return _shown(request, asking)


@router.post("/webhooks/retry")
def retry_deliveries(request: Request, asking: Leading, form: Form) -> Response:
    """Send again what is dead, and what waits."""
    try:
        done = retry(asking.service.study, only(form, "endpoint"), only(form, "event"))
    except CothemesError as error:
        return _shown(request, asking, refused=error)
    asking.service.told.put(asking.name, TOLD, retried(done))
    return RedirectResponse("/webhooks", status_code=303)


def _shown(request: Request, asking: Visitor, *, refused: CothemesError | None = None) -> Response:
    study = asking.service.study
    dead = reports.show_deliveries(asking, study, state=DeliveryState.DEAD).root
    others = [
        each for each in reports.show_deliveries(asking, study).root if each.state is not DeliveryState.DEAD
    ]
    return page(
        request,
        "webhooks",
        title="Webhooks",
        visitor=asking,
        status=400 if refused else 200,
        endpoints=reports.show_webhooks(asking, study).root,
        dead=dead,
        deliveries=others,
        refused=refused,
        said=asking.service.told.take(asking.name, TOLD),
    )
