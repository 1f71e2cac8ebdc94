import os
from pathlib import Path

import highspy
import pandas as pd
import pytest

from command_line import Run
from commission_opt.errors import UsageError
from commission_opt.files.shipped import find_instance
from commission_opt.plan import export as exporting
from commission_opt.plan.export import Format, export_stage, formulate_stage
from commission_opt.policy_file import parse_policy, read_policy
from commission_opt.reading.read import read_instance
from commission_opt.solvers.program_file import write_program
from samples import both, made, model

FORMATS: tuple[Format, ...] = ("lp", "mps")
BY_HAND = find_instance("two-by-two")


def _export(path: Path, format_: Format, *, force: bool = False) -> None:
    policy = read_policy(BY_HAND / "model.toml")
    export_stage(formulate_stage(read_instance(BY_HAND), policy), path, format_, force=force)


@pytest.mark.parametrize("format_", ["lp", "mps"])
def test_a_file_is_whole_and_replaced_only_if_asked(format_: Format, tmp_path: Path) -> None:
    path = tmp_path / f"program.{format_}"
    _export(path, format_)
    written = path.read_bytes()
    path.write_text("mine")
    with pytest.raises(UsageError, match="--force"):
        _export(path, format_)
    assert path.read_text() == "mine"
    _export(path, format_, force=True)
    assert path.read_bytes() == written
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("format_", ["lp", "mps"])
@pytest.mark.parametrize("left", [0.0, 0.3, 0.99])
def test_what_the_solver_wrote_by_halves_is_not_kept(
    left: float, format_: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = write_program

    def halved(*arguments: object) -> bool:
        said, path = whole(*arguments), arguments[-1]  # type: ignore[arg-type]
        assert isinstance(path, Path)
        os.truncate(path, int(left * path.stat().st_size))
        return said

    monkeypatch.setattr(exporting, "write_program", halved)
    path = tmp_path / "program.lp"
    path.write_text("mine")
    with pytest.raises(UsageError, match=r"program\.lp cannot be written"):
        _export(path, format_, force=True)
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_no_link_is_followed(tmp_path: Path) -> None:
    theirs, path = tmp_path / "theirs", tmp_path / "program.lp"
    theirs.write_text("theirs")
    (tmp_path / ".program.lp.part.lp").symlink_to(theirs)
    _export(path, "lp", force=True)
    path.unlink()
    path.symlink_to(theirs)
    with pytest.raises(UsageError, match="is a link and is not replaced"):
        _export(path, "lp", force=True)
    assert theirs.read_text() == "theirs"


def test_a_folder_that_is_not_there_is_told_of(tmp_path: Path, run: Run) -> None:
    ran = run("export", "two-by-two", "--out", tmp_path / "nowhere" / "x.lp")
    assert ran.code == 2
    assert "there is no folder" in ran.err


def test_rows_between_two_ends_are_written_in_both_formats(tmp_path: Path) -> None:
    known = made(2, 1, 1, 3)
    promise = {"commitment": "between", "first_year": 2026, "last_year": 2100, "min_places": 1,
               "max_places": 7, "owner": "tests", "reason": "tests"}  # fmt: skip
    tables = {**known.tables, "commitments": pd.DataFrame([promise])}
    formulation = formulate_stage(
        both(known.settings, tables).instance, parse_policy(model(pace="false").encode())
    )
    values = []
    for format_ in FORMATS:
        path = tmp_path / f"program.{format_}"
        export_stage(formulation, path, format_)
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        assert solver.readModel(str(path)) == highspy.HighsStatus.kOk
        solver.run()
        values.append(solver.getInfo().objective_function_value)
        assert "between" in path.read_text()
    assert values[0] == pytest.approx(values[1], rel=1e-9)
