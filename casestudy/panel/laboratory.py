"""Opening a panel in JupyterLab for people who write no Python: a server, a small notebook, run already."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from casestudy.errors import Problem, RunFailed
from casestudy.files import cache
from casestudy.files.writing import write_atomically
from casestudy.panel.coding_panel import Mode
from casestudy.study import Study

FOLDER = "panel"
PATIENCE = 90.0


def notebook(document: str, coder: str, mode: Mode) -> dict[str, Any]:
    """A notebook that opens one panel, as JSON."""
    call = f"panel({document!r}, coder={coder!r}" + (f", mode={mode!r})" if mode != "code" else ")")
    words = [
        f"# {document}\n\nEvery act in the panel is saved at once. Without an answer: *Run All Cells*.",
        f"from casestudy.panel import panel\n\n{call}",
    ]
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "about", "metadata": {}, "source": words[0]},
        {
            "cell_type": "code",
            "id": "panel",
            "metadata": {"trusted": True},
            "source": words[1],
            "execution_count": None,
            "outputs": [],
        },
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def open_panel(
    study: Study,
    document: str,
    coder: str,
    *,
    mode: Mode = "code",
    browser: bool = True,
    say: Callable[[str], None] = print,
) -> int:
    """Start JupyterLab on a notebook with the panel, and stay until it ends.

    Parameters
    ----------
    study : Study
    document, coder : str
    mode : {'code', 'read', 'blind', 'train', 'compare'}
    browser : bool
        Whether to open the address in the browser; it is said either way.
    say : callable
        Where the address is said.

    Returns
    -------
    int
        The exit code of JupyterLab.

    Raises
    ------
    RunFailed
        When JupyterLab does not start.
    """
    folder = cache.folder(study.root, FOLDER)
    name = f"{document}-{coder}.ipynb"
    write_atomically(folder / name, json.dumps(notebook(document, coder, mode)).encode())
    with _server(folder) as (process, address, token):
        _run(address, token, name)
        link = f"{address}/lab/tree/{quote(name)}?token={token}"
        say(f"{document}, coder {coder}: {link}\nEvery act is saved at once; Ctrl C here ends it.")
        if browser:
            webbrowser.open(link)
        try:
            return process.wait()
        except KeyboardInterrupt:
            return 0  # the way to end it


@contextmanager
def _server(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str, str]]:
    """JupyterLab on a folder, for this machine only; its process, address and token."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    words = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}"),
        *(f"--ServerApp.root_dir={folder}", "--LabApp.news_url="),
        *(["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []),
    ]
    # The token goes by the environment: what is said on the command line can be read by others.
    environment = {**os.environ, "JUPYTER_TOKEN": token}
    log = folder / "log.txt"
    with log.open("wb") as said:
        process = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address, token, process, log)
        yield process, address, token
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(address: str, token: str, process: subprocess.Popen[bytes], log: Path) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE and process.poll() is None:
        try:
            _ask(address, token, "GET", "/api/status")
            return
        except OSError:
            time.sleep(0.1)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    found = (lines or ["it said nothing."])[-1]
    raise RunFailed("JupyterLab did not start.", [Problem(f"{cache.CACHE}/{FOLDER}/log.txt", found)])


def _ask(address: str, token: str, method: str, path: str, data: Any = None) -> Any:
    body = None if data is None else json.dumps(data).encode()
    headers = {"Authorization": f"token {token}", "Content-Type": "application/json"}
    request = urllib.request.Request(address + path, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or b"null")


def _run(address: str, token: str, name: str) -> None:
    """Run the notebook in the kernel that JupyterLab will find, so that the panel is there when it opens."""
    asked = {"path": name, "name": name, "type": "notebook", "kernel": {"name": "python3"}}
    session = _ask(address, token, "POST", "/api/sessions", asked)
    stored = _ask(address, token, "GET", f"/api/contents/{quote(name)}")["content"]
    cell = stored["cells"][1]
    cell["outputs"] = _outputs(session["kernel"]["id"], cell["source"])
    cell["execution_count"] = 1
    cell["metadata"] = {"trusted": True}
    _ask(address, token, "PUT", f"/api/contents/{quote(name)}", {"type": "notebook", "content": stored})


def _outputs(kernel: str, code: str) -> list[dict[str, Any]]:
    """What a cell gives out when a running kernel executes it."""
    from jupyter_client.blocking.client import BlockingKernelClient
    from jupyter_client.connect import find_connection_file

    client = BlockingKernelClient(connection_file=find_connection_file(f"kernel-{kernel}.json"))
    client.load_connection_file()
    client.start_channels()
    made: list[dict[str, Any]] = []

    def take(message: dict[str, Any]) -> None:
        kind, content = message["header"]["msg_type"], message["content"]
        if kind in ("execute_result", "display_data"):
            more = {"execution_count": 1} if kind == "execute_result" else {}
            made.append(
                {"output_type": kind, "data": content["data"], "metadata": content["metadata"], **more}
            )
        elif kind == "stream":
            made.append({"output_type": "stream", "name": content["name"], "text": content["text"]})
        elif kind == "error":
            made.append({"output_type": "error", **content})

    try:
        client.wait_for_ready(timeout=PATIENCE)
        client.execute_interactive(code, output_hook=take, timeout=PATIENCE, allow_stdin=False)
    finally:
        client.stop_channels()
    return made
