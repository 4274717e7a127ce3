"""Places as other programs count them: each way is found again from the selections alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cothemes.errors import UsageError
from cothemes.records.project import Project, ProjectSource, Selection
from cothemes.stages.exchange.offsets import ALL, CODE_POINTS, Counting, counted_as, located

TEXT = "We trusted 😀 each other.\nIt took a year 🎈 to get there.\nNobody paid for the room.\n" * 3
WORDS = ("trusted", "each other", "took a year", "get there", "Nobody paid", "the room")


def project(counting: Counting, *, text: str = TEXT, crlf: bool = False, bom: bool = False) -> Project:
    spans = [(text.rindex(word), text.rindex(word) + len(word)) for word in WORDS if word in text]
    if counting.crlf or counting.bom:
        assert crlf >= counting.crlf
        assert bom >= counting.bom
    places = []
    for start, end in counted_as(text, spans, Counting(utf16=counting.utf16)):
        before = text[:start].count("\n"), text[:end].count("\n")
        places.append(
            (
                start + counting.bom + (text[: spans[len(places)][0]].count("\n") if counting.crlf else 0),
                end + counting.bom + (text[: spans[len(places)][1]].count("\n") if counting.crlf else 0),
            )
        )
        assert before
    selections = tuple(
        Selection(guid=f"{number:08d}-0000-0000-0000-000000000000", start=start, end=end)
        for number, (start, end) in enumerate(places)
    )
    source = ProjectSource(guid="s", text=text, crlf=crlf, bom=bom, selections=selections)
    return Project(name="p", sources=(source,))


@pytest.mark.parametrize("counting", ALL, ids=lambda each: each.name)
def test_each_way_of_counting_is_found_from_the_selections(counting: Counting) -> None:
    found = located(project(counting, crlf=True, bom=True))
    assert found.counting == counting
    [source] = found.project.sources
    assert source.text is not None
    assert [source.text[each.start : each.end] for each in source.selections] == list(WORDS)
    assert found.scores[0].fitting == len(WORDS)
    assert found.scores[1].fitting < len(WORDS)


def test_ways_that_place_everything_alike_are_no_tie() -> None:
    plain = "Nobody paid for the room.\nWe took a year.\n"
    found = located(project(CODE_POINTS, text=plain))
    assert found.counting == CODE_POINTS
    assert len(found.scores) == 1


def test_a_tie_is_asked_about_and_can_be_answered() -> None:
    text = "😀—‘’“”"
    selection = Selection(guid="g", start=3, end=4)
    tied = Project(name="p", sources=(ProjectSource(guid="s", text=text, selections=(selection,)),))
    with pytest.raises(UsageError) as caught:
        located(tied)
    assert "--offsets" in caught.value.hint
    [source] = located(tied, Counting(utf16=True)).project.sources
    assert text[source.selections[0].start : source.selections[0].end] == "‘"
    [source] = located(tied, CODE_POINTS).project.sources
    assert text[source.selections[0].start : source.selections[0].end] == "’"


def test_a_selections_name_decides_where_edges_do_not() -> None:
    text = "😀 aa aa aa aa aa aa"
    selection = Selection(guid="g", name="aa aa aa aa …", start=3, end=14)
    named = Project(name="p", sources=(ProjectSource(guid="s", text=text, selections=(selection,)),))
    assert located(named).counting == Counting(utf16=True)


def test_places_outside_the_text_are_left_out_and_counted() -> None:
    selections = (
        Selection(guid="in", start=0, end=2),
        Selection(guid="out", start=1, end=99),
        Selection(guid="back", start=3, end=1),
        Selection(guid="empty", start=1, end=1),
    )
    found = located(
        Project(name="p", sources=(ProjectSource(guid="s", text="ab cd", selections=selections),))
    )
    assert set(found.outside) == {"out", "back"}
    assert found.empty == 1
    assert [each.guid for each in found.project.sources[0].selections] == ["in", "empty"]


@given(st.text(alphabet="ab 😀é\n", max_size=40), st.data())
def test_the_way_out_leads_back(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    counting = Counting(utf16=True)
    [(first, last)] = counted_as(text, [(start, end)], counting)
    assert last - first == len(text[start:end].encode("utf-16-le")) // 2
    selection = Selection(guid="g", start=first, end=last)
    source = ProjectSource(guid="s", text=text, selections=(selection,))
    [again] = located(Project(name="p", sources=(source,)), counting).project.sources
    assert (again.selections[0].start, again.selections[0].end) == (start, end)
