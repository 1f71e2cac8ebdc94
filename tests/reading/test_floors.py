"""Bad rows of ``floors.csv``: each is refused with its file, row and column, and what to do."""

from pathlib import Path

import pytest

from builders import Edit, Tiny, add, all_of, cell
from command_line import Run
from commission_opt.files.shipped import find_model
from refusals import case, check_accepted, check_refused
from some import some

# Line 2 is "cover,nursing,land,*,,0.8,,", line 3 "gps,gp,coast,2028,60,,,", line 4 the mix
# "mix,adult,*,,,,1.5,child".
BAD = [
    case("no way", cell("floors", 3, "min_fte", ""),
        "floors.csv row 3, min_fte: give one of min_fte, min_demand_share and min_mix_share"),
    case("two ways", cell("floors", 2, "min_fte", "5"),
        "floors.csv row 2, min_fte: 'cover' gives min_fte and min_demand_share; give one of them, "
        "and write a floor for each of the others"),
    case("mix of nobody", cell("floors", 4, "of", ""),
        "floors.csv row 4, of: is empty; min_mix_share is a share of the service of a profession "
        "or a group"),
    case("of without a mix", cell("floors", 3, "of", "child"),
        "floors.csv row 3, of: 'child' goes with min_mix_share only; fill that, or leave this "
        "empty"),
    case("unknown profession", cell("floors", 2, "profession", "nursin"),
        "floors.csv row 2, profession: there is no profession or group 'nursin' in "
        "professions.csv; did you mean 'nursing'?"),
    case("unknown of", cell("floors", 4, "of", "chld"),
        "floors.csv row 4, of: there is no profession or group 'chld' in professions.csv; did you "
        "mean 'child'?"),
    case("every profession", cell("floors", 2, "profession", "*"),
        "floors.csv row 2, profession: “*” is not allowed here; name one code"),
    case("unknown region", cell("floors", 3, "region", "cost"),
        "floors.csv row 3, region: there is no region 'cost' in regions.csv; did you mean "
        "'coast'?"),
    case("negative", cell("floors", 3, "min_fte", "-1"),
        "floors.csv row 3, min_fte: -1 is negative"),
    case("percentage", cell("floors", 2, "min_demand_share", "80%"),
        "floors.csv row 2, min_demand_share: '80%' is a percentage; write it as a share, 0.8"),
    case("no year", cell("floors", 3, "year", "soon"),
        "floors.csv row 3, year: 'soon' is not a number"),
    case("name twice", add("floors", "cover,gp,*,*,10,,,"),
        "floors.csv row 5, floor: repeats the key of row 2"),
    case("no name", cell("floors", 2, "floor", ""),
        "floors.csv row 2, floor: is empty; a code is needed"),
]  # fmt: skip


@pytest.mark.each(2)
@pytest.mark.parametrize(("edit", "errors"), some(BAD, 3))
def test_what_is_wrong_is_said(
    run: Run, tmp_path: Path, edit: Edit, errors: tuple[str, ...]
) -> None:
    if "min_demand_share: '80%'" in errors[0]:  # so that the cell is not read as a number at all
        check_refused_with(run, tmp_path, edit, errors[0])
        return
    check_refused(run, tmp_path, edit, errors)


def check_refused_with(run: Run, folder: Path, edit: Edit, error: str) -> None:
    """Solving must report an error, among others that follow from it."""
    tiny = Tiny()
    edit(tiny)
    answer = run("solve", tiny.write(folder / "tiny"), "--out", folder / "plan")
    assert f"error: {error}" in answer.problems
    assert answer.code == 1


def test_rows_beyond_the_horizon_are_ignored_with_a_warning(run: Run, tmp_path: Path) -> None:
    edit = all_of(cell("floors", 3, "year", "2050"), add("floors", "late,gp,*,2060,1,,,"))
    check_accepted(
        run, tmp_path, edit,
        ("floors.csv row 3, year: 2050 is outside the horizon 2026–2031; the row is ignored, like "
         "1 more outside it",),
    )  # fmt: skip


def test_a_model_that_counts_floors_needs_some(run: Run, tmp_path: Path) -> None:
    tiny = Tiny()
    del tiny.tables["floors"]
    folder = tiny.write(tmp_path / "tiny")
    answer = run("solve", folder, "--model", find_model("envelope"), "--out", tmp_path / "plan")
    assert answer.code == 1
    assert (
        "error: envelope.toml, minimise: the objective “below_floor” needs floors.csv, of which "
        "instance 'tiny' has no row; write it, or leave the objective out" in answer.problems
    )
