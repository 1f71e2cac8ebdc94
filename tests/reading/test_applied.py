"""Changes written into files read back as what applying them in memory gives."""

import dataclasses
import random
from pathlib import Path

import pandas as pd
import pytest

from commission_opt.errors import InputError, UsageError
from commission_opt.files.shipped import find_instance, find_model
from commission_opt.instance.generate import generate
from commission_opt.instance.instance import Instance
from commission_opt.instance.raw import parse_settings
from commission_opt.instance.write import write_instance
from commission_opt.policy import Policy
from commission_opt.policy_file import parse_policy, read_policy
from commission_opt.reading.applied import Applied, applied, said
from commission_opt.reading.read import read_contents, read_instance
from commission_opt.scenario.fields import FIELDS
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Setting, read_changes
from some import some
from sweep_tables import random_setting


@pytest.fixture(scope="module")
def base() -> Instance:
    return read_instance(find_instance("two-by-two"))


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_policy(find_model("annual"))


@pytest.fixture(scope="module")
def every_lever(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    folder = tmp_path_factory.mktemp("every-lever")
    synthetic = generate(4, 2, 2, seed=3, levers=True)
    write_instance(folder, synthetic.settings, synthetic.tables)
    return read_instance(folder)


def read_back(made: Applied) -> Instance:
    reading = read_contents(made.files)
    assert reading.instance is not None, [str(problem) for problem in reading.problems]
    return reading.instance


def check_same(one: Instance, other: Instance) -> None:
    """All figures are the same, whatever the rows on which they stand."""
    for field in dataclasses.fields(Instance):
        if field.name in ("files", "tables"):
            continue
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, pd.DataFrame):
            a, b = (
                frame.drop(columns="row", errors="ignore").reset_index(drop=True)
                for frame in (a, b)
            )
            pd.testing.assert_frame_equal(a, b, check_exact=True, obj=field.name)
        elif hasattr(a, "tobytes"):
            assert a.tobytes() == b.tobytes(), field.name
        else:
            assert str(a) == str(b), field.name


@pytest.mark.parametrize("seed", some(range(24), 6))
def test_files_read_back_as_what_is_applied(seed: int, policy: Policy, tmp_path: Path) -> None:
    draw = random.Random(seed)
    synthetic = generate(3, 2, 2, seed=seed, levers=bool(seed % 2))
    write_instance(tmp_path, synthetic.settings, synthetic.tables)
    given = read_instance(tmp_path)
    ground, settings = Ground(given, policy), list[Setting]()
    while len(settings) < 1 + seed % 3:
        drawn = random_setting(given, draw)
        try:
            ground.check([drawn.axis])
            ground.apply([*settings, drawn])
        except (UsageError, InputError):
            continue
        settings.append(drawn)
    made = applied(given, policy, settings)
    check_same(read_back(made), ground.apply(settings)[0])
    tables = {setting.axis.field for setting in settings if not setting.neutral}
    changed = {name for name, content in made.files.items() if content != given.files[name]}
    assert changed <= {
        "instance.toml", "datapackage.json", *(f"{name}.csv" for name in given.tables),
    }  # fmt: skip
    assert len(changed - {"instance.toml", "datapackage.json"}) <= len(tables)


def test_cells_change_and_no_other_byte(base: Instance, policy: Policy) -> None:
    made = applied(base, policy, read_changes(["demand[region=north]*=1.5"]))
    before, after = (
        files["demand.csv"].decode().splitlines() for files in (base.files, made.files)
    )
    moved = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert moved
    for a, b in moved:
        *keys, old = a.split(",")
        *kept, new = b.split(",")
        assert keys == kept
        assert float(new) == pytest.approx(1.5 * float(old))
        assert "north" in keys
    assert made.anew == ()
    assert said(made) == [f"“demand[region=north]*=1.5” changes {made.touched[0]}"]


def test_what_reaches_a_part_of_a_row_writes_its_table_anew(policy: Policy) -> None:
    given = read_instance(find_instance("england-2026"))
    settings = read_changes(["cost[course=adult-nursing-LON]*=1.5"])
    made = applied(given, policy, settings)
    assert made.anew == ("costs",)
    assert "written anew, row by row as it applies: costs.csv" in said(made)
    check_same(read_back(made), Ground(given, policy).apply(settings)[0])


