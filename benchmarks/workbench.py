"""How long the workbench takes from a control to its chart, in Chromium, on one instance.

    python benchmarks/workbench.py [INSTANCE] [--times 50]

prints the median and the worst of the seconds between a change of a control and the chart that
answers it, and the seconds of a processor that the server took for each. On a machine that does
other things besides, the second says what the first would be on a quiet one.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_PATIENCE = 300_000  # milliseconds


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int]]:
    """Serve a workspace; give its address and the number of the process."""
    words = [sys.executable, "-m", "commission_opt", "serve", str(folder / "round"), "--port=0"]
    with (folder / "said").open("w") as said:
        server = subprocess.Popen([*words, "--no-open"], stderr=said)
    try:
        while not (found := re.search(r"http://\S+", (folder / "said").read_text())):
            if server.poll() is not None:
                raise SystemExit((folder / "said").read_text())
            time.sleep(0.1)
        yield found[0], server.pid
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def processor_seconds(pid: int) -> float:
    """Return the time of a processor that a process has taken (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def turned(page: Page, times: int, pid: int) -> tuple[list[float], list[float]]:
    """Turn controls one after the other; return seconds to each chart, and of the processor."""
    waited, worked = [], []
    numbers = page.locator("#controls input[type=number]")
    count = numbers.count()
    for k in range(times):
        number = numbers.nth(k * 7 % count)
        before = processor_seconds(pid)
        value = f"{100.5 + k / 10:g}"
        start = time.perf_counter()
        number.fill(value)
        number.dispatch_event("change")
        share = f"{float(value) / 100:.12g}"
        page.locator(f".bench[data-answered*='{share}']:not([aria-busy])").wait_for()
        waited.append(time.perf_counter() - start)
        worked.append(processor_seconds(pid) - before)
        number.fill("100")
    return waited, worked


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("instance", nargs="?", default="england-2026")
    parser.add_argument("--times", type=int, default=50)
    asked = parser.parse_args()
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder)) as (address, pid),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(_PATIENCE)
        page.goto(address)
        page.get_by_label("Or take one").select_option(asked.instance)
        page.get_by_role("button", name="Take it").click()
        page.get_by_role("link", name="What if").click()
        page.locator(".bench[data-answered]:not([aria-busy])").wait_for()
        waited, worked = turned(page, asked.times, pid)
        browser.close()
    print(f"{asked.instance}: {asked.times} changes of a control")
    print(f"to the chart: median {median(waited):.3f} s, worst {max(waited):.3f} s")
    print(f"processor of the server: median {median(worked):.3f} s, worst {max(worked):.3f} s")


if __name__ == "__main__":
    main()
