"""What the study's own records say of its methods: the facts of the methods appendix and of the checklists.

Every fact names where it comes from, so that a page can link it. Nothing is guessed: what no record holds is
not here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from casestudy.coding.material import Material
from casestudy.evidence import methods_facts
from casestudy.evidence.chain import Trouble
from casestudy.evidence.status import STATUSES, Verdict
from casestudy.outputs import CONTENTS, contents
from casestudy.people import consent, disclosure
from casestudy.people.documents import TALKS
from casestudy.study import Study
from casestudy.wording import counted

if TYPE_CHECKING:
    import pandas as pd

PACKAGES = (
    *("papermill", "jupyterlab", "pandas", "numpy", "scipy", "scikit-learn", "statsmodels", "lifelines"),
    *("stepmix", "duckdb", "ibis-framework", "matplotlib", "nltk", "spacy"),
)


@dataclass(frozen=True)
class Fact:
    """One thing that the records say.

    Attributes
    ----------
    key : str
        What checklists ask for.
    heading : str
    said : str
    where : str
        The record it comes from: a file of the study, an output, or a page.
    """

    key: str
    heading: str
    said: str
    where: str


def facts(found: Material, verdicts: Sequence[Verdict], troubles: Sequence[Trouble] = ()) -> list[Fact]:
    """All facts that the study's records give.

    Parameters
    ----------
    found : Material
    verdicts : sequence of Verdict
        The judged claims.
    troubles : sequence of Trouble
        From `casestudy.evidence.chain.walk`.

    Returns
    -------
    list of Fact
        In the order of a methods section; facts that no record holds are left out.
    """
    made = [*_study(found.study), *_people(found), *_coding(found), *_answers(found.study)]
    flow = methods_facts.review(found.study)
    made.append(Fact("review", "Literature, after PRISMA 2020", flow, "literature/protocol.toml"))
    made += _claims(found, verdicts, troubles)
    made.append(Fact("software", "Software", software(), "requirements.lock"))
    return [fact for fact in made if fact.said]


def table(listed: Sequence[Fact]) -> pd.DataFrame:
    """The facts, one a row: ``key, heading, said, where``."""
    import pandas as pd

    rows = [vars(fact) for fact in listed]
    return pd.DataFrame(rows, columns=["key", "heading", "said", "where"])


def software() -> str:
    """Versions of what the analysis rests on, as installed."""
    from importlib.metadata import PackageNotFoundError, version

    from casestudy import __version__

    known = []
    for name in PACKAGES:
        try:
            known.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return f"casestudy {__version__}; {', '.join(known)}."


def _study(study: Study) -> list[Fact]:
    questions = " ".join(f"{one.id}: {one.text}" for one in study.questions)
    stance = study.stance.replace("_", " ")
    status = " ".join(study.data_status.values())
    return [
        Fact("title", "Title", study.title, "study.toml"),
        Fact("questions", "Research questions", questions, "study.toml"),
        Fact("orientation", "Approach", f"Case study, analytic stance: {stance}.", "study.toml"),
        Fact("material", "Material", status, "study.toml"),
    ]


def _people(found: Material) -> list[Fact]:
    people, documents = found.people, found.documents
    made = []
    if len(people):
        groups = people["group"].value_counts().sort_index()
        listed = ", ".join(f"{count} {group}" for group, count in groups.items())
        made.append(
            Fact("participants", "Participants", f"{len(people)}: {listed}.", "interviews/participants.csv")
        )
        days = people["interviewed_on"].dropna()
        when = f" Heard between {days.min():%Y-%m-%d} and {days.max():%Y-%m-%d}." if len(days) else ""
        parts = [
            f"{name}: {_counted(people[column])}."
            for name, column in (("Roles", "role"), ("Ages", "age"), ("Households", "household"))
            if people[column].ne("").any()
        ]
        said = f"{' '.join(parts)}{when}".strip()
        made.append(Fact("sample", "Sample", said, "interviews/participants.csv"))
        quotable, linked = len(consent.who_may_be_quoted(people)), len(consent.who_may_be_linked(people))
        said = f"{quotable} of {len(people)} allow quotes, {linked} allow linking with log and purchases."
        said += f" {disclosed(found.study)}"
        made.append(Fact("consent", "Consent and disclosure", said, "interviews/participants.csv"))
    if len(documents):
        made.append(Fact("length", "Documents", methods_facts.lengths(found), "interviews/transcripts"))
        talks = [one for one in found.texts.values() if one.kind in TALKS]
        before: set[str] = set()
        again = 0
        for talk in sorted(talks, key=lambda one: (one.sitting, one.id)):
            again += not before.isdisjoint(talk.participants)
            before |= set(talk.participants)
        said = f"{again} of {len(talks)} talks are with somebody who was heard before."
        made.append(Fact("repeats", "Repeat interviews", said, "interviews/transcripts"))
    return made


def disclosed(study: Study) -> str:
    """What the saved tables disclose of people outside the interviews, computed from what each declares.

    Examples
    --------
    >>> from casestudy.study import Study
    >>> str(Study.find().floor) in disclosed(Study.find())
    True
    """
    saved: dict[str, dict[str, Any]] = {}
    for path in study.inputs(f"outputs/*/{CONTENTS}"):
        saved |= {f"{path.parent.name}/{name}": entry for name, entry in contents(path.parent).items()}
    return disclosure.sentences(saved, study)


def _counted(values: pd.Series[str]) -> str:
    """Values with how often each occurs, the commonest first; semicolons, since roles hold commas."""
    counts = values[values.ne("")].value_counts()
    ordered = sorted(counts.items(), key=lambda one: (-one[1], str(one[0])))
    return "; ".join(f"{value} ({count})" if count > 1 else str(value) for value, count in ordered)


def _coding(found: Material) -> list[Fact]:
    words, study = found.words, found.study
    if words.empty:
        return []
    counts = words.groupby("coder").size()
    twice = words.groupby("document")["coder"].nunique().gt(1)
    listed = ", ".join(f"{coder} {count:,}" for coder, count in counts.items())
    said = f"{len(counts)} ({listed} codings); "
    said += f"{int(twice.sum())} of {len(twice)} coded documents by more than one."
    status = study.data_status.get("codings", "")
    book, events = found.book, found.events
    used, gone = len(book.in_use()), len(found.retired)
    tree = f"{counted(used, 'code')} in use in {counted(len(book.schemes), 'scheme')}, {gone} no longer used."
    revised = f" The codebook was changed {len(events)} times; each change is recorded." if events else ""
    displaced = int((~words["placed"]).sum())
    placed = (
        "All codings stand at their quotes." if not displaced else f"{displaced} codings lost their place."
    )
    return [
        Fact("coders", "Coders", f"{said} {status}".strip(), "interviews/codings"),
        Fact("codebook", "Codebook", tree + revised, "coding_schemes"),
        Fact(
            "versions",
            "Codebook versions",
            methods_facts.versions_in_words(methods_facts.versions(found), len(events)),
            "coding_schemes/history.jsonl",
        ),
        Fact("derivation", "Derivation of themes", _derivation(found), "coding_schemes/framework.yaml"),
        Fact(
            "processing",
            "Processing",
            f"Positions are code points of each text, checked by quote. {placed}",
            "interviews/codings",
        ),
    ]


def _derivation(found: Material) -> str:
    sides = len(found.framework.perspectives)
    count = len(found.framework.themes)
    rule = "one coder" if found.framework.rule == "any" else "every coder of a document"
    return (
        f"{count} themes in {sides} perspectives, declared as sets of codes; {rule} must have seen a thing."
    )


def _answers(study: Study) -> list[Fact]:
    """What notebooks on saturation, agreement and joining answered, when they have run."""
    made = []
    for key, heading, number in (
        ("saturation", "Saturation", "34"),
        ("trust", "Agreement of coders", "36"),
        ("joined", "What joining gave", "45"),
    ):
        for path in study.inputs(f"outputs/{number}-*/contents.json"):
            answer = contents(path.parent).get("answer", {}).get("text", "")
            made.append(Fact(key, heading, answer.replace("**", ""), f"outputs/{path.parent.name}"))
    return made


def _claims(found: Material, verdicts: Sequence[Verdict], troubles: Sequence[Trouble]) -> list[Fact]:
    if not verdicts:
        return []
    counts = [(status, sum(one.status == status for one in verdicts)) for status in STATUSES]
    each = ", ".join(f"{count} {status}" for status, count in counts if count)
    said = f"{counted(len(verdicts), 'claim')}: {each}."
    dates = [one.claim.written_in_words for one in verdicts]
    listed = [f"{dates.count(words)} {words}" for words in sorted(set(dates), reverse=True)]
    said += f" What was expected: {', '.join(listed)}."
    searched = sum(bool(one.claim.contrary) for one in verdicts)
    rivals = sum(len(one.claim.rivals) for one in verdicts)
    held = sum(rival.verdict in ("stands", "undecided") for one in verdicts for rival in one.claim.rivals)
    weighed = counted(rivals, "rival was", "rivals were")
    against = f"Contrary evidence was looked for in {counted(searched, 'claim')}; {weighed} considered, "
    against += f"{held} of them not ruled out."
    names = "; ".join(theme.name for theme in found.framework.themes)
    quoted = len(consent.who_may_be_quoted(found.people))
    sources = sorted({source for one in verdicts for source in one.sources})
    where = "evidence/claims.yaml"
    weak = f"{len(troubles)} weak point{'s' * (len(troubles) != 1)}" if troubles else "no weak point"
    return [
        Fact("claims", "Findings", said, where),
        Fact(
            "chain",
            "Chain of evidence",
            f"Each claim leads to quotes, numbers and documents; {weak} known.",
            where,
        ),
        Fact("contrary", "Contrary evidence and rivals", against, where),
        Fact("themes", "Themes", f"{names}.", "coding_schemes/framework.yaml"),
        Fact(
            "quotations",
            "Quotations",
            f"Quotes carry the participant's id; {quoted} participants allow them.",
            where,
        ),
        Fact(
            "mixed_why",
            "Why mixed",
            f"Claims rest on {', '.join(sources)}: one kind alone is marked single-source.",
            where,
        ),
        Fact("integration", "Integration", _integration(found), "evidence/inferences.yaml"),
        Fact(
            "coverage",
            "Limits",
            " ".join(found.gaps) or "Who is in which source is shown in notebook 45.",
            "outputs",
        ),
    ]


def _integration(found: Material) -> str:
    from casestudy.mixed import readers
    from casestudy.mixed.displays import load_inferences
    from casestudy.mixed.triangulation import load

    inferences, judged = len(found.also(load_inferences)), found.also(load)
    parts = [f"{inferences} rows of joint displays end in a written inference."] if inferences else []
    if len(judged):
        findings = judged["finding_id"].nunique()
        said = f"{findings} findings were compared with {judged['source'].nunique()} sources"
        agreed = readers.in_words(readers.pairs(judged, found.also(readers.load)))
        by = counted(judged["coder"].nunique(), "reader")
        parts.append(f"{said} by {by}{f': {agreed}. {readers.NAMED}' if agreed else '.'}")
    return " ".join(parts)
