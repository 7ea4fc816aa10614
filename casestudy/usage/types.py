"""How many ways of using a log shows: number of classes, stability, a null comparison, soft membership."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from casestudy.people.floor import withheld
from casestudy.proportions import at_least
from casestudy.usage import mixtures

if TYPE_CHECKING:
    import pandas as pd


_LEAST_ROWS = 20


@dataclass(frozen=True)
class Choice:
    """How many classes, with the grounds.

    Attributes
    ----------
    k : int
        The number chosen.
    table : pandas.DataFrame
        For each k: ``loglik``, ``free``, ``bic``, ``silhouette``, ``smallest_percent`` (of rows), ``ari``
        with ``ari_low`` and ``ari_high`` (bootstrap), ``allowed``.
    fits : tuple of Mixture
        One for each k of the table.
    why : str
        In words.
    """

    k: int
    table: pd.DataFrame
    fits: tuple[mixtures.Mixture, ...]
    why: str

    @property
    def mixture(self) -> mixtures.Mixture:
        """The fit with the chosen number of classes."""
        return next(fit for fit in self.fits if fit.k == self.k)


def choose(
    counts: Any,
    groups: Any,
    most: int = 7,
    *,
    least_percent: float = 5.0,
    least_ari: float = 0.75,
    resamples: int = 20,
    seed: int = 0,
    starts: int = 5,
) -> Choice:
    """Choose the number of classes.

    Parameters
    ----------
    counts : array, shape (n, features)
        Sessions by what was looked at.
    groups : array, shape (n,)
        The participant of each session: whole participants are resampled.
    most : int
        The largest number tried; no more than one for every twenty sessions.
    least_percent : float
        The smallest class may not be smaller, percent of rows.
    least_ari : float
        Mean agreement of resampled fits with the fit itself that a number must reach (.75 is a custom that
        goes back to Hennig; a convention, not a test).
    resamples : int
        Bootstrap samples for each number.

    Returns
    -------
    Choice
        The number with the smallest BIC among those that are stable and large enough; 1 where none is.
    """
    import pandas as pd

    table = np.asarray(counts, float)
    if not len(table):
        return _nothing_to_divide(table.shape[1])
    fits, rows = [], []
    for k in range(1, max(1, min(most, len(table) // _LEAST_ROWS)) + 1):
        made = mixtures.fit(table, k, seed=seed, starts=starts)
        members = made.membership(table).argmax(axis=1)
        smallest = 100 * np.bincount(members, minlength=k).min() / len(table)
        ari = stability(table, groups, made, resamples, seed) if k > 1 else np.array([])
        low, high = np.percentile(ari, [2.5, 97.5]) if len(ari) else (np.nan, np.nan)
        mean = float(ari.mean()) if len(ari) else np.nan
        fine = k == 1 or (at_least(smallest, least_percent) and (not len(ari) or at_least(mean, least_ari)))
        fits.append(made)
        rows.append(
            {
                "k": k, "loglik": made.loglik, "free": made.free, "bic": made.bic,
                "silhouette": mixtures.silhouette(table, members), "smallest_percent": smallest,
                "ari": mean, "ari_low": low, "ari_high": high, "allowed": fine,
            }
        )  # fmt: skip
    grounds = pd.DataFrame(rows)
    allowed = grounds[grounds["allowed"]]
    best = int(allowed.loc[allowed["bic"].idxmin(), "k"])
    lowest = int(grounds.loc[grounds["bic"].idxmin(), "k"])
    why = f"BIC is smallest at {lowest}"
    if best != lowest:
        why += (
            f", but of the numbers whose smallest class holds {least_percent:g} % and whose resampled fits "
            f"agree (mean ARI {least_ari:g} or more) it is smallest at {best}"
        )
    return Choice(best, grounds, tuple(fits), why + ".")


def _nothing_to_divide(features: int) -> Choice:
    """One class, of which nothing is known."""
    import pandas as pd

    unknown = float("nan")
    fit = mixtures.Mixture(np.ones(1), np.full((1, features), 1 / max(features, 1)), unknown, 0, 0, False)
    names = ["loglik", "bic", "silhouette", "smallest_percent", "ari", "ari_low", "ari_high"]
    row = {"k": 1, "free": fit.free, "allowed": True} | dict.fromkeys(names, unknown)
    return Choice(1, pd.DataFrame([row]), (fit,), "There is no session to divide.")


def stability(counts: Any, groups: Any, made: mixtures.Mixture, resamples: int, seed: int) -> np.ndarray:
    """Agreement (adjusted Rand) of fits to resampled participants with the fit itself, on all rows."""
    table, names = np.asarray(counts, float), np.asarray(groups)
    _, inverse = np.unique(names, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    starts = np.searchsorted(inverse[order], np.arange(inverse.max() + 2))
    members = made.membership(table).argmax(axis=1)
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, made.k, 1])))
    found = []
    for number in range(resamples):
        people = rng.integers(0, inverse.max() + 1, inverse.max() + 1)
        rows = np.concatenate([order[starts[one] : starts[one + 1]] for one in people])
        again = mixtures.fit(table[rows], made.k, seed=seed + 1 + number, starts=2, tolerance=1e-5)
        found.append(mixtures.adjusted_rand(members, again.membership(table).argmax(axis=1)))
    return np.array(found)


def null_comparison(counts: Any, k: int, draws: int = 10, seed: int = 0) -> pd.DataFrame:
    """What the same search finds where there are no types; clusters always appear.

    Parameters
    ----------
    counts : array, shape (n, features)
    k : int
        The number of classes chosen on the log.
    draws : int
        Data sets drawn for each null.

    Returns
    -------
    pandas.DataFrame
        One row each for the log and two nulls: ``data``, ``gain`` (log-likelihood of k classes over one, per
        row; mean over draws), ``gain_highest``, ``silhouette``, ``bic_prefers_k_percent`` (draws in which BIC
        prefers k classes to one). Nulls: 'one profile' draws every session, at its own length, from the
        log's overall profile; 'columns shuffled' shuffles each column over the sessions, which keeps every
        column's own distribution.
    """
    import pandas as pd

    table = np.asarray(counts, float)
    names = ["data", "draws", "gain", "gain_highest", "silhouette", "bic_prefers_k_percent"]
    if not table.sum() > 0 or k > len(table):
        empty = [(name, 0, *(float("nan"),) * 4) for name in ("the log", "one profile", "columns shuffled")]
        return pd.DataFrame(empty, columns=names)
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 77])))
    lengths = table.sum(axis=1).astype(int)
    profile = table.sum(axis=0) / table.sum()
    rows = []
    for name in ("the log", "one profile", "columns shuffled"):
        results = []
        for draw in range(1 if name == "the log" else draws):
            drawn = table
            if name == "one profile":
                drawn = rng.multinomial(lengths, profile).astype(float)
            elif name == "columns shuffled":
                drawn = rng.permuted(table, axis=0)
            one = mixtures.fit(drawn, 1)
            many = mixtures.fit(drawn, k, seed=seed + draw, starts=2, tolerance=1e-5)
            width = mixtures.silhouette(drawn, many.membership(drawn).argmax(axis=1), most=600)
            results.append(((many.loglik - one.loglik) / len(table), width, many.bic < one.bic))
        gains, widths, better = map(np.array, zip(*results, strict=True))
        rows.append((name, len(results), gains.mean(), gains.max(), widths.mean(), 100 * better.mean()))
    return pd.DataFrame(rows, columns=names)


def profiles(made: mixtures.Mixture, features: Sequence[str]) -> pd.DataFrame:
    """What each class looks at: ``class`` (A, B, …), ``percent`` of sessions, percent for each feature."""
    import pandas as pd

    table = pd.DataFrame(100 * made.profiles, columns=list(features))
    table.insert(0, "percent", 100 * made.weights)
    table.insert(0, "class", class_names(made.k))
    return table


def class_names(k: int) -> list[str]:
    """Names of classes that claim nothing: A, B, …"""
    return [chr(ord("A") + place) if place < 26 else f"Z{place - 25}" for place in range(k)]


def soft_by_participant(membership: Any, groups: Any) -> pd.DataFrame:
    """A participant's mean membership over sessions.

    Returns
    -------
    pandas.DataFrame
        ``participant_id``, ``sessions``, a share for each class, ``certainty`` (the largest share).
    """
    import pandas as pd

    soft = np.asarray(membership, float)
    names = class_names(soft.shape[1])
    frame = pd.DataFrame(soft, columns=names).assign(participant_id=np.asarray(groups))
    grouped = frame.groupby("participant_id")
    made = grouped.mean()
    made.insert(0, "sessions", grouped.size())
    made["certainty"] = made[names].max(axis=1)
    return made.reset_index()


def crossing(
    classes: Any, ways: Any, order: Sequence[str], who: Any, floor: int
) -> tuple[pd.DataFrame, float]:
    """Classes against signatures.

    Parameters
    ----------
    classes, ways, who : array
        Of each session: its class, its primary way, and the participant.
    order : sequence of str
        The ways to show.
    floor : int
        Cells with sessions of fewer participants are missing.

    Returns
    -------
    (pandas.DataFrame, float)
        Sessions (rows classes, columns ways), and the adjusted Rand index between the two divisions over the
        rows that have a signature (NaN where none does).
    """
    import pandas as pd

    rows = pd.Series(np.asarray(classes), name="class")
    columns = pd.Series(np.asarray(ways), name="way")
    names = pd.Series(np.asarray(who))
    counts = pd.crosstab(rows, columns).reindex(columns=list(order), fill_value=0)
    people = names.groupby([rows, columns]).nunique().unstack(fill_value=0)
    people = people.reindex(columns=list(order), fill_value=0)
    counts = counts.mask(withheld(people, floor))
    borne = columns.isin([name for name in order if name != "none"]).to_numpy()
    ari = mixtures.adjusted_rand(rows[borne], columns[borne]) if borne.any() else float("nan")
    counts.columns.name = None
    return counts, ari


def second_opinion(counts: Any, ks: Sequence[int], members: Any, seed: int = 0) -> pd.DataFrame:
    """Another model on other data: latent classes of which kinds of pages were opened at all (StepMix).

    Parameters
    ----------
    counts : array, shape (n, features)
    ks : sequence of int
        Numbers of classes to try.
    members : array
        The division to compare with.

    Returns
    -------
    pandas.DataFrame
        ``k``, ``bic``, ``smallest_percent``, ``ari`` (adjusted Rand index with `members`). Features that are
        in every session, or in none, say nothing and are left out.
    """
    import warnings

    import pandas as pd

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about its own text, when Python compiles it
        from stepmix.stepmix import StepMix

    columns = ["k", "bic", "smallest_percent", "ari"]
    seen = (np.asarray(counts, float) > 0).astype(int)
    if len(seen) > max(ks):
        seen = seen[:, (seen.mean(axis=0) > 0.001) & (seen.mean(axis=0) < 0.98)]
    if len(seen) <= max(ks) or not seen.shape[1]:
        return pd.DataFrame([(k, *(float("nan"),) * 3) for k in ks], columns=columns)
    rows = []
    for k in ks:
        model = StepMix(
            n_components=k, measurement="binary", n_init=3, max_iter=300, abs_tol=1e-6, random_state=seed,
            progress_bar=0, verbose=0,
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about starts that did not converge; the best of them is kept
            model.fit(seen)
        found = np.asarray(model.predict(seen))
        smallest = 100 * np.bincount(found, minlength=k).min() / len(seen)
        rows.append((k, float(model.bic(seen)), smallest, mixtures.adjusted_rand(members, found)))
    return pd.DataFrame(rows, columns=columns)
