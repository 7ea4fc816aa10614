# ruff: noqa: E501  (one case a line)
"""Who speaks, and when: what a format states is kept; what a text shows is guessed with care and told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from casestudy.transcripts import transcript
from casestudy.transcripts.readers import READERS
from casestudy.transcripts.transcript import Transcript, from_text

DATA = Path(__file__).parent / "data" / "transcripts"
Said = list[tuple[str, str]]


def said(document: Transcript) -> Said:
    return [(turn.speaker, document.spoken(turn)) for turn in document.turns if turn.kind == "speech"]


def times(document: Transcript) -> list[float]:
    return [turn.time for turn in document.turns if turn.kind == "speech"]


def made(data: str | bytes, ending: str) -> Transcript:
    found = READERS[ending](data.encode() if isinstance(data, str) else data, "t")
    return from_text(
        found.text, "t", format=ending[1:], stated=found.turns, opens=found.opens, places=found.places
    )


@pytest.mark.parametrize(
    ("name", "speakers", "seconds"),
    [
        (
            "teams-lastname-first.vtt",
            ["Host", "Example, Bea (EXT)", "Host", "Participant #3", "Dr. Cleo Anna Maria Sample"],
            [1, 3, 5, 7, 9],
        ),
        (
            "teams-names.vtt",
            [
                name
                for other in (
                    "Oja, Kerttu",
                    "1",
                    "Maria del Carmen Lopez Garcia",
                    "Oja | Firm",
                    "k.oja@mail.example",
                    "📱 Kerttu",
                )
                for name in ("Interviewer", other)
            ],
            list(range(1, 35, 3)),
        ),
        ("json-speaker-with-comma.json", ["Host", "Example, Bea (EXT)"], [0, 1]),
        ("whisper-speaker-number.json", ["Interviewer", "1", "Interviewer"], [0.5, 2.6, 4.6]),
        ("quiet-speaker-zoom.vtt", ["Anna", "Bea", "Anna", "Bea", "Cleo", "Anna", "Bea"], range(1, 8)),
        ("quiet-speaker-timed.txt", ["Anna", "Bea", "Anna", "Bea", "Cleo", "Anna"], [1, 3, 5, 7, 9, 11]),
        ("rev-time-in-brackets.txt", ["Anna", "Bea", "Anna", "Bea"], [1, 5, 9, 12]),
        ("brackets-are-no-speakers.txt", ["Anna", "Bea", "Bea", "Anna", "Anna"], None),
        ("otter-heading-lines.txt", ["Anna", "Bea"], [0, 4]),
        ("atrain.txt", ["SPEAKER_00", "SPEAKER_01", "SPEAKER_00"], None),
        ("atrain-timestamps.txt", ["SPEAKER_00", "SPEAKER_01", "SPEAKER_00"], [0, 5, 11]),
        ("webex-name-in-identifier.vtt", ["Anna Example", "Bea Sample"], [1, 3]),
        ("times-on-their-own-lines.txt", ["Anna", "Bea", "Anna"], [1, 5, 9]),
        ("f4-marks.txt", ["I", "B", "I"], [0, 12.5, 31.9]),
        ("f4-stamps.txt", ["I", "B", "I"], [0, 5.3, 9.1]),
        (
            "zoom-saved-captions.txt",
            ["Anna Example", "Bea Sample", "Anna Example"],
            [36721, 36729, 36731],
        ),
        ("time-range.txt", ["Anna", "Bea"], [1, 5]),
        ("fullwidth-colon.txt", ["聞き手", "田中", "聞き手"], None),
        ("wide-colon.txt", ["访谈者", "受访者", "访谈者", "受访者"], None),
        ("french.txt", ["Enquêteur", "Marie", "Enquêteur", "Marie"], None),
        ("decomposed-name.txt", ["Päivi", "Anna", "Päivi", "Anna"], None),
        ("colons-in-speech.txt", ["Interviewer", "Kerttu", "Interviewer"], None),
        ("three-columns.docx", ["Interviewer", "Kerttu", "Interviewer"], [1, 5, 9]),
        ("table.rtf", ["Anna", "Bea"], None),
        ("table-transcript.docx", ["Ann", "Bea", "Ann", "Bea"], None),
        ("teams-like-table.docx", ["Ann", "Bea", "Ann", "Bea"], [12, 72, 132, 192]),
        ("whisperx-times.vtt", ["SPEAKER_00", "SPEAKER_01"], [1, 2]),
    ],
)
def test_speakers_and_times_of_what_tools_write(
    name: str, speakers: list[str], seconds: list[float] | None
) -> None:
    document = transcript.read(DATA / name)
    assert [speaker for speaker, _ in said(document)] == speakers
    if seconds is not None:
        assert times(document) == pytest.approx(list(seconds))
    assert all(document.spoken(turn) for turn in document.turns)


def test_brackets_and_first_words_stay_words() -> None:
    document = transcript.read(DATA / "brackets-are-no-speakers.txt")
    assert said(document)[1] == ("Bea", "Late.\n\n[Laughter]")
    assert "[REDACTED] is my boss." in said(document)[3][1]
    document = transcript.read(DATA / "colons-in-speech.txt")
    assert said(document)[1][1].endswith("First: no time.\n\nSecond: no trust.")
    assert any(doubt.startswith("'First' was not taken for a speaker") for doubt in document.doubts)


def test_marks_of_time_are_no_words_and_end_turns() -> None:
    document = transcript.read(DATA / "f4-marks.txt")
    assert said(document)[1] == ("B", "Late, after work. And then home.")
    assert [turn.until for turn in document.turns] == [12.5, 31.9, 35.0]
    document = transcript.read(DATA / "atrain-timestamps.txt")
    assert said(document)[0][1] == "How do you shop?\nIn a usual week."
    assert document.turns[0].kind == "note"


SIBLINGS: list[tuple[str, str, Said]] = [
    (".txt", "#00:00:01-0# I: How?\n#00:00:05-0# B: So.\n", [("I", "How?"), ("B", "So.")]),
    (".txt", "¤<1500>I: How?\n¤<2500>B: So.\n", [("I", "How?"), ("B", "So.")]),
    (".txt", "[00:01 --> 00:04] S00: Hello\n[00:04 --> 00:09] S01: Hi\n", [("S00", "Hello"), ("S01", "Hi")]),
    (".txt", "Anna Berg   0:03\nHi.\n\nOja, Kerttu   0:09\nYes.\n", [("Anna Berg", "Hi."), ("Oja, Kerttu", "Yes.")]),
    (".txt", "Oja, K.: a\n\nP-01/A: b\n\nOja, K.: c\n", [("Oja, K.", "a"), ("P-01/A", "b"), ("Oja, K.", "c")]),
    (".txt", "प्रिया: नमस्ते\n\nमोहन: हाँ\n\nप्रिया: ठीक\n", [("प्रिया", "नमस्ते"), ("मोहन", "हाँ"), ("प्रिया", "ठीक")]),
    (".txt", "مريم: نعم\nسارة: لا\nمريم: لماذا\n", [("مريم", "نعم"), ("سارة", "لا"), ("مريم", "لماذا")]),
    (".txt", "Anna\nHow?\n\nBea\nLate.\n\nAnna\nWhy?\n\nBea\nWork.\n", [("Anna", "How?"), ("Bea", "Late."), ("Anna", "Why?"), ("Bea", "Work.")]),
    (".txt", "q: how\n\nr: so\n\nq: why\n", [("q", "how"), ("r", "so"), ("q", "why")]),
    (".txt", "And then he said: no.\n\nThe thing is: yes.\n", [("", "And then he said: no."), ("", "The thing is: yes.")]),
    (".txt", "We met.\n\nWe left at 17:30\n\nThen home.\n", [("", "We met."), ("", "We left at 17:30"), ("", "Then home.")]),
    (".txt", "GENERAL STRATEGY\n\nThey shop late.\n", [("", "GENERAL STRATEGY"), ("", "They shop late.")]),
    (".txt", "Haastattelija: a\n\nErja: b\n\nEnsinnäkin: c\n\nHaastattelija: d\n", [("Haastattelija", "a"), ("Erja", "b\n\nEnsinnäkin: c"), ("Haastattelija", "d")]),
    (".vtt", 'WEBVTT\n\n"Oja, K." (7)\n00:01.000 --> 00:02.000\nYes.\n', [("Oja, K.", "Yes.")]),
    (".vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v.loud A, B>Yes.</v> <v C>No.\n", [("A, B", "Yes."), ("C", "No.")]),
    (".vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>Yes.\n\n00:02.000 --> 00:03.000\nWho?\n", [("A", "Yes."), ("", "Who?")]),
    (".srt", "1\n00:00:01,000 --> 00:00:02,000\nOja, K: a\n\n2\n00:00:02,000 --> 00:00:03,000\nB: b\n\n3\n00:00:03,000 --> 00:00:04,000\nOja, K: c\n", [("Oja, K", "a"), ("B", "b"), ("Oja, K", "c")]),
    (".csv", 'Speaker,Start Time,End Time,Text\n"Oja, K.",00:00:01,00:00:03,"Yes, I\nlook."\n2,00:00:03,00:00:04,No.\n', [("Oja, K.", "Yes, I\nlook."), ("2", "No.")]),
    (".csv", "Start;Speaker;Text\n0:01;Åsa;Nej.\n0:04;Bo;\"Ja; visst.\"\n", [("Åsa", "Nej."), ("Bo", "Ja; visst.")]),
    (".tsv", "start\tend\tspeaker\ttext\n0\t900\tOja, K.\tYes.\n900\t1000\t2\tNo.\n", [("Oja, K.", "Yes."), ("2", "No.")]),
    (".json", json.dumps({"utterances": [{"speaker": "A", "start": 1000, "end": 2000, "text": "Yes."}]}), [("A", "Yes.")]),
    (".json", json.dumps({"speakers": [{"id": 0, "name": "Oja, K."}], "monologues": [{"speaker": 0, "elements": [{"type": "text", "value": "Yes", "ts": 1.0, "end_ts": 2.0}, {"type": "punct", "value": "."}]}]}), [("Oja, K.", "Yes.")]),
    (".html", "<table><tr><td>00:01<td>Oja, K.<td>Why so?<tr><td>00:03<td>2<td>No time.</table>", [("Oja, K.", "Why so?"), ("2", "No time.")]),
    (".html", '<p><a name="ts_1000_2000_S00">S00: Hello.</a></p><p><a name="ts_2000_3000_S01">S01: Hi.</a></p>', [("S00", "Hello."), ("S01", "Hi.")]),
    (".rtf", "{\\rtf1 I: How? #00:00:01-0#\\par B: So. #00:00:02-0#\\par}", [("I", "How?"), ("B", "So.")]),
]  # fmt: skip


@pytest.mark.parametrize(("ending", "data", "expected"), SIBLINGS)
def test_siblings_of_other_tools_languages_and_containers(ending: str, data: str, expected: Said) -> None:
    document = made(data, ending)
    assert said(document) == expected
    timed = ending not in (".txt",) or data[0] in "#¤["
    assert not timed or all(time == time for time in times(document))


def test_facts_in_a_table_are_no_talk() -> None:
    rows = "".join(
        f"<tr><td>{key}<td>{value}" for key, value in (("Age", "34"), ("Town", "Espoo"), ("Children", "two"))
    )
    document = made(f"<p>Anna: hello\n<table>{rows}</table>", ".html")
    assert "Age" not in document.speakers
    assert "Town" not in document.speakers


def test_the_guess_can_be_overruled_name_by_name() -> None:
    text = "I: How?\n\nB: So.\n\nFirst: no time.\n\nI: Why?\n"
    assert from_text(text, "t").speakers == ("I", "B")
    assert from_text(text, "t", speakers={"first": True, "B": False}).speakers == ("I", "First")
    assert from_text(text, "t", speakers=["I"]).speakers == ("I",)
    assert from_text("a:b: one\n\nI: two\n\nI: x", "t", speakers={"a:b": True}).speakers == ("a:b", "I")
    stated = made("WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>Yes.\n", ".vtt")
    assert stated.speakers == ("A",)


def test_section_titles_before_a_turn_are_headings() -> None:
    document = from_text("I: How?\n\nB: So.\n\nCONTEXT\n\nI: Why?\n\nB: No.\n", "t")
    assert [turn.kind for turn in document.turns] == ["speech", "speech", "heading", "speech", "speech"]
    document = from_text("INTERVIEW:\n\nI: How?\n\nB: So.\n\nI: Why?\n", "t")
    assert document.speakers == ("I", "B")


def test_turns_as_rows_for_programs() -> None:
    rows = transcript.read(DATA / "time-range.txt").rows()
    assert [(row["number"], row["speaker"], row["time_s"], row["until_s"], row["words"]) for row in rows] == [
        (1, "Anna", 1.0, 4.0, "How do you shop?"),
        (2, "Bea", 5.0, 9.0, "Late."),
    ]
    assert json.loads(json.dumps(rows)) == rows


EAF = """<ANNOTATION_DOCUMENT><TIME_ORDER><TIME_SLOT TIME_SLOT_ID="a" TIME_VALUE="1000"/>
<TIME_SLOT TIME_SLOT_ID="b" TIME_VALUE="2500"/><TIME_SLOT TIME_SLOT_ID="c" TIME_VALUE="3000"/></TIME_ORDER>
<TIER TIER_ID="x" PARTICIPANT="Oja, K."><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="1" TIME_SLOT_REF1="b"
TIME_SLOT_REF2="c"><ANNOTATION_VALUE>No.</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="I"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="2" TIME_SLOT_REF1="a" TIME_SLOT_REF2="b">
<ANNOTATION_VALUE>Why?</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="gloss" PARENT_REF="I"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="3" ANNOTATION_REF="2">
<ANNOTATION_VALUE>Miksi?</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER></ANNOTATION_DOCUMENT>"""
EXB = """<basic-transcription><head><speakertable><speaker id="S0"><abbreviation>I</abbreviation></speaker>
<speaker id="S1"><abbreviation>Oja, K.</abbreviation></speaker></speakertable></head><basic-body>
<common-timeline><tli id="T0" time="1.0"/><tli id="T1" time="2.5"/><tli id="T2" time="3.0"/></common-timeline>
<tier id="t0" speaker="S0" category="v" type="t"><event start="T0" end="T1">Why?</event></tier>
<tier id="t1" speaker="S1" category="v" type="t"><event start="T1" end="T2">No.</event></tier>
<tier id="t2" speaker="S1" category="en" type="a" display-name="en"><event start="T1" end="T2">x</event></tier>
</basic-body></basic-transcription>"""
GRID = """File type = "ooTextFile"
Object class = "TextGrid"
xmin = 0
xmax = 3
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "I"
        xmin = 0
        xmax = 3
        intervals: size = 2
        intervals [1]:
            xmin = 1
            xmax = 2.5
            text = "Why?"
        intervals [2]:
            xmin = 2.5
            xmax = 3
            text = ""
    item [2]:
        class = "IntervalTier"
        name = "Oja, K. - words"
        xmin = 0
        xmax = 3
        intervals: size = 1
        intervals [1]:
            xmin = 2.5
            xmax = 3
            text = "No."
