"""Outputs too long for a page: their beginning and end, and how much lies between."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MOST_LINES, MOST_LETTERS = 400, 40_000
MOST_OUTPUTS = 200
MOST_OF_PAGE = 1_000_000
"""What a page shows of one output (lines, letters), of one cell (outputs), and of HTML (letters)."""


def shortened(text: str) -> str:
    """A text as a page shows it: whole, or its beginning and its end with what is left out said between.

    Examples
    --------
    >>> lines = shortened("\\n".join(f"line {n}" for n in range(1_000_000))).split("\\n")
    >>> lines[199:202], len(lines)
    (['line 199', '[ 999,600 lines (11,884,801 letters) are left out here: the executed notebook has them ]', 'line 999800'], 401)
    >>> len(shortened("x" * 1_000_000)) < MOST_LETTERS + 200
    True
    """  # noqa: E501
    lines = text.split("\n")
    if len(lines) <= MOST_LINES and len(text) <= MOST_LETTERS:
        return text
    half = min(MOST_LINES // 2, len(lines) // 2)
    begin = "\n".join(lines[:half])[: MOST_LETTERS // 2] if half else text[: MOST_LETTERS // 2]
    end = "\n".join(lines[len(lines) - half :])[-MOST_LETTERS // 2 :] if half else text[-MOST_LETTERS // 2 :]
    letters = len(text) - len(begin) - len(end)
    between = text.count("\n", len(begin), len(text) - len(end))
    what = f"{between - 1:,} lines ({letters:,} letters)" if between > 1 else f"{letters:,} letters"
    return f"{begin}\n[ {what} are left out here: the executed notebook has them ]\n{end}"


def few(outputs: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The outputs of a cell as a page shows them: long texts shortened, of very many the first and last.

    Parameters
    ----------
    outputs : sequence of dict
        Outputs of a notebook's cell, their texts joined. They are changed in place.
    """
    for output in outputs:
        if output["output_type"] == "stream":
            output["text"] = shortened(output["text"])
        elif output["output_type"] == "error":
            output["traceback"] = [shortened("\n".join(output.get("traceback", ())))]
        data = output.get("data", {})
        if "text/plain" in data:
            data["text/plain"] = shortened(data["text/plain"])
        for kind in ("text/html", "text/markdown"):
            if len(data.get(kind, "")) > MOST_OF_PAGE:
                size = len(data.pop(kind))
                data["text/plain"] = (
                    f"[ {size:,} letters of {kind} are left out here: the executed notebook has them ]"
                )
    rest = len(outputs) - MOST_OUTPUTS
    if rest <= 0:
        return list(outputs)
    words = f"[ {rest:,} outputs are left out here: the executed notebook has them ]\n"
    note = {"output_type": "stream", "name": "stdout", "text": words}
    return [*outputs[: MOST_OUTPUTS // 2], note, *outputs[len(outputs) - MOST_OUTPUTS // 2 :]]
