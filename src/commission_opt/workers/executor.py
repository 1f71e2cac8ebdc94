"""Where chunks of a sweep are worked: in processes of this machine, or on a Dask cluster.

Both take a picklable function and numbered chunks, and give what comes of each as it comes. They
know nothing of plans. What a chunk gives must depend on nothing but the chunk, so that neither
where nor when it is worked matters.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

from commission_opt.errors import UsageError
from commission_opt.solvers.status import Watch


@dataclass(frozen=True)
class Failure:
    """Why nothing came of a chunk; it is lost if its workers died: to try again later may help."""

    reason: str
    lost: bool


Executor = Callable[
    [Callable[[Any], Any], Mapping[int, Any], Watch], Generator[tuple[int, Any | Failure]]
]
"""Applies a function to numbered chunks until all are done or the watch is stopped.

A ``UsageError`` that the function raises is raised here; another exception is a failure of the
chunk.
"""


def outcome(function: Callable[[Any], Any], chunk: Any) -> Any:
    """Apply the function; an error of usage is returned, another exception is a failure."""
    try:
        return function(chunk)
    except UsageError as error:
        return error
    except Exception as error:  # it must not end the worker
        return Failure(f"{type(error).__name__}: {error}", lost=False)


def in_turn(
    function: Callable[[Any], Any], chunks: Mapping[int, Any], watch: Watch
) -> Generator[tuple[int, Any]]:
    """Apply a function to chunks one after the other in this process: an ``Executor``."""
    for number, chunk in chunks.items():
        if watch.stopped:
            return
        found = outcome(function, chunk)
        if isinstance(found, UsageError):
            raise found
        yield number, found
