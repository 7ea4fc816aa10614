#!/bin/sh
# One would guess: a title with a bare "%", "&" or "$", as databases write them into BibTeX, comes out as it went in.
# What happens: what follows "%" is gone (a comment), "&" becomes three spaces (a column), and the words between two
# prices are set as a formula, without their dollar signs. This is LaTeX to the letter; but BibTeX itself keeps these
# signs, and a title that ends at "50" is a title that no other database matches.
# Version: pylatexenc 2.11. Date: 2026-12-01. Source: seen by running it, with the settings as they come.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "pylatexenc==2.11"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from pylatexenc.latex2text import LatexNodes2Text

convert = LatexNodes2Text().latex_to_text
titles = ("50% of shoppers look twice", "R&D in retail", "From $5 to $9 a week")
seen = [convert(title) for title in titles]
for title, plain in zip(titles, seen):
    print(f"{title!r} becomes {plain!r}")
sys.exit(seen != ["50", "R   D in retail", "From 5 to9 a week"])
PYTHON
