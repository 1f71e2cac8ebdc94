from pathlib import Path

import pytest

from commission_opt.errors import InputError, UsageError
from commission_opt.files.shipped import find_instance, find_model, instance_names
from commission_opt.policy_file import read_policy
from commission_opt.reading.read import read_instance
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import AS_GIVEN
from commission_opt.sweep.sweep_file import SweepFile, find_sweep, read_sweep, sweep_names

WHOLE = """\
name = "both"
title = "Grid and stories"
model = "annual"
relaxed = true
design = "grid"

[[axis]]
name = "money"
vary = "budget[fund=tuition]*=0.9,1.1"

[[axis]]
name = "need"
field = "demand"
operator = "+="
values = "0:10:5"
filter = { region = ["North, East", "S"], year = "2028-2029", profession = "gp" }

[[storyline]]
name = "bad luck"
title = "Everything goes wrong"
settings = ["leavers*=1.2", "budget*=0.9"]
"""


def read(tmp_path: Path, text: str) -> SweepFile:
    file = tmp_path / "sweep.toml"
    file.write_text(text, encoding="utf-8")
    return read_sweep(file)


def test_a_sweep(tmp_path: Path) -> None:
    sweep = read(tmp_path, WHOLE)
    assert (sweep.name, sweep.title, sweep.model) == ("both", "Grid and stories", "annual")
    assert (sweep.relaxed, sweep.design, sweep.samples, sweep.seed) == (True, "grid", None, 0)
    assert sweep.axes[0] == parse_axis("budget[fund=tuition]*=0.9,1.1", "money")
    assert sweep.axes[1].values == (0, 5, 10)
    assert sweep.axes[1].filters == (
        ("profession", ("gp",)),
        ("region", ("North, East", "S")),
        ("year", ("2028", "2029")),
    )
    assert sweep.titles == {"bad luck": "Everything goes wrong"}
    names = [scenario.name for scenario in sweep.scenarios()]
    assert names[0] == AS_GIVEN
    assert names[-1] == "bad luck"
    assert len(names) == 1 + 6 + 1
    assert len(sweep.all_axes()) == 4


def test_storylines_alone(tmp_path: Path) -> None:
    text = 'name = "s"\n[[storyline]]\nname = "a"\nsettings = ["demand*=2"]\n'
    sweep = read(tmp_path, text)
    assert [s.name for s in sweep.scenarios()] == [AS_GIVEN, "a"]
    assert (sweep.title, sweep.titles, sweep.relaxed) == ("s", {"a": "a"}, False)


def test_values_as_a_list(tmp_path: Path) -> None:
    text = 'name = "s"\ndesign = "grid"\n[[axis]]\nfield = "demand"\nvalues = [1, 1.5]\n'
    assert read(tmp_path, text).axes == (parse_axis("demand*=1,1.5"),)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "both"', "", "sweep.toml, name: is missing"),
        ('name = "both"', 'name = "a b"', "write letters, digits"),
        ("relaxed = true", "relaxed = 1", "sweep.toml line 4, relaxed: 1 is not true or false"),
        (
            "relaxed = true",
            "relax = true",
            "line 4, relax: is not a key of a sweep; the keys are name",
        ),
        ("relaxed = true", "samples = true", "samples: true is not a whole number"),
        ('design = "grid"', 'design = "gird"', "design: must be one of grid, .*, not 'gird'"),
        ('design = "grid"', "", "design: must be one of"),
        ("*=0.9,1.1", "*=", "sweep.toml line 9, axis 1, vary: .* a value is empty"),
        ("budget[fund", "budgte[fund", "axis 1, vary: .*did you mean budget"),
        (
            'name = "money"',
            'field = "demand"',
            "line 8, axis 1, field: is not a key of an axis with vary",
        ),
        ('"0:10:5"', '"0:10:0"', "line 15, axis 2, values: the step of a range must not be 0"),
        ('"0:10:5"', "[true]", "axis 2, values: must be a list of numbers"),
        ('operator = "+="', 'operator = "-="', "line 11, axis 2: '-=' is no operator"),
        ("profession = ", "profesion = ", "line 11, axis 2: .*did you mean profession"),
        (
            '"leavers*=1.2"',
            '"leavers*=1.2,1.3"',
            "line 21, storyline 1, settings: .* has several values",
        ),
        ('"leavers*=1.2"', '"leaver*=1.2"', "storyline 1, settings: .*did you mean leavers"),
        ('["leavers*=1.2", "budget*=0.9"]', "[]", "line 21, storyline 1, settings: is empty"),
        ('["leavers*=1.2", "budget*=0.9"]', '["demand*=1"]', "does the same as “as given”"),
        ('name = "bad luck"', 'name = "as given"', "has the name of “as given”"),
        ('name = "bad luck"', "", "line 18, storyline 1, name: is missing"),
        ("[[storyline]]", "[storyline]", "storyline: .* is not a list"),
        ("[[axis]]", "[[axis]", "sweep.toml: is not valid TOML"),
    ],
)
def test_mistakes(old: str, new: str, message: str, tmp_path: Path) -> None:
    assert old in WHOLE
    with pytest.raises(InputError, match=message):
        read(tmp_path, WHOLE.replace(old, new))


