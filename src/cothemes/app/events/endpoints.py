"""Endpoints of the settings, with their secrets and what the records know of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cothemes.app import wiring
from cothemes.app.events.signing import secrets_in
from cothemes.app.study import Study
from cothemes.errors import InputError, UsageError
from cothemes.records.event import EndpointNote, EventType
from cothemes.settings import WebhookEndpoint

SECRET = "COTHEMES_WEBHOOK_SECRET_"
"""Begins the environment variable of an endpoint's secret; its name follows in capitals, with `_` for `-`."""
ONLY_NAMED = frozenset({EventType.PASSAGE_DONE})
"""Events that are sent only to endpoints that name them."""


@dataclass(frozen=True)
class Endpoint:
    """An address that events are sent to."""

    name: str
    given: WebhookEndpoint
    secrets: tuple[bytes, ...] = ()
    """Empty where `fault` says why."""
    fault: str = ""
    """What keeps anything from being sent, in a sentence."""
    note: EndpointNote | None = None

    @property
    def disabled(self) -> bool:
        """Return whether it answered 410."""
        return self.note is not None and self.note.disabled is not None

    @property
    def shown(self) -> str:
        """The address without its path, which is a secret with some receivers."""
        parts = urlsplit(self.given.url)
        return f"{parts.scheme}://{parts.netloc}{'/…' if parts.path.strip('/') or parts.query else '/'}"

    def takes(self, kind: EventType) -> bool:
        """Return whether events of this type are sent to it."""
        if kind is EventType.TEST:
            return False
        return kind in self.given.events if self.given.events else kind not in ONLY_NAMED


def endpoints_of(study: Study, environment: Mapping[str, str] | None = None) -> tuple[Endpoint, ...]:
    """Return the endpoints of the settings, by name. One without a usable secret has a fault."""
    environment = os.environ if environment is None else environment
    return tuple(
        _endpoint(study, name, given, environment)
        for name, given in sorted(study.settings.webhooks.endpoints.items())
    )


def endpoint_of(study: Study, name: str) -> Endpoint:
    """Return the endpoint of a name. Raises UsageError."""
    found = {each.name: each for each in endpoints_of(study)}
    if name not in found:
        known = f"There are: {', '.join(found)}." if found else "None is set."
        raise UsageError(
            f"there is no endpoint {name!r}",
            hint=f"{known} Add one as [webhooks.endpoints.{name or 'NAME'}] to cothemes.toml.",
        )
    return found[name]


def variable_of(name: str) -> str:
    """Return the environment variable of an endpoint's secret."""
    return SECRET + name.upper().replace("-", "_")


def _endpoint(study: Study, name: str, given: WebhookEndpoint, environment: Mapping[str, str]) -> Endpoint:
    note = study.store.events.note(name)
    if note is not None and note.url != given.url:
        note = None
    secrets: tuple[bytes, ...] = ()
    fault = ""
    text = environment.get(variable_of(name), "")
    try:
        if not text and given.secret_file:
            text = wiring.read_secret_file(study.root / Path(given.secret_file).expanduser())
        if text:
            secrets = secrets_in(text)
        else:
            fault = f"it has no secret: set secret_file, or {variable_of(name)}"
    except InputError as error:
        fault = f"{error.where}: {error.message}"
    except ValueError as error:
        fault = f"its secret cannot be used: {error}"
    return Endpoint(name, given, secrets, fault, note)
