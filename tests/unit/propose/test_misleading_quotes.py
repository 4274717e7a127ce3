"""Quotes that are nearly true, or true to the letter, and say another thing than their source."""

# ruff: noqa: E501
from __future__ import annotations

import pytest
from tests.doubles.said import Said

from cothemes.records.suggestion import QuoteStatus
from cothemes.stages.propose.meaning import LONGEST_OMISSION

LANDLORD = "The landlord is not permitted to terminate the lease within the year."
USEFUL = "I would never say the service was useful to people like us."
HELPED = "I do not think it helped the people who came to the hall."
WAITED = "We waited five weeks for the letter and paid £40 for the taxi there."
NURSE = "The patient refused the nurse who came up from the ward that day."
DOUBLE = "I wouldn't say it didn't help the families who came to us."
ONLY = "Not only did it help the carers, it kept the hall open."
SHARE = "Only twenty five per cent of the people we asked were in favour of it."

REFUSED = [
    # omissions
    (LANDLORD, "The landlord is … permitted to terminate the lease"),
    (LANDLORD, "The landlord is ... permitted to terminate"),
    (LANDLORD, "The landlord is [...] permitted to terminate"),
    (LANDLORD, "The landlord is […] permitted to terminate"),
    (LANDLORD, "The landlord is (…) permitted to terminate"),
    (LANDLORD, "The landlord is (...) permitted to terminate"),
    (LANDLORD, "The landlord is . . . permitted to terminate"),
    (LANDLORD, "The landlord is .... permitted to terminate"),
    (LANDLORD, "The landlord is ⋯ permitted to terminate"),
    (LANDLORD, "The landlord is [. . .] permitted to terminate"),
    (LANDLORD, "The landlord is <…> permitted to terminate"),
    (LANDLORD, "The landlord is [---] permitted to terminate"),
    (LANDLORD, "The landlord is [snip] permitted to terminate"),
    (LANDLORD, "The landlord is -- permitted to terminate the lease within the year"),
    (LANDLORD, "The landlord … the lease within the year"),
    (USEFUL, "I would … say the service was useful"),
    (USEFUL, "I would ... the service was useful"),
    (HELPED, "I do … think it helped the people"),
    (DOUBLE, "I wouldn't say … help the families"),
    (WAITED, "We waited … weeks for the letter"),
    (WAITED, "for the letter and … for the taxi there"),
    (SHARE, "Only twenty … per cent of the people"),
    ("They hardly ever came to the meetings of the board.", "They … came to the meetings"),
    ("They no longer came to the meetings of the board.", "They … came to the meetings"),
    ("They came without any of the papers we sent them.", "They came … any of the papers"),
    ("They barely spoke to the families at the table.", "They … spoke to the families"),
    ("They failed to speak to the families at the table.", "They … speak to the families"),
    ("They refused to speak to the families at the table.", "They … speak to the families"),
    ("They rarely, if ever, spoke to the families there.", "They … spoke to the families"),
    ("They cannot, as it stands, speak to the families.", "They … speak to the families"),
    ("It was neither cheap nor quick to set it up here.", "It was … quick to set it up"),
    ("It was seldom quick to set it up in the islands.", "It was … quick to set it up"),
    ("There was little support for the plan on the ground.", "There was … support for the plan"),
    ("Nobody's asked the carers what they want from it.", "Nobody's asked … want from it … asked the carers"),
    ("So nobody'd asked the carers what they want from it.", "So … asked the carers what they want"),
    ("We dinnae want the hall shut in the winter months.", "We … want the hall shut"),
    ("The plan didn’t work for the people in the village.", "The plan … work for the people"),
    ("The plan did not work for the people in the village.", "The plan did … work for the people"),
    # cut right after a negation, or one or two words on
    (LANDLORD, "permitted to terminate the lease"),
    (LANDLORD, "“permitted to terminate the lease within the year.”"),
    (LANDLORD, "…permitted to terminate the lease"),
    (LANDLORD, "[...] permitted to terminate the lease"),
    (LANDLORD, "permitted to ter\u200bminate the lease"),
    (USEFUL, "say the service was useful to people like us."),
    (USEFUL, "the service was useful to people like us."),
    (HELPED, "it helped the people who came to the hall."),
    (HELPED, "think it helped the people who came"),
    (DOUBLE, "it didn't help the families who came to us."),
    (DOUBLE, "help the families who came to us."),
    (ONLY, "did it help the carers"),
    ("She was unable to attend the meeting in the town.", "to attend the meeting in the town"),
    ("She failed to attend the meeting in the town.", "attend the meeting in the town"),
    ("It was no longer safe to walk there after dark.", "safe to walk there after dark"),
    ("It was not, you know, safe to walk there after dark.", "safe to walk there after dark"),
    ("It was not ... safe to walk there after dark.", "safe to walk there after dark"),
    ("It was, well, non compliant with the rules we had.", "compliant with the rules we had"),
    ("There was no self-harm on the ward in that year.", "self-harm on the ward"),
    ("They cannae get the bus home from the hospital.", "get the bus home from the hospital"),
    # cut right before one
    (LANDLORD, "The landlord is"),
    (USEFUL, "I would"),
    ("They said they will really never close the hall.", "They said they will"),
    ("The nurses who would have lived in them cannot.", "The nurses who would have lived in them"),
    ("I would still rather be there than not.", "I would still rather be there than"),
    # cut inside a figure
    (SHARE, "five per cent of the people we asked were in favour of it"),
    (SHARE, "per cent of the people we asked"),
    (SHARE, "Only twenty"),
    (WAITED, "40 for the taxi there"),
    ("About two hundred people came to the first meeting.", "hundred people came to the first meeting"),
    ("It was -5 degrees in the hall most of the winter.", "5 degrees in the hall"),
    ("It was −5 degrees in the hall most of the winter.", "5 degrees in the hall"),
    ("Of the 16–18 year olds most had left by the summer.", "18 year olds most had left"),
    ("It cost 2.5 million pounds to build the new wing.", "5 million pounds to build"),
    ("It cost 1 500 pounds to build the new wing there.", "500 pounds to build the new wing"),
    ("It rose by 5% in the year after the merger here.", "It rose by 5"),
    ("It rose by five or six points in that one year.", "It rose by five"),
    # negations dropped, put in, or in another form
    (LANDLORD, "The landlord is permitted to terminate the lease within the year."),
    (LANDLORD, "The landlord isn't permitted to terminate the lease within the year."),
    (LANDLORD, "The landlord is no permitted to terminate the lease within the year."),
    (USEFUL, "I would say the service was useful to people like us."),
    (USEFUL, "I would ever say the service was useful to people like us."),
    (HELPED, "I think it helped the people who came to the hall."),
    (HELPED, "I do think it helped the people who came to the hall."),
    (HELPED, "I do not think it helped the people who never came to the hall."),
    (DOUBLE, "I would say it did help the families who came to us."),
    (DOUBLE, "I wouldn't say it did help the families who came to us."),
    (ONLY, "Only did it help the carers, it kept the hall open."),
    ("She was unable to walk to the shops by herself then.", "She was able to walk to the shops by herself then."),
    ("The reports were non-compliant with the rules we had.", "The reports were compliant with the rules we had."),
    ("They were unhappy with the way the plan was written.", "They were happy with the way the plan was written."),
    ("It was possible to do this work in the evenings too.", "It was impossible to do this work in the evenings too."),
    ("The care was helpful to the families in the village.", "The care was helpless to the families in the village."),
    # figures changed, in figures or in words
    (WAITED, "We waited six weeks for the letter and paid £40 for the taxi there."),
    (WAITED, "We waited 5 weeks for the letter and paid £40 for the taxi there."),
    (WAITED, "We waited five weeks for the letter and paid £45 for the taxi there."),
    (WAITED, "We waited five weeks for the letter and paid $40 for the taxi there."),
    (WAITED, "We waited weeks for the letter and paid £40 for the taxi there."),
    (SHARE, "Only twenty per cent of the people we asked were in favour of it."),
    (SHARE, "Only twenty five of the people we asked were in favour of it."),
    ("It was on the third floor of No. 5 in the main street.", "It was on the third floor of No. 6 in the main street."),
    ("It was on the third floor of No. 5 in the main street.", "It was on the first floor of No. 5 in the main street."),
    ("We met on Thursday to go through the plan again.", "We met on Tuesday to go through the plan again."),
    ("It was -5 degrees in the hall most of the winter.", "It was 5 degrees in the hall most of the winter."),
    ("It was 5 degrees in the hall most of the winter.", "-5 degrees in the hall most of the winter"),
    ("Half of them had left by the end of the summer.", "Most of them had left by the end of the summer."),
    # words in another order, or other words
    (NURSE, "The nurse refused the patient who came up from the ward that day."),
    (NURSE, "the ward that day … The patient refused the nurse"),
    (NURSE, "The patient accused the nurse who came up from the ward that day."),
    ("Carers trust the service more than the council here.", "Carers trust the council more than the service here."),
    ("Costs will increase for the families in the village.", "Costs will decrease for the families in the village."),
    ("He said that she had asked for the meeting with us.", "She said that he had asked for the meeting with us."),
    ("It can help the people who come here every week.", "It could help the people who come here every week."),
    ("Some of the people who come here like the garden.", "All of the people who come here like the garden."),
    ("The nurse was helping the people in the next bed.", "The nurse was helped the people in the next bed."),
    ("I used to think that this was the way to do it.", "I think that this was the way to do it."),
]  # fmt: skip


