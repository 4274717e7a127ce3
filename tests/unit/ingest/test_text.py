"""Text is settled once: every string is taken, and every offset leads back to its character."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from cothemes.records.document import OffsetMap
from cothemes.stages.ingest.text import REPLACEMENT, settle

MIXED = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "ab \t\r\n\f\u0301\u0308e\u0307\u0323s한ᄒ\u1161\u11ab\ufeff\u2028👩\u200d🏽\x1b\x00\u202e"
        ),
        st.characters(),
    ),
    max_size=80,
)


def reference(raw: str) -> str:
    """What settle promises, by the slow way."""
    text = raw.removeprefix("\ufeff")
    text = re.sub(r"\r\n|[\r\f\v\x85\u2028\u2029]", "\n", text)
    text = re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", REPLACEMENT, text)
    return unicodedata.normalize("NFC", text)


@given(MIXED)
def test_is_nfc_with_plain_line_ends_and_no_controls(raw: str) -> None:
    assert settle(raw).text == reference(raw)


@given(MIXED)
def test_settling_twice_changes_nothing(raw: str) -> None:
    once = settle(raw).text
    assert settle(once).text.removeprefix("\ufeff") == once.removeprefix("\ufeff")


@given(st.text(alphabet="ab \r\n\x07é", max_size=60))
def test_every_offset_leads_back_to_its_character(raw: str) -> None:
    settled = settle(raw)
    way = OffsetMap(points=settled.points)
    for offset, character in enumerate(settled.text):
        origin = raw[way.source_of(offset)]
        assert origin == character or (character, origin) in {("\n", "\r"), (REPLACEMENT, "\x07")}


def test_composition_shifts_what_follows_it() -> None:
    # "e" + acute is one character after NFC, so the b stands at 2 in the text and at 3 in the file.
    settled = settle("e\u0301ab")
    assert settled.text == "éab"
    assert OffsetMap(points=settled.points).source_of(2) == 3


def test_a_mark_of_byte_order_counts_as_the_first_character_of_the_file() -> None:
    settled = settle("\ufeffab")
    assert settled.text == "ab"
    assert OffsetMap(points=settled.points).source_of(0) == 1


def test_terminal_escapes_become_visible_one_for_one() -> None:
    raw = "a\x1b]0;title\x07b\u202ec"
    settled = settle(raw)
    assert len(settled.text) == len(raw)
    assert settled.replaced == 3
    assert "\x1b" not in settled.text
    assert "\u202e" not in settled.text
