"""The gate before anything leaves the machine."""

from __future__ import annotations

from cothemes.errors import StateConflict
from cothemes.records.endpoint import is_loopback
from cothemes.settings import Settings


def may_send(settings: Settings, endpoint: str) -> None:
    """Returns where passages may go to this endpoint, else raises StateConflict with what to do.

    A loopback endpoint is exempt. Any other needs the study's texts reviewed (`privacy.deidentified`), or the
    researcher's word by name (`privacy.remote_models`).
    """
    if is_loopback(endpoint):
        return
    if settings.privacy.deidentified == "reviewed" or settings.privacy.remote_models:
        return
    raise StateConflict(
        "this study's passages may not be sent to a remote model",
        where=endpoint,
        hint='When every text was read for names and places, set `deidentified = "reviewed"` under [privacy] '
        "in cothemes.toml; to send them unreviewed, `remote_models = true`. A model on this machine needs "
        "neither.",
    )