"""
SHORT = '"ooTextFile"\n"TextGrid"\n0\n3\n<exists>\n2\n"IntervalTier"\n"I"\n0\n3\n1\n1\n2.5\n"Why?"\n'
SHORT += '"IntervalTier"\n"Oja, K."\n0\n3\n1\n2.5\n3\n"No."\n'
CHA = "@Begin\n@Participants:\tI Investigator, P Participant\n*I:\tWhy? \x151000_2500\x15\n%com:\tlaughs\n"
CHA += "*P:\tNo,\n\tnever. \x152500_3000\x15\n@End\n"


@pytest.mark.parametrize(
    ("ending", "data", "other", "note"),
    [
        (".eaf", EAF, "Oja, K.", "1 tier not kept: gloss"),
        (".exb", EXB, "Oja, K.", "1 tier not kept: en"),
        (".textgrid", GRID, "Oja, K.", ""),
        (".textgrid", SHORT, "Oja, K.", ""),
        (".cha", CHA, "P", "1 dependent line not kept"),
    ],
)
def test_files_of_annotation_tools(ending: str, data: str, other: str, note: str) -> None:
    document = made(data, ending)
    assert [speaker for speaker, _ in said(document)] == ["I", other]
    assert times(document) == [1.0, 2.5]
    assert [turn.until for turn in document.turns] == [2.5, 3.0]
    assert said(document)[1][1] in ("No.", "No, never.")
    assert not note or note in READERS[ending](data.encode(), "t").notes
