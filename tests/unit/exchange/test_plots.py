"""Figures: well-formed, described in words, readable without colour, and no word of data becomes markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest
from markupsafe import Markup

from cothemes.presentation.plots.curves import reliability_plot, workload_plot
from cothemes.presentation.plots.forest import Item, forest
from cothemes.presentation.plots.heat import heat
from cothemes.presentation.plots.shares import shares
from cothemes.presentation.plots.svg import short_name

HOSTILE = '</text><script>alert(1)</script> & "x" \u202eevil'
SVG = "{http://www.w3.org/2000/svg}"

FIGURES = {
    "forest": forest(
        "f",
        "Alphas",
        [Item(HOSTILE, 0.5, 0.2, 0.9), Item("B", None, reason="no variation")],
        lines=((0.8, ".8"),),
    ),
    "shares": shares(
        "s", "Shares", [(HOSTILE, {"ann": 0.1, HOSTILE: None}), ("B", {"ann": 0.0, HOSTILE: 0.4})]
    ),
    "heat": heat("h", "Map", [HOSTILE, "B"], {(HOSTILE, "B"): 7}, {"B": 3}, rows=HOSTILE, columns="b"),
    "reliability with intervals": reliability_plot(
        "ri", HOSTILE, [(0.1, 0.05, 10), (0.9, 0.7, 2)], [(0.0, 1.0), None]
    ),
    "reliability": reliability_plot("r", HOSTILE, [(0.1, 0.05, 10), (0.9, 0.7, 2)]),
    "workload": workload_plot("w", "Work", [(0, 1, 1), (0.5, 0.4, 0.1), (1, 0, 0)]),
}


def parsed(figure: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(str(figure).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_well_formed_and_described(name: str) -> None:
    root = parsed(FIGURES[name])
    title, description = root[0], root[1]
    assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert "table below" in (description.text or "")


@pytest.mark.parametrize("name", FIGURES)
def test_no_word_of_data_becomes_markup_and_nothing_is_fetched(name: str) -> None:
    figure = FIGURES[name]
    assert {element.tag.removeprefix(SVG) for element in parsed(figure).iter()} <= {
        "svg", "title", "desc", "text", "line", "polyline", "rect", "circle", "polygon"
    }  # fmt: skip
    assert "\u202e" not in figure
    assert "href" not in figure
    assert "url(" not in figure


@pytest.mark.parametrize("name", FIGURES)
def test_only_greys(name: str) -> None:
    for colour in re.findall(r"#([0-9a-f]{3}|[0-9a-f]{6})\b", FIGURES[name]):
        parts = {colour[i : i + len(colour) // 3] for i in range(0, len(colour), len(colour) // 3)}
        assert len(parts) == 1, colour


@pytest.mark.parametrize("name", FIGURES)
def test_everything_lies_inside_the_figure(name: str) -> None:
    root = parsed(FIGURES[name])
    _, _, width, height = (float(word) for word in (root.get("viewBox") or "").split())
    for element in root.iter():
        for key, most in (("x", width), ("y", height), ("x1", width), ("y2", height), ("cx", width)):
            assert 0 <= float(element.get(key, "0")) <= most, (element.tag, element.attrib)


def test_a_code_without_alpha_says_why() -> None:
    assert "no variation" in FIGURES["forest"]


def test_a_star_stands_at_intervals_over_few_interviews_and_is_explained_once() -> None:
    items = [Item("A", 0.5, 0.2, 0.9, mark="*"), Item("B", 0.5, 0.2, 0.9), Item("C", 0.5, mark="*")]
    figure = forest("f", "Alphas", items)
    assert figure.count(".50 [.20, .90]*") == 1
    assert figure.count("* over few interviews") == 1
    assert "over few interviews" not in forest("f", "Alphas", items[1:])


def test_bars_are_drawn_where_a_bin_has_an_interval() -> None:
    assert FIGURES["reliability with intervals"].count("<line") == FIGURES["reliability"].count("<line") + 3


def test_the_description_names_the_ends() -> None:
    figure = forest("f", "t", [Item("A", 0.25), Item("B", 0.75), Item("C", None)])
    assert "2 of 3 rows have a value; the lowest is A with .25, the highest B with .75" in figure


def test_an_end_beyond_the_axis_has_no_bar() -> None:
    def bars(low: float) -> int:
        return forest("f", "t", [Item("A", 0.5, low, 0.9)], span=(0, 1)).count('stroke-width="1.6"')

    assert (bars(0.1), bars(-2)) == (3, 2)


def test_nothing_at_all_is_still_a_figure() -> None:
    assert parsed(forest("f", "t", [])).get("role") == "img"
    assert parsed(shares("s", "t", [])).get("role") == "img"


def test_long_names_keep_their_ends() -> None:
    names = [f"evaluation_and_transformation_in_{place}" for place in ("leadership_01", "resources_02")]
    figure = forest("f", "Alphas", [Item(name, 0.5) for name in names])
    # 30 letters: 18 of the beginning, the sign, 11 of the end.
    assert "evaluation_and_tra…adership_01" in figure
    assert "evaluation_and_tra…sources_02" not in figure
    assert short_name(names[1], 30) == "evaluation_and_tra…esources_02"
    assert short_name("A1", 30) == "A1"
    assert [len(short_name("x" * n, 14)) for n in (13, 14, 15, 99)] == [13, 14, 14, 14]


def test_words_of_two_close_lines_stand_apart() -> None:
    lines = ((0.667, ".667"), (0.8, ".800"))
    apart = forest("f", "Alphas", [Item("A", 0.5)], lines=lines, span=(0.4, 1.0))
    close = forest("f", "Alphas", [Item("A", 0.5)], lines=lines, span=(-1.0, 1.0))
    assert 'text-anchor="end" font-size="10" fill="#111">.667<' in close
    assert 'text-anchor="middle" font-size="10" fill="#111">.667<' in apart
