"""REFI-QDA files: what is written reads as the same, and the manners of real programs are understood."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.doubles.foreign_project import JOY, MONEY, TEXT_A, guid, project, selection, zipped

from cothemes.adapters.readers.qdc import read_qdc
from cothemes.adapters.readers.qdpx import read_qdpx
from cothemes.adapters.writers.qdc import write_qdc
from cothemes.adapters.writers.qdpx import write_qdpx
from cothemes.errors import ExchangeError
from cothemes.records.project import (
    Made,
    Medium,
    Project,
    ProjectCase,
    ProjectCode,
    ProjectCoding,
    ProjectNote,
    ProjectSet,
    ProjectSource,
    ProjectUser,
    ProjectVariable,
    Selection,
    VariableValue,
)
from cothemes.stages.exchange.offsets import located

LETTERS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffe\uffff")
WORDS = st.text(LETTERS, max_size=20)
PARAGRAPHS = st.lists(
    st.one_of(LETTERS, st.sampled_from(["\n", "😀", "e\u0301", "👩\u200d👧", " ", "\t"])),
    min_size=1,
    max_size=60,
).map("".join)


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Projects with everything that the format has."""
    numbers = iter(range(1, 10_000))

    def new() -> str:
        return guid(next(numbers))

    users = [ProjectUser(guid=new(), name=draw(WORDS).strip(), id=draw(WORDS)) for _ in range(2)]
    made = Made(by=users[0].guid, at="2024-05-01T10:00:00Z")
    notes = [ProjectNote(guid=new(), name=draw(WORDS), text=draw(PARAGRAPHS), made=made) for _ in range(2)]
    codes: list[ProjectCode] = []
    for _ in range(draw(st.integers(1, 5))):
        above = draw(st.sampled_from(["", *(code.guid for code in codes)]))
        codes.append(
            ProjectCode(
                guid=new(),
                name=draw(WORDS),
                codable=draw(st.booleans()),
                colour=draw(st.sampled_from(["", "#00FF00"])),
                description=draw(PARAGRAPHS),
                parent=above,
                notes=(notes[0].guid,),
            )
        )
    variable = ProjectVariable(guid=new(), name=draw(WORDS), description=draw(WORDS))
    value = VariableValue(variable=variable.guid, value=draw(WORDS.filter(bool)))
    sources = []
    for _ in range(draw(st.integers(1, 2))):
        text = draw(PARAGRAPHS)
        selections = []
        for _ in range(draw(st.integers(0, 5))):
            start = draw(st.integers(0, len(text)))
            end = draw(st.integers(start, len(text)))
            codings = tuple(
                ProjectCoding(
                    guid=new(), code=draw(st.sampled_from(codes)).guid, by=user.guid, notes=(notes[1].guid,)
                )
                for user in users
            )
            selections.append(
                Selection(
                    guid=new(),
                    name=draw(WORDS),
                    description=draw(WORDS),
                    start=start,
                    end=end,
                    made=made,
                    codings=codings,
                )
            )
        sources.append(
            ProjectSource(
                guid=new(),
                name=draw(WORDS.filter(bool)),
                text=text,
                selections=tuple(selections),
                values=(value,),
            )
        )
    case = ProjectCase(guid=new(), name=draw(WORDS), values=(value,), sources=(sources[0].guid,))
    group = ProjectSet(guid=new(), name=draw(WORDS), codes=(codes[0].guid,), sources=(sources[0].guid,))
    order = {"": 0}
    for code in codes:
        order[code.guid] = len(order)
    return Project(
        name=draw(WORDS),
        origin="cothemes test",
        made=made,
        users=tuple(users),
        codes=tuple(_depth_first(codes)),
        variables=(variable,),
        cases=(case,),
        sources=tuple(sources),
        notes=tuple(notes),
        sets=(group,),
        note_refs=(notes[0].guid,),
    )


def _depth_first(codes: list[ProjectCode], parent: str = "") -> list[ProjectCode]:
    found = []
    for code in codes:
        if code.parent == parent:
            found += [code, *_depth_first(codes, code.guid)]
    return found


@settings(max_examples=60)
@given(made=projects())
def test_what_is_written_reads_as_the_same_project(
    tmp_path_factory: pytest.TempPathFactory, made: Project
) -> None:
    path = tmp_path_factory.mktemp("qdpx") / "p.qdpx"
    write_qdpx(path, made)
    first = path.read_bytes()
    again = located(read_qdpx(path)).project
    assert again == made
    write_qdpx(path, again)
    assert path.read_bytes() == first


