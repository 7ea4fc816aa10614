"""Notebook parameters: declared in a cell, merged from files and command line, checked before any kernel."""

from __future__ import annotations

import ast
import tokenize
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from casestudy.errors import InputError, ParameterError, Problem, nearest
from casestudy.files.fields import read_toml
from casestudy.files.yaml_text import Lined, plain
from casestudy.run.notebook import Notebook

_SIMPLE = {"int": int, "float": float, "str": str, "bool": bool}


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: ``name: type = literal  # help``."""

    name: str
    annotation: str
    default: Any
    help: str

    def accepts(self, value: Any) -> bool:
        """Whether a value has the declared type."""
        return _fits(value, ast.parse(self.annotation, mode="eval").body)


def declared(notebook: Notebook) -> tuple[Parameter, ...]:
    """Read the parameters that a notebook declares.

    Raises
    ------
    ParameterError
        With every line of the cell that is not ``name: type = literal  # help``.

    Examples
    --------
    >>> cell = {"cell_type": "code", "source": "gap: int = 30  # minutes", "tags": ["parameters"]}
    >>> declared(Notebook(Path("20-use.ipynb"), (cell,), "", ()))
    (Parameter(name='gap', annotation='int', default=30, help='minutes'),)
    """
    source = notebook.parameters_cell
    where = f"{notebook.path.name}, parameters cell"
    try:
        body = ast.parse(source).body
        comments = _comments(source)
    except (SyntaxError, tokenize.TokenError) as error:
        problem = Problem(where, f"it is not Python: {error}.", "Correct it.")
        raise ParameterError("The parameters of a notebook cannot be read.", [problem]) from error
    found: list[Parameter] = []
    problems: list[Problem] = []
    for node in body:
        line = f"{where}, line {node.lineno}"
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value):
            problems.append(Problem(line, "it is not a parameter.", "Write name: type = literal  # help."))
            continue
        name, annotation = node.target.id, ast.unparse(node.annotation)
        try:
            default = ast.literal_eval(node.value)
            fits = _fits(default, node.annotation)
        except (ValueError, TypeError) as error:
            problems.append(
                Problem(line, f"{name} is not a literal of a known type ({error}).", "Write one.")
            )
            continue
        if not fits:
            problems.append(
                Problem(line, f"{name} = {default!r} is not {annotation}.", "Change one of them.")
            )
        found.append(Parameter(name, annotation, default, comments.get(node.end_lineno or node.lineno, "")))
    if problems:
        raise ParameterError(f"The parameters of {notebook.stem} cannot be read.", problems)
    return tuple(found)


def merged(
    notebooks: Sequence[Notebook],
    settings: Mapping[str, Any],
    *,
    from_file: Mapping[str, Any] | None = None,
    from_line: Mapping[str, str] | None = None,
    file_name: str = "--params",
    everywhere: Sequence[Notebook] = (),
) -> dict[str, dict[str, Any]]:
    """Values of every notebook's parameters that differ from, or confirm, its defaults.

    Later ones win: the notebook's default, study.toml's shared and own tables, the parameter file's,
    the command line.

    Parameters
    ----------
    notebooks : sequence of Notebook
        The notebooks that will run.
    settings : mapping
        ``[parameters]`` of study.toml: values for every notebook that declares the name, and tables under a
        notebook's name.
    from_file : mapping, optional
        The same shape, from ``--params``.
    from_line : mapping of str to str, optional
        Text from ``--set NAME=VALUE``, read as the declared type.
    everywhere : sequence of Notebook
        All notebooks of the study: names that only these know are not called unknown.

    Returns
    -------
    dict of str to dict
        For each notebook's stem, the value of each of its parameters.

    Raises
    ------
    ParameterError
        With every unknown name (and the nearest right one), wrong type, and value no notebook can hold.
    """
    everywhere = list(everywhere) or list(notebooks)
    known = {notebook.stem: {one.name: one for one in declared(notebook)} for notebook in everywhere}
    problems: list[Problem] = []
    values = {
        notebook.stem: {name: one.default for name, one in known[notebook.stem].items()}
        for notebook in notebooks
    }
    for layer, where in ((settings, "study.toml"), (from_file or {}, file_name)):
        _apply(layer, where, known, values, problems)
    names = {name for notebook in notebooks for name in known[notebook.stem]}
    for name, text in (from_line or {}).items():
        if name not in names:
            hint = nearest(name, names)
            problems.append(Problem(f"--set {name}", "no notebook that would run has this parameter.", hint))
        for notebook in notebooks:
            if one := known[notebook.stem].get(name):
                value = from_text(text, one)
                _check(one, value, f"--set {name}={text}", problems)
                values[notebook.stem][name] = value
    if problems:
        raise ParameterError("The parameters do not fit.", list(dict.fromkeys(problems)))
    return values


