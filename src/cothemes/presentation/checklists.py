"""Two reporting checklists, as far as a study's records can answer them; what they do not hold is marked.

COREQ (Tong, Sainsbury and Craig 2007) has items 24 to 27 on data analysis. GUIDE-LLM (2026) asks how a
language model was used; its topics are answered here in our own words and without its item numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

from cothemes.presentation.methods_text import NOT_RECORDED, snapshot
from cothemes.records.record import Record
from cothemes.records.study_facts import RunFacts, StudyFacts


class Item(Record):
    """A checklist's question, and the answer in the records."""

    asked: str
    answer: str


class Checklist(Record):
    """One checklist."""

    name: str
    items: tuple[Item, ...]


def checklists(facts: StudyFacts) -> tuple[Checklist, ...]:
    """COREQ's items on analysis; GUIDE-LLM where a language model suggested codes."""
    made = [Checklist(name="COREQ, items 24 to 27", items=_coreq(facts))]
    models = [run for run in facts.runs if run.coder != "offline"]
    if models:
        made.append(Checklist(name="GUIDE-LLM, by topic", items=_guide_llm(facts, models)))
    return tuple(made)


def _coreq(facts: StudyFacts) -> tuple[Item, ...]:
    people = sorted({name for each in facts.rounds for name in each.reviewers if each.finished})
    made = [name for name, kind in facts.imported.items() if kind == "human"]
    synthetic = [name for name, kind in facts.imported.items() if kind == "synthetic"]
    coders = f"{len(people)} people coded in this program" if people else "Nobody has coded in this program"
    coders += f" ({', '.join(people)})" if people else ""
    if made:
        coders += f"; ratings of {len(made)} more were imported ({', '.join(made)})"
    if synthetic:
        coders += f"; {', '.join(synthetic)} are synthetic raters and no people"
    return (
        Item(asked="24. Number of data coders", answer=f"{coders}."),
        Item(
            asked="25. Description of the coding tree",
            answer=f"{facts.codes} codes in {facts.themes} themes, codebook {facts.codebook} "
            f"{facts.codebook_version or NOT_RECORDED}, hash {facts.codebook_hash[:12]}; the codebook file "
            "goes with the paper.",
        ),
        Item(
            asked="26. Derivation of themes",
            answer="Codes were defined in the codebook before coding. Where they come from, theory or data: "
            f"{NOT_RECORDED}.",
        ),
        Item(asked="27. Software", answer=f"cothemes {facts.version} on Python {facts.python}."),
    )


def _guide_llm(facts: StudyFacts, runs: Sequence[RunFacts]) -> tuple[Item, ...]:
    return (
        Item(
            asked="Role of the model",
            answer="It suggested codes with quotes from the text; people decided. Suggestions are not "
            "counted as codings."
            if facts.acts
            else "It suggested codes with quotes from the text; no person has decided yet.",
        ),
        Item(asked="Why a model, and why this one", answer=NOT_RECORDED),
        Item(
            asked="Model and version",
            answer="; ".join(
                f"{run.model or NOT_RECORDED} (run {run.id}), named in its replies {snapshot(run)}"
                for run in runs
            )
            + ".",
        ),
        Item(
            asked="When it was used",
            answer="; ".join(
                f"run {run.id} from {run.started:%d %B %Y}"
                + (f" to {run.finished:%d %B %Y}" if run.finished else ", not finished")
                for run in runs
            )
            + ".",
        ),
        Item(
            asked="How it was reached",
            answer="By its programming interface; endpoint: "
            + "; ".join(dict.fromkeys(run.endpoint or NOT_RECORDED for run in runs))
            + ".",
        ),
        Item(
            asked="Prompts in full",
            answer="; ".join(dict.fromkeys(run.prompt or NOT_RECORDED for run in runs))
            + ". The template of that name and hash goes with the paper; every request is kept in the "
            "study's ledger.",
        ),
        Item(
            asked="Parameters",
            answer="; ".join(dict.fromkeys(f"run {run.id}: {_parameters(run)}" for run in runs))
            + ". Every request in the ledger holds its own.",
        ),
        Item(
            asked="Cost",
            answer="; ".join(f"run {run.id}: {run.cost or NOT_RECORDED}" for run in runs) + ".",
        ),
        Item(
            asked="All that was tried",
            answer=f"{len(runs)} runs: "
            + "; ".join(f"{run.rater}, {run.coded} passages, {run.state}" for run in runs)
            + f". Trials outside this study: {NOT_RECORDED}.",
        ),
        Item(
            asked="Check by people",
            answer="See the table of agreement: people's blind codes, and the model on the same passages."
            if facts.agreement_units
            else "None: no two raters coded the same passages blind.",
        ),
        Item(asked="Could the model have seen the texts before", answer=NOT_RECORDED),
        Item(
            asked="Consent, names and where the data went",
            answer=f"{_privacy(facts)} Information that participants were given about it: {NOT_RECORDED}.",
        ),
    )


def _parameters(run: RunFacts) -> str:
    return ", ".join(f"{name} {value}" for name, value in run.parameters.items()) or NOT_RECORDED


def _privacy(facts: StudyFacts) -> str:
    if facts.deidentified == "reviewed":
        words = "texts were looked through for names and places by a person before they may be sent."
    elif facts.remote_models:
        words = "texts may go to a remote model without a review for names and places."
    else:
        words = "no text may go to a remote model."
    return f"By the study's present settings, {words}"
