"""Screening, the flow of records, extraction and results; and the shipped review as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from literature_made import planted, records, scopus, web_of_science

from casestudy.codebook import history
from casestudy.errors import InputError
from casestudy.literature import check, duplicates, extraction, prisma, protocol, readers, results, screening
from casestudy.literature.protocol import Protocol
from casestudy.study import Study

ROOT = Path(__file__).parent.parent
PLAN = Protocol("Made", "made", 2003, 2011, reasons={"other": "something else", "old": "too old"})


def table(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["record", "stage", "decision", "reason"]).assign(note="")


@st.composite
def reviews(draw: st.DrawFn) -> tuple[list, dict[str, pd.DataFrame], set[str]]:
    originals = records(draw(st.integers(1, 25)), seed=draw(st.integers(0, 5)))
    copies = planted(originals[: draw(st.integers(0, len(originals)))])
    everything = [*originals, *copies]
    joined = duplicates.join(everything)
    ids = [one.id for one in prisma.eligible(joined.records, PLAN)]
    tables = {}
    for name in draw(st.sampled_from([("a",), ("a", "b"), ("a", "b", "c")])):
        rows = []
        for one in ids:
            if draw(st.integers(0, 9)) == 0:
                continue
            out = draw(st.booleans())
            rows.append((one, "abstract", "exclude" if out else "include", "other" if out else ""))
        tables[name] = table(rows)
    screened, _ = screening.combine(tables)
    read = {one for one in ids if draw(st.booleans())}
    second = [one for one in ids if screened.final("abstract").get(one) == "include" and one in read]
    for name in list(tables):
        rows = [
            (one, "text", *draw(st.sampled_from([("include", ""), ("exclude", "old")]))) for one in second
        ]
        tables[name] = pd.concat([tables[name], table(rows)], ignore_index=True)
    return everything, tables, read


@settings(max_examples=60)
@given(reviews())
def test_the_flow_adds_up_whatever_the_records(
    given_: tuple[list, dict[str, pd.DataFrame], set[str]],
) -> None:
    everything, tables, read = given_
    joined = duplicates.join(everything)
    screened, problems = screening.combine(tables)
    assert problems == []
    flow = prisma.count(everything, joined, PLAN, screened, read)
    assert flow.balanced, flow
    kept, title_only = prisma.included(joined, PLAN, screened, read)
    assert len(kept) == flow.included
    assert len(title_only) == flow.not_retrieved
    assert sum(flow.identified.values()) == len(everything)


def test_two_who_differ_leave_the_record_open_until_it_is_settled() -> None:
    tables = {
        "a": table([("x", "abstract", "include", ""), ("y", "abstract", "exclude", "other")]),
        "b": table([("x", "abstract", "exclude", "old"), ("y", "abstract", "exclude", "other")]),
    }
    open_, _ = screening.combine(tables)
    assert open_.final("abstract") == {"y": "exclude"}
    settled, problems = screening.combine(
        {**tables, screening.SETTLED: table([("x", "abstract", "include", "")])}
    )
    assert problems == []
    assert settled.final("abstract") == {"x": "include", "y": "exclude"}
    agreed = screening.agreement(settled)
    assert agreed["value"].iloc[0] == pytest.approx(0.5)


def test_agreement_without_variation_is_undefined_with_a_reason() -> None:
    same = table([(name, "abstract", "include", "") for name in "xyz"])
    agreed = screening.agreement(screening.combine({"a": same, "b": same.copy()})[0])
    alpha = agreed[agreed["coefficient"].str.contains("alpha")].iloc[0]
    assert pd.isna(alpha["value"])
    assert "variation" in alpha["reason"]


def study(root: Path, files: Mapping[str, str]) -> Study:
    texts = {
        "study.toml": 'title = "Made"\n',
        "coding_schemes/form.yaml": "scheme: form\ntitle: Form\ncodes:\n- {id: role, name: Role, one: true}\n"
        "- {id: role.firm, name: Firm, parent: role}\n- {id: role.customer, name: Customer, parent: role}\n",
        "literature/protocol.toml": 'title = "Made"\nstatus = "made"\nfirst_year = 2003\nlast_year = 2011\n'
        '[exclude]\nother = "else"\n[dimension.role]\ntitle = "role"\ncodes = ["role"]\n',
        **files,
    }
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Study.load(root)


def test_a_second_review_from_other_formats_runs_to_its_end(tmp_path: Path) -> None:
    made = records(40)
    files = {
        "literature/records/wos.txt": web_of_science(made),
        "literature/records/scopus.csv": scopus(planted(made[:12])),
    }
    mine = study(tmp_path, files)
    found = readers.load(mine)
    joined = duplicates.join(found)
    assert (len(found), len(joined.records)) == (52, 40)
    kept = prisma.eligible(joined.records, PLAN)
    blank = screening.sheet(kept)
    for name in ("anna", "bo"):
        sheet = blank[["record", "stage", "decision", "reason", "note"]].copy()
        sheet["decision"] = ["exclude" if n % 5 == 0 else "include" for n in range(len(sheet))]
        sheet["reason"] = ["other" if n % 5 == 0 else "" for n in range(len(sheet))]
        path = tmp_path / "literature" / "screening" / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        sheet.to_csv(path, index=False)
    for one in kept:
        path = tmp_path / "literature" / "notes" / f"{one.id}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text("Data serve the firm.\nThe customer is hardly seen.\n", encoding="utf-8")
    plan, notes, book = protocol.load(mine), protocol.notes(mine), history.load(mine)
    screened = screening.load(mine, joined.records, plan.reasons)
    flow = prisma.count(found, joined, plan, screened, notes)
    assert flow.balanced
    assert flow.duplicates == 12
    ids = sorted(one.id for one in prisma.included(joined, plan, screened, notes)[0])
    for one in ids:
        extraction.append(mine, "anna", one, [("role.firm", "Data serve the firm", 0, "")], book, notes)
    path, again = extraction.append(
        mine, "anna", ids[0], [("role.firm", "Data serve the firm", 0, "")], book, notes
    )
    assert (again, len(path.read_text().splitlines())) == (0, 1)
    words = extraction.codings(extraction.works(mine), notes, book)
    answers = extraction.settled(extraction.answers(words, plan.dimensions["role"], book, ids, ["anna"]))
    assert set(answers) == {"role.firm"}
    overview = results.overview(
        kept, [], {"role": answers.reindex([o.id for o in kept], fill_value="")}, book
    )
    assert results.crossed(overview, "year", "read").to_numpy().sum() == len(kept)
    assert check.check(mine) == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "literature/screening/a.csv",
            "record,stage,decision,reason\nnobody,abstract,include,\n",
            "not a record",
        ),
        (
            "literature/screening/a.csv",
            "record,stage,decision,reason\n{0},abstract,exclude,\n",
            "without a reason",
        ),
        (
            "literature/screening/a.csv",
            "record,stage,decision,reason\n{0},abstract,exclude,ohter\n",
            "'other'",
        ),
        ("literature/screening/a.csv", "record,stage,decision,reason\n{0},abstract,maybe,\n", "maybe"),
        (
            "literature/screening/a.csv",
            "record,stage,decision,reason\n{0},abstract,include,\n{0},abstract,exclude,other\n",
            "first include, then exclude",
        ),
        (
            "literature/screening/a.csv",
            "record,stage,decision,reason\n{0},abstract,exclude,other\n{0},text,include,\n",
            "though its abstract was excluded",
        ),
        (
            "literature/screening/settled.csv",
            "record,stage,decision,reason\n{0},abstract,include,\n",
            "nobody",
        ),
        ("literature/notes/ghost.md", "Words.\n", "no record"),
        ("literature/codings/a/{0}.jsonl", '{{"id": "x"\n', "is not a record"),
        ("literature/codings/a/ghost.jsonl", "", "no note"),
        (
            "literature/protocol.toml",
            'title = "M"\nstatus = "m"\nfirst_year = 2011\nlast_year = 2003\n',
            "period",
        ),
        ("literature/protocol.toml", "title = [", "TOML"),
    ],
)
def test_contradictions_and_slips_are_listed(tmp_path: Path, name: str, content: str, words: str) -> None:
    one = readers.named(records(1))[0]
    mine = study(tmp_path, {"literature/records/a.ris": readers.write_ris([one])})
    path = tmp_path / name.format(one.id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content.format(one.id) if "{" in content else content, encoding="utf-8")
    problems = check.check(mine)
    assert any(words in str(problem) for problem in problems), problems


def test_one_bad_row_of_a_screening_hides_no_other(tmp_path: Path) -> None:
    one = readers.named(records(1))[0]
    rows = f"{one.id},abstract,maybe,\nnobody,abstract,include,\n{one.id},abstract,include,\n"
    rows += f"{one.id},abstract,exclude,ohter\n"
    sheet = {"literature/screening/a.csv": f"record,stage,decision,reason\n{rows}"}
    mine = study(tmp_path, {"literature/records/a.ris": readers.write_ris([one]), **sheet})
    said = "\n".join(str(problem) for problem in check.check(mine))
    for words in (
        "row 2: decision is 'maybe'",
        "row 3: 'nobody'",
        "row 5: excluded for 'ohter'",
        "then exclude",
    ):
        assert words in said, said


def test_who_was_screened_out_is_listed_with_who_wanted_it_in() -> None:
    records_ = [replace(record, id=f"r{number}") for number, record in enumerate(records(3))]
    records_[1] = replace(records_[1], title="Consumers' power")
    rows = [
        {
            "record": "r0",
            "stage": "abstract",
            "a": "include",
            "b": "include",
            "final": "include",
            "reason": "",
        },
        {
            "record": "r1",
            "stage": "abstract",
            "a": "include",
            "b": "exclude",
            "final": "exclude",
            "reason": "no",
        },
        {
            "record": "r2",
            "stage": "abstract",
            "a": "exclude",
            "b": "exclude",
            "final": "exclude",
            "reason": "no",
        },
    ]
    screened = screening.Screened(pd.DataFrame(rows), ("a", "b"))
    out = screening.excluded(screened, records_, {"no": "not of the subject"}, "POWER")
    assert out["record"].tolist() == ["r1", "r2"]
    assert out["wanted_in"].tolist() == ["a", ""]
    assert out["about"].tolist() == [True, False]
    assert set(out["reason"]) == {"not of the subject"}
    assert not screening.excluded(screened, records_, {})["about"].any()


def test_a_note_is_coded_only_with_words_that_are_in_it(tmp_path: Path) -> None:
    one = readers.named(records(1))[0]
    mine = study(tmp_path, {f"literature/notes/{one.id}.md": "Data serve firms. Data serve firms.\n"})
    book, notes = history.load(mine), protocol.notes(mine)
    bad = [("role.frim", "Data", 1, ""), ("role.firm", "absent", 0, ""), ("role.firm", "Data", 0, "")]
    with pytest.raises(InputError) as caught:
        extraction.append(mine, "a", one.id, bad, book, notes)
    said = str(caught.value)
    assert all(word in said for word in ("'role.firm'", "not in the note", "2 times"))
    assert not (tmp_path / "literature" / "codings").exists()
    with pytest.raises(InputError, match="no note"):
        extraction.append(mine, "../a", "ghost", [], book, notes)


def test_the_shipped_review_holds_together() -> None:
    mine = Study.load(ROOT)
    assert check.check(mine) == []
    plan, notes, book = protocol.load(mine), protocol.notes(mine), history.load(mine)
    found = readers.load(mine)
    joined = duplicates.join(found)
    screened = screening.load(mine, joined.records, plan.reasons)
    assert prisma.count(found, joined, plan, screened, notes).balanced
    words = extraction.codings(extraction.works(mine), notes, book)
    assert words["placed"].all()
    kept, title_only = prisma.included(joined, plan, screened, notes)
    assert not {one.id for one in title_only} & set(words["document"])
    coded = words.groupby("document")["coder"].nunique()
    assert set(coded.index) == {one.id for one in kept}
    assert (coded == 2).all()
