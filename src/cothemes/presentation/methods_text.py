"""The methods of a study in words, from its records alone: what they do not hold is marked as such."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from cothemes.records.document import Kind
from cothemes.records.numbers import chances, number, percent
from cothemes.records.record import Record
from cothemes.records.study_facts import RoundFacts, RunFacts, StudyFacts
from cothemes.records.text import counted

NOT_RECORDED = "[not recorded]"


class KindName(NamedTuple):
    """The name of a kind of documents."""

    one: str
    many: str


KINDS = {
    Kind.INTERVIEW: KindName("interview", "interviews"),
    Kind.POLICY: KindName("policy text", "policy texts"),
    Kind.REVIEW: KindName("review", "reviews"),
    Kind.SURVEY: KindName("survey", "surveys"),
    Kind.UNKNOWN: KindName("document of unknown kind", "documents of unknown kind"),
}
_FORWARD = {
    "priority": "by the uncertainty of their suggestions",
    "value": "by the errors expected in their suggestions",
    "rare": "as likely positives of rare codes",
}
"""Stream → how its passages were put forward."""
_ACTS = {
    "accept": ("suggestion accepted", "suggestions accepted"),
    "reject": ("suggestion or code rejected", "suggestions or codes rejected"),
    "add": ("code added without a suggestion", "codes added without a suggestion"),
    "done": ("passage said to be done", "passages said to be done"),
}


class Paragraph(Record):
    """A heading with its sentences."""

    title: str
    text: str


def methods(facts: StudyFacts, *, counting: str, made: datetime) -> tuple[Paragraph, ...]:
    """Return the paragraphs, in the order in which the work was done.

    `counting`: the sentence on what is counted; `made`: the time of the page.
    """
    return (
        Paragraph(title="Sources", text=_sources(facts)),
        Paragraph(title="Passages", text=_passages(facts)),
        Paragraph(title="Codebook", text=_codebook(facts)),
        *(Paragraph(title=f"Suggestions, run {run.id}", text=_run(run)) for run in facts.runs),
        Paragraph(title="People", text=_people(facts)),
        Paragraph(title="Agreement", text=_agreement(facts)),
        Paragraph(title="Counting", text=counting),
        Paragraph(
            title="Software",
            text=f"cothemes {facts.version} on Python {facts.python}; this page was made on "
            f"{made:%d %B %Y at %H:%M} UTC.",
        ),
    )


def _sources(facts: StudyFacts) -> str:
    named = [counted(count, *KINDS[Kind(kind)]) for kind, count in facts.documents.items()]
    kinds = ", ".join(named) or "no documents"
    text = f"The study holds {kinds}; {facts.words:,} words"
    text += f", read from {', '.join(facts.formats)}." if facts.formats else "."
    if facts.synthetic:
        say = "says of itself that it is" if facts.synthetic == 1 else "say of themselves that they are"
        text += f" {facts.synthetic} of the documents {say} synthetic."
    return (
        f"{text} How documents and participants were found: {NOT_RECORDED}. Information that "
        f"participants were given about the "
        f"study and its terms: {NOT_RECORDED}. How talk was transcribed: {NOT_RECORDED}."
    )


def _passages(facts: StudyFacts) -> str:
    low, high, target = facts.aimed_words
    text = (
        f"Before any coding, texts were cut into {counted(facts.passages, 'passage', 'passages')} "
        f"at turns of speakers or at paragraphs, aiming at {low} to {high} words and best at {target}."
    )
    if facts.median_words is not None:
        text += (
            f" A passage has {number(facts.median_words)} words in the median, {facts.lowest_words} to "
            f"{facts.highest_words} in all."
        )
    hashes = ", ".join(value[:12] for value in facts.segmentation)
    text += f" Segmentation {hashes}." if hashes else ""
    if len(facts.segmentation) > 1:
        text += " Passages were cut under more than one setting."
    return text + " People and coders coded the same passages; their length affects agreement."


def _codebook(facts: StudyFacts) -> str:
    status = facts.codebook_status or NOT_RECORDED
    size = f"{counted(facts.codes, 'code', 'codes')} in {counted(facts.themes, 'theme', 'themes')}"
    return (
        f"Codebook {facts.codebook}, version {facts.codebook_version or NOT_RECORDED}, {size}, hash "
        f"{facts.codebook_hash[:12]}. Its status, by its own words: {status}. A code's wording is kept with "
        "every decision; decisions under another wording are pooled only where a person said that both ask "
        "for the same, which is noted beside the figures."
    )


def _run(run: RunFacts) -> str:
    who = "The offline coder" if run.coder == "offline" else "A language model"
    ended = f"ended {run.finished:%d %B %Y}" if run.finished else "not finished"
    text = (
        f"{who} suggested codes as {run.rater} ({_model(run)}; codebook "
        f"{run.codebook_version or NOT_RECORDED}, hash {run.codebook_hash[:12]}), begun "
        f"{run.started:%d %B %Y}, {ended}, state {run.state}. It read "
        f"{counted(run.coded, 'passage', 'passages')} and suggested "
        f"{counted(run.suggestions, 'code', 'codes')} on {run.with_suggestion} of them."
    )
    if run.embedder:
        text += f" Vectors: {run.embedder}."
    if run.other_outcomes:
        others = ", ".join(f"{count} {state}" for state, count in run.other_outcomes.items())
        text += f" Other outcomes: {others}."
    if run.quotes:
        quotes = ", ".join(f"{count} {status}" for status, count in run.quotes.items())
        text += f" Quotes against the source text: {quotes}."
    if run.refused:
        asked = sum(run.quotes.values()) + sum(run.refused.values())
        refused = ", ".join(
            f"{count} {status} ({percent(count / asked, decimals=1)})"
            for status, count in sorted(run.refused.items())
        )
        text += f" Codes left out without a verified quote, of {asked} proposed with one: {refused}."
    if run.coder != "offline":
        text += (
            f" Snapshot of the model, as its replies name it: {snapshot(run)}. "
            f"Cost: {run.cost or NOT_RECORDED}."
        )
    return text


def snapshot(run: RunFacts) -> str:
    """Return the names that the provider's replies gave the model."""
    return ", ".join(run.answered_as) or NOT_RECORDED


