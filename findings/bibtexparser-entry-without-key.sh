#!/bin/sh
# One would guess: "@manual{, title = ...}", as some programs print a citation, is an entry without a key, or an error.
# What happens: bibtexparser.loads files it under comments; the list of entries is one too short without a word.
# Version: bibtexparser 1.4.4. Date: 2026-12-01. Source: seen by running it; BibTeX itself only warns of a missing key.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "bibtexparser==1.4.4"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import bibtexparser

text = "@article{a, title={One}, year=2019}\n@manual{, title={No key}, year=2020}\n@article{b, title={Two}, year=2021}\n"
read = bibtexparser.loads(text)
titles = [entry["title"] for entry in read.entries]
print("three entries; read:", titles, "and as comments:", read.comments)
sys.exit(titles != ["One", "Two"] or len(read.comments) != 1)
PYTHON
