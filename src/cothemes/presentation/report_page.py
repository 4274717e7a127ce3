"""Findings and methods of a study as one HTML page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cothemes.presentation.auto_accept_text import certificate_words
from cothemes.presentation.checklists import checklists
from cothemes.presentation.methods_text import KINDS, NOT_RECORDED, methods
from cothemes.presentation.pages import PageHead, page
from cothemes.records.document import Kind
from cothemes.stages.exchange.basis import Source

if TYPE_CHECKING:
    from cothemes.app.findings.report import NoAgreement, Report
    from cothemes.app.findings.report_sections import Estimated
    from cothemes.stages.exchange.findings import Question

MEMO_HEADINGS = {"study": "On the study", "codes": "On codes", "texts": "On documents and passages"}


def report_page(found: Report, head: PageHead) -> str:
    """Return the page; its time is that of the methods section too."""
    invented = synthetic_words(found)
    return page(
        "report_page",
        replace(head, synthetic=bool(invented)),
        report=found,
        invented=invented,
        names=KINDS,
        contents=contents(found),
        certificate_words=certificate_words,
        question_heading=lambda question: question_heading(found, question),
        recruitment_wording="; ".join(found.recruitment_wording) or NOT_RECORDED,
        agreements=found.agreements,
        no_agreement=no_agreement(found.no_agreement) if found.no_agreement else "",
        estimated=[
            {"heading": shares_heading(each), "reason": no_estimate(each), "table": each.table}
            for each in found.estimated
        ],
        map=found.differences,
        memo_headings=MEMO_HEADINGS,
        methods=methods(found.facts, counting=found.findings.basis.sentence, made=head.made),
        checklists=checklists(found.facts),
    )


def synthetic_words(found: Report) -> str:
    """Say why the page must not be read as findings; empty where nothing is invented."""
    words = []
    if found.synthetic_documents:
        words.append(f"{found.synthetic_documents} of the {found.documents} documents are invented.")
    if found.synthetic_raters:
        words.append(f"The raters {', '.join(found.synthetic_raters)} are synthetic, not people.")
    return " ".join(words)


def no_agreement(why: NoAgreement) -> str:
    """Say why the page has no table of agreement."""
    if why.error:
        return f"No table of agreement: this study {why.error}."
    who = f" but {why.coded_by}" if why.coded_by else ""
    return f"No table of agreement: nobody{who} has coded a passage."


def question_heading(found: Report, question: Question) -> str:
    """Return the research question, or name the codes that have not exactly one."""
    if question.id:
        return f"{question.id}. {question.text}"
    if question.serves:
        return f"Codes that serve several questions ({', '.join(question.serves)})"
    return "Codes without a research question" if found.codebook.research_questions else "All codes"


def shares_heading(each: Estimated) -> str:
    """Name the round and the kind of passages."""
    if each.kind is None:
        return f"Round {each.round}" if each.round else ""
    kind = "passages of unknown kind" if each.kind is Kind.UNKNOWN else f"{each.kind.value} passages"
    return f"Round {each.round}: {kind}"


def no_estimate(each: Estimated) -> str:
    """Say why there is no table; empty where there is one."""
    return f"No estimate: {each.reason}." if each.reason else ""


def contents(found: Report) -> list[tuple[str, str]]:
    """Return anchor and words of every section that the page has."""
    tables = found.findings
    counted = tables.basis.source is not Source.NOBODY
    sections = [
        ("questions", "Codes by research question", counted),
        ("compared", "Interviews against policy texts", counted and tables.compared),
        ("groups", "Groups of participants", counted and (tables.groups or tables.without_groups)),
        ("attributes", "What happened, what helps", counted and tables.attributes),
        ("terms", "How the terms are recognised", tables.terms),
        ("quotes", "Quotes", tables.quotes),
        ("summaries", "Summaries by case", found.summaries),
        ("shares", "Estimated share of passages with each code", not found.reflexive),
        (
            "differences" if found.reflexive else "agreement",
            "Where readings differ" if found.reflexive else "Agreement",
            True,
        ),
        ("settled", "After discussion", found.settled),
        ("missing", "What no code fits", found.missing.open),
        ("codebook", "How the codebook changed", found.history.told),
        ("methods", "Methods", True),
        ("memos", "Appendix: memos", found.memos.groups),
    ]
    return [(anchor, words) for anchor, words, shown in sections if shown]
