"""Recovery studies: what the analysis finds when the truth is known, by sample size, separation and effect.

The draws follow the simulator's parameters without its clock, so that thousands fit into minutes: sessions
are counts of pages by way, panels are scores by household and month.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from casestudy.effects import adoption, robustness
from casestudy.effects.adoption import NEVER, Panel
from casestudy.proportions import at_least, wilson
from casestudy.simulator.emit import emissions
from casestudy.simulator.plan import stream
from casestudy.simulator.settings import Settings
from casestudy.usage import mixtures
from casestudy.usage.vocabulary import Vocabulary

if TYPE_CHECKING:
    import pandas as pd

    from casestudy.study import Study


def draw_sessions(
    settings: Settings,
    vocabulary: Vocabulary,
    participants: int,
    rng: np.random.Generator,
    cycles: float = 5.0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sessions of participants who mix the ways, as counts of looks by group.

    Parameters
    ----------
    settings : Settings
        Mixture, activity and ways of the simulator; everybody has every feature.
    participants : int
    cycles : float
        Active feedback cycles of a participant.

    Returns
    -------
    (array, array, array)
        Counts (sessions × groups of looks, the start page among them), the true way and the participant of
        each session.
    """
    drawn = emissions(settings, vocabulary)
    groups = list(vocabulary.look_groups)
    looks = {action.id: groups.index(action.group) for action in vocabulary.actions if action.look}
    table = np.zeros((len(drawn), len(groups) + 1))
    for row, one in enumerate(drawn):
        for action, chance in zip(one.actions, one.chances, strict=True):
            table[row, looks.get(action, len(groups))] += chance
    lengths = np.array([one.length for one in drawn])
    rates = np.array([way.sessions for way in settings.ways])
    keep = settings.mixture.separation
    rates = keep * rates + (1 - keep) * rates.mean()
    size = len(drawn)
    shares = rng.dirichlet(np.full(size, settings.mixture.concentration / size), participants)
    spread = settings.activity.spread
    activity = rng.gamma(spread, 1 / spread, participants) if spread > 0 else np.ones(participants)
    many = rng.poisson(shares * rates * activity[:, None] * cycles)
    at = np.nonzero(many)
    person, way = (np.repeat(one, many[at]) for one in at)
    count = 1 + rng.poisson(np.maximum(lengths[way] - 1, 0)) * (rng.random(len(way)) > 0.12)
    counts = rng.multinomial(count, table[way])[:, :-1].astype(float)
    start = groups.index(vocabulary.groups[vocabulary.role("start")])
    counts[:, start] += 1
    return counts, way, person


def types_cell(
    settings: Settings, vocabulary: Vocabulary, participants: int, separation: float, replicates: int,
    *, most: int = 5, least_percent: float = 5.0, seed: int = 0,
) -> dict[str, float]:  # fmt: skip
    """How often, and how well, the ways are found in one cell of the grid.

    Parameters
    ----------
    participants : int
    separation : float
        1: the ways as the parameters say; 0: all alike, no types.
    replicates : int
    most : int
        The largest number of classes tried.
    least_percent : float
        The smallest class must hold so many percent of the sessions.

    Returns
    -------
    dict
        ``participants``, ``separation``, ``replicates``, ``sessions`` (mean), ``more_than_one_percent`` with
        ``…_low`` and ``…_high`` (Wilson; at separation 0 these are false types), ``true_number_percent`` (as
        many classes as ways), ``classes`` (mean), ``ari`` (with the true ways, mean; NaN at separation 0),
        ``ari_low``, ``ari_high`` (mean ± 1.96 Monte Carlo standard errors).

    Notes
    -----
    The number of classes goes by BIC and the smallest class alone: resampling each replicate is not
    affordable.
    """
    chosen = settings.with_("mixture", separation=separation)
    rng = stream(seed, 21, participants, round(1000 * separation))
    numbers, aris, sizes = [], [], []
    for replicate in range(replicates):
        counts, way, _ = draw_sessions(chosen, vocabulary, participants, rng)
        if len(counts) < most:
            numbers.append(1)
            continue
        best = _fewest(counts, most, least_percent, replicate)
        numbers.append(best.k)
        sizes.append(len(counts))
        aris.append(mixtures.adjusted_rand(way, best.membership(counts).argmax(axis=1)))
    found = np.array(numbers)
    more = int((found > 1).sum())
    low, high = wilson(more, replicates)
    mean, error = float(np.mean(aris)), float(np.std(aris) / np.sqrt(max(len(aris), 1)))
    some = separation > 0
    return {
        "participants": participants, "separation": separation, "replicates": replicates,
        "sessions": float(np.mean(sizes)) if sizes else float("nan"),
        "more_than_one_percent": 100 * more / replicates,
        "more_low": 100 * float(low), "more_high": 100 * float(high),
        "true_number_percent": 100 * float((found == len(settings.ways)).mean()) if some else float("nan"),
        "classes": float(found.mean()),
        "ari": mean if some else float("nan"),
        "ari_low": mean - 1.96 * error if some else float("nan"),
        "ari_high": mean + 1.96 * error if some else float("nan"),
    }  # fmt: skip


