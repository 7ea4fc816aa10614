"""EndNote's XML export, as EndNote and Zotero write it."""

from __future__ import annotations

import io
import re
from typing import Any

from casestudy.literature.reading import Reading, pages


def endnote_xml(text: str, reading: Reading) -> None:
    """Read ``<xml><records><record>…``; what stands before a place that is not XML is read.

    Entries are numbered, since XML does not say at which line an element begins.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    bare = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    number = 0
    try:
        for _, element in iterparse(io.BytesIO(bare.encode("utf-8", "replace")), events=("end",)):
            if element.tag.rpartition("}")[2] == "record":
                number += 1
                reading.keep(_record(element), f"record {number}")
                element.clear()
    except DefusedXmlException:
        reading.fail("it defines entities of its own.", "Export it again; what defines entities is not read.")
    except ParseError as error:
        found = f"it is not XML from line {error.position[0]} on ({str(error).split(':')[0]})."
        reading.fail(found, f"Export it again; {number} records before that place are read.")


def _record(record: Any) -> dict[str, list[str] | str]:
    def texts(path: str) -> list[str]:
        return ["".join(element.itertext()).strip() for element in record.findall(path)]

    def first(*paths: str) -> list[str]:
        return next((values for path in paths if any(values := texts(path))), [])

    kind = record.find("ref-type")
    return {
        "title": first("titles/title", "titles/short-title"),
        "authors": first("contributors/authors/author", "contributors/secondary-authors/author"),
        "year": [*texts("dates/year"), *texts("dates/pub-dates/date")],
        "outlet": first("periodical/full-title", "titles/secondary-title", "alt-periodical/full-title",
                        "titles/alt-title"),
        "volume": first("volume"),
        "issue": first("number", "issue"),
        "pages": pages("; ".join(first("pages")), ""),
        "doi": first("electronic-resource-num"),
        "type": "" if kind is None else str(kind.get("name") or kind.text or ""),
        "kinds": first("work-type"),
        "abstract": first("abstract"),
        "keywords": texts("keywords/keyword"),
        "url": first("urls/related-urls/url", "urls/web-urls/url"),
    }  # fmt: skip
