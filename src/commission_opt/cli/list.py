"""``commission-opt list``."""

from __future__ import annotations

import tomllib

from commission_opt.cli.screen import put_out
from commission_opt.files.shipped import find_instance, find_model, instance_names, model_names


def list_() -> None:
    """List the instances, commissioning models and kinds of measures that there are."""
    from commission_opt.activities import KINDS

    put_out("instances")
    for name in instance_names():
        settings = tomllib.loads((find_instance(name) / "instance.toml").read_text("utf-8"))
        put_out(f"  {name:<16} {settings['title']}")
    put_out("models")
    for name in model_names():
        model = tomllib.loads(find_model(name).read_text("utf-8"))
        put_out(f"  {name:<16} {model['title']}")
    put_out("kinds of measures")
    for kind, activity in KINDS.items():
        put_out(f"  {kind:<16} {activity.title}")
