"""``commission-opt serve``: what it refuses before it serves anything."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from command_line import Run
from started import start

pytest.importorskip("uvicorn", reason="uvicorn is not installed")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ""])
def test_an_address_that_nobody_can_type_is_refused(run: Run, tmp_path: Path, host: str) -> None:
    ran = run("serve", tmp_path / "w", "--host", host, "--no-open")
    assert ran.code == 2
    assert "no address that others can type" in " ".join(ran.err.split())


def test_an_address_of_another_machine_is_refused(run: Run, tmp_path: Path) -> None:
    ran = run("serve", tmp_path / "w", "--host", "192.0.2.1", "--no-open")
    assert ran.code == 2
    assert "192.0.2.1 port 8484 cannot be used" in " ".join(ran.err.split())


def test_a_port_that_is_taken_is_refused(run: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run("serve", tmp_path / "w", "--port", port, "--no-open")
    assert ran.code == 2
    assert "give another --port" in ran.err


def test_a_file_is_no_workspace(run: Run, tmp_path: Path) -> None:
    (tmp_path / "w").touch()
    ran = run("serve", tmp_path / "w", "--no-open")
    assert ran.code == 2
    assert "is a file" in " ".join(ran.err.split())


def test_what_is_missing_is_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commission_opt.workbench.libraries.find_spec", lambda _: None)
    ran = run("serve", tmp_path / "w")
    assert ran.code == 2
    assert "pip install 'commission-opt[workbench]'" in " ".join(ran.err.split())
    assert not (tmp_path / "w").exists()


@pytest.mark.skipif(os.name == "nt", reason="a console of its own is needed to send Ctrl-C there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_quietly_however_often_it_is_told(tmp_path: Path, number: signal.Signals) -> None:
    # A background job of a shell ignores Ctrl-C and hands that down; here it shall count.
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from commission_opt.cli import main; main()"
    )
    words = ["serve", str(tmp_path / "w"), "--port", "0", "--no-open"]
    server = start([sys.executable, "-c", code, *words], stderr=subprocess.PIPE)
    assert server.stderr is not None
    said = "".join(server.stderr.readline() for _ in range(3))
    address = re.search(r"http://\S+", said)
    assert address is not None
    browser = build_opener(HTTPCookieProcessor())
    with browser.open(address[0], timeout=120) as answer:  # from then on it hears signals
        assert answer.status == 200
    for _ in range(3):
        server.send_signal(number)
    assert server.wait(120) == 0
    assert server.stderr.read() == ""
