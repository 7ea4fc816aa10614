"""What a package size says: `12/12 OZ`, `1-3/4 LB`, `40 CT`. Reading only; nothing is decided here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

GRAMS = {"LB": 453.59237, "OZ": 28.349523125, "G": 1.0, "KG": 1000.0}
MILLILITRES = {
    "FL OZ": 29.5735295625,
    "ML": 1.0,
    "CL": 10.0,
    "DL": 100.0,
    "L": 1000.0,
    "PT": 473.176473,
    "QT": 946.352946,
    "GAL": 3785.411784,
}
COUNTS = {"CT": 1, "DZ": 12}

_SPELLINGS = {
    "OZ": ("OZ", "OZS", "OZ.", "Z", "O"),
    "FL OZ": ("FL OZ", "FLOZ", "FL. OZ", "FL"),
    "LB": ("LB", "LBS", "POUND"),
    "G": ("G", "GM", "GMS", "GS", "GR", "GRAM"),
    "KG": ("KG", "KILO"),
    "ML": ("ML",),
    "CL": ("CL",),
    "DL": ("DL",),
    "L": ("L", "LT", "LTR", "LRT", "LITER", "LITRE"),
    "GAL": ("GAL", "GA", "GL", "GALLON"),
    "QT": ("QT", "QTS"),
    "PT": ("PT", "PTS"),
    "CT": ("CT", "CTN", "PK", "PKS", "PKG", "P", "PC", "PCS", "EA", "CAP", "STEM", "ROLL"),
    "DZ": ("DZ", "DOZ"),
    "IN": ("IN", "INCH", "FT", "SQ FT"),
}
_UNIT = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings}
_WORDS = "|".join(sorted((re.escape(word) for word in _UNIT), key=len, reverse=True))
_NUMBER = r"\d+\s+\d+/\d+|\d+-\d+/\d+|\d*\.\s?\d+|\d+"
_CODE = re.compile(r"^(?:\d{5,6}\s+|\d{3}\s{2,}|[A-Z]{1,5}\s*|\(\d+\)\s*)(?:[A-Z]\s+)?(?=[\d.])")
_PAIR = re.compile(rf"({_NUMBER})\s*-?\s*({_WORDS})(?![A-Z])")
_TWO = re.compile(rf"^({_NUMBER})\s*[/X-]\s*({_NUMBER})\s*({_WORDS})(?![A-Z])")
_BARE = re.compile(rf"^(?:(HALF)\s+)?({_WORDS})$")
_MOST_SHOWN = 100_000.0


@dataclass(frozen=True)
class Size:
    """A package size as it was read.

    Attributes
    ----------
    kind : {'measured', 'two numbers', 'count', 'sold by weight', 'missing', 'unparsed'}
        ``two numbers``: a count and an amount, where the text does not say whether the amount is the whole
        or one of them. ``sold by weight``: the bare unit of weight.
    amount : float
        Amount in `unit`; of one of them or of the whole where there are two numbers. 0 where there is none.
    unit : str
        A key of `GRAMS` or `MILLILITRES`; empty for counts.
    count : float
        Pieces, where a count is given; else 1.
    form : str
        How the text was built: ``n/each``, ``n X/each``, ``each/n``, ``n-each`` where there are two numbers.
    """

    kind: str
    amount: float = 0.0
    unit: str = ""
    count: float = 1.0
    form: str = ""

    def grams(self, grams_per_ml: float = 0.0, whole: bool = True) -> float:
        """Grams of the package.

        Parameters
        ----------
        grams_per_ml : float
            Density of a liquid food, whose ounces are fluid ounces; 0 for a food sold by weight.
        whole : bool
            Where there are two numbers: whether the amount is the whole package or one of `count`.
        """
        each = 1.0 if whole or self.kind != "two numbers" else self.count
        if self.unit == "OZ" and grams_per_ml:
            return each * self.amount * MILLILITRES["FL OZ"] * grams_per_ml
        if self.unit in GRAMS:
            return each * self.amount * GRAMS[self.unit]
        if self.unit in MILLILITRES:
            return each * self.amount * MILLILITRES[self.unit] * (grams_per_ml or 1.0)
        return 0.0


@lru_cache(maxsize=50_000)
def parse(text: str | None) -> Size:
    """Read a package size.

    Parameters
    ----------
    text : str or None
        As the retailer writes it; upper or lower case, with item codes, containers and typing errors.

    Returns
    -------
    Size

    Examples
    --------
    >>> parse("8 1/2 OZ")
    Size(kind='measured', amount=8.5, unit='OZ', count=1.0, form='')
    >>> parse("4 PK/8.3 OZ").form, parse("4 PK/8.3 OZ").count
    ('n X/each', 4.0)
    >>> round(parse("12/12 OZ").grams(grams_per_ml=1.0, whole=False))
    4259
    >>> parse("18 CT").count, parse("LB").kind, parse("SEE STORE").kind
    (18.0, 'sold by weight', 'unparsed')
    """
    if text is None or not str(text).strip():
        return Size("missing")
    clean = re.sub(r"\s+", " ", str(text).upper().strip())
    if bare := _BARE.match(clean):
        return _bare(_UNIT[bare[2]], 0.5 if bare[1] else 1.0)
    if clean.startswith("-"):  # a negative amount is none
        return Size("unparsed")
    clean = _CODE.sub("", clean)
    clean = re.sub(r"(?<=\d)\. (?=\d)", ".", clean)
    clean = re.sub(r"^(\d+) (00)(?= [A-Z])", r"\1.\2", clean)
    clean = re.sub(r"\.O(?= ?[A-Z])", ".0", clean)
    clean = re.sub(r"^\d{2,3}-\d{2,3}/(?=\d)", "", clean)
    if two := _TWO.match(clean):
        return _two(two[1], two[2], _UNIT[two[3]], clean)
    pairs = [(_value(number), _UNIT[word]) for number, word in _PAIR.findall(clean)]
    pairs = [(number, unit) for number, unit in pairs if unit != "IN"]
    if not pairs or any(number > _MOST_SHOWN * 1000 for number, _ in pairs):
        return Size("unparsed")
    counts = [pair for pair in pairs if pair[1] in COUNTS]
    amounts = [pair for pair in pairs if pair[1] not in COUNTS]
    if not amounts:
        number, unit = counts[0]
        return Size("count", count=number * COUNTS[unit])
    amount, unit = _amount(amounts, clean)
    if counts and counts[0][0] > 1:
        form = "n X/each" if pairs.index(counts[0]) < pairs.index(amounts[0]) else "each/n"
        return Size("two numbers", amount, unit, counts[0][0] * COUNTS[counts[0][1]], form)
    if not amount:
        return Size("unparsed")
    return Size("measured", amount, unit)


def _bare(unit: str, half: float) -> Size:
    if unit in COUNTS:
        return Size("count", count=COUNTS[unit] if unit == "DZ" else 1)
    if unit in GRAMS:
        return Size("sold by weight", 1.0, unit) if unit in ("LB", "KG") else Size("unparsed")
    return Size("measured", half, unit) if unit in MILLILITRES else Size("unparsed")


def _two(first: str, second: str, unit: str, clean: str) -> Size:
    one, other = _value(first), _value(second)
    separator = clean[len(first) :].lstrip()[0]
    if unit == "IN":
        return Size("unparsed")
    if separator == "/" and first.isdigit() and second.isdigit() and one < other and other in (2, 3, 4, 8):
        if unit in COUNTS:
            return Size("count", count=other)
        return Size("measured", float(Fraction(int(one), int(other))), unit)
    if unit in COUNTS:
        return Size("count", count=(one + other) / 2 if separator in "-/" else one * other)
    if separator == "-" and one > 12 and other > one:
        return Size("measured", (one + other) / 2, unit)
    if one <= 1 or not other:
        return Size("measured", other, unit) if other else Size("unparsed")
    return Size("two numbers", other, unit, one, "n-each" if separator == "-" else "n/each")


def _amount(amounts: list[tuple[float, str]], clean: str) -> tuple[float, str]:
    """One amount out of several: pounds and ounces add up; a mixed drink's yield gives way to its powder."""
    if len(amounts) == 1:
        return amounts[0]
    (first, unit), (second, smaller) = amounts[:2]
    if unit == "LB" and smaller == "OZ" and "(" not in clean:
        return first * 16 + second, "OZ"
    if unit in MILLILITRES and smaller in ("OZ", "G"):
        return second, smaller
    return amounts[0]


def _value(text: str) -> float:
    text = text.replace(". ", ".")
    if "/" in text:
        whole, _, part = re.sub(r"[\s-]+", " ", text).partition(" ")
        return float(whole) + float(Fraction(part)) if part and not part.endswith("/0") else 0.0
    return float(text)
