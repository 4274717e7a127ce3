"""Words of texts, each different word numbered and taken apart into pieces once.

Scoring asks for the words of millions of sentences, so texts are cut by the processor's vector instructions:
many texts side by side as bytes, and each word known by 64 bits of its letters. Two different words among a
million share them by chance once in forty million studies.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

SHORTEST, LONGEST = 3, 5
TOGETHER = 8_192
"""Texts that are counted together."""
_WORD = re.compile(r"\w+")
_BETWEEN = "\x1e"
_FACTOR = 0xD1342543DE82EF95
_SLOTS = 18
"""Bits of a word's number in the table of known words."""
_LETTER = np.array([chr(code).isalnum() or code == ord("_") or code > 127 for code in range(256)])
_LOW = np.array([(1 << (8 * count)) - 1 for count in range(9)], np.uint64)
"""Masks of the lowest bytes."""

Ints = NDArray[np.int32]
Places = NDArray[np.int64]
Hashes = NDArray[np.uint64]


def words_of(text: str) -> list[str]:
    """Words in lower case, without punctuation."""
    return _WORD.findall(text.lower())


def ngrams_of(word: str) -> list[str]:
    """All pieces of 3 to 5 characters of a word with a blank at each end; a shorter word is one piece."""
    padded = f" {word} "
    pieces: list[str] = []
    for size in range(SHORTEST, LONGEST + 1):
        if len(padded) <= size:
            pieces.append(padded)
            break
        pieces.extend(padded[at : at + size] for at in range(len(padded) - size + 1))
    return pieces


@dataclass(frozen=True)
class Counted:
    """Texts as numbers of their words, and the pieces that a text holds more than once."""

    lexicon: Lexicon
    words: sparse.csr_array
    """Texts × words of the lexicon: 1 for each occurrence; a repeated word has several entries."""
    repeats: sparse.csr_array
    """Texts × pieces of the lexicon: how often, for pieces that occur at least twice."""

    def __len__(self) -> int:
        return int(self.words.shape[0])

    def rows(self, chosen: NDArray[np.int64]) -> Counted:
        """Some of the texts."""
        return Counted(self.lexicon, self.words[chosen], self.repeats[chosen])

    def above(self, other: Counted) -> Counted:
        """Return these texts and then the other's, of the same lexicon."""
        wide, many = len(self.lexicon), len(self.lexicon.pieces)
        return Counted(
            self.lexicon,
            _stacked([self.words, other.words], wide),
            _stacked([self.repeats, other.repeats], many),
        )

    def blocks(self) -> Iterator[Counted]:
        """Yield the texts in blocks that are worked on together."""
        for start in range(0, len(self), TOGETHER):
            if not start and len(self) <= TOGETHER:
                yield self
            else:
                some = slice(start, start + TOGETHER)
                yield Counted(self.lexicon, self.words[some], self.repeats[some])


