"""``commission-opt list``."""

from __future__ import annotations

import tomllib

from commission_opt.shipped import find_instance, find_model, instance_names, model_names


def run_list() -> None:
    """Print the shipped instances and models, one a line, with their titles."""
    print("instances")
    for name in instance_names():
        settings = tomllib.loads((find_instance(name) / "instance.toml").read_text("utf-8"))
        print(f"  {name:<16} {settings['title']}")
    print("models")
    for name in model_names():
        model = tomllib.loads(find_model(name).read_text("utf-8"))
        print(f"  {name:<16} {model['title']}")
