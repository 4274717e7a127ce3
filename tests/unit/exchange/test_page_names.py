"""Names of codes on pages: broken where a narrow column needs it, whole when copied, never markup."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cothemes.presentation.pages import wrappable
from cothemes.records.text import shown_text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("A1", "A1"),
        ("governance_and_trust", "governance_<wbr>and_<wbr>trust"),
        ("ACCOUNTABILITY-03", "ACCOUNTABILITY-<wbr>03"),
        ("Vertrauensverlust", "Vertrauensverl<wbr>ust"),
        ("<b>_&", "&lt;b&gt;_<wbr>&amp;"),
        ("", ""),
    ],
)
def test_a_name_may_be_broken_after_its_signs(name: str, shown: str) -> None:
    assert wrappable(name) == shown


@given(st.text(max_size=80))
def test_what_is_copied_is_the_name(name: str) -> None:
    shown = wrappable(name)
    assert html.unescape(shown.replace("<wbr>", "")) == shown_text(name)
    assert set(re.findall(r"<.*?>", shown)) <= {"<wbr>"}
