"""A talk that is written and read again has the same turns, speakers and times, whatever the names."""

from __future__ import annotations

import json
import math

from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.transcripts import writers
from casestudy.transcripts.readers import READERS
from casestudy.transcripts.transcript import Transcript, from_text

CHARACTER = st.characters(
    exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff\x85"
)
NAME = st.text(
    CHARACTER | st.sampled_from("[](),:;|#@.0123456789 <>&{}\\-'\"אبप李Ä"), min_size=1, max_size=20
).filter(lambda name: name.strip() != "")
LINE = st.text(CHARACTER | st.sampled_from("<>&{}\\-: [](),"), min_size=1, max_size=20).filter(
    lambda line: bool(line) and line == line.strip()
)
TALK = st.lists(
    st.tuples(
        st.integers(0, 5000),
        st.integers(0, 5000),
        st.integers(0, 3),
        st.lists(LINE, min_size=1, max_size=3).map("\n".join),
    ),
    min_size=1,
    max_size=8,
)


def facts(document: Transcript) -> list[tuple[object, ...]]:
    def known(time: float) -> float | None:
        return None if math.isnan(time) else round(time, 3)

    return [
        (turn.speaker, known(turn.time), known(turn.until), turn.kind, document.text[turn.speech : turn.end])
        for turn in document.turns
    ]


def read(data: bytes, ending: str) -> Transcript:
    found = READERS[ending](data, "t")
    return from_text(
        found.text, "t", format=ending[1:], stated=found.turns, opens=found.opens, places=found.places
    )


@given(st.lists(NAME, min_size=3, max_size=3), TALK)
@settings(max_examples=1000)
def test_captions_segments_and_word_keep_turns_speakers_and_times(
    names: list[str], talk: list[tuple[int, int, int, str]]
) -> None:
    rows, now = [], 0
    for number, (pause, length, who, words) in enumerate(talk):
        start, now = now + pause, now + pause + length
        speaker = names[who % 3] if number == 0 or who < 3 else ""
        rows.append({"start": start / 1000, "end": now / 1000, "speaker": speaker, "text": words})
    document = read(json.dumps(rows).encode(), ".json")
    for ending in (".json", ".vtt", ".docx"):
        data, _ = writers.write(document, ending, anyway=True)
        assert facts(read(data, ending)) == facts(document), ending


def test_a_name_changed_in_the_document_is_changed_in_its_turns() -> None:
    import io
    import zipfile

    document = read(b"WEBVTT\n\n00:01.250 --> 00:02.000\n<v Oja, K.>Yes.\n", ".vtt")
    data, _ = writers.write(document, ".docx")
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            assert (b"Oja" in source.read(name)) == (name == "word/document.xml")
            target.writestr(name, source.read(name).replace(b"Oja, K.", b"[P7]"))
    assert facts(read(file.getvalue(), ".docx")) == [("[P7]", 1.25, 2.0, "speech", "Yes.")]
