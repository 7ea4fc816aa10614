"""How times and numbers are written in a retailer's text file: one rule, applied before any engine casts.

Engines differ in what they take for a time or a number: one reads ``10:30`` as today, another ``epoch`` as
1970 or ``12d`` as twelve. Here the text is compared with the rule first, and an engine only ever casts what
cannot be read in two ways; what does not fit is set aside on every engine alike.

A time is ``2024-03-01``, alone (midnight) or with ``10:00``, ``10:00:00`` or ``10:00:00.25`` after a ``T`` or
a blank; with ``AM`` or ``PM`` its hours run from 1 to 12; an offset (``Z``, ``UTC``, ``+02``, ``+02:00``) may
follow and is left out. A number is digits with at most one decimal mark, perhaps a sign, an exponent, and
thousands in groups of three: decimal commas where semicolons separate the columns, else decimal points.
Blanks around either are left out.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis

MOST = 100_000_000
"""A quantity or an amount beyond this is a mistake; up to it, weights are exact whole numbers."""
YEARS = (1900, 2200)

# Neither backslashes nor named groups: the same text serves Python, RE2 and Java.
_DATE = "([0-9]{4}-[0-9]{2}-[0-9]{2})"
_CLOCK = "([0-9]{1,2}):([0-5][0-9])(:([0-5][0-9])([.,][0-9]+)?)?"
_OFFSET = "([ ]*([zZ]|UTC|[+-][0-9]{2}(:?[0-9]{2})?))?"
_TIME = f"^{_DATE}([T ][ ]*{_CLOCK}([ ]*([AaPp])[.]?[Mm][.]?)?{_OFFSET})?$"
_USUAL = (
    f"^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.,][0-9]+)?{_OFFSET}$"
)
_PARTS = {"date": 1, "hour": 3, "minute": 4, "second": 6, "half": 9}
_NUMBER = "^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$"
_POINTS = "^[+-]?[0-9]{1,3}([. \u00a0\u202f][0-9]{3})+,[0-9]*$"
_GROUPS = "[. \u00a0\u202f]"
_COMMAS = "^[+-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]*)?$"
_BLANKS = "[ \t\r\n\u00a0\u202f]+"
_AROUND = f"^{_BLANKS}|{_BLANKS}$"
_DIGITS = 9
"""Decimals of a number that are read before it is rounded."""


def read_time(text: str) -> datetime | None:
    """A time as the rule reads it, without its offset and parts of a second; None where it does not fit.

    Examples
    --------
    >>> read_time("2011-12-02 02:00:00 PM").isoformat(), read_time("2024-03-01").isoformat()
    ('2011-12-02T14:00:00', '2024-03-01T00:00:00')
    >>> [read_time(text) for text in ("10:30", "2024-03", "epoch", "2024-03-01 24:00:00", "2024-02-30")]
    [None, None, None, None, None]
    """
    found = re.search(_TIME, trimmed(text))
    if not found:
        return None
    date, hour, minute, second, half = (found[place] or "" for place in _PARTS.values())
    clock = int(hour or 0)
    if half:
        if not 1 <= clock <= 12:
            return None
        clock = clock % 12 + (12 if half in "pP" else 0)
    try:
        time = datetime.fromisoformat(date) + timedelta(
            hours=clock, minutes=int(minute or 0), seconds=int(second or 0)
        )
    except (ValueError, OverflowError):
        return None
    return time if clock <= 23 and YEARS[0] <= time.year <= YEARS[1] else None


def time_expression(written: ibis.Value) -> ibis.Value:
    """As `read_time`, in the engine: a column of timestamps, null where the rule does not fit.

    Parameters
    ----------
    written : ibis string column
    """
    import ibis

    plain = written.cast("string")
    usual = plain.replace("T", " ").substr(0, 19)
    text = trimmed_expression(plain)
    part = {name: text.re_extract(_TIME, place) for name, place in _PARTS.items()}
    hour = part["hour"].nullif("").try_cast("int64").fill_null(0)
    shifted = (hour % 12 + part["half"].upper().cases(("P", 12), else_=0)).cast("int64")
    halved = part["half"] != ""
    fits = halved.ifelse((hour >= 1) & (hour <= 12), hour <= 23) & text.re_search(_TIME)
    clock = halved.ifelse(shifted, hour).cast("string").lpad(2, "0")
    minute, second = (part[name].nullif("").fill_null("00") for name in ("minute", "second"))
    rare = fits.ifelse(part["date"] + " " + clock + ":" + minute + ":" + second, ibis.null("string"))
    time = plain.re_search(_USUAL).ifelse(usual, rare).try_cast("timestamp")
    return time.year().between(*YEARS).ifelse(time, ibis.null("timestamp"))


def read_whole(text: str, times: int, comma: bool = False) -> int | None:
    """A number times a factor, rounded half away from zero; None where it does not fit or is too large.

    Parameters
    ----------
    text : str
    times : int
        100 for hundredths.
    comma : bool
        Whether a comma is the decimal mark.

    Examples
    --------
    >>> read_whole("2.345", 100), read_whole("1.234,50", 100, comma=True), read_whole("1e3", 1)
    (235, 123450, 1000)
    >>> [read_whole(text, 100) for text in ("12d", "1_000", "1f", "0x10", "inf", "")]
    [None, None, None, None, None, None]
    """
    plain = trimmed(text)
    if comma:
        plain = re.sub(_GROUPS, "", plain) if re.search(_POINTS, plain) else plain
        plain = plain.replace(",", ".")
    elif re.search(_COMMAS, plain):
        plain = plain.replace(",", "")
    if not re.search(_NUMBER, plain):
        return None
    number = Decimal(plain)
    if abs(number) > MOST:
        return None
    kept = number.quantize(Decimal(1).scaleb(-_DIGITS), ROUND_HALF_UP) * times
    return int(kept.to_integral_value(ROUND_HALF_UP))


def whole_expression(written: ibis.Value, times: int, comma: bool = False) -> ibis.Value:
    """As `read_whole`, in the engine: a column of whole numbers, null where the rule does not fit."""
    import ibis

    plain = written.cast("string")
    text = plain.re_search("[^!-~]").ifelse(trimmed_expression(plain), plain)
    if comma:
        joined = text.re_replace(_GROUPS, "")
        text = text.re_search(_POINTS).ifelse(joined, text).replace(",", ".")
    else:
        text = text.re_search(_COMMAS).ifelse(text.replace(",", ""), text)
    fits = text.re_search(_NUMBER)
    size = fits.ifelse(text, ibis.null("string")).try_cast("float64").abs()
    kept = (fits & (size <= MOST)).ifelse(text, ibis.null("string"))
    return (kept.try_cast(f"decimal(20, {_DIGITS})") * times).round().cast("int64")


def number_expression(number: ibis.Value, times: int) -> ibis.Value:
    """Numbers that are numbers already, as in Parquet: a column of whole numbers, null beyond `MOST`."""
    import ibis

    plain = number.cast("float64")
    return (plain.abs() <= MOST).ifelse((plain * times).round(), ibis.null("float64")).cast("int64")


def trimmed(text: Any) -> str:
    """Text without blanks, line ends and no-break spaces around it.

    Examples
    --------
    >>> trimmed("  h 1\\u202f\\n"), trimmed(None)
    ('h 1', '')
    """
    return re.sub(_AROUND, "", str(text or ""))


def trimmed_expression(written: ibis.Value) -> ibis.Value:
    """As `trimmed`, in the engine.

    By a regular expression: with some versions of SQLGlot, ``strip()`` takes f and v for blanks on Spark.
    """
    text = written.cast("string")
    return text.re_replace(_AROUND, "")
