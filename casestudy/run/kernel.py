"""Runs one notebook with papermill in a kernel of its own, over private sockets."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook

from casestudy.errors import Problem, RunFailed

ENGINE = "casestudy"
for _name in ("papermill", "traitlets", "nbclient"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class PrivateKernel(AsyncKernelManager):
    """A kernel of this Python, reached through sockets that only this user can open.

    Where the system has Unix sockets they lie in a folder with mode 0700; elsewhere the sockets are local and
    the connection is signed.
    """

    @property
    def kernel_spec(self) -> KernelSpec:
        """This very Python, whatever kernels are registered for the user."""
        argv = [sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3 (ipykernel)", language="python")


class Kernels:
    """The kernels that are running now, so that an interrupt can end them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[int, PrivateKernel] = {}
        self.closed = False

    def add(self, manager: PrivateKernel) -> None:
        """Note a kernel as running."""
        with self._lock:
            if self.closed:
                raise InterruptedError("the run was interrupted")
            self._running[id(manager)] = manager

    def remove(self, manager: PrivateKernel) -> None:
        """Note a kernel as ended."""
        with self._lock:
            self._running.pop(id(manager), None)

    def end_all(self) -> None:
        """End every kernel, and start none any more."""
        with self._lock:
            self.closed = True
            for manager in self._running.values():
                process = getattr(manager.provisioner, "process", None)
                if process is not None and process.poll() is None:
                    _end(process.pid)


class Client(PapermillNotebookClient):
    """Papermill's client with a kernel of our making."""

    folder: str = ""
    kernels: Kernels | None = None

    def create_kernel_manager(self) -> PrivateKernel:
        """Make the kernel's manager; called by nbclient."""
        transport: dict[str, Any] = {}
        if os.name == "posix":
            transport = {"transport": "ipc", "ip": os.path.join(self.folder, "k")}
        file = os.path.join(self.folder, "kernel.json")
        self.km = PrivateKernel(kernel_name="python3", connection_file=file, **transport)
        if self.kernels:
            self.kernels.add(self.km)
        return self.km

    async def async_start_new_kernel(self, **kwargs: Any) -> None:
        """Start the kernel; called by nbclient. An interrupt meanwhile ends it at once."""
        await super().async_start_new_kernel(**kwargs)
        if self.kernels and self.kernels.closed:
            self.kernels.end_all()
            raise InterruptedError("the run was interrupted")


class Engine(NBClientEngine):
    """The engine that papermill runs our notebooks with."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        folder: str,
        environment: Mapping[str, str],
        notebook_folder: str,
        kernels: Kernels,
        partial: list[NotebookNode],
        **_: Any,
    ) -> None:
        """Execute the notebook and leave what there is of it in `partial`, also when it fails."""
        partial.append(nb_man.nb)
        resources = {"metadata": {"path": notebook_folder}}
        client = Client(
            nb_man,
            kernel_name="python3",
            resources=resources,
            coalesce_streams=True,
            timeout=None,
            store_widget_state=False,  # what a widget holds is nobody's to read in a notebook
        )
        client.folder, client.kernels = folder, kernels
        try:
            with open(os.path.join(folder, "said"), "wb") as said:
                client.execute(env=dict(environment), stdout=subprocess.DEVNULL, stderr=said)
        finally:
            for manager in [one for one in (client.km,) if one is not None]:
                kernels.remove(manager)


papermill_engines.register(ENGINE, Engine)


class CellFailed(Exception):
    """A cell raised: the notebook as far as it got, the cell's number, the exception's name and text."""

    def __init__(self, partial: NotebookNode | None, index: int, name: str, text: str) -> None:
        super().__init__(f"{name}: {text}")
        self.partial, self.index, self.name, self.text = partial, index, name, text


# A Unix socket's path has 108 bytes at most, on some systems 104; ours adds this to the folder's.
_LONGEST_SOCKET = 103
_OURS = len("/cs-12345678/k-5")


def _short_folder() -> str | None:
    """A folder for sockets; another one than the system names where that is too long for them.

    Raises
    ------
    RunFailed
        When there is none.
    """
    if os.name != "posix":
        return None
    named = tempfile.gettempdir()
    for folder in (named, "/tmp", "/var/tmp"):
        if len(os.fsencode(folder)) + _OURS <= _LONGEST_SOCKET and os.access(folder, os.W_OK | os.X_OK):
            return folder
    found = f"the folder for temporary files has a path of {len(named)} letters, too long for sockets."
    raise RunFailed(
        "Nothing was run.", [Problem("TMPDIR", found, "Set TMPDIR to a folder with a short path.")]
    )


def execute(
    notebook: NotebookNode,
    parameters: Mapping[str, Any],
    *,
    folder: Path,
    environment: Mapping[str, str],
    kernels: Kernels,
) -> NotebookNode:
    """Execute a notebook.

    Parameters
    ----------
    notebook : NotebookNode
    parameters : mapping
        Values injected after the parameters cell.
    folder : Path
        The kernel's working folder: the notebook's own.
    environment : mapping of str to str
        What the kernel gets beside this process's environment.
    kernels : Kernels
        Where the kernel is noted while it runs.

    Returns
    -------
    NotebookNode
        The executed notebook.

    Raises
    ------
    CellFailed
        When a cell raises, or the kernel dies.
    """
    partial: list[NotebookNode] = []
    place = _short_folder()
    with tempfile.TemporaryDirectory(prefix="cs-", dir=place, ignore_cleanup_errors=True) as private:
        fixed = {
            "IPYTHONDIR": os.path.join(private, "ipython"),
            "PYTHONHASHSEED": "0",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "TZ": "UTC",
        }
        try:
            executed: NotebookNode = execute_notebook(
                notebook,
                None,
                parameters=dict(parameters),
                engine_name=ENGINE,
                request_save_on_cell_execute=False,
                progress_bar=False,
                folder=private,
                environment={**os.environ, **fixed, **environment},
                kernels=kernels,
                partial=partial,
                # Not papermill's own cwd: that changes the folder of the whole process, for all threads.
                notebook_folder=str(folder),
            )
            return executed
        except PapermillExecutionError as error:
            raise CellFailed(_first(partial), error.cell_index, error.ename, error.evalue) from error
        except InterruptedError:
            raise
        except Exception as error:
            if kernels.closed:
                raise InterruptedError("the run was interrupted") from error
            said = ". ".join(filter(None, (str(error).strip().rstrip("."), _last_words(private))))
            raise CellFailed(_first(partial), _last_begun(partial), type(error).__name__, said) from error


def _first(partial: list[NotebookNode]) -> NotebookNode | None:
    return partial[0] if partial else None


def _last_begun(partial: list[NotebookNode]) -> int:
    cells = partial[0].cells if partial else []
    times = (cell.metadata.get("papermill", {}).get("start_time") for cell in cells)
    return max((index for index, time in enumerate(times) if time), default=0)


def _last_words(folder: str) -> str:
    """The end of what a kernel that died wrote to its error output."""
    try:
        with open(os.path.join(folder, "said"), encoding="utf-8", errors="replace") as file:
            return " ".join(file.read()[-300:].split())
    except OSError:
        return ""


def _end(pid: int) -> None:
    try:
        if os.name == "posix":
            os.killpg(os.getpgid(pid), signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)
    except (ProcessLookupError, PermissionError):
        return
