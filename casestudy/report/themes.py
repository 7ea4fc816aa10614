"""Pages of perspectives and themes: who voices what, out of whom, in which words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from casestudy.report import layout
from casestudy.report.corpus import PAGES, Corpus, Quote
from casestudy.report.frame import charted, drawing
from casestudy.report.layout import Site
from casestudy.report.measures import Number, numbers
from casestudy.report.records import Record

if TYPE_CHECKING:
    from casestudy.codebook.framework import Theme
    from casestudy.codebook.selection import Pick
    from casestudy.evidence.status import Verdict


@dataclass(frozen=True)
class Voiced:
    """A theme and the people who voice it.

    Attributes
    ----------
    count : mapping
        ``people, of, share, low, high, codings``: the share's Wilson 95 % limits.
    who : tuple of str
    """

    theme: Theme
    count: dict[str, Any]
    who: tuple[str, ...]


def page_of(theme: str) -> str:
    """The page of a theme, from the outputs folder."""
    return f"{PAGES}/themes/{theme}.html"


def pages(corpus: Corpus, site: Site, records: list[Record]) -> dict[str, str]:
    """The overview of perspectives, and one page for each theme, by path."""
    framework = corpus.framework
    path = f"{PAGES}/perspectives.html"
    if not site.has(path):
        return {}
    voiced = {theme.id: found for theme in framework.themes for found in [_voiced(corpus, theme)]}
    counts = {one: (int(found.count["people"]), int(found.count["of"])) for one, found in voiced.items()}
    whole = charted(corpus, counts)
    known = {one.claim.id: one.status for one in corpus.verdicts}
    made = {
        path: layout.page(
            "perspectives.html.j2",
            site,
            path,
            "Perspectives and themes",
            corpus=corpus,
            voiced=voiced,
            drawn=drawing(whole, known, partial(layout.address, here=path)),
            chart=whole,
            known=known,
            questions={question.id: question.text for question in corpus.material.study.questions},
        )
    }
    for theme in framework.themes:
        path = page_of(theme.id)
        quotes = picked(corpus, theme.pick, voiced[theme.id].who)
        made[path] = layout.page(
            "theme.html.j2",
            site,
            path,
            theme.name,
            corpus=corpus,
            found=voiced[theme.id],
            side=framework.perspective(theme.perspective),
            codes=_codes(corpus, theme.pick),
            speakers=_by_speaker(quotes),
            contrary=picked(corpus, theme.contrary) if theme.contrary.codes else [],
            measures=_numbers(corpus, theme, records),
            verdicts=[one for one in corpus.verdicts if one.claim.theme == theme.id],
            links=[link for link in framework.links if theme.id in (link.start, link.end)],
            names={one.id: one.name for one in framework.themes},
        )
    return made


def picked(corpus: Corpus, pick: Pick, who: Iterable[str] | None = None) -> list[Quote]:
    """The quotes that a pick means, of some people or of all; those that may be shown."""
    words = corpus.material.words
    rows = pick.of(words[words["placed"]], corpus.material.parents)
    wanted = set(zip(rows["coder"], rows["document"], rows["coding"], strict=True))
    allowed = None if who is None else set(who)
    return [
        quote
        for quote in corpus.shown()
        if (quote.coder, quote.document, quote.id) in wanted and (allowed is None or quote.who in allowed)
    ]


def _voiced(corpus: Corpus, theme: Theme) -> Voiced:
    from casestudy.mixed.presence import presence

    side = corpus.framework.perspective(theme.perspective)
    asked = corpus.material.asked(side.groups if side else ())
    material = corpus.material
    table = presence([theme], material.words, material.parents, asked, material.framework.rule)
    row = {str(key): value for key, value in table.to_dict("records")[0].items()}
    if theme.contrary.codes:
        against = replace(theme, pick=theme.contrary)
        row["contrary"] = int(presence([against], material.words, material.parents, asked)["people"].iloc[0])
    return Voiced(theme, row, tuple(str(row["who"]).split()))


def _codes(corpus: Corpus, pick: Pick) -> list[str]:
    from casestudy.codebook.selection import expand

    return sorted(expand(pick.codes, corpus.material.parents), key=corpus.book.path)


def _by_speaker(quotes: list[Quote]) -> list[tuple[str, list[Quote]]]:
    """Quotes by person, those with most first."""
    found: dict[str, list[Quote]] = {}
    for quote in quotes:
        found.setdefault(quote.who, []).append(quote)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))


def _numbers(corpus: Corpus, theme: Theme, records: list[Record]) -> list[Number]:
    return numbers(corpus, theme.measures, records)


def statuses(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How many claims have each status, in the order of the rule."""
    from casestudy.evidence.status import STATUSES

    listed = [one.status for one in verdicts]
    return {status: listed.count(status) for status in STATUSES if status in listed}
