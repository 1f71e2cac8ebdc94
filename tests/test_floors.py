"""Rooms stand on floors, as CONTRIBUTING.md lays them out, and import downwards only."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "commission_opt"
SOURCE = ROOT / "src" / PACKAGE


def floors(text: str) -> dict[str, int]:
    """Return the floor of each room by the table of a text."""
    return {
        room: int(floor)
        for floor, rooms in re.findall(r"^\| (\d+) \| ([^|]*) \|", text, re.MULTILINE)
        for room in re.findall(r"`(\w+)(?:/|\.py)`", rooms)
    }


def module_of(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in SOURCE.rglob("*.py")}
ROOMS = {module: path for module, path in MODULES.items() if module != PACKAGE}  # imports lazily
FLOORS = floors((ROOT / "CONTRIBUTING.md").read_text())


@cache
def imports(path: Path) -> frozenset[str]:
    """Return the modules of the package that a file imports, wherever in the file."""
    return frozenset(_imports(path))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                name = whole if whole in MODULES else node.module or ""
                if name in ROOMS:
                    yield name
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in ROOMS)


def room_of(module: str) -> str:
    return module.split(".")[1]


def upward(module: str, imported: str) -> bool:
    here, there = room_of(module), room_of(imported)
    return here != there and FLOORS[there] >= FLOORS[here]


def test_every_room_has_a_floor() -> None:
    rooms = {room_of(module) for module in ROOMS}
    assert rooms == set(FLOORS)


def test_no_room_imports_from_its_own_floor_or_a_higher_one() -> None:
    arrows = [
        f"{module} imports {name}"
        for module, path in ROOMS.items()
        for name in imports(path)
        if upward(module, name)
    ]
    assert not arrows


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {module: imports(path) for module, path in ROOMS.items()}
    tuple(TopologicalSorter(graph).static_order())  # a circle is a CycleError


def test_an_arrow_upwards_is_seen() -> None:
    assert upward("commission_opt.instance.schema", "commission_opt.cli.solve")
    assert upward("commission_opt.sweep.run", "commission_opt.explain.answer")
    assert not upward("commission_opt.cli.solve", "commission_opt.instance.schema")
