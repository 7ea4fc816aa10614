"""Times and numbers of text files: one rule, the same in Python and on every engine."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casestudy import engine
from casestudy.purchases import documented, written
from casestudy.settings import EngineSettings

TIMES = {
    "2024-03-01 10:00:00": "2024-03-01T10:00:00",
    "2024-03-01T10:00": "2024-03-01T10:00:00",
    "2024-03-01": "2024-03-01T00:00:00",
    " 2024-03-01 9:05:07.25 ": "2024-03-01T09:05:07",
    "2024-03-01T10:00:00Z": "2024-03-01T10:00:00",
    "2024-03-01T10:00:00+02:00": "2024-03-01T10:00:00",
    "2024-03-01 10:00:00 UTC": "2024-03-01T10:00:00",
    "2024-03-01T10:00:00+0200": "2024-03-01T10:00:00",
    "2024-03-01 10:00:00-05": "2024-03-01T10:00:00",
    "2011-12-02 12:00:00 PM": "2011-12-02T12:00:00",
    "2011-12-02 02:00:00 PM": "2011-12-02T14:00:00",
    "2011-12-02 2:05pm": "2011-12-02T14:05:00",
    "2011-12-02 12:30 a.m.": "2011-12-02T00:30:00",
    "2011-12-02 11:59:59 AM": "2011-12-02T11:59:59",
    "2011-12-02 14:00 PM": None,
    "2011-12-02 0:00 AM": None,
    "2024-03": None,
    "2024": None,
    "10:30": None,
    "2024-03-01 24:00:00": None,
    "2024-03-01 10": None,
    "2024-03-01 10:60": None,
    "2023-02-29": None,
    "1066-10-14": None,
    "epoch": None,
    "now": None,
    "infinity": None,
    "": None,
}
HUNDREDTHS = {
    "1.50": 150, "1e3": 100_000, "1E-2": 1, ".5": 50, "5.": 500, "-3": -300, "+2": 200, " 7 ": 700,
    "1.005": 101,
    "2.345": 235, "-2.345": -235, "0.285": 29, "1,234.50": 123_450, "100000000": 10_000_000_000,
    "12d": None, "1f": None, "1D": None, "1_000": None, "0x1F": None, "inf": None, "nan": None, "": None,
    "1.2.3": None, "--1": None, "1,5": None, "12,34.5": None, "100000000.01": None, "1e99": None, "١": None,
}  # fmt: skip
COMMAS = {
    "1,50": 150, "1.234,50": 123_450, "1 234,5": 123_450, "1\u202f234,5": 123_450, "1.5": 150, ",5": 50,
    "0,285": 29, "1.23.4,5": None, "1,2,3": None,
}  # fmt: skip


def spark() -> EngineSettings:
    return EngineSettings(backend="spark", memory_limit="1GB", threads=1)


def on_engine(connection: Any) -> dict[str, list[Any]]:
    import ibis

    def asked(texts: list[str], expression: Any) -> list[Any]:
        frame = pd.DataFrame({"place": range(len(texts)), "text": pd.array(texts, dtype="string")})
        table = ibis.memtable(frame)
        found = connection.execute(table.select("place", value=expression(table.text)).order_by("place"))
        return [None if pd.isna(value) else value for value in found["value"]]

    return {
        "times": asked(list(TIMES), written.time_expression),
        "points": asked(list(HUNDREDTHS), lambda text: written.whole_expression(text, 100)),
        "commas": asked(list(COMMAS), lambda text: written.whole_expression(text, 100, comma=True)),
        "ids": asked([" finn v ", "f1\n", "v"], written.trimmed_expression),
    }


def expected() -> dict[str, list[Any]]:
    return {
        "times": [None if one is None else pd.Timestamp(one) for one in TIMES.values()],
        "points": list(HUNDREDTHS.values()),
        "commas": list(COMMAS.values()),
        "ids": ["finn v", "f1", "v"],
    }


@pytest.mark.parametrize("text", TIMES)
def test_a_time_is_read_by_the_rule(text: str) -> None:
    due = TIMES[text]
    assert written.read_time(text) == (None if due is None else datetime.fromisoformat(due))


@pytest.mark.parametrize(("text", "due"), [*HUNDREDTHS.items()])
def test_a_number_is_read_by_the_rule(text: str, due: int | None) -> None:
    assert written.read_whole(text, 100) == due


@pytest.mark.parametrize(("text", "due"), [*COMMAS.items()])
def test_a_number_with_a_decimal_comma_is_read_by_the_rule(text: str, due: int | None) -> None:
    assert written.read_whole(text, 100, comma=True) == due


def test_the_embedded_engine_reads_by_the_rule() -> None:
    assert on_engine(engine.connect()) == expected()


@pytest.mark.extra
def test_the_distributed_engine_reads_by_the_rule() -> None:
    assert on_engine(engine.connect(spark())) == expected()


@given(st.integers(-(10**8), 10**8), st.integers(0, 3))
def test_hundredths_are_rounded_half_away_from_zero(number: int, places: int) -> None:
    text = f"{'-' if number < 0 else ''}{abs(number) // 10**places}"
    text += f".{abs(number) % 10**places:0{places}}" if places else ""
    due = (abs(number) * 100 * 2 + 10**places) // (2 * 10**places)
    assert written.read_whole(text, 100) == (-due if number < 0 else due)


LINES = '''household_id,timestamp,product_id,quantity,amount
h1,2024-03-01 10:00:00,p1,1,1.50
h1,2024-03-01 10:00,p2,1,12d
h1,2024-03-01,p3,1,1_000
h1,2024-03,p4,1,1e3
h1,2024,p5,1,2
h1,10:30,p6,1,.5
h1,2024-03-01 24:00:00,p7,1,5.
h1,2024-03-01 10,p8,1,3
h1,epoch,p9,1,4
h1,2024-03-01 10:00:00,p10,1,1f
f2,2011-12-02 12:00:00 PM,X,1,1.00
2,2011-12-02 02:00:00 PM,X,1,1.00
"f ""3""",2024-03-01 10:00:00,"p,
1",0.285,1.005
'''
KEPT = [
    ("2", "X", "2011-12-02 14:00:00", 1000, 100),
    ('f "3"', "p,\n1", "2024-03-01 10:00:00", 285, 101),
    ("f2", "X", "2011-12-02 12:00:00", 1000, 100),
    ("h1", "p1", "2024-03-01 10:00:00", 1000, 150),
]


def kept_and_aside(folder: Path, connection: Any) -> tuple[list[tuple[Any, ...]], list[str]]:
    folder.mkdir(exist_ok=True)
    (folder / "lines.csv").write_text(LINES)
    kept, aside, _ = documented.read_lines(folder, connection)
    rows = connection.execute(kept.order_by("household_id", "product_id"))
    lines = [
        (row.household_id, row.product_id, str(row.timestamp), int(row.quantity), int(row.cents))
        for row in rows.itertuples(index=False)
    ]
    return lines, sorted(connection.execute(aside)["product_id"])


ASIDE = ["p10", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"]


def test_lines_are_kept_or_set_aside_by_the_rule(tmp_path: Path) -> None:
    assert kept_and_aside(tmp_path, engine.connect()) == (KEPT, ASIDE)


@pytest.mark.extra
def test_both_engines_keep_the_same_lines(tmp_path: Path) -> None:
    assert kept_and_aside(tmp_path, engine.connect(spark())) == (KEPT, ASIDE)
