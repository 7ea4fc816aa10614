#!/bin/sh
# One would guess: importing nbformat costs the same whether or not JupyterLab is installed beside it.
# What happens: JupyterLab's server needs jsonschema[format-nongpl], which brings rfc3987-syntax. From then on every
# program that imports nbformat (papermill, nbconvert, a script that reads a notebook) also imports that package,
# through jsonschema, and it builds a parser for international web addresses on import: most of the import's time,
# for a format that the schema of notebooks does not use.
# Version: nbformat 5.11.1, jsonschema 4.26.0, rfc3987-syntax 1.1.0. Date: 2026-12-01. Source: seen by running it;
# jsonschema/_format.py imports rfc3987_syntax where it is there.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "nbformat==5.11.1" "jsonschema==4.26.0"
seconds() { "$folder/venv/bin/python" -c 'import time; t = time.process_time(); import nbformat; print(time.process_time() - t)'; }
seconds >/dev/null # byte code is compiled once
alone=$(seconds)
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "rfc3987-syntax==1.1.0"
seconds >/dev/null
beside=$(seconds)
"$folder/venv/bin/python" - "$alone" "$beside" <<'PYTHON'
import sys

import nbformat

alone, beside = map(float, sys.argv[1:])
built = "rfc3987_syntax.syntax_helpers" in sys.modules and "lark" in sys.modules
print(f"CPU seconds of import nbformat: {alone:.2f} alone, {beside:.2f} with rfc3987-syntax ({beside / alone:.1f} times)")
print("importing nbformat has built the parser:", built)
sys.exit(not built)
PYTHON
