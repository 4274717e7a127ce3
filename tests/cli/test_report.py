"""`cothemes report`: one page that stands alone, says on whose word it counts, and runs nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.doubles.coded_study import assign, propose, study_in
from tests.doubles.decisions import read

from cothemes.app.review.review import Desk
from cothemes.app.study import Study
from cothemes.records.document import Document
from cothemes.records.review import Action, Arm

HOSTILE = "</style><script>alert(1)</script><img src=x onerror=alert(2)> & \u202eevil\x1b[2J"


class Outline(HTMLParser):
    """What a page is made of."""

    VOID = {"meta", "br", "wbr", "rect", "link", "img", "input"}

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        self.ids += [found["id"]] if found.get("id") else []
        for name in ("href", "src"):
            self.links += [found[name]] if found.get(name) else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page(cothemes, study: Study, *words: str) -> tuple[str, Outline]:
    path = study.root / "report.html"
    cothemes.done("report", path, *words, study=study.root)
    html = path.read_text(encoding="utf-8")
    outline = Outline()
    outline.feed(html)
    assert outline.open == []
    return html, outline


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Ten interviews; ann and bob code two passages of each, blind, and ann accepts nothing unseen."""
    study = study_in(tmp_path / "study", documents=10)
    for number in range(1, 11):
        read(study, "ann", f"talk-{number}.0002", {"A1": {"valence": ("helps",)}}, span=(0, 38))
        read(study, "bob", f"talk-{number}.0002", ("A1",) if number % 2 else ())
        read(study, "ann", f"talk-{number}.0004", ("A2",))
        read(study, "bob", f"talk-{number}.0004", ("A2", "B1"))
    read(study, "ann", "policy.0002", ("A2",), arm=Arm.ASSISTED)
    return study


def test_a_page_stands_alone(cothemes, study: Study) -> None:
    html, outline = page(cothemes, study)
    assert html.startswith("<!doctype html>")
    assert '<html lang="en-GB">' in html
    assert "script" not in outline.tags
    assert all(link.startswith("#") for link in outline.links)
    assert not re.search(r"url\(|@import|https?://", html)
    assert set(outline.links) <= {f"#{name}" for name in outline.ids}
    assert len(outline.ids) == len(set(outline.ids))


def test_people_are_counted_and_named(cothemes, study: Study) -> None:
    propose(study)
    _, outline = page(cothemes, study)
    assert "Counted from the decisions of ann, bob." in outline.text
    assert (
        "21 of 32 passages that can carry a code are counted, in 10 interviews, 1 policy text" in outline.text
    )
    assert "decided by ann, bob" in outline.text
    assert "not reviewed" not in outline.text
    assert "We trusted each other from the start." in outline.text
    assert "SYNTHETIC" not in outline.text