@pytest.mark.parametrize(("source", "quote"), REFUSED)
def test_a_quote_that_says_another_thing_is_refused(source: str, quote: str) -> None:
    status, shown = Said("We were all there.", source, "That was the way of it.").quoted(quote)
    assert not QuoteStatus(status).verified
    assert shown == []


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        (LANDLORD, "The landlord is not permitted … within the year"),
        (LANDLORD, "The landlord is not … to terminate the lease"),
        (WAITED, "We waited five weeks … and paid £40"),
        ("We met, as we always do, in the old hall by the pier.", "We met … in the old hall"),
        ("We met, as we always do, in the old hall by the pier.", "We met [...] in the old hall"),
        ("We met, as we always do, in the old hall by the pier.", "We met […] in the old hall … the pier"),
        ("We met, as we always do, in the old hall by the pier.", "We met . . . in the old hall"),
    ],
)
def test_an_omission_of_harmless_words_is_abridged_and_shown_with_them(source: str, quote: str) -> None:
    status, shown = Said("We were all there.", source).quoted(quote)
    assert status == "abridged"
    (words,) = shown
    assert words in source, "from the first word to the last, nothing left out"
    assert words.startswith(quote.split()[0])
    assert words.rstrip(".").endswith(quote.split()[-1])


@pytest.mark.parametrize(
    "quote", ["…in the old hall by the pier.", "We met, as we always do, ...", "[…] in the old hall […]"]
)
def test_an_ellipsis_at_an_end_shows_the_whole_sentence(quote: str) -> None:
    source = "We met, as we always do, in the old hall by the pier."
    assert Said("We were all there.", source).quoted(quote) == ("abridged", [source])


