"""Where two or more readers of a study see a passage differently."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cothemes.app.corpus.document_names import document_ids
from cothemes.app.privacy.published import Published
from cothemes.app.ratings import reads_once
from cothemes.app.review.consensus import readings
from cothemes.app.review.left_out import left_out_of
from cothemes.app.study import Study
from cothemes.errors import StateConflict, UsageError
from cothemes.stages.evaluate.differences import (
    CodeDiffers,
    DifferenceMap,
    Mark,
    PassageDiffers,
    Remark,
    difference_map,
)
from cothemes.stages.review.disputes import Answer, Case, Difference, differences_of


@reads_once
def disagreements(
    study: Study,
    *,
    readers: Collection[str] = (),
    code: str = "",
    document: str = "",
    round_name: str = "",
) -> DifferenceMap:
    """Every difference between finished readings; with arguments, between these readers, on this code, in
    this document or round. A passage that somebody has not finished is left out.

    Raises UsageError for what the study does not have, StateConflict where no two people read a passage.
    """
    labels = {each.id: each.label for each in study.codebook.codes}
    if code and code not in labels:
        raise UsageError(f"there is no code {code}", hint=f"Codes: {', '.join(labels)}.")
    found = readings(study)
    cases = [case for case in found.cases if not round_name or case.round == round_name]
    document = document_ids(study, [document])[0] if document else ""
    _refuse_unknown(cases, readers, document, round_name)
    cases = [case for case in cases if not document or case.passage.document == document]
    wanted = set(readers)
    together = [case for case in cases if len(_of(case, wanted)) > 1]
    finished = [case for case in together if not found.unfinished.get(case.passage.id)]
    shown = [_passage(case, _of(case, wanted), labels, code) for case in finished]
    found_map = difference_map(
        [each for each in shown if each.codes],
        sorted({name for case in finished for name in _of(case, wanted).values()}),
        tuple(labels),
        read_together=len(finished),
        waiting=len(together) - len(finished),
    )
    named = (code,) if code else ()
    left_out = left_out_of(study, codes=named, each_reading=True, readings=True).entries
    return found_map.model_copy(update={"left_out": left_out})


@dataclass(frozen=True)
class PublishedMap:
    """The map as others may read it."""

    map: DifferenceMap
    pseudonyms: bool
    """Pseudonyms replace the names in it."""
    synthetic: bool
    """Some of the study's documents are invented."""


def to_publish(study: Study, found: DifferenceMap, *, originals: bool = False) -> PublishedMap:
    """Return the map with pseudonyms where the study has them, unless `originals`."""
    published = Published(study, originals=originals)
    synthetic = any(each.synthetic for each in study.store.documents.heads())
    return PublishedMap(published_map(found, published), published.pseudonyms, synthetic)


def published_map(found: DifferenceMap, published: Published) -> DifferenceMap:
    """The map with words, speakers and notes as others may read them."""
    if not published.pseudonyms:
        return found
    return found.model_copy(update={"passages": tuple(_shown(each, published) for each in found.passages)})


def _shown(each: PassageDiffers, published: Published) -> PassageDiffers:
    def words(text: str) -> str:
        return published.words(text, each.document)

    return each.model_copy(
        update={
            "speaker": words(each.speaker),
            "text": words(each.text),
            "codes": tuple(
                code.model_copy(
                    update={
                        "marks": tuple(
                            mark.model_copy(update={"words": words(mark.words)}) for mark in code.marks
                        )
                    }
                )
                for code in each.codes
            ),
            "remarks": tuple(
                remark.model_copy(update={"note": words(remark.note)}) for remark in each.remarks
            ),
        }
    )


def _refuse_unknown(cases: list[Case], readers: Collection[str], document: str, round_name: str) -> None:
    if not cases:
        where = f" in the round {round_name}" if round_name else ""
        raise StateConflict(
            f"no passage was finished by two readers{where}",
            hint="Assign passages to both: cothemes route --reviewers A,B --overlap 1; then review and "
            "finish them.",
        )
    known = sorted({name for case in cases for name in case.readers})
    strange = [name for name in readers if name not in known]
    if strange or len(set(readers)) == 1:
        said = f"{strange[0]} has read no passage together with others" if strange else "one reader is named"
        raise UsageError(said, hint=f"Name two or more of: {', '.join(known)}.")
    documents = sorted({case.passage.document for case in cases})
    if document and document not in documents:
        raise UsageError(
            f"no two people read a passage of {document}", hint=f"They did in {', '.join(documents)}."
        )


def _of(case: Case, wanted: set[str]) -> dict[int, str]:
    """Number within the case → name, of those asked for."""
    return {n: name for n, name in enumerate(case.readers, 1) if not wanted or name in wanted}


def _passage(case: Case, names: dict[int, str], labels: dict[str, str], code: str) -> PassageDiffers:
    answers = {one.code: [a for a in one.answers if a.reader in names] for one in case.codes}
    kept = {name: given for name, given in answers.items() if any(a.applies for a in given)}
    differing = [
        CodeDiffers(
            code=name,
            label=labels.get(name, ""),
            in_what=in_what,
            marks=tuple(
                _mark(answer, names, case) for answer in sorted(given, key=lambda a: names[a.reader])
            ),
        )
        for name, given in kept.items()
        if (in_what := tuple(each.value for each in _differing(given))) and (not code or name == code)
    ]
    return PassageDiffers(
        passage=case.passage.id,
        document=case.passage.document,
        speaker=case.passage.speaker,
        text=case.passage.own_text(),
        round=case.round,
        readers=tuple(sorted(names.values())),
        alike=tuple(name for name, given in kept.items() if not _differing(given)),
        codes=tuple(differing),
        remarks=tuple(Remark(reader=names[n], note=note) for n, note in case.notes if n in names),
    )


def _differing(answers: list[Answer]) -> tuple[Difference, ...]:
    return differences_of(answers) if len(answers) > 1 else ()


def _mark(answer: Answer, names: dict[int, str], case: Case) -> Mark:
    start = case.passage.start
    words = " … ".join(case.passage.own_text(first - start, last - start) for first, last in answer.spans)
    return Mark(
        reader=names[answer.reader],
        applies=answer.applies,
        words=words,
        attributes=dict(answer.attributes),
    )
