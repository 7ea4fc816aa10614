# ruff: noqa: E501  (one case a line)
"""Transcripts of further tools, languages and containers: each kind of fault has its siblings here."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_transcripts_kept import odt, rtf, word
from test_transcripts_speakers import made, said, times

from casestudy.transcripts.readers import READERS


def words(*rows: tuple[str, str, float]) -> list[dict[str, Any]]:
    """Single words as a cloud recogniser lists them; signs have no time."""
    return [
        {"type": "punctuation" if sign in ".?" else "pronunciation", "alternatives": [{"confidence": "0.9", "content": sign}], "speaker_label": who}
        | ({} if sign in ".?" else {"start_time": f"{start}", "end_time": f"{start + 0.4}"})
        for sign, who, start in rows
    ]  # fmt: skip


RECOGNISERS: dict[str, tuple[Any, list[tuple[str, str]], list[float]]] = {
    "whisper": ({"text": " How? Late.", "segments": [{"id": 0, "seek": 0, "start": 0.0, "end": 2.0, "text": " How?", "tokens": [1]}, {"id": 1, "start": 2.0, "end": 3.0, "text": " Late."}], "language": "en"}, [("", "How?"), ("", "Late.")], [0, 2]),
    "whisper.cpp": ({"result": {"language": "en"}, "transcription": [{"timestamps": {"from": "00:00:00,000", "to": "00:00:02,000"}, "offsets": {"from": 0, "to": 2000}, "text": " How?"}, {"timestamps": {"from": "00:00:02,000", "to": "00:00:04,500"}, "offsets": {"from": 2000, "to": 4500}, "text": " Late."}]}, [("", "How?"), ("", "Late.")], [0, 2]),
    "whisperx": ({"segments": [{"start": 0.5, "end": 2, "text": " How?", "speaker": "SPEAKER_00", "words": [{"word": "How?", "start": 0.5, "end": 1}]}, {"start": 2.5, "end": 3, "text": "Late.", "speaker": "SPEAKER_01", "words": []}], "word_segments": [{"word": "How?", "start": 0.5}]}, [("SPEAKER_00", "How?"), ("SPEAKER_01", "Late.")], [0.5, 2.5]),
    "cloud, segments": ({"jobName": "x", "results": {"transcripts": [{"transcript": "How? Late."}], "speaker_labels": {"segments": [{"start_time": "0.0", "speaker_label": "spk_0", "items": [{"start_time": "0.0", "speaker_label": "spk_0"}]}]}, "audio_segments": [{"id": 0, "transcript": "How?", "start_time": "0.0", "end_time": "1.0", "speaker_label": "spk_0"}, {"id": 1, "transcript": "Late.", "start_time": "1.0", "end_time": "2.0", "speaker_label": "spk_1"}], "items": words(("How", "spk_0", 0.0))}}, [("spk_0", "How?"), ("spk_1", "Late.")], [0, 1]),
    "cloud, words": ({"results": {"transcripts": [{"transcript": "How so? Late."}], "items": words(("How", "spk_0", 0.0), ("so", "spk_0", 0.5), ("?", "spk_0", 0), ("Late", "spk_1", 1.0), (".", "spk_1", 0))}}, [("spk_0", "How so?"), ("spk_1", "Late.")], [0, 1]),
    "cloud, voices beside the words": ({"results": {"transcripts": [{"transcript": "How Late"}], "speaker_labels": {"segments": [{"items": [{"start_time": "0.0", "speaker_label": "spk_0"}]}, {"items": [{"start_time": "1.0", "speaker_label": "spk_1"}]}]}, "items": [{key: value for key, value in row.items() if key != "speaker_label"} for row in words(("How", "", 0.0), ("Late", "", 1.0))]}}, [("spk_0", "How"), ("spk_1", "Late")], [0, 1]),
    "phrases with ticks": ({"source": "x", "combinedRecognizedPhrases": [{"display": "How. Late."}], "recognizedPhrases": [{"channel": 0, "speaker": 1, "offset": "PT0.5S", "offsetInTicks": 5000000.0, "durationInTicks": 10000000.0, "nBest": [{"display": "How.", "lexical": "how"}]}, {"speaker": 2, "offset": "PT2S", "nBest": [{"display": "Late."}]}]}, [("1", "How."), ("2", "Late.")], [0.5, 2]),
    "voices in the last result": ({"results": [{"alternatives": [{"transcript": "How", "words": [{"startTime": "1.300s", "endTime": "1.400s", "word": "How"}]}]}, {"alternatives": [{"words": [{"word": "How", "startTime": "1.3s", "endTime": "1.4s", "speakerTag": 1}, {"word": "Late", "startTime": "2s", "endTime": "2.4s", "speakerTag": 2}]}]}]}, [("1", "How"), ("2", "Late")], [1.3, 2]),
    "utterances in seconds": ({"metadata": {}, "results": {"channels": [{"alternatives": [{"transcript": "How. Late."}]}], "utterances": [{"start": 0.5, "end": 1.0, "transcript": "How.", "speaker": 0, "words": []}, {"start": 1.5, "end": 2, "transcript": "Late.", "speaker": 1}]}}, [("0", "How."), ("1", "Late.")], [0.5, 1.5]),
    "utterances in thousandths": ({"id": "x", "words": [{"text": "How.", "start": 250, "end": 650, "speaker": "A"}], "utterances": [{"speaker": "A", "text": "How.", "start": 250, "end": 650}, {"speaker": "B", "text": "Late.", "start": 700, "end": 900}]}, [("A", "How."), ("B", "Late.")], [0.25, 0.7]),
    "segments in thousandths": ({"segments": [{"speaker": "A", "text": "How do you shop?", "start": 0, "end": 2000}, {"speaker": "B", "text": "Late.", "start": 2500, "end": 3000}]}, [("A", "How do you shop?"), ("B", "Late.")], [0, 2.5]),
    "segments in whole seconds": ({"segments": [{"speaker": "A", "text": "How do you shop?", "start": 0, "end": 2}, {"speaker": "B", "text": "Late.", "start": 3, "end": 4}]}, [("A", "How do you shop?"), ("B", "Late.")], [0, 3]),
    "a meeting's sentences": ({"data": {"transcript": {"title": "x", "sentences": [{"index": 0, "speaker_name": "Oja, K.", "text": "How?", "start_time": 0.5, "end_time": 1}, {"speaker_name": "B", "text": "Late.", "start_time": 2, "end_time": 3}]}}}, [("Oja, K.", "How?"), ("B", "Late.")], [0.5, 2]),
    "a podcast's": ({"version": "1.0.0", "segments": [{"speaker": "Oja", "startTime": 0.5, "endTime": 0.75, "body": "How?"}, {"speaker": "B", "startTime": 1, "endTime": 2, "body": "Late."}]}, [("Oja", "How?"), ("B", "Late.")], [0.5, 1]),
    "a meeting's entries": ({"entries": [{"id": "x", "speakerDisplayName": "Oja, K.", "text": "How?", "startOffset": "00:00:01.2", "endOffset": "00:00:02.2"}, {"speakerDisplayName": "B", "text": "Late.", "startOffset": "00:00:03", "endOffset": "00:00:04"}]}, [("Oja, K.", "How?"), ("B", "Late.")], [1.2, 3]),
    "words with spaces": ({"language_code": "eng", "text": "How so? Late.", "words": [{"text": "How", "type": "word", "start": 0.1, "end": 0.3, "speaker_id": "speaker_0"}, {"text": " ", "type": "spacing", "start": 0.3, "end": 0.4, "speaker_id": "speaker_0"}, {"text": "so?", "type": "word", "start": 0.4, "end": 0.6, "speaker_id": "speaker_0"}, {"text": "Late.", "type": "word", "start": 1.0, "end": 1.4, "speaker_id": "speaker_1"}]}, [("speaker_0", "How so?"), ("speaker_1", "Late.")], [0.1, 1]),
    "words without voices": ({"result": [{"conf": 1, "start": 0.5, "end": 1.0, "word": "how"}, {"start": 1.1, "end": 1.4, "word": "so"}, {"start": 3.0, "end": 3.4, "word": "late"}], "text": "how so late"}, [("", "how so"), ("", "late")], [0.5, 3]),
    "a voice of another name": ([{"Speaker Label": "Oja", "start": 1.5, "text": "How?"}, {"Speaker Label": 2, "start": 2.5, "text": "Late."}], [("Oja", "How?"), ("2", "Late.")], [1.5, 2.5]),
}  # fmt: skip


@pytest.mark.parametrize("tool", sorted(RECOGNISERS))
def test_json_of_a_recogniser_keeps_voices_and_times(tool: str) -> None:
    content, expected, starts = RECOGNISERS[tool]
    document = made(json.dumps(content), ".json")
    # Words without a voice are one turn; its cues keep their times.
    lines = said(document) if document.stated else [("", line) for line in document.text.splitlines()]
    assert lines == expected
    found = times(document) if document.stated else [place.time for place in document.places]
    assert found == pytest.approx(starts)


def test_several_texts_of_json_in_one_file_follow_each_other() -> None:
    rows = [
        {"result": [{"start": start, "end": start + 0.5, "word": word}]}
        for start, word in ((0, "how"), (4, "late"))
    ]
    document = made("\n".join(map(json.dumps, rows)), ".json")
    assert document.text == "how\nlate\n"
    assert [place.time for place in document.places] == [0, 4]


@pytest.mark.parametrize(
    "content", ["{}", "[]", '{"segments": []}', '{"a": [{"b": 1}]}', "3", '"text"', "", "{" * 5000]
)
def test_json_without_words_is_refused_in_words(content: str) -> None:
    from casestudy.errors import InputError
    from casestudy.transcripts.readers import extract

    with pytest.raises(InputError, match="not JSON of segments"):
        extract(content.encode(), ".json", "t")


TEXTS: dict[str, tuple[str, str, list[tuple[str, str]], list[float] | None]] = {
    # the case, the ending, what is written, who says what, when
    "s03, SRT": (".srt", "".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{line}\n\n" for n, line in enumerate(["Anna: a", "Bea: b", "Anna: c", "Cleo: once"], 1)), [("Anna", "a"), ("Bea", "b"), ("Anna", "c"), ("Cleo", "once")], [1, 2, 3, 4]),
    "s05, hours": (".txt", "Speaker 1 (00:00:01):\nHow?\n\nSpeaker 2 (00:00:05):\nLate.\n", [("Speaker 1", "How?"), ("Speaker 2", "Late.")], [1, 5]),
    "s05, tabs": (".txt", "Speaker 1:\t[00:00:01]\tHow?\nSpeaker 2:\t[00:00:05]\tLate.\nSpeaker 1:\t[00:00:09] Why?\n", [("Speaker 1", "How?"), ("Speaker 2", "Late."), ("Speaker 1", "Why?")], [1, 5, 9]),
    "s05, time behind the colon": (".txt", "Speaker1: [00:00:01] How?\n\nSpeaker2: [00:00:05] Late.\n\nSpeaker1: [00:00:08] Why?\n", [("Speaker1", "How?"), ("Speaker2", "Late."), ("Speaker1", "Why?")], [1, 5, 8]),
    "s06, German": (".txt", "Anna: Wie?\n\n[lacht]\n\nBea: [FIRMA] ist gut.\n\n[unverständlich 00:12]\n\nAnna: Warum?\n\nBea: (lacht) Nein.\n", [("Anna", "Wie?\n\n[lacht]"), ("Bea", "[FIRMA] ist gut.\n\n[unverständlich 00:12]"), ("Anna", "Warum?"), ("Bea", "(lacht) Nein.")], None),
    "s07, meeting with attendees": (".txt", "Weekly (2024-05-01 10:00 GMT) - Transcript\nAttendees\nAnna Berg, Oja, Kerttu\nTranscript\nAnna Berg: How?\nOja, Kerttu: Late.\nAnna Berg: Why?\nOja, Kerttu: Work.\n00:05:00\n\nAnna Berg: And now?\n", [("Anna Berg", "How?"), ("Oja, Kerttu", "Late."), ("Anna Berg", "Why?"), ("Oja, Kerttu", "Work."), ("Anna Berg", "And now?")], None),
    "s09, time behind the name": (".txt", "S00: [00:00:01] Hello.\n\nS01: [00:00:04] Hi.\n\nS00: [00:00:09] Ok.\n", [("S00", "Hello."), ("S01", "Hi."), ("S00", "Ok.")], [1, 4, 9]),
    "s10, number before the name": (".vtt", 'WEBVTT\n\n1 "Oja, Kerttu" (3456)\n00:00:01.000 --> 00:00:02.000\nHow?\n\n2 "Bea" (222)\n00:00:02.000 --> 00:00:03.000\nLate.\n', [("Oja, Kerttu", "How?"), ("Bea", "Late.")], [1, 2]),
    "s11, the time above the name": (".txt", "00:01\nAnna: How?\n00:05\nBea: Late.\n00:09\nAnna: Why?\n", [("Anna", "How?"), ("Bea", "Late."), ("Anna", "Why?")], [1, 5, 9]),
    "s11, the name behind a dash": (".txt", "[00:00:01.24] - Speaker 1\nHow do you?\n\n[00:00:05.10] - Oja, Kerttu\nLate.\n", [("Speaker 1", "How do you?"), ("Oja, Kerttu", "Late.")], [1.24, 5.1]),
    "s11, words behind a dash": (".txt", "[00:01] - Yes\n[00:03] - No\n", [("", "Yes\nNo")], [1]),
    "s12, several interviewed": (".txt", "#00:00:01-2# I: Wie?\n#00:00:05-3# B1: So.\n#00:01:05-3# B2: Anders.\n", [("I", "Wie?"), ("B1", "So."), ("B2", "Anders.")], [1.2, 5.3, 65.3]),
    "s12, times in RTF": (".rtf", "{\\rtf1\\ansi (0:00:01.0) ANNA: How?\\par (0:00:03.0) BEA: Late.\\par}", [("ANNA", "How?"), ("BEA", "Late.")], [1, 3]),
    "s13, the name in brackets": (".txt", "[Anna Example] 10:12:01\nHow?\n\n[Bea Sample] 10:12:09\nLate.\n\n", [("Anna Example", "How?"), ("Bea Sample", "Late.")], [36721, 36729]),
    "s14, no brackets": (".txt", "00:00:01 Spreker 1: How?\n\n00:00:05 Spreker 2: Late.\n", [("Spreker 1", "How?"), ("Spreker 2", "Late.")], [1, 5]),
    "s15, narrow space": (".txt", "Enquêteur\u202f: Alors ?\n\nMarie\u202f: Oui.\n\nEnquêteur\u202f: Pourquoi ?\n", [("Enquêteur", "Alors ?"), ("Marie", "Oui."), ("Enquêteur", "Pourquoi ?")], None),
    "s15, Japanese lines": (".txt", "聞き手：いつですか。\n田中：夜です。\n聞き手：なぜ。\n田中：暇。\n", [("聞き手", "いつですか。"), ("田中", "夜です。"), ("聞き手", "なぜ。"), ("田中", "暇。")], None),
    "s16, Korean": (".txt", unicodedata.normalize("NFD", "민수: 왜?\n\n지영: 비.\n\n민수: 응.\n"), [(who, unicodedata.normalize("NFD", text)) for who, text in (("민수", "왜?"), ("지영", "비."), ("민수", "응."))], None),
    "b19, further words": (".txt", "Anna: How?\n\nBea: Honestly: no.\n\nThirdly: never.\n\nAnna: Why?\n\nBea: Time.\n", [("Anna", "How?"), ("Bea", "Honestly: no.\n\nThirdly: never."), ("Anna", "Why?"), ("Bea", "Time.")], None),
    "c07, Otter": (".txt", "Unknown Speaker  00:03\nHow do you shop?\n\nAnna  1:00:07\nLate.\n", [("Unknown Speaker", "How do you shop?"), ("Anna", "Late.")], [3, 3607]),
    "c07, brackets in SRT": (".srt", "1\n00:00:01,000 --> 00:00:02,000\n[SPEAKER_00]: How?\n\n2\n00:00:02,000 --> 00:00:03,000\n[SPEAKER_01]: Late.\n", [("SPEAKER_00", "How?"), ("SPEAKER_01", "Late.")], [1, 2]),
    "c07, last name first": (".vtt", "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nOja, Kerttu: How?\n\n2\n00:00:02.000 --> 00:00:03.000\nBea #3: Late.\n\n3\n00:00:03.000 --> 00:00:04.000\nOja, Kerttu: Ok: fine.\n", [("Oja, Kerttu", "How?"), ("Bea #3", "Late."), ("Oja, Kerttu", "Ok: fine.")], [1, 2, 3]),
    "notes of a stream": (".vtt", 'WEBVTT\n\nNOTE duration:"00:10:00.0000000"\n\nNOTE Confidence: 0.9\n\n62bb4cd5-3ba1-4b06-9bc5-0ab26ea6a9ea\n00:00:01.000 --> 00:00:02.000\nHow?\n', [("", "How?")], [1]),
    "c01, WebVTT": (".vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nWe shop late.\n \nAnd home.\n", [("", "We shop late.\nAnd home.")], [1]),
    "c02, WebVTT": (".vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nAnna: How?\n\nBea: Late.\n\n00:03.000 --> 00:04.000\nAnna: Why?\n", [("Anna", "How?"), ("Bea", "Late."), ("Anna", "Why?")], [1, 1, 3]),
    "c03, WebVTT": (".vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>it was <i>cheap</i> &lt; 5 euros <inaudible> &amp; so\n", [("A", "it was cheap < 5 euros <inaudible> & so")], [1]),
    "c05, SRT": (".srt", "1\n00:00:01,000 --> 00:00:01,500\n<u>We</u> shop late.\n\n2\n00:00:01,500 --> 00:00:02,000\nWe <u>shop</u> late.\n\n3\n00:00:02,000 --> 00:00:02,500\nWe shop <u>late.</u>\n", [("", "We shop late.")], [1]),
    "c06, SRT": (".srt", "1\n00:00:01,000 --> 00:00:02,000\nfirst words\n2\n00:00:02,000 --> 00:00:03,000\nsecond words\n", [("", "first words\nsecond words")], [1]),
    "c08, seconds": (".tsv", "start\tend\ttext\n0.5\t2.5\tHow?\n2.5\t3.5\tLate.\n", [("", "How?\nLate.")], [0.5]),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(TEXTS))
def test_texts_and_captions_of_other_tools_and_languages(case: str) -> None:
    ending, data, expected, starts = TEXTS[case]
    document = made(data, ending)
    lines = [(who, text) for who, text in said(document)]
    if any(not who for who, _ in lines):  # cues without a voice: their words, whatever turns they make
        lines = [("", "\n".join(text for _, text in lines))]
    assert lines == expected
    if starts:
        assert times(document)[: len(starts)] == pytest.approx(starts)


ROWS = (("00:01", "Oja, K.", "Miksi?"), ("00:04", "2", "Siksi."))
_CELL = "<w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
NOTES = '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="2"><w:p><w:r><w:t>laughs</w:t></w:r></w:p></w:footnote></w:footnotes>'
DOCUMENTS = {
    "b15, a row in a content control": (lambda: word(f"<w:tbl><w:sdt><w:sdtContent><w:tr>{_CELL.format('I')}{_CELL.format('How?')}</w:tr></w:sdtContent></w:sdt><w:tr>{_CELL.format('B')}{_CELL.format('Never.')}</w:tr></w:tbl>"), "I\n\nHow?\n\nB\n\nNever.\n", "1 tables"),
    "b15, paragraphs and runs in content controls": (lambda: word("<w:sdt><w:sdtContent><w:p><w:r><w:t>I: How?</w:t></w:r></w:p></w:sdtContent></w:sdt><w:p><w:sdt><w:sdtContent><w:r><w:t>B: Never.</w:t></w:r></w:sdtContent></w:sdt></w:p>"), "I: How?\n\nB: Never.\n", ""),
    "b16, OpenDocument": (lambda: odt("<table:table>" + "".join("<table:table-row>" + "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row) + "</table:table-row>" for row in ROWS) + "</table:table>"), "00:01\n\nOja, K.\n\nMiksi?\n\n00:04\n\n2\n\nSiksi.\n", "table 1 read as talk: column 1 times, column 2 names, column 3 words"),
    "b16, rich text": (lambda: rtf("".join("{\\trowd\\cellx1\\cellx2\\cellx3 " + "".join(f"{cell}\\intbl\\cell " for cell in row) + "\\row}" for row in ROWS)), "00:01\nOja, K.\nMiksi?\n00:04\n2\nSiksi.\n", "table 1 read as talk: column 1 times, column 2 names, column 3 words"),
    "d02, Word": (lambda: word('<w:p><w:r><w:t>B: we shop</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t> late</w:t></w:r></w:p>', footnotes=NOTES), "B: we shop late\n", "1 footnotes not kept"),
    "d02, OpenDocument": (lambda: odt('<text:p>B: we shop<text:note text:note-class="endnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>laughs</text:p></text:note-body></text:note> late</text:p>'), "B: we shop late\n", "1 endnotes not kept"),
    "d04, OpenDocument": (lambda: odt('<text:p>B: I work<text:hidden-text text:string-value="secret" text:condition="x"/> here.</text:p>'), "B: I work here.\n", "1 stretches of hidden text not kept"),
    "d12, a page": (lambda: READERS[".html"](b"<table><tr><td>Anna<td>How?<tr><td>Bea<td>It depends.<table><tr><td>a card</table></table>", "t"), "Anna How?\n\nBea It depends.\n\na card\n", "2 tables"),
    "d12, rich text": (lambda: rtf("{\\trowd\\cellx1\\cellx2 Bea\\intbl\\cell It depends.\\intbl\\par {\\itap2 a card\\nestcell{\\*\\nesttableprops\\trowd\\cellx1\\nestrow}}\\intbl\\cell\\row}\\pard"), "Bea\nIt depends.\na card\n\n", "1 tables"),
    "d13, rich text": (lambda: rtf("B: I shop late{\\deleted\\par}: after work.\\par A: Why?\\par"), "B: I shop late: after work.\nA: Why?\n", "1 tracked deletions"),
    "d13, OpenDocument": (lambda: odt('<text:tracked-changes><text:changed-region text:id="c"><text:deletion><text:p/><text:p/></text:deletion></text:changed-region></text:tracked-changes><text:p>B: I shop late<text:change text:change-id="c"/>: after work.</text:p><text:p>A: Why?</text:p>'), "B: I shop late: after work.\n\nA: Why?\n", "1 tracked deletions"),
    "d15, a page": (lambda: READERS[".html"]("<p>B: <ruby>夜<rp>(</rp><rt>よる</rt></ruby>です。</p>".encode(), "t"), "B: 夜です。\n", "1 readings of characters (ruby) not kept"),
    "d15, OpenDocument": (lambda: odt("<text:p>B: <text:ruby><text:ruby-base>夜</text:ruby-base><text:ruby-text>よる</text:ruby-text></text:ruby>です。</text:p>"), "B: 夜です。\n", "1 readings of characters (ruby) not kept"),
    "d16, lists within lists": (lambda: odt("<text:list><text:list-header><text:p>Anna: How?</text:p></text:list-header><text:list-item><text:p>Bea: Late.</text:p><text:list><text:list-item><text:p>Anna: Why?</text:p></text:list-item></text:list></text:list-item></text:list>"), "Anna: How?\n\nBea: Late.\n\nAnna: Why?\n", ""),
    "d16, a numbered heading in a section": (lambda: odt("<text:section><text:numbered-paragraph><text:h>Part</text:h></text:numbered-paragraph><text:numbered-paragraph><text:p>Bea: Late.</text:p></text:numbered-paragraph></text:section>"), "Part\n\nBea: Late.\n", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(DOCUMENTS))
def test_documents_of_other_programs_lose_and_repeat_nothing(case: str) -> None:
    build, text, note = DOCUMENTS[case]
    extract = build()
    assert extract.text == text
    assert not note or any(one.startswith(note) for one in extract.notes), extract.notes
    if "read as talk" in note:
        assert [(turn.speaker, turn.time) for turn in extract.turns] == [("Oja, K.", 1), ("2", 4)]


def pdf(*pages: list[tuple[int, int, str]], separate: bool = False) -> bytes:
    """A PDF of words at places; each drawn in a text object of its own, or all of a page in one."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for page in pages:
        drawn = [f"/F1 11 Tf 1 0 0 1 {x} {y} Tm ({text}) Tj" for x, y, text in page]
        stream = (
            " ".join(f"BT {one} ET" for one in drawn) if separate else f"BT {' '.join(drawn)} ET"
        ).encode()
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream))
        fonts = b"/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents %d 0 R %b >>"
            % (len(objects), fonts)
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer << /Size {len(objects) + 1} /Root 1 0 R >>"
    return data + f"{head}\nstartxref\n{len(data)}\n%%EOF".encode()


