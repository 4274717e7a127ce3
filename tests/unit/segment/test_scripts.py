"""Chinese, Japanese, Thai and Hindi: where sentences end, how words are counted, how long passages are."""

from __future__ import annotations

import unicodedata

import pytest
from tests.unit.segment.documents import talk

from cothemes.records.text import count_words
from cothemes.settings import SegmentSettings
from cothemes.stages.segment.passages import segment
from cothemes.stages.segment.sentences import sentences

CHINESE = "我们在春天开始读书，后来人越来越多。“大家都很高兴！”他说。夏天以后呢？一切都变了。"
JAPANESE = (
    "私たちは図書館の小さな部屋で集まりました。いつも誰かがケーキを持ってきました。"
    "夏が過ぎると、変わりました。"
)
HINDI = "हम पुस्तकालय के छोटे कमरे में मिलते थे। हमेशा कोई केक ले आता था। गर्मियों के बाद सब बदल गया। "
THAI = "ตอนนั้นเราประชุมกันในห้องเล็กหลังเคาน์เตอร์ห้องสมุด มีคนเอาเค้กมามากเกินไปเสมอ แล้วพอฤดูร้อนทุกอย่างก็เปลี่ยนไป "


@pytest.mark.parametrize(("text", "ends"), [(CHINESE, 5), (JAPANESE, 3), (HINDI, 3)])
def test_sentences_end_at_the_stops_of_the_script(text: str, ends: int) -> None:
    found = [text[span.start : span.end] for span in sentences(text)]
    assert len(found) == ends
    assert "".join("".join(found).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("two words", 2),
        ("naïve café – so", 4),
        ("我们在春天开始读书", 6),  # 9 characters
        ("我用 Excel 写", 3),  # 2 characters, 1 word, 1 character
        ("我。", 1),
        ("ก" * 9, 2),
        ("हम मिलते थे।", 3),
    ],
)
def test_words_are_counted_by_letters_where_no_blank_parts_them(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    "text",
    [CHINESE * 40, JAPANESE * 40, HINDI * 40, THAI * 40, "春天" * 3_000, THAI.replace(" ", "") * 40],
    ids=("zh", "ja", "hi", "th", "zh without stops", "th without blanks"),
)
def test_passages_are_of_a_readable_length_and_lose_no_letter(text: str) -> None:
    found = segment(talk(("AB", text.strip())), SegmentSettings(), 1)
    assert len(found) > 3
    assert all(40 <= passage.words <= 180 for passage in found)
    assert "".join("".join(p.text for p in found).split()) == "".join(text.split())
    for passage in found:
        assert unicodedata.category(passage.text[0])[0] != "M"


def test_a_chinese_answer_is_no_backchannel() -> None:
    said = [
        "我们为什么要在春天开始读书呢",
        "因为老礼堂关门维修了所以没有地方聚会",
        "后来大家都很高兴因为地方很好",
    ]
    found = segment(talk(*zip(("AB", "CD", "AB"), said, strict=True)), SegmentSettings(), 1)
    assert [passage.speaker for passage in found] == ["AB", "CD", "AB"]
