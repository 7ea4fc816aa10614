"""What a notebook leaves behind: tables with declared decimals, figures with their data, and its answer.

Every notebook owns one folder of ``outputs/``. Beside the files lies ``contents.json``, which says what each
is; pages, `casestudy verify` and later notebooks read that.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from casestudy import latex
from casestudy.errors import InputError, Problem
from casestudy.files import reading
from casestudy.files.writing import write_atomically
from casestudy.people import disclosure
from casestudy.people.disclosure import Published, Rows
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

CONTENTS = "contents.json"
_MOST_ROWS_SHOWN = 24
_MOST_ROWS_IN_TEXT = 10
Decimals = int | Mapping[str, int]


@dataclass(frozen=True)
class Drawing:
    """A figure, the words for those who do not see it, and the table behind it."""

    figure: Figure
    alt: str
    data: pd.DataFrame


@dataclass(frozen=True)
class Shown:
    """What a notebook cell displays of a saved table, figure or answer."""

    bundle: dict[str, str]
    metadata: dict[str, Any]

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        return self.bundle, self.metadata


class Outputs:
    """The folder of one notebook's outputs.

    Parameters
    ----------
    study : Study
    notebook : str
        The notebook's file name without its ending.

    Notes
    -----
    Run by the runner, files go to its staging folder and replace the last good ones when the whole notebook
    has succeeded. Run by hand, they go to ``.casestudy/scratch/`` and replace nothing that is committed, and
    from here on the study refuses what the notebook's metadata do not declare, as it does in a run.
    """

    def __init__(self, study: Study, notebook: str) -> None:
        self.study, self.notebook = study, notebook
        self.folder = study.output_folder(notebook)
        study.hold_to(notebook)
        self._contents: dict[str, Any] = {}

    def save(
        self,
        thing: pd.DataFrame | Drawing,
        name: str,
        caption: str,
        *,
        rows: Rows,
        count: str = "",
        source: str | Sequence[str] = (),
        decimals: Decimals = 2,
        paper: pd.DataFrame | None = None,
    ) -> Shown:
        """Save a table as CSV, or a drawing as SVG with the table behind it as CSV.

        What may not be published is not written: rows of a table that describe fewer people than the study's
        floor are left out, a drawing with such rows and a table of single people are withheld as a whole. The
        caption says so; the notebook runs on.

        Parameters
        ----------
        thing : pandas.DataFrame or Drawing
            A table's index is not kept: reset it first if it says something.
        name : str
            File name without ending: lower-case letters, digits and hyphens.
        caption : str
            One or two sentences that let the table or figure stand alone, with n and units.
        rows : {'whole', 'group', 'floored', 'participant', 'person'}
            What a row describes, see `casestudy.people.disclosure`.
        count : str, optional
            For groups: the column that says how many people a row describes.
        source : str or sequence of str, optional
            For single people: the sources they come from, such as ``usage_logs``.
        decimals : int or mapping of column to int
            Decimals to which floats are written. Missing values become empty cells.
        paper : pandas.DataFrame, optional
            For a table: the same as it is to stand on paper, saved beside it as LaTeX.

        Returns
        -------
        Shown
            Put it last in the cell to see it.
        """
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
            raise ValueError(
                f"{name!r} is not a name for an output: use lower-case letters, digits and hyphens"
            )
        table = thing.data if isinstance(thing, Drawing) else thing
        what = disclosure.declared(table, rows, count, source)
        shown = disclosure.published(table, what, self.study)
        declaration = what.entry(self.study.floor)
        if isinstance(thing, Drawing) and shown.left_out:
            shown = Published(None, shown.left_out, f"Withheld: {shown.says}")
        if shown.frame is None:
            return self._withheld(name, caption, shown.says, declaration)
        caption = f"{caption} {shown.says}".rstrip()
        if isinstance(thing, Drawing):
            return self._drawing(thing, name, caption, decimals, declaration)
        if shown.left_out:
            declaration["left_out"] = shown.left_out
        return self._table(shown.frame, name, caption, decimals, paper, declaration)

    def _table(
        self,
        thing: pd.DataFrame,
        name: str,
        caption: str,
        decimals: Decimals,
        paper: pd.DataFrame | None,
        declaration: Mapping[str, Any],
    ) -> Shown:
        text = csv_text(thing, decimals)
        self._write(f"{name}.csv", text.encode())
        kinds = {str(column): str(dtype) for column, dtype in thing.dtypes.items()}
        entry: dict[str, Any] = {"kind": "table", "file": f"{name}.csv", "caption": caption, "dtypes": kinds}
        entry |= declaration
        if paper is not None:
            heads, *rows = csv.reader(io.StringIO(csv_text(paper, decimals)))
            self._write(f"{name}.tex", latex.table(heads, rows, caption, name).encode())
            entry["latex"] = f"{name}.tex"
        self._record(name, entry)
        html = _table_html(thing, decimals, name, caption)
        plain = csv_text(thing.head(_MOST_ROWS_IN_TEXT), decimals)
        return Shown({"text/html": html, "text/plain": f"{caption}\n{plain}"}, {})

    def numbers(self, values: Mapping[str, Any], *, decimals: int = 4) -> Shown:
        """Save the numbers of an answer as the table ``numbers`` (``number``, ``value``), for claims.

        Parameters
        ----------
        values : mapping of str to number
            What is not a number is left out; NaN is kept as an empty cell.
        """
        import pandas as pd

        plain = {name: one.item() if hasattr(one, "item") else one for name, one in values.items()}
        rows = [(name, float(one)) for name, one in plain.items() if isinstance(one, int | float)]
        caption = "The numbers in the answer, for claims and later notebooks."
        frame = pd.DataFrame(rows, columns=["number", "value"])
        return self.save(frame, "numbers", caption, rows="whole", decimals=decimals)

    def answer(self, text: str, *, figure: str = "", values: Mapping[str, Any] | None = None) -> Shown:
        """Save the notebook's answer: a paragraph computed from values.

        Parameters
        ----------
        text : str
            The paragraph. It is shown on the index page under the notebook's question.
        figure : str
            Name of the saved figure that shows it.
        values : mapping of str to number or text
            The numbers in the paragraph, by name: what a sweep compares.
        """
        plain = {key: _plain(value) for key, value in (values or {}).items()}
        self._record("answer", {"kind": "answer", "text": text, "figure": figure, "values": plain})
        return Shown({"text/markdown": text, "text/plain": text}, {})

    def _withheld(self, name: str, caption: str, says: str, declaration: Mapping[str, Any]) -> Shown:
        """Say in place of a table or figure why it is not shown."""
        self._record(name, {"kind": "withheld", "caption": caption, "says": says, **declaration})
        html = f"<p>{escape(caption)} {escape(says)}</p>"
        return Shown({"text/html": html, "text/plain": f"{caption}\n{says}"}, {})

    def _drawing(
        self,
        drawing: Drawing,
        name: str,
        caption: str,
        decimals: Decimals,
        declaration: Mapping[str, Any],
    ) -> Shown:
        svg, png = _pictures(drawing, name)
        self._write(f"{name}.svg", svg)
        self._write(f"{name}.csv", csv_text(drawing.data, decimals).encode())
        record: dict[str, Any] = {"kind": "figure", "file": f"{name}.svg", "data": f"{name}.csv"}
        self._record(name, record | {"caption": caption, "alt": drawing.alt, **declaration})
        bundle = {"image/png": base64.b64encode(png).decode(), "text/plain": f"{caption}\n{drawing.alt}"}
        return Shown(bundle, {"image/png": {"alt": drawing.alt, "caption": caption, "name": name}})

    def _record(self, name: str, entry: dict[str, Any]) -> None:
        self._contents[name] = entry
        text = json.dumps(self._contents, indent=1, ensure_ascii=False, sort_keys=True)
        self._write(CONTENTS, (text + "\n").encode())

    def _write(self, name: str, data: bytes) -> None:
        write_atomically(self.folder / name, data)


def _pictures(drawing: Drawing, name: str) -> tuple[bytes, bytes]:
    """The figure as SVG for pages and papers, and as a small PNG for notebooks; the same bytes each time."""
    import matplotlib.pyplot as plt
    from PIL import Image

    svg, png, small = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with plt.rc_context({"svg.hashsalt": name, "svg.fonttype": "path"}):
        drawing.figure.savefig(svg, format="svg", metadata={"Date": None, "Title": drawing.alt})
        drawing.figure.savefig(png, format="png", dpi=90)
    plt.close(drawing.figure)
    # Flat colours need no more than a palette, and a hundredth of a point is finer than any screen.
    Image.open(png).convert("RGB").quantize(128).save(small, format="png", optimize=True)
    text = re.sub(
        r' (?:d|x|y)="[^"]*"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), svg.getvalue().decode()
    )
    text = re.sub(r"<metadata>.*?</metadata>\n|<!--.*?-->\n", "", text, flags=re.DOTALL)
    text = re.sub(r"\n +(?=<)", "\n", text)
    return text.encode(), small.getvalue()


def csv_text(frame: pd.DataFrame, decimals: Decimals = 2) -> str:
    """A table as CSV with declared decimals: the same bytes for the same table.

    Examples
    --------
    >>> import pandas as pd
    >>> print(csv_text(pd.DataFrame({"share": [0.126, -0.001, None]}), 2), end="")
    share
    0.13
    0.00
    ""
    """
    import pandas as pd

    written = pd.DataFrame(index=frame.index)
    for position, column in enumerate(frame.columns):
        values = frame.iloc[:, position]
        if pd.api.types.is_float_dtype(values):
            places = _places(decimals, str(column))
            values = values.map(partial(_number, places=places)).astype(object)
        elif isinstance(values.dtype, pd.DatetimeTZDtype):
            values = values.map(lambda value: value.isoformat(), na_action="ignore").astype(object)
        written[str(column)] = values
    return str(written.to_csv(index=False, lineterminator="\n"))


def contents(folder: Path) -> dict[str, Any]:
    """What a notebook's output folder holds, by name; empty where nothing was saved."""
    path = folder / CONTENTS
    return json.loads(reading.data(path)) if path.is_file() else {}