def from_text(text: str, parameter: Parameter) -> Any:
    """A value written on the command line, read as the declared type; the text itself where it does not fit.

    Examples
    --------
    >>> from_text("60", Parameter("gap", "int", 30, ""))
    60
    >>> from_text("60", Parameter("name", "str", "", ""))
    '60'
    """
    if parameter.annotation == "str":
        return text
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
    return float(value) if parameter.annotation == "float" and type(value) is int else value


def read_file(path: Path) -> Mapping[str, Any]:
    """Read a parameter file, TOML or JSON, of the shape of ``[parameters]`` in study.toml."""
    import json

    unread = "A parameter file cannot be read."
    try:
        if path.suffix != ".json":
            return read_toml(path, str(path), unread, "Name a file that is there.")
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except InputError as error:
        raise ParameterError(error.summary, error.problems) from error
    except OSError as error:
        raise ParameterError(unread, [Problem(str(path), f"{error.strerror}.")]) from error
    except (ValueError, RecursionError) as error:
        raise ParameterError(unread, [Problem(str(path), f"it is not JSON: {error}.")]) from error
    if not isinstance(values, dict):
        problem = Problem(str(path), "it is not a table of names and values.", "Write NAME = value lines.")
        raise ParameterError(unread, [problem])
    return values


def _apply(
    layer: Mapping[str, Any],
    where: str,
    known: Mapping[str, Mapping[str, Parameter]],
    values: dict[str, dict[str, Any]],
    problems: list[Problem],
) -> None:
    shared = {name for parameters in known.values() for name in parameters}
    for name, value in layer.items():
        if isinstance(value, Mapping) and name in known:
            for inner, given in value.items():
                place = _place(value, inner, where, f"{name}.{inner}")
                if inner not in known[name]:
                    found = f"{name} has no parameter {inner!r}."
                    problems.append(Problem(place, found, nearest(inner, known[name])))
                    continue
                _check(known[name][inner], plain(given), place, problems)
                if name in values:
                    values[name][inner] = plain(given)
        elif name in shared:
            for stem, parameters in known.items():
                if name in parameters and name not in _own(layer, stem):
                    _check(parameters[name], plain(value), _place(layer, name, where, name), problems)
                    if stem in values:
                        values[stem][name] = plain(value)
        else:
            found = "no notebook has this name or parameter."
            remedy = nearest(name, shared | set(known))
            problems.append(Problem(_place(layer, name, where, name), found, remedy))


def _place(layer: Mapping[str, Any], key: str, file: str, name: str) -> str:
    """File, line where it is known, and name of a parameter."""
    line = layer.lines.get(key) if isinstance(layer, Lined) else None
    return f"{file}, line {line} ({name})" if line else f"{file} ({name})"


def _check(parameter: Parameter, value: Any, where: str, problems: list[Problem]) -> None:
    if stranger := _stranger(value):
        found = f"{parameter.name} holds a {stranger}, which a notebook would receive as text."
        problems.append(Problem(where, found, "Give plain numbers, text, true/false, lists or tables."))
    elif not parameter.accepts(value):
        found = f"{parameter.name} must be {parameter.annotation}, not {value!r}."
        problems.append(Problem(where, found, f"Its default is {parameter.default!r}."))


def _stranger(value: Any) -> str:
    """Type name of the first part of a value that papermill would silently turn into text; empty if none."""
    if value is None or type(value) in (bool, int, float, str):
        return ""
    if type(value) is list:
        return next((found for one in value if (found := _stranger(one))), "")
    if type(value) is dict:
        parts = [*value.keys(), *value.values()]
        return next((found for one in parts if (found := _stranger(one))), "")
    return type(value).__name__


def _fits(value: Any, annotation: ast.expr) -> bool:
    """Whether a value has the type that an annotation names."""
    match annotation:
        case ast.Name(id=name) if name in _SIMPLE:
            return type(value) is _SIMPLE[name] or (name == "float" and type(value) is int)
        case ast.Constant(value=None):
            return value is None
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _fits(value, left) or _fits(value, right)
        case ast.Name(id="list"):
            return type(value) is list
        case ast.Name(id="dict"):
            return type(value) is dict
        case ast.Subscript(value=ast.Name(id="list"), slice=inner):
            return type(value) is list and all(_fits(one, inner) for one in value)
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[key, inner])):
            return type(value) is dict and all(_fits(k, key) and _fits(v, inner) for k, v in value.items())
    raise TypeError(
        f"the type {ast.unparse(annotation)!r} is not one of int, float, str, bool, list, dict, None"
    )


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(StringIO(source).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}


def _own(layer: Mapping[str, Any], stem: str) -> Mapping[str, Any]:
    """The layer's table for one notebook; its values win over shared ones wherever they stand in the file."""
    own = layer.get(stem, {})
    return own if isinstance(own, Mapping) else {}
