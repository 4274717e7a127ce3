"""Models against people, confused codes and disagreements as people read them on 80 columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cothemes.presentation.agreement_text import CODE, interval
from cothemes.presentation.wrapping import wrapped_lines
from cothemes.records.numbers import coefficient
from cothemes.records.text import counted, shown_text

if TYPE_CHECKING:
    from cothemes.stages.evaluate.agreement.comparison import Comparison, Measured
    from cothemes.stages.evaluate.agreement.confusion import Confusion
    from cothemes.stages.evaluate.agreement.figures import AgreementTable

MOST_CONFUSED = 8
MOST_WORDS = 60


def beside_lines(table: AgreementTable) -> Iterator[str]:
    """Yield what stands beside the coefficients."""
    for comparison in table.beside:
        yield ""
        yield from _comparison(comparison)
    if table.models:
        yield from _alt_test(table)
        yield from _models(table)
    for confusion in table.confusion:
        yield from _confusion(confusion)
    if table.disagreements:
        yield from _disagreements(table)


def _comparison(found: Comparison) -> Iterator[str]:
    yield from wrapped_lines(f"People against {shown_text(found.model)}, same passages", "  ")
    if found.reason:
        yield f"  ({found.reason})"
        return
    units, clusters = counted(found.units, "unit"), counted(found.clusters, "cluster")
    yield f"  {units}, {clusters}; differences paired by cluster"
    width = CODE
    yield f"{'':<{width}}{'':>5}{'alpha':>7}{'':>6}  {'':<18} {'pos':>5}"
    head = f"{'code':<{width}}{'n+':>5}{'people':>7}{'model':>6}  {'difference':<18}"
    yield f"{head}{'people':>7}{'model':>6} flag"
    for code in found.codes:
        name = shown_text(code.code)
        if len(name) > width:
            yield name
            name = ""
        row = _row(name, f"{code.positives}", width, code.alpha, code.positive_agreement)
        yield f"{row} {code.flag or ''}".rstrip()
    for place, (mean, measured) in enumerate(found.means):
        yield _row(mean, "", width, measured, None if place else found.macro_positive_agreement)
    option = " Set one with --margin D." if found.margin is None else ""
    yield from wrapped_lines(f"  {found.judged}{option}", "  ")


def _row(name: str, positives: str, width: int, alpha: Measured, positive: Measured | None) -> str:
    shares = (
        f"{coefficient(positive.human_human.value):>7}{coefficient(positive.human_model.value):>6}"
        if positive
        else ""
    )
    return (
        f"{name:<{width}}{positives:>5}"
        f"{coefficient(alpha.human_human.value):>7}{coefficient(alpha.human_model.value):>6}  "
        f"{interval(alpha.difference):<18}"
        f"{shares}"
    ).rstrip()


def _alt_test(table: AgreementTable) -> Iterator[str]:
    yield ""
    if table.alt_test is None:
        yield from wrapped_lines(f"Alternative-annotator test: {table.conventions['alt_test']}.", "  ")
        return
    epsilon = coefficient(table.alt_test.epsilon)
    yield f"Alternative-annotator test (Calderon et al. 2025; sets by Jaccard, ε {epsilon})"
    for tested in table.alt_test.models:
        yield from wrapped_lines(f"  {shown_text(tested.model)}: {shown_text(tested.outcome)}.", "    ")
    yield from wrapped_lines(f"  {table.alt_test.footing}", "  ")


def _models(table: AgreementTable) -> Iterator[str]:
    yield ""
    yield f"Models and prompts tried: {len(table.models)}"
    for tried in table.models:
        parts = [shown_text(tried.rater)]
        parts += [f"prompt {shown_text(tried.prompt)}"] if tried.prompt else []
        parts += [f"{tried.passages} passages, {tried.state}"] if tried.passages is not None else []
        parts += [] if tried.compared else ["not compared here"]
        yield from wrapped_lines(f"  {'; '.join(parts)}", "    ")


def _confusion(found: Confusion) -> Iterator[str]:
    if not found.pairs:
        return
    yield ""
    other = "each other" if found.a == found.b else shown_text(found.b)
    yield from wrapped_lines(f"Codes taken for one another, {found.a} against {other}", "  ")
    between = "and" if found.a == found.b else "→"
    beyond = [pair for pair in found.pairs if pair.beyond_chance]
    if not beyond:
        yield f"  none beyond chance, of {counted(len(found.pairs), 'pair')} (--json has them all)"
        return
    yield f"  {'times':>5}{'by chance':>11}"
    for pair in beyond[:MOST_CONFUSED]:
        codes = f"{shown_text(pair.code)} {between} {shown_text(pair.other)}"
        yield from wrapped_lines(f"  {pair.count:>5}{pair.expected:>11.1f}  {codes}", " " * 20)
    if more := len(beyond) - MOST_CONFUSED:
        yield from [f"  and {more} more beyond chance"] if more > 0 else []
    if others := len(found.pairs) - len(beyond):
        yield f"  {counted(others, 'other pair')} no more often than chance makes (--json has them all)"


def _disagreements(table: AgreementTable) -> Iterator[str]:
    yield ""
    yield f"Units in dispute: {len(table.disagreements)} of {table.disagreements_in_all}, the widest first"
    for each in table.disagreements:
        yield ""
        yield f"  {shown_text(each.unit)}"
        if each.text is not None:
            words = each.text.split()
            cut = " …" if len(words) > MOST_WORDS else ""
            yield from wrapped_lines(shown_text(" ".join(words[:MOST_WORDS])) + cut, "    ", "    ")
        for code in each.codes:
            yield from wrapped_lines(
                f"    {shown_text(code.code)}: {shown_text(', '.join(code.applied))}; not "
                f"{shown_text(', '.join(code.not_applied))}",
                "      ",
            )
