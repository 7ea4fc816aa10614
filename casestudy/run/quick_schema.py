"""nbformat without the grammar of web addresses that is built when it is first imported.

nbformat and papermill import jsonschema. Where the package rfc3987_syntax is installed, as JupyterLab asks,
jsonschema imports it to check one format that no notebook uses, and building its grammar takes about half
of the time in which a first notebook could have begun to run.
"""

from __future__ import annotations

import sys

_GRAMMAR = "rfc3987_syntax"


def load() -> None:
    """Import nbformat without the check of international addresses; nothing where it is there already.

    Examples
    --------
    >>> load()
    >>> import sys
    >>> "nbformat" in sys.modules
    True
    """
    if "nbformat" in sys.modules or _GRAMMAR in sys.modules:
        return
    sys.modules[_GRAMMAR] = None  # type: ignore[assignment]  # an import of it fails, which jsonschema allows
    try:
        import nbformat  # noqa: F401
    finally:
        del sys.modules[_GRAMMAR]
