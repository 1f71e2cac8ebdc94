"""A workbench to ask, and workbooks to drop into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from commission_opt.files.shipped import find_instance
from commission_opt.workbook.making import export_workbook
from commission_opt.workbook.opened import open_source

if TYPE_CHECKING:
    from workbench_served import Served


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Served]:
    """A workbench of an empty workspace, named as people name it and opened by its address."""
    from workbench_served import served

    with chdir(tmp_path), served(Path("round")) as found:
        yield found


@pytest.fixture(scope="session")
def book() -> bytes:
    """The workbook of a small instance."""
    return export_workbook(open_source(find_instance("two-by-two")))
