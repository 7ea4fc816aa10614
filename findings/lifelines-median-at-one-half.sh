#!/bin/sh
# One would guess: of six people who leave after 1, 2, 3, 4, 5 and 6 months, half have left after 3, so the
# Kaplan-Meier median is 3 (the first time at which the curve is at one half or below).
# What happens: lifelines says 4. The curve is a product of floats and stays a hair above one half at 3; the
# comparison is exact. It depends on n: of the even n from 2 to 20, those printed below are an event late.
# Seen with lifelines 0.30.0, December 2026, in a plain environment.
# Source: KaplanMeierFitter.median_survival_time_ of the package itself.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/python" -m pip install --quiet --disable-pip-version-check "lifelines==0.30.0" "pandas<3"
"$folder/env/bin/python" -W ignore - <<'PY'
from lifelines import KaplanMeierFitter

late = {}
for n in range(2, 21, 2):
    fitted = KaplanMeierFitter().fit(list(range(1, n + 1)), [True] * n)
    if fitted.median_survival_time_ != n // 2:
        late[n] = (n // 2, fitted.median_survival_time_, fitted.survival_function_.iloc[n // 2, 0])
for n, (due, found, curve) in late.items():
    print(f"n = {n}: due {due}, lifelines says {found:g}; the curve at {due} is {curve!r}")
assert 6 in late and late[6][1] == 4, "the surprise is gone"
PY
