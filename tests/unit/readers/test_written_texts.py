"""Word processors, web pages and books: paragraphs, headings, lists, tables, and what is left out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from tests.contracts.files import FODT, W, docx, epub, odt, paragraph, table, zipped
from tests.unit.readers.reading import blocks, document, source, turns

from cothemes.errors import FileUnreadable
from cothemes.records.source import LineStyle, ReadOptions

TALK_ROWS = [
    ("Line", "Time", "Speaker", "Text", "Notes"),
    ("1", "00:01", "Jane", "Shall we begin with the hall?", ""),
    ("2", "00:04", "Tom", "Yes, and gladly at that.", "nods"),
    ("3", "00:09", "Jane", "And who came in the spring?", ""),
    ("4", "00:12", "Tom", "Everybody came to it then.", ""),
]
SAID = [(voice, time, words) for _, time, voice, words, _ in TALK_ROWS[1:]]


def rtf(body: str, head: str = "") -> str:
    return "{\\rtf1\\ansi\\ansicpg1252" + head + " " + body + "}"


def html_table(rows: list[tuple[str, ...]]) -> str:
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><body><table>{cells}</table></body></html>"


def odt_table(rows: list[tuple[str, ...]]) -> bytes:
    cells = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row)
        + "</table:table-row>"
        for row in rows
    )
    return odt(f"<table:table>{cells}</table:table>")


def rtf_table(rows: list[tuple[str, ...]]) -> str:
    body = "".join(
        "\\trowd\\pard\\intbl " + "".join(f"{cell}\\cell " for cell in row) + "\\row " for row in rows
    )
    return rtf(body + "\\pard ")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", docx(table(*TALK_ROWS))),
        ("a.odt", odt_table(TALK_ROWS)),
        ("a.rtf", rtf_table(TALK_ROWS)),
        ("a.html", html_table(TALK_ROWS)),
    ],
)
def test_a_transcript_in_a_table_without_line_numbers_and_notes(
    tmp_path: Path, name: str, content: str | bytes
) -> None:
    found = document(tmp_path, name, content)
    assert turns(found) == SAID
    assert "nods" in found.text


@pytest.mark.parametrize("rows", [TALK_ROWS[:3], [("a", "1", "2", "3", "4", "5")] * 5, [("x", "y")] * 6])
def test_a_table_of_figures_stays_one(tmp_path: Path, rows: list[tuple[str, ...]]) -> None:
    found = source(tmp_path, "a.docx", docx(table(*rows)))
    assert {line.style for line in found.lines} == {LineStyle.TABLE}


def test_docx_main_part_of_any_name(tmp_path: Path) -> None:
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://x/relationships/officeDocument" Target="/word/other2.xml"/>'
        "</Relationships>"
    )
    whole = docx(paragraph("We met."))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/other2.xml"] = parts.pop("word/document.xml")
    content = zipped({"[Content_Types].xml": "<Types/>", "_rels/.rels": relations, **parts})
    assert document(tmp_path, "a.docx", content).text == "We met."
    # The ending says nothing that the content does not.
    assert document(tmp_path, "a.doc", content).reader == "docx"


NUMBERING = f"""<w:numbering xmlns:w="{W}">
<w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>
</w:lvlOverride></w:num>
</w:numbering>"""


def item(text: str, number: int, level: int = 0) -> str:
    properties = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def test_docx_numbers_of_lists(tmp_path: Path) -> None:
    body = (
        item("Heat", 1), item("of rooms", 1, 1), item("of water", 1, 1), item("Light", 1),
        item("of day", 1, 1),
        item("a bullet", 2), paragraph("Between."), item("Begins anew", 3), item("Goes on", 3),
        item("none", 0),
        item("gone", 9),
    )  # fmt: skip
    found = source(tmp_path, "a.docx", docx(*body, parts={"word/numbering.xml": NUMBERING}))
    assert [line.text for line in found.lines] == [
        "3. Heat", "3.a) of rooms", "3.b) of water", "4. Light", "4.a) of day",
        "a bullet", "Between.", "1. Begins anew", "2. Goes on", "none", "gone",
    ]  # fmt: skip


def test_docx_numbers_before_turns_are_left_out_and_counted(tmp_path: Path) -> None:
    body = [item(f"{'Jane' if n % 2 else 'Tom'}: We met {n} times.", 1) for n in range(6)]
    found = document(tmp_path, "a.docx", docx(*body, parts={"word/numbering.xml": NUMBERING}))
    assert {block.speaker for block in found.blocks} == {"Jane", "Tom"}
    assert not any(ch in found.text for ch in ("3.", "8."))
    assert any("numbers of a list" in note for note in found.notes)


def test_docx_counts_comments_and_notes_of_any_part_name(tmp_path: Path) -> None:
    comments = (
        f'<w:comments xmlns:w="{W}"><w:comment><w:p><w:r><w:t>x</w:t></w:r></w:p></w:comment></w:comments>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r1" Type="http://x/relationships/comments" Target="remarks9.xml"/></Relationships>'
    )
    parts = {"word/remarks9.xml": comments, "word/_rels/document.xml.rels": relations}
    assert "Left out: 1 comment." in source(tmp_path, "a.docx", docx(paragraph("We met."), parts=parts)).notes


ODT_BODY = """<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>
</text:changed-region></text:tracked-changes>
<text:p text:style-name="Title">A plan</text:p>
<text:h text:outline-level="1">Why</text:h>
<text:p>We<text:s text:c="2"/>met<text:note><text:note-body><text:p>a note</text:p></text:note-body>
</text:note> in <text:span text:style-name="B">May</text:span>.<text:line-break/>And<text:tab
/>left.<office:annotation>
<text:p>remark</text:p></office:annotation></text:p>
<text:list text:style-name="L"><text:list-item><text:p>one</text:p><text:list><text:list-item>
<text:p>deep</text:p></text:list-item></text:list></text:list-item><text:list-item><text:p>two</text:p></text:list-item></text:list>
<text:p text:style-name="H">hidden</text:p>
<text:p>Seen <text:span text:style-name="H2">unseen</text:span>.</text:p>
<text:p text:style-name="P">All bold.</text:p>
<text:p><draw:frame><draw:text-box><text:p>In a box.</text:p></draw:text-box></draw:frame></text:p>"""
ODT_STYLES = """<style:style style:name="B"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="P"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="H"><style:text-properties text:display="none"/></style:style>
<style:style style:name="H2"><style:text-properties text:display="none"/></style:style>
<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1"/>
<text:list-level-style-number text:level="2" style:num-format="i"/></text:list-style>"""


def test_odt_walks_the_body(tmp_path: Path) -> None:
    found = source(tmp_path, "a.odt", odt(ODT_BODY, ODT_STYLES))
    assert found.title == "A plan"
    assert [(line.style.value, line.text) for line in found.lines] == [
        ("heading", "A plan"), ("heading", "Why"), ("text", "We  met in May."), ("text", "And\tleft."),
        ("bullet", "1. one"), ("bullet", "i. deep"), ("bullet", "2. two"), ("text", "Seen ."),
        ("text", "All bold."), ("text", "In a box."),
    ]  # fmt: skip
    assert [line.text for line in found.lines if line.strong] == ["All bold."]
    assert set(found.notes) == {
        "Left out: comments (1).", "Left out: footnotes and endnotes (1).",
        "Left out: passages of hidden words (2).", "Left out: tracked deletions (1).",
    }  # fmt: skip


def test_odt_as_one_file_of_xml_and_what_is_none(tmp_path: Path) -> None:
    assert document(tmp_path, "a.fodt", FODT).text == "We met."
    for content in (zipped({"content.xml": "<x/>"}), b"PK\x03\x04 broken", "<office:document"):
        with pytest.raises(FileUnreadable):
            source(tmp_path, "a.odt", content)
    locked = zipped({"content.xml": "<x/>", "META-INF/manifest.xml": "<m><encryption-data/></m>"})
    with pytest.raises(FileUnreadable, match="password"):
        source(tmp_path, "a.odt", locked)


def test_rtf_words_without_what_belongs_to_the_program(tmp_path: Path) -> None:
    head = (
        "{\\fonttbl{\\f0\\froman\\fcharset0 Times;}{\\f1\\fnil\\fcharset204 Arial;}}{\\colortbl;\\red0;}"
        "{\\stylesheet{\\s0 Normal;}{\\s1\\b heading 1;}{\\s2 Title;}}"
        "{\\info{\\title No words}}{\\*\\generator X;}"
    )
    body = (
        "\\pard\\s2 A plan\\par\\pard\\s1 Why\\par\\pard We{\\footnote a note} met in {\\b May}."
        "\\line And\\tab left.\\par"
        '{\\field{\\*\\fldinst HYPERLINK "x"}{\\fldrslt A link}} '
        "caf\\'e9 \\u8220?so\\u8221? {\\f1 \\'cc\\'fb}\\par"
        "{\\pict\\wmetafile8 0102030405}{\\v hidden}Seen.{\\deleted gone}{\\*\\unknown none}\\par"
        "{\\b All bold.}\\par \\u55357?\\u56832?\\~\\_\\{\\}\\par{\\annotation remark}"
        "\\pard{\\listtext\\pard 1.\\tab}one\\par{\\listtext\\f3\\'b7\\tab}point\\par"
    )
    found = source(tmp_path, "a.rtf", rtf(body, head))
    assert [(line.style.value, line.level, line.text) for line in found.lines] == [
        ("heading", 0, "A plan"), ("heading", 1, "Why"), ("text", 0, "We met in May."),
        ("text", 0, "And\tleft."),
        ("text", 0, "A link café “so” Мы"), ("text", 0, "Seen."), ("text", 0, "All bold."),
        ("text", 0, "😀\u00a0-{}"), ("bullet", 0, "1. one"), ("bullet", 0, "point"),
    ]  # fmt: skip
    assert found.title == "A plan"
    assert [line.text for line in found.lines if line.strong] == ["All bold."]
    assert set(found.notes) == {
        "Left out: comments (1).", "Left out: footnotes and endnotes (1).",
        "Left out: passages of hidden words (1).", "Left out: tracked deletions (1).",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("page", "letters", "words"),
    [
        ("1251", b"\\'cc\\'fb", "Мы"),
        ("932", b"\\'82\\'b1", "こ"),
        ("65001", "é".encode(), "é"),
        ("9999", b"\\'e9", "é"),
    ],
)
def test_rtf_code_pages(tmp_path: Path, page: str, letters: bytes, words: str) -> None:
    content = b"{\\rtf1\\ansi\\ansicpg" + page.encode() + b" " + letters + b"\\par}"
    assert document(tmp_path, "a.rtf", content).text == words


def test_rtf_binary_data_is_passed_over(tmp_path: Path) -> None:
    content = b"{\\rtf1 We{\\pict\\bin5 }{}{\\} met.\\par}"
    assert document(tmp_path, "a.rtf", content).text == "We met."


HTML = """<!DOCTYPE html><html><head><title>The
plan</title><style>p{}</style></head><body><nav><a>Home</a></nav><h1>Why</h1>
<p>We <b>met</b> in&nbsp;May<!-- not
this -->.<br>And left.</p><script>var x = "no";</script>
<ol start="3"><li>one</li><li><p>two</p><p>more</p></li></ol><ul><li>point</li></ul>
<div hidden>unseen</div><p style="display: none">unseen</p><pre>a  b
c</pre><table><tr><th>Item</th><th>Price</th></tr><tr><td>He<i>at</i></td><td>3</td></tr></table>
<table><tr><td><p>Laid out.</p></td></tr></table><p><strong>All bold.</strong></p>loose</body></html>"""


def test_html_as_a_browser_shows_it(tmp_path: Path) -> None:
    found = source(tmp_path, "a.html", HTML)
    assert found.title == "The plan"
    assert [(line.style.value, line.text) for line in found.lines] == [
        ("heading", "Why"), ("text", "We met in May."), ("text", "And left."),
        ("bullet", "3. one"), ("bullet", "4. two"), ("text", "more"), ("bullet", "point"),
        ("text", "a  b"), ("text", "c"), ("table", "Item | Price"), ("table", "Heat | 3"),
        ("text", "Laid out."), ("text", "All bold."), ("text", "loose"),
    ]  # fmt: skip
    assert [line.text for line in found.lines if line.strong] == ["All bold."]
    assert set(found.notes) == {"Left out: hidden parts (2).", "Left out: navigation (1)."}


def test_html_turns_in_bold(tmp_path: Path) -> None:
    talk = "".join(f"<p><b>{'Jane' if n % 2 else 'Tom'}:</b> We met {n} times.</p>" for n in range(6))
    found = document(tmp_path, "a.txt", f"<html><body>{talk}</body></html>")
    assert [(voice, words) for voice, _, words in turns(found)] == [
        ("Jane" if n % 2 else "Tom", f"We met {n} times.") for n in range(6)
    ]


@pytest.mark.parametrize("declared", ["windows-1251", "utf-8", ""])
def test_html_in_the_encoding_that_it_names(tmp_path: Path, declared: str) -> None:
    meta = f'<meta charset="{declared}">' if declared else ""
    content = f"<html><head>{meta}</head><body><p>Мы встретились в мае.</p></body></html>"
    found = document(tmp_path, "a.html", content.encode(declared or "utf-8"))
    assert found.text == "Мы встретились в мае."
    assert not any("encoding" in note for note in found.notes)


def test_a_page_without_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="without words"):
        source(tmp_path, "a.html", "<html><body><script>x</script></body></html>")


def test_epub_chapters_in_the_order_of_the_spine(tmp_path: Path) -> None:
    content = epub("<h1>One</h1><p>We met.</p>", "<p>And left.</p>")
    found = document(tmp_path, "a.epub", content)
    assert found.title == "A book"
    assert blocks(found) == [("heading", "One"), ("paragraph", "We met."), ("paragraph", "And left.")]
    assert found.offsets.source_of(found.blocks[-1].start) == 3


def test_epub_that_is_locked_or_has_no_words(tmp_path: Path) -> None:
    lock = '<e><CipherReference URI="OEBPS/text/c1.xhtml"/></e>'
    with pytest.raises(FileUnreadable, match="copy-protected"):
        source(tmp_path, "a.epub", epub("<p>We met.</p>", more={"META-INF/encryption.xml": lock}))
    fonts = '<e><CipherReference URI="OEBPS/fonts/a.otf"/></e>'
    assert source(tmp_path, "a.epub", epub("<p>We met.</p>", more={"META-INF/encryption.xml": fonts}))
    with pytest.raises(FileUnreadable, match="no words"):
        source(tmp_path, "a.epub", epub("<p></p>"))
    with pytest.raises(FileUnreadable, match="without an electronic book"):
        source(tmp_path, "a.epub", zipped({"mimetype": "application/epub+zip"}))


@pytest.mark.parametrize(
    "encoding", ["gbk", "big5", "shift_jis", "cp1251", "koi8_r", "cp1250", "mac_roman", "utf-16-le"]
)
def test_a_named_encoding_is_used_and_said(tmp_path: Path, encoding: str) -> None:
    words = {
        "gbk": "我们谈到",
        "big5": "我們談到",
        "shift_jis": "町の話",
        "cp1251": "Мы",
        "koi8_r": "Мы",
    }.get(encoding, "né")
    content = f"P1: {words}.\nP2: {words}.\nP1: {words}.\n"
    found = document(tmp_path, "a.txt", content.encode(encoding), ReadOptions(encoding=encoding))
    assert found.text == content
    assert any(encoding in note and "--encoding" in note for note in found.notes)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1251", "Мы говорили о том, как люди живут рядом с рекой и почему им здесь нравится."),
        ("koi8_r", "Мы говорили о том, как люди живут рядом с рекой и почему им здесь нравится."),
        ("gbk", "我们谈到了人们如何在河边生活，以及他们为什么喜欢这里。"),
        ("shift_jis", "私たちは川のそばに住む人々について話しました。"),
        ("cp1253", "Μιλήσαμε για το πώς ζουν οι άνθρωποι κοντά στο ποτάμι."),
        ("cp1250", "Mówiliśmy o tym, jak ludzie żyją przy rzece i dlaczego się im tu podoba."),
        ("cp1252", "Wir sprachen darüber, wie die Leute am Fluss leben. Schöne Grüße für £5."),
    ],
)
def test_an_encoding_is_found_and_said(tmp_path: Path, encoding: str, words: str) -> None:
    found = document(tmp_path, "a.txt", f"P1: {words}\n".encode(encoding))
    assert found.text == f"P1: {words}\n"
    assert any(note.startswith("Not UTF-8: read as") for note in found.notes)


def test_an_encoding_that_is_a_guess_names_another_and_the_option(tmp_path: Path) -> None:
    found = document(
        tmp_path, "a.txt", "P1: Nasıl yaşadıklarını konuştuk. Çoğu şimdi gitti.\n".encode("cp1254")
    )
    assert any("Uncertain" in note and "--encoding" in note for note in found.notes)


BOX = (
    "<w:p><w:r><w:t>Yes, and gladly.</w:t></w:r><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>In a box.</w:t>"
    "</w:r><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>Deeper.</w:t></w:r></w:p></w:txbxContent></w:pict>"
    "</w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
)
ODT_BOX = (
    "<text:p>Yes, and gladly.<draw:frame><draw:text-box><text:p>In a box.<draw:frame><draw:text-box>"
    "<text:p>Deeper.</text:p></draw:text-box></draw:frame></text:p></draw:text-box></draw:frame></text:p>"
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", docx(f"<w:tbl><w:tr><w:tc>{BOX}</w:tc></w:tr></w:tbl>")),
        (
            "a.odt",
            odt(
                "<table:table><table:table-row><table:table-cell>"
                f"{ODT_BOX}</table:table-cell></table:table-row></table:table>"
            ),
        ),
    ],
)
def test_words_of_text_boxes_in_cells_are_kept(tmp_path: Path, name: str, content: bytes) -> None:
    assert [line.text for line in source(tmp_path, name, content).lines] == [
        "Yes, and gladly. In a box. Deeper."
    ]


def test_a_time_that_somebody_said_is_no_time_of_the_row(tmp_path: Path) -> None:
    rows = [(voice, words) for _, _, voice, words, _ in TALK_ROWS[1:]]
    rows += [("Jane", "When did you have lunch there?"), ("Tom", "12:30"), ("Jane", "[00:40] And then?")]
    found = turns(document(tmp_path, "a.docx", docx(table(*rows))))
    assert found[-2] == ("Tom", "", "12:30")


def test_a_name_in_a_row_of_its_own_goes_with_the_words_below_it(tmp_path: Path) -> None:
    rows = [(voice, words) for _, _, voice, words, _ in TALK_ROWS[1:]]
    rows += [("Jane", ""), ("", "And who paid for it?"), ("", "In the end."), ("Tom", "The town paid.")]
    found = turns(document(tmp_path, "a.docx", docx(table(*rows))))
    assert [voice for voice, _, _ in found[-2:]] == ["Jane", "Tom"]
    assert "In the end." in found[-2][2]


def test_odt_styles_take_over_from_those_they_are_based_on(tmp_path: Path) -> None:
    styles = """<style:style style:name="P1" style:parent-style-name="Title"/>
