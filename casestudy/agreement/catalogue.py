"""Every coefficient and interval of the room under a short name, so that a person can ask for it by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

from casestudy.agreement import as_other_programs, boundaries
from casestudy.agreement.alpha import krippendorff
from casestudy.agreement.alpha_u import alpha_u
from casestudy.agreement.coder_pairs import bennett, cohen, hubert, kappa_max, light, scott
from casestudy.agreement.coefficient import Bound, Coefficient, Estimate
from casestudy.agreement.gamma import gamma
from casestudy.agreement.intervals import Bootstrap, Jackknife, Linearised
from casestudy.agreement.many_coders import brennan_prediger, conger, fleiss, gwet
from casestudy.agreement.percent import percent_agreement, specific_agreement
from casestudy.agreement.posterior import Posterior
from casestudy.agreement.ratings import Ratings
from casestudy.agreement.results import Interval, Result
from casestudy.agreement.spans import Spans
from casestudy.agreement.unitised import unitised_alpha
from casestudy.errors import InputError, Problem, nearest, raise_if

IntervalName = Literal["posterior", "bootstrap", "jackknife", "linearised", "none"]
IntervalMethod = Callable[[Bound, Ratings | None, Estimate], Interval]
OfCode = Callable[[Spans, str, int, "IntervalMethod | None"], Sequence[Result]]

INTERVALS: tuple[str, ...] = get_args(IntervalName)

# Coefficients of rated units: a unit has one rating by each coder.
OF_UNITS: Mapping[str, Callable[[str], Coefficient]] = {
    "alpha": lambda weights: krippendorff("nominal" if weights == "identity" else weights),
    "ac1": gwet,
    "fleiss": fleiss,
    "brennan-prediger": brennan_prediger,
    "conger": conger,
    "cohen": cohen,
    "scott": scott,
    "bennett": lambda _: bennett(),
    "hubert": hubert,
    "light": light,
    "kappa-max": lambda _: kappa_max(),
    "percent": lambda _: percent_agreement("units"),
    "percent-pairs": lambda _: percent_agreement("pairs"),
    "percent-coincidences": lambda _: percent_agreement("coincidences"),
    "specific": lambda _: specific_agreement("yes"),
    "specific-absence": lambda _: specific_agreement("no"),
}

# Coefficients of coded text: spans as they were drawn, each code against all other text.
OF_SPANS: Mapping[str, OfCode] = {
    "u-alpha": lambda spans, _, __, interval: [unitised_alpha(spans, "u", interval=interval)],
    "alpha-u-1995": lambda spans, code, _, __: [alpha_u(spans, code)],
    "gamma": lambda spans, _, seed, interval: gamma(spans, seed=seed, interval=interval),
    "boundary-similarity": lambda spans, _, __, ___: [boundaries.boundary_similarity(spans)],
    "window-diff": lambda spans, _, __, ___: [boundaries.window_diff(spans)],
    "pk": lambda spans, _, __, ___: [boundaries.pk(spans)],
    "holsti": lambda spans, code, _, __: [as_other_programs.holsti(spans, code)],
    "nvivo": lambda spans, code, _, __: as_other_programs.nvivo(spans, code),
    "maxqda": lambda spans, _, __, ___: as_other_programs.maxqda(spans),
    "maxqda-existence": lambda spans, _, __, ___: as_other_programs.maxqda(spans, "existence"),
    "maxqda-frequency": lambda spans, _, __, ___: as_other_programs.maxqda(spans, "frequency"),
    "atlas-ti": lambda spans, code, _, __: as_other_programs.atlas_ti(spans, {code: spans.codes}),
}
OF_SPANS_IN_WORDS: Mapping[str, str] = {
    "u-alpha": "Krippendorff's u-alpha: borders and code together.",
    "alpha-u-1995": "alpha_U of 1995/2004, by lengths of overlaps and gaps.",
    "gamma": "gamma and gamma-cat: spans aligned with the least disorder, against drawn spans.",
    "boundary-similarity": "Fournier's B: borders met, missed and nearly met.",
    "window-diff": "WindowDiff, a penalty: 0 is agreement.",
    "pk": "Pk, a penalty: 0 is agreement.",
    "holsti": "Holsti's index on characters, as ATLAS.ti states it.",
    "nvivo": "percent agreement and kappa on characters, as NVivo reports them.",
    "maxqda": "percent agreement on segments and its kappa, as MAXQDA is reported to compute them.",
    "maxqda-existence": "percent agreement on whether a document has the code.",
    "maxqda-frequency": "percent agreement on how often a document has the code.",
    "atlas-ti": "c-alpha-binary, cu-alpha, csu-alpha and Cu-alpha, as ATLAS.ti is reported to compute them.",
}
NAMES: tuple[str, ...] = (*OF_UNITS, *OF_SPANS)


def named(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Sort the names of coefficients into those of rated units and those of coded text.

    Parameters
    ----------
    names : iterable of str
        Keys of `OF_UNITS` and `OF_SPANS`, in any case.

    Returns
    -------
    tuple of list of str
        Names of rated units, names of coded text, each in the order given.

    Raises
    ------
    InputError
        With every name that is not in the catalogue.

    Examples
    --------
    >>> named(["Alpha", "pk"])
    (['alpha'], ['pk'])
    """
    wanted = [name.strip().casefold() for name in names if name.strip()]
    problems = [
        Problem(f"coefficient {name!r}", "it is not in the catalogue.", nearest(name, NAMES))
        for name in wanted
        if name not in NAMES
    ]
    raise_if(problems, "A coefficient is unknown.")
    return [name for name in wanted if name in OF_UNITS], [name for name in wanted if name in OF_SPANS]


