#!/bin/sh
# One would guess: rtf_to_text gives the words that a word processor shows: hidden words and words deleted with change
# tracking are left out, and a footnote's words are there.
# What happens: hidden and deleted words stand among the spoken ones, unmarked, and the footnote is gone.
# Version: striprtf 0.0.35. Date: 2026-12-01. Source: seen by running it; \v, \deleted and \footnote of the RTF
# specification 1.9.1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "striprtf==0.0.35"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from striprtf.striprtf import rtf_to_text

text = r"{\rtf1\ansi ANN: I {\v secretly }{\deleted do not }like bread.{\footnote She laughs.}\par}"
seen = rtf_to_text(text)
print(repr(seen))
sys.exit(seen != "ANN: I secretly do not like bread.\n")
PYTHON
