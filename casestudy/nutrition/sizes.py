"""What a package size says: `12/12 OZ`, `1-3/4 LB`, `40 CT`. Reading only; nothing is decided here."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

GRAMS = {"LB": 453.59237, "OZ": 28.349523125, "G": 1.0, "DAG": 10.0, "HG": 100.0, "KG": 1000.0}
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
    "OZ": ("OZ", "OZS", "OZ.", "Z", "O", "OUNCE", "OUNCES"),
    "FL OZ": ("FL OZ", "FLOZ", "FL. OZ", "FL"),
    "LB": ("LB", "LBS", "LB.", "POUND", "POUNDS"),
    "G": ("G", "GM", "GMS", "GS", "GR", "GRAM", "GRAMS", "GRAMME", "GRAMMES", "GRAMM", "GRAMMAA", "GRAMMA",
          "GRAMMI", "GRAMO", "GRAMOS", "GRAMA", "GRAMAS"),
    "DAG": ("DAG", "DKG", "DEKA"),
    "HG": ("HG", "HEKTO", "ETTO", "ETTI"),
    "KG": ("KG", "KGS", "KILO", "KILOS", "KILOA", "KILOGRAM", "KILOGRAMS", "KILOGRAMM", "KILOGRAMME",
           "KILOGRAMMAA", "KILOGRAMO", "KILOGRAMOS"),
    "ML": ("ML", "MLS", "MILLILITRE", "MILLILITRES", "MILLILITER", "MILLILITERS"),
    "CL": ("CL", "CENTILITRE", "CENTILITRES"),
    "DL": ("DL", "DECILITER", "DESILITRAA"),
    "L": ("L", "LT", "LTR", "LRT", "LTRS", "LITER", "LITERS", "LITRE", "LITRES", "LITRA", "LITRAA", "LITRO",
          "LITROS", "LITRI"),
    "GAL": ("GAL", "GA", "GL", "GALLON", "GALLONS"),
    "QT": ("QT", "QTS", "QUART", "QUARTS"),
    "PT": ("PT", "PTS", "PINT", "PINTS"),
    "CT": ("CT", "CTN", "PK", "PKS", "PKG", "P", "PC", "PCS", "EA", "CAP", "STEM", "ROLL", "PACK", "PIECE",
           "PIECES", "PIÈCE", "PIÈCES", "KPL", "ST", "STK", "STCK", "STÜCK", "TK", "SZT", "PZ", "UD", "UDS"),
    "DZ": ("DZ", "DOZ", "DOZEN", "DOZENS", "TUSINA", "DUTZEND", "DOCENA", "DOUZAINE"),
    "IN": ("IN", "INCH", "FT", "SQ FT"),
}  # fmt: skip
_UNIT = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings}
_WORDS = "|".join(sorted((re.escape(word) for word in _UNIT), key=len, reverse=True))
_LETTER = "[A-ZÀ-ÖØ-Þ]"
_SMALL = "|".join(
    re.escape(word) for unit in ("G", "ML", "CT") for word in sorted(_SPELLINGS[unit], key=len, reverse=True)
)
_NUMBER = r"\d+\s+\d+/\d+|\d+-\d+/\d+|\d*\.\s?\d+|\d+"
_CODE = re.compile(r"^(?:\d{5,6}\s+|\d{3}\s{2,}|[A-Z]{1,5}\s*|\(\d+\)\s*)(?:[A-Z]\s+)?(?=[\d.])")
_PAIR = re.compile(rf"({_NUMBER})\s*-?\s*({_WORDS})(?!{_LETTER})")
_TWO = re.compile(rf"^({_NUMBER})\s*[/X-]\s*({_NUMBER})\s*({_WORDS})(?!{_LETTER})")
_BARE = re.compile(rf"^(?:(HALF)\s+)?({_WORDS})$")
_SPACED = re.compile(rf"(?<![\d.,/X-])([1-9]\d{{0,2}})((?: \d{{3}})+)(?=[.,]?\d* ?(?:{_SMALL})(?!{_LETTER}))")
_GROUPED = re.compile(rf"(?<![\d.,])([1-9]\d{{0,2}})((?:[.,]\d{{3}})+)(?= ?(?:{_SMALL})(?!{_LETTER}))")
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
        How the text was built: ``n/each``, ``n X/each``, ``each/n``, ``n-each`` where there are two numbers;
        ``n x each`` where a multiplication sign leaves no doubt.
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
            Where there are two numbers: whether the amount is the whole package or one of `count`. Of
            ``n x each`` it is always one of them.
        """
        single = whole and self.form != "n x each"
        each = 1.0 if single or self.kind != "two numbers" else self.count
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

    A comma or a point between digits is a decimal mark, with one exception: groups of exactly three digits
    before grams, millilitres or pieces are thousands, since nobody sells a gram to three decimals:
    ``1.000 g`` and ``1 000 g`` are a kilogram, and so is ``1,000 kg``.

    Parameters
    ----------
    text : str or None
        As the retailer writes it; upper or lower case, with item codes, containers and typing errors. Units
        are read in English and, where they are written out or counted, in some other European languages.

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
    >>> parse("1,5 l").amount, parse("1.000 g").amount, parse("½ lb").amount, parse("HALF DZ").count
    (1.5, 1000.0, 0.5, 6.0)
    >>> round(parse("6 x 33 cl").grams(1.0))
    1980
    >>> parse("18 CT").count, parse("LB").kind, parse("SEE STORE").kind
    (18.0, 'sold by weight', 'unparsed')
    """
    if text is None or not str(text).strip():
        return Size("missing")
    clean = _marks(re.sub(r"\s+", " ", _fractions(str(text)).upper().strip()))
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
        return Size("count", count=number * COUNTS[unit]) if number else Size("unparsed")
    amount, unit = _amount(amounts, clean)
    if counts and counts[0][0] > 1:
        form = "n X/each" if pairs.index(counts[0]) < pairs.index(amounts[0]) else "each/n"
        return Size("two numbers", amount, unit, counts[0][0] * COUNTS[counts[0][1]], form)
    if not amount:
        return Size("unparsed")
    return Size("measured", amount, unit)


def _fractions(text: str) -> str:
    """Fractions of one sign written out, signs of multiplication as x, that of an estimate left out."""
    plain = "".join(
        " " + unicodedata.normalize("NFKC", sign).replace("\N{FRACTION SLASH}", "/")
        if unicodedata.decomposition(sign).startswith("<fraction>")
        else sign
        for sign in text
    )
    plain = re.sub(r"(?<=\d)\s*[×*]\s*(?=[\d.,])", "x", plain)
    return plain.replace("\N{ESTIMATED SYMBOL}", "")


def _marks(clean: str) -> str:
    """Decimal marks as points, thousands joined, the letter of an estimated amount (500 GE) taken off."""
    clean = re.sub(rf"(?<=\d)(\s?)(G|KG|ML|CL|DL|L) ?E(?!{_LETTER})", r"\1\2", clean)
    for pattern in (_SPACED, _GROUPED):
        clean = pattern.sub(lambda match: match[1] + re.sub(r"[ .,]", "", match[2]), clean)
    for grouped, decimal in ((".", ","), (",", ".")):
        both = rf"\d{{1,3}}(?:{re.escape(grouped)}\d{{3}})+{re.escape(decimal)}(?=\d)"
        for written in re.findall(both, clean):
            clean = clean.replace(written, re.sub("[.,]", "", written) + ".")
    return re.sub(r",(?=\d)", ".", clean)


def _bare(unit: str, share: float) -> Size:
    if unit in COUNTS:
        return Size("count", count=COUNTS[unit] * share)
    if share != 1.0 and (unit in GRAMS or unit in MILLILITRES):
        return Size("measured", share, unit)
    if unit in GRAMS:
        return Size("sold by weight", 1.0, unit) if unit in ("LB", "KG") else Size("unparsed")
    return Size("measured", share, unit) if unit in MILLILITRES else Size("unparsed")


def _two(first: str, second: str, unit: str, clean: str) -> Size:
    count, amount = _value(first), _value(second)
    separator = clean[len(first) :].lstrip()[0]
    if unit == "IN":
        return Size("unparsed")
    if separator == "/" and first.isdigit() and second.isdigit() and _is_fraction(int(first), int(second)):
        share = float(Fraction(int(first), int(second)))
        return Size("count", count=share * COUNTS[unit]) if unit in COUNTS else Size("measured", share, unit)
    if unit in COUNTS:
        pieces = count * amount if separator == "X" else (count + amount) / 2
        return Size("count", count=pieces * COUNTS[unit]) if pieces else Size("unparsed")
    if separator == "-" and count > 12 and amount > count:
        return Size("measured", (count + amount) / 2, unit)
    if count <= 1 or not amount:
        return Size("measured", amount, unit) if amount else Size("unparsed")
    form = {"-": "n-each", "X": "n x each"}.get(separator, "n/each")
    return Size("two numbers", amount, unit, count, form)


def _is_fraction(part: int, whole: int) -> bool:
    """Whether two whole numbers are a fraction of one package: 3/4, and no 6/8, which are six of eight."""
    return part < whole and whole in (2, 3, 4, 8) and math.gcd(part, whole) == 1


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
