"""Pages of notebooks and the first page: complete, escaped, offline, deterministic, quick when fresh."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from report_study import HOSTILE, make

from casestudy.errors import InputError
from casestudy.report.markdown import Place, link, render
from casestudy.report.site import render as render_site
from casestudy.study import Study

ALL = 8  # the first page, two notebooks, two assets, the glossary, search and its index


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    made = make(tmp_path / "tiny", monkeypatch)
    (made.root / "interviews").mkdir()
    (made.root / "interviews" / "c01.md").write_text("words", encoding="utf-8")
    return made


def soup(study: Study, path: str) -> BeautifulSoup:
    return BeautifulSoup((study.root / "outputs" / path).read_text(encoding="utf-8"), "html.parser")


def test_the_page_of_a_notebook_shows_what_the_notebook_says(study: Study) -> None:
    assert render_site(study) == ALL
    page = soup(study, "10-food/index.html")
    assert [h.get_text() for h in page.find_all("h1")] == ["What do people buy?"]
    figure = page.select_one("#figure-shares")
    assert figure is not None
    assert figure.img["src"] == "shares.svg"
    assert figure.img["alt"] == "Bar chart of share of spending (%): bread 12.3; fruit 3.0."
    assert "four times" in figure.figcaption.get_text()
    table = page.select_one("#table-groups table")
    assert [cell.get_text() for cell in table.select("tbody tr:first-child td")] == ["bread", "12.3", "4"]
    assert "number" in table.select("tbody td")[1]["class"]
    parameters = [cell.get_text() for cell in page.select("#table-parameters tbody td")]
    assert parameters == ["year", "2018", "year of the purchases"]
    assert "2017" not in page.select_one("#table-parameters").get_text()
    assert all(not code.has_attr("open") for code in page.select("details.code"))
    assert "from casestudy.outputs import Outputs" in page.get_text()
    assert {a["href"] for a in page.select("article a")} >= {
        "groups.csv",
        "shares.svg",
        "shares.csv",
        "10-food.ipynb",
        "run.json",
        "../20-why/index.html",
        "../../interviews/c01.md",
    }
    for digest in "ab":
        assert digest * 64 in page.get_text()


def test_every_page_says_what_the_material_is(study: Study) -> None:
    render_site(study)
    for path in ("index.html", "10-food/index.html", "20-why/index.html"):
        status = soup(study, path).select_one("section.status")
        assert "The interviews are composed; no real person is quoted." in status.get_text()
        assert "The purchases are <simulated>." in status.get_text()


def test_the_first_page_lists_questions_in_order_with_answer_and_figure(study: Study) -> None:
    (study.root / "notebooks" / "30-later.ipynb").write_text("{}", encoding="utf-8")
    render_site(study)
    page = soup(study, "index.html")
    assert [h.get_text() for h in page.select("section.question h2")] == [
        "Who eats what?",
        "Why is <b>that</b> so?",
    ]
    first = page.select_one("section.question article")
    assert first.h3.get_text() == "What do people buy?"
    assert first.h3.a["href"] == "10-food/index.html"
    assert "Bread takes 12.3 % of spending" in first.get_text()
    shown = page.select_one("section.question .shown img")
    assert shown["src"] == "10-food/shares.svg"
    assert shown["alt"].startswith("Bar chart")
    assert "Bread takes 12.3 % of spending" in page.select_one(".found .told").get_text()
    assert "30-later: it has not been run yet." in page.get_text()


def test_hostile_text_is_shown_and_never_run(study: Study) -> None:
    render_site(study)
    for path in ("index.html", "20-why/index.html"):
        page = soup(study, path)
        assert HOSTILE in page.get_text()
        assert [script["src"] for script in page.find_all("script")] == [
            "../assets/site.js" if "/" in path else "assets/site.js"
        ]
        assert not page.find_all("style")
        for element in page.find_all(True):
            assert not [name for name in element.attrs if name.startswith("on") or name == "style"]
            for name in ("href", "src"):
                value = str(element.get(name, ""))
                assert not re.match(r"(javascript|https?|//)", value), value
    words = soup(study, "20-why/index.html").get_text()
    assert "kept words" in words
    assert "<div onclick='x()'>raw</div>" in words


def test_no_page_loads_anything_from_elsewhere(study: Study) -> None:
    render_site(study)
    for path in sorted((study.root / "outputs").rglob("*.html")):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        for element in page.select("script[src], link[href], img[src]"):
            source = str(element.get("src") or element.get("href"))
            assert source.startswith("data:") or (path.parent / source).is_file(), source
    for path in (study.root / "outputs" / "assets").iterdir():
        assert not re.search(r"https?://|@import|url\(", path.read_text(encoding="utf-8"))


class Outline(HTMLParser):
    """Collects ids, headings and balance of a page, independently of BeautifulSoup."""

    VOID = frozenset({"meta", "link", "img", "br", "hr", "input", "col"})

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.levels: list[int] = []
        self.open: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [given["id"]] if given.get("id") else []
        self.levels += [int(tag[1])] if re.fullmatch(r"h[1-6]", tag) else []
        self.targets += [given["href"][1:]] if (given.get("href") or "").startswith("#") else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize("path", ["index.html", "10-food/index.html", "20-why/index.html"])
def test_pages_are_well_formed_with_unique_ids_and_headings_in_order(study: Study, path: str) -> None:
    render_site(study)
    outline = Outline()
    outline.feed((study.root / "outputs" / path).read_text(encoding="utf-8"))
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.targets) <= set(outline.ids)
    assert outline.levels[0] == 1
    assert outline.levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(outline.levels, outline.levels[1:], strict=False))


def test_fresh_pages_are_left_alone_and_stale_ones_written(study: Study) -> None:
    render_site(study)
    page = study.root / "outputs" / "10-food" / "index.html"
    before = page.stat().st_mtime_ns
    assert render_site(study) == 0
    assert page.stat().st_mtime_ns == before
    record = study.root / "outputs" / "10-food" / "run.json"
    record.write_text(record.read_text(encoding="utf-8").replace("2018", "2019"), encoding="utf-8")
    assert render_site(study) == 4  # its own page, the first page, search and its index
    assert "2019" in page.read_text(encoding="utf-8")


def test_a_page_changed_by_hand_is_mended(study: Study) -> None:
    render_site(study)
    page = study.root / "outputs" / "10-food" / "index.html"
    good = page.read_bytes()
    page.write_bytes(b"broken")
    assert render_site(study) == 1
    assert page.read_bytes() == good
    page.unlink()
    assert render_site(study) == 1
    assert page.read_bytes() == good


def test_a_broken_cache_is_no_trouble(study: Study) -> None:
    render_site(study)
    cache = study.root / ".casestudy" / "pages.json"
    for text in ("", "[]", '{"index.html": 3}', "\x00"):
        cache.write_text(text, encoding="utf-8")
        assert render_site(study) == ALL
        assert render_site(study) == 0


def test_the_page_of_a_vanished_notebook_is_removed(study: Study) -> None:
    render_site(study)
    (study.root / "notebooks" / "20-why.ipynb").unlink()
    render_site(study)
    assert not (study.root / "outputs" / "20-why" / "index.html").exists()
    assert "20-why" not in (study.root / "outputs" / "index.html").read_text(encoding="utf-8")
    (study.root / "outputs" / "10-food" / "10-food.ipynb").unlink()
    render_site(study)
    assert not (study.root / "outputs" / "10-food" / "index.html").exists()
    assert (
        "No notebook has answered this question yet." in (study.root / "outputs" / "index.html").read_text()
    )


def test_the_same_study_gives_the_same_bytes_in_another_folder(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    render_site(study)
    other = tmp_path / "elsewhere" / "out"
    shutil.copytree(study.root / "outputs", other)
    cache = (study.root / ".casestudy" / "pages.json").read_bytes()
    for page in other.rglob("*.html"):
        page.unlink()
    assert render_site(study, other) == ALL
    assert (study.root / ".casestudy" / "pages.json").read_bytes() == cache
    for page in other.rglob("*.html"):
        assert page.read_bytes() == (study.root / "outputs" / page.relative_to(other)).read_bytes()
        assert str(tmp_path) not in page.read_text(encoding="utf-8")


def test_broken_records_are_all_named(study: Study) -> None:
    (study.root / "outputs" / "10-food" / "run.json").write_text("{", encoding="utf-8")
    (study.root / "outputs" / "20-why" / "contents.json").write_text('{"a": {}}', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        render_site(study)
    assert [problem.where for problem in caught.value.problems] == ["outputs/10-food", "outputs/20-why"]
    assert not (study.root / "outputs" / "index.html").exists()


def test_an_empty_study_has_a_first_page(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text('title = "Empty"', encoding="utf-8")
    study = Study.load(tmp_path)
    assert render_site(study) == 6
    assert "No notebook has been run yet" in soup(study, "index.html").get_text()


def test_a_fresh_site_imports_nothing_heavy(study: Study) -> None:
    render_site(study)
    script = (
        "import sys; from pathlib import Path\n"
        "from casestudy.study import Study\n"
        "from casestudy.report.site import render\n"
        f"print(render(Study.load(Path({str(study.root)!r}))))\n"
        "heavy = {'nbconvert', 'nbformat', 'jinja2', 'pandas', 'bs4', 'mistune', 'IPython'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["0", "[]"]


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("20-use.ipynb#answer", "../20-use/index.html#answer"),
        ("../outputs/20-use/sessions.csv", "../20-use/sessions.csv"),
        ("../study.toml", "../../study.toml"),
        ("../missing.md", None),
        ("../../../etc/passwd", None),
        ("/etc/passwd", None),
        ("//example.org/x", None),
        ("JavaScript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("https://example.org", "https://example.org"),
    ],
)
def test_links_of_a_notebook_lead_where_the_page_stands(
    study: Study, href: str, expected: str | None
) -> None:
    assert link(href, Place(study.root, "notebooks/10-food.ipynb", "outputs/10-food/index.html")) == expected


def test_repeated_headings_get_their_own_ids(tmp_path: Path) -> None:
    place = Place(tmp_path)
    render("# One\n\n## Same\n\n## Same\n\n# Another first\n\n### ???", place)
    assert place.title == "One"
    assert [(h.level, h.id) for h in place.headings] == [
        (2, "same"),
        (2, "same-2"),
        (2, "another-first"),
        (3, "section"),
    ]


def test_long_tables_are_cut_and_say_so(study: Study) -> None:
    folder = study.root / "outputs" / "10-food"
    lines = "".join(f"g{number},{number}.0,1\n" for number in range(1500))
    (folder / "groups.csv").write_text("group,share,n\n" + lines, encoding="utf-8")
    render_site(study)
    table = soup(study, "10-food/index.html").select_one("#table-groups")
    assert len(table.select("tbody tr")) == 40
    assert "(The first 40 of 1,500 rows; all are in the file.)" in table.figcaption.get_text()
    (folder / "groups.csv").write_text("group,share,n\n", encoding="utf-8")
    render_site(study, force=True)
    table = soup(study, "10-food/index.html").select_one("#table-groups")
    assert "No rows: there is nothing to show here." in table.get_text()


def test_the_cache_names_no_path_of_the_machine(study: Study, tmp_path: Path) -> None:
    render_site(study)
    known: dict[str, Any] = json.loads((study.root / ".casestudy" / "pages.json").read_text(encoding="utf-8"))
    assert {path for kept in known.values() for path in kept["pages"]} >= {"index.html", "10-food/index.html"}
    assert str(tmp_path) not in json.dumps(known)
