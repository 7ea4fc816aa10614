"""YAML as the C library parses it, by the rules of YAML 1.2, with the line of every key."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

DEEPEST = 60
MOST = 2_000_000
LARGEST = 2**63
_SPECIAL = re.compile(r"^%|(?:^|[\s\[{,])!", re.MULTILINE)  # directives and tags
_COMPACT = re.compile(r"(?:[-?] ){61,}")
_BRACKETS = re.compile(r"[\[\]{}]")


class Lined(dict[Any, Any]):
    """A mapping of a YAML file that knows in which line it begins, and each of its keys stands."""

    __slots__ = ("line", "lines")
    line: int
    lines: dict[Any, int]


def plain(value: Any) -> Any:
    """A value of a file without its lines: dicts and lists of the built-in types.

    Examples
    --------
    >>> made = parsed("a: [{b: 1}]")
    >>> type(made["a"][0]).__name__, type(plain(made)["a"][0]).__name__
    ('Lined', 'dict')
    """
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


class Unfit(ValueError):
    """YAML that is too deep, too large, or refers to itself; `line` is where, 0 for nowhere."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


@lru_cache(maxsize=64)
def parsed(text: str) -> Any:
    """What a YAML text holds; nobody changes what is returned.

    The C library reads only what it accepts without question. Anything else (an error, a doubled key, a
    directive, a tag) is left to ruamel.yaml, whose verdict and message hold; lines are not known then.

    Returns
    -------
    Lined, list or scalar

    Raises
    ------
    ruamel.yaml.error.YAMLError
        When it is not YAML.
    Unfit
        When it is nested more than `DEEPEST` deep, when aliases make it larger than `MOST` values, when an
        anchor holds itself, or when it holds an absurd number.

    Examples
    --------
    >>> made = parsed("codes: [{id: a, one: true, name: yes, n: 010}]")
    >>> made
    {'codes': [{'id': 'a', 'one': True, 'name': 'yes', 'n': 10}]}
    >>> made.lines
    {'codes': 1}
    """
    _refuse_deep(text)
    loader = _loader()
    if loader is not None and not _SPECIAL.search(text):
        from yaml import YAMLError

        made = None
        try:
            made = loader(text)
            node = made.get_single_node()
            return None if node is None else _Builder(made).build(node, 1)
        except Unfit:
            raise
        except (YAMLError, ValueError, TypeError, RecursionError):
            pass
        finally:
            if made is not None:
                made.dispose()
    from ruamel.yaml import YAML

    return YAML(typ="safe").load(text)


def _refuse_deep(text: str) -> None:
    """Stop before a parser that calls itself runs out of stack."""
    if compact := _COMPACT.search(text):
        raise Unfit(_DEEP, text.count("\n", 0, compact.start()) + 1)
    if text.count("[") + text.count("{") <= 1000:
        return
    depth = 0
    for bracket in _BRACKETS.finditer(text):
        depth = depth + 1 if bracket[0] in "[{" else max(0, depth - 1)
        if depth > 1000:
            raise Unfit(_DEEP, text.count("\n", 0, bracket.start()) + 1)


_DEEP = f"it is nested more than {DEEPEST} deep"


class _Builder:
    """Makes plain values of the nodes that the C library composed, each node once."""

    def __init__(self, loader: Any) -> None:
        from yaml.nodes import MappingNode, ScalarNode

        self.loader, self.scalar, self.mapping = loader, ScalarNode, MappingNode
        self.made: dict[int, tuple[Any, int]] = {}
        self.begun: set[int] = set()
        self.count = 0

    def build(self, node: Any, depth: int) -> Any:
        kind = type(node)
        if kind is self.scalar:
            self.count += 1
            return self._scalar(node)
        line = node.start_mark.line + 1
        if depth > DEEPEST:
            raise Unfit(_DEEP, line)
        key = id(node)
        if key in self.begun:
            raise Unfit("an anchor holds itself", line)
        if key in self.made:
            value, size = self.made[key]
            self.count += size
        else:
            self.begun.add(key)
            before = self.count
            self.count += 1
            value = (
                self._mapping(node, depth)
                if kind is self.mapping
                else [self.build(part, depth + 1) for part in node.value]
            )
            self.made[key] = (value, self.count - before)
            self.begun.discard(key)
        if self.count > MOST:
            raise Unfit(f"its aliases make it larger than {MOST:,} values", line)
        return value

    def _scalar(self, node: Any) -> Any:
        if node.tag == "tag:yaml.org,2002:str":
            return node.value
        value = self.loader.construct_object(node)
        if type(value) is int and abs(value) > LARGEST:
            raise Unfit("it holds an absurd number", node.start_mark.line + 1)
        return value

    def _mapping(self, node: Any, depth: int) -> Lined:
        from yaml.constructor import ConstructorError

        made, lines = Lined(), {}
        for key_node, value_node in node.value:
            key = self.build(key_node, depth + 1)
            if isinstance(key, list | dict) or key in made or key_node.tag.endswith(":merge"):
                raise ConstructorError(None, None, "a doubled or merged key", node.start_mark)
            lines[key] = key_node.start_mark.line + 1
            made[key] = self.build(value_node, depth + 1)
        made.line, made.lines = node.start_mark.line + 1, lines
        return made


@cache
def _loader() -> Any:
    """A loader of PyYAML's C library that knows the scalars of YAML 1.2; None without the library."""
    try:
        from yaml import CSafeLoader
    except ImportError:
        return None
    from ruamel.yaml.resolver import implicit_resolvers

    class Loader(CSafeLoader):
        yaml_implicit_resolvers: dict[Any, Any] = {}  # noqa: RUF012
        yaml_constructors = dict(CSafeLoader.yaml_constructors)  # noqa: RUF012

    def integer(loader: Any, node: Any) -> int:
        text = loader.construct_scalar(node).replace("_", "")
        sign, digits = (-1 if text.startswith("-") else 1), text.lstrip("+-")
        if len(digits) > 70:
            raise Unfit("it holds an absurd number", node.start_mark.line + 1)
        base = {"0b": 2, "0x": 16, "0o": 8}.get(digits[:2], 10)
        return sign * int(digits if base == 10 else digits[2:], base)

    for versions, tag, pattern, first in implicit_resolvers:
        if (1, 2) in versions:
            Loader.add_implicit_resolver(tag, pattern, first)
    Loader.add_constructor("tag:yaml.org,2002:int", integer)
    return Loader
