"""Lines of a framework: relations between two themes, each with the test that it declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

from casestudy.files.fields import Fields

LinkKind = Literal["voiced together", "because", "precedes", "goes with", "literature", ""]


@dataclass(frozen=True)
class Link:
    """A relation between two themes.

    Attributes
    ----------
    start, end : str
        Ids of themes.
    kind : LinkKind
        The test: both are voiced in the same turns more often than chance gives; one is said to be the reason
        of the other (``because``); one is said of an earlier time than the other (``precedes``); who voices
        one has more of a number by participant (``goes with``); it stands in the literature. Empty: none is
        declared, and the line is drawn as not tested.
    claim : str
        A claim about the same, where there is one. It does not carry the line.
    says : str
        What the author makes of it, beside the sentence that is written from the test.
    attribute : str
        Of a coding: for ``because`` the one that names the code of which it is the reason, for ``precedes``
        the one that holds the time.
    order : tuple of str
        For ``precedes``: the values of the attribute, earliest first.
    codes : tuple of str
        For ``goes with``: the codes that count, where not all of the first theme do.
    measure : str
        For ``goes with``: the measure by participant or household.
    sources : tuple of str
        For ``literature``: keys of sources.yaml.
    """

    start: str
    end: str
    kind: LinkKind = ""
    claim: str = ""
    says: str = ""
    attribute: str = ""
    order: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    measure: str = ""
    sources: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """What it is called in tables."""
        return f"{self.start} → {self.end}"


KEYS = ("from", "to", "kind", "claim", "says", "attribute", "order", "codes", "measure", "sources")
_NEEDS = {"because": "attribute", "precedes": "attribute", "goes with": "measure", "literature": "sources"}


def read(one: Fields) -> Link:
    """The link that a mapping of framework.yaml declares."""
    start, end = (one.text(key, required=True) for key in ("from", "to"))
    kinds = tuple(kind for kind in get_args(LinkKind) if kind)
    kind = one.text("kind", allowed=kinds)
    measure, attribute = one.text("measure"), one.text("attribute")
    order, sources = one.texts("order"), one.texts("sources")
    given = {"attribute": attribute, "measure": measure, "sources": sources}
    needed = _NEEDS.get(kind, "")
    if needed and not given[needed]:
        one.problem(needed, f"a line of the kind {kind!r} needs {needed}.", f"Write '{needed}: …'.")
    if kind == "precedes" and len(order) < 2:
        one.problem("order", "which time comes first is not said.", "Write 'order: [before, after]'.")
    return Link(
        start=start,
        end=end,
        kind=cast(LinkKind, kind),
        claim=one.text("claim"),
        says=one.text("says"),
        attribute=attribute,
        order=order,
        codes=one.texts("codes"),
        measure=measure,
        sources=sources,
    )
