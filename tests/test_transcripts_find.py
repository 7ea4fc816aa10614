"""A quote is found as a reader sees it, and its positions are those of the unchanged text."""

from __future__ import annotations

import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.transcripts import transcript
from casestudy.transcripts.find import find

DATA = Path(__file__).parent / "data" / "transcripts"


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("inter-\nview week", "interview week", ["inter-\nview week"]),
        ("a well-\nknown habit", "well-known habit", ["well-\nknown habit"]),
        ("soft\u00adhyphen", "softhyphen", ["soft\u00adhyphen"]),
        ("an e\ufb03cient of\ufb01ce", "efficient office", ["e\ufb03cient of\ufb01ce"]),
        ("fine print", "\ufb01ne", ["fine"]),
        ("cafe\u0301 here", "caf\u00e9", ["cafe\u0301"]),
        ("caf\u00e9 here", "cafe\u0301", ["caf\u00e9"]),
        ("cafe\u0301 here", "cafe", []),
        ("caf\u00e9 here", "cafe", []),
        ("the of\ufb01ce", "of\ufb01", ["of\ufb01"]),
        ("\ufb01ne", "ine", []),
        (unicodedata.normalize("NFD", "한국어 말"), "한국어", [unicodedata.normalize("NFD", "한국어")]),
        ("no. No, I don’t  know", "I don't know", ["I don’t  know"]),
        ("well … so", "well ... so", ["well … so"]),
        ("zero\u200bwidth", "zerowidth", ["zero\u200bwidth"]),
        ("5-6 of us", "56", []),
        ("x", "", []),
        ("Yes", "yes", []),
    ],
)
def test_quotes(text: str, quote: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in find(text, quote)] == found


def test_quotes_of_a_pdf_and_of_a_decomposed_text() -> None:
    text = transcript.read(DATA / "hyphen.pdf").text
    [(start, end)] = find(text, "interview week")
    assert text[start:end] == "inter-\nview week"
    text = transcript.read(DATA / "decomposed.txt").text
    [(start, end)] = find(text, "In the café with Päivi.")
    assert unicodedata.normalize("NFC", text[start:end]) == "In the café with Päivi."


@given(st.text(st.sampled_from("aé\u0301e\u00ad -\n’ﬁ한"), max_size=30), st.data())
@settings(max_examples=300)
def test_whatever_is_cut_out_of_a_text_is_found_in_it(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    quote = text[start:end]
    apart = end == len(text) or not unicodedata.combining(text[end])
    if quote.strip() and apart:
        assert (start, end) in find(text, quote)
    for first, last in find(text, quote):
        assert 0 <= first < last <= len(text)


def test_long_texts_and_quotes_take_linear_time() -> None:
    started = time.process_time()
    assert find("a" * 1_000_000, "a" * 5000 + "b") == []
    assert find("a-\n" * 100_000, "a" * 50 + "b") == []
    assert time.process_time() - started < 20
