import _thread
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from commission_opt.solvers.interrupt import interruptible
from commission_opt.solvers.status import Watch


def test_it_returns_what_the_work_returns() -> None:
    assert interruptible(lambda: 3, Watch()) == 3


def test_it_raises_what_the_work_raises() -> None:
    def fail() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        interruptible(fail, Watch())


@pytest.fixture
def _heeded() -> Iterator[None]:
    """Ctrl-C interrupts, even in a background job of a shell, which starts out ignoring it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_heeded")
def test_ctrl_c_stops_the_watch_and_the_work_ends() -> None:
    watch = Watch()

    def work() -> str:
        threading.Timer(0.1, _thread.interrupt_main).start()
        end = time.monotonic() + 30
        while not watch.stopped and time.monotonic() < end:
            time.sleep(0.01)
        return "stopped"

    assert interruptible(work, watch) == "stopped"
    assert watch.stopped