def rows_at(rows: list[tuple[str, ...]], *columns: int) -> list[tuple[int, int, str]]:
    return [
        (x, 700 - 20 * number, text)
        for number, row in enumerate(rows)
        for x, text in zip(columns, row, strict=True)
        if text
    ]


PRINTED = [
    ("00:01", "Oja, K.", "How do you shop in a usual week, and why so?"),
    ("00:09", "Bea", "Late in the evening, when the shop is empty and"),
    ("", "", "I have time."),
    ("00:15", "Oja, K.", "Why?"),
    ("00:20", "Bea", "Queues."),
]


@pytest.mark.parametrize("separate", [True, False])
@pytest.mark.parametrize("cut", [0, 2])
def test_a_talk_in_a_printed_table_keeps_names_and_times(separate: bool, cut: int) -> None:
    pages = [PRINTED[:cut], PRINTED[cut:]] if cut else [PRINTED]
    document = made(pdf(*(rows_at(page, 50, 110, 180) for page in pages), separate=separate), ".pdf")
    assert [(who, " ".join(text.split())) for who, text in said(document)] == [
        ("Oja, K.", "How do you shop in a usual week, and why so?"),
        ("Bea", "Late in the evening, when the shop is empty and I have time."),
        ("Oja, K.", "Why?"),
        ("Bea", "Queues."),
    ]
    assert times(document) == [1, 9, 15, 20]
    found = READERS[".pdf"](pdf(rows_at(PRINTED, 50, 110, 180), separate=separate), "t")
    assert "table 1 read as talk: column 1 times, column 2 names, column 3 words" in found.notes


