"""The framework's chart: places and ways, on made-up frameworks of every shape."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casestudy.evidence import chart


def theme(identity: str, side: str, people: int = 1, of: int = 2) -> dict[str, Any]:
    return {"id": identity, "name": f"Theme {identity}", "perspective": side, "people": people, "of": of}


def link(start: str, end: str, line: str, status: str = "open") -> dict[str, Any]:
    return {"start": start, "end": end, "line": line, "says": "", "status": status}


@st.composite
def frameworks(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    shape = draw(st.lists(st.integers(1, 5), min_size=1, max_size=5))
    themes = [
        theme(f"{side}.{row}", str(side), draw(st.integers(0, 9)), 9)
        for side, rows in enumerate(shape)
        for row in range(rows)
    ]
    ids = st.sampled_from([one["id"] for one in themes])
    pairs = draw(st.lists(st.tuples(ids, ids).filter(lambda pair: pair[0] != pair[1]), max_size=12))
    return themes, [link(start, end, f"C{n}") for n, (start, end) in enumerate(pairs, start=1)]


@settings(max_examples=60)
@given(frameworks())
def test_no_line_crosses_a_box_and_each_goes_from_box_to_box(
    made: tuple[list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    themes, links = made
    whole = chart.lay(themes, links, [])
    assert len(whole.lines) == len(links)
    for line in whole.lines:
        points = list(chart.along(line.pieces, 60))
        for box in whole.boxes:
            left, right, top, bottom = box.frame
            inside = [(x, y) for x, y in points if left + 0.1 < x < right - 0.1 and top < y < bottom]
            assert not inside, (line.line, box.id, inside[0])
        for (x, y), box in ((points[0], line.start), (points[-1], line.end)):
            left, right, top, bottom = box.frame
            assert x in (left, right)
            assert top < y < bottom
        assert all(0 <= x <= whole.width and 0 <= y <= whole.height for x, y in points)


def test_every_box_names_the_claims_about_it() -> None:
    themes = [theme("a", "one"), theme("b", "two"), theme("c", "two")]
    claims = [
        {"claim": "C1", "theme": "a", "status": "supported"},
        {"claim": "C2", "theme": "a", "status": "contradicted"},
        {"claim": "C3", "theme": "gone", "status": "partly"},
    ]
    whole = chart.lay(themes, [link("a", "c", "L1"), link("b", "nowhere", "L2")], claims)
    named = {box.id: box.claims for box in whole.boxes}
    assert named["a"] == (("C1", "supported"), ("C2", "contradicted"))
    assert named["b"] == named["c"] == ()
    assert dict(whole.missing) == {
        "C3": "the framework has no theme 'gone'",
        "L2": "it names a theme that the framework does not have",
    }
    assert "C3 is not drawn: the framework has no theme 'gone'." in whole.said()


def test_boxes_grow_with_those_who_voice_the_theme() -> None:
    whole = chart.lay([theme("a", "p", 0, 9), theme("b", "p", 9, 9), theme("c", "p", 0, 0)], [], [])
    heights = {box.id: box.height for box in whole.boxes}
    assert heights["b"] - heights["a"] == chart.GROWTH
    assert heights["c"] == heights["a"]
    frames = [box.frame for box in whole.boxes]
    assert all(upper[3] < lower[2] for upper, lower in pairwise(frames))


def test_names_on_lines_stand_apart() -> None:
    themes = [theme(f"{side}{row}", side) for side in "ab" for row in range(3)]
    links = [link(f"a{n % 3}", f"b{n // 3}", f"C{n}") for n in range(9)]
    marks = [line.mark for line in chart.lay(themes, links, []).lines]
    near = [
        (one, other)
        for n, one in enumerate(marks)
        for other in marks[n + 1 :]
        if abs(one[0] - other[0]) < 16 and abs(one[1] - other[1]) < 10
    ]
    assert not near
