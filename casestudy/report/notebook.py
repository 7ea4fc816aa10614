"""The page of one notebook: its cells, contents, and how it came about."""

from __future__ import annotations

import hashlib

from casestudy.report import glossary, layout
from casestudy.report.cells import body
from casestudy.report.layout import Site
from casestudy.report.links import Links
from casestudy.report.markdown import Place, link, render
from casestudy.report.records import Record
from casestudy.study import Study

_MOST_FILES = 12


def page(
    study: Study,
    site: Site,
    record: Record,
    neighbours: tuple[Record | None, Record | None],
    links: Links,
    mark: str = "",
) -> str:
    """The HTML page of one executed notebook.

    Parameters
    ----------
    study : Study
    site : Site
    record : Record
    neighbours : (Record or None, Record or None)
        The notebooks before and after it in reading order.
    links : Links
    mark : str
        Why the page is not up to date, as a clause; empty where it is.

    Returns
    -------
    str
    """
    path = f"{record.stem}/index.html"
    source = f"notebooks/{record.stem}.ipynb"
    place = Place(
        study.root,
        source,
        f"outputs/{path}",
        glossary=layout.address(glossary.PATH, path),
        explained=glossary.foreign(study),
    )
    for reserved in ("saved", "provenance", "data-status", "content"):
        place.taken.add(reserved)
    made, short = body(record, place, links)
    questions = {question.id: question for question in study.questions}
    return layout.page(
        "notebook.html.j2",
        site,
        path,
        record.title,
        record=record,
        mark=mark,
        source=source,
        body=made,
        heading=place.title or record.title,
        short=render(short, Place(study.root, source, f"outputs/{path}")),
        contents=_contents(place, record),
        question=questions.get(record.question),
        parameters=sorted((name, repr(value)) for name, value in record.run.get("parameters", {}).items()),
        files=len(record.run.get("inputs", {})),
        inputs=_provenance(record, Place(study.root, "study.toml", f"outputs/{path}")),
        modules=sorted(str(name) for name in record.run.get("modules", {})),
        previous=neighbours[0],
        next=neighbours[1],
    )


def _contents(place: Place, record: Record) -> list[tuple[str, str, int]]:
    listed = [
        (heading.id, heading.text, heading.level) for heading in place.headings if heading.level in (2, 3)
    ]
    saved = [("saved", "Saved tables and figures", 2)] if record.items or record.withheld else []
    return [*listed, *saved, ("provenance", "How this page came about", 2)]


def _provenance(record: Record, place: Place) -> list[tuple[str, str | None, str]]:
    """The input files: name, where the page links to, hash; a folder of many stands for its files."""
    inputs = record.run.get("inputs")
    if not isinstance(inputs, dict):
        return []
    folders: dict[str, list[tuple[str, str]]] = {}
    for name, digest in sorted((str(name), str(digest)) for name, digest in inputs.items()):
        folders.setdefault(name.rpartition("/")[0], []).append((name, digest))
    rows: list[tuple[str, str | None, str]] = []
    for folder, files in folders.items():
        if len(files) > _MOST_FILES:
            rows.append((f"{folder}/ ({len(files)} files, each in run.json)", None, _together(files)))
        else:
            rows += [(name, link(name, place), digest) for name, digest in files]
    return rows


def _together(files: list[tuple[str, str]]) -> str:
    """One hash for several files: of the lines that `sha256sum` prints for them."""
    return hashlib.sha256("".join(f"{digest}  {name}\n" for name, digest in files).encode()).hexdigest()
