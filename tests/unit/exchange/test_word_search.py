"""Words in folded texts: whole words, rests of words, and words near each other."""

from __future__ import annotations

import pytest

from cothemes.app.findings.word_search import Words, folded_pattern, nearest
from cothemes.errors import UsageError
from cothemes.stages.propose.quote_folding import fold_stretches


def found(text: str, source: str) -> list[str]:
    """The words of the source that are found, by way of the glance that comes before."""
    words = Words(text)
    folded = fold_stretches(source, [(0, len(source))])
    places = [folded.span(*span) for span in words.spans(folded.text)]
    assert words.may_be_in(source) or not places
    return [source[start:end] for start, end in places]


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        ("carer", "Carer, carers and a carer's care.", ["Carer", "carer"]),
        ("carer*", "Carer, carers and a carer's care.", ["Carer", "carers", "carer's"]),
        ("*tion", "action of a nation's tionary", ["action", "nation"]),
        ("can", "We can. We can’t.", ["can"]),
        ("can't", "We can. We can’t.", ["can’t"]),
        ("we can't", "we\n  can’t", ["we\n  can’t"]),
        (
            "co-production",
            "Co–production and co-production; coproduction",
            ["Co–production", "co-production"],
        ),
        ("production", "co-production", ["production"]),
        ("30%", "about 30% of 130%", ["30%"]),
        ("ﬁne", "fine", ["fine"]),
        ("fine", "soft\u00adly ﬁne", ["ﬁne"]),
        ("softly", "soft\u00adly ﬁne", ["soft\u00adly"]),
        ("peer* support", "peers' support, peer support", ["peers' support", "peer support"]),
        ("Ärger", "ÄRGER A\u0308rger", ["ÄRGER", "A\u0308rger"]),
    ],
)
def test_what_is_found(text: str, source: str, expected: list[str]) -> None:
    assert found(text, source) == expected


@pytest.mark.parametrize("text", ["", "  ", "?", "*", "a*b*c*d*e*"])
def test_what_cannot_be_looked_for(text: str) -> None:
    with pytest.raises(UsageError):
        Words(text)


@pytest.mark.parametrize(("reach", "near"), [(1, None), (2, "time"), (9, "time")])
def test_the_nearest_of_several_within_so_many_words(reach: int, near: str | None) -> None:
    text = "time and the money, no time for us"
    others = Words("time").spans(text)
    (money,) = Words("money").spans(text)
    span = nearest(text, money, others, reach)
    assert (text[span[0] : span[1]] if span else None) == near
    assert span is None or span[0] > money[0]


def test_a_pattern_has_the_signs_of_folded_texts() -> None:
    assert folded_pattern("can’t [–]") == r"can't [\-]"
