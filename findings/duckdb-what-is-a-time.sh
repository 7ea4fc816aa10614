#!/bin/sh
# One would guess: TRY_CAST gives NULL for text that is no timestamp or no number.
# What happens: 'epoch' is 1970, '2024-03-01 24:00:00' is the next day, and '1_000' is one thousand. In text that a
# till wrote, such a line is read silently and in another way than on other engines, which refuse these and read
# others. '2011-12-02 02:00:00 PM' is not read as 14:00.
# Seen with DuckDB 1.4.2, December 2026.
# Source: the engine itself; its documentation of literals has the special values of timestamps.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "duckdb==1.4.2"
"$folder/env/bin/python" - <<'PY'
import duckdb

connection = duckdb.connect()


def cast(text: str, kind: str) -> str:
    return str(connection.execute(f"select try_cast(? as {kind})", [text]).fetchone()[0])


seen = {}
for text in ("epoch", "2024-03-01 24:00:00", "10:30", "2024-03", "2011-12-02 02:00:00 PM"):
    seen[text] = cast(text, "timestamp")
for text in ("1_000", "12d", "1f"):
    seen[text] = cast(text, "double")
for text, value in seen.items():
    print(f"{text!r:>26}: {value}")
assert seen["epoch"] == "1970-01-01 00:00:00", "the surprise is gone"
assert seen["2024-03-01 24:00:00"] == "2024-03-02 00:00:00", "the surprise is gone"
assert seen["1_000"] == "1000.0", "the surprise is gone"
assert seen["2011-12-02 02:00:00 PM"] != "2011-12-02 14:00:00", "the surprise is gone"
PY