def difference_cell(
    settings: Settings, vocabulary: Vocabulary, participants: int, separation: float, replicates: int,
    *, seed: int = 0,
) -> dict[str, float]:  # fmt: skip
    """How often profiles are found to differ at all in one cell of the grid.

    Returns
    -------
    dict
        ``participants``, ``separation``, ``differ_replicates``, ``differ_percent`` with ``differ_low`` and
        ``differ_high`` (Wilson): replicates in which `mixtures.heterogeneity` has p < .05. At separation 0
        nothing differs: this is the false rate.
    """
    chosen = settings.with_("mixture", separation=separation)
    rng = stream(seed, 23, participants, round(1000 * separation))
    start = vocabulary.look_groups.index(vocabulary.groups[vocabulary.role("start")])
    differ = 0
    for _ in range(replicates):
        counts, _, _ = draw_sessions(chosen, vocabulary, participants, rng)
        differ += mixtures.heterogeneity(mixtures.without_first(counts, start))[1] < 0.05
    low, high = wilson(differ, replicates)
    return {
        "participants": participants, "separation": separation, "differ_replicates": replicates,
        "differ_percent": 100 * differ / replicates,
        "differ_low": 100 * float(low), "differ_high": 100 * float(high),
    }  # fmt: skip


def _fewest(counts: np.ndarray, most: int, least_percent: float, seed: int) -> mixtures.Mixture:
    """The fit with the smallest BIC whose smallest class is large enough; stops when BIC has risen twice."""
    best = mixtures.fit(counts, 1)
    lowest, risen = best.bic, 0
    for k in range(2, most + 1):
        made = mixtures.fit(counts, k, seed=seed, starts=2, steps=100, tolerance=1e-5)
        risen = risen + 1 if made.bic >= lowest else 0
        lowest = min(lowest, made.bic)
        small = 100 * np.bincount(made.membership(counts).argmax(axis=1), minlength=k).min() / len(counts)
        if made.bic < best.bic and at_least(small, least_percent):
            best = made
        if risen == 2:
            break
    return best


def draw_panel(
    settings: Settings, participants: int, others: int, rng: np.random.Generator, used: float = 0.65
) -> tuple[Panel, np.ndarray, np.ndarray]:
    """Scores of participants who adopt over the year and of others who never do.

    Parameters
    ----------
    settings : Settings
        Adoption, selection and outcome of the simulator.
    participants, others : int
    used : float
        Chance that a participant has a session in a month after adoption.

    Returns
    -------
    (Panel, array, array)
        The panel, the true effect of each unit and month, and how much each unit shops (standardised), by
        which units select themselves.
    """
    out, months = settings.outcome, settings.months
    size, width = participants + others, len(months)
    z = rng.normal(size=2 * size)
    order = np.argsort(-(settings.people.selection * z + rng.gumbel(size=2 * size)))
    rest = rng.permutation(order[participants:])[:others]
    z = np.concatenate([z[order[:participants]], z[rest]])
    names = sorted(settings.adoption)
    weights = np.array([settings.adoption[name] for name in names])
    picked = rng.choice(len(names), participants, p=weights / weights.sum())
    adopted = np.concatenate(
        [np.array([months.index(name) for name in names])[picked], np.full(others, NEVER)]
    )
    level, step = np.zeros(size), 1 / max(out.effect_months, 1)
    effect = np.zeros((size, width))
    for month in range(width):
        uses = (adopted == month) | (rng.random(size) < used) | (not out.effect_follows_use)
        level = np.where(adopted <= month, np.where(uses, np.minimum(level + step, 1), level / 2), 0.0)
        effect[:, month] = out.effect * level
    y = (
        out.mean + out.household_sd * rng.normal(size=(size, 1)) + out.month_sd * rng.normal(size=width)
        + out.trend_by_selection * z[:, None] * np.arange(width) + effect
        + out.noise_sd * rng.normal(size=(size, width))
    )  # fmt: skip
    units = tuple(f"u{number:05d}" for number in range(size))
    return Panel(units, tuple(months), y, adopted), effect, z


