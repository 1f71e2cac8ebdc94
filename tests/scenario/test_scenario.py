import hashlib
import json

import numpy as np
import pytest
from scipy import sparse

from builders import Tiny, rows
from commission_opt.accounts.effects import effects
from commission_opt.arrays import Floats
from commission_opt.instance.instance import Instance
from commission_opt.policy_file import parse_policy
from commission_opt.reading.read import read_contents
from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.fields import FIELDS
from commission_opt.scenario.ground import Ground
from commission_opt.scenario.scenario import Scenario, Setting, settings_by_part, settings_json
from samples import model

MEASURES = (
    "measure,kind,profession,region,lead_years,fte_per_unit,success_rate,leaver_rate,last_amount,"
    "max_amount,min_amount",
    "abroad,recruit,adult,north,1,0.9,0.8,0.2,5,60,10",
    "calls,reshape,adult,north,1,0.9,0.8,,5,60,10",
)

PAIR = ["ratio", "max_share"]


def scenario(*texts: str, name: str = "") -> Scenario:
    axes = [parse_axis(text) for text in texts]
    return Scenario(name, tuple(Setting(axis, axis.values[0]) for axis in axes))


@pytest.fixture(scope="module")
def tiny() -> Instance:
    tiny = Tiny()
    tiny.tables["measures"] = rows(*MEASURES)
    tiny.tables["substitution"] = rows("needed,by,region,ratio,max_share", "adult,child,*,0.8,0.1")
    tiny.tables["eligible"][0]["offer_rate"] = "0.1"
    instance = read_contents(tiny.contents()).instance
    assert instance is not None
    return instance


def test_a_key_tells_what_is_done_and_nothing_else() -> None:
    one = scenario("demand[region=N|A]*=1.1", "budget*=1")
    assert one.key == scenario("demand[region=A|N]*=1.1,1.2", name="other").key
    assert one.key != scenario("demand[region=N|A]*=1.2").key
    assert one.key != scenario("demand[region=N|A]+=1.1").key
    assert one.key != scenario("demand*=1.1").key
    twice = scenario("demand*=1.1", "demand+=1"), scenario("demand+=1", "demand*=1.1")
    assert twice[0].key != twice[1].key


def test_a_key_stays_the_same_for_ever() -> None:
    assert scenario("demand*=1").key == hashlib.sha256(b"[]").hexdigest()
    text = b'[{"field":"demand","filters":{"group":["g"]},"operator":"*=","value":1.1}]'
    assert scenario("demand[group=g]*=1.1").key == hashlib.sha256(text).hexdigest()


def test_the_base() -> None:
    assert Scenario("as given").is_base
    assert scenario("demand*=1", "joiners+=0").is_base
    assert not scenario("demand*=1", "joiners+=1").is_base


def test_the_parts_that_change() -> None:
    some = scenario("budget*=2", "demand*=2", "cost*=1", "max_intake*=2")
    budget, demand, _, intake = some.settings
    assert settings_by_part(some) == {"limits": (budget, intake), "demand": (demand,)}
    assert set(settings_by_part(scenario("model.discount_rate=0.1"))) == {"policy"}
    assert settings_by_part(scenario("demand*=1")) == {}


@pytest.mark.each(3)
@pytest.mark.parametrize("field", FIELDS)
def test_no_other_part_changes(field: str, tiny: Instance) -> None:
    """What is not said to change stays, to the last bit; what is said to change does somewhere."""
    value = "=29" if field in ("commitment_min", "commitment_max", "pay") else "*=0.9"
    one = scenario(f"{field}{value}")
    parts = set(settings_by_part(one))
    changed, _ = Ground(tiny, parse_policy(model().encode())).apply(one.settings)
    old, new = effects(tiny), effects(changed)
    bounds, rates = ["max_amount", "min_amount"], ["stay_rate", "offer_rate"]
    compared = {
        "supply": [
            (old.supply.constant, new.supply.constant),
            (old.supply.matrix, new.supply.matrix),
        ],
        "spend": [(getattr(old.spend, n), getattr(new.spend, n)) for n in ("constant", "matrix")],
        "weeks": [(getattr(old.weeks, n), getattr(new.weeks, n)) for n in ("constant", "matrix")],
        "demand": [
            (old.demand.constant, new.demand.constant),
            (old.demand.matrix, new.demand.matrix),
        ],
        "posts": [(np.nan_to_num(tiny.posts), np.nan_to_num(changed.posts))],
        "limits": [
            (old.spend.upper, new.spend.upper),
            (old.weeks.upper, new.weeks.upper),
            (tiny.lines[bounds].to_numpy(), changed.lines[bounds].to_numpy()),
            (_bounds(tiny), _bounds(changed)),
            (_floors(tiny), _floors(changed)),
            (tiny.eligible["entrants"], changed.eligible["entrants"]),
            (tiny.substitution[PAIR].to_numpy(), changed.substitution[PAIR].to_numpy()),
        ],
        "drawn": [(getattr(old.drawn, n), getattr(new.drawn, n)) for n in ("constant", "matrix")],
        "fed": [(getattr(old.fed, n), getattr(new.fed, n)) for n in ("constant", "matrix")],
        "pools": [(tiny.eligible[rates].to_numpy(), changed.eligible[rates].to_numpy())],
    }
    differing = {part for part, twos in compared.items() if not all(_same(*two) for two in twos)}
    assert differing == parts


def _bounds(instance: Instance) -> Floats:
    columns = ["min_places", "max_places"]
    return instance.commitments[columns].fillna(-1).to_numpy(float)


def _floors(instance: Instance) -> Floats:
    columns = ["min_fte", "min_demand_share", "min_mix_share"]
    return instance.tables["floors"][columns].fillna(-1).to_numpy(float)


def _same(one: object, other: object) -> bool:
    return np.array_equal(_dense(one), _dense(other))


def _dense(array: object) -> Floats:
    return array.toarray() if isinstance(array, sparse.csr_array) else np.asarray(array)


def test_settings_as_json() -> None:
    first = Setting(parse_axis("demand[region=N|A,group=g]*=1,2", "need"), 1.5)
    second = Setting(parse_axis("budget+=0,5"), 0.0)
    assert settings_json([first, second]) == (
        '[{"field":"demand","filters":{"group":["g"],"region":["A","N"]},"operator":"*=",'
        '"value":1.5}]'
    )
    assert json.loads(settings_json([second])) == []


def test_a_setting_in_words() -> None:
    assert str(Setting(parse_axis("demand*=1,2", "need"), 1.5)) == "need × 1.5"
