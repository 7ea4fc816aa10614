"""Times as other systems write them, read as moments: ISO 8601, counts since 1970, patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

Ambiguous = Literal["refuse", "first", "second"]
UNITS: dict[str, int] = {"epoch_s": 1_000_000, "epoch_ms": 1000, "epoch_us": 1}
EARLIEST, LATEST = 631_152_000_000_000, 4_102_444_800_000_000
"""A count since 1970 is believed from 1990 up to 2100 (microseconds)."""
SHEET = r"^[+-]?\d(?:[.,]\d+)?E\+\d{1,3}$"
"""What a spreadsheet makes of a long number, in letters of either case."""

_OTHER = "Correct it, or give another format."
_ENDING = re.compile(r"^(?:.*[^-]|)(Z|[+-]\d\d(?::?\d\d)?)$")
_SHAPE = (
    r"^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?$"
)  # fmt: skip
_WRITTEN = (
    (r"(?i)\s*(?:UTC|GMT)$", "Z"),
    (r"^(\d{4}-\d\d-\d\d)[ t]", r"\1T"),
    (r"^(\d{4})(\d\d)(\d\d)[Tt](\d\d)(\d\d)(\d\d)?", r"\1-\2-\3T\4:\5:\6"),
    (r":([Zz+-])", r"\1"),
    (r"(\d)[,.](\d{1,6})\d*", r"\1.\2"),
    (r"(\d)\s+([+-]\d\d)", r"\1\2"),
    (r"z$", "Z"),
)


@dataclass(frozen=True)
class Clock:
    """How times of an export are written.

    Attributes
    ----------
    format : str
        'iso', 'epoch_s', 'epoch_ms', 'epoch_us', or a pattern such as ``%d.%m.%Y %H:%M``.
    zone : str
        The zone of times that state no offset; counts since 1970 are shown in it.
    wall : bool
        Whether counts since 1970 count the wall clock of the zone, as some tools do that keep a project's
        time; else they count in UTC.
    ambiguous : {'refuse', 'first', 'second'}
        What a local time that occurs twice (clocks set back) is.
    missing : {'refuse', 'forward'}
        What a local time that never was (clocks set forward) becomes.
    """

    format: str = "iso"
    zone: str = ""
    wall: bool = False
    ambiguous: Ambiguous = "refuse"
    missing: Literal["refuse", "forward"] = "refuse"


class Fault(NamedTuple):
    """What is wrong with times.

    Attributes
    ----------
    words : str
        What is said after the value.
    remedy : str
    of_mapping : bool
        Whether the mapping has to say something else; else the time itself cannot be read.
    """

    words: str
    remedy: str
    of_mapping: bool = False


@dataclass
class Times:
    """Moments that were read.

    Attributes
    ----------
    moments : numpy.ndarray of int64
        Microseconds since 1970, UTC; 0 where a time could not be read.
    offsets : numpy.ndarray of int16
        Minutes from UTC that the time states, or that its zone had.
    wrong : dict of Fault to numpy.ndarray of bool
        What is wrong, and where.
    """

    moments: np.ndarray
    offsets: np.ndarray
    wrong: dict[Fault, np.ndarray] = field(default_factory=dict)

    @property
    def bad(self) -> np.ndarray:
        """Where no time could be read."""
        return np.logical_or.reduce([np.zeros(len(self.moments), dtype=bool), *self.wrong.values()])

    def note(self, mask: np.ndarray, fault: Fault) -> None:
        """Say what is wrong where a mask holds and nothing was wrong before."""
        fresh = mask & ~self.bad
        if fresh.any():
            self.wrong[fault] = fresh


NO_ZONE = Fault(
    "states no offset from UTC", "Give its zone in the mapping: time: {zone: Europe/Helsinki}.", True
)
EXPONENT = Fault(
    "was made a power of ten by a spreadsheet: its digits are lost",
    "Export it again, and do not save it from a spreadsheet; or make the column text first.",
)


def read(texts: pa.Array, clock: Clock) -> Times:
    """Read a column of times.

    Parameters
    ----------
    texts : pyarrow.Array of string
    clock : Clock

    Examples
    --------
    >>> import pyarrow as pa
    >>> made = read(pa.array(["2024-03-31 22:30:00.123+00", "2024-04-01T01:30+0300"]), Clock())
    >>> made.moments.tolist(), made.offsets.tolist()
    ([1711924200123000, 1711924200000000], [0, 180])
    """
    import pyarrow.compute as pc

    if clock.format in UNITS:
        made = _counted(texts, clock)
    elif clock.format == "iso":
        made = _iso(texts, clock)
    else:
        made = _by_pattern(texts, clock)
    if made.bad.any():
        sheet = _mask(pc.match_substring_regex(texts, SHEET, ignore_case=True))
        if sheet.any():
            others = {fault: mask & ~sheet for fault, mask in made.wrong.items()}
            made.wrong = {fault: mask for fault, mask in others.items() if mask.any()} | {EXPONENT: sheet}
        made.moments[made.bad] = 0
    return made


def offset(ending: str) -> int | None:
    """Minutes from UTC that the end of a time states; None where it states none.

    Examples
    --------
    >>> offset(":00+02"), offset("-03:30"), offset("30:00Z"), offset("-03-01"), offset("+99:00")
    (120, -210, 0, None, None)
    """
    stated = _ENDING.match(ending)
    if not stated or (len(stated[1]) == 3 and "-" in ending[:-3]):
        return None
    if stated[1] == "Z":
        return 0
    digits = stated[1][1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return (
        None
        if minutes > 18 * 60 or int(digits[2:] or 0) > 59
        else minutes * (-1 if stated[1][0] == "-" else 1)
    )


def plain(texts: pa.Array) -> pa.Array:
    """ISO times in the one form that is read: ``2024-03-31T22:30:00.123456+02:00``.

    A blank for the T, the word UTC, basic form without hyphens, decimal commas and more than six decimals
    are understood; other text is left as it is.

    Examples
    --------
    >>> import pyarrow as pa
    >>> plain(pa.array(["2024-03-31 22:30:00,1234567 UTC", "20240331T223000Z", "soon"])).to_pylist()
    ['2024-03-31T22:30:00.123456Z', '2024-03-31T22:30:00Z', 'soon']
    """
    import pyarrow.compute as pc

    texts = made = pc.utf8_trim_whitespace(texts)
    for pattern, instead in _WRITTEN:
        made = pc.replace_substring_regex(made, pattern, instead)
    return pc.if_else(pc.match_substring_regex(made, _SHAPE), made, texts)


def _iso(texts: pa.Array, clock: Clock) -> Times:
    import pyarrow as pa
    import pyarrow.compute as pc

    offsets, stated = _stated(texts)
    try:
        if stated.all():
            moments = pc.cast(texts, pa.timestamp("us", tz="UTC"))
            return Times(_numbers(moments), offsets)
        if clock.zone and not stated.any() and not texts.null_count:
            return _localized(_numbers(pc.cast(texts, pa.timestamp("us"))), clock, None)
    except pa.ArrowInvalid:
        pass
    texts = plain(texts)
    offsets, stated = _stated(texts)
    shaped = _mask(pc.match_substring_regex(texts, _SHAPE))
    moments, unread = _parsed(pc.if_else(pa.array(shaped & stated), texts, None), "ISO8601")
    local, other = _parsed(pc.if_else(pa.array(shaped & ~stated), texts, None), "ISO8601")
    bad = np.where(stated, unread, other)
    bare = ~stated & ~bad
    made = Times(moments, offsets)
    for name in UNITS:
        counts = _mask(pc.match_substring_regex(texts, r"^\d{9,17}$"))
        if counts.any():
            counted = _counted(pc.if_else(pa.array(counts), texts, "0"), Clock(name))
            words = f"is not a time (iso), but a count since 1970 ({name})"
            fault = Fault(words, f"Write format: {name} under time: in the mapping.", True)
            made.note(bad & counts & ~counted.bad, fault)
    remedy = "Write one like 2017-03-01T09:30:00+02:00, or give its format."
    made.note(bad, Fault("is not a time (iso)", remedy))
    if not clock.zone:
        made.note(bare, NO_ZONE)
    elif bare.any():
        there = _localized(np.where(bare, local, 0), clock, bare)
        made.moments = np.where(stated, made.moments, there.moments)
        made.offsets = np.where(stated, made.offsets, there.offsets)
        made.wrong |= there.wrong
    return made


def _counted(texts: pa.Array, clock: Clock) -> Times:
    """Counts since 1970; one that is not a plausible time in its unit, but in another, names that."""
    import pyarrow as pa
    import pyarrow.compute as pc

    unit = UNITS[clock.format]
    trimmed = pc.utf8_trim_whitespace(texts)
    whole = _mask(pc.match_substring_regex(trimmed, r"^-?\d{1,18}$"))
    counts = _numbers(pc.cast(pc.if_else(pa.array(whole), trimmed, "0"), pa.int64()))
    fits = np.abs(counts) <= LATEST // unit * 2
    moments = np.where(fits, counts, 0) * unit
    broken = _mask(pc.match_substring_regex(trimmed, r"^-?\d{1,18}\.\d+$"))
    if broken.any():
        parts = np.array(pc.cast(pc.if_else(pa.array(broken), trimmed, "0"), pa.float64()))
        finer = np.rint(np.clip(parts, -1e18 / unit, 1e18 / unit) * unit).astype(np.int64)
        moments = np.where(broken, finer, moments)
        counts, fits = np.where(broken, parts, counts), fits | broken
    made = Times(moments, np.zeros(len(moments), dtype=np.int16))
    made.note(~(whole | broken), Fault(f"is not a number ({clock.format})", _OTHER))
    strange = ~fits | (moments < EARLIEST) | (moments >= LATEST)
    for name, size in UNITS.items():
        would = counts * float(size)
        better = strange & (would >= EARLIEST) & (would < LATEST)
        words = f"would not lie between 1990 and 2100 as {clock.format}, but as {name}"
        made.note(better, Fault(words, f"Write format: {name} under time: in the mapping.", True))
    made.note(strange, Fault(f"does not lie between 1990 and 2100 as {clock.format}", "Correct it."))
    if clock.wall:
        good = ~made.bad
        there = _localized(np.where(good, moments, 0), clock, good)
        return Times(there.moments, there.offsets, made.wrong | there.wrong)
    if clock.zone and clock.zone.upper() not in ("UTC", "Z"):
        made.offsets = _zone_offsets(moments, clock.zone)
    return made


def _by_pattern(texts: pa.Array, clock: Clock) -> Times:
    """Times by a pattern of `datetime.strftime`; ``%z`` reads any offset."""
    import pyarrow.compute as pc

    if "%z" not in clock.format:
        local, unread = _parsed(texts, clock.format)
        made = (
            _localized(local, clock, ~unread) if clock.zone else Times(local, np.zeros(len(local), np.int16))
        )
        if not clock.zone:
            made.note(~unread, NO_ZONE)
        made.note(unread, Fault(f"is not a time ({clock.format})", _OTHER))
        return made
    whole = pc.replace_substring_regex(texts, r"(?:UTC|GMT|Z)(\D*)$", r"+0000\1")
    whole = pc.replace_substring_regex(whole, r"([+-]\d\d):?(\d\d)?([^\d:]*)$", r"\1:\2\3")
    whole = pc.replace_substring_regex(whole, r"([+-]\d\d):([^\d]*)$", r"\1:00\2")
    moments, unread = _parsed(whole, clock.format)
    local, _ = _parsed(pc.replace_substring_regex(whole, r"[+-]\d\d:\d\d(\D*)$", r"+00:00\1"), clock.format)
    made = Times(moments, ((local - moments) // 60_000_000).clip(-1080, 1080).astype(np.int16))
    made.note(unread, Fault(f"is not a time ({clock.format})", _OTHER))
    return made


def _stated(texts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Minutes from UTC that each time states, and whether it states any."""
    import pyarrow.compute as pc

    if pc.all(pc.ends_with(texts, "Z")).as_py() and not texts.null_count:
        return np.zeros(len(texts), dtype=np.int16), np.ones(len(texts), dtype=bool)
    ends = pc.utf8_slice_codeunits(texts, -6, 2**31 - 1).dictionary_encode()
    known: list[int | None] = [offset(ending or "") for ending in ends.dictionary.to_pylist()] + [None]
    codes = _numbers(ends.indices.fill_null(len(known) - 1))
    minutes = np.array([one or 0 for one in known], dtype=np.int16)
    return minutes[codes], np.array([one is not None for one in known], dtype=bool)[codes]


