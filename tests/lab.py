"""A real JupyterLab for tests: a server of its own on a free port, notebooks opened in a real Chromium."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


def notebook(path: Path, *cells: str) -> Path:
    """Write a notebook of code cells."""
    made = [
        {
            "cell_type": "code",
            "id": f"a{n}",
            "metadata": {},
            "source": text,
            "execution_count": None,
            "outputs": [],
        }
        for n, text in enumerate(cells)
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    data = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data))
    return path


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def server(folder: Path, private: Path) -> Iterator[str]:
    """JupyterLab on a folder; gives its address."""
    port = free_port()
    private.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "JUPYTER_CONFIG_DIR": str(private / "config"),
        "JUPYTER_RUNTIME_DIR": str(private / "run"),
        "JUPYTERLAB_SETTINGS_DIR": str(private / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(private / "workspaces"),
        "IPYTHONDIR": str(private / "ipython"),
        "HOME": str(private),
    }
    words = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"),
        *("--ip=127.0.0.1", "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"),
        "--LabApp.news_url=",
        f"--ServerApp.root_dir={folder}",
    ]
    with (private / "log").open("wb") as log:
        process = subprocess.Popen(words, env=environment, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, process, private / "log")
            yield address
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(log.read_text(errors="replace")[-2000:])
        try:
            with urllib.request.urlopen(f"{address}/api/status", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("JupyterLab did not start")


@contextmanager
def chromium() -> Iterator[Any]:
    """Debian's chromium by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield opened
        opened.close()


def open_notebook(page: Any, address: str, name: str) -> None:
    """Open a notebook and run all its cells."""
    page.goto(f"{address}/lab/tree/{name}?reset", wait_until="commit")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    run_all(page)


def command(page: Any, name: str, arguments: dict[str, Any] | None = None) -> None:
    """Begin a command of JupyterLab; what it leads to is waited for by whoever needs it."""
    act = "([name, given]) => { window.jupyterapp.commands.execute(name, given); return null; }"
    page.evaluate(act, [name, arguments or {}])


def run_all(page: Any) -> None:
    """Run all cells of the notebook in front, once its kernel is there."""
    ready = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    page.wait_for_function(ready, timeout=60_000)
    command(page, "notebook:run-all-cells")


def panel_of(page: Any, timeout: int = 30_000) -> Any:
    """The panel's element, once it shows a transcript."""
    page.wait_for_selector(".cs-panel .cs-page .cs-turn", timeout=timeout)
    return page.locator(".cs-panel").first