def effect_cell(
    settings: Settings, participants: int, effect: float, trend: float, replicates: int, *, seed: int = 0
) -> dict[str, float]:
    """How well the average effect is found in one cell of the grid.

    Parameters
    ----------
    participants : int
        Adopters; there are 1.2 times as many comparison households.
    effect : float
        Full effect, points.
    trend : float
        Points a month and per standard deviation of shopping by which households drift apart: adopters shop
        more, so anything but 0 breaks the assumption.

    Returns
    -------
    dict
        ``participants``, ``effect``, ``trend``, ``replicates``, ``true_mean`` (mean of the adopters' true
        effect over their months), ``bias`` with ``bias_low`` and ``bias_high`` (± 1.96 Monte Carlo standard
        errors), ``rmse``, ``coverage_percent`` of the 95 % interval with Wilson's ends, ``found_percent``
        (interval excludes zero; at effect 0 this is the false rate), ``pre_trend_percent`` (joint test below
        .05), ``two_way_bias``, ``adjusted_bias`` and ``adjusted_percent`` with Wilson's ends (bias, and
        coverage, of the estimate adjusted by regression for how much households shopped before: what is
        gained where the driver of selection is measured), ``bounded_percent`` (intervals widened for a drift
        as large as the largest change before adoption that hold the truth).
    """
    chosen = settings.with_("outcome", effect=effect, trend_by_selection=trend)
    rng = stream(seed, 22, participants, round(1000 * effect), round(1000 * abs(trend)))
    errors, adjusted, twfe, truths = [], [], [], []
    covered, found, early, held, bounded = 0, 0, 0, 0, 0
    for _ in range(replicates):
        data, true, shops = draw_panel(chosen, participants, round(1.2 * participants), rng)
        made = adoption.cells(data)
        estimate = adoption.overall(made)
        kept = data.treated & ~np.isin(data.adopted, made.left_out)[:, None]
        mean = float(true[kept].mean()) if kept.any() else float("nan")
        truths.append(mean)
        errors.append(estimate.estimate - mean)
        covered += estimate.low <= mean <= estimate.high
        found += estimate.low > 0 or estimate.high < 0
        early += adoption.pre_trend(made)["p"] < 0.05
        twfe.append(adoption.two_way(data).estimate - float(true[data.treated].mean()))
        other = adoption.overall(adoption.cells(data, covariates=shops))
        adjusted.append(other.estimate - mean)
        held += other.low <= mean <= other.high
        low, high = robustness.widened(made, 1.0)
        bounded += low <= mean <= high
    wrong = np.array(errors)
    error = wrong.std() / np.sqrt(replicates)
    low, high = wilson(covered, replicates)
    low_found, high_found = wilson(found, replicates)
    low_held, high_held = wilson(held, replicates)
    return {
        "participants": participants, "effect": effect, "trend": trend, "replicates": replicates,
        "true_mean": float(np.mean(truths)), "bias": float(wrong.mean()),
        "bias_low": float(wrong.mean() - 1.96 * error), "bias_high": float(wrong.mean() + 1.96 * error),
        "rmse": float(np.sqrt((wrong**2).mean())), "coverage_percent": 100 * covered / replicates,
        "coverage_low": 100 * float(low), "coverage_high": 100 * float(high),
        "found_percent": 100 * found / replicates, "found_low": 100 * float(low_found),
        "found_high": 100 * float(high_found), "pre_trend_percent": 100 * early / replicates,
        "two_way_bias": float(np.mean(twfe)), "adjusted_bias": float(np.mean(adjusted)),
        "adjusted_percent": 100 * held / replicates, "adjusted_low": 100 * float(low_held),
        "adjusted_high": 100 * float(high_held), "bounded_percent": 100 * bounded / replicates,
    }  # fmt: skip


