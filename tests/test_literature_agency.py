"""Who acts, where people stand, and case sheets: checks beside the codings."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from spoken import spoken

from casestudy.codebook import history
from casestudy.errors import InputError
from casestudy.evidence import cases
from casestudy.study import Study
from casestudy.transcripts.transcript import from_text
from casestudy.voices import agency, stance

ROOT = Path(__file__).parent.parent
WORDS = agency.Words(
    {"firm": ("shop", "staff"), "customer": ("customer", "customers")}, {"c": "customer", "f": "firm"}
)
TALK = """INTERVIEWER: The shop decides.

Aino: I pick what I need. The shop sends me a letter. The page was made by the shop.

Paula: We help customers. Customers changed the page. The list was changed. They like it.
"""


@pytest.fixture(scope="module")
def model() -> Any:
    return agency.parser()


@pytest.fixture(scope="module")
def acts(model: Any) -> pd.DataFrame:
    document = spoken(from_text(TALK, "d", speakers=("INTERVIEWER", "Aino", "Paula")))
    mine = [spoken(from_text(TALK, name, speakers=("INTERVIEWER", "Aino", "Paula"))) for name in ("x", "y")]
    documents = {"x": mine[0], "y": mine[1], "z": document}
    return agency.acts(documents, {"x": "c", "y": "f"}, WORDS, model)


def rows(acts: pd.DataFrame, document: str, speaker: str) -> dict[str, tuple[str, str]]:
    mine = acts[(acts["document"] == document) & (acts["speaker"] == speaker)]
    return {row["verb"]: (row["actor"], row["acted_on"]) for row in mine.to_dict("records")}


def test_first_person_is_the_speakers_own_side(acts: pd.DataFrame) -> None:
    assert rows(acts, "x", "Aino")["pick"][0] == "customer"
    assert rows(acts, "y", "Paula")["help"] == ("firm", "customer")
    assert acts.loc[acts["verb"] == "pick", "own"].all()


def test_the_actor_of_a_passive_is_named_by_by_or_nobody(acts: pd.DataFrame) -> None:
    assert rows(acts, "x", "Aino")["made"][0] == "firm"
    changed = acts[(acts["document"] == "y") & (acts["verb"] == "changed")]
    assert sorted(changed["actor"]) == ["customer", agency.NOBODY]


def test_they_is_never_guessed_and_the_interviewer_is_left_out(acts: pd.DataFrame) -> None:
    assert rows(acts, "y", "Paula")["like"][0] == agency.OTHER
    assert "INTERVIEWER" not in set(acts["speaker"])
    assert set(acts["document"]) == {"x", "y"}


def test_shares_count_the_two_and_are_undefined_without_them(acts: pd.DataFrame) -> None:
    shares = agency.shares(acts, ("customer", "firm")).set_index("group")
    for group in ("c", "f"):
        row = shares.loc[group]
        assert row["share"] == pytest.approx(row["customer"] / (row["customer"] + row["firm"]))
        assert math.isnan(row["low"]) or row["low"] <= row["share"] <= row["high"]
    alone = agency.shares(acts, ("moon", "sun"))
    assert alone["share"].isna().all()
    assert agency.on_whom(acts, ("customer", "firm"))["verbs"].sum() >= 2


def verbs(*documents: tuple[str, int, int]) -> pd.DataFrame:
    rows = [
        {"group": "g", "who": name, "actor": actor}
        for name, mine, theirs in documents
        for actor in ["customer"] * mine + ["firm"] * theirs
    ]
    return pd.DataFrame(rows)


def test_verbs_of_one_document_hang_together() -> None:
    alike = verbs(*((name, 6, 4) for name in "abcdef"))
    apart = verbs(("a", 10, 0), ("b", 10, 0), ("c", 9, 1), ("d", 5, 5), ("e", 2, 8), ("f", 0, 10))
    narrow, wide = (agency.shares(frame, ("customer", "firm")).iloc[0] for frame in (alike, apart))
    assert narrow["share"] == wide["share"] == 0.6
    assert narrow["high"] - narrow["low"] < 1e-6  # documents that all say the same leave nothing open
    # By hand: residuals 4, 4, 3, -1, -4, -6 of totals of 10; the linearised error on the logistic scale.
    error = (6 / 5 * (16 + 16 + 9 + 1 + 16 + 36)) ** 0.5 / (60 * 0.6 * 0.4)
    reach = 2.570582 * error
    middle = math.log(0.6 / 0.4)
    assert wide["low"] == pytest.approx(1 / (1 + math.exp(-(middle - reach))), abs=1e-6)
    assert wide["high"] == pytest.approx(1 / (1 + math.exp(-(middle + reach))), abs=1e-6)


@pytest.mark.parametrize("documents", [[("a", 3, 2)], [("a", 3, 0), ("b", 2, 0)]])
def test_one_document_or_one_actor_alone_has_no_interval(documents: list[tuple[str, int, int]]) -> None:
    row = agency.shares(verbs(*documents), ("customer", "firm")).iloc[0]
    assert row["share"] == row["share"]
    assert row[["low", "high"]].isna().all()


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([5, 5], "Over the 2 dimensions that 5 or more of each group"),
        ([5, 4], "On X, the only dimension that 5 or more"),
        ([4, 4], "No dimension is taken up by 5 or more"),
    ],
)
def test_furthest_is_said_only_where_there_are_several(people: list[int], said: str) -> None:
    gaps = pd.DataFrame(
        {
            "dimension": ["X", "Y"],
            "c": [1.0, 0.5],
            "n c": people,
            "f": [0.2, 0.3],
            "n f": [9, 9],
            "gap": [0.8, 0.2],
        }
    )
    apart = stance.apart(gaps, "c", "f", 5)
    assert apart.sentence.startswith(said)
    assert ("furthest" in apart.sentence) == (people == [5, 5])


def study(root: Path, files: dict[str, str]) -> Study:
    (root / "coding_schemes").mkdir(parents=True, exist_ok=True)
    (root / "study.toml").write_text('title = "Made"\n')
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Study.load(root)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("actors: {firm: [shop], customer: [shop]}\nown: {c: customer}\n", "stands for"),
        ("actors: {firm: [shop]}\nown: {c: nobody}\n", "no actor"),
        ("title: nothing\n", "missing"),
        ("[1, 2]\n", "missing"),
        ("actors: {\n", "agency.yaml"),
    ],
)
def test_bad_lists_of_words_are_explained(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        agency.load(study(tmp_path, {agency.FILE: text}))
    with pytest.raises(InputError, match="not there"):
        agency.load(study(tmp_path / "none", {}))


SCHEME = """scheme: s
title: S
codes:
- {id: p, name: P}
- {id: p.x, name: X, parent: p, one: true}
- {id: p.x.a, name: XA, parent: p.x}
- {id: p.x.b, name: XB, parent: p.x}
- {id: p.x.c, name: XC, parent: p.x}
- {id: p.y, name: Y, parent: p, one: true}
- {id: p.y.a, name: YA, parent: p.y}
- {id: p.y.b, name: YB, parent: p.y}
- {id: p.y.c, name: YC, parent: p.y}
"""


def coded(*said: tuple[str, str, str]) -> pd.DataFrame:
    rows = [
        {
            "who": who,
            "group": group,
            "coder": "a",
            "document": who,
            "start": n,
            "end": n + 1,
            "coding": str(n),
            "code": code,
            "modality": "",
        }
        for n, (who, group, code) in enumerate(said)
    ]
    return pd.DataFrame(rows)


def test_the_stage_follows_its_rule(tmp_path: Path) -> None:
    book = history.load(study(tmp_path, {"coding_schemes/s.yaml": SCHEME}))
    frame = coded(
        *[("one", "c", "p.x.c"), ("one", "c", "p.y.c"), ("one", "c", "p.x.c"), ("one", "c", "p.x.a")],
        *[("two", "c", "p.x.c"), ("two", "c", "p.y.a"), ("tie", "f", "p.x.a"), ("tie", "f", "p.x.c")],
        *[("alone", "f", "p.x.b")],
    )
    stands = stance.positions(frame, book, "p", {})
    table = stance.people(stands, ["p.x", "p.y"], ["first", "second", "third"]).set_index("who")
    assert table["stage"].to_dict() == {"one": "third", "two": "mixed", "tie": "mixed", "alone": "second"}
    assert table.loc["two", "index"] == pytest.approx(0.5)
    only = stance.people(stands, ["p.y"], ["first", "second", "third"]).set_index("who")
    assert only.loc["alone", "stage"] == stance.SILENT
    gaps = stance.gaps(stands, "c", "f").set_index("dimension")
    assert gaps.loc["X", "gap"] == pytest.approx((2 / 3 + 1) / 2 - 0.5)
    assert pd.isna(gaps.loc["Y", "gap"])
    profile = stance.profile(stands, book, "p").set_index("position")
    assert profile.loc["XC", ["c", "f"]].tolist() == [2, 1]
    assert len(profile) == 6


def test_denied_positions_do_not_count(tmp_path: Path) -> None:
    book = history.load(study(tmp_path, {"coding_schemes/s.yaml": SCHEME}))
    frame = coded(("one", "c", "p.x.c")).assign(modality="denied")
    assert stance.positions(frame, book, "p", {"modality": ("denied",)}).empty
    assert len(stance.positions(frame, book, "p", {"modality": ("no",)})) == 1


FIELDS = """title: Made
questions: {q: "What?"}
fields:
- {id: market, title: Market, values: [wide, narrow], one: true, question: q}
- {id: gain, title: Gain, codes: p.x}
"""
SOURCES = "title: S\nsources:\n- {key: K1, what: one}\n"


def sheets(root: Path, case: str, fields: str = FIELDS) -> Study:
    files = {"coding_schemes/s.yaml": SCHEME, "coding_schemes/sources.yaml": SOURCES}
    return study(
        root, {**files, "evidence/cases/made/fields.yaml": fields, "evidence/cases/made/one.yaml": case}
    )


def test_unknown_is_kept_apart_from_no(tmp_path: Path) -> None:
    mine = sheets(
        tmp_path,
        "title: One\ncells:\n  market: {value: unknown}\n"
        "  gain: {value: [p.x.a, p.x.b], source: [K1], mark: V}\n",
    )
    (tmp_path / "evidence/cases/made/two.yaml").write_text(
        "title: Two\ncells:\n  market: {value: wide, source: [K1], mark: I}\n  gain: {value: unknown}\n"
    )
    loaded = cases.load(mine, "made", history.load(mine))
    crossed = cases.crossed(cases.tidy(loaded), ["market", "gain"])
    assert crossed.loc["Two", "wide"] == 1
    assert pd.isna(crossed.loc["One", "wide"])
    assert crossed.loc["One", ["XA", "XB"]].tolist() == [1, 1]
    assert cases.table(loaded).set_index("case").loc["One", "Market"] == cases.UNKNOWN
    assert cases.balance(cases.tidy(loaded), "gain", "market")["balance"].isna().all()


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("title: One\ncells:\n  market: {value: wide}\n  gain: {value: unknown}\n", "no source"),
        (
            "title: One\ncells:\n  market: {value: wied, source: [K1], mark: V}\n  gain: {value: unknown}\n",
            "'wide'",
        ),
        (
            "title: One\ncells:\n  market: {value: wide, source: [K9], mark: V}\n  gain: {value: unknown}\n",
            "K9",
        ),
        (
            "title: One\ncells:\n  market: {value: wide, source: [K1], mark: X}\n  gain: {value: unknown}\n",
            "mark",
        ),
        ("title: One\ncells:\n  market: {value: unknown}\n", "missing"),
        ("title: One\ncells:\n  markt: {value: unknown}\n", "not a field"),
        ("title: One\ncells:\n  market: {value: [wide, narrow], source: [K1], mark: V}\n", "2 values"),
        ("cells: 3\n", "no title"),
        ("title: [", "one.yaml"),
    ],
)
def test_bad_sheets_are_explained(tmp_path: Path, case: str, words: str) -> None:
    mine = sheets(tmp_path, case)
    with pytest.raises(InputError) as caught:
        cases.load(mine, "made", history.load(mine))
    assert words in str(caught.value)


def test_the_shipped_sheets_name_a_listed_source_in_every_known_cell() -> None:
    mine = Study.load(ROOT)
    loaded = cases.load(mine, "coproduction", history.load(mine))
    cells = cases.tidy(loaded)
    assert len(loaded.cases) >= 6
    assert (cells.loc[cells["known"], "sources"] != "").all()
    assert set(cells.loc[cells["known"], "mark"]) <= set(cases.MARKS)