<style:style style:name="B"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="B2" style:parent-style-name="B"/>
<style:style style:name="B3" style:parent-style-name="B2"><style:text-properties fo:font-weight="normal"/>
</style:style>
<style:style style:name="C1" style:parent-style-name="C2"/>
<style:style style:name="C2" style:parent-style-name="C1"/>"""
    body = "".join(f'<text:p text:style-name="{name}">{name}</text:p>' for name in ("P1", "B2", "B3", "C1"))
    found = source(tmp_path, "a.odt", odt(body, styles))
    assert found.title == "P1"
    assert [line.text for line in found.lines if line.strong] == ["B2"]


def test_rtf_words_behind_its_last_brace_are_counted(tmp_path: Path) -> None:
    found = source(tmp_path, "a.rtf", "{\\rtf1 We met.\\par}} And left.\\par}\n\0")
    assert [line.text for line in found.lines] == ["We met."]
    assert any("behind the end" in note for note in found.notes)
    assert source(tmp_path, "b.rtf", rtf("We met.\\par") + "\r\n\0").notes == ()


def test_html_caption_of_a_table_is_a_line_above_it(tmp_path: Path) -> None:
    content = html_table([("Year", "People"), ("2023", "40")]).replace(
        "<table>", "<table><caption>Who <b>came</b></caption>"
    )
    assert [line.text for line in source(tmp_path, "a.html", content).lines] == [
        "Who came", "Year | People", "2023 | 40",
    ]  # fmt: skip


def test_epub_parts_that_are_set_apart_are_counted(tmp_path: Path) -> None:
    content = epub("<p>We met.</p>", "<p>Note 1.</p>")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        parts: dict[str, str | bytes] = {name: book.read(name) for name in book.namelist()}
    (name,) = [name for name in parts if name.endswith(".opf")]
    before, _, after = bytes(parts[name]).rpartition(b"<itemref ")  # type: ignore[arg-type]
    parts[name] = before + b'<itemref linear="no" ' + after
    found = source(tmp_path, "a.epub", zipped(parts))
    assert [line.text for line in found.lines] == ["We met."]
    assert found.notes == ("Left out: parts that the book sets apart from its chapters (1).",)
