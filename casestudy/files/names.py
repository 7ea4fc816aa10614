"""Names that become files and pages: ids of codes, schemes, themes, views, claims, coders and documents."""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath, PureWindowsPath

LONGEST = 100
_NAME = re.compile(r"\w[\w.\-]*")
# Words that Windows keeps for devices, whatever ending follows.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
REMEDY = "Use letters, digits, '.', '_' and '-'; begin with a letter or digit."


def unfit(name: str) -> str:
    """Why a name cannot be that of a file or page on every system; empty where it can.

    Parameters
    ----------
    name : str
        Without ending.

    Examples
    --------
    >>> unfit("food.bread-1"), unfit("a" * 300)
    ('', 'it is 300 letters long, more than 100.')
    >>> unfit("../evil")
    "'../evil' cannot be the name of a file."
    """
    if len(name) > LONGEST or len(name.encode("utf-8", "replace")) > 2 * LONGEST:
        return f"it is {len(name)} letters long, more than {LONGEST}."
    right = _NAME.fullmatch(name) and not name.endswith(".") and not _DEVICES.fullmatch(name)
    return "" if right else f"{name!r} cannot be the name of a file."


def stays_inside(pattern: str) -> bool:
    """Whether a path or glob from a study's folder stays within it.

    Examples
    --------
    >>> [stays_inside(one) for one in ("notebooks/*.ipynb", "../*.ipynb", "a/../../b", "/etc", "C:/x", "")]
    [True, False, False, False, False, False]
    """
    plain = pattern.replace("\\", "/")
    if not plain or PurePosixPath(plain).is_absolute() or PureWindowsPath(plain).drive or plain[0] == "~":
        return False
    return not posixpath.normpath(plain).startswith("..") and "\x00" not in plain
