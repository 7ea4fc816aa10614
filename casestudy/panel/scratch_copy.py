"""A scratch copy of a study's words, to try things in: nothing that is done in it changes the study."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from pathlib import Path

from casestudy.study import Study

_COPIED = ("interviews", "coding_schemes", "evidence")
_kept: dict[Path, Study] = {}


def scratch(study: Study, *, fresh: bool = False) -> Study:
    """A copy of a study's interviews, codebook and decisions in a temporary folder.

    Parameters
    ----------
    study : Study
    fresh : bool
        Make another copy; else that of this process is given again, with what was done in it.

    Returns
    -------
    Study
        The copy. It is removed when the process ends.

    Examples
    --------
    >>> study = Study.find()
    >>> copy = scratch(study)
    >>> copy is scratch(study), copy.root != study.root, copy.title == study.title
    (True, True, True)
    """
    if study.root in _kept and not fresh:
        return _kept[study.root]
    folder = Path(tempfile.mkdtemp(prefix="casestudy-scratch-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copy(study.root / "study.toml", folder)
    for name in _COPIED:
        if (study.root / name).is_dir():
            shutil.copytree(study.root / name, folder / name)
    _kept[study.root] = Study.load(folder)
    return _kept[study.root]
