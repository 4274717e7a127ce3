"""A codebook as it may leave the machine: its quotations are words of participants too."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cothemes.records.codebook import Code, Codebook, Example, NearMiss

QUOTED_FROM = 20
"""Characters from which a text that stands in a document too is taken for a quotation from it."""

Words = Callable[[str], str]


def codebook_as_sent(codebook: Codebook, words: Words, held: Iterable[str] = ()) -> Codebook:
    """The same codebook with pseudonyms in every text. Ids and values of attributes stay: replies name them.

    `held`: texts that may not leave; an example or near miss that stands in one of them is left out.
    """
    quoting = _standing_in(held, codebook)

    def may_go(example: Example | NearMiss) -> bool:
        return _plain(example.text) not in quoting

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


def _standing_in(held: Iterable[str], codebook: Codebook) -> set[str]:
    """Examples and near misses that stand in one of these texts; of the texts, one at a time is looked at."""
    given = [each.text for code in codebook.codes for each in code.examples]
    given += [each.text for code in codebook.codes for each in code.near_misses]
    left = {words for words in map(_plain, given) if len(words) >= QUOTED_FROM}
    found: set[str] = set()
    for text in held:
        plain = _plain(text)
        found |= {words for words in left - found if words in plain}
    return found


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
