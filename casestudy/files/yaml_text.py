"""YAML 1.2 text into plain values, by the C library where it is there; nothing in it is executed."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

_SPECIAL = re.compile(r"^%|(?:^|[\s\[{,])!", re.MULTILINE)  # directives and tags


@lru_cache(maxsize=64)
def parsed(text: str) -> Any:
    """What a YAML text holds; nobody changes what is returned.

    The C library reads only what it accepts without question. Anything else (an error, a doubled key, a
    directive, a tag) is left to ruamel.yaml, whose verdict and message hold.

    Raises
    ------
    ruamel.yaml.error.YAMLError
        When it is no YAML.

    Examples
    --------
    >>> parsed("codes: [{id: a, one: true, name: yes, n: 010}]")
    {'codes': [{'id': 'a', 'one': True, 'name': 'yes', 'n': 10}]}
    """
    loader = _loader()
    if loader is not None and not _SPECIAL.search(text):
        from yaml import YAMLError

        made = None
        try:
            made = loader(text)
            return made.get_single_data()
        except (YAMLError, ValueError, TypeError, RecursionError):
            pass
        finally:
            if made is not None:
                made.dispose()
    from ruamel.yaml import YAML

    return YAML(typ="safe").load(text)


@cache
def _loader() -> Any:
    """A loader of PyYAML's C library that knows the scalars of YAML 1.2; None without the library."""
    try:
        from yaml import CSafeLoader
        from yaml.constructor import ConstructorError
    except ImportError:
        return None
    from ruamel.yaml.resolver import implicit_resolvers

    class Loader(CSafeLoader):
        yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012
        yaml_constructors = dict(CSafeLoader.yaml_constructors)  # noqa: RUF012

        def construct_mapping(self, node: Any, deep: bool = False) -> Any:
            keys = [(key.tag, key.value) for key, _ in node.value if isinstance(key.value, str)]
            if len(set(keys)) < len(keys) or any(tag.endswith(":merge") for tag, _ in keys):
                raise ConstructorError(None, None, "a doubled or merged key", node.start_mark)
            return super().construct_mapping(node, deep)

    def integer(loader: Any, node: Any) -> int:
        text = loader.construct_scalar(node).replace("_", "")
        sign, digits = (-1 if text.startswith("-") else 1), text.lstrip("+-")
        base = {"0b": 2, "0x": 16, "0o": 8}.get(digits[:2], 10)
        return sign * int(digits if base == 10 else digits[2:], base)

    for versions, tag, pattern, first in implicit_resolvers:
        if (1, 2) in versions:
            Loader.add_implicit_resolver(tag, pattern, first)
    Loader.add_constructor("tag:yaml.org,2002:int", integer)
    return Loader
