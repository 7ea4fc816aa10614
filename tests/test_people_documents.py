"""A small study with a follow-up interview, a focus group, field notes and people who were not heard."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from casestudy.codebook.selection import Pick
from casestudy.coders import common_text, unit_ratings
from casestudy.coding import counts, material
from casestudy.coding.material import Material
from casestudy.mixed import together
from casestudy.mixed.presence import presence
from casestudy.people import consent
from casestudy.perspectives import sides
from casestudy.report import corpus, site
from casestudy.study import Study
from casestudy.voices import groups, saturation, saturation_answer, topics

PEOPLE = """\
participant_id,group,pseudonym,interviewed_on,interviewed,consent_quote,consent_link,job,log_id
p1,grower,Aino,2024-05-01,,true,true,nurse,
p2,grower,Eero,2024-05-02,,true,true,teacher,
p3,seller,Liisa,2024-05-04,,true,true,nurse,
p4,seller,Olavi,2024-05-04,,false,true,baker,
p5,seller,,,,true,true,baker,a17
p6,grower,,,no,true,true,clerk,
"""
DOCUMENTS = """document,participants,sitting,kind,language
p1-again,p1,2,interview,
group,p1 p3 p4,1,focus group,
notes,p1,,field notes,
memo,,,document,
"""
SPEAKERS = "document,speaker,participant,role\n*,KAISA,,interviewer\n"
TEXTS = {
    "p1": "KAISA: Well?\n\nAino: I water every day.\n\nKAISA: And do you sell beans?\n\nAino: Never.\n",
    "p1-again": "KAISA: And now?\n\nAino: Now I sell beans too.\n",
    "p2": "KAISA: Well?\n\nEero: I water at night.\n",
    "group": "KAISA: Who sells?\n\nLiisa: I sell beans.\n\nOlavi: Hm.\n\nAino: We share a hose.\n",
    "notes": "We stood in the shed. Aino: small hands. She would not be hurried.\n",
    "memo": "To all shops: sell beans.\n",
}
CODES = """scheme: garden
codes:
- {id: water, name: Watering, definition: Working definition. Water is given.}
- {id: sell, name: Selling, definition: Working definition. Something is sold.}
- {id: share, name: Sharing, definition: Working definition. Things are shared.}
"""
CODINGS = {
    ("a", "p1"): [("water", "I water every day")],
    ("a", "p1-again"): [("sell", "I sell beans too")],
    ("a", "p2"): [("water", "I water at night")],
    ("a", "group"): [("sell", "I sell beans"), ("share", "We share a hose")],
    ("a", "notes"): [("share", "would not be hurried")],
    ("a", "memo"): [("sell", "sell beans")],
    ("b", "group"): [("sell", "I sell beans"), ("share", "We share a hose")],
    ("b", "p1"): [("water", "I water every day")],
}
STUDY = """title = "Beans"
floor = 1
[data_status]
interviews = "Made up for tests."
"""


@pytest.fixture
def beans(tmp_path: Path, command) -> Study:
    root = tmp_path / "beans"
    (root / "interviews/transcripts").mkdir(parents=True)
    (root / "coding_schemes").mkdir()
    (root / "study.toml").write_text(STUDY)
    (root / "coding_schemes/garden.yaml").write_text(CODES)
    for name, text in (("participants", PEOPLE), ("documents", DOCUMENTS), ("speakers", SPEAKERS)):
        (root / f"interviews/{name}.csv").write_text(text)
    for name, text in TEXTS.items():
        (root / f"interviews/transcripts/{name}.md").write_text(text)
    for (coder, name), wishes in CODINGS.items():
        listed = root / "list.json"
        listed.write_text(json.dumps([{"code": code, "quote": quote} for code, quote in wishes]))
        whose = ["--coder", coder, "--document", name]
        done = command("codings", "add", *whose, "--file", listed, "--study", root)
        assert done[0] == 0, done
        listed.unlink()
    return Study.load(root)


def test_the_study_has_no_problem(beans: Study, command) -> None:
    assert command("check", "--study", beans.root) == (0, "Beans: no problem found\n", "")


def test_people_are_counted_once_however_many_talks_they_have(beans: Study) -> None:
    found = material.load(beans)
    assert found.asked(("grower", "seller")) == ["p1", "p2", "p3", "p4"]
    assert found.asked(("seller",)) == ["p3", "p4"]
    assert found.asked() == ["memo", "notes", "p1", "p2", "p3", "p4"]
    people, words = found.people, found.words
    asked = topics.asked(words, people, found.texts)
    assert asked == ["p1", "p2", "p3", "p4"]
    table_ = counts.prevalence(words[words["participant"].isin(asked)], asked, found.book).set_index("code")
    assert table_.loc["sell", ["people", "of", "segments", "documents"]].tolist() == [2, 4, 3, 2]
    assert table_.loc["share", "people"] == 1


def test_words_are_credited_to_who_says_them(beans: Study) -> None:
    words = Material(beans).words
    rows = {(row["document"], row["quote"]): row["who"] for row in words.to_dict("records")}
    assert rows["group", "I sell beans"] == "p3"
    assert rows["group", "We share a hose"] == "p1"
    assert rows["notes", "would not be hurried"] == "notes"
    assert rows["memo", "sell beans"] == "memo"
    assert rows["p1-again", "I sell beans too"] == "p1"
    heard = Material(beans).texts
    assert heard["group"].words_of("p4") == 1
    assert heard["notes"].words_of("p1") == 0
    assert heard["notes"].words_of("notes") == 13


def test_coverage_names_the_people_who_were_not_heard(beans: Study) -> None:
    found = Material(beans)
    rows = counts.coverage(found.texts, found.words, found.people).set_index("document")["missing"]
    assert sorted(rows[rows.eq("no transcript")].index) == ["p5", "p6"]


def test_saturation_orders_people_by_the_day_they_were_first_heard(beans: Study) -> None:
    found = Material(beans)
    asked = topics.asked(found.words, found.people, found.texts)
    presence_ = saturation_answer.presences(found.words, found.people, asked)
    assert {name: list(rows.index) for name, rows in presence_.items()} == {
        "grower": ["p1", "p2"],
        "seller": ["p3", "p4"],
    }
    assert saturation.first_heard(presence_["grower"].to_numpy().astype(bool), [0, 1]).tolist() == [3, 0]


def test_any_column_of_the_participants_divides_them(beans: Study) -> None:
    found = Material(beans)
    asked = topics.asked(found.words, found.people, found.texts)
    rows = groups.by_group(found.words, found.people, asked, found.book, denials={}, column="job", floor=1)
    shares = rows.set_index(["code", "group"])
    assert shares.loc[("sell", "nurse"), ["people", "of"]].tolist() == [2, 2]
    assert shares.loc[("sell", "baker"), ["people", "of"]].tolist() == [0, 1]
    with pytest.raises(Exception, match="Did you mean 'job'"):
        groups.by_group(found.words, found.people, asked, found.book, denials={}, column="jobb", floor=1)


def test_agreement_compares_what_people_say_in_the_group(beans: Study) -> None:
    found = Material(beans)
    read = common_text.of(beans, found.words, found.texts, ["a", "b"])
    assert list(read.names) == ["group", "p1"]
    units = unit_ratings.units(found.texts, read.names, "turn")
    assert [unit.text for unit in units if unit.document == "group"] == [
        "I sell beans.",
        "Hm.",
        "We share a hose.",
    ]


def test_a_theme_is_counted_out_of_everybody_who_was_heard(beans: Study) -> None:
    found = material.load(beans)
    table_ = presence([Selling()], found.words, found.parents, found.asked(("grower", "seller")))
    assert table_.iloc[0][["people", "of", "who"]].tolist() == [2, 4, "p1 p3"]
    assert sides.groups_in(found) == ["document", "field notes", "grower", "seller"]


class Selling:
    id, name, pick = "sell", "Selling", Pick(codes=("sell",))


def test_who_was_heard_has_a_row_for_each_person_and_talk(beans: Study) -> None:
    side = """perspectives:
