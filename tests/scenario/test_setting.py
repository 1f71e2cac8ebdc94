import json

from commission_opt.scenario.axis import parse_axis
from commission_opt.scenario.setting import Setting, settings_json


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