def read_table(study: Study, notebook: str, name: str) -> pd.DataFrame:
    """Read a table that another notebook saved, with its column types.

    Parameters
    ----------
    study : Study
    notebook : str
        The other notebook's name; this notebook's metadata must declare ``outputs/NOTEBOOK/*`` as input.
    name : str
        The table's name.

    Raises
    ------
    InputError
        When the notebook has not been run, saved no table of that name, or withheld it.
    """
    import pandas as pd

    path = study.input(f"outputs/{notebook}/{name}.csv")
    entry = contents(study.input(f"outputs/{notebook}/{CONTENTS}").parent).get(name)
    if entry is not None and entry.get("kind") == "withheld":
        problem = Problem(f"outputs/{notebook}/{name}", f"it is not published. {entry['says']}")
        raise InputError("A table that this work rests on is withheld.", [problem])
    if entry is None or not path.is_file():
        problem = Problem(
            f"outputs/{notebook}", f"it holds no table {name!r}.", f"Run it first: casestudy run {notebook}."
        )
        raise InputError("A table that this work rests on is missing.", [problem])
    kinds = entry.get("dtypes", {})
    texts = {
        column: "str" for column, kind in kinds.items() if kind in ("str", "object", "string", "category")
    }
    dates = [column for column, kind in kinds.items() if kind.startswith("datetime")]
    frame = pd.read_csv(
        io.BytesIO(reading.data(path)), dtype=texts, parse_dates=dates, keep_default_na=False, na_values=[""]
    )
    kept = {c: k for c, k in kinds.items() if k in ("Int64", "boolean", "bool", "int64", "float64")}
    return frame.astype(kept)


