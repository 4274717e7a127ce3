"""What an operation on codes makes of a codebook: the codes, and every place that names one.

Pure functions from one codebook to the next. A place that names a code which is gone is set to what it
became; where that cannot be known, it is set to what is safe and listed, for a person to look at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cothemes.errors import UsageError
from cothemes.records.codebook import NONE_CODE, Attribute, Code, Codebook


@dataclass(frozen=True)
class Changed:
    """A codebook after an operation."""

    codebook: Codebook
    to_check: tuple[str, ...] = ()
    """Codes whose near-misses named a code that is gone, and may name the wrong one now."""


def added(book: Codebook, code: Code) -> Changed:
    """Add a code behind the last one of its theme, else at the end."""
    places = [at for at, known in enumerate(book.codes) if code.theme and known.theme == code.theme]
    at = places[-1] + 1 if places else len(book.codes)
    return Changed(_with_codes(book, [*book.codes[:at], code, *book.codes[at:]]))


def moved(book: Codebook, code: str, theme: str | None, parent: str | None) -> Changed:
    """Put a code under a theme and a parent. Raises UsageError for a circle of parents."""
    if parent is not None and parent in book.below(code):
        raise UsageError(
            f"{parent} is {code} itself or lies below it",
            hint="Choose a parent outside the code's own branch.",
        )
    update = {"theme": theme, "parent": parent}
    return Changed(
        _with_codes(book, [c.model_copy(update=update) if c.id == code else c for c in book.codes])
    )


def union(book: Codebook, parts: Sequence[str], into: str, label: str, definition: str) -> Code:
    """Return the code that parts make together; label and definition are those given, else the parts' own.

    Cases and examples are those of all parts. A near-miss between two parts is none any more.
    """
    first = book.by_id[into] if into in parts else book.by_id[parts[0]]
    codes = [first, *(book.by_id[part] for part in parts if part != first.id)]
    texts = dict.fromkeys(code.definition.strip() for code in codes if not code.draft)
    named = set(parts)
    return first.model_copy(
        update={
            "id": into,
            "label": label or first.label,
            "definition": definition or " Or: ".join(texts),
            "include_when": tuple(dict.fromkeys(rule for code in codes for rule in code.include_when)),
            "exclude_when": tuple(dict.fromkeys(rule for code in codes for rule in code.exclude_when)),
            "examples": tuple(dict.fromkeys(example for code in codes for example in code.examples)),
            "near_misses": tuple(
                dict.fromkeys(miss for code in codes for miss in code.near_misses if miss.code not in named)
            ),
            "parent": None if first.parent in named else first.parent,
        }
    )


def merged(book: Codebook, parts: Sequence[str], code: Code) -> Changed:
    """Put one code in the place of the first of several, or in its own where it is there."""
    gone = {*parts, code.id}
    here = [code.id] if code.id in book.by_id else gone
    at = min(at for at, known in enumerate(book.codes) if known.id in here)
    before = [known for known in book.codes[:at] if known.id not in gone]
    after = [known for known in book.codes[at:] if known.id not in gone]
    below = {name for part in gone if part in book.by_id for name in book.below(part)}
    above = [book.by_id[part].parent for part in (code.id, *parts) if part in book.by_id]
    if code.parent in below:
        code = code.model_copy(update={"parent": next((up for up in above if up and up not in below), None)})
    became = dict.fromkeys(parts, code.id)
    return Changed(_naming(_with_codes(book, [*before, code, *after]), became))


def split(book: Codebook, code: str, into: Sequence[Code]) -> Changed:
    """Put several codes in the place of one. Near-misses that named it name the first of them."""
    at = list(book.by_id).index(code)
    to_check = _naming_it(book, code) if code not in {each.id for each in into} else ()
    above = book.by_id[code].parent
    codes = [each.model_copy(update={"parent": above}) for each in into]
    whole = _with_codes(book, [*book.codes[:at], *codes, *book.codes[at + 1 :]])
    if code in whole.by_id:
        return Changed(_applying(whole, {code: tuple(each.id for each in into)}))
    children = [
        each.model_copy(update={"parent": above}) if each.parent == code else each for each in whole.codes
    ]
    whole = _with_codes(whole, children)
    whole = _applying(whole, {code: tuple(each.id for each in into)})
    return Changed(_naming(whole, {code: into[0].id}), to_check)


def retired(book: Codebook, code: str) -> Changed:
    """Take a code out. Near-misses that named it name none; codes below it move up.

    Raises UsageError where an attribute applies to this code alone.
    """
    alone = [each.name for each in book.attributes if set(each.applies_to) == {code}]
    if alone:
        raise UsageError(
            f"the attribute {alone[0]} applies to {code} alone",
            hint="Take the attribute out of codebook.yaml first, or let it apply to another code too.",
        )
    to_check = _naming_it(book, code)
    above = book.by_id[code].parent
    codes = [
        each.model_copy(update={"parent": above}) if each.parent == code else each
        for each in book.codes
        if each.id != code
    ]
    whole = _applying(_with_codes(book, codes), {code: ()})
    return Changed(_naming(whole, {code: NONE_CODE}), to_check)


def put_back(book: Codebook, before: Codebook, made: Sequence[str], gone: Sequence[str]) -> Changed:
    """Take what an operation made out, and put back what it took, with the places that named it.

    `before` is the codebook that the operation changed; what was edited since stays.
    """
    codes = [
        before.by_id[each.id] if each.id in made else each
        for each in book.codes
        if each.id not in made or each.id in gone
    ]
    order = list(before.by_id)
    for name in (name for name in gone if name not in {each.id for each in codes}):
        ahead = {*order[: order.index(name)]}
        at = max((place + 1 for place, each in enumerate(codes) if each.id in ahead), default=0)
        codes.insert(at, before.by_id[name])
    found = []
    for each in codes:
        was = before.by_id.get(each.id)
        if was is None:
            found.append(each.model_copy(update=_without(each, made, {code.id for code in codes})))
            continue
        targets = {miss.text: miss.code for miss in was.near_misses}
        misses = tuple(
            miss.model_copy(update={"code": targets.get(miss.text, NONE_CODE)})
            if miss.code in (*made, NONE_CODE) and targets.get(miss.text, "") in gone
            else miss
            for miss in each.near_misses
        )
        parent = was.parent if was.parent in gone else each.parent
        fixed = each.model_copy(update={"near_misses": misses, "parent": parent})
        found.append(fixed.model_copy(update=_without(fixed, made, {code.id for code in codes})))
    attributes = tuple(_applied_before(each, before, made, gone) for each in book.attributes)
    return Changed(book.model_copy(update={"codes": tuple(found), "attributes": attributes}))


def _applied_before(each: Attribute, before: Codebook, made: Sequence[str], gone: Sequence[str]) -> Attribute:
    was = next((known for known in before.attributes if known.name == each.name), None)
    kept = [name for name in each.applies_to if name not in made or name in gone]
    if was is None:
        return each.model_copy(update={"applies_to": tuple(kept) or each.applies_to})
    wanted = {*kept, *(name for name in was.applies_to if name in gone)}
    order = dict.fromkeys((*was.applies_to, *kept))
    return each.model_copy(update={"applies_to": tuple(name for name in order if name in wanted)})


def _without(code: Code, made: Sequence[str], here: set[str]) -> dict[str, object]:
    """Return what has to change where a code names one that is taken out."""
    return {
        "parent": None if code.parent in made and code.parent not in here else code.parent,
        "near_misses": tuple(
            miss.model_copy(update={"code": NONE_CODE})
            if miss.code in made and miss.code not in here
            else miss
            for miss in code.near_misses
        ),
    }


def _with_codes(book: Codebook, codes: Sequence[Code]) -> Codebook:
    return book.model_copy(update={"codes": tuple(codes)})


def _naming_it(book: Codebook, code: str) -> tuple[str, ...]:
    return tuple(
        each.id
        for each in book.codes
        if each.id != code and any(miss.code == code for miss in each.near_misses)
    )


def _naming(book: Codebook, became: Mapping[str, str]) -> Codebook:
    """Set every place that names one of these codes to what it became."""
    codes = [
        each.model_copy(
            update={
                "parent": became.get(each.parent, each.parent) if each.parent else None,
                "near_misses": tuple(
                    miss.model_copy(update={"code": became.get(miss.code, miss.code)})
                    for miss in each.near_misses
                ),
            }
        )
        for each in book.codes
    ]
    return _applying(_with_codes(book, codes), {old: (new,) for old, new in became.items()})


def _applying(book: Codebook, became: Mapping[str, Sequence[str]]) -> Codebook:
    """Let attributes that applied to a code apply to what it became."""
    attributes = []
    for each in book.attributes:
        names: list[str] = []
        for name in each.applies_to:
            follows = name in became and name not in book.theme_by_id
            names += became[name] if follows else [name]
        known = [name for name in dict.fromkeys(names) if name != NONE_CODE]
        attributes.append(each.model_copy(update={"applies_to": tuple(known)}))
    return book.model_copy(update={"attributes": tuple(attributes)})
