"""A codebook for a terminal: as a tree, codes in full, and what a check found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cothemes.presentation.lines import Line, Table, Unbroken
from cothemes.presentation.wrapping import hanging
from cothemes.records.text import counted, shown_text

if TYPE_CHECKING:
    from cothemes.app.codebook.check import CodebookCheck
    from cothemes.app.codebook.probes import CodebookTrial
    from cothemes.records.codebook import Code, Codebook

_MARKS = ("  when: ", "  not:  ", "  e.g.: ", "  near: ")
_LACKING = {
    "exclude_when": "No case that does not belong (exclude_when)",
    "examples": "No example",
    "near_misses": "No near miss",
}


def check_lines(found: CodebookCheck) -> Iterator[Line]:
    """Yield the warnings, what the codebook holds, which codes are thin, and what a model made of it."""
    for problem in found.problems:
        yield Unbroken(problem)
    warnings = f"{len(found.problems)} warning{'' if len(found.problems) == 1 else 's'}"
    named = " ".join(filter(None, (found.id, found.version)))
    codes = f"{counted(found.codes, 'code')} in {counted(found.themes, 'theme')}"
    yield f"{named}: {codes if found.codes else 'no codes yet'}, {warnings}, hash {found.hash[:12]}."
    if found.drafts:
        yield hanging(f"Without a definition, so that no coder proposes them: {', '.join(found.drafts)}", 2)
    for field, lacking in found.thin.items():
        yield hanging(f"{_LACKING[field]}: {', '.join(lacking)}", 2)
    if found.with_model:
        yield from _trial_lines(found.with_model)


def codes_in_full_lines(codebook: Codebook, codes: Sequence[Code]) -> Iterator[Line]:
    """Yield everything that a coder needs to know of the codes."""
    for at, code in enumerate(codes):
        if at:
            yield ""
        title, *lines = code_lines(codebook, code.id)
        yield shown_text(title)
        for line in lines:
            mark = line[:8] if line.startswith(_MARKS) else ""
            yield shown_text(hanging(line[len(mark) :], len(mark) or 2, first=mark))


def tree_lines(codebook: Codebook, theme: str, *, briefs: bool) -> Iterator[Line]:
    """Yield themes, or one of them, with their codes."""
    if not codebook.codes:
        yield "No codes yet."
        return
    width = max(len(code.id) for code in codebook.codes) + 2
    for theme_id, label in [*((t.id, t.label) for t in codebook.themes), ("", "")]:
        members = [c for c in codebook.codes if (c.theme or "") == theme_id]
        if not members or (theme and theme_id != theme):
            continue
        questions = codebook.theme_by_id[theme_id].rq if theme_id else ()
        served = f" ({', '.join(questions)})" if questions else ""
        if theme_id:
            yield hanging(f"{label}{served}", 3, first=theme_id)
        for member, depth in _by_branch(codebook, members):
            indent = 3 + 2 * depth
            yield hanging(member.label, indent + width, first=f"{' ' * indent}{member.id}")
            if briefs and member.brief:
                yield hanging(member.brief, indent + 2 + width)
    yield f"{len(codebook.codes)} codes. In full: --code {codebook.codes[0].id}; with briefs: --briefs."


def _by_branch(codebook: Codebook, members: Sequence[Code]) -> Iterator[tuple[Code, int]]:
    """Yield codes with their depth, each before those below it."""
    here = {code.id: code for code in members}

    def branch(code: str, depth: int) -> Iterator[tuple[Code, int]]:
        yield here[code], depth
        for child in codebook.children.get(code, ()):
            if child in here:
                yield from branch(child, depth + 1)

    for code in members:
        if code.parent not in here:
            yield from branch(code.id, 0)


def code_lines(codebook: Codebook, code_id: str) -> list[str]:
    """Return everything that a coder needs to know of a code, a line each."""
    code = codebook.by_id[code_id]
    lines = [f"{code.id}  {codebook.path(code_id)}", f"  {code.definition}"]
    lines += [f"  when: {rule}" for rule in code.include_when]
    lines += [f"  not:  {rule}" for rule in code.exclude_when]
    lines += [f"  e.g.: {example.text}" for example in code.examples]
    lines += [f"  near: {miss.text} ({miss.belongs})" for miss in code.near_misses]
    lines += [
        f"  attribute {a.name}: {', '.join(a.values)}{' (several)' if a.many else ''}"
        for a in codebook.attributes_of(code_id)
    ]
    return lines


def _trial_lines(found: CodebookTrial) -> Iterator[Line]:
    """Yield a row for each code, then every text that did not pass."""
    yield f"{found.model} on {found.probes} texts of the codebook, in two orders of its codes:"
    yield Table(
        ("code", "definition", "examples", "near misses", "order"),
        [
            (
                each.code,
                *(_passed(n) for n in (each.definition, each.examples, each.near_misses, each.order)),
            )
            for each in found.codes
        ],
        right=(1, 2, 3, 4),
    )
    for each in found.codes:
        for text in each.failed:
            yield shown_text(f"{each.code}  {text}")
    if found.unanswered:
        yield f"{found.unanswered} answers could not be used."
    yield (
        "Passed of answered. A coder that passes reads the codebook as written; this does not "
        "measure how well it codes talk."
    )


def _passed(pair: tuple[int, int]) -> str:
    return f"{pair[0]}/{pair[1]}" if pair[1] else "–"
