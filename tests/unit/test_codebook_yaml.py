"""codebook.yaml is read whole or refused with every fault placed by line; hostile files at once."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cothemes.adapters.readers.codebook_yaml import read_codebook
from cothemes.errors import CodebookError
from cothemes.records.codebook import Attribute, Code, Example, NearMiss, Theme
from cothemes.records.problem import Severity

HEAD = "codebook: {id: c}\ncodes:\n"
WHOLE = """\
codebook:
  id: copro
  version: 1.10
  title: Working together
  status: draft
  drawn: 2026-11-22
  piloted: no
  coders: 2
  sites: [north, {name: south}]
research_questions:
  RQ1: What helps?
general_rules:
  - Code what is said.
attributes:
  valence: {values: [helps, hinders], applies_to: [A, B1], many: true, definition: Its direction.}
lexical_probes:
  co_production: '\\bco[\\s\\-\\u2010\\u2011]?produc(?:e|tion)\\b'
themes:
  A: {label: "Practice, and more", rq: [RQ1]}
  B: {label: Results}
codes:
  - id: A1
    label: Meaning
    theme: A
    brief: What it is.
    definition: >-
      Says what
      the word means.
    include_when:
      - Defines it.
    exclude_when:
      - Only uses it.
    examples:
      - It means us at the table.
      - {text: "Aye, that.", kind: quotation}
    near_misses:
      - {text: No idea what it is., code: B1}
      - {text: The lead is off., code: none}
      - Off until March.
  - id: B1
    label: yes
    parent: A1
    definition: 42
"""


@pytest.fixture
def codebook_file(tmp_path: Path) -> Path:
    return tmp_path / "codebook.yaml"


def refused(path: Path, text: str | bytes) -> CodebookError:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(CodebookError) as caught:
        read_codebook(path)
    return caught.value


def faults(path: Path, text: str) -> list[tuple[int | None, str]]:
    found = refused(path, text).problems
    return [(p.line, p.message) for p in found if p.severity is Severity.ERROR]


def warnings(path: Path, text: str) -> list[tuple[int | None, str, str]]:
    path.write_text(text)
    _, found = read_codebook(path)
    return [(p.line, p.message, p.hint) for p in found]


def test_every_field_is_read(codebook_file: Path) -> None:
    codebook_file.write_text(WHOLE)
    codebook, found = read_codebook(codebook_file)
    assert found == ()
    assert (codebook.id, codebook.version, codebook.title) == ("copro", "1.10", "Working together")
    assert codebook.meta == {
        "status": "draft",
        "drawn": "2026-11-22",
        "piloted": False,
        "coders": 2,
        "sites": ["north", {"name": "south"}],
    }
    assert codebook.research_questions == {"RQ1": "What helps?"}
    assert codebook.general_rules == ("Code what is said.",)
    assert codebook.lexical_probes == {"co_production": r"\bco[\s\-\u2010\u2011]?produc(?:e|tion)\b"}
    assert codebook.attributes == (
        Attribute(
            name="valence",
            values=("helps", "hinders"),
            applies_to=("A", "B1"),
            many=True,
            definition="Its direction.",
        ),
    )
    assert codebook.themes == (
        Theme(id="A", label="Practice, and more", rq=("RQ1",)),
        Theme(id="B", label="Results"),
    )
    assert codebook.codes == (
        Code(
            id="A1",
            label="Meaning",
            theme="A",
            brief="What it is.",
            definition="Says what the word means.",
            include_when=("Defines it.",),
            exclude_when=("Only uses it.",),
            examples=(
                Example(text="It means us at the table."),
                Example(text="Aye, that.", kind="quotation"),
            ),
            near_misses=(
                NearMiss(text="No idea what it is.", code="B1"),
                NearMiss(text="The lead is off.", code="none"),
                NearMiss(text="Off until March.", code="none"),
            ),
            line=22,
        ),
        Code(id="B1", label="yes", parent="A1", definition="42", line=40),
    )
    assert codebook.attributes_of("B1") == codebook.attributes


def test_the_hash_does_not_hang_on_layout(codebook_file: Path) -> None:
    codebook_file.write_text(WHOLE)
    first, _ = read_codebook(codebook_file)
    codebook_file.write_bytes(b"\xef\xbb\xbf# a note\r\n" + WHOLE.replace("\n", "\r\n").encode())
    second, _ = read_codebook(codebook_file)
    assert second.hash == first.hash
    assert [c.text_hash for c in second.codes] == [c.text_hash for c in first.codes]
    assert second.codes[0].line == 23


def test_all_faults_are_listed_at_once_by_line(codebook_file: Path) -> None:
    text = """\
