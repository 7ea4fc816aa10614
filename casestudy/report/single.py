"""A page as one file to send: styles and pictures inside, no links to what does not come along."""

from __future__ import annotations

import base64
import mimetypes
import re
from pathlib import Path
from urllib.parse import unquote

from casestudy.errors import InputError, Problem
from casestudy.study import Study

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def single(study: Study, notebook: str) -> str:
    """The page of a notebook as one file: nothing outside of it is loaded, and no script runs.

    Parameters
    ----------
    study : Study
    notebook : str
        Its name, such as ``20-use``.

    Returns
    -------
    str
        HTML. Links within the page and to the web stay; of links to other files of the study the words stay.

    Raises
    ------
    InputError
        When the notebook has no page.
    """
    from bs4 import BeautifulSoup

    outputs = study.outputs.resolve()
    pages = {path.parent.name: path for path in sorted(outputs.glob("*/index.html"))}
    if notebook not in pages:
        remedy = f"Pages are {', '.join(pages)}." if pages else "Make the pages first: casestudy render."
        problem = Problem(notebook or "export page", "there is no such page." if notebook else
                          "it is not said which page.", remedy)  # fmt: skip
        raise InputError("The page cannot be exported.", [problem])
    path = pages[notebook]
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    for unwanted in soup.select("script, header.site nav, .files, [rel=prev], [rel=next]"):
        unwanted.decompose()
    for link in soup.select("link[rel=stylesheet]"):
        style = soup.new_tag("style")
        style.string = _file(path, str(link["href"]), outputs).decode("utf-8").replace("</", "<\\/")
        link.replace_with(style)
    for policy in soup.select('meta[http-equiv="Content-Security-Policy"]'):
        policy["content"] = _POLICY
    for picture in soup.select("img[src]"):
        source = str(picture["src"])
        if not source.startswith("data:"):
            kind = mimetypes.guess_type(source)[0] or "application/octet-stream"
            data = base64.b64encode(_file(path, source, outputs)).decode("ascii")
            picture["src"] = f"data:{kind};base64,{data}"
    for link in soup.select("a[href]"):
        if not re.match(r"#|https?:|mailto:", str(link["href"])):
            link.unwrap()
    return str(soup)


def _file(page: Path, address: str, outputs: Path) -> bytes:
    """A file beside a page, which is among the outputs."""
    path = (page.parent / unquote(address)).resolve()
    if not path.is_relative_to(outputs) or not path.is_file():
        problem = Problem(address, "the page shows it, and it is not there.", "Run: casestudy render.")
        raise InputError("The page cannot be exported.", [problem])
    return path.read_bytes()