def rates(types: pd.DataFrame, effects: pd.DataFrame) -> pd.DataFrame:
    """Every rate that has a nominal value, with its Monte Carlo interval.

    Parameters
    ----------
    types, effects : pandas.DataFrame
        Rows of `types_cell` (with the columns of `difference_cell`) and of `effect_cell`.

    Returns
    -------
    pandas.DataFrame
        ``cell``, ``rate``, ``nominal``, ``percent``, ``low``, ``high``, ``kind`` (the key of its reason; it
        ends in ``_drift`` where the assumption of parallel trends is broken on purpose), ``outside``.
    """
    import pandas as pd

    rows: list[tuple[str, str, float, float, float, float, str]] = []
    for row in types[types["separation"] == 0].itertuples():
        cell = f"types: n = {row.participants}, separation 0"
        more = (row.more_than_one_percent, row.more_low, row.more_high)
        rows.append((cell, "false types by BIC", 5.0, *more, "false_types"))
        differ = (row.differ_percent, row.differ_low, row.differ_high)
        rows.append((cell, "false difference of profiles", 5.0, *differ, "false_difference"))
    for row in effects.itertuples():
        cell = f"effect: n = {row.participants}, effect {row.effect:g}, drift {row.trend:g}"
        end = "_drift" if row.trend else ""
        covered = (row.coverage_percent, row.coverage_low, row.coverage_high)
        rows.append((cell, "coverage", 95.0, *covered, f"coverage{end}"))
        held = (row.adjusted_percent, row.adjusted_low, row.adjusted_high)
        rows.append((cell, "coverage, adjusted", 95.0, *held, "adjusted"))
        if row.effect == 0:
            false = (row.found_percent, row.found_low, row.found_high)
            rows.append((cell, "false effect", 5.0, *false, f"false_effect{end}"))
        if not row.trend:
            ends = wilson(row.pre_trend_percent * row.replicates / 100, row.replicates)
            early = (row.pre_trend_percent, 100 * float(ends[0]), 100 * float(ends[1]))
            rows.append((cell, "false pre-trend", 5.0, *early, "pre_trend"))
    made = pd.DataFrame(rows, columns=["cell", "rate", "nominal", "percent", "low", "high", "kind"])
    return made.assign(outside=(made["nominal"] < made["low"]) | (made["nominal"] > made["high"]))


def outside(types: pd.DataFrame, effects: pd.DataFrame, reasons: Mapping[str, str]) -> pd.DataFrame:
    """Every cell whose Monte Carlo interval leaves out its nominal rate; none is left out.

    Parameters
    ----------
    types, effects : pandas.DataFrame
        Rows of `types_cell` and `effect_cell`.
    reasons : mapping
        Why, by the kinds of `rates`.

    Returns
    -------
    pandas.DataFrame
        ``cell``, ``rate``, ``nominal``, ``percent``, ``low``, ``high``, ``why``.
    """
    table = rates(types, effects)
    off = table[table["outside"]].reset_index(drop=True)
    why = [reasons.get(str(kind), "not explained") for kind in off["kind"]]
    return off.drop(columns=["kind", "outside"]).assign(why=why)


def reference(study: Study) -> pd.DataFrame:
    """The study's simulated log compared with its truth: what was meant, and what rules and model find.

    For validation only: it reads ``usage_logs/truth/``, which no analysis notebook does.

    Returns
    -------
    pandas.DataFrame
        ``way`` (as meant), ``sessions`` (found whole in the log), ``division`` ('signature' or 'class'),
        ``found``, ``percent`` (of the way's sessions), ``ari`` (of the whole division with the truth).
    """
    import pandas as pd

    from casestudy.usage import signatures, types
    from casestudy.usage.log import open_log

    log = open_log(study)
    rules = signatures.load(study.input(signatures.FILE))
    meant = pd.read_csv(study.root / "usage_logs" / "truth" / "sessions.csv")
    meant["start"] = pd.to_datetime(meant["start"], utc=True)
    episodes = signatures.episode_features(log.acts, log.sessions, log.cycles, log.vocabulary)
    found = rules.assign(episodes, "episode")
    counts = episodes[[f"n_{group}" for group in log.vocabulary.look_groups]].to_numpy()
    choice = types.choose(counts, episodes["participant_id"], resamples=10, seed=1)
    places = choice.mixture.membership(counts).argmax(axis=1)
    found["class"] = [types.class_names(choice.k)[place] for place in places]
    found["start"] = episodes["start"]
    joined = meant.merge(found, on=["participant_id", "start"], how="inner")
    tables = []
    for name, column in (("signature", "primary"), ("class", "class")):
        counted = joined.groupby(["way", column]).size().rename("n").reset_index()
        counted = counted.rename(columns={column: "found"})
        counted["sessions"] = counted.groupby("way")["n"].transform("sum")
        counted["percent"] = 100 * counted.pop("n") / counted["sessions"]
        ari = mixtures.adjusted_rand(joined["way"], joined[column])
        tables.append(counted.assign(division=name, ari=ari))
    made = pd.concat(tables, ignore_index=True)
    return made[["way", "sessions", "division", "found", "percent", "ari"]]


def as_rows(cell: Mapping[str, float]) -> pd.DataFrame:
    """One cell as a table to read: ``what``, ``value``."""
    import pandas as pd

    return pd.DataFrame([(name, float(value)) for name, value in cell.items()], columns=["what", "value"])