def test_without_people_every_table_says_who_suggested(cothemes, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study")
    propose(study)
    html, outline = page(cothemes, study)
    label = "suggested by offline@0#r0001, not reviewed"
    captions = re.findall(r"<caption>(.*?)</caption>", html, re.DOTALL)
    counted = [caption for caption in captions if "counted by rule" not in caption]
    assert counted
    assert all(label in caption for caption in counted)
    quotes = re.findall(r"<blockquote>(.*?)</blockquote>", html, re.DOTALL)
    assert quotes
    assert all(label in quote for quote in quotes)
    assert "No table of agreement" in outline.text
    assert "Documents with a code are not counted from suggestions" in outline.text
    # Neither the page nor the command calls suggestions counted or used.
    told = cothemes.done("report", tmp_path / "p.html", study=study.root)
    assert "read by nobody" in told
    assert "read by nobody" in outline.text
    assert "counted," not in told
    assert "in use" not in told


def test_agreement_in_the_page_is_that_of_the_command(cothemes, study: Study) -> None:
    _, outline = page(cothemes, study)
    found = cothemes.json("agreement", study=study.root)
    a1 = next(code for code in found["codes"] if code["code"] == "A1")
    assert f"{a1['percent_agreement']:.2f}".removeprefix("0") in outline.text
    assert f"{a1['alpha']['value']:.2f}".replace("0.", ".").replace("-", "−") in outline.text
    assert "ann (human), bob (human)" in outline.text


def test_hostile_words_are_shown_and_never_run(cothemes, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study", documents=1)
    talk = study.store.documents.get("talk-1")
    assert talk is not None
    study.store.documents.describe("talk-1", {"participant": HOSTILE, "level": HOSTILE})
    passage = study.store.passages.of("talk-1")[1]
    renamed = Document.model_validate({**talk.model_dump(), "title": HOSTILE, "version": "w"})
    study.store.documents.add(renamed)
    study.store.passages.replace(
        "talk-1",
        [
            passage.model_copy(
                update={"id": "talk-1.0900", "version": "w", "text": HOSTILE, "speaker": HOSTILE}
            )
        ],
    )
    read(study, "ann", "talk-1.0900", {"A1": {"status": (HOSTILE,)}})
    html, outline = page(cothemes, study)
    assert "script" not in outline.tags
    assert "img" not in outline.tags
    assert "<script" not in html
    assert "alert(1)" in html
    assert "\x1b" not in html
    assert "\u202e" not in html


def test_synthetic_documents_are_said_to_be_so_on_top_and_below(cothemes, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study", documents=1)
    talk = study.store.documents.get("talk-1")
    assert talk is not None
    study.store.documents.add(talk.model_copy(update={"synthetic": True, "version": "w"}))
    html, outline = page(cothemes, study)
    assert '<p class="band"' in html
    assert "1 of the 2 documents are invented" in outline.text
    assert outline.text.endswith("SYNTHETIC, no findings")


def test_what_is_not_recorded_is_marked(cothemes, study: Study) -> None:
    _, outline = page(cothemes, study)
    assert "How talk was transcribed: [not recorded]" in outline.text
    assert "Round main: 2 reviewers (ann, bob) were given 21 passages in 41 assignments" in outline.text
    assert "drawn at random with probability 0.5 (seed 1)" in outline.text
    assert "41 passages said to be done" in outline.text


def test_rounds_have_tables_of_their_own(cothemes, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study", documents=4)
    for number, name in ((1, "pilot"), (2, "pilot"), (3, "main"), (4, "main")):
        for who in ("ann", "bob"):
            read(study, who, f"talk-{number}.0002", ("A1",) if number % 2 else (), round_name=name)
    _, outline = page(cothemes, study)
    assert "Round pilot: Agreement of ann, bob" in outline.text
    assert "Round main: Agreement of ann, bob" in outline.text


def test_a_study_with_nothing_coded_has_a_page(cothemes, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study", documents=1)
    _, outline = page(cothemes, study)
    assert "Nothing has been coded yet." in outline.text
    assert "No person has coded yet." in outline.text


def test_an_empty_study_is_told_what_to_do(cothemes, tmp_path: Path) -> None:
    cothemes.done("init", tmp_path / "study")
    result = cothemes("report", tmp_path / "report.html", study=tmp_path / "study")
    assert result.exit_code == 3
    assert "cothemes ingest" in result.stderr
    assert not (tmp_path / "report.html").exists()


def test_the_document_of_a_json_call(cothemes, study: Study) -> None:
    found = cothemes.json("report", study.root / "r.html", study=study.root)
    assert found["basis"] == "people"
    assert (found["passages_counted"], found["codes_used"]) == (21, 3)
    assert found["agreement"] == ["agreement"]


def test_synthetic_raters_are_never_called_people(cothemes, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study", documents=3)
    raters = (("one", "synthetic"), ("two", "synthetic"), ("both", "consensus"))
    rows = [
        f"talk-{number}.000{passage},talk-{number},{rater},{kind},{'A1' if passage == 2 else ''}"
        for number in (1, 2, 3)
        for passage in (2, 4)
        for rater, kind in raters
    ]
    path = tmp_path / "ratings.csv"
    path.write_text("\n".join(["unit,doc,rater,kind,code", *rows]) + "\n", encoding="utf-8")
    cothemes.done("import", path, study=study.root)
    _, outline = page(cothemes, study)
    assert "The raters one, two are synthetic, not people." in outline.text
    assert "synthetic raters (one, two), no person" in outline.text
    assert "where both settled the passage, that counts" in outline.text
    assert "one (synthetic), two (synthetic)" in outline.text
    assert "decided by" not in outline.text


def test_evidence_that_was_accepted_is_the_quote(cothemes, tmp_path: Path) -> None:
    study = study_in(tmp_path / "study", documents=1)
    propose(study)
    read(study, "ann", "talk-1.0002", arm=Arm.ASSISTED, done=False)
    cothemes.done("decide", "--as", "ann", "talk-1.0002", "A1", "accept", study=study.root)
    cothemes.done("done", "--as", "ann", "talk-1.0002", study=study.root)
    html, _ = page(cothemes, study)
    assert re.search(r"<blockquote>We trusted each other from the start\.\s*<footer>", html)
    cothemes.done("export", "csv", tmp_path / "out.csv", study=study.root)
    assert "ann,human,decided,assisted,main,We trusted each other from the start.,yes,0,37" in (
        tmp_path / "out.csv"
    ).read_text(encoding="utf-8")


def test_methods_count_a_code_of_a_passage_once_for_each_person(
    cothemes: CommandLine, tmp_path: Path
) -> None:
    """Ann gives A1, describes it and marks its words; bob gives A1 and B1: three codes given, two done."""
    study = study_in(tmp_path / "study")
    assign(study, "ann", {"talk-1.0002": Arm.BLIND})
    ann = Desk(study, "ann")
    card = ann.decide(ann.card("talk-1.0002"), "A1", Action.ADD)
    card = ann.decide(card, "A1", Action.ADD)
    card = ann.keep(card, [ann.session(card).describe(card, "A1", {"status": ["experienced"]})])
    card = ann.keep(card, [ann.session(card).describe(card, "A1", {}, [(0, 10)])])
    ann.done(card)
    read(study, "bob", "talk-1.0002", ("A1", "B1"))
    listed = cothemes.json("codings", "--status", "added", study=study.root)
    assert listed["counts"]["decided"] == 3
    _, outline = page(cothemes, study)
    assert (
        "once for each person: 3 codes added without a suggestion, 2 passages said to be done."
        in outline.text
    )


def test_one_of_a_thing_is_not_told_as_several(cothemes: CommandLine, tmp_path: Path) -> None:
    """Both read one passage of one interview."""
    study = study_in(tmp_path / "study")
    read(study, "ann", "talk-1.0002", ("A1",))
    read(study, "bob", "talk-1.0002", ("A1", "B1"))
    _, outline = page(cothemes, study)
    assert "1 passage that at least two of them coded, in 1 document and 1 cluster;" in outline.text
    assert "Agreement is of 1 passage that at least two raters coded" in outline.text
    several = r"\b1 (?:documents|clusters|passages|assignments|reviewers)\b"
    assert re.findall(rf"(?<![\d.] ){several}", outline.text) == []