codebook:
  title: No id
attributes:
  status: {values: [], applies_to: all codes}
  valence: {values: [a, a], applies_to: [Z9]}
lexical_probes:
  bad: '(unclosed'
themes:
  A: {rq: [RQ1]}
codes:
  - id: A1
    label: First
    theme: Q
    definition: d
  - id: A1
    label: Again
    definition: d
    near_misses:
      - {text: t, code: A9}
  - id: none
    label: Reserved
    definition: d
  - id: A2
    parent: A7
    definition: [not, text]
  - label: No id
    definition: d
"""
    assert faults(codebook_file, text) == [
        (1, "codebook has no id"),
        (4, "attribute status has no values"),
        (4, "attribute status: applies_to is the text `all codes`, not a list of ids"),
        (5, "attribute valence: the value `a` occurs twice"),
        (5, "attribute valence: applies_to names no code or theme `Z9`"),
        (
            7,
            "lexical probe bad is not a regular expression: missing ), unterminated subpattern at position 0",
        ),
        (9, "theme A has no label"),
        (13, "code A1: no theme `Q`"),
        (15, "the code id `A1` occurs twice, in lines 11 and 15"),
        (19, "code A1: a near-miss names no code `A9`"),
        (20, "the id `none` is reserved for passages without a code"),
        (23, "code A2 has no label"),
        (24, "code A2: no parent code `A7`"),
        (25, "code A2: definition is a list, not a text"),
        (26, "a code has no id"),
    ]


def test_a_pattern_that_python_doubts_is_warned_of_by_line(
    codebook_file: Path, recwarn: pytest.WarningsRecorder
) -> None:
    text = f"lexical_probes:\n  fine: a\n  odd: '[a&&b]'\n{HEAD}  - {{id: A, label: x, definition: y}}\n"
    codebook_file.write_text(text, encoding="utf-8")
    for _ in range(2):
        _, problems = read_codebook(codebook_file)
        (problem,) = problems
        assert (problem.severity, problem.line) == (Severity.WARNING, 3)
        assert "odd: possible set intersection at position 2 of `[a&&b]`" in problem.message
    assert not recwarn.list


def test_the_error_itself_tells_the_first_fault_and_how_many_more(codebook_file: Path) -> None:
    error = refused(codebook_file, HEAD + "  - {id: A, definition: x}\n  - {id: B, definition: y}\n")
    assert str(error) == (
        f"{codebook_file}:3: code A has no label (and 1 more error)\n  → Add `label: …` to it."
    )
    assert error.exit_code == 3


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("themes A and B", "applies_to: [A, B]"),
        ("all codes", "applies_to: [A, B]"),
        ("C1", "applies_to: [C1]"),
        ("document", "metadata table"),
    ],
)
def test_applies_to_in_words_is_answered_with_a_list(codebook_file: Path, said: str, hint: str) -> None:
    error = refused(
        codebook_file,
        f"codebook: {{id: c}}\nattributes:\n  s: {{values: [x], applies_to: {said}}}\n"
        "themes: {A: {label: a}, B: {label: b}}\ncodes:\n  - {id: C1, label: l, theme: A, definition: d}\n",
    )
    assert hint in error.hint
    assert "list of the ids" in error.hint


def test_unknown_keys_are_warned_of_with_the_nearest_known_one(codebook_file: Path) -> None:
    text = (
        "codebook: {id: c, anything: goes}\nreserch_questions: {RQ1: q}\nsources: [x]\n"
        "themes:\n  A: {label: Social, policy and context, rq: [RQ9]}\n"
        "codes:\n  - id: C 1\n    label: l\n    definition: d\n    defnition: e\n"
        "    examples:\n      - {text: t, kind: ilustrative, colour: red}\n"
        "    near_misses:\n      - {text: t, code: C 1}\n"
    )
    found = warnings(codebook_file, text)
    assert [(line, message) for line, message, _ in found] == [
        (2, "the file: unknown key `reserch_questions`"),
        (3, "the file: unknown key `sources`"),
        (5, "theme A: unknown key `policy and context`"),
        (5, "theme A: no research question `RQ9`"),
        (7, "the code id `C 1` holds a space, comma or equals sign"),
        (10, "a code: unknown key `defnition`"),
        (12, "code C 1: an entry of examples: unknown key `colour`"),
        (12, "code C 1: an entry of examples: unknown kind `ilustrative`"),
        (14, "code C 1: a near-miss names the code itself"),
    ]
    assert found[0][2] == "Did you mean `research_questions`?"
    assert "comma" in found[2][2]
    assert found[5][2] == "Did you mean `definition`?"


def test_keys_that_stand_twice_are_not_settled_in_silence(codebook_file: Path) -> None:
    text = HEAD + "  - id: A\n    label: l\n    definition: d\n    definition: e\n"
    assert faults(codebook_file, text) == [(6, "a code: the key `definition` occurs twice, in lines 5 and 6")]


def test_parents_in_a_circle(codebook_file: Path) -> None:
    codes = "".join(
        f"  - {{id: {own}, label: l, definition: d, parent: {parent}}}\n"
        for own, parent in (("A", "B"), ("B", "C"), ("C", "B"), ("D", "D"))
    )
    assert faults(codebook_file, HEAD + codes) == [
        (4, "parents lead in a circle: B → C → B"),
        (6, "parents lead in a circle: D → D"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", None, "is empty"),
        ("# only a comment\n", None, "is empty"),
        ("just words\n", 1, "the file is a single text"),
        ("- a\n- b\n", 1, "the file is a list"),
        ("codebook: x\ncodes: []\n", 1, "codebook is the text `x`"),
        ("codebook: {id: c}\n", 1, "there is no block `codes:`"),
        (HEAD + "  - {id: A, definition: d}\n", 3, "code A has no label"),
        ("codebook: {id: c}\ncodes: {A: {label: x}}\n", 2, "codes is a block of `key: value`, not a list"),
        ("codebook: {id: c}\ncodes: [A1]\n", 2, "an entry of codes is the text `A1`"),
        (HEAD + "  - {id: [A], label: l, definition: d}\n", 3, "a code: id is a list, not a text"),
        (HEAD + '  - {id: A, label: "\\e[2J", definition: d}\n', 3, "control character U+001B"),
        (HEAD + "  - {id: A, label: l, definition: d, include_when: x}\n", 3, "not a list"),
        (
            HEAD + "  - id: A\n    label: l\n    definition: d\n    include_when:\n      - a: b\n",
            7,
            "not a text",
        ),
        (HEAD + "  - {id: A, label: l, definition: d, examples: ['']}\n", 3, "has no text"),
        (HEAD + "  - {id: A, label: l, definition: d, exclude_when: ['']}\n", 3, "exclude_when is empty"),
        ("lexical_probes: {a: 'x{99999999999}'}\n" + HEAD, 1, "lexical probe a"),
        ("lexical_probes: {a: '" + "(" * 3000 + "'}\n" + HEAD, 1, "lexical probe a"),
        (
            "attributes: {a: {values: [x], applies_to: [A], many: often}}\n" + HEAD,
            1,
            "neither true nor false",
        ),
        ("attributes: {a: {values: [x]}}\n" + HEAD, 1, "applies to nothing"),
    ],
)
def test_what_is_not_a_codebook(codebook_file: Path, text: str, line: int | None, message: str) -> None:
    error = refused(codebook_file, text)
    assert any(p.line == line and message in p.message for p in error.problems), error.problems
    assert error.hint or error.problems


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("codebook:\n\tid: c\n", 2, "tab"),
        ("codebook: {id: c}\ncodes:\n  - id: A\n    label: a: b\n", 4, "colon"),
        ("codebook: {id: c\ncodes: []\n", 2, "{"),
        ("codebook: [1, 2\ncodes: []\n", 2, "["),
        ("codebook: 'c\ncodes: []\n", 3, "quotation mark"),
        ("codebook: @c\n", 1, "quotes"),
        ("codebook: {id: c}\n---\ncodes: []\n", 2, ""),
    ],
)
def test_what_is_not_yaml(codebook_file: Path, text: str, line: int, hint: str) -> None:
    error = refused(codebook_file, text)
    assert error.problems[0].line == line  # type: ignore[attr-defined]
    assert error.where == f"{codebook_file}:{line}"
    assert "is not YAML" in error.message
    assert hint in error.hint


def test_bytes_that_are_not_utf_8_are_named(codebook_file: Path) -> None:
    error = refused(codebook_file, HEAD.encode() + "  - {id: A, label: Zoë}\n".encode("latin-1"))
    assert error.where == f"{codebook_file}:3"
    assert "byte 0xeb at offset 46" in error.message
    assert refused(codebook_file, HEAD.encode("utf-16")).where == f"{codebook_file}:1"
    assert "U+0000" in refused(codebook_file, b"codebook:\n  id: \x00\n").message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: &x [1]\n", 1, "`&x`"),
        ("a: 1\nb: *x\n", 2, "`*x`"),
        ("codebook: {id: c}\ncodes: !!python/object/apply:os.system ['true']\n", 2, "python/object"),
        ("codebook: !include other.yaml\n", 1, "!include"),
        ("codebook: !!binary aGk=\n", 1, "binary"),
        ("[" * 51, 1, "50 levels"),
        ("a: " + "{b: " * 60, 1, "50 levels"),
    ],
)
def test_what_could_do_harm(codebook_file: Path, text: str, line: int, message: str) -> None:
    error = refused(codebook_file, text)
    assert message in error.message
    assert error.where == f"{codebook_file}:{line}"
    assert error.hint


def test_an_alias_bomb_and_a_pit_of_brackets_are_refused_at_once(codebook_file: Path) -> None:
    bomb = "a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol]\n" + "".join(
        f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
    )
    begun = time.process_time()
    assert "alias or anchor" in refused(codebook_file, bomb).message
    assert "50 levels" in refused(codebook_file, "[" * 4_000_000).message
    assert "50 levels" in refused(codebook_file, "\n".join(" " * n + "- " for n in range(2000))).message
    assert time.process_time() - begun < 2


def test_a_file_over_five_megabytes_is_not_even_read(codebook_file: Path) -> None:
    with codebook_file.open("wb") as file:
        file.truncate(40_000_000_000)
    with pytest.raises(CodebookError, match="40000 MB; a codebook has 5 MB at most"):
        read_codebook(codebook_file)


def test_a_codebook_that_is_not_there_or_is_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.yaml", tmp_path):
        with pytest.raises(CodebookError, match="cannot be read") as caught:
            read_codebook(path)
        assert str(path) in str(caught.value)


@settings(max_examples=150, deadline=None)
@given(noise=st.text(alphabet=":-[]{}&*!|>'\"%@`#,? \n\tabcid", max_size=60), at=st.integers(0, len(WHOLE)))
def test_whatever_is_typed_into_it_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, noise: str, at: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "noise.yaml"
    path.write_text(WHOLE[:at] + noise + WHOLE[at:])
    refusal: CodebookError | None = None
    try:
        read_codebook(path)
    except CodebookError as error:
        refusal = error
    assert refusal is None or (refusal.problems and refusal.where.startswith(str(path)))


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=80))
def test_any_bytes_are_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(data)
    with pytest.raises(CodebookError):
        read_codebook(path)


@pytest.mark.shared
@pytest.mark.parametrize(("name", "codes"), [("nhs-px-neas", 33), ("serdif-interviews", 22)])
def test_shared_codebooks_read_without_a_word(shared: Path, name: str, codes: int) -> None:
    codebook, found = read_codebook(shared / "data" / name / "codebook.yaml")
    assert len(codebook.codes) == codes
    assert found == ()


@pytest.mark.shared
def test_the_draft_is_refused_for_its_applies_to_alone(shared: Path) -> None:
    with pytest.raises(CodebookError) as caught:
        read_codebook(shared / "codebook-draft.yaml")
    errors = [p for p in caught.value.problems if p.severity is Severity.ERROR]  # type: ignore[attr-defined]
    assert [p.line for p in errors] == [36, 37, 38]  # type: ignore[attr-defined]
    assert all("applies_to" in p.message for p in errors)  # type: ignore[attr-defined]


def test_the_codebook_of_this_project_reads_without_a_word(root: Path) -> None:
    codebook, found = read_codebook(root / "codebook.yaml")
    assert len(codebook.codes) >= 22
    assert found == ()


@pytest.mark.parametrize("empty", ["codes: []\n", "codes:\n", "codes: [ ]  # none yet\n"])
def test_a_codebook_may_begin_without_a_code(codebook_file: Path, empty: str) -> None:
    codebook_file.write_text("codebook: {id: c}\n" + empty)
    codebook, found = read_codebook(codebook_file)
    assert (codebook.codes, found) == ((), ())


@pytest.mark.parametrize("definition", ["", ", definition: ", ", definition: ~", ", definition: '  '"])
def test_a_code_without_a_definition_is_a_draft(codebook_file: Path, definition: str) -> None:
    codebook_file.write_text(
        HEAD + f"  - {{id: A, label: l{definition}}}\n  - {{id: B, label: m, definition: d}}\n"
    )
    codebook, _ = read_codebook(codebook_file)
    assert [code.draft for code in codebook.codes] == [True, False]
    assert list(codebook.defined.by_id) == ["B"]


THEMES = (
    "themes: {T: {label: Time, rq: [Q]}, U: {label: Us}}\n",
    "themes:\n  - {id: T, label: Time, rq: [Q]}\n  - {id: U, label: Us}\n",
    "themes:\n  T: {label: Time, rq: [Q]}\n  U: Us\n",
)


@pytest.mark.parametrize("themes", THEMES)
def test_themes_are_a_map_or_a_list(codebook_file: Path, themes: str) -> None:
    codebook_file.write_text(
        f"research_questions: {{Q: q}}\n{themes}{HEAD}  - {{id: A, label: l, theme: U}}\n"
    )
    codebook, found = read_codebook(codebook_file)
    assert found == ()
    assert [(each.id, each.label, each.rq) for each in codebook.themes] == [
        ("T", "Time", ("Q",)),
        ("U", "Us", ()),
    ]


def test_attributes_are_a_map_or_a_list(codebook_file: Path) -> None:
    codebook_file.write_text(
        "attributes:\n  - {name: tone, values: [good, bad], applies_to: [A]}\n"
        + HEAD
        + "  - {id: A, label: l}\n"
    )
    codebook, found = read_codebook(codebook_file)
    assert found == ()
    assert [(each.name, each.values) for each in codebook.attributes] == [("tone", ("good", "bad"))]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("codebook: Ours\ncodes: []\n", "codebook is the text `Ours`", "title: Ours"),
        (HEAD + "  - Money\n", "an entry of codes is the text `Money`", "label: Money"),
        ("codebook: {id: c}\ncodes:\n  M: {label: Money}\n", "codes is a block", "- id: M"),
        ("- {code: M, definition: d}\n", "the file is a list", "codes:"),
    ],
)
def test_a_natural_first_try_is_told_what_to_write_and_nothing_else(
    codebook_file: Path, text: str, message: str, hint: str
) -> None:
    error = refused(codebook_file, text)
    assert message in str(error)
    assert hint in error.hint
    assert len(error.problems) == 1


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("name", "label:"), ("description", "definition:"), ("children", "parent:"),
        ("attributes", "applies_to:"), ("defnition", "`definition`"),
    ],
)  # fmt: skip
def test_a_key_that_people_expect_is_told_what_to_write(codebook_file: Path, key: str, hint: str) -> None:
    text = HEAD + f"  - {{id: M, label: Money, definition: d, {key}: x}}\n"
    codebook_file.write_text(text, encoding="utf-8")
    _, (problem,) = read_codebook(codebook_file)
    assert hint in problem.hint


def test_themes_may_be_a_list_of_names(codebook_file: Path) -> None:
    text = "codebook: {id: c}\nthemes:\n  - Time\ncodes:\n  - {id: M, label: Money, theme: Time}\n"
    codebook_file.write_text(text, encoding="utf-8")
    book, problems = read_codebook(codebook_file)
    assert problems == ()
    assert [(theme.id, theme.label) for theme in book.themes] == [("Time", "Time")]


@pytest.mark.parametrize(
    ("themes", "message", "hint"),
    [
        ("  - Time\n  - Time\n", "the theme `Time` occurs twice", "Keep one"),
        ("  - {label: Time}\n", "an entry of themes has no id", "id: …"),
        ("  - {id: T, label: a}\n  - {id: T, label: b}\n", "the theme `T` occurs twice", "Keep one"),
    ],
)
def test_a_faulty_list_of_themes_says_what_to_write(
    codebook_file: Path, themes: str, message: str, hint: str
) -> None:
    error = refused(codebook_file, f"codebook: {{id: c}}\nthemes:\n{themes}codes: []\n")
    assert message in str(error)
    assert hint in error.hint