def interval(name: str, seed: int = 1) -> IntervalMethod | None:
    """The way of making an interval that has this name; None for ``none``.

    Parameters
    ----------
    name : {'posterior', 'bootstrap', 'jackknife', 'linearised', 'none'}
    seed : int
        Of the draws.

    Raises
    ------
    InputError
        For another name.

    Examples
    --------
    >>> interval("none") is None
    True
    """
    if name not in INTERVALS:
        problem = Problem(f"interval {name!r}", "it is not in the catalogue.", nearest(name, INTERVALS))
        raise InputError("The interval is unknown.", [problem])
    methods: Mapping[str, Any] = {
        "posterior": lambda: Posterior(seed=seed),
        "bootstrap": lambda: Bootstrap(seed=seed),
        "jackknife": Jackknife,
        "linearised": Linearised,
        "none": lambda: None,
    }
    made: IntervalMethod | None = methods[name]()
    return made


def coefficient(name: str, weights: str = "identity") -> Coefficient:
    """A coefficient of rated units by its name.

    Parameters
    ----------
    name : str
        A key of `OF_UNITS`.
    weights : str
        How much two different categories still agree (``linear``, ``quadratic``, ``ordinal`` …); for alpha
        the metric (``ordinal``, ``interval``, ``ratio``). ``identity`` takes categories as unordered.

    Raises
    ------
    InputError
        For a name or weights that are not known, or weights with a coefficient that takes none.

    Examples
    --------
    >>> coefficient("alpha", "ordinal").name
    "Krippendorff's alpha, ordinal metric"
    """
    (known, _) = named([name])
    if not known:
        problem = Problem(
            f"coefficient {name!r}", "it is of coded text, not of rated units.", "Choose another."
        )
        raise InputError("The coefficient does not fit.", [problem])
    unweighted = ("bennett", "kappa-max", "percent", "percent-pairs", "percent-coincidences")
    if weights != "identity" and known[0] in (*unweighted, "specific", "specific-absence"):
        problem = Problem(f"weights {weights!r}", f"{known[0]} takes no weights.", "Leave --weights out.")
        raise InputError("The weights do not fit.", [problem])
    return OF_UNITS[known[0]](weights)


def definitions() -> list[tuple[str, str, str, str]]:
    """Name, full name, definition and source of every coefficient of rated units, in the catalogue's order.

    Examples
    --------
    >>> definitions()[0][:2]
    ('alpha', "Krippendorff's alpha, nominal metric")
    """
    listed = []
    for name, make in OF_UNITS.items():
        given = make("identity")
        listed.append((name, given.name, given.definition, given.source))
    return listed