@pytest.mark.parametrize("separate", [True, False])
def test_facts_in_a_printed_table_are_no_talk(separate: bool) -> None:
    facts = [("Age", "34 years old"), ("Town", "Espoo"), ("Children", "two of them"), ("Job", "nurse")]
    assert made(pdf(rows_at(facts, 50, 130), separate=separate), ".pdf").speakers == ()


BODY = ["I: How do you shop?", "P1: Late.", "I: Why?", "P1: Queues and noise."]


@pytest.mark.parametrize(
    ("head", "foot"),
    [
        ("Haastattelu 3, luottamuksellinen", "Sivu {n}/3"),
        ("Interview 3", "Seite {n} von 3"),
        ("3", "- {n} -"),
        ("Entretien", "{n}"),
    ],
)
def test_running_heads_and_page_numbers_of_other_languages_are_set_aside(head: str, foot: str) -> None:
    pages = [
        [
            (50, 770, head),
            *((50, 700 - 20 * at, f"{line} {n}") for at, line in enumerate(BODY)),
            (280, 30, foot.format(n=n)),
        ]
        for n in (1, 2, 3)
    ]
    found = READERS[".pdf"](pdf(*pages), "t")
    assert found.text == "\n\n".join("\n".join(f"{line} {n}" for line in BODY) for n in (1, 2, 3)) + "\n"
    assert any("set aside" in note for note in found.notes)


