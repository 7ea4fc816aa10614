"""Acts of programs in a log: crawlers, monitors and scripts, by what they say and by their pauses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from casestudy.usage.sessions import epoch

if TYPE_CHECKING:
    import pandas as pd

_SAYS = re.compile(
    r"(?<!cu)bots?(?![a-z])|crawler|spider|slurp|scrap(?:er|y)|headless|phantomjs|selenium|puppeteer|playwright"
    r"|lighthouse|pingdom|uptime|statuscake|site24x7|monitoring|facebookexternalhit|bingpreview|feedfetcher"
    r"|mediapartners-google|ia_archiver|^curl/|^wget|^java/|python-(?:requests|urllib)|aiohttp|httpx/|libwww"
    r"|go-http-client|apache-httpclient|^node-fetch|^axios/|^postmanruntime",
    re.IGNORECASE,
)


def declared(clients: pd.Series) -> np.ndarray:
    """Where a client says itself that it is a program.

    Parameters
    ----------
    clients : pandas.Series of str
        What acts were done with; a server's log has the browser's own words there. May be missing.

    Examples
    --------
    >>> import pandas as pd
    >>> declared(pd.Series(["Googlebot/2.1", "Mozilla/5.0 (Linux; CUBOT X18)", None])).tolist()
    [True, False, False]
    """
    import pandas as pd

    codes, names = pd.factorize(clients)
    return np.array([*(_SAYS.search(str(name)) is not None for name in names), False], dtype=bool)[codes]


def restless(events: pd.DataFrame, eligible: np.ndarray, rest_s: float, awake_s: float) -> np.ndarray:
    """Where an account acts so long without a rest that it cannot be a person.

    Parameters
    ----------
    events : pandas.DataFrame
        ``participant_id`` and ``timestamp``, sorted by them.
    eligible : numpy.ndarray of bool
        Which of them to look at.
    rest_s : float
        The longest pause that is not a rest, in seconds.
    awake_s : float
        From so many seconds without a rest on, all acts in between are marked.

    Examples
    --------
    >>> import pandas as pd
    >>> day = pd.date_range("2024-03-01", periods=25, freq="h", tz="UTC")
    >>> events = pd.DataFrame({"participant_id": "a", "timestamp": day})
    >>> [int(restless(events, np.ones(25, bool), 3600, hours * 3600).sum()) for hours in (24, 25)]
    [25, 0]
    """
    mask = np.zeros(len(events), dtype=bool)
    places = np.flatnonzero(eligible)
    if not len(places):
        return mask
    seconds = epoch(events["timestamp"])[places]
    people = events["participant_id"].to_numpy()[places]
    begins = np.concatenate([[True], (people[1:] != people[:-1]) | (np.diff(seconds) > rest_s)])
    run = np.cumsum(begins) - 1
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(places)) - 1
    mask[places] = (seconds[last] - seconds[first] >= awake_s)[run]
    return mask