@settings(max_examples=30)
@given(made=projects())
def test_a_written_codebook_reads_as_the_same_codes(
    tmp_path_factory: pytest.TempPathFactory, made: Project
) -> None:
    path = tmp_path_factory.mktemp("qdc") / "p.qdc"
    write_qdc(path, made)
    read = read_qdc(path)
    assert [each.model_copy(update={"notes": ()}) for each in made.codes] == list(read.codes)
    assert [each.codes for each in read.sets] == [each.codes for each in made.sets]


@settings(max_examples=20)
@given(made=projects())
def test_an_independent_reader_finds_the_same(
    tmp_path_factory: pytest.TempPathFactory, made: Project
) -> None:
    refi = pytest.importorskip("pyrefiqda")
    path = tmp_path_factory.mktemp("other") / "p.qdpx"
    write_qdpx(path, made)
    other = refi.RefiProject.load(str(path), extract_dir=str(path.parent / "unpacked"))
    assert [user.guid for user in other.users.user] == [user.guid for user in made.users]
    found = {
        (selection.guid, selection.start_position, selection.end_position, len(selection.coding))
        for source in other.sources.text_source
        for selection in source.plain_text_selection
    }
    assert found == {
        (each.guid, each.start, each.end, len(each.codings))
        for source in made.sources
        for each in source.selections
    }


def test_an_empty_project_is_valid(tmp_path: Path) -> None:
    write_qdpx(tmp_path / "p.qdpx", Project(name=""))
    assert read_qdpx(tmp_path / "p.qdpx") == Project(name="")
    with pytest.raises(ExchangeError):
        write_qdc(tmp_path / "p.qdc", Project(name=""))


def test_the_file_is_utf8_without_a_mark_and_lines_end_in_lf(tmp_path: Path) -> None:
    source = ProjectSource(guid=guid(1), name="é", text="a\nb\n")
    write_qdpx(tmp_path / "p.qdpx", Project(name="é", sources=(source,)))
    with zipfile.ZipFile(tmp_path / "p.qdpx") as archive:
        names = archive.namelist()
        assert names[0] == "project.qde"
        for name in names:
            data = archive.read(name)
            assert not data.startswith(b"\xef\xbb\xbf")
            assert b"\r" not in data
        assert etree.fromstring(archive.read("project.qde")).get("name") == "é"


def test_what_xml_cannot_hold_never_makes_an_invalid_file(tmp_path: Path) -> None:
    source = ProjectSource(guid=guid(1), name="a\x00b", text="x")
    write_qdpx(tmp_path / "p.qdpx", Project(name="\x1b[0m", sources=(source,)))
    assert read_qdpx(tmp_path / "p.qdpx").sources[0].name == "a\ufffdb"


def test_an_invalid_project_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ExchangeError):
        write_qdpx(tmp_path / "p.qdpx", Project(name="p", users=(ProjectUser(guid="no guid"),)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "manner",
    [
        {},
        {"folder": "sources", "scheme": ""},
        {"inner": "Trial.qde"},
        {"scheme": "relative:///Sources/"},
        {"folder": "deep/Sources"},
    ],
    ids=["as the standard says", "small letters, no scheme", "another inner name", "relative", "deep"],
)
def test_manners_of_real_programs(tmp_path: Path, manner: dict[str, str]) -> None:
    read = read_qdpx(project(tmp_path / "p.qdpx", **manner))  # type: ignore[arg-type]
    assert [source.text is not None for source in read.sources] == [True, True]
    assert read.codings == 5
    joy = next(code for code in read.codes if code.name == "joy")
    # References are spelled as the code is, whatever the file does.
    assert joy.guid == f"{{{JOY.lower()}}}"
    assert {each.code for each in read.sources[0].selections[0].codings} == {joy.guid}
    assert read.codes[0].codable is False


def test_a_text_of_windows_is_read_with_its_marks(tmp_path: Path) -> None:
    windows = ("\ufeff" + TEXT_A.replace("\n", "\r\n")).encode("utf-8")
    start = 1 + len(TEXT_A[: TEXT_A.index("There")].encode("utf-16-le")) // 2 + 1
    parts = selection(101, start, start + len("There was never any money."), "<Description>x</Description>")
    read = read_qdpx(project(tmp_path / "p.qdpx", selections_a=[parts], texts=(windows, b"Money")))
    assert (read.sources[0].crlf, read.sources[0].bom) == (True, True)
    found = located(read)
    assert found.counting.name == "utf16+crlf+bom"
    one = found.project.sources[0].selections[0]
    assert TEXT_A[one.start : one.end] == "There was never any money."


def test_utf16_texts_are_read(tmp_path: Path) -> None:
    read = read_qdpx(project(tmp_path / "p.qdpx", texts=(TEXT_A.encode("utf-16"), b"Money")))
    assert read.sources[0].text == TEXT_A


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({}, "project.qde"),
        ({"a.qde": b"<Project/>", "b.qde": b"<Project/>"}, "2 projects"),
        ({"project.qde": b"<CodeBook/>"}, "not a project"),
        ({"project.qde": b"<Project"}, "well-formed"),
        ({"project.qde": b'<!DOCTYPE a [<!ENTITY b "c">]><Project name="&b;"/>'}, "not read"),
        ({"project.qde": b"<Project>" + b"<a>" * 200 + b"</a>" * 200 + b"</Project>"}, "deep"),
    ],
)
def test_files_that_are_refused(tmp_path: Path, parts: dict[str, bytes], told: str) -> None:
    with pytest.raises(ExchangeError, match=re.escape(told)):
        read_qdpx(zipped(tmp_path / "p.qdpx", parts))