@pytest.mark.parametrize(("left", "step"), [(30, 1), (560, 1), (30, 5), (560, 5)])
def test_line_numbers_in_either_margin_are_set_aside(left: int, step: int) -> None:
    lines = [f"{'I' if at % 2 == 0 else 'B'}: line {at} of words here" for at in range(20)]
    page = [(60, 700 - 20 * at, line) for at, line in enumerate(lines)]
    page += [(left, 700 - 20 * at, str(at + 1)) for at in range(20) if (at + 1) % step == 0]
    found = READERS[".pdf"](pdf(page, separate=True), "t")
    assert found.text == "\n".join(lines) + "\n"
    assert f"{20 // step} line numbers set aside" in found.notes


def test_lines_drawn_in_any_order_are_read_from_top_to_bottom() -> None:
    page = [(50, 660, "I: Why?"), (50, 700, "I: How do you shop?"), (50, 680, "P1: Late, after work.")]
    assert READERS[".pdf"](pdf(page), "t").text == "I: How do you shop?\nP1: Late, after work.\nI: Why?\n"


@pytest.mark.parametrize(
    ("content", "times"),
    [
        ("speaker,start,text\nA,5,x\nB,70,y\n", [5, 70]),
        ("speaker,start,text\nA,5000,x\nB,700000,y\n", [5, 700]),
        ("speaker\tstart\ttext\nA\t5000\tx\nB\t7000\ty\n", [5, 7]),
        ("speaker;time;utterance\nA;0:05;x\nB;1:10;y\n", [5, 70]),
    ],
)
def test_times_of_lists_are_clocks_seconds_or_milliseconds(content: str, times: list[float]) -> None:
    turns = READERS[".csv"](content.encode(), "t").turns
    assert [(turn.speaker, turn.time) for turn in turns] == [*zip("AB", times, strict=True)]


