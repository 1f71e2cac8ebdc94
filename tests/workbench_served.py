"""A workbench that answers without a network, and what its pages say."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from httpx2 import Response

pytest.importorskip("starlette", reason="starlette is not installed")
pytest.importorskip("httpx2", reason="httpx2 is not installed")

from starlette.testclient import TestClient

from commission_opt.workbench.app import make_app
from commission_opt.workbench.bench import Bench
from commission_opt.workbench.guard import Door, Guard, hosts_of
from commission_opt.workbench.workspace import INPUTS, opened

HERE = "http://127.0.0.1:8484"
OWN = {"origin": HERE, "sec-fetch-site": "same-origin"}
_PATIENCE = 240.0  # seconds; other tests may keep the machine busy


class Served:
    """A client of a workbench, as a browser in which its address was opened."""

    def __init__(self, client: TestClient, door: Door, bench: Bench) -> None:
        self.client, self.door, self.bench = client, door, bench

    def get(self, path: str, **headers: str) -> Response:
        """Load a page; it must be there."""
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer

    def post(self, path: str, *, code: int = 200, **form: Any) -> Response:
        """Send a form, and follow where it leads."""
        files = form.pop("files", None)
        answer = self.client.post(path, data=form, files=files, headers=OWN)
        assert answer.status_code == code, answer.text
        return answer

    def upload(self, name: str, content: bytes, *, code: int = 200) -> Response:
        """Drop a file."""
        return self.post("/upload", files={"file": (name, content)}, code=code)

    def finished(self, answer: Response) -> str:
        """Wait until the command whose page this is has ended; return how."""
        number = int(str(answer.url).rpartition("/")[2])
        end = time.monotonic() + _PATIENCE
        while not (job := self.bench.store.job(number)).over:
            assert time.monotonic() < end, job
            time.sleep(0.05)
        return job.state

    def done(self, path: str, **form: Any) -> str:
        """Have a command run to its end, which must be good; return what it made."""
        answer = self.post(path, **form)
        number = int(str(answer.url).rpartition("/")[2])
        assert self.finished(answer) == "done", self.bench.runner.output(number).read_text()
        made = self.get(f"/commands/{number}/state").json()["result"]
        assert isinstance(made, str)
        return made


def text_of(answer: Response) -> str:
    """Return what a page says, without its tags."""
    return " ".join(unescape(re.sub("<[^>]*>", " ", answer.text)).split())


@contextmanager
def served(root: Path) -> Iterator[Served]:
    """Serve a workspace while the block runs."""
    with opened(root) as workspace:
        door = Door(hosts_of("127.0.0.1", 8484, ("localhost",)))
        app = make_app(workspace, door, 2)
        with TestClient(app, HERE, raise_server_exceptions=False) as client:
            client.get("/", params={"token": door.token})
            yield Served(client, door, bench_in(app))


@contextmanager
def process(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve the workspace ``round`` of a folder by a process of its own; give its address."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    program = [sys.executable, "-m", "commission_opt", "serve", str(folder / "round")]
    said = folder / "said"
    with (
        said.open("w") as errors,
        subprocess.Popen(
            [*program, "--port=0", "--no-open"], stderr=errors, env=environment
        ) as server,
    ):
        try:
            while not (found := re.search(r"http://\S+", said.read_text())):
                assert server.poll() is None, said.read_text()
                time.sleep(0.1)
            yield found[0], server
        finally:
            server.kill()


def bench_in(app: Guard) -> Bench:
    """Return what the pages of an application share."""
    bench = app.app.state.bench  # type: ignore[attr-defined]
    assert isinstance(bench, Bench)
    return bench


def repeat(workspace: Path, script: str, folder: Path) -> None:
    """Run a log in a new folder that has copies of what was brought, with this very program."""
    for kind in INPUTS:
        shutil.copytree(workspace / kind, folder / kind)
    (folder / "round.sh").write_text(script, "utf-8")
    program = folder / "bin" / "commission-opt"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m commission_opt "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    environment = {
        **os.environ,
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    subprocess.run(["sh", "round.sh"], cwd=folder, env=environment, check=True, timeout=300)
