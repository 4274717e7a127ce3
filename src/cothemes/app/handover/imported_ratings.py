"""Ratings of imported coders, made anew from everything that projects brought of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from cothemes.app.handover.code_identities import code_identities
from cothemes.app.study import Study, study_id
from cothemes.records.carried import Carried, CarriedKind
from cothemes.records.document import Document
from cothemes.records.project import ProjectCoding, plain
from cothemes.records.rating import RaterKind
from cothemes.stages.exchange.project_in import UNKNOWN_CODER, SpanCoded, attributes_in, ratings_of
from cothemes.stages.exchange.project_out import own_guid


def rate_imported(study: Study, kinds: Mapping[str, RaterKind]) -> int:
    """Bring the ratings of imported coders up to what was imported of them; return the passages coded.

    `kinds`: rater → kind, of those who are named for the first time. Nothing is written where nothing
    changed.
    """
    held = study.store.carried.all()
    present = study.store.ratings.all()
    documents = {each.slug: each for each in study.store.documents.all()}
    raters = rater_names(held)
    known = {each.rater: each.kind for each in present}
    complete: dict[str, set[str]] = defaultdict(set)
    for each in held:
        if each.kind is CarriedKind.COMPLETE and each.document in documents:
            complete[each.name].add(each.document)
    passages = {slug: study.store.passages.of(slug) for slug in documents}
    codes = code_names(study, held)
    scope = [name for name in dict.fromkeys(codes.values()) if name in study.codebook.by_id]
    made, _ = ratings_of(
        _spans(study, held, documents, codes, raters),
        passages,
        documents,
        {**known, **kinds},
        complete,
        scope,
    )
    names = {*raters.values(), *(each.rater for each in made)}
    # What was said of codes that were merged, split or retired since stays as it is.
    book = study.codebook
    made += [each for each in present if each.rater in names and each.code and each.code not in book.by_id]
    before = {
        (each.unit, each.rater, each.code): (each.value, each.start, each.end, each.attributes)
        for each in present
        if each.rater in names
    }
    after = {
        (each.unit, each.rater, each.code): (each.value, each.start, each.end, each.attributes)
        for each in made
    }
    if before != after:
        study.store.ratings.add(made, instead_of=tuple(sorted(names)))
    return len({each.unit for each in made if each.value == 1})


def rater_names(held: Sequence[Carried]) -> dict[str, str]:
    """Return plain GUID of a user → rater. The empty GUID is who coded without a name."""
    found = {each.guid: each.name for each in held if each.kind is CarriedKind.USER}
    found[""] = next(iter(found.values())) if len(found) == 1 else UNKNOWN_CODER
    return found


def code_names(study: Study, held: Sequence[Carried]) -> dict[str, str]:
    """Return plain GUID of a code → its id, or `theme:ID`."""
    key = study_id(study)
    found = {own_guid(key, f"code:{identity}"): code for code, identity in code_identities(study).items()}
    found |= {own_guid(key, f"theme:{theme.id}"): f"theme:{theme.id}" for theme in study.codebook.themes}
    carried = {each.guid: each.name for each in held if each.kind is CarriedKind.CODE}
    return {**found, **carried}


def codings_in(each: Carried) -> list[ProjectCoding]:
    """Return the codings of a carried selection."""
    return [ProjectCoding.model_validate(one) for one in each.content.get("codings", ())]


def _spans(
    study: Study,
    held: Sequence[Carried],
    documents: Mapping[str, Document],
    codes: Mapping[str, str],
    raters: Mapping[str, str],
) -> list[SpanCoded]:
    notes = {
        each.guid: (str(each.content.get("name", "")), str(each.content.get("text", "")))
        for each in held
        if each.kind is CarriedKind.NOTE
    }
    selections = [each for each in held if each.kind is CarriedKind.SELECTION and each.document in documents]
    outdated = {each.document for each in selections if each.version != documents[each.document].version}
    maps = {(one.document, one.old, one.new): one for one in study.store.passages.text_maps(outdated)}
    found = []
    for each in selections:
        if each.start is None or each.end is None:
            continue
        now = documents[each.document].version
        place: tuple[int, int] | None = (each.start, each.end)
        if each.version != now:
            way = maps.get((each.document, each.version, now))
            place = way.span(each.start, each.end) if way else None
        if place is None:
            continue
        for coding in codings_in(each):
            name = codes.get(plain(coding.code), "")
            if name in study.codebook.by_id:
                rater = raters.get(plain(coding.by)) or raters[""]
                found.append(SpanCoded(each.document, *place, rater, name, attributes_in(coding, notes)))
    return found
