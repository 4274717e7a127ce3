"""Tables of passages with long names on a screen of 80 columns."""

from __future__ import annotations

import pytest

from cothemes.cli.console import print_table

WIDTH = 80
SLUG = "on-the-long-road-to-co-production-in-services-for-carers-and-a"
IDS = [f"{SLUG}.{number:04}" for number in (1, 2)]


@pytest.fixture(autouse=True)
def screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))


def test_a_row_that_fits_is_one_line_with_its_id_whole(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("passage", "arm"), [(each, "blind") for each in IDS])
    lines = capsys.readouterr().out.splitlines()
    assert all(sum(each in line and "blind" in line for line in lines) == 1 for each in IDS)
    assert all(len(line) <= WIDTH for line in lines)


def test_what_does_not_fit_stands_below_the_id_and_only_where_there_is_something(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = "direction: from above; strength: strong; who: carers, people who use services, staff"
    rows = [(IDS[0], "D4", "ana", "accepted", told), (IDS[1], "D4", "ana", "", "")]
    print_table(("passage", "code", "by", "status", "attributes"), rows, title="Decided")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Decided"
    assert lines[1].split() == ["passage", "code", "by"]
    at = lines.index(next(line for line in lines if IDS[0] in line))
    assert lines[at].split() == [IDS[0], "D4", "ana"]
    assert lines[at + 1].split()[0] == "accepted"
    assert all(len(line) <= WIDTH for line in lines)
    assert " ".join(" ".join(lines[at + 1 : -2]).split()).startswith(f"accepted {told}")


def test_an_id_longer_than_the_screen_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    long = "a" * 90 + ".0001"
    print_table(("passage", "arm"), [(long, "blind")])
    assert long in capsys.readouterr().out.splitlines()


def test_a_folded_cell_is_never_a_sliver(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("document", "kind", "speakers"), [(SLUG, "interview", "Ada Lovelace (participant) 12, Bo")])
    lines = capsys.readouterr().out.splitlines()
    assert any("Ada Lovelace" in line for line in lines)
    assert all(len(line) <= WIDTH for line in lines)
