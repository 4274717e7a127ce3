"""Addresses, numbers, postcodes, handles and days of birth, and what only looks like them."""

from __future__ import annotations

import pytest

from cothemes.stages.deidentify.numbers import begins_with_date, check_digit_holds, number_rule
from cothemes.stages.deidentify.patterns import matches


def found(text: str) -> list[tuple[str, str]]:
    return [(match.rule, text[match.start : match.end]) for match in matches(text)]


def test_the_check_digit_of_a_published_number() -> None:
    """943 476 5919, the NHS Data Dictionary's example.

    9·10 + 4·9 + 3·8 + 4·7 + 7·6 + 6·5 + 5·4 + 9·3 + 1·2 = 299; 299 mod 11 = 2; 11 − 2 = 9, the tenth digit.
    """
    assert check_digit_holds("9434765919")
    assert not check_digit_holds("9434765918")
    assert number_rule("9434765919") == "nhs-number"


def test_a_chi_number_begins_with_a_day() -> None:
    """0·10 + 1·9 + 0·8 + 1·7 + 7·6 + 0·5 + 1·4 + 2·3 + 3·2 = 74; 74 mod 11 = 8; 11 − 8 = 3."""
    assert number_rule("0101701233") == "chi-number"
    assert number_rule("0101701234") is None
    assert begins_with_date("290200")
    assert not begins_with_date("310200")
    assert not begins_with_date("001370")


def test_a_remainder_of_one_makes_no_number_valid() -> None:
    """Weighted sum 1·10 + 2·1… : 0000000000 is refused as well, being one digit over and over."""
    assert number_rule("0000000000") is None
    invalid = [
        f"{n:09d}"
        for n in range(200)
        if sum(int(d) * w for d, w in zip(f"{n:09d}", range(10, 1, -1), strict=True)) % 11 == 1
    ]
    assert invalid
    assert not any(check_digit_holds(f"{digits}{last}") for digits in invalid for last in range(10))


@pytest.mark.parametrize(
    ("text", "rule", "stretch"),
    [
        ("Mail ann.bell+x@nhs.scot.", "e-mail", "ann.bell+x@nhs.scot"),
        ("ünal@bücher.de", "e-mail", "ünal@bücher.de"),
        ("it is ann dot bell at nhs dot net, yes", "e-mail-spoken", "ann dot bell at nhs dot net"),
        ("ring 0131 496 0018 now", "phone", "0131 496 0018"),
        ("ring (0131) 496-0018", "phone", "(0131) 496-0018"),
        ("+44 (0)7700 900123", "phone", "+44 (0)7700 900123"),
        ("+447700900123", "phone", "+447700900123"),
        ("07700 900 123.", "phone", "07700 900 123"),
        ("at EH1 1YZ, up", "postcode", "EH1 1YZ"),
        ("at sw1a1aa", "postcode", "sw1a1aa"),
        ("CHI 010170 1233", "chi-number", "010170 1233"),
        ("010170-1233", "chi-number", "010170-1233"),
        ("943 476 5919", "nhs-number", "943 476 5919"),
        ("NHS number 943 476 5918 mistyped", "nhs-number", "943 476 5918"),
        ("see @annbell99 there", "handle", "@annbell99"),
        ("https://twitter.com/annbell/status/1.", "url", "https://twitter.com/annbell/status/1"),
        ("on linkedin.com/in/ann-bell", "url", "linkedin.com/in/ann-bell"),
        ("https://mastodon.scot/@annbell", "url", "https://mastodon.scot/@annbell"),
        ("http://uni.ac.uk/~abell/", "url", "http://uni.ac.uk/~abell/"),
        ("born on the 3rd of May 1970", "birth-date", "3rd of May 1970"),
        ("DOB: 03/05/70", "birth-date", "03/05/70"),
        ("date of birth is 1970-05-03", "birth-date", "1970-05-03"),
        ("D.O.B. 3.5.1970", "birth-date", "3.5.1970"),
        ("my birthday's May 3rd", "birth-date", "May 3rd"),
        ("born in May 1970", "birth-date", "May 1970"),
    ],
)
def test_what_is_found(text: str, rule: str, stretch: str) -> None:
    assert found(text) == [(rule, stretch)]


@pytest.mark.parametrize(
    "text",
    [
        "In 2019 2020 2021 we met, 10 to 12 of us.",
        "It cost £1,234,567,890.12 in all.",
        "Section 3.14.15 of 1999",
        "See https://www.gov.scot/publications/plan/pages/2/",
        "We meet @ 3 and at 5 o'clock.",
        "in M1 2nd place, A1 1st",
        "I was at work dot and so on",
        "the service was born in 1998",
        "born out of need on Monday",
        "1234567890",
        "00:01:02.500 --> 00:01:04.000",
        "ISBN 978-0-306-40615-7",
    ],
)
def test_what_only_looks_like_it(text: str) -> None:
    assert found(text) == []


def test_the_same_thing_written_differently_has_one_key() -> None:
    text = "0131 496 0018, +44 131 496 0018, EH1 1YZ, eh11yz, 010170 1233, 0101701233, A@B.uk a@b.uk"
    keys = [match.key for match in matches(text)]
    assert keys == ["01314960018"] * 2 + ["EH11YZ"] * 2 + ["0101701233"] * 2 + ["a@b.uk"] * 2


def test_what_overlaps_is_covered_whole() -> None:
    text = "https://twitter.com/ann@nhs.scot"
    (match,) = matches(text)
    assert (match.start, match.end) == (0, len(text))


@pytest.mark.parametrize(
    "hostile",
    [
        "0" * 20_000,
        "a." * 20_000,
        "@" * 20_000,
        "1 " * 20_000,
        "www." * 10_000,
        "a at " * 10_000,
        "born " * 10_000,
        "+44" * 10_000,
        "//" * 10_000,
    ],
)
def test_long_nonsense_is_read_quickly(hostile: str) -> None:
    from time import process_time

    began = process_time()
    matches(hostile)
    assert process_time() - began < 2
