"""Tables as LaTeX, for papers: everything escaped, long texts in columns that wrap, over several pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_ESCAPED = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    # What pdfLaTeX does not know as it stands.
    "−": "$-$",
    "→": r"$\rightarrow$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "×": r"$\times$",
    "≈": r"$\approx$",
    "✓": r"$\surd$",
    "\u00a0": "~",
    "\u202f": r"\,",
    "\u2009": r"\,",
    "\u200b": "",
}
_HEAD = (
    "% For a preamble with \\usepackage{booktabs,longtable,array}; UTF-8. In landscape, texts have more room."
)


def escaped(text: object) -> str:
    """A text as LaTeX prints it, on one line.

    Examples
    --------
    >>> print(escaped("50 % of R&D_1"), escaped("a -- b"))
    50 \\% of R\\&D\\_1 a -{}- b
    """
    flat = " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", str(text)).split(" ")).strip()
    signs = "".join(_ESCAPED.get(sign, sign) for sign in re.sub(r" {2,}", " ", flat))
    # Two hyphens would become a dash, two quotes other quotes.
    return re.sub(r"(?<=-)(?=-)|(?<=')(?=')|(?<=`)(?=`)", "{}", signs)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], caption: str, name: str) -> str:
    """A table as a ``longtable`` with rules of ``booktabs``, to be taken in with ``\\input``.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of sequence of str
        Each with one text for each column.
    caption : str
    name : str
        For ``\\ref{tab:name}``.

    Returns
    -------
    str
        Columns share the line by how much their cells hold; none is narrower than its longest word needs,
        as far as the line allows.

    Examples
    --------
    >>> print(table(["id", "says"], [["a", "[1] 5 %"]], "Made up.", "made-up").splitlines()[-3])
    a & {}[1] 5 \\% \\tabularnewline
    """
    body = [[escaped(cell) for cell in row] for row in rows]
    heads = [escaped(column.replace("_", " ")) for column in columns]
    spec = "".join(
        f">{{\\raggedright\\arraybackslash}}p{{\\dimexpr {share:.3f}\\linewidth-2\\tabcolsep\\relax}}"
        for share in _shares([heads, *body])
    )
    head = f"{' & '.join(heads)} \\tabularnewline"
    # A bracket after the end of a row would be read as its option.
    lines = [" & ".join(f"{{}}{cell}" if cell[:1] in ("[", "*") else cell for cell in row) for row in body]
    return "\n".join(
        [
            _HEAD,
            "{\\footnotesize",
            f"\\begin{{longtable}}{{{spec}}}",
            f"\\caption{{{escaped(caption)}}}\\label{{tab:{name}}}\\tabularnewline",
            *("\\toprule", head, "\\midrule", "\\endfirsthead"),
            *("\\toprule", head, "\\midrule", "\\endhead"),
            *("\\bottomrule", "\\endlastfoot"),
            *(f"{line} \\tabularnewline" for line in lines),
            *("\\end{longtable}", "}", ""),
        ]
    )


def _shares(rows: Sequence[Sequence[str]]) -> list[float]:
    """How much of the line each column gets; together all of it."""
    weights = []
    for column in zip(*rows, strict=True):
        mean = sum(len(cell) for cell in column) / len(column)
        word = max((len(word) for cell in column for word in cell.split()), default=1)
        weights.append(max(mean**0.5 * 3, min(word, 14), 3))
    return [weight / sum(weights) for weight in weights]
