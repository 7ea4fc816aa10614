#!/bin/sh
# One would guess: a reader of REFI-QDA either finds the coded words of NVivo's exports or says that it could not.
# What happens: qdapy.read_qdpx takes UTF-16 units for code points; the words are shifted, and nothing is said of it.
# Version: qdapy 0.1.0. Date: 2026-12-01. Source: seen by running it; NVivo for Windows 12.6 writes such positions.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "qdapy==0.1.0"
"$folder/venv/bin/python" - "$folder/p.qdpx" <<'PYTHON'
import sys
import uuid
import warnings
import zipfile

import qdapy

text, quote = "\U0001f33f\U0001f33f We bake the bread.\r\n", "bake"
start = len(text[: text.index(quote)].encode("utf-16-le")) // 2
code, source, selection, coding, user = (str(uuid.uuid5(uuid.NAMESPACE_URL, name)) for name in "abcde")
qde = f"""<?xml version="1.0" encoding="utf-8"?>
<Project xmlns="urn:QDA-XML:project:1.0" name="p" origin="NVivo for Windows 12.6">
<Users><User guid="{user}" name="ann"/></Users>
<CodeBook><Codes><Code guid="{code}" name="bread" isCodable="true"/></Codes></CodeBook>
<Sources><TextSource guid="{source}" name="t" plainTextPath="internal://{source}.txt">
<PlainTextSelection guid="{selection}" startPosition="{start}" endPosition="{start + len(quote)}">
<Coding guid="{coding}" creatingUser="{user}"><CodeRef targetGUID="{code}"/></Coding>
</PlainTextSelection></TextSource></Sources></Project>"""
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    archive.writestr("project.qde", qde)
    archive.writestr(f"Sources/{source}.txt", "\ufeff" + text)
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    words = qdapy.read_qdpx(sys.argv[1]).fragments["text"][0]
about = [str(one.message) for one in said if "position" in str(one.message).lower() or "utf" in str(one.message).lower()]
print("coded words:", repr(quote), "read:", repr(words), "warnings about positions:", about)
sys.exit(words == quote or bool(about))
PYTHON
