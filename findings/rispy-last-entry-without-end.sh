#!/bin/sh
# One would guess: an export whose last entry lacks its "ER  - " gives that entry, or an error.
# What happens: rispy.loads gives the entries before it and says nothing; the last one is gone.
# Exports are cut short by size limits and broken downloads, so the count is one too small without a word.
# Version: rispy 0.10.0. Date: 2026-12-01. Source: seen by running it; RIS says that ER ends an entry.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "rispy==0.10.0"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import rispy

text = "TY  - JOUR\nTI  - One\nPY  - 2019\nER  - \nTY  - JOUR\nTI  - Two\nPY  - 2020\n"
titles = [entry["title"] for entry in rispy.loads(text)]
print("two entries begin, the last has no end; read:", titles)
sys.exit(titles != ["One"])
PYTHON
