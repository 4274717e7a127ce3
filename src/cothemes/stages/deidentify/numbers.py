"""Numbers by which the health service knows people: valid by their check digit, and by their date."""

from __future__ import annotations

from datetime import date

LENGTH = 10


def check_digit_holds(digits: str) -> bool:
    """Modulus 11 of the NHS number (NHS Data Dictionary) and of Scotland's CHI number.

    The first nine digits are weighted 10 to 2; 11 less the remainder of their sum by 11 is the tenth, where
    11 counts as 0 and a 10 makes the number invalid.
    """
    if len(digits) != LENGTH or not digits.isdecimal():
        return False
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    check = 11 - weighted % 11
    return check != 10 and check % 11 == int(digits[-1])


def begins_with_date(digits: str) -> bool:
    """Return whether the first six digits are a day as DDMMYY, of this century or the last."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    for century in (1900, 2000):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False


def number_rule(digits: str) -> str | None:
    """`chi-number`, `nhs-number`, or None for ten digits that are neither."""
    if not check_digit_holds(digits) or len(set(digits)) == 1:
        return None
    return "chi-number" if begins_with_date(digits) else "nhs-number"
