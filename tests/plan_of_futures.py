"""Plans for several futures of small instances, from the tables of an uncertainty file."""

import hashlib
import json
import shutil
from pathlib import Path

from commission_opt.allocation.allocate import Allocation
from commission_opt.errors import CommissionOptError
from commission_opt.instance.instance import Instance
from commission_opt.plan.read import read_plan
from commission_opt.plan.uncertain import WeighedRecord, solve_in_futures
from commission_opt.plan.verify import verify
from commission_opt.plan.write import write_plan
from commission_opt.solvers.status import Limits, Watch
from futures_made import made, scenario
from samples import policy

THREE = (
    scenario("as expected", 0.5),
    scenario("many leave", 0.3, "leavers*=1.3", "join_rate*=0.97"),
    scenario("more demand", 0.2, "demand*=1.08"),
)


RISKS = {
    "expected": "",
    "cvar": 'risk = "cvar"\nalpha = 0.8\nweight = 0.6\n',
    "worst": 'risk = "worst"\n',
    "regret": 'risk = "regret"\n',
}


def weighing(text: str, risk: str) -> str:
    """A model that weighs futures by a risk."""
    return f'{text}\n[uncertainty]\nfile = "test"\n{RISKS[risk]}'


def solved(
    instance: Instance, text: str, *tables: str, draws: int = 16
) -> tuple[Allocation, WeighedRecord]:
    """A plan for the futures of an uncertainty file with these tables."""
    found = made(instance, *(tables or THREE), draws=draws)
    return solve_in_futures(instance, policy(text), found, Limits(seconds=20), Watch())


def written(folder: Path, instance: Instance, text: str, *tables: str, draws: int = 16) -> Path:
    """The folder of such a plan."""
    plan, record = solved(instance, text, *tables, draws=draws)
    write_plan(plan, folder, uncertain=record)
    return folder


def refused(folder: Path) -> bool:
    """Whether a plan is not believed, in words and without a traceback."""
    try:
        return not verify(read_plan(folder)).holds
    except CommissionOptError:
        return True


def copy(honest: Path, tmp_path: Path) -> Path:
    """A plan to change."""
    return Path(shutil.copytree(honest, tmp_path / "plan"))


def rehash(folder: Path, name: str) -> None:
    """Write the hash of a changed table into the record, as a forger would."""
    record = json.loads((folder / "plan.json").read_text("utf-8"))
    record["hashes"]["outputs"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    (folder / "plan.json").write_text(json.dumps(record), encoding="utf-8")
