"""Codings follow a corrected transcript, and every move is reported."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.coding import reanchor
from casestudy.coding.codings import Coding, settle
from casestudy.transcripts.text import sha256

WORDS = st.lists(
    st.sampled_from(["the", "roses", "win", "every", "year", "🥔", "yes", "no,"]), min_size=1, max_size=30
)


def coding(text: str, start: int, end: int) -> Coding:
    return Coding("id", "k", "d", "c", start, end, text[start:end], {}, "", "", sha256(text)[:16], "id")


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, str, int, int]:
    """A text, a coded span, and the text after edits that leave the span's words alone."""
    before, quote, after = (" ".join(draw(WORDS)) for _ in range(3))
    new_before = draw(st.one_of(st.just(before), st.just(""), WORDS.map(" ".join)))
    new_after = draw(st.one_of(st.just(after), st.just(""), WORDS.map(" ".join)))
    old = f"{before} {quote} {after}"
    return old, f"{new_before} {quote} {new_after}", len(before) + 1, len(before) + 1 + len(quote)


@given(edited(), st.booleans())
@settings(max_examples=400)
def test_a_coding_whose_words_survive_keeps_them(case: tuple[str, str, int, int], known: bool) -> None:
    old, new, start, end = case
    [move] = reanchor.follow([coding(old, start, end)], new, old if known else None)
    assert move.state in ("same", "moved", "doubtful")
    assert new[move.start : move.end] == move.quote == old[start:end]


@given(st.text(max_size=40), st.text(max_size=40), st.data())
@settings(max_examples=300)
def test_what_is_reported_is_true_of_any_two_texts(old: str, new: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, max(len(old) - 1, 0)))
    end = data.draw(st.integers(start + 1, len(old) + 1))
    [move] = reanchor.follow([coding(old, start, end)], new, old)
    if move.state == "lost":
        assert (move.start, move.end, move.quote) == (start, end, old[start:end])
    else:
        assert new[move.start : move.end] == move.quote


def test_repeated_words_follow_the_alignment_and_not_the_first_hit() -> None:
    old = "yes. And the roses? yes. And the rain? yes."
    new = "Well: yes. And the red roses? yes. And the rain? yes."
    [move] = reanchor.follow([coding(old, 20, 23)], new, old)
    assert (move.state, move.start) == ("moved", 30)


def test_a_mended_typing_error_is_altered_and_not_written_unless_accepted() -> None:
    old, new = "I carry it evry evening, two cans.", "I carry it every evening, two cans."
    [move] = reanchor.follow([coding(old, 2, 23)], new, old)
    assert (move.state, move.quote) == ("altered", "carry it every evening")
    assert reanchor.records([move], new) == []
    [record] = reanchor.records([move], new, accept=True)
    assert new[record.start : record.end] == record.quote
    assert "re-anchored" in record.by


def test_lost_words_are_kept_and_listed_first() -> None:
    old, new = "I never use the hose. Rain is enough.", "Rain is enough."
    moves = reanchor.follow([coding(old, 22, 37), coding(old, 0, 21)], new, old)
    report = reanchor.report(moves)
    assert report["state"].tolist() == ["lost", "moved"]
    assert report["old_quote"].iloc[0] == "I never use the hose."


def test_without_the_old_text_a_mended_quote_is_found_by_its_likeness() -> None:
    old = "We went, and I carry it evry evening with two cans, always."
    new = "Well, we went there. And I carry it every evening with two cans, always."
    [move] = reanchor.follow([coding(old, 13, 50)], new, None)
    assert move.state == "altered"
    assert "every evening" in move.quote


def test_the_text_that_was_coded_is_found_in_the_version_history(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        settings = ["-c", "user.name=k", "-c", "user.email=k@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *settings, "-C", str(tmp_path), *words], check=True, capture_output=True)

    git("init", "-q")
    path = tmp_path / "d.md"
    for text in ("Aino: one.\r\n", "Aino: two.\n"):
        path.write_bytes(text.encode())
        git("add", "d.md")
        git("commit", "-qm", "x")
    path.write_text("Aino: three.\n")
    assert reanchor.earlier_text(path, sha256("Aino: one.\n")[:16]) == "Aino: one.\n"
    assert reanchor.earlier_text(path, "0" * 16) is None


def test_the_records_of_a_move_replace_what_was_written() -> None:
    from casestudy.coding.codings import record

    old, new = "Rain. Yes.", "Well. Rain. Yes."
    first = record("add", place="k/d", code="c", start=0, end=5, quote="Rain.", text=sha256(old)[:16])
    work, _ = settle("k", "d", [first], "f")
    moved = reanchor.records(reanchor.follow(work.codings, new, old), new)
    after, problems = settle("k", "d", [first, *moved], "f")
    assert problems == []
    assert [(one.id, one.start, one.quote) for one in after.codings] == [(first.id, 6, "Rain.")]
