#!/bin/sh
# One would guess: of a cue in which two people speak, as meeting tools write them, both voices are kept, and the text
# of a cue is decoded as a player shows it.
# What happens: caption.voice is the first speaker alone, caption.text joins the words of both without a mark, so the
# second speaker's words go to the first; and the text keeps its escapes, "&amp;" for "&".
# Version: webvtt-py 0.6.0. Date: 2026-12-01. Source: seen by running it; WebVTT allows several voice spans in a cue.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "webvtt-py==0.6.0"
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys

import webvtt

cue = "<v Ann Berg>Bread &amp; butter?</v>\n<v Ben Oja>Never.</v>"
caption = webvtt.from_buffer(io.StringIO(f"WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n{cue}\n"))[0]
seen = (caption.voice, caption.text)
print(seen)
sys.exit(seen != ("Ann Berg", "Bread &amp; butter?\nNever."))
PYTHON
