"""The page of the framework matrix: participants by themes, each cell a summary in the researcher's words."""

from __future__ import annotations

from casestudy.coding import summaries
from casestudy.report import layout
from casestudy.report.corpus import PAGES, Corpus
from casestudy.report.layout import Site
from casestudy.report.records import Record

PATH = f"{PAGES}/framework-matrix.html"


def pages(corpus: Corpus, site: Site, records: list[Record]) -> dict[str, str]:
    """The framework matrix by its path; nothing where the study has no file of summaries."""
    if not site.has(PATH):
        return {}
    grid = summaries.grid(corpus.material)
    rows = [row for row in grid.frame.to_dict("records") if any(row[theme] for theme in grid.names)]
    view = {"grid": grid, "rows": rows, "people": corpus.people}
    return {PATH: layout.page("matrix.html.j2", site, PATH, "Framework matrix", **view)}
