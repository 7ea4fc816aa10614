#!/bin/sh
# One would guess: of a tag that an entry repeats every value is read, as for AU and KW, or the last one wins.
# What happens: only the first value is kept for AB, DO and others; the rest is dropped without a word,
# so a structured abstract that is written as one AB a paragraph loses all but its first paragraph.
# Version: rispy 0.10.0. Date: 2026-12-01. Source: seen by running it; the option enforce_list_tags is at its default.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "rispy==0.10.0"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import rispy

text = "TY  - JOUR\nTI  - One\nAU  - Oja, K.\nAU  - Ranta, I.\nAB  - Background.\nAB  - Results.\nDO  - 10.9999/a\nDO  - 10.9999/b\nER  - \n"
entry = rispy.loads(text)[0]
seen = (entry["authors"], entry["abstract"], entry["doi"])
print("authors, abstract, doi:", seen)
sys.exit(seen != (["Oja, K.", "Ranta, I."], "Background.", "10.9999/a"))
PYTHON
