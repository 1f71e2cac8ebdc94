"""The log of a round: a shell script that does again all that was done."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence

from commission_opt.text.plain import escaped
from commission_opt.workbench.commands import shown
from commission_opt.workbench.records import DONE, STOPPED, Brought, Job, Listed
from commission_opt.workbench.workspace import INPUTS

_HEAD = f"""\
#!/bin/sh
# What was done in this workspace, in order. Run it in a folder that has copies of these folders of
# the workspace, and nothing else: {", ".join(INPUTS)}.
# commission-opt must be on the path.
set -eu
mkdir -p plans papers workbooks sweeps frontiers audits packs options
"""


def script(
    instances: Sequence[Listed],
    brought: Sequence[Brought],
    jobs: Sequence[Job],
    made: Callable[[str], bool],
) -> str:
    """Return the script; commands that came to nothing stand in it as comments.

    Parameters
    ----------
    instances, brought, jobs
        All that the workspace remembers.
    made : callable
        Says whether something that a command writes is there.
    """
    added = [(e.added, _addition(e.added, e.source, e.sha256)) for e in instances if e.sha256]
    added += [(e.added, _addition(e.added, e.place, e.sha256)) for e in brought]
    ran = [(job.asked, "\n".join(_command(job, made))) for job in jobs]
    return "\n".join([_HEAD, *(text for _, text in sorted(added + ran, key=lambda e: e[0])), ""])


def _addition(added: str, place: str, sha256: str) -> str:
    line = f"{sha256}  {place}"
    return f"# {added} added {place}\necho {shlex.quote(line)} | sha256sum -c -"


def _command(job: Job, made: Callable[[str], bool]) -> Iterator[str]:
    """Say when a command was asked for and how it ended, and give it."""
    if job.state == DONE:
        yield f"# {job.asked} {job.kind}"
        yield shown(job.words) + (f" || [ $? -eq {job.code} ]" if job.code else "")
    elif job.state == STOPPED and job.out is not None and made(job.out):
        yield f"# {job.asked} {job.kind}: stopped by hand; run to its own end it may find more"
        yield shown(job.words)
    else:
        yield f"# {job.asked} {job.kind}: {job.state}"
        yield f"# {escaped(shown(job.words))}"  # on one line, so that no part leaves the comment
