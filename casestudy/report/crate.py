"""The whole study as an RO-Crate: its files, what each is, and which notebook made which output of what.

RO-Crate 1.3 is written with the ``rocrate`` package. Runs are ``CreateAction``s with the notebook as
instrument; no profile beyond that is claimed.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
from pathlib import Path
from typing import Any

from casestudy.privacy import share
from casestudy.privacy.share import Share
from casestudy.report.records import Record, read
from casestudy.report.word import archive
from casestudy.study import Study

METADATA = "ro-crate-metadata.json"
_KINDS = {
    ".ipynb": "application/x-ipynb+json",
    ".yaml": "application/yaml",
    ".toml": "application/toml",
    ".jsonl": "application/jsonl",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".svg": "image/svg+xml",
    ".js": "text/javascript",
    ".lock": "text/plain",
    ".cff": "application/yaml",
}


def crate(study: Study, date: str = "") -> bytes:
    """The study as an RO-Crate in a ZIP archive.

    Parameters
    ----------
    study : Study
    date : str
        The day it is published, ``2026-01-31``; that of CITATION.cff by default.

    Returns
    -------
    bytes
        The same bytes for the same study. What may not be shared is left out, and listed in the archive; see
        `casestudy.privacy.share`.
    """
    return packed(study, share.gather(study), date)


def packed(study: Study, shared: Share, date: str = "") -> bytes:
    """An RO-Crate of what may be shared of a study.

    Parameters
    ----------
    study : Study
    shared : Share
        From `casestudy.privacy.share.gather`.
    date : str
        As for `crate`.
    """
    contents = dict(shared.files)
    described = json.dumps(metadata(study, contents, date), indent=1, ensure_ascii=False) + "\n"
    return archive([(METADATA, described.encode()), *contents.items()])


def metadata(study: Study, contents: dict[str, bytes], date: str = "") -> dict[str, Any]:
    """The crate's description, entities sorted by id.

    Parameters
    ----------
    contents : mapping of file name to bytes
    date : str
        The day it is published; the day of CITATION.cff by default, none where neither is known.
    """
    from rocrate.rocrate import ROCrate

    built: Any = ROCrate()
    cited = _cited(study)
    root = built.root_dataset
    root["name"] = study.title
    questions = " ".join(question.text for question in study.questions)
    root["description"] = f"{questions} {' '.join(study.data_status.values())}".strip() or study.title
    root["inLanguage"] = study.language
    published = date or cited.get("date-released", "")
    if published:
        root["datePublished"] = published
    else:
        del root["datePublished"]
    if "LICENSE" in contents:
        root["license"] = {"@id": "LICENSE"}
    for name, data in contents.items():
        built.add_file(None, name, properties=_properties(name, data))
    actions = [_run(built, record, contents) for record in read(study, study.root / "outputs")]
    if actions:
        root["mentions"] = actions
    graph = built.metadata.generate()
    graph["@graph"].sort(key=lambda entity: (entity["@id"] not in ("./", METADATA), entity["@id"]))
    return graph


def _run(built: Any, record: Record, contents: dict[str, bytes]) -> Any:
    notebook = f"notebooks/{record.stem}.ipynb"
    inputs = [name for name in sorted(record.run.get("inputs", {})) if name in contents]
    results = [name for name in contents if name.startswith(f"outputs/{record.stem}/")]
    parameters = [f"{key} = {value!r}" for key, value in sorted(record.run.get("parameters", {}).items())]
    properties: dict[str, Any] = {"name": record.title}
    if parameters:
        properties["description"] = f"Parameters: {', '.join(parameters)}."
    if record.run.get("receipt"):
        properties["identifier"] = str(record.run["receipt"])
    return built.add_action(
        built.dereference(notebook) or record.stem,
        identifier=f"#run-{record.stem}",
        object=[built.dereference(name) for name in inputs],
        result=[built.dereference(name) for name in results],
        properties=properties,
    )


def _properties(name: str, data: bytes) -> dict[str, Any]:
    ending = Path(name).suffix
    kind = _KINDS.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    properties: dict[str, Any] = {
        "name": name,
        "encodingFormat": kind,
        "contentSize": str(len(data)),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    if name.startswith("notebooks/") and ending == ".ipynb":
        properties["@type"] = ["File", "SoftwareSourceCode"]
        properties["programmingLanguage"] = "Python"
    return properties


def _cited(study: Study) -> dict[str, str]:
    from casestudy.files.fields import read_yaml

    path = study.root / "CITATION.cff"
    found = read_yaml(path, path.name) if path.is_file() else {}
    return {str(key): str(value) for key, value in found.items()} if hasattr(found, "items") else {}