@pytest.mark.parametrize(
    ("source", "quote"),
    [
        ("No, it helped us a lot in that first winter.", "it helped us a lot in that first winter."),
        ("It helped us a lot in that winter, but not after.", "It helped us a lot in that winter"),
        ("I know they tried, and we could not have asked for more.", "I know they tried"),
        ("If it helped the carers we would do it all again.", "it helped the carers"),
        ("Fewer than 50 people came to the last of them.", "50 people came to the last of them"),
        ("So it helped the carers in the village?", "it helped the carers in the village"),
        ("There were people from 40 villages at the table.", "There were people from"),
        ("In all 40 villages were at the table that day.", "villages were at the table that day."),
    ],
)
def test_what_its_sentence_bears_on_is_shown_with_the_sentence(source: str, quote: str) -> None:
    assert Said("We were all there.", source).quoted(quote) == ("widened", [source])


@pytest.mark.parametrize(
    ("source", "quote", "status"),
    [
        (LANDLORD, LANDLORD, "exact"),
        (LANDLORD, "“The landlord is not permitted to terminate the lease within the year”", "exact"),
        (LANDLORD, "The landlord is n\u200bot permitted to terminate the lease", "exact"),
        (LANDLORD, "the landlord is NOT permitted to terminate the lease", "snapped"),
        (DOUBLE, "I wouldn’t say it didn‘t help the families", "exact"),
        (USEFUL, "I would never say the service was useful to poeple like us.", "snapped"),
        (WAITED, "We waited five weeks for the leter and paid £40 for the taxi there.", "snapped"),
        (WAITED, "We waited five weeks for letter and paid £40 for the taxi there.", "snapped"),
        (
            "So we, we met every Thursday in the hall, um, by the pier in the village.",
            "So we met every Thursday in the hall by the pier in the village.",
            "snapped",
        ),
        ("It was a co-produced plan for all of the villages.", "It was a coproduced plan for all of the villages.", "snapped"),
        ("They organise the programme in the town centre.", "They organize the program in the town center.", "snapped"),
        ("We were … well, tired of all of it by the end.", "We were … well, tired of all of it", "exact"),
        ("We were… well, tired of all of it by the end.", "We were … well, tired of all of it", "snapped"),
        ("It was at No. 5 in the main street of the town.", "It was at No. 5 in the main street", "exact"),
        ("He said no to the offer and then he went home.", "He said no to the offer", "exact"),
    ],
)  # fmt: skip
def test_a_true_quote_stands(source: str, quote: str, status: str) -> None:
    assert Said("We were all there.", source).quoted(quote)[0] == status


