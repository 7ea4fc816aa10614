"""Participants across sources, people counted, floors kept, and studies that lack a source."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mixed_study import FRAMEWORK, garden, write

from casestudy.codebook.framework import load as load_framework
from casestudy.codebook.selection import Pick, expand
from casestudy.coding import material
from casestudy.errors import InputError
from casestudy.mixed import joined as joining
from casestudy.mixed import measures
from casestudy.mixed.presence import best_quote, presence, who_has
from casestudy.people import participants
from casestudy.people.floor import withhold
from casestudy.study import Study

__all__ = ["garden"]


def test_words_know_who_speaks_and_what_is_missing(garden: Study) -> None:
    found = material.load(garden)
    assert sorted(found.words["who"].unique()) == ["d1", "g1", "g2", "g3", "g4", "m1"]
    assert found.gaps == ()
    assert found.asked(("gardener",)) == ["g1", "g2", "g3", "g4"]
    assert found.quotable() == ["d1", "g1", "g2", "g4", "m1"]
    assert "why.old" in found.retired


def test_a_study_of_nothing_says_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text('title = "Empty"\n')
    found = material.load(Study.load(tmp_path))
    assert len(found.gaps) == 4
    assert found.words.empty
    assert found.asked() == []


def test_people_are_counted_not_segments(garden: Study) -> None:
    found = material.load(garden)
    table = presence(
        found.framework.themes_of("gardener"), found.words, found.parents, found.asked(("gardener",))
    ).set_index("id")
    assert table.loc["ways", ["people", "of"]].tolist() == [3, 4]  # g4 only denies
    assert table.loc["ways", "codings"] > table.loc["ways", "people"]
    assert table.loc["fit", "who"] == "g1 g2 g3"


def test_every_coder_must_agree_under_the_rule_all(garden: Study) -> None:
    found = material.load(garden)
    pick = Pick(codes=("way.check",), unless={"modality": ("denied",)})
    assert who_has(pick, found.words, found.parents, "any") == ["g1", "g3"]
    steer = Pick(codes=("way.steer",))
    assert who_has(steer, found.words, found.parents, "any") == ["g1"]
    assert who_has(steer, found.words, found.parents, "all") == []


def test_displaced_codings_do_not_count(garden: Study) -> None:
    path = garden.root / "interviews/transcripts/g3.md"
    path.write_text(path.read_text().replace("I check for frost.", "I check for ice."))
    found = material.load(garden)
    pick = Pick(codes=("way.check",), unless={"modality": ("denied",)})
    assert who_has(pick, found.words, found.parents) == ["g1"]
    assert (~found.words["placed"]).sum() >= 2


def test_quotes_come_only_from_those_who_allow_it(garden: Study) -> None:
    found = material.load(garden)
    pick = Pick(codes=("way.check",), unless={"modality": ("denied",)})
    quote, coding = best_quote(pick, found.words, found.parents, found.quotable())
    assert quote == "I look whether the soil is dry."
    assert coding in set(found.words["coding"])
    assert best_quote(pick, found.words, found.parents, ["g3"])[0] == "I check for frost."
    assert best_quote(pick, found.words, found.parents, []) == ("", "")


def test_join_keeps_apart_what_may_not_be_linked(garden: Study) -> None:
    people = participants.load(garden)
    joined = joining.join(people, ["g1", "g2", "g3", "g4", "m1"], ["p1", "p2", "p4"], None).set_index(
        "participant_id"
    )
    assert joined.loc["g1", "log_id"] == "p1"
    assert joined.loc["g4", "log_id"] == ""
    assert "no consent" in joined.loc["g4", "why"]
    assert "does not occur in the log" in joined.loc["g3", "why"]
    assert "p3" not in joined.loc["g3", "why"]  # an id that links is not for the page
    assert joined.loc["m1", "why"] == ""
    table = joining.coverage(joined.reset_index(), ["p1", "p2", "p4", "p9"], None, floor=1)
    assert table.loc[table["sources"] == "log only", "people"].tolist() == [2]  # p4 is not linked, p9 unknown
    assert table["people"].sum() == 5 + 2
    few = joining.coverage(joined.reset_index(), ["p1", "p2", "p4", "p9"], None, floor=3)
    row = few[few["sources"].eq("log only")].iloc[0]
    assert pd.isna(row["people"])
    assert row["who"] == "fewer than 3"
    said = joining.coverage_in_words(joined.reset_index(), ["p1"], None)
    assert "the study has no purchases" in said
    assert "1 who may not be quoted" in said


def test_a_participant_in_one_source_only(garden: Study) -> None:
    people = participants.load(garden)
    joined = joining.join(people, [], ["p1"], ["11"]).set_index("participant_id")
    assert joined.loc["g1", "sources"] == "log + purchases"
    assert joined.loc["g1", "why"] == "no interview"


@given(st.lists(st.integers(0, 12), min_size=1, max_size=12), st.integers(1, 8))
def test_no_cell_below_the_floor_survives(counts: list[int], floor: int) -> None:
    frame = pd.DataFrame({"n": counts, "mean": [1.0] * len(counts), "name": ["x"] * len(counts)})
    table = withhold(frame, "n", ["mean"], floor)
    shown = table[~table["withheld"]]
    assert not ((shown["n"] > 0) & (shown["n"] < floor)).any()
    assert table.loc[table["withheld"], "mean"].isna().all()
    assert table.loc[table["withheld"], "n"].isna().all()


def test_measures_say_why_they_are_not_there(garden: Study) -> None:
    framework = load_framework(garden)
    share = framework.measure("share_check")
    assert share is not None
    found = measures.read(material.load(garden), share)
    assert (found.value, found.reason) == (0.5, "")
    assert len(found.digest) == 64
    (garden.root / "outputs/24-ways/types.csv").unlink()
    gone = measures.read(material.load(garden), share)
    assert gone.value != gone.value
    assert "holds no table 'types'" in gone.reason
    visits = framework.measure("visits")
    assert visits is not None
    values, reason = measures.column(material.load(garden), visits)
    assert values["p1"] == 40
    assert reason == ""


def test_a_number_needs_one_row(garden: Study) -> None:
    (garden.root / "outputs/24-ways/types.csv").write_text("type,share\ncheck,0.5\ncheck,0.6\n")
    share = load_framework(garden).measure("share_check")
    assert share is not None
    assert measures.read(material.load(garden), share).reason == "2 rows fit, one is needed"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("perspectives: 3", "is not a list"),
        ("nonsense: true", "'nonsense' is not known"),
        ("rule: most", "rule is 'most'"),
        ("views:\n- {id: v, kind: typology, name: V, perspective: nobody}", "which is not among"),
        ("measures:\n- {id: m}", "name is missing"),
        ("a: [1", "is not YAML"),
        (FRAMEWORK.replace("{id: whom,", "{id: who,"), "a part cannot be called 'who'"),
        ("links:\n- {from: a, to: b, kind: goes with}", "needs measure"),
        ("- just\n- a list", "not a mapping"),
        ("rule: any\nrule: all", "not YAML"),
    ],
)
def test_a_broken_framework_lists_its_problems(tmp_path: Path, wrong: str, said: str) -> None:
    study = write(tmp_path, framework=wrong)
    with pytest.raises(InputError) as error:
        load_framework(study)
    assert said in str(error.value)
    assert "framework.yaml" in str(error.value)


def test_all_problems_of_a_framework_come_at_once(tmp_path: Path) -> None:
    wrong = FRAMEWORK.replace("kind: typology", "kind: typolgy").replace("[share_check]", "[share_chek]")
    study = write(tmp_path, framework=wrong + "extra: 1\n")
    with pytest.raises(InputError) as error:
        load_framework(study)
    assert len(error.value.problems) == 3


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00broken", b"\x00" * 50, b"!!python/object/apply:os.system [ls]"]
)
def test_hostile_bytes_are_one_sentence(tmp_path: Path, data: bytes) -> None:
    study = write(tmp_path)
    (tmp_path / "coding_schemes/framework.yaml").write_bytes(data)
    with pytest.raises(InputError):
        load_framework(study)


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["", "a", "b", "c"]), max_size=6))
def test_expansion_ends_and_holds_its_pattern(parents: dict[str, str]) -> None:
    chosen = expand(["a"], parents)
    assert ("a" in chosen) == ("a" in parents)
    assert all(parents[code] in chosen for code in chosen if code != "a")
