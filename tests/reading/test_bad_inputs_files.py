"""Files that cannot be read, tables that are not there, headers, and ``instance.toml``."""

from pathlib import Path

import pytest

from builders import Edit, Tiny, put, replace, without
from command_line import Run
from refusals import case, check_refused
from some import some


def lines(table: str, *, line: int, becomes: str) -> Edit:
    """Write another text on one line of a table."""

    def change(text: str) -> str:
        every = text.splitlines()
        every[line - 1] = becomes
        return "\n".join([*every, ""])

    return lambda tiny: tiny.rewrite(f"{table}.csv", change)


def content(file: str, data: bytes) -> Edit:
    return lambda tiny: tiny.rewrite(file, lambda _: data)


def encoded(file: str, encoding: str) -> Edit:
    return lambda tiny: tiny.rewrite(file, lambda text: text.encode(encoding))


def drop_column(table: str, column: str) -> Edit:
    return lambda tiny: tiny.drop_column(table, column)


def accent(tiny: Tiny) -> None:
    tiny.cell("regions", 4, "title", "Sud-Éire")
    tiny.rewrite("regions.csv", lambda text: text.encode("latin-1"))


def accent_behind_a_mark(tiny: Tiny) -> None:
    tiny.rewrite("regions.csv", lambda text: b"\xef\xbb\xbf" + text.encode() + b"\xc9,East,,,\n")


QUOTATION = "look for a quotation mark without its pair"
NOT_UTF8 = "is not UTF-8; save the file as “CSV UTF-8”"
SAVE = "save it as “CSV UTF-8 (comma delimited)”"
SETTINGS = "name, title, first_year, horizon, price_base, description"

FILES = [
    case("latin-1", accent, f"regions.csv row 4: {NOT_UTF8}"),
    case("latin-1 behind a byte order mark", accent_behind_a_mark,
        f"regions.csv row 6: {NOT_UTF8}"),
    case("utf-16", encoded("costs.csv", "utf-16"), f"costs.csv row 1: {NOT_UTF8}"),
    case("quotation mark never closed", lines("joiners", line=3, becomes='adult,north,2027,"5.5'),
        f"joiners.csv row 3: cannot be read as CSV (unexpected end of data); {QUOTATION}"),
    case("text behind a quotation mark", lines("joiners", line=3, becomes='"adult"s,north,2027,5'),
        "joiners.csv row 3: cannot be read as CSV (',' expected after '\"'); " + QUOTATION),
    case("short row", lines("joiners", line=3, becomes="adult,north,2027"),
        "joiners.csv row 3: has 3 cells where the header has 4"),
    case("long row", lines("joiners", line=3, becomes="adult,north,2027,1,250"),
        "joiners.csv row 3: has 5 cells where the header has 4; a cell with a comma in it must "
        "stand in quotation marks"),
    case("row behind blank lines", lines("joiners", line=3, becomes="\n\nadult,north,2027"),
        "joiners.csv row 5: has 3 cells where the header has 4"),
    case("row behind a cell of two lines", lines("regions", line=4,
        becomes='south,"South\nand west",land,,\ncoast,Coast,,'),
        "regions.csv row 6: has 4 cells where the header has 5"),
    case("empty file", content("joiners.csv", b""),
        "joiners.csv row 1: is empty; a header row is needed"),
    case("blank file", content("joiners.csv", b"\xef\xbb\xbf\r\n,,\r\n"),
        "joiners.csv row 1: is empty; a header row is needed"),
]  # fmt: skip

