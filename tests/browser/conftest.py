"""What the tests in a real browser share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.web.conftest import quick_passwords  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this process."""
    from tests.doubles.real_browser import chromium

    with chromium() as found:
        yield found
