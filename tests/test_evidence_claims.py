"""The rule for a claim's status, and the chain of evidence walked both ways."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mixed_study import CLAIMS, FRAMEWORK, garden, without, write

from casestudy.coding import material
from casestudy.errors import InputError
from casestudy.evidence import chain, claims, phrases, registers, status, written_before
from casestudy.evidence.claims import Claim, Rival
from casestudy.evidence.status import Finding
from casestudy.study import Study

__all__ = ["garden"]
CLAIM = Claim("C", "text", "p", "t", "Q", "seen", rivals=(Rival("r", "t", "rejected"),))


def finding(kind: str, source: str = "a", contrary: bool = False) -> Finding:
    return Finding("C", "e", contrary, source, kind, 1.0, 1, "said")


FOUND = st.builds(
    finding, st.sampled_from(["for", "against", "open", "not tested", "unknown"]), st.sampled_from("ab")
)
SEARCH = st.builds(
    finding, st.sampled_from(["absent", "open", "against", "unknown"]), st.just("a"), st.just(True)
)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([], "undecidable"),
        (["unknown"], "undecidable"),
        (["open"], "undecidable"),
        (["against"], "contradicted"),
        (["for", "against"], "contested"),
        (["for", "open"], "partly"),
        (["for", "not tested"], "partly"),
        (["for", "unknown"], "partly"),
        (["for"], "single-source"),
    ],
)
def test_the_rule(kinds: list[str], expected: str) -> None:
    found = [finding(kind) for kind in kinds]
    assert status.judge(CLAIM, [*found, finding("absent", contrary=True)]).status == expected


def test_two_kinds_of_source_support() -> None:
    found = [finding("for", "a"), finding("for", "b"), finding("absent", contrary=True)]
    assert status.judge(CLAIM, found).status == "supported"


@given(st.lists(FOUND, max_size=4), st.lists(SEARCH, max_size=3), st.sampled_from(claims.VERDICTS))
def test_supported_is_never_given_without_search_and_rivals(
    found: list[Finding], searches: list[Finding], verdict: str
) -> None:
    claim = replace(CLAIM, rivals=(Rival("r", "t", verdict),))
    judged = status.judge(claim, [*found, *searches])
    if judged.status in (status.SUPPORTED, status.SINGLE):
        assert searches
        assert all(one.finding == "absent" for one in searches)
        assert verdict in ("rejected", "weakened")
        assert all(one.finding == "for" for one in found)
    assert status.judge(replace(claim, rivals=()), [*found, *searches]).status != status.SUPPORTED
    assert status.judge(claim, found).status != status.SUPPORTED


def test_claims_are_evaluated_against_words_and_log(garden: Study) -> None:
    found = material.load(garden)
    verdicts = status.evaluate(claims.load(garden, found.framework), found)
    assert [one.status for one in verdicts] == ["undecidable", "undecidable"]
    assert verdicts[0].sources == ()
    assert "contrary evidence was not looked for" in verdicts[1].why
    assert "no rival explanation was considered" in verdicts[1].why
    first = verdicts[0].findings[0]
    assert (first.value, first.of, first.source, first.seen) == (2.0, 4, "gardener interviews", 2)


def test_findings_are_said_in_plain_words(garden: Study) -> None:
    found = material.load(garden)
    first, second = status.evaluate(claims.load(garden, found.framework), found)
    words, log, contrary = first.findings
    assert words.in_words == "not sure enough either way"
    assert words.said.startswith(
        "2 of 4 people in gardener interviews by two coders (2 by any), as much as that in"
    )
    assert words.said.endswith("of shuffled studies; at least 2 were expected")
    assert (log.in_words, log.said) == (
        "not tested",
        "Share of checking: 50 %, without an interval; more than 33 % was expected",
    )
    assert contrary.in_words == "the contrary is surely not there"
    assert "at least 90 % would speak against it" in contrary.said
    assert second.findings[1].said == "d1 says it; words that an author picks illustrate"
    signs = re.compile(r">=|<=|[<>=] ?\d")
    assert not signs.search(" ".join(one.said for v in (first, second) for one in v.findings) + second.why)
    assert first.item(first.findings[2]).id == "x1"


@pytest.mark.parametrize("relation", [">=", "<=", ">", "<", "="])
@pytest.mark.parametrize("of", ["people", "share", "value"])
def test_every_comparison_has_words(relation: str, of: str) -> None:
    said = phrases.held_against("so many", claims.Expected(of, relation, 0.5), contrary=False)
    assert re.fullmatch(r"so many; [a-z0-9. ]+ (was|were) expected", said)
    assert phrases.held_against("so many", None, contrary=True).endswith("would speak against it")


def test_a_denial_by_one_person_is_not_found_and_not_excluded(tmp_path: Path) -> None:
    study = write(tmp_path, claims=CLAIMS.replace("unless: {}, expect: share >= 90 %", "unless: {}"))
    found = material.load(study)
    verdicts = status.evaluate(claims.load(study, found.framework), found)
    assert verdicts[0].findings[2].finding == "open"  # one person denies it, and one is too few to find it
    assert "the contrary is not excluded: x1" in verdicts[0].why


def test_without_its_log_a_claim_says_so(garden: Study) -> None:
    without(garden, ["outputs/24-ways/types.csv"])
    found = material.load(garden)
    verdict = status.evaluate(claims.load(garden, found.framework), found)[0]
    assert verdict.status == "undecidable"
    assert "cannot be evaluated: the log shows it (outputs/24-ways: it holds no table 'types')" in verdict.why


def test_a_retired_code_cannot_be_evidence(tmp_path: Path) -> None:
    study = write(tmp_path, claims=CLAIMS.replace("codes: [why.keep]", "codes: [why.old]"))
    found = material.load(study)
    verdict = status.evaluate(claims.load(study, found.framework), found)[1]
    assert "code why.old is retired" in verdict.findings[0].said


def walk(study: Study) -> list[chain.Trouble]:
    found = material.load(study)
    verdicts = status.evaluate(claims.load(study, found.framework), found)
    return chain.walk(found, verdicts, chain.load_seals(study))


def seal(study: Study) -> None:
    found = material.load(study)
    chain.seal(study, status.evaluate(claims.load(study, found.framework), found))


def kinds(study: Study) -> dict[str, list[str]]:
    listed: dict[str, list[str]] = {}
    for trouble in walk(study):
        listed.setdefault(trouble.kind, []).append(trouble.where)
    return listed


def test_what_nobody_sealed_is_said_once_and_then_not(garden: Study) -> None:
    assert "not sealed" in kinds(garden)
    seal(garden)
    assert "not sealed" not in kinds(garden)
    assert "evidence changed" not in kinds(garden)


def test_one_changed_sentence_names_its_claim(garden: Study) -> None:
    seal(garden)
    path = garden.root / "interviews/transcripts/g3.md"
    path.write_text(path.read_text().replace("I check for frost.", "I look at the sky."))
    found = kinds(garden)
    assert found["quote no longer matches"] == ["C1, e1", "C1, e1"]
    assert found["evidence changed"] == ["C1, e1"]
    assert any("I check for frost." in str(trouble) for trouble in walk(garden))


def test_quotes_that_only_moved_are_told_apart(garden: Study) -> None:
    seal(garden)
    path = garden.root / "interviews/transcripts/g1.md"
    path.write_text(path.read_text().replace("I look whether the soil is dry.", "I look if it is dry."))
    said = [str(trouble) for trouble in walk(garden) if trouble.kind == "quote moved"]
    assert said[0].startswith("C1, e1: 1 coded quotes stand at another place of g1")
    lost = [str(trouble) for trouble in walk(garden) if trouble.kind == "quote no longer matches"]
    assert lost
    assert all("I look whether the soil is dry." in one for one in lost)


def test_a_moved_number_names_its_claim(garden: Study) -> None:
    seal(garden)
    path = garden.root / "outputs/24-ways/types.csv"
    path.write_text(path.read_text().replace("0.5", "0.4"))
    assert kinds(garden)["evidence changed"] == ["C1, e2"]


def test_a_document_that_changed_names_its_claim(garden: Study) -> None:
    seal(garden)
    path = garden.root / "interviews/transcripts/d1.md"
    path.write_text(path.read_text().replace("a card holder who stays", "a customer"))
    found = kinds(garden)
    assert "C2, e2" in found["evidence cannot be evaluated"]


def test_themes_and_codes_from_below(garden: Study) -> None:
    found = kinds(garden)
    assert found["theme without evidence"] == ["theme show"]
    assert "theme rests on one participant" not in found
    framework = FRAMEWORK.replace(
        '{id: how, name: How, codes: ["how.*"]}', "{id: how, name: How, codes: [spare]}"
    )
    (garden.root / "coding_schemes/framework.yaml").write_text(framework.replace("[how.return]", "[spare]"))
    assert kinds(garden)["code without use"] == ["scheme ways"]
    assert any("takes up how.return." in trouble.what for trouble in walk(garden))


def test_quotes_that_may_not_be_cited(garden: Study) -> None:
    words = material.load(garden).words
    refused = words.loc[words["who"].eq("g3"), "coding"].iloc[0]
    text = CLAIMS.replace("says: they tell of checking", f"quotes: [{refused}, nothing]")
    (garden.root / "evidence/claims.yaml").write_text(text)
    said = [str(trouble) for trouble in walk(garden) if trouble.kind == "cited quote"]
    assert len(said) == 2
    assert any("who may not be quoted" in one for one in said)


def test_a_participant_who_is_quoted_too_often(garden: Study) -> None:
    words = material.load(garden).words
    mine = words.loc[words["who"].eq("g1"), "coding"].head(3)
    text = CLAIMS.replace("says: they tell of checking", f"quotes: [{', '.join(mine)}]")
    (garden.root / "evidence/claims.yaml").write_text(text)
    assert kinds(garden)["participant quoted too often"] == ["g1"]


def test_upward_from_anything(garden: Study) -> None:
    found = material.load(garden)
    verdicts = status.evaluate(claims.load(garden, found.framework), found)
    up = lambda thing: chain.resting_on(thing, found, verdicts)["claim"].unique().tolist()  # noqa: E731
    assert up("interviews/transcripts/g1.md") == ["C1"]
    assert up("g3") == ["C1"]
    assert up("outputs/24-ways/types.csv") == ["C1"]
    assert up("d1") == ["C2"]
    assert up("way.check") == ["C1"]
    assert up("nothing") == []
    down = chain.sentences(verdicts[0], found)
    assert "I check for frost." in set(down["quote"])
    assert down["quote"].str.contains("outputs/24-ways/types.csv").any()


def test_what_moved_between_two_tables(garden: Study) -> None:
    found = material.load(garden)
    all_claims = claims.load(garden, found.framework)
    verdicts = status.evaluate(all_claims, found)
    before = registers.table(verdicts)
    after = before.assign(
        status=["contradicted", *before["status"][1:]], why=["not as expected: e1", *before["why"][1:]]
    )
    (said,) = registers.moved(before, after)
    assert said == "C1: undecidable → contradicted (not as expected: e1)."
    assert registers.moved(before, before) == []
    for name, table in (("old", before), ("new", after)):
        folder = garden.root / name / "70-all"
        folder.mkdir(parents=True)
        table.to_csv(folder / "claims.csv", index=False)
    assert registers.moved_between(garden.root / "old", garden.root / "new") == [said]
    assert registers.moved_between(garden.root / "old", garden.root / "nowhere") == []


def commit(study: Study, *paths: str) -> None:
    git = ("git", "-C", str(study.root), "-c", "user.name=t", "-c", "user.email=t@t.invalid")
    if not (study.root / ".git").exists():
        subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", *paths], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "step"], check=True)


def ordered(study: Study) -> dict[str, written_before.Order]:
    found = material.load(study)
    listed, reason = written_before.orders(found, status.evaluate(claims.load(study, found.framework), found))
    assert not reason
    return {one.claim: one for one in listed}


def test_the_version_history_shows_what_was_written_first(garden: Study) -> None:
    path = garden.root / claims.FILE
    text = path.read_text().replace("  question: Q1\n", "  question: Q1\n  written: before\n", 1)
    text = text.replace("  question: Q2\n", "  question: Q2\n  written: after\n")
    path.write_text(text)
    commit(garden, claims.FILE)
    commit(garden, "interviews/codings")
    commit(garden, "outputs")
    first = ordered(garden)["C1"]
    assert first.first is True
    assert first.since is not None
    assert first.codings is not None
    assert first.numbers is not None
    assert first.since.place < first.codings.place < first.numbers.place
    assert first.said.count("came later") == 2
    assert written_before.troubles(list(ordered(garden).values())) == []
    path.write_text(text.replace("says: they tell of checking", "says: other words"))  # no expectation
    commit(garden, claims.FILE)
    assert ordered(garden)["C1"].since == first.since
    path.write_text(text.replace("value > 0.33", "value > 0.3"))
    assert ordered(garden)["C1"].since is None
    assert "not in the version history" in ordered(garden)["C1"].said
    commit(garden, claims.FILE)
    moved = ordered(garden)
    assert moved["C1"].first is False
    assert moved["C2"].first is True
    (said,) = written_before.troubles(list(moved.values()))
    assert said.where == "C1"
    assert "came earlier" in said.what
    path.write_text(text)  # back again: it stands since the last change, not since the first time
    commit(garden, claims.FILE)
    assert ordered(garden)["C1"].first is False
    counted = written_before.summary(list(ordered(garden).values()))
    assert counted.startswith("1 written before the analysis (for 0 the version history shows it)")


def test_without_a_history_nothing_is_shown_to_be_first(garden: Study, tmp_path: Path) -> None:
    found = material.load(garden)
    listed, reason = written_before.orders(
        found, status.evaluate(claims.load(garden, found.framework), found)
    )
    assert listed == []
    assert "no whole version history" in reason
    commit(garden, "study.toml", "coding_schemes", "evidence", "interviews")
    commit(garden, "outputs")
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{garden.root}", str(shallow)], check=True)
    found = material.load(Study.load(shallow))
    assert written_before.orders(found, [])[1] == reason


def test_when_an_expectation_was_written_is_said_or_not_known(garden: Study) -> None:
    one = claims.load(garden)[0]
    assert one.written_in_words == "not said when it was written"
    assert replace(one, written="after").written_in_words == "written after a first look at the results"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (CLAIMS.replace("question: Q1", "question: Q1\n  written: later"), "written is 'later'"),
        (CLAIMS.replace("id: C2", "id: ../../C2"), "cannot be the name of a file"),
        (CLAIMS.replace("people >= 2, says", "share >= 200 %, says"), "'share >= 200 %' is not a share"),
        ("claims: 1", "is not a list"),
        ("claims:\n- {id: C}", "text is missing"),
        (CLAIMS.replace("question: Q1", "question: Q9"), "'Q9' is not a question"),
        (CLAIMS.replace("people >= 2, says", "many, says"), "is not a comparison"),
        (CLAIMS.replace("kind: coding, codes: [why.keep]", "kind: coding"), "codes is missing"),
        (CLAIMS.replace("measure: share_check", "measure: share_chek"), "Did you mean 'share_check'"),
        (CLAIMS.replace("id: C2", "id: C1"), "occurs twice"),
        (CLAIMS.replace("theme: keep", "theme: kep"), "'kep' is not declared"),
        (CLAIMS.replace("verdict: rejected", "verdict: no"), "verdict is 'no'"),
        (CLAIMS.replace("expect: value > 0.33, ", ""), "expect is missing"),
    ],
)
def test_broken_claims_are_listed(tmp_path: Path, text: str, said: str) -> None:
    study = write(tmp_path, claims=text)
    with pytest.raises(InputError) as error:
        claims.load(study, material.load(study).framework)
    assert said in str(error.value)


def test_a_broken_seal_is_one_sentence(garden: Study) -> None:
    (garden.root / chain.SEALS).write_text("[1, 2]")
    with pytest.raises(InputError, match="not a table of seals"):
        chain.load_seals(garden)