- {id: us, name: Us, question: Q, groups: [grower, seller], themes: [{id: s, name: S, codes: [sell]}]}
"""
    (beans.root / "study.toml").write_text(f'{STUDY}[[question]]\nid = "Q"\ntext = "Who?"\n')
    (beans.root / "coding_schemes/framework.yaml").write_text(side)
    found = material.load(Study.load(beans.root))
    rows = sides.who_was_heard(found, "us")
    heard = list(zip(rows["who"], rows["kind"], rows["words"], rows["codings"], strict=True))
    assert heard == [
        ("p1", "focus group", 4, 2),
        ("p1", "interview", 5, 2),
        ("p1", "interview", 5, 1),
        ("p2", "interview", 4, 1),
        ("p3", "focus group", 3, 2),
        ("p4", "focus group", 1, 0),
    ]


def test_joined_sources_know_who_was_heard_in_a_group_alone(beans: Study) -> None:
    joined = together.join(material.load(beans), pd.DataFrame()).joined
    spoke = dict(zip(joined["participant_id"], joined["interview"], strict=True))
    assert spoke == {"p1": True, "p2": True, "p3": True, "p4": True, "p5": False, "p6": False}


def test_pages_link_people_and_talks_and_hide_who_may_not_be_quoted(beans: Study, command) -> None:
    found = corpus.load(beans)
    assert found.participants["group"] == ("p1", "p3", "p4")
    assert "group" in found.withheld  # p4 may not be quoted
    shown = {quote.quote for quote in found.shown()}
    assert "I sell beans" in shown
    site.render(beans)
    pages = beans.outputs / "pages"
    person = (pages / "participants/p1.html").read_text(encoding="utf-8")
    for words in ("p1-again", "focus group", "Job", "nurse"):
        assert words in person
    group = (pages / "documents/group.html").read_text(encoding="utf-8")
    assert "These words may not be quoted" in group
    assert "participants/p3.html" in group
    assert "We share a hose" not in group
    people = (pages / "participants.html").read_text(encoding="utf-8")
    assert "no interview" in people


def _translated(root: Path, language: str, ours: str = "en") -> Study:
    folder = root / "interviews/transcripts"
    folder.mkdir(parents=True)
    (root / "study.toml").write_text(f'title = "Beans"\nlanguage = "{ours}"\n')
    (folder / "k1.txt").write_text("KAISA: Entä sitten?\n\nAino: Myyn papuja joka päivä.\n", "utf-8")
    (folder / "k1-en.txt").write_text("KAISA: And then?\n\nAino: I sell beans every single day.\n", "utf-8")
    (root / "interviews/participants.csv").write_text(
        "participant_id,group,pseudonym,consent_quote\nk1,seller,Aino,false\n"
    )
    (root / "interviews/documents.csv").write_text(
        f"document,participants,language,translation_of\nk1,k1,{language},\nk1-en,k1,en,k1\n"
    )
    (root / "interviews/speakers.csv").write_text(SPEAKERS)
    return Study.load(root)


def test_consent_to_a_translation_is_that_of_the_person(tmp_path: Path) -> None:
    loaded = Material(_translated(tmp_path, "fi"))
    assert consent.withheld_documents(loaded.texts, loaded.people) == {"k1", "k1-en"}


def test_the_share_of_words_that_is_coded_holds_every_talk_of_those_asked(beans: Study) -> None:
    found = material.load(beans)
    table = topics.by_scheme(found.words, found.book, found.texts, ["p1"])
    turns = [turn for one in found.texts.values() for turn in one.own_turns if turn.participant == "p1"]
    spoken = sum(turn.end - turn.speech for turn in turns)
    coded = sum(len(quote) for quote in ("I water every day", "I sell beans too", "We share a hose"))
    assert len(turns) == 4
    assert table["covered"].tolist() == [pytest.approx(coded / spoken)]


@pytest.fixture
def translated(beans: Study) -> Study:
    """The study with a talk in Finnish and its working translation, of a person with another talk."""
    folder = beans.root / "interviews"
    (folder / "transcripts/p2-fi.md").write_text("KAISA: Entä nyt?\n\nEero: Nyt myyn papuja.\n")
    (folder / "transcripts/p2-en.md").write_text("KAISA: And now?\n\nEero: Now I sell my beans.\n")
    rows = "p2-fi,p2,2,interview,fi,\np2-en,p2,2,interview,en-GB,p2-fi\n"
    text = DOCUMENTS.replace("language\n", "language,translation_of\n").replace(",\n", ",,\n")
    (folder / "documents.csv").write_text(text + rows)
    return Study.load(beans.root)


@pytest.mark.parametrize(
    ("language", "counted", "left"),
    [("en", "p2-en", "p2-fi"), ("fi", "p2-fi", "p2-en"), ("sv", "p2-fi", "p2-en")],
)
def test_a_talk_and_its_translation_are_counted_once(
    translated: Study, command, language: str, counted: str, left: str
) -> None:
    toml = translated.root / "study.toml"
    toml.write_text(toml.read_text().replace("floor", f'language = "{language}"\nfloor'))
    study = Study.load(translated.root)
    opened = Material(study)
    assert opened.texts[left].counted_in == counted
    assert opened.texts[left].own_turns == ()
    assert sum(text.words_of("p2") for text in opened.texts.values()) == 4 + opened.texts[counted].words_of(
        "p2"
    )
    assert command("check", "--study", study.root)[:2] == (0, "Beans: no problem found\n")
    assert f"{left}: " in command("documents", "list", "--study", study.root)[1]
    assert f"counted in {counted}" in command("documents", "list", "--study", study.root)[1]
    sheet = command("blind", "draw", "--share", "1", "--study", study.root)[1]
    assert {f",{name}," in sheet for name in (counted, "p2")} == {True}
    assert f",{left}," not in sheet
    coverage = counts.coverage(opened.texts, opened.words, opened.people).set_index("document")
    assert coverage.loc[left, "missing"] == f"counted in {counted}"
    with_quote = study.root / "list.csv"
    quote = "myyn papuja" if left == "p2-fi" else "sell my beans"
    with_quote.write_text(f"code,quote\nsell,{quote}\n")
    whose = ["--coder", "a", "--document", left, "--file", with_quote]
    assert command("codings", "add", *whose, "--study", study.root)[0] == 0
    with_quote.unlink()
    err = command("check", "--study", study.root)[2]
    assert f"1 coding of words that are counted in '{counted}'" in err


@pytest.mark.parametrize("original", ["p2-en", "p2-again"])
def test_a_translation_names_its_original(translated: Study, command, original: str) -> None:
    path = translated.root / "interviews/documents.csv"
    path.write_text(path.read_text().replace("p2-fi\n", f"{original}\n"))
    err = command("check", "--study", translated.root)[2]
    assert f"it translates '{original}', which is " in err


def test_what_is_learnt_is_tried_on_other_people_not_on_other_talks_of_the_same(beans: Study) -> None:
    from casestudy.coding import units

    sentences = units.units(Material(beans).texts)
    assert {
        (one.document, one.speaker) for one in sentences if one.document in ("p1", "p1-again", "group")
    } == {*(("p1", "p1"), ("p1-again", "p1"), ("group", "p1"), ("group", "p3"), ("group", "p4"))}
    assert {one.speaker for one in sentences if one.document == "memo"} == {"memo"}


def test_the_share_of_words_covered_counts_follow_ups_and_groups(beans: Study) -> None:
    opened = Material(beans)
    whole = topics.by_scheme(opened.words, opened.book, opened.texts, opened.asked()).iloc[0]
    turns = [
        (name, turn)
        for name, text in opened.texts.items()
        for turn in text.own_turns
        if (turn.participant or name) in opened.asked()
    ]
    spoken = sum(turn.end - turn.speech for _, turn in turns)
    quotes = {(name, quote) for (_, name), wishes in CODINGS.items() for _, quote in wishes}
    assert whole["covered"] == pytest.approx(sum(len(quote) for _, quote in quotes) / spoken)
    assert whole["people"] == whole["of"] - (len(opened.asked()) - opened.words["who"].nunique())


def test_who_acts_belongs_to_the_group_of_who_speaks(beans: Study) -> None:
    from casestudy.voices import agency

    opened = Material(beans)
    groups = opened.documents.set_index("document")["group"].to_dict()
    groups |= dict(zip(opened.people["participant_id"], opened.people["group"], strict=True))
    words = agency.Words({}, {"grower": "growers", "seller": "sellers"})
    said = agency.acts(opened.texts, groups, words, agency.parser())
    inside = said[said["document"].eq("group")]
    found = set(zip(inside["who"], inside["group"], inside["actor"], strict=True))
    assert found == {("p1", "grower", "growers"), ("p3", "seller", "sellers")}
    assert not said["sentence"].str.startswith(("Aino:", "Liisa:")).any()
