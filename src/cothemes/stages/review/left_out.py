"""Which decisions a figure leaves out, and why: the one place that says so, for figures and exports alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from cothemes.records.left_out import Dropped, LeftOut, Reason

_SHOWN = tuple(reason for reason in Reason if reason is not Reason.CONSENT)
_BACK = {
    Reason.EARLIER_MEANING: "cothemes codebook diff, then cothemes codebook note --same, or code them again",
    Reason.TO_CONFIRM: "cothemes confirm --as NAME",
    Reason.RETIRED_CODE: "cothemes codebook undo, or put the code back into codebook.yaml",
    Reason.DRAFT: "cothemes codebook publish DRAFT --as LEAD",
    Reason.SPLIT_CODE: "cothemes codebook recode CODES --round NAME",
    Reason.NOT_DONE: "cothemes done --as NAME PASSAGE",
    Reason.OTHER_VOICE: "cothemes speakers FILE LABEL participant, where a participant speaks",
    Reason.TOO_FEW_READERS: "--combine any",
    Reason.TAKEN_BACK: "cothemes decide --as NAME PASSAGE CODE …",
}
_BY_RULING = "cothemes adjudicate, for another ruling"
_BY_IMPORT = "cothemes import FILE --replace, for another imported consensus"


def summed(
    rows: Iterable[Dropped],
    order: Sequence[str],
    readings: Sequence[str] = (),
    corrected: Collection[str] = (),
    settled_elsewhere: Collection[tuple[str, str]] = (),
) -> tuple[LeftOut, ...]:
    """An entry for each reason. `order`: codes as they are listed. `readings`: passages of finished readings
    that left with their passage. `corrected`: documents whose passages left by a correction of the text.
    `settled_elsewhere`: passages and codes that an imported consensus decides, and no ruling of the study."""
    counts: Counter[Reason] = Counter()
    codes: dict[Reason, set[str]] = defaultdict(set)
    retired = {_document(passage) for passage in readings}
    overruled: dict[str, None] = {}
    for row in rows:
        counts[row.reason] += 1
        codes[row.reason].add(row.code)
        if row.reason is Reason.RETIRED_PASSAGE:
            retired.add(row.document)
        if row.reason is Reason.OVERRULED:
            overruled[_BY_IMPORT if (row.passage, row.code) in settled_elsewhere else _BY_RULING] = None
    place = {code: at for at, code in enumerate(order)}
    back = {
        **_BACK,
        Reason.RETIRED_PASSAGE: way_back(sorted(retired), corrected),
        Reason.OVERRULED: "; ".join(overruled),
    }
    found = []
    for reason in Reason:
        if counts[reason]:
            named = tuple(sorted(codes[reason], key=lambda code: (place.get(code, len(place)), code)))
            found.append(
                LeftOut(
                    reason=reason,
                    unit="decision",
                    count=counts[reason],
                    codes=named if reason in _SHOWN else None,
                    include_with=back.get(reason),
                )
            )
        if reason is Reason.RETIRED_PASSAGE and readings:
            found.append(
                LeftOut(
                    reason=reason,
                    unit="reading",
                    count=len(readings),
                    codes=None,
                    include_with=back[reason],
                )
            )
    return tuple(found)


def way_back(documents: Sequence[str], corrected: Collection[str] = ()) -> str:
    """The command that makes earlier passages of these documents current again: of corrected ones by their
    earlier text, of others by their earlier cut."""
    restored = [each for each in documents if each in corrected]
    cut = [each for each in documents if each not in corrected]
    ways = [f"cothemes ingest --restore {' '.join(restored)}"] if restored else []
    ways += [f"cothemes ingest --resegment --undo {' '.join(cut)}"] if cut or not restored else []
    return ", ".join(ways)


def _document(passage: str) -> str:
    return passage.rpartition(".")[0]
