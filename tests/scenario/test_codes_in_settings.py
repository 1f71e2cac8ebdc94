"""Settings name any code that an instance may have: on command lines, in files and in stores."""

import csv
import io
import json
from pathlib import Path

import pytest

from command_line import Run
from commission_opt.allocation.allocate import allocate
from commission_opt.explain.margins.margins import margins
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.scenario.axis import make_axis, parse_axis
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Setting, read_changes
from commission_opt.sweep.sweep_file import read_sweep
from small_sweeps import BY_HAND, MODEL

UGLY = {
    "nurse-north": "Nursing, adult (BSc)",
    "nurse-south": 'a|b]="c"',
    "paramedic-north": '"quoted"',
    "nurse": "nurse, adult|x",
    "north": 'north = "upper", [inner]',
    "tuition": "fees, tuition|both",
    "practice": "practice]+=1,5",
}
EXTRA = {
    "commitments.csv": [
        ["commitment", "course", "first_year", "last_year", "min_places", "owner", "reason"],
        ['keep, "all" | some', UGLY["nurse-south"], "2026", "2026", "10", "board", "a promise"],
    ]
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instance that can be worked out by hand, with codes that are hard to write."""
    made = tmp_path_factory.mktemp("ugly") / "instance"
    made.mkdir()
    for file in BY_HAND.iterdir():
        if file.suffix == ".csv":
            rows = [
                [UGLY.get(c, c) for c in row]
                for row in csv.reader(io.StringIO(file.read_text("utf-8")))
            ]
            if file.name == "courses.csv":
                rows = [
                    [*row, "provider" if i == 0 else 'U, "of" | N'] for i, row in enumerate(rows)
                ]
            _write(made / file.name, rows)
        elif file.suffix == ".toml":
            (made / file.name).write_bytes(file.read_bytes())
    for name, rows in EXTRA.items():
        _write(made / name, rows)
    return made


def _write(file: Path, rows: list[list[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


@pytest.fixture(scope="module")
def instance(folder: Path) -> Instance:
    return read_instance(folder)


@pytest.mark.parametrize(
    ("field", "key", "code", "count"),
    [
        ("max_intake", "course", UGLY["nurse-north"], 1),
        ("max_intake", "course", UGLY["nurse-south"], 1),
        ("max_intake", "course", UGLY["paramedic-north"], 1),
        ("max_intake", "profession", UGLY["nurse"], 2),
        ("max_intake", "region", UGLY["north"], 2),
        ("max_intake", "provider", 'U, "of" | N', 4),
        ("budget", "fund", UGLY["tuition"], 4),
        ("placement_capacity", "pool", UGLY["practice"], 2),
        ("commitment_min", "commitment", 'keep, "all" | some', 1),
    ],
)
def test_each_kind_of_code_is_found_as_it_is_written(
    field: str, key: str, code: str, count: int, instance: Instance
) -> None:
    axis = make_axis(field, "+=", [10], {key: [code]})
    again = parse_axis(f"{axis.target}10")
    ground = Ground(instance, read_policy(MODEL))
    (touched,) = ground.touched([Setting(again, 10.0)])
    assert (again, touched.rows) == (axis, count)


def test_every_setting_that_explain_prints_makes_its_change(instance: Instance) -> None:
    policy = read_policy(MODEL)
    found = allocate(instance, policy)
    answer, ground = margins(found, seconds=1.0), Ground(instance, policy)
    for name in ("money", "funds", "placements", "pools", "capacity", "rates"):
        for _, row in answer.frame(name).iterrows():
            settings = read_changes(row["change"])
            changed, _ = ground.apply(settings)
            if name == "money":
                (moved,) = (
                    (changed.budgets["amount"] - instance.budgets["amount"]).to_numpy().nonzero()
                )
                assert [instance.budgets["year"].iloc[i] for i in moved] == [row["year"]]
            if name == "capacity":
                more = changed.courses["max_intake"] - instance.courses["max_intake"]
                assert instance.courses["course"][more == 10].tolist() == [row["course"]]
                assert more.sum() == 10


@pytest.mark.slow
def test_a_sweep_over_such_codes_runs_resumes_and_is_summed_up(
    folder: Path, tmp_path: Path, run: Run
) -> None:
    file = tmp_path / "sweep.toml"
    text = json.dumps('max_intake[course="Nursing, adult (BSc)"]+=0,10', ensure_ascii=False)
    listed = json.dumps([UGLY["nurse-south"], UGLY["paramedic-north"]], ensure_ascii=False)
    file.write_text(
        f'name = "ugly"\ndesign = "grid"\nrelaxed = true\n[[axis]]\nvary = {text}\n'
        f'[[axis]]\nfield = "max_intake"\noperator = "+="\nvalues = [0, 5]\n'
        f"filter = {{ course = {listed} }}\n",
        encoding="utf-8",
    )
    axes = read_sweep(file).axes
    assert axes[1].filters == (
        ("course", tuple(sorted([UGLY["nurse-south"], UGLY["paramedic-north"]]))),
    )
    out = tmp_path / "out"
    asked = ("sweep", folder, "--model", MODEL, "--file", file, "--out", out, "--processes", "1")
    first = run(*asked)
    assert first.code == 0, first.err
    assert (
        'max_intake[course="Nursing, adult (BSc)"]+= changes 1 row, +0 places to'
        in first.err.replace("±0", "+0")
    )
    assert "changes 2 rows" in first.err
    assert run(*asked, "--resume").code == 0
    summed = run("sweep", "summary", out)
    assert summed.code == 0, summed.err
    assert "+10 places in all" in summed.out