def _places(decimals: Decimals, column: str) -> int:
    return decimals if isinstance(decimals, int) else decimals.get(column, 2)


def _number(value: float, places: int) -> str:
    if value is None or math.isnan(value):
        return ""
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    text = f"{value:.{places}f}"
    return text.removeprefix("-") if float(text) == 0 else text


def _plain(value: Any) -> Any:
    """A value as JSON knows it; floats to nine significant digits, undefined ones as None."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return float(f"{value:.9g}") if math.isfinite(value) else None
    return value


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "no"


def _table_html(frame: pd.DataFrame, decimals: Decimals, name: str, caption: str) -> str:
    """The table as a notebook shows it: escaped, with its caption; long ones cut, which the caption says."""
    from pandas.io.formats.style import Styler

    rest = len(frame) - _MOST_ROWS_SHOWN
    if rest > 0:
        caption = f"{caption} (The first {_MOST_ROWS_SHOWN} of {len(frame):,} rows; all are in the file.)"
    shown = frame.head(_MOST_ROWS_SHOWN).reset_index(drop=True)
    written = {
        column: partial(_number, places=_places(decimals, str(column)))
        for column in shown.select_dtypes("floating").columns
    }
    written |= dict.fromkeys(shown.select_dtypes(["bool", "boolean"]).columns, _yes_or_no)
    style = Styler(shown, cell_ids=False).set_uuid(name).set_caption(escape(caption)).hide(axis="index")
    style = style.format(written, na_rep="", escape="html").format_index(escape="html", axis="columns")
    # Styler names every cell for styles, of which there are none here: half of an executed notebook's size.
    bare = re.sub(r"<(t[hdr])\b[^>]*>", r"<\1>", style.to_html())
    return re.sub(r"^ +|<style.*?</style>\n|\n *(?=<t[hd]>|</tr>)", "", bare, flags=re.M | re.S)
