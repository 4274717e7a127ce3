"""A codebook as it may leave the machine: its quotations are words of participants too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from cothemes.records.codebook import Code, Codebook, Example, NearMiss

QUOTED_FROM = 20
"""Characters from which a text that stands in a document too is taken for a quotation from it."""

Words = Callable[[str], str]


def codebook_as_sent(codebook: Codebook, words: Words, held: Iterable[str] = ()) -> Codebook:
    """Return the codebook with pseudonyms in every text. Ids and values of attributes stay: replies name
    them.

    `held`: texts that may not leave; an example or near miss that stands in one of them is left out.
    """
    quoting = _standing_in(held, quoted_in(codebook))

    def may_go(example: Example | NearMiss) -> bool:
        return plain(example.text) not in quoting

    def of_code(code: Code) -> Code:
        return code.model_copy(
            update={
                "label": words(code.label),
                "definition": words(code.definition),
                "brief": words(code.brief),
                "include_when": tuple(map(words, code.include_when)),
                "exclude_when": tuple(map(words, code.exclude_when)),
                "examples": tuple(
                    each.model_copy(update={"text": words(each.text)})
                    for each in code.examples
                    if may_go(each)
                ),
                "near_misses": tuple(
                    each.model_copy(update={"text": words(each.text)})
                    for each in code.near_misses
                    if may_go(each)
                ),
            }
        )

    return codebook.model_copy(
        update={
            "title": words(codebook.title),
            "codes": tuple(map(of_code, codebook.codes)),
            "themes": tuple(t.model_copy(update={"label": words(t.label)}) for t in codebook.themes),
            "attributes": tuple(
                a.model_copy(update={"definition": words(a.definition)}) for a in codebook.attributes
            ),
            "research_questions": {key: words(text) for key, text in codebook.research_questions.items()},
            "general_rules": tuple(map(words, codebook.general_rules)),
            "lexical_probes": {key: words(text) for key, text in codebook.lexical_probes.items()},
            "meta": {},
        }
    )


def _standing_in(held: Iterable[str], given: Iterable[str]) -> set[str]:
    """Those of the given texts, as `plain` has them, that stand in one of the held ones. Of the held ones,
    one at a time is looked at."""
    left = {words for words in map(plain, given) if len(words) >= QUOTED_FROM}
    found: set[str] = set()
    for text in held:
        whole = plain(text)
        found |= {words for words in left - found if words in whole}
    return found


def quoted_in(codebook: Codebook) -> Iterator[str]:
    """The codebook's examples and near misses."""
    for code in codebook.codes:
        yield from (example.text for example in code.examples)
        yield from (near_miss.text for near_miss in code.near_misses)


def plain(text: str) -> str:
    """The text as quotations are compared: in small letters, with single blanks."""
    return " ".join(text.casefold().split())
