"""UUIDv7 behind its port: ids of decisions, so that two copies of a study merge."""

from __future__ import annotations

import uuid_utils


class Uuid7:
    """Time-ordered random ids; their order is never relied upon, since clocks go back."""

    def new(self) -> str:
        """One more id, as text with hyphens."""
        return str(uuid_utils.uuid7())
