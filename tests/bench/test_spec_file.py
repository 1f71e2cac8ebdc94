import shutil
from pathlib import Path

import pytest

from commission_opt.bench.spec import Generated
from commission_opt.bench.spec_file import read_spec
from commission_opt.errors import InputError
from commission_opt.files.shipped import find_instance

SPECS = Path(__file__).parents[2] / "benchmarks" / "specs"
HEAD = 'name = "n"\ntitle = "t"\n'


def spec(folder: Path, text: str) -> Path:
    path = folder / "some.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def refusals(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        read_spec(spec(folder, text))
    assert {p.file for p in refused.value.problems} == {"some.toml"}
    return [f"{p.column}: {p.message}" for p in refused.value.problems]


@pytest.mark.parametrize("path", sorted(SPECS.glob("*.toml")), ids=lambda p: p.stem)
def test_committed_specifications_can_be_read(path: Path) -> None:
    found = read_spec(path)
    assert found.name == path.stem
    assert found.cases


def test_lists_are_multiplied_and_keys_are_readable(tmp_path: Path) -> None:
    text = """
[[case]]
instance = "two-by-two"
model = ["annual", "own"]
method = ["fast", "exact"]
options = [{}, { gap = 0.01, highs = { presolve = "off" } }]
seeds = [0, 7]
"""
    keys = [case.key for case in read_spec(spec(tmp_path, text)).cases]
    assert len(keys) == len(set(keys)) == 16
    assert keys[0] == "two-by-two/annual/arrays/highs/fast/seed=0"
    assert keys[-1] == "two-by-two/own/arrays/highs/exact/presolve=off/gap=0.01/seed=7"


def test_defaults_hold_unless_a_case_says_otherwise(tmp_path: Path) -> None:
    text = """
[defaults]
time_limit = 5
repeats = 4
[[case]]
instance = "two-by-two"
[[case]]
instance = "dutch-gp-2009"
repeats = 2
memory_limit_mib = 100
"""
    first, second = read_spec(spec(tmp_path, text)).cases
    assert (first.time_limit, first.kill_after, first.repeats) == (5, 65, 4)
    assert (second.repeats, second.memory_limit_mib) == (2, 100)
    assert first.memory_limit_mib is None


def test_folders_are_relative_to_the_specification(tmp_path: Path) -> None:
    shutil.copytree(find_instance("two-by-two"), tmp_path / "mine")
    (case,) = read_spec(spec(tmp_path, '[[case]]\ninstance = "mine"\nmodel = "own"\n')).cases
    assert case.instance == (tmp_path / "mine").resolve()
    assert case.job(tmp_path / "mine")["model"] == str((tmp_path / "mine/model.toml").resolve())


def test_generated_instances_have_their_own_model(tmp_path: Path) -> None:
    text = "[[case]]\ngenerate = { professions = 3, regions = 2, years = 1, seed = 5 }\n"
    (case,) = read_spec(spec(tmp_path, text)).cases
    assert case.instance == Generated(3, 2, 1, 5)
    assert case.key == "generated-3x2x1-5/own/arrays/highs/auto/seed=0"


def test_methods_make_no_further_runs_of_other_engines(tmp_path: Path) -> None:
    text = '[[case]]\ninstance="two-by-two"\nengine=["arrays","pyomo"]\nmethod=["fast","auto"]\n'
    keys = [case.key for case in read_spec(spec(tmp_path, text)).cases]
    assert [key.split("/")[2] for key in keys] == ["arrays", "arrays", "pyomo"]


