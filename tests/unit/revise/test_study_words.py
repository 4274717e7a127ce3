"""The study's dictionary follows the texts that the study holds now."""

from __future__ import annotations

from pathlib import Path

from cothemes.app.corpus.ingest import ingest
from cothemes.app.corpus.study_words import other_words
from cothemes.app.study import create_study


def test_words_of_at_least_two_other_documents_count_also_after_a_correction(tmp_path: Path) -> None:
    study = create_study(tmp_path / "study", source="blank", codebook=None)
    texts = {"one": "The garden was green.", "two": "A garden and a fence.", "three": "No fence, no garden."}
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(f"{text}\n", encoding="utf-8")
    paths = [tmp_path / f"{name}.txt" for name in texts]
    ingest(study, paths)
    assert {"garden", "fence"} & other_words(study, "one") == {"garden", "fence"}
    assert {"garden", "fence"} & other_words(study, "two") == {"garden"}
    (tmp_path / "three.txt").write_text("No wall, no garden.\n", encoding="utf-8")
    ingest(study, paths)
    assert {"garden", "fence"} & other_words(study, "one") == {"garden"}
    assert {"garden", "fence"} & other_words(study, "two") == {"garden"}
    study.close()