def _parsed(texts: pa.Array, pattern: str) -> tuple[np.ndarray, np.ndarray]:
    """Microseconds since 1970 by a pattern (0 where unread), and where no time was read."""
    import pandas as pd

    # pandas takes over a column whose offsets differ only when it may bring them to UTC.
    series = pd.Series(texts.to_pylist(), dtype=object)
    moments = pd.to_datetime(series, format=pattern, errors="coerce", utc=True).dt.as_unit("us")
    unread = moments.isna().to_numpy()
    counts = moments.dt.tz_localize(None).astype("int64").to_numpy()
    return np.where(unread, 0, counts), np.array(unread)


def _localized(local: np.ndarray, clock: Clock, among: np.ndarray | None) -> Times:
    """Moments of a zone's wall clock; hours that occur twice or never are refused, or as is asked for."""
    import pandas as pd

    naive = pd.DatetimeIndex(local.astype("datetime64[us]"))
    twice: Any = "NaT" if clock.ambiguous == "refuse" else np.full(len(naive), clock.ambiguous == "first")
    never: Any = "NaT" if clock.missing == "refuse" else "shift_forward"
    there = naive.tz_localize(clock.zone or "UTC", ambiguous=twice, nonexistent=never)
    bad = np.asarray(there.isna())
    utc = there.tz_convert("UTC").tz_localize(None)
    moments = np.where(bad, 0, utc.as_unit("us").asi8)
    shown = np.where(bad, 0, there.tz_localize(None).as_unit("us").asi8)
    made = Times(moments, ((shown - moments) // 60_000_000).astype(np.int16))
    wrong = bad if among is None else bad & among
    words = f"occurs twice or never in {clock.zone}: the clocks were set"
    remedy = "Choose with ambiguous: and missing: under time: in the mapping."
    made.note(wrong, Fault(words, remedy, True))
    return made


def _zone_offsets(moments: np.ndarray, zone: str) -> np.ndarray:
    import pandas as pd

    utc = pd.DatetimeIndex(moments.astype("datetime64[us]")).tz_localize("UTC")
    shown = utc.tz_convert(zone).tz_localize(None).as_unit("us").asi8
    return ((shown - moments) // 60_000_000).astype(np.int16)


def _numbers(values: pa.Array) -> np.ndarray:
    import pyarrow as pa

    whole = values.cast(pa.int64()) if not pa.types.is_integer(values.type) else values
    return np.array(whole.fill_null(0).to_numpy(zero_copy_only=False), dtype=np.int64)


def _mask(values: pa.Array) -> np.ndarray:
    return np.array(values.fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)