def test_sources_name_the_changes_one_after_the_other(base: Instance, policy: Policy) -> None:
    once = read_back(applied(base, policy, read_changes(["demand*=1.1", "budget*=1.2"])))
    twice = applied(once, policy, read_changes(["demand*=1.1"])).files["instance.toml"]
    sources = parse_settings(twice)[0]["sources"]
    assert isinstance(sources, dict)
    keys = [key for key in sources if key.startswith("change-")]
    assert keys == ["change-1", "change-2", "change-3"]
    assert sources["change-2"].startswith("budget*=1.2 of two-by-two: ")


@pytest.mark.parametrize(
    "text", ["\n[sources]\na = 'b'\n", "\nsources = { a = 'b' }\n", "", "\r\n[sources]\r\na='b'"]
)
def test_sources_that_are_there_stay(base: Instance, policy: Policy, text: str) -> None:
    plain = "".join(
        line for line in base.files["instance.toml"].decode().splitlines(keepends=True)
    ).split("[sources]")[0]
    reading = read_contents({**base.files, "instance.toml": (plain + text).encode()})
    assert reading.instance is not None
    made = applied(reading.instance, policy, read_changes(["demand*=1.1"]))
    settings, problems = parse_settings(made.files["instance.toml"])
    assert not problems
    sources = settings["sources"]
    assert isinstance(sources, dict)
    assert [key for key in sources if key != "change-1"] == (["a"] if text else [])
    read_back(made)


def test_a_key_of_the_model_changes_where_it_stands(base: Instance, policy: Policy) -> None:
    made = applied(base, policy, read_changes(["model.rules.pace_of_change.max_increase=0.5"]))
    again = parse_policy(made.model)
    assert again.rules.pace_of_change is not None
    assert again.rules.pace_of_change.max_increase == 0.5
    assert dict(made.files) == dict(base.files)
    old = policy.content.decode().splitlines()
    new = made.model.decode().splitlines()
    assert new[-1] == "# changed: model.rules.pace_of_change.max_increase=0.5"
    assert sum(a != b for a, b in zip(old, new[:-1], strict=True)) == 1


def test_a_number_of_the_same_name_elsewhere_is_not_taken_for_it(base: Instance) -> None:
    policy = parse_policy(
        b'name = "m"\ntitle = "m"\ncommissioning_years = 1\n'
        b'[[objective]]\nminimise = "shortfall"\ntolerance = 0.01\n'
        b'[[objective]]\nminimise = "worst_region"\ntolerance = 0.02\n'
        b'[[objective]]\nminimise = "cost"\n'
    )
    made = applied(base, policy, read_changes(["model.objective.worst_region.tolerance=0.03"]))
    assert [each.tolerance for each in parse_policy(made.model).objectives[:2]] == [0.01, 0.03]


def test_a_key_that_the_model_leaves_out_is_told_of(base: Instance) -> None:
    bare = parse_policy(
        b'name = "m"\ntitle = "m"\ncommissioning_years = 1\n[[objective]]\nminimise = "shortfall"\n'
    )
    with pytest.raises(UsageError, match=r"does not write model.discount_rate down"):
        applied(base, bare, read_changes(["model.discount_rate+=0.01"]))


def test_a_figure_out_of_its_range_is_told_of(base: Instance, policy: Policy) -> None:
    with pytest.raises(InputError, match=r"courses.csv row 2, completion_rate"):
        applied(base, policy, read_changes(["completion_rate*=2"]))


@pytest.mark.each(2)
@pytest.mark.parametrize("field", FIELDS)
def test_every_field_can_be_changed(field: str, every_lever: Instance, policy: Policy) -> None:
    factor = 1.01 if field not in ("offer_rate", "ratio") else 0.99
    settings = read_changes([f"{field}*={factor}"])
    try:
        expected = Ground(every_lever, policy).apply(settings)[0]
    except (UsageError, InputError) as error:
        with pytest.raises(type(error)):
            applied(every_lever, policy, settings)
        return
    made = applied(every_lever, policy, settings)
    assert made.anew == ()
    check_same(read_back(made), expected)
