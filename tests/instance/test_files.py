"""What stands in an instance's folder is read, refused or named; nothing is ignored in silence."""

import os
import stat
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import Tiny
from commission_opt.errors import InputError
from commission_opt.instance import files
from commission_opt.instance.files import check_file_names, read_files
from commission_opt.instance.schema import TABLES
from commission_opt.text.near_names import did_you_mean, likely

Place = Callable[[Path], object]


def said(folder: Path) -> list[str]:
    return [f"{p.severity}: {p}" for p in check_file_names(folder)]


def device(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 5))  # endless zeros
    except PermissionError:
        path.symlink_to("/dev/zero")


@pytest.mark.skipif(os.name == "nt", reason="no pipes and links there")
@pytest.mark.parametrize("name", ["pipeline.csv", "costs.csv", "instance.toml"])
@pytest.mark.parametrize(
    ("place", "what"),
    [
        (Path.mkdir, "a folder"),
        (lambda path: path.symlink_to("nowhere"), "a link to nothing"),
        (os.mkfifo, "a pipe"),
        (device, "a device"),
        (lambda path: path.symlink_to("/dev/zero"), "a device"),
    ],
)
def test_what_is_no_file_is_refused_unopened(
    tmp_path: Path, name: str, place: Place, what: str
) -> None:
    folder = Tiny().write(tmp_path / "tiny")
    (folder / name).unlink()
    place(folder / name)
    with pytest.raises(InputError) as caught:
        read_files(folder)
    assert (
        str(caught.value) == f"{name}: is {what}, not a file; put the file there, or take it away"
    )


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    folder = Tiny().write(tmp_path / "tiny")
    (folder / "costs.csv").rename(tmp_path / "costs")
    (folder / "costs.csv").symlink_to(tmp_path / "costs")
    assert read_files(folder) == read_files(Tiny().write(tmp_path / "again"))


def test_a_file_of_absurd_size_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Tiny().write(tmp_path / "tiny")
    monkeypatch.setattr(files, "_LARGEST", 2**20)
    with (folder / "joiners.csv").open("r+b") as file:
        file.truncate(2**20 + 1)
    with pytest.raises(InputError, match=r"^joiners.csv: cannot be read: it is larger than 1 MiB"):
        read_files(folder)


@pytest.mark.parametrize(
    "name",
    [
        "pipeline.csv.txt", "pipeline.xlsx", "Pipeline.xls", "pipeline.tsv", "pipeline",
        "pipelines.txt", "pipline.ods", "Copy of pipeline.csv.bak", "pipeline (1).xlsx",
        "pipeline - Copy.txt", "pipeline_final.xlsx", "pipeline.csv~", ".pipeline.csv.swp",
        "PIPELINE.CSV.TXT", "pipeline.csv.gz",
    ],
)  # fmt: skip
def test_a_name_that_is_nearly_a_tables_is_warned_of(tmp_path: Path, name: str) -> None:
    tiny = Tiny()
    del tiny.tables["pipeline"]
    folder = tiny.write(tmp_path / "tiny")
    (folder / name).write_text("course,start_year,started\n")
    meant = "if it is meant to be the table, save it as 'pipeline.csv' in the instance's folder"
    assert said(folder) == [f"warning: {name}: this file is not read; {meant}"]
    (folder / "pipeline.csv").write_text("course,start_year,started\n")
    beside = "'pipeline.csv' is, and stands beside it"
    assert said(folder) == [f"warning: {name}: this file is not read; {beside}"]


@pytest.mark.parametrize("name", ["Pipeline.CSV", "comitments.csv", "work force.csv", "cost.csv"])
def test_a_csv_file_of_another_name_is_an_error_that_names_the_likely_table(
    tmp_path: Path, name: str
) -> None:
    folder = Tiny().write(tmp_path / "tiny")
    (folder / name).write_text("course\n")
    [text] = said(folder)
    meant = {"P": "pipeline", "c": "commitments", "w": "workforce"}[name[0]]
    meant = "costs" if name == "cost.csv" else meant
    assert text.startswith(f"error: {name}: no such table; did you mean '{meant}.csv'?")


@pytest.mark.parametrize(
    "name",
    [
        "._workforce.csv", ".DS_Store", "Thumbs.db", "~$workforce.xlsx", ".~lock.demand.csv#",
               "desktop.ini", "README.md", "model.toml", "courses.md", "regions.geojson",
        "datapackage.json",
    ],
)  # fmt: skip
def test_litter_and_documents_do_no_harm(tmp_path: Path, name: str) -> None:
    folder = Tiny().write(tmp_path / "tiny")
    (folder / name).write_bytes(b"\x00\x05\x16\x07")
    assert said(folder) == []


def test_tables_in_a_folder_below_are_warned_of_where_they_are_missing(tmp_path: Path) -> None:
    tiny = Tiny()
    del tiny.tables["commitments"]
    folder = tiny.write(tmp_path / "tiny")
    (folder / "tables").mkdir()
    for name in ("commitments.csv", "costs.csv", "figures.csv"):
        (folder / "tables" / name).write_text("x\n")
    Tiny().write(folder / "another")
    assert said(folder) == [
        "warning: tables/commitments.csv: this file is not read; if it is meant to be the table, "
        "save it as 'commitments.csv' in the instance's folder"
    ]


def test_settings_under_another_name_are_suggested(tmp_path: Path) -> None:
    folder = Tiny().write(tmp_path / "tiny")
    (folder / "instance.toml").rename(folder / "instance.toml.txt")
    with pytest.raises(InputError, match=r"is it 'instance\.toml\.txt'\? Then rename it"):
        read_files(folder)


@given(st.sampled_from(sorted(TABLES)), st.data())
def test_one_slip_in_a_tables_name_is_understood(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name) - 1))
    kind = data.draw(st.sampled_from(["drop", "double", "swap", "case"]))
    slips = {
        "drop": name[:at] + name[at + 1 :],
        "double": name[:at] + name[at] + name[at:],
        "swap": name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
        "case": name[:at] + name[at].upper() + name[at + 1 :],
    }
    if slips[kind] not in TABLES and len(name) > 5:
        assert likely(slips[kind], TABLES, 0.8) == name


@given(st.text(st.characters(categories=["L"]), min_size=2, max_size=12), st.data())
def test_another_unicode_form_is_understood_and_explained(code: str, data: st.DataObject) -> None:
    forms = [unicodedata.normalize(form, code) for form in ("NFC", "NFD", "NFKC", "NFKD")]
    at = data.draw(st.integers(0, len(code)))
    forms.append(code[:at] + data.draw(st.sampled_from("\u200b\u00ad\ufeff")) + code[at:])
    for form in forms:
        if form != code:
            assert likely(form, [code, "something else"]) == code
            assert repr(code) in did_you_mean(form, [code, "something else"])


@pytest.mark.parametrize(
    ("written", "meant", "difference"),
    [
        ("Co\u0302te", "Côte", "o̲"),
        ("St Mary’s", "St Mary's", "U+2019 RIGHT SINGLE QUOTATION MARK where that has U+0027"),
        ("nor\u200bth", "north", "U+200B ZERO WIDTH SPACE where that has nothing"),
        ("a–b", "a-b", "U+2013 EN DASH where that has U+002D HYPHEN-MINUS"),
    ],
)
def test_what_looks_the_same_is_told_apart(written: str, meant: str, difference: str) -> None:
    text = did_you_mean(written, [meant])
    assert text.startswith(f"; did you mean {meant!r}? It looks the same, but has U+")
    if difference != "o̲":
        assert difference in text
