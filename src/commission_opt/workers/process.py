"""A process that works chunks for another, and ends at once if that one ends.

Nothing heavy is imported here: a process that is just starting must already end with its parent.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from multiprocessing.connection import Connection, wait

READY = "ready"
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux


def serve(pipe: Connection, packed: bytes) -> None:
    """Work chunks of a pipe, which takes what comes of each, until it is closed.

    The function that works a chunk is pickled, so that it is unpacked when the process already ends
    with its parent.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    _end_with_parent()
    function = pickle.loads(packed)
    from commission_opt.workers.executor import outcome

    try:
        pipe.send(READY)
        gc.freeze()  # what was imported stays; not to look at it again saves some per cent
        while True:
            pipe.send(outcome(function, pipe.recv()))
    except (EOFError, OSError):
        return


def _end_with_parent() -> None:
    """End if the parent ends: the system sees to it where it can, else a thread that watches."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent.pid:  # it has ended already
            os._exit(1)
    threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _watch(parent: int) -> None:
    wait([parent])
    os._exit(1)
