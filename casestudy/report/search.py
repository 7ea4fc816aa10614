"""Search within the site: all words as an index in a script of our own, so that it works from a file path."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from casestudy.report import layout
from casestudy.report.claims import page_of as claim_page
from casestudy.report.corpus import PAGES, Corpus, code_place
from casestudy.report.layout import Site
from casestudy.report.people import page_of as person_page
from casestudy.report.records import Record
from casestudy.report.themes import page_of as theme_page

Found = tuple[str, str, str, str]
_SNOWBALL = {
    **{"da": "danish", "nl": "dutch", "en": "english", "fi": "finnish", "fr": "french", "de": "german"},
    **{"hu": "hungarian", "it": "italian", "nb": "norwegian", "no": "norwegian", "pt": "portuguese"},
    **{"ro": "romanian", "ru": "russian", "es": "spanish", "sv": "swedish"},
}


def pages(corpus: Corpus, site: Site, records: list[Record]) -> dict[str, str]:
    """The search page and its index, by path."""
    path = f"{PAGES}/search.html"
    rows = sorted(set(entries(corpus, records)))
    index = json.dumps(rows, separators=(",", ":"))
    texts = (text for _, title, _, words in rows for text in (title, words))
    forms = json.dumps(stems(texts, site.language), separators=(",", ":"))
    return {
        path: layout.page("search.html.j2", site, path, "Search", kinds=sorted({row[0] for row in rows})),
        f"{PAGES}/search-index.js": f"window.searchIndex = {index};\nwindow.searchStems = {forms};\n",
    }


def stems(texts: Iterable[str], language: str) -> dict[str, str]:
    """The stem of each word that occurs in several forms: lower case, without accents, as the page folds it.

    Parameters
    ----------
    texts : iterable of str
    language : str
        A tag such as ``en``; one that the Snowball stemmers of NLTK do not know has no stems.

    Examples
    --------
    >>> stems(["She bakes bread.", "Baking bread"], "en")
    {'bakes': 'bake', 'baking': 'bake'}
    """
    from nltk.stem.snowball import SnowballStemmer

    name = _SNOWBALL.get(language.casefold().split("-")[0], "")
    if not name:
        return {}
    stemmer = SnowballStemmer(name)
    words = sorted({word for text in texts for word in re.findall(r"[^\W\d_]+", text.casefold())})
    found: dict[str, str] = {_folded(word): _folded(stemmer.stem(word)) for word in words}
    often = Counter(found.values())
    return {word: stem for word, stem in found.items() if often[stem] > 1}


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f").lower()


def entries(corpus: Corpus, records: list[Record]) -> Iterator[Found]:
    """Everything that can be found: (kind, title, address from the pages folder, words)."""
    for record in records:
        texts = [record.answer.text if record.answer else "", *(item.caption for item in record.items)]
        yield "Notebook", record.title, f"../{record.stem}/index.html", " ".join(texts)
    for name, document in corpus.documents.items():
        if not corpus.quotable(name):
            continue
        address = _near(corpus.page(name))
        for turn in document.turns:
            said = document.text[turn.speech : turn.end]
            title = f"{turn.speaker or document.title or name}, {name}"
            yield "Words", title, f"{address}#{name}-t{turn.number}", " ".join(said.split())
    for code in corpus.book.codes.values():
        yield "Code", corpus.book.path(code.id), _near(code_place(code.scheme, code.id)), code.definition
    for theme in corpus.framework.themes:
        yield "Theme", theme.name, _near(theme_page(theme.id)), theme.idea
    for verdict in corpus.verdicts:
        words = f"{verdict.status}. {verdict.why}"
        yield "Claim", f"{verdict.claim.id} {verdict.claim.text}", _near(claim_page(verdict.claim.id)), words
    for who, person in corpus.people.items():
        words = " ".join(str(person[key]) for key in ("group", "role", "household") if person.get(key))
        title = f"{person.get('pseudonym') or who} ({who})"
        yield "Participant", title, _near(person_page(who)), words


def _near(path: str) -> str:
    return path.removeprefix(f"{PAGES}/")
