"""The figures that a paper needs, each under its full name: one call for rated units, one for coded text."""

from __future__ import annotations

from collections.abc import Callable

from casestudy.agreement.alpha import krippendorff
from casestudy.agreement.alpha_u import alpha_u
from casestudy.agreement.boundaries import boundary_similarity
from casestudy.agreement.coder_pairs import cohen, kappa_max, scott
from casestudy.agreement.coefficient import Bound, Coefficient, Estimate, measure
from casestudy.agreement.many_coders import brennan_prediger, conger, fleiss, gwet
from casestudy.agreement.patterns import MISSING
from casestudy.agreement.percent import percent_agreement
from casestudy.agreement.posterior import Posterior
from casestudy.agreement.ratings import Ratings
from casestudy.agreement.results import Interval, Result
from casestudy.agreement.spans import Spans
from casestudy.agreement.unitised import FORMS, unitised_alpha, unitised_alpha_of_code

_Interval = Callable[[Bound, Ratings | None, Estimate], Interval]


def of_ratings(
    ratings: Ratings, *, ordered: bool = False, interval: _Interval | None = None, seed: int = 0
) -> list[Result]:
    """The usual coefficients on rated units.

    Parameters
    ----------
    ratings : Ratings
    ordered : bool
        Whether the categories are in an order that means something: adds the ordinal forms.
    interval : callable, optional
        By default ``Posterior(seed=seed)``, which the coverage table favours.
    seed : int

    Returns
    -------
    list of Result
        Percent agreement (in its three definitions where ratings are missing), Krippendorff's alpha, AC1,
        Fleiss and Brennan-Prediger; for two coders Cohen (with its largest attainable value) and Scott, for
        more Conger.

    Examples
    --------
    >>> from casestudy.agreement.ratings import read
    >>> found = of_ratings(read([["a", "a"], ["b", "b"], ["a", "b"], ["b", "b"]]))
    >>> [one.name for one in found][:2]
    ['Percent agreement, mean over units', "Krippendorff's alpha, nominal metric"]
    """
    method = interval or Posterior(seed=seed)
    wanted: list[Coefficient] = [percent_agreement()]
    if bool((ratings.codes == MISSING).any()):
        wanted += [percent_agreement("coincidences"), percent_agreement("pairs")]
    wanted += [krippendorff(), *([krippendorff("ordinal"), gwet("ordinal")] if ordered else [])]
    wanted += [gwet(), fleiss(), brennan_prediger()]
    wanted += [cohen(), scott()] if len(ratings.coders) == 2 else [conger()]
    found = [measure(ratings, one, method) for one in wanted]
    return [*found, measure(ratings, kappa_max())] if len(ratings.coders) == 2 else found


def of_spans(spans: Spans, *, interval: _Interval | None = None, seed: int = 0) -> list[Result]:
    """The usual coefficients on coded text whose codes do not overlap within a coder.

    Parameters
    ----------
    spans : Spans
    interval : callable, optional
        By default ``Posterior(seed=seed)`` over documents.
    seed : int

    Returns
    -------
    list of Result
        u-alpha, |u-alpha, cu-alpha, (k)u-alpha of each code, boundary similarity, alpha_U of 1995/2004. Not
        gamma, which is drawn and takes its time.

    Raises
    ------
    InputError
        Where codes overlap: take `Spans.only` or `Spans.domain` first.

    Examples
    --------
    >>> from casestudy.agreement.spans import read_spans
    >>> spans = read_spans(["A", "B", "B"], [2, 2, 12], [8, 9, 15], ["x", "x", "y"], length=20)
    >>> len(of_spans(spans))
    7
    """
    method = interval or Posterior(seed=seed)
    found = [unitised_alpha(spans, form, interval=method) for form in FORMS]
    found += [unitised_alpha_of_code(spans, code, interval=method) for code in spans.codes]
    found.append(boundary_similarity(spans))
    return [*found, alpha_u(spans)]