def test_what_has_no_place_is_counted(tmp_path: Path) -> None:
    more = f"""<PictureSource guid="{guid(81)}" name="a.jpg" path="internal://a.jpg">
<PictureSelection guid="{guid(82)}" firstX="0" firstY="0" secondX="1" secondY="1">
<Coding guid="{guid(83)}"><CodeRef targetGUID="{MONEY}"/></Coding></PictureSelection></PictureSource>
<PDFSource guid="{guid(84)}" name="b.pdf"><Representation guid="{guid(85)}" name="r">
<PlainTextContent>Money again.</PlainTextContent>
<PlainTextSelection guid="{guid(86)}" startPosition="0" endPosition="5">
<Coding guid="{guid(87)}"><CodeRef targetGUID="{MONEY}"/></Coding></PlainTextSelection>
</Representation></PDFSource>
<AudioSource guid="{guid(88)}" name="c.mp3"><Transcript guid="{guid(89)}">
<PlainTextContent>Hello there</PlainTextContent>
<SyncPoint guid="{guid(90)}" position="0" timeStamp="0"/>
<SyncPoint guid="{guid(91)}" position="5" timeStamp="9"/>
<TranscriptSelection guid="{guid(92)}" fromSyncPoint="{guid(90)}" toSyncPoint="{guid(91)}">
<Coding guid="{guid(93)}"><CodeRef targetGUID="{MONEY}"/></Coding></TranscriptSelection>
</Transcript></AudioSource>"""
    read = read_qdpx(project(tmp_path / "p.qdpx", more=more))
    lost = {loss.what: loss.count for loss in read.losses}
    assert lost["selections of a picture"] == 1
    assert lost["codings of places in a picture"] == 1
    assert lost["times that tie a transcript to its recording"] == 2
    by_name = {source.name: source for source in read.sources}
    assert by_name["b.pdf"].medium is Medium.PDF
    assert by_name["b.pdf"].selections[0].codings[0].code == MONEY
    assert (by_name["c.mp3"].selections[0].start, by_name["c.mp3"].selections[0].end) == (0, 5)


@pytest.mark.shared
def test_samples_of_real_programs(shared: Path, tmp_path: Path) -> None:
    samples = shared / "reference" / "refi-qda" / "samples"
    qc = located(read_qdpx(samples / "qc_1.3.2_masked.qdpx"))
    assert (len(qc.project.codes), qc.project.codings, len(qc.project.users)) == (262, 205, 1)
    assert sum(not code.parent for code in qc.project.codes) == 3
    assert qc.scores[0].share == 1.0
    maxqda = read_qdpx(samples / "maxqda24_masked.qdpx")
    assert (len(maxqda.codes), len(maxqda.sources), len(maxqda.sets)) == (307, 10, 2)
    assert all(code.description for code in maxqda.codes)
    atlas = read_qdpx(samples / "atlasti8mac_refi_annexA2.qdpx")
    assert (len(atlas.codes), len(atlas.sets), len(atlas.users)) == (14, 16, 3)
    assert not any(source.text for source in atlas.sources)
    lost = {loss.what: loss.count for loss in atlas.losses}
    assert lost["selections of a pdf"] == 4
    assert lost["times that tie a transcript to its recording"] == 13
    kept = sum(len(each.codings) for source in atlas.sources for each in source.selections)
    assert kept + sum(count for what, count in lost.items() if what.startswith("codings")) == 16
    assert [code.codable for code in read_qdc(samples / "refi_annexA1_codebook.qdc").codes] == [
        False, True, True, False, True, True,
    ]  # fmt: skip
    for each in (qc.project, maxqda):
        write_qdpx(tmp_path / "again.qdpx", each)
        assert located(read_qdpx(tmp_path / "again.qdpx")).project == each.model_copy(update={"losses": ()})
