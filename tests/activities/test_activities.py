"""What an activity must say of itself."""

import numpy as np
import pytest

from commission_opt.activities import ACTIVITIES, KINDS
from handworked import hand

MEASURES = (
    "measure,kind,profession,region,lead_years,fte_per_unit,success_rate,last_amount,max_amount\n"
    + "".join(f"m-{kind},{kind},nurse,north,1,0.9,0.5,0,9\n" for kind in KINDS)
)


@pytest.mark.parametrize("name", ACTIVITIES)
def test_what_an_activity_leads_to_fits_the_instance(name: str) -> None:
    instance, activity = hand(measures=MEASURES), ACTIVITIES[name]
    (flow,) = (flow for flow in (activity.arrivals, activity.relief) if flow is not None)
    found = flow(instance)
    kinds = instance.lines["kind"].to_numpy()[found.line]
    assert set(kinds) == ({name} if name in KINDS else {"course"})
    assert found.stays.shape == (len(found.fte), instance.horizon)
    assert ((found.stays >= 0) & (found.stays <= 1)).all()
    assert (found.stays[:, 0] == 1).all()
    assert (np.diff(found.stays, axis=1) <= 0).all()
    assert {len(values) for values in vars(found).values()} == {len(found.fte)}
