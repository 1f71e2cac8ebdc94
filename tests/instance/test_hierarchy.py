"""Regions within regions."""

import pandas as pd

from commission_opt.instance.hierarchy import ancestors, check_hierarchy, leaves, parents


def regions(**parent_of: str | None) -> pd.DataFrame:
    frame = pd.DataFrame({"region": list(parent_of), "parent": list(parent_of.values())})
    return frame.set_axis(pd.Index(range(2, 2 + len(frame)), name="row"))


NATION = regions(nation="", north="nation", coast="north", hills="north", isle="")


def test_parents_and_leaves() -> None:
    parent_of = parents(NATION)
    assert parent_of == {
        "nation": "", "north": "nation", "coast": "north", "hills": "north", "isle": "",
    }  # fmt: skip
    assert leaves(parent_of) == ["coast", "hills", "isle"]
    assert list(check_hierarchy(NATION)) == []


def test_ancestors_begin_with_the_region_itself() -> None:
    parent_of = parents(NATION)
    assert ancestors("coast", parent_of) == ["coast", "north", "nation"]
    assert ancestors("isle", parent_of) == ["isle"]
    assert ancestors("", parent_of) == []


def test_an_unknown_parent_counts_as_none() -> None:
    frame = regions(north="nation", south="")
    assert parents(frame) == {"north": "", "south": ""}
    assert [str(p) for p in check_hierarchy(frame)] == [
        "regions.csv row 2, parent: there is no region 'nation'"
    ]


def test_a_circle_is_reported_and_opened() -> None:
    frame = regions(a="c", b="a", c="b", d="a", e="e")
    assert parents(frame) == {"a": "", "b": "", "c": "", "d": "a", "e": ""}
    assert [(p.row, p.column) for p in check_hierarchy(frame)] == [
        (2, "parent"), (3, "parent"), (4, "parent"), (6, "parent"),
    ]  # fmt: skip


def test_codes_that_could_not_be_read_are_left_out() -> None:
    frame = regions(north=None, south="")
    frame.loc[3, "region"] = None
    assert parents(frame) == {"north": ""}
    assert list(check_hierarchy(frame)) == []