def test_no_as_an_answer_is_a_quote() -> None:
    said = Said("No.", "It helped.", "It was not for us.")
    assert said.quoted("No") == ("exact", ["No."[:2]])
    assert said.quoted("It helped") == ("exact", ["It helped"])


def test_an_omission_may_leave_out_so_many_words_and_no_more() -> None:
    def omitting(words: int) -> str:
        source = f"We met in the hall {'so ' * words}that we could all be there."
        return Said(source).quoted("We met in the hall … that we could all be there")[0]

    assert omitting(LONGEST_OMISSION) == "abridged"
    assert omitting(LONGEST_OMISSION + 1) == "misleading"


def test_an_omission_of_anothers_words_is_refused() -> None:
    said = Said("We met in the old hall.", "It worked well for us.", between=" \nI: Mm, right.\nP1: ")
    assert said.quoted("in the old hall … It worked well") == ("misleading", [])
    assert said.quoted("in the old hall. It worked well") == ("exact", ["in the old hall.", "It worked well"])


def test_the_place_that_is_not_cut_is_taken_unless_another_sentence_was_named() -> None:
    said = Said("We were not asked about the plan.", "Later we were asked about the plan.")
    assert said.quoted("asked about the plan") == ("exact", ["asked about the plan"])
    assert said.quoted("asked about the plan", "s2") == ("exact", ["asked about the plan"])
    assert said.quoted("asked about the plan", "s1") == ("misleading", [])


def test_parts_take_the_nearest_places() -> None:
    said = Said("We met in the hall.", "Nobody came.", "We met again in the hall by the pier.")
    assert said.quoted("We met … in the hall by the pier") == (
        "abridged",
        ["We met again in the hall by the pier"],
    )
