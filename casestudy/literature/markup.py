"""Markup in bibliographic fields turned into plain text: HTML entities and elements, and LaTeX."""

from __future__ import annotations

import html
import logging
import re
from functools import cache
from typing import Any

_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_ELEMENT = re.compile(
    r"</?(?:i|b|u|em|strong|sub|sup|inf|it|scp|sc|small|span|p|br|div|title|italic|bold|underline|tt|code|"
    r"h[1-6]|ul|ol|li|a|font|(?:jats|mml|ce|sb|tex|xhtml):[\w\-]+|math|m(?:row|i|n|o|sub|sup|text|frac))"
    r"(?:\s[^<>]{0,500})?/?>",
    re.I,
)
_BREAKS = re.compile(r"</?(?:p|br|div|li|ul|ol|h[1-6]|title|jats:(?:p|title|sec))\b", re.I)
_MATH = re.compile(r"(?<!\\)\$([^$]{1,400})(?<!\\)\$")
_LATEX = re.compile(r"[\\$~{}]|--|``|''")


def from_html(text: str) -> str:
    """Text with HTML entities as characters and known elements taken off; ``p < 0.05`` stays.

    Entities that were escaped twice are read to the end. Only elements that exports write are taken off.

    Examples
    --------
    >>> from_html("Tills &amp;amp; trust: R&amp;D for <i>retail</i> data, p &lt; 0.05")
    'Tills & trust: R&D for retail data, p < 0.05'
    """
    for _ in range(3):
        fuller = _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text
        if fuller == text:
            break
        text = fuller
    if "<" not in text:
        return text
    return _ELEMENT.sub(lambda match: " " if _BREAKS.match(match[0]) else "", text)


def from_latex(text: str) -> str:
    """LaTeX as Unicode text, by pylatexenc; what LaTeX would drop or take as a command alone stays.

    A bare ``%``, ``&``, ``#`` is kept as it stands, and so is a ``$`` that holds no formula. Text that cannot
    be read as LaTeX stays as it is, without braces.

    Examples
    --------
    >>> from_latex(r"Na{\\"\\i}ve shoppers of \\textit{Avena sativa} and {$\\omega$}-3")
    'Naïve shoppers of Avena sativa and ω-3'
    >>> from_latex("The {FAO} gives 50% of $5 and R&D")
    'The FAO gives 50% of $5 and R&D'
    """
    if not _LATEX.search(text):
        return text
    if "\\" not in text and "$" not in text:
        plain = text.replace("~", " ").replace("---", "—").replace("--", "–")
        return re.sub(r"[{}]", "", plain.replace("``", "“").replace("''", "”"))
    guarded = _MATH.sub(
        lambda match: match[0] if _is_formula(match[1]) else match[0].replace("$", r"\$"), text
    )
    guarded = re.sub(r"(?<!\\)([%#&])", r"\\\1", guarded)
    if len(re.findall(r"(?<!\\)\$", guarded)) % 2:
        guarded = re.sub(r"(?<!\\)\$", r"\\$", guarded)
    guarded = re.sub(r"\\(?:href|url)\s*(?=\{)", "", guarded)
    try:
        # Tolerant parsing tries nested braces that do not close again and again, for ever.
        plain = str(_converter().latex_to_text(guarded, tolerant_parsing=False))
    except Exception:  # the library has no common error for text that is not LaTeX
        return re.sub(r"[{}]", "", text)
    return plain.replace("\u00a0", " ").replace("\u00ad", "")


def verbatim(text: str) -> str:
    r"""A DOI or address out of BibTeX: ``\url{}`` and escapes taken off, nothing else changed.

    Examples
    --------
    >>> verbatim(r"\url{https://example.org/a\_b~c}")
    'https://example.org/a_b~c'
    """
    bare = re.sub(r"^\s*\{*\\(?:url|href)\s*\{(.*?)\}.*$", r"\1", text, flags=re.S)
    return re.sub(r"[{}]", "", re.sub(r"\\([_%&#~$^])(?:\{\})?", r"\1", bare)).strip()


def _is_formula(inside: str) -> bool:
    return bool(re.search(r"[\\^_=<>]", inside)) or len(inside.strip()) <= 2


@cache
def _converter() -> Any:
    """The converter, quiet: what it cannot read is kept and needs no word in a log."""
    from pylatexenc.latex2text import LatexNodes2Text

    for name in ("pylatexenc.latexwalker", "pylatexenc.latex2text", "pylatexenc"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return LatexNodes2Text(math_mode="text", keep_comments=True, strict_latex_spaces=True)
