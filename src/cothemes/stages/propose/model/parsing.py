"""From the text of a reply to answers, or to the reason why there are none.

Tolerated and flagged: a code fence around the JSON, further keys, an attribute or a confidence that the
schema does not know. Never tolerated, since a label would be lost or made up: a duplicate key, a code that is
missing or unknown, a decision outside the three.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from cothemes.records.codebook import Attribute, Code, Codebook
from cothemes.records.outcome_flag import FlagKind, OutcomeFlag, flag
from cothemes.records.suggestion import OutcomeState, Verdict
from cothemes.stages.propose.model.reply import Answer, Answers, Quote, Reply, Uncoded, Unusable

LONGEST = 2000
"""Characters kept of any one text in a reply."""

_CUT_SHORT = frozenset({"length", "max_tokens", "max_output_tokens"})
_REFUSED = frozenset({"content_filter", "safety", "refusal", "recitation", "prohibited_content"})
_FENCE = re.compile(r"\A\s*```[A-Za-z]*[ \t]*\r?\n(.*?)\r?\n?[ \t]*```\s*\Z", re.DOTALL)
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

T = TypeVar("T")


def parse_reply(reply: Reply, codebook: Codebook, codes: Sequence[Code] | None = None) -> Answers:
    """The answers for these codes (all by default); raises Unusable with the state that it ends in."""
    data, flags = json_of(reply)
    return _Reader(codebook, flags).answers(data, codebook.codes if codes is None else codes)


def json_of(reply: Reply) -> tuple[Any, list[OutcomeFlag]]:
    """The JSON of a reply, and what was tolerated to get at it. Raises Unusable."""
    reason = reply.finish_reason.lower()
    if reply.refusal or reason in _REFUSED:
        raise Unusable(OutcomeState.REFUSED, tidy(reply.refusal)[:200] or f"stopped by {tidy(reason)}")
    if reason in _CUT_SHORT:
        raise Unusable(OutcomeState.TRUNCATED, "cut off at the longest reply that is allowed")
    if not reply.text.strip():
        raise Unusable(OutcomeState.EMPTY, f"no text (finish reason: {tidy(reason) or 'none'})")
    flags: list[OutcomeFlag] = []
    fenced = _FENCE.match(reply.text)
    if fenced:
        flags.append(flag(FlagKind.CODE_FENCE))
    return _load(fenced.group(1) if fenced else reply.text), flags


def closed(data: Any, names: Sequence[str], place: str) -> dict[str, Any]:
    """An object that holds these keys; further ones are tolerated. Raises Unusable."""
    item = _typed(data, dict, place)
    if missing := [name for name in names if name not in item]:
        raise Unusable(OutcomeState.INVALID, f"{place} lacks {', '.join(missing)}")
    return item


def text_in(item: Mapping[str, Any], name: str) -> str:
    """A text of an object. Raises Unusable."""
    return _typed(item[name], str, name)


def quote_of(data: Any, place: str) -> Quote:
    """Sentence ids and words. Raises Unusable."""
    item = closed(data, ("sentences", "quote"), place)
    sentences = _typed(item["sentences"], list, f"{place}.sentences")
    return Quote(
        text=_typed(item["quote"], str, f"{place}.quote")[:LONGEST],
        sentences=tuple(name for name in sentences if isinstance(name, str)),
    )


def tidy(text: str) -> str:
    """A model's words with controls, half surrogates and direction marks replaced one for one."""
    return "".join(
        "\ufffd" if (unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t") or c in _BIDI else c
        for c in text[:LONGEST]
    )


def _load(text: str) -> Any:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(items)
        if len(result) < len(items):
            keys = [key for key, _ in items]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise Unusable(OutcomeState.MALFORMED, f"the key {tidy(twice)[:40]!r} occurs twice")
        return result

    def constant(name: str) -> NoReturn:
        raise Unusable(OutcomeState.MALFORMED, f"{name} is no JSON")

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    except json.JSONDecodeError as error:
        raise Unusable(OutcomeState.MALFORMED, f"no JSON at character {error.pos}: {error.msg}") from None
    except RecursionError:
        raise Unusable(OutcomeState.MALFORMED, "nested too deeply") from None
    except Unusable:
        raise
    except ValueError:
        raise Unusable(OutcomeState.MALFORMED, "a number too long to read") from None


class _Reader:
    """Walks one reply; `flags` gathers what was tolerated."""

    def __init__(self, codebook: Codebook, flags: list[OutcomeFlag]) -> None:
        self._codebook = codebook
        self._flags = flags

    def answers(self, data: Any, codes: Sequence[Code]) -> Answers:
        top = _typed(data, dict, "the reply")
        self._keys(top, ("codes", "uncoded", "instruction_like"), "the reply")
        given = _typed(top["codes"], dict, "codes")
        wanted = [code.id for code in codes]
        if unknown := [tidy(key)[:40] for key in given if key not in set(wanted)]:
            raise Unusable(OutcomeState.INVALID, f"codes that were not asked about: {', '.join(unknown[:5])}")
        if missing := [key for key in wanted if key not in given]:
            raise Unusable(OutcomeState.INVALID, f"codes left out: {', '.join(missing[:5])}")
        by_code = tuple((key, self._answer(given[key], key)) for key in wanted)
        uncoded = tuple(
            self._uncoded(item, f"uncoded[{n}]")
            for n, item in enumerate(_typed(top["uncoded"], list, "uncoded"))
        )
        like = _typed(top["instruction_like"], bool, "instruction_like")
        return Answers(by_code, uncoded, like, tuple(dict.fromkeys(self._flags)))

    def _answer(self, data: Any, code: str) -> Answer:
        place = f"codes.{code}"
        item = _typed(data, dict, place)
        decision = item.get("decision")
        if decision not in ("yes", "borderline", "no"):
            raise Unusable(OutcomeState.INVALID, f"{place}.decision is none of yes, borderline, no")
        if decision == "no":
            return Answer(Verdict.NO)
        names = ("evidence", "reason", "exclusion_checked", "decision", "attributes", "confidence")
        self._keys(item, names, place)
        evidence = _typed(item["evidence"], list, f"{place}.evidence")
        return Answer(
            decision=Verdict(decision),
            quotes=tuple(self._quote(quote, f"{place}.evidence[{n}]") for n, quote in enumerate(evidence)),
            reason=tidy(_typed(item["reason"], str, f"{place}.reason")),
            exclusion_checked=tidy(_typed(item["exclusion_checked"], str, f"{place}.exclusion_checked")),
            attributes=self._attributes(_typed(item["attributes"], dict, f"{place}.attributes"), code),
            confidence=self._confidence(item["confidence"], code),
        )

    def _quote(self, data: Any, place: str, *further: str) -> Quote:
        item = _typed(data, dict, place)
        self._keys(item, ("sentences", "quote", *further), place)
        return quote_of(item, place)

    def _uncoded(self, data: Any, place: str) -> Uncoded:
        quote = self._quote(data, place, "label", "criterion")
        label = tidy(_typed(data["label"], str, f"{place}.label"))
        return Uncoded(quote, label, tidy(_typed(data["criterion"], str, f"{place}.criterion")))

    def _attributes(self, data: Mapping[str, Any], code: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        declared = {attribute.name: attribute for attribute in self._codebook.attributes_of(code)}
        result = []
        for name, value in data.items():
            attribute = declared.get(name)
            values = tuple(value) if isinstance(value, list) else () if value is None else (value,)
            if attribute is None or not _allowed(attribute, values):
                self._flags.append(flag(FlagKind.ATTRIBUTE_DROPPED, detail=f"{code}.{tidy(name)[:40]}"))
            elif values:
                result.append((name, tuple(dict.fromkeys(values))))
        return tuple(result)

    def _confidence(self, value: Any, code: str) -> float | None:
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
        self._flags.append(flag(FlagKind.CONFIDENCE_DROPPED, code))
        return None

    def _keys(self, item: Mapping[str, Any], names: Sequence[str], place: str) -> None:
        closed(item, names, place)
        if len(item) > len(names):
            self._flags.append(flag(FlagKind.EXTRA_KEYS))


def _allowed(attribute: Attribute, values: tuple[Any, ...]) -> bool:
    return (len(values) <= 1 or attribute.many) and all(value in attribute.values for value in values)


def _typed(value: Any, kind: type[T], place: str) -> T:
    if not isinstance(value, kind):
        raise Unusable(OutcomeState.INVALID, f"{place} is of another type than asked for")
    return value