HEADERS = [
    case("unknown column", replace("joiners.csv", ",fte\n", ",fte,ftes\n"),
        "joiners.csv row 1, ftes: is not a column of this table; columns of your own start with "
        "“note”",
        *(f"joiners.csv row {line}: has 4 cells where the header has 5" for line in (2, 3, 4))),
    case("column twice", replace("regions.csv", ",weight", ",population"),
        "regions.csv row 1, population: the column is there twice"),
    case("note twice", lambda tiny: tiny.rewrite("costs.csv", lambda text: "".join(
        line + (",note,note\n" if "fund," in line else ",,\n") for line in text.splitlines())),
        "costs.csv row 1, note: the column is there twice"),
    case("missing column", drop_column("workforce", "leaver_rate"),
        "workforce.csv row 1, leaver_rate: the column is missing; it holds the share of FTE that "
        "leaves in a year"),
    case("capitals", replace("destinations.csv", "share", "Share"),
        "destinations.csv row 1, Share: column names are in lower case; write 'share'",
        "destinations.csv row 1, share: the column is missing; it holds the share of the joiners"),
    case("space in a header", replace("regions.csv", "population", " population"),
        "regions.csv row 1, population: has a space around its name; write 'population'"),
    case("no name", replace("regions.csv", "population", ""),
        "regions.csv row 1: column 4 has cells but no name"),
    case("header behind blank lines", replace("regions.csv", "region,title,parent,population",
        "\n\nregion,title,parent,people"),
        "regions.csv row 3, people: is not a column of this table; columns of your own start "
        "with “note”"),
    case("semicolons", lambda tiny: tiny.rewrite("pipeline.csv", lambda t: t.replace(",", ";")),
        f"pipeline.csv row 1: its columns are separated by semicolons; {SAVE}"),
    case("tabs", lambda tiny: tiny.rewrite("courses.csv", lambda t: t.replace(",", "\t")),
        f"courses.csv row 1: its columns are separated by tabs; {SAVE}"),
    case("semicolons and decimal commas", lambda tiny: tiny.rewrite(
        "courses.csv", lambda t: t.replace(",", ";").replace(".", ",")),
        "courses.csv row 1: its columns are separated by semicolons and its numbers have decimal "
        f"commas; {SAVE} and with decimal points (in Excel: Options, Advanced, system separators)"),
    case("semicolons below a title", lambda tiny: tiny.rewrite(
        "regions.csv", lambda t: "sep=;\n" + t.replace(",", ";")),
        "regions.csv row 2: its columns are separated by semicolons, and its headings are in row "
        f"2, not in row 1; {SAVE}, without the rows above the headings"),
    case("a title", lambda tiny: tiny.rewrite("workforce.csv", lambda t: "Staff, by post,,\n" + t),
        "workforce.csv row 1: the headings are in row 2; delete what stands above them"),
    case("a title of two lines", lambda tiny: tiny.rewrite(
        "demand.csv", lambda t: "Demand\n\nprovisional\n" + t),
        "demand.csv row 1: the headings are in row 4; delete what stands above them"),
    case("no headings", lambda tiny: tiny.rewrite(
        "pipeline.csv", lambda t: t.split("\n", 1)[1]),
        "pipeline.csv row 1: holds none of the headings of this table: course, start_year, "
        "started"),
    case("quoted decimal commas", lambda tiny: tiny.rewrite(
        "courses.csv", lambda t: t.replace("0.9,", '"0,9",')),
        "courses.csv row 2, join_rate: 6 numbers of this table have thousands separators or "
        "decimal commas, such as '0,9' (columns: fill_rate, completion_rate, join_rate); write "
        "digits and a point"),
    case("decimal commas as they are", lambda tiny: tiny.rewrite(
        "workforce.csv", lambda t: t.replace(".", ",")),
        "workforce.csv row 2: 9 of 9 rows have more cells than there are headings, 6; numbers "
        "with decimal commas do that: write decimal points. A cell with a comma in it must stand "
        "in quotation marks"),
    case("a workbook as a CSV file", content("costs.csv", b"PK\x03\x04\x14\x00"),
        "costs.csv: is an Excel workbook or a zip file under the name of a CSV file; open it and "
        f"{SAVE}"),
]  # fmt: skip

TABLES = [
    case(f"no {table}", without(table), f"{table}.csv: is missing; it holds: {what}")
    for table, what in [
        ("professions", "A kind of staff that is trained."),
        ("regions", "A place where staff work and courses run."),
        ("workforce", "Staff in post at the start of the first year, by profession and leaf "
         "region."),
        ("demand", "FTE needed, by profession, leaf region and year."),
        ("courses", "A line that can be commissioned: a profession taught in a region."),
        ("costs", "What a student on course costs a fund in a study year."),
        ("budgets", "Most that a fund may spend in a region and year; every row is a limit of "
         "its own."),
        ("assumptions", "What the figures rest on."),
    ]
] + [
    case(f"no rows in {table}", lambda tiny, t=table: tiny.rewrite(  # type: ignore[misc]
        f"{t}.csv", lambda text: text.splitlines()[0] + "\n"), f"{table}.csv: has no rows")
    for table in ("professions", "regions", "workforce", "demand", "courses")
]  # fmt: skip


def setting(key: str, value: object, message: str) -> object:
    return case(f"{key} {value!r}", put(key, value), f"instance.toml, {key}: {message}")


WORDS = [
    setting("name", None, "is missing; it holds the short name, used in file names"),
    setting("title", None, "is missing; it holds the name in full"),
    setting("first_year", None, "is missing; it holds the first financial year of the plan"),
    setting("horizon", None, "is missing; it holds the years that the plan looks ahead"),
    setting("price_base", None, "is missing; it holds the price base of all money"),
    setting("description", None, "is missing; it holds the description of the instance"),
    setting("first_year", "2026", "'2026' is not a whole number"),
    setting("first_year", 2026.5, "2026.5 is not a whole number"),
    setting("first_year", True, "True is not a whole number"),
    setting("first_year", 26, "26 is not between 1900 and 2300"),
    setting("horizon", 0, "0 is not between 1 and 100 years"),
    setting("horizon", 101, "101 is not between 1 and 100 years"),
    setting("horizon", "15 years", "'15 years' is not a whole number"),
    setting("title", 2026, "2026 is not text"),
    setting("name", "two words", "'two words' must be made of letters, digits, “-”, “_” and “.”"),
    setting("name", "../tiny", "'../tiny' must be made of letters, digits, “-”, “_” and “.”"),
    setting("name", "", "'' must be made of letters, digits, “-”, “_” and “.”"),
    setting("years", 15, f"is not a key of instance.toml; the keys are {SETTINGS}"),
    setting("sources", "a website", "must be a table, [sources]"),
    case("no TOML", replace("instance.toml", "horizon = 6", "horizon = six"),
        "instance.toml: is not valid TOML: Invalid value (at line 4, column 11)"),
    case("key twice", replace("instance.toml", "horizon = 6", "horizon = 6\nhorizon = 7"),
        "instance.toml: is not valid TOML: Cannot overwrite a value (at line 5, column 12)"),
    case("toml in utf-16", encoded("instance.toml", "utf-16"),
        "instance.toml row 1: is not UTF-8; save the file in UTF-8"),
]  # fmt: skip


@pytest.mark.each(3)
@pytest.mark.parametrize(("edit", "errors"), some([*FILES, *HEADERS, *TABLES, *WORDS], 3))
def test_a_bad_file_is_refused(
    run: Run, tmp_path: Path, edit: Edit, errors: tuple[str, ...]
) -> None:
    check_refused(run, tmp_path, edit, errors)