CASE = '[[case]]\ninstance = "two-by-two"\n'


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", "case", "write at least one table [[case]]"),
        ("colour = 1\n" + CASE, "colour", "is not a key of a specification; the keys are"),
        (CASE + "colour = 1\n", "case 1, colour", "is not a key of [[case]]; the keys are"),
        ("[defaults]\ninstance = 'x'\n" + CASE, "defaults, instance", "is not a key of"),
        (CASE + "seeds = -1\n", "case 1, seeds", "-1 is not 0 or more"),
        (CASE + "seeds = true\n", "case 1, seeds", "true is not a whole number"),
        (CASE + "model = []\n", "case 1, model", "is empty"),
        (CASE + "model = 'none'\n", "case 1, model", "there is no such commissioning model"),
        (CASE + "engine = 'cplex'\n", "case 1, engine", "is not one of arrays, pyomo, peer:NAME"),
        (CASE + "engine = 'peer:x'\n", "case 1, engine", "needs ../peers/driver.py"),
        (CASE + "method = 'slow'\n", "case 1, method", "is not one of auto, fast, exact"),
        (CASE + "engine = 'pyomo'\nmethod = 'fast'\n", "case 1, method", "goes with engine 'array"),
        (CASE + "solver = 'cbc'\n", "case 1, solver", "goes with engine 'pyomo'"),
        (CASE + "engine = 'pyomo'\nsolver = './cbc'\n", "case 1, solver", "not the name of a"),
        (CASE + "engine = 'pyomo'\nsolver = '~x'\n", "case 1, solver", "not the name of a"),
        (CASE + "time_limit = 0\n", "case 1, time_limit", "0 is not a number above 0"),
        (CASE + "time_limit = 'x'\n", "case 1, time_limit", "'x' is not a number"),
        (CASE + "repeats = 1.5\n", "case 1, repeats", "1.5 is not a whole number"),
        (CASE + "options = 3\n", "case 1, options", "is not a table such as"),
        (CASE + "options = { gap = 2 }\n", "case 1, options, gap", "is not between 0 and 1"),
        (CASE + "options = { highs = 1 }\n", "case 1, options, highs", "is not a table of options"),
        (CASE + "options = { node = 1 }\n", "case 1, options, node", "is not a key of options"),
        (CASE + CASE, "case", "2 cells have the key two-by-two/annual/arrays/highs/auto/seed=0"),
        ("[[case]]\nmodel = 'annual'\n", "case 1, instance", "give either instance or generate"),
        ("[[case]]\ninstance = 'nowhere'\n", "case 1, instance", "there is no such instance"),
        ("[[case]]\ngenerate = 1\n", "case 1, generate", "is not a table"),
        (
            "[[case]]\ngenerate = { professions = 1, regions = 0 }\n",
            "case 1, generate, regions", "0 is not 1 or more",
        ),
        ("[[case]]\ninstance='england-2026'\nmodel='own'\n", "case 1, model", "has no model.toml"),
    ],
)  # fmt: skip
def test_mistakes_are_named(text: str, column: str, message: str, tmp_path: Path) -> None:
    found = refusals(tmp_path, text)
    assert any(line.startswith(f"{column}: ") and message in line for line in found), found


def test_mistakes_are_named_with_their_line(tmp_path: Path) -> None:
    text = f"""[defaults]
model = [
  "annual",  # "none"
  "none",
]
{CASE}
seeds = -1
[[case]]
instance = "dutch-gp-2009"

options = {{ gap = 2 }}
repeats = 0
[[case]]
"""
    with pytest.raises(InputError) as refused:
        read_spec(spec(tmp_path, text))
    assert [(p.row, p.column) for p in refused.value.problems] == [
        (6, "case 1, model"),
        (6, "case 2, model"),
        (6, "case 3, model"),
        (11, "case 1, seeds"),
        (15, "case 2, options, gap"),
        (16, "case 2, repeats"),
        (17, "case 3, instance"),
    ]


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    assert len(refusals(tmp_path, CASE + "seeds = -1\nmethod = 'slow'\nrepeats = 0\n")) == 3


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_spec(tmp_path / "nowhere.toml")
    (tmp_path / "bad.toml").write_text("= 1")
    with pytest.raises(InputError, match="is not valid TOML"):
        read_spec(tmp_path / "bad.toml")
