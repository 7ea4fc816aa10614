#!/bin/sh
# One would guess: the text of an OpenDocument transcript is what its reader sees; words that were deleted with change
# tracking are gone, and a comment is not part of the sentence that it hangs on.
# What happens: teletype.extractText gives the deleted words first, under the name and date of who deleted them, and
# puts a comment, its author and its date into the middle of the line. Paragraphs follow each other without a break.
# Version: odfpy 1.4.1. Date: 2026-12-01. Source: seen by running it; ODF 1.2 keeps deletions in text:tracked-changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "odfpy==1.4.1"
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
import zipfile

from odf import teletype
from odf.opendocument import load

names = "".join(
    f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (("office", "office"), ("text", "text"))
)
who = "<dc:creator>R. T.</dc:creator><dc:date>2026-01-01T00:00:00</dc:date>"
content = (
    f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{names} '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.2"><office:body><office:text>'
    '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion>'
    f"<office:change-info>{who}</office:change-info><text:p>I never said this.</text:p>"
    "</text:deletion></text:changed-region></text:tracked-changes>"
    '<text:p>ANN: I like <text:change text:change-id="c1"/>bread'
    f"<office:annotation>{who}<text:p>ask again</text:p></office:annotation> best.</text:p>"
    "<text:p>BEN: So do I.</text:p></office:text></office:body></office:document-content>"
)
mime = "application/vnd.oasis.opendocument.text"
space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
entries = "".join(
    f'<m:file-entry m:full-path="{path}" m:media-type="{kind}"/>' for path, kind in (("/", mime), ("content.xml", "text/xml"))
)
file = io.BytesIO()
with zipfile.ZipFile(file, "w") as archive:
    archive.writestr("mimetype", mime)
    archive.writestr("content.xml", content)
    archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{space}" m:version="1.2">{entries}</m:manifest>')
file.seek(0)
seen = teletype.extractText(load(file).text)
print(repr(seen))
day = "2026-01-01T00:00:00"
sys.exit(seen != f"R. T.{day}I never said this.ANN: I like breadR. T.{day}ask again best.BEN: So do I.")
PYTHON