def test_words_that_a_list_would_lose_are_a_problem_with_their_line() -> None:
    from casestudy.errors import InputError

    with pytest.raises(InputError, match=r"t, line 3.*3 cells under 2 headings"):
        READERS[".csv"](b"speaker;text\nA;Yes.\nB;No; never.\n", "t")


def test_a_list_of_a_talk_is_brought_as_a_transcript_and_a_list_of_people_is_not(
    tmp_path: Path, command: Callable[..., tuple[int, str, str]]
) -> None:
    assert command("new", tmp_path / "s", "--empty")[0] == 0
    data = tmp_path / "data"
    data.mkdir()
    (data / "P01.csv").write_text('Speaker,Start,Text\nInterviewer,0:01,How?\nAnna,0:03,"Well, so."\n')
    (data / "people.csv").write_text("participant_id,age\nP01,40\n")
    code, out, err = command("bring", data, "--study", tmp_path / "s")
    assert code == 0, err
    assert (tmp_path / "s/interviews/transcripts/P01.csv").is_file()
    assert "P01" in (tmp_path / "s/interviews/participants.csv").read_text()
    code, out, _ = command("documents", "show", "P01", "--json", "--study", tmp_path / "s")
    assert [(turn["speaker"], turn["words"]) for turn in json.loads(out)["turns"]] == [
        ("Interviewer", "How?"),
        ("Anna", "Well, so."),
    ]