def test_all_mistakes_are_found_in_one_pass(tmp_path: Path) -> None:
    text = WHOLE.replace("relaxed = true", "relaxed = 1\nwhat = 2").replace("*=0.9,1.1", "*=x")
    with pytest.raises(InputError) as error:
        read(tmp_path, text)
    assert [p.column for p in error.value.problems] == ["relaxed", "what", "axis 1, vary"]
    assert [p.row for p in error.value.problems] == [4, 5, 10]


def test_storylines_that_do_the_same(tmp_path: Path) -> None:
    again = '[[storyline]]\nname = "again"\nsettings = ["leavers*=1.2", "budget*=0.9"]\n'
    with pytest.raises(InputError, match="line 22, storyline 2: does the same as storyline 1"):
        read(tmp_path, WHOLE + again)
    same_name = '[[storyline]]\nname = "bad luck"\nsettings = ["leavers*=1.1"]\n'
    with pytest.raises(InputError, match="storyline 2: has the name of storyline 1"):
        read(tmp_path, WHOLE + same_name)


def test_a_storyline_of_the_design(tmp_path: Path) -> None:
    text = 'name = "s"\ndesign = "grid"\n[[axis]]\nvary = "demand*=1,2"\n'
    text += '[[storyline]]\nname = "double"\nsettings = ["demand*=2"]\n'
    with pytest.raises(UsageError, match="'double' does the same as 'demand × 2' of the design"):
        read(tmp_path, text).scenarios()


def test_nothing_varies(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing varies"):
        read(tmp_path, 'name = "s"\n')
    with pytest.raises(InputError, match=r"goes with \[\[axis\]\] tables only"):
        read(tmp_path, WHOLE.split("[[axis]]")[0] + "[[story" + WHOLE.split("[[story")[1])


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the sweep cannot be read: No such file"):
        read_sweep(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes('name = "é"'.encode("latin-1"))
    with pytest.raises(InputError, match="is not UTF-8"):
        read_sweep(tmp_path / "latin.toml")


def test_finding_a_sweep(tmp_path: Path) -> None:
    file = tmp_path / "sweeps" / "mine.toml"
    file.parent.mkdir()
    file.write_text(WHOLE, encoding="utf-8")
    assert sweep_names(tmp_path) == ["mine"]
    assert find_sweep("mine", tmp_path) == file
    assert find_sweep(str(file), Path("elsewhere")) == file
    with pytest.raises(InputError, match=r"no such sweep; .* one of the instance: mine"):
        find_sweep("yours", tmp_path)


SHIPPED = [(i, name) for i in instance_names() for name in sweep_names(find_instance(i))]


def test_sweeps_are_shipped() -> None:
    assert ("england-2026", "budget-demand-leavers") in SHIPPED
    assert ("england-2026", "storylines") in SHIPPED


@pytest.mark.each(3)
@pytest.mark.parametrize(("instance", "name"), SHIPPED)
def test_shipped_sweeps_fit_their_instance(instance: str, name: str) -> None:
    folder = find_instance(instance)
    file = find_sweep(name, folder)
    assert "ILLUSTRATIVE ASSUMPTION" in file.read_text(encoding="utf-8")
    sweep = read_sweep(file)
    assert sweep.name == name
    ground = Ground(read_instance(folder), read_policy(find_model(sweep.model)))
    ground.check(sweep.all_axes())
    found = sweep.scenarios()
    assert sum(scenario.is_base for scenario in found) == 1
    for scenario in found[:: max(1, len(found) // 30)]:
        ground.apply(scenario.settings)


def test_the_shipped_grid_has_a_thousand_scenarios() -> None:
    folder = find_instance("england-2026")
    sweep = read_sweep(find_sweep("budget-demand-leavers", folder))
    assert sweep.relaxed
    assert len(sweep.scenarios()) == 1000


def test_a_setting_of_a_list_over_several_lines_has_its_own_line(tmp_path: Path) -> None:
    settings = 'settings = [\n  "leavers*=1.2",  # budget*=\n  "budget*=",\n]'
    with pytest.raises(InputError, match=r"line 23, storyline 1, settings: .*budget.*a value is"):
        read(tmp_path, WHOLE.replace('settings = ["leavers*=1.2", "budget*=0.9"]', settings))
