import _thread
import threading
import time

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
