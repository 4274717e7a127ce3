"""A changed copy of a codebook is another codebook."""

from __future__ import annotations

from cothemes.records.codebook import Attribute, Code, Codebook, Theme


def test_a_copy_works_out_its_own_hash_and_tables() -> None:
    codes = (
        Code(id="A1", label="Trust", definition="Trust.", theme="T"),
        Code(id="A2", label="B", definition="B."),
    )
    book = Codebook(id="small", codes=codes, themes=(Theme(id="T", label="Together", rq=("RQ1",)),))
    assert book.by_id.keys() == {"A1", "A2"}
    assert book.questions_of("A1") == ("RQ1",)
    before = book.hash
    other = book.model_copy(update={"codes": codes[:1], "themes": ()})
    assert other.by_id.keys() == {"A1"}
    assert other.questions_of("A1") == ()
    assert other.hash != before
    assert other == Codebook(id="small", codes=codes[:1])
    assert other.hash == Codebook(id="small", codes=codes[:1]).hash
    assert book.hash == before
    assert book.model_copy(update={"version": "2"}).hash == before, "a label for people is no wording"


def test_a_copy_of_a_code_has_its_own_wording() -> None:
    code = Code(id="A1", label="Trust", definition="Trust.")
    before = code.text_hash
    again = code.model_copy(update={"definition": "Trust between people."})
    assert again.text_hash == Code(id="A1", label="Trust", definition="Trust between people.").text_hash
    assert again.text_hash != before == code.model_copy().text_hash


def test_attributes_of_a_copy_are_its_own() -> None:
    code = Code(id="A1", label="Trust", definition="Trust.")
    book = Codebook(id="small", codes=(code,))
    assert book.attributes_of("A1") == ()
    valence = Attribute(name="valence", values=("helps",), applies_to=("A1",))
    assert book.model_copy(update={"attributes": (valence,)}).attributes_of("A1") == (valence,)
