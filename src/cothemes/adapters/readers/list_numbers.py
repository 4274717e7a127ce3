"""Numbers of list items as letters and Roman numerals."""

from __future__ import annotations

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_HIGHEST = 3_999
"""Number from which Roman numerals and letters are written as digits."""


def letters(count: int) -> str:
    """a to z, then aa, bb, cc, as word processors count."""
    if not 1 <= count <= _HIGHEST:
        return str(count)
    return chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)


def roman(count: int) -> str:
    """i, ii, iii, iv."""
    if not 1 <= count <= _HIGHEST:
        return str(count)
    parts = []
    for value, sign in _ROMAN:
        while count >= value:
            parts.append(sign)
            count -= value
    return "".join(parts)
