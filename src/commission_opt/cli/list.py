"""``commission-opt list``."""

from __future__ import annotations

import tomllib

from commission_opt.cli.screen import put_out
from commission_opt.files.shipped import find_instance, find_model, instance_names, model_names


def list_() -> None:
    """List the instances and commissioning models that come with the program."""
    put_out("instances")
    for name in instance_names():
        settings = tomllib.loads((find_instance(name) / "instance.toml").read_text("utf-8"))
        put_out(f"  {name:<16} {settings['title']}")
    put_out("models")
    for name in model_names():
        model = tomllib.loads(find_model(name).read_text("utf-8"))
        put_out(f"  {name:<16} {model['title']}")
