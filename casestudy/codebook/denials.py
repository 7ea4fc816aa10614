"""What counts as denial: values of attributes by which a coding says that something is not so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from casestudy.codebook import framework
from casestudy.codebook.attributes import attributes
from casestudy.errors import Problem, raise_if
from casestudy.files.fields import Fields, read_yaml
from casestudy.study import Study

if TYPE_CHECKING:
    import pandas as pd

Denials = Mapping[str, tuple[str, ...]]
"""Values that deny, by attribute."""


def read(study: Study) -> dict[str, tuple[str, ...]]:
    """What the study declares to be denial.

    Returns
    -------
    dict of attribute to values
        The attributes' ``denies:`` in attributes.yaml; where none has any, ``unless:`` of framework.yaml;
        empty where neither says anything: then nothing is taken for a denial.

    Raises
    ------
    InputError
        When one of the files cannot be read.

    Examples
    --------
    >>> from casestudy.study import Study
    >>> read(Study.find())
    {'modality': ('denied',)}
    """
    stated = {name: one.denies for name, one in attributes(study).items() if one.denies}
    path = study.input(framework.FILE)
    if stated or not path.is_file():
        return stated
    problems: list[Problem] = []
    unless = Fields(read_yaml(path, framework.FILE), framework.FILE, "", problems).table("unless")
    raise_if(problems, "The framework of the study has problems.")
    return unless


def denied(frame: pd.DataFrame, denials: Denials) -> pd.Series:
    """Which codings deny; an attribute that the table lacks denies nothing.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"code": ["a", "a"], "stance": ["no", ""]})
    >>> denied(frame, {"stance": ("no",)}).tolist(), denied(frame, {"modality": ("denied",)}).tolist()
    ([True, False], [False, False])
    """
    import pandas as pd

    mask = pd.Series(False, index=frame.index)
    for attribute, values in denials.items():
        if attribute in frame.columns:
            mask |= frame[attribute].isin(values)
    return mask


def affirming(frame: pd.DataFrame, denials: Denials) -> pd.DataFrame:
    """The codings that do not deny."""
    return frame[~denied(frame, denials)]
