"""A workbook that LibreOffice opened and saved: it rewrites styles, strings and dimensions."""

import shutil
import subprocess
from pathlib import Path

import pytest

from commission_opt.files.shipped import find_instance
from commission_opt.workbook.making import export_workbook, instance_files
from commission_opt.workbook.opened import open_source
from commission_opt.workbook.reading import read_workbook

OFFICE = shutil.which("soffice")


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not here")
def test_libreoffice_may_save_it_in_between(tmp_path: Path) -> None:
    source = open_source(find_instance("two-by-two"))
    (tmp_path / "b.xlsx").write_bytes(export_workbook(source))
    subprocess.run(
        [
            str(OFFICE), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
            "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved"), str(tmp_path / "b.xlsx"),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    saved = tmp_path / "saved" / "b.xlsx"
    assert saved.read_bytes() != (tmp_path / "b.xlsx").read_bytes()
    assert instance_files(read_workbook(saved)) == source.files
