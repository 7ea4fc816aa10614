"""A recording beside a transcript: who gets it, and how it is heard in the panel."""

from __future__ import annotations

import math
import shutil
import struct
import subprocess
import wave
from pathlib import Path

import pytest
from test_panel_browser import Desk, browser, desk, place, select, until  # noqa: F401

from casestudy.panel import panel
from casestudy.privacy.share import gather
from casestudy.study import Study


def speech(path: Path, seconds: float = 90) -> None:
    """Write a recording: of a speech synthesiser where there is one, with a tone behind it to its length."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rate, said = 8000, b""
    if program := shutil.which("espeak-ng"):
        words = [program, "-w", str(path), "Potatoes, mostly."]
        subprocess.run(words, check=True)
        with wave.open(str(path)) as file:
            rate, said = file.getframerate(), file.readframes(file.getnframes())
    count = int(seconds * rate) - len(said) // 2
    tone = (int(3000 * math.sin(2 * math.pi * 220 * at / rate)) for at in range(count))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(said + struct.pack(f"<{count}h", *tone))


def test_a_recording_is_handed_over_whole_in_pieces(talk_copy: Path) -> None:
    path = talk_copy / "interviews/recordings/t1.wav"
    speech(path)
    found = panel("t1", "anna", study=Study.load(talk_copy))
    given = found.answer({"act": "open"})["recording"]
    assert given == {"size": path.stat().st_size, "kind": "audio/wav"}
    data = b""
    while len(data) < given["size"]:
        [piece] = found.answer({"act": "piece", "start": len(data)})["buffers"]
        data += piece
    assert data == path.read_bytes()


def test_other_files_and_other_documents_are_no_recording(talk_copy: Path) -> None:
    speech(talk_copy / "interviews/recordings/t2.wav", 1)
    (talk_copy / "interviews/recordings/t1.txt").write_text("no sound")
    found = panel("t1", "anna", study=Study.load(talk_copy))
    assert "recording" not in found.answer({"act": "open"})
    assert "gone" in found.answer({"act": "piece", "start": 0})["said"]


def test_a_recording_is_in_no_archive_that_is_given_away(talk_copy: Path) -> None:
    speech(talk_copy / "interviews/recordings/t1.wav", 1)
    shared = gather(Study.load(talk_copy))
    assert not any("recordings" in name for name in shared.files)
    assert [one.why for one in shared.withheld if "t1.wav" in one.file] == ["a voice says who speaks"]


@pytest.mark.extra
def test_a_recording_plays_from_the_turn_at_the_cursor_and_never_leaves_the_machine(
    desk: Desk,  # noqa: F811
) -> None:
    speech(desk.root / "interviews/recordings/t1.wav")
    page = desk.open()
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    page.locator(".cs-page").focus()
    select(page, "I carry it")
    page.keyboard.press("F4")
    clock = page.locator(".cs-clock")
    until(lambda: clock.inner_text() >= "01:06", page)  # the turn begins at 01:05
    assert clock.inner_text() <= "01:20"
    page.keyboard.press("F7")
    page.wait_for_selector(".cs-status:has-text('Speed 0.8')")
    page.keyboard.press("F4")
    page.wait_for_timeout(300)
    stopped = clock.inner_text()
    page.wait_for_timeout(1200)
    assert clock.inner_text() == stopped
    assert {url.split("/")[2] for url in asked if url.startswith("http")} <= {desk.address.split("/")[2]}
    assert not any(".wav" in url for url in asked)