def _model(run: RunFacts) -> str:
    if run.coder == "offline":
        return "no language model, no prompt"
    return f"model {run.model or NOT_RECORDED}; prompt {run.prompt or NOT_RECORDED}"


def _served(found: RoundFacts) -> str:
    if not found.put_forward:
        return ""
    named = ", ".join(f"{count} {_FORWARD[stream]}" for stream, count in found.put_forward.items())
    return (
        f" A score puts forward {named}, all with suggestions visible; {found.put_forward_finished} of them "
        f"{'is' if found.put_forward_finished == 1 else 'are'} finished. The blind assignments are served in "
        "random order, and agreement and prevalence rest on them alone."
    )


def _people(facts: StudyFacts) -> str:
    parts = []
    for found in facts.rounds:
        arms = ", ".join(f"{count} {arm}" for arm, count in found.arms.items())
        chance = chances(found.lowest_probability, found.highest_probability)
        parts.append(
            f"Round {found.name}: {counted(len(found.reviewers), 'reviewer', 'reviewers')} "
            f"({', '.join(found.reviewers)}) {'was' if len(found.reviewers) == 1 else 'were'} given "
            f"{counted(found.passages, 'passage', 'passages')} in "
            f"{counted(found.assigned, 'assignment', 'assignments')} ({arms}), drawn at random with "
            f"probability {chance} (seed {', '.join(map(str, found.seeds))}); "
            f"{counted(found.double, 'passage was', 'passages were')} for several people, all blind. "
            f"{counted(found.finished, 'assignment is', 'assignments are')} finished."
            f"{_served(found)}"
        )
    if facts.acts:
        acts = ", ".join(counted(count, *_ACTS.get(act, (act, act))) for act, count in facts.acts.items())
        parts.append(f"Decisions in force, each code of a passage once for each person: {acts}.")
    if facts.imported:
        named = ", ".join(f"{name} ({kind})" for name, kind in facts.imported.items())
        parts.append(f"Ratings made elsewhere were imported: {named}. How they were made: {NOT_RECORDED}.")
    if not parts:
        return "No person has coded yet."
    return " ".join(
        [
            *parts,
            "Blind means without suggestions and without sight of another coder; a passage counts once its "
            f"reviewer said that it was done. Training of the coders: {NOT_RECORDED}.",
        ]
    )


def _agreement(facts: StudyFacts) -> str:
    if facts.tradition == "reflexive":
        return (
            "The study is reflexive: no coefficient was computed; readers discussed what they saw "
            "differently."
        )
    if facts.agreement_units is None:
        return "No two raters coded the same passages blind; no agreement was computed."
    return (
        f"Agreement is of {counted(facts.agreement_units, 'passage', 'passages')} that at least two raters "
        "coded, as the table of agreement says; decisions with suggestions in view are not in it. "
        "Krippendorff's alpha with a 95 % interval from leaving out one interview at a time (jackknife, "
        "t(K−1)); Gwet's AC1 beside it and never alone; positive agreement pooled over pairs of raters. "
        "What cannot be computed is left blank with its reason."
    )