class Lexicon:
    """Different words and pieces, numbered in the order in which they were met. It only grows."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        """Every piece of every known word."""
        self._place: dict[str, int] = {}
        self._taken = array("i")
        self._ends = array("q", [0])
        self._known: dict[int, int] = {}
        """Number of a word by its hash, where another word has its slot."""
        self._hashes = np.zeros(1 << _SLOTS, np.uint64)
        self._numbers = np.full(1 << _SLOTS, -1, np.int32)
        self._matrix = sparse.csr_array((0, 0), dtype=np.float32)

    def __len__(self) -> int:
        """Return the number of different words."""
        return len(self._ends) - 1

    def counted(self, texts: Sequence[str]) -> Counted:
        """Count texts by words; words that are not known yet are added."""
        numbers: list[Ints] = []
        lengths: list[Places] = [np.zeros(1, np.int64)]
        repeats: list[sparse.csr_array] = []
        for start in range(0, len(texts), TOGETHER):
            some = _Letters(texts[start : start + TOGETHER])
            numbers.append(self._numbered(some))
            lengths.append(some.words_each)
            ends = np.concatenate([[0], np.cumsum(some.words_each)])
            repeats.append(_repeated(_occurrences(numbers[-1], ends, len(self)), self))
        words = _occurrences(
            np.concatenate([np.empty(0, np.int32), *numbers]), np.cumsum(np.concatenate(lengths)), len(self)
        )
        return Counted(self, words, _stacked(repeats, len(self.pieces)))

    @property
    def pieces_of_words(self) -> sparse.csr_array:
        """Words × pieces: 1 for each occurrence."""
        if self._matrix.shape[0] != len(self):
            taken = np.array(self._taken, np.int32)
            self._matrix = _occurrences(taken, np.array(self._ends, np.int64), len(self.pieces))
        return self._matrix

    def _numbered(self, letters: _Letters) -> Ints:
        """Return the number of each word, in the order of the texts."""
        hashes = letters.hashes
        slots = (hashes >> np.uint64(64 - _SLOTS)).astype(np.int64)
        numbers = np.where(self._hashes[slots] == hashes, self._numbers[slots], -1)
        unknown = np.flatnonzero(numbers < 0)
        if len(unknown):
            different, first, place = np.unique(hashes[unknown], return_index=True, return_inverse=True)
            found = np.empty(len(different), np.int32)
            # In the order of the texts, so that the same texts are always numbered alike.
            for at in np.argsort(first, kind="stable").tolist():
                found[at] = self._number(int(different[at]), letters, int(unknown[first[at]]))
            numbers[unknown] = found[place]
        return np.asarray(numbers, np.int32)

    def _number(self, hashed: int, letters: _Letters, row: int) -> int:
        number = self._known.get(hashed)
        if number is not None:
            return number
        number = len(self)
        slot = hashed >> (64 - _SLOTS)
        if self._numbers[slot] < 0:
            self._hashes[slot], self._numbers[slot] = hashed, number
        else:
            self._known[hashed] = number
        for piece in ngrams_of(letters.word(row)):
            place = self._place.get(piece)
            if place is None:
                place = self._place[piece] = len(self.pieces)
                self.pieces.append(piece)
            self._taken.append(place)
        self._ends.append(len(self._taken))
        return number


def counted_pieces(block: Counted, lexicon: Lexicon) -> sparse.csr_array:
    """Texts × pieces of the lexicon: how often each text has each piece."""
    return sparse.csr_array(_wide(block.words, len(lexicon)) @ lexicon.pieces_of_words)


class _Letters:
    """Texts side by side, in lower case, as bytes. Bytes over 127 are letters; other signs are blanks."""

    def __init__(self, texts: Sequence[str]) -> None:
        joined = _BETWEEN.join(texts).lower()
        if joined.count(_BETWEEN) != max(len(texts) - 1, 0):
            joined = _BETWEEN.join(text.replace(_BETWEEN, " ") for text in texts).lower()
        for sign in _foreign(joined):
            if not sign.isalnum():
                joined = joined.replace(sign, " ")
        encoded = joined.encode("utf-8", "surrogatepass")
        self._bytes = encoded + bytes(8)
        letters = np.frombuffer(encoded, np.uint8)
        inside = np.concatenate([[False], _LETTER[letters], [False]])
        edges = np.flatnonzero(inside[1:] != inside[:-1])
        self.starts, self.ends = edges[::2], edges[1::2]
        between = np.flatnonzero(letters == ord(_BETWEEN))
        places = np.concatenate([[0], np.searchsorted(self.starts, between), [len(self.starts)]])
        self.words_each: Places = np.diff(places)[: len(texts)]

    @property
    def hashes(self) -> Hashes:
        """64 bits of each word: eight letters at a time, multiplied by odd numbers and mixed."""
        # A view with overlapping rows: the eight bytes from each place on.
        eight = np.ndarray((len(self._bytes) - 7,), "<u8", self._bytes, strides=(1,))
        lengths = self.ends - self.starts
        found = lengths.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        found += _mixed(eight[self.starts] & _LOW[np.minimum(lengths, 8)], _FACTOR)
        factor, done = _FACTOR, 8
        rest = np.flatnonzero(lengths > done)
        while len(rest):
            taken = eight[self.starts[rest] + done] & _LOW[np.minimum(lengths[rest] - done, 8)]
            factor = (factor * 0x5851F42D4C957F2D + 0x14057B7EF767814E) % (1 << 64) | 1
            found[rest] += _mixed(taken, factor)
            done += 8
            rest = rest[lengths[rest] > done]
        found ^= found >> np.uint64(31)
        found *= np.uint64(0x94D049BB133111EB)
        return np.asarray(found, np.uint64)

    def word(self, row: int) -> str:
        """Return one of the words."""
        return self._bytes[self.starts[row] : self.ends[row]].decode("utf-8", "surrogatepass")


def _mixed(letters: Hashes, factor: int) -> Hashes:
    letters ^= letters >> np.uint64(29)
    letters *= np.uint64(factor)
    letters ^= letters >> np.uint64(32)
    return letters


def _foreign(text: str) -> list[str]:
    """Return the different characters of a text that are not ASCII."""
    if text.isascii():
        return []
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    return [chr(code) for code in np.unique(codes[codes > 127]).tolist()]


def _occurrences(numbers: Ints, ends: Places, width: int) -> sparse.csr_array:
    return sparse.csr_array(
        (np.ones(len(numbers), np.float32), numbers, ends.astype(np.int32)), shape=(len(ends) - 1, width)
    )


def _repeated(words: sparse.csr_array, lexicon: Lexicon) -> sparse.csr_array:
    pieces = words @ lexicon.pieces_of_words
    often = np.flatnonzero(pieces.data > 1)
    ends = np.searchsorted(often, pieces.indptr)
    return sparse.csr_array(
        (pieces.data[often], pieces.indices[often], ends.astype(np.int32)), shape=pieces.shape
    )


def _wide(rows: sparse.csr_array, width: int) -> sparse.csr_array:
    """The same rows with as many columns as there are by now."""
    return sparse.csr_array((rows.data, rows.indices, rows.indptr), shape=(rows.shape[0], width))


def _stacked(blocks: Sequence[sparse.csr_array], width: int) -> sparse.csr_array:
    wide = [_wide(block, width) for block in blocks]
    if len(wide) == 1:
        return wide[0]
    empty = sparse.csr_array((0, width), dtype=np.float32)
    return sparse.csr_array(sparse.vstack([empty, *wide], format="csr"))
