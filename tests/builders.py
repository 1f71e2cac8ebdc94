"""A tiny valid instance, written as files, that a test can spoil in one place.

Three professions in two groups, three leaf regions of which two lie in a fourth, every optional
table, and nothing to warn of. Lines are lines of the file: the header is line 1.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from commission_opt.instance.instance import Instance
from commission_opt.reading.read import read_contents

Row = dict[str, str]

FIRST_YEAR, HORIZON = 2026, 6
YEARS = range(FIRST_YEAR, FIRST_YEAR + HORIZON)
PROFESSIONS, LEAVES = ("adult", "child", "gp"), ("north", "south", "coast")


def rows(columns: str, *lines: str) -> list[Row]:
    """Rows written the way they stand in a file."""
    names = columns.split(",")
    return [dict(zip(names, line.split(","), strict=True)) for line in lines]


def _settings() -> dict[str, object]:
    return {
        "name": "tiny",
        "title": "A tiny instance",
        "first_year": FIRST_YEAR,
        "horizon": HORIZON,
        "price_base": "2025/26 prices",
        "description": "For tests.",
    }


def _tables() -> dict[str, list[Row]]:
    pairs = [(p, q) for p in PROFESSIONS for q in LEAVES]
    fte = {"adult": 300, "child": 100, "gp": 80}
    workforce = [f"{p},{q},{fte[p]},0.08,0.1,2" for p, q in pairs]
    demand = [f"{p},{q},{y},{fte[p] + 5 * (y - FIRST_YEAR)}" for p, q in pairs for y in YEARS]
    return {
        "professions": rows(
            "profession,title,group,weight",
            "adult,Adult nursing,nursing,1",
            "child,Children's nursing,nursing,",
            "gp,General practice,medical,1.5",
        ),
        "regions": rows(
            "region,title,parent,population,weight",
            "land,Mainland,,,",
            "north,North,land,500000,1",
            "south,South,land,400000,",
            "coast,Coast,,100000,2",
        ),
        "workforce": rows(
            "profession,region,fte,leaver_rate,early_leaver_rate,early_years", *workforce
        ),
        "demand": rows("profession,region,year,fte", *demand),
        "posts": rows(
            "profession,region,year,posts",
            "adult,north,*,900",
            "adult,north,2027,950",
            "gp,coast,,400",
            "gp,south,2026,410.5",
        ),
        "courses": rows(
            "course,profession,region,provider,title,duration_years,last_intake,max_intake,"
            "min_cohort,cohort_step,fill_rate,completion_rate,join_rate,fte_per_joiner",
            "adult-north,adult,north,uni-a,Adult nursing,3,40,60,10,5,0.95,0.85,0.9,0.9",
            "adult-coast,adult,coast,uni-b,Adult nursing,3,20,30,10,,0.95,0.85,0.9,0.9",
            "child-south,child,south,uni-a,Children's nursing,3,15,25,,,1,0.9,0.9,0.85",
            "gp-south,gp,south,,GP training,2,10,20,,,0.9,0.95,0.9,0.8",
        ),
        "measures": rows(
            "measure,kind,profession,region,title,lead_years,fte_per_unit,success_rate,leaver_rate,"
            "lasts_years,paid_years,last_amount,max_amount,min_amount,step",
            "abroad,recruit,adult,north,Nurses from abroad,1,0.9,0.8,0.2,,2,0,0,0,5",
            "return,recruit,child,south,Return to practice,0,0.7,,,,,0,0,,",
        ),
        "pathways": rows(
            "pool,course,role,share,lag_years",
            "school,gp-south,feeds,0.1,1",
            "school,adult-north,draws,0.5,",
        ),
        "eligible": rows(
            "pool,region,year,entrants,stay_rate,offer_rate",
            "school,land,*,400,0.5,",
            "school,land,2027,350,,",
        ),
        "substitution": rows(
            "needed,by,region,ratio,max_share", "adult,child,*,0.5,0", "adult,child,land,0.4,0"
        ),
        "costs": rows(
            "course,profession,study_year,fund,cost",
            "*,nursing,*,tuition,9000",
            ",adult,1,tuition,9500",
            "gp-south,gp,*,tuition,40000",
            "*,*,*,placement,2000",
        ),
        "budgets": rows(
            "fund,region,year,amount",
            *(f"tuition,*,{y},9000000" for y in YEARS),
            *(f"placement,*,{y},900000" for y in YEARS),
            "tuition,land,2026,8000000",
            "tuition,coast,2027,4000000",
        ),
        "pay": rows(
            "fund,profession,region,year,pay", "tuition,*,*,*,0", "tuition,nursing,land,2027,0"
        ),
        "placements": rows(
            "pool,region,year,capacity",
            "ward,north,*,6000",
            "ward,north,2027,5500",
            "ward,coast,,4000",
            "ward,south,*,3000",
        ),
        "placement_use": rows(
            "course,profession,study_year,pool,weeks",
            "*,nursing,*,ward,20",
            "adult-north,,2,ward,25",
        ),
        "destinations": rows(
            "profession,from_region,to_region,share",
            "*,north,north,0.8",
            "*,north,south,0.1",
            "nursing,south,south,0.7",
            "nursing,south,coast,0.2",
            "adult,coast,coast,1",
        ),
        "pipeline": rows(
            "course,start_year,started",
            "adult-north,2024,35",
            "adult-north,2025,38",
            "adult-coast,2025,19",
            "child-south,2025,15",
            "gp-south,2025,9",
            "adult-north,2023,0",
            "adult-coast,2023,0",
            "adult-coast,2024,0",
            "child-south,2023,0",
            "child-south,2024,0",
            "gp-south,2024,0",
        ),
        "joiners": rows(
            "profession,region,year,fte",
            "adult,north,2026,6",
            "adult,north,2027,5.5",
            "gp,coast,2026,-2",
        ),
        "commitments": rows(
            "commitment,profession,group,region,provider,course,first_year,last_year,"
            "min_places,max_places,owner,reason,measure",
            "keep-nursing,,nursing,land,*,*,2026,2028,40,,The board,Workforce plan,",
            "cap-coast,*,,coast,uni-b,,2026,2026,,30,The dean,Few rooms,",
        ),
        "floors": rows(
            "floor,profession,region,year,min_fte,min_demand_share,min_mix_share,of",
            "cover,nursing,land,*,,0.8,,",
            "gps,gp,coast,2028,60,,,",
            "mix,adult,*,,,,1.5,child",
        ),
        "assumptions": rows(
            "assumption,table,column,value,source,owner,quality,impact",
            "attrition,courses,completion_rate,0.85,Past cohorts,Analyst,amber,red",
            "turnover,workforce,leaver_rate,0.08,Payroll,,red,green",
        ),
    }


@dataclass
class Tiny:
    """The tiny instance in memory; change it, then write it."""

    settings: dict[str, object] = field(default_factory=_settings)
    tables: dict[str, list[Row]] = field(default_factory=_tables)
    rewrites: dict[str, Callable[[str], str | bytes]] = field(default_factory=dict)

    def cell(self, table: str, line: int, column: str, value: str) -> None:
        assert column in self.tables[table][0]
        self.tables[table][line - 2][column] = value

    def add(self, table: str, *lines: str) -> None:
        """Append lines, with a cell for every column of the table."""
        self.tables[table] += rows(",".join(self.tables[table][0]), *lines)

    def drop(self, table: str, line: int) -> None:
        del self.tables[table][line - 2]

    def drop_column(self, table: str, column: str) -> None:
        for row in self.tables[table]:
            del row[column]

    def rewrite(self, file: str, change: Callable[[str], str | bytes]) -> None:
        """Change the text of a file just before it is written."""
        self.rewrites[file] = change

    def text(self, file: str) -> str:
        if file == "instance.toml":
            return "".join(f"{key} = {json.dumps(v)}\n" for key, v in self.settings.items())
        table = self.tables[file.removesuffix(".csv")]
        return "".join(f"{line}\n" for line in [",".join(table[0]), *map(_line, table)])

    def write(self, folder: Path) -> Path:
        """Write the instance into a folder, made if need be, and return the folder."""
        folder.mkdir(exist_ok=True)
        for file, content in self.contents().items():
            (folder / file).write_bytes(content)
        return folder

    def contents(self) -> dict[str, bytes]:
        """The files by name, as they would be written."""
        files = {}
        for file in ("instance.toml", *(f"{name}.csv" for name in self.tables)):
            content = self.rewrites.get(file, str)(self.text(file))
            files[file] = content if isinstance(content, bytes) else content.encode()
        return files


def _line(row: Row) -> str:
    return ",".join(_quoted(row.values()))


def _quoted(cells: Iterable[str]) -> Iterable[str]:
    return (f'"{cell}"' if "," in cell or "\n" in cell else cell for cell in cells)


def line_of_demand(profession: str, region: str, year: int) -> int:
    """Line of ``demand.csv`` on which a year of a profession in a region stands."""
    before = PROFESSIONS.index(profession) * len(LEAVES) + LEAVES.index(region)
    return 2 + before * HORIZON + (year - FIRST_YEAR)


Edit = Callable[[Tiny], object]


def cell(table: str, line: int, column: str, value: str) -> Edit:
    """Write another value into one cell."""
    return lambda tiny: tiny.cell(table, line, column, value)


def add(table: str, *lines: str) -> Edit:
    """Append lines to a table."""
    return lambda tiny: tiny.add(table, *lines)


def drop(table: str, *lines: int) -> Edit:
    """Take lines out of a table."""

    def edit(tiny: Tiny) -> None:
        for line in sorted(lines, reverse=True):
            tiny.drop(table, line)

    return edit


def without(table: str) -> Edit:
    """Leave out a whole table."""
    return lambda tiny: tiny.tables.pop(table)


def put(key: str, value: object) -> Edit:
    """Change a key of ``instance.toml``; None takes it out."""

    def edit(tiny: Tiny) -> None:
        tiny.settings[key] = value
        if value is None:
            del tiny.settings[key]

    return edit


def replace(file: str, old: str, new: str) -> Edit:
    """Replace a piece of a file's text that is there exactly once."""

    def change(text: str) -> str:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        return text.replace(old, new)

    return lambda tiny: tiny.rewrite(file, change)


def all_of(*edits: Edit) -> Edit:
    """Make several changes."""
    return lambda tiny: [edit(tiny) for edit in edits]


def tiny_instance(*edits: Edit) -> Instance:
    """The tiny instance, edited, as it is read."""
    tiny = Tiny()
    all_of(*edits)(tiny)
    reading = read_contents(tiny.contents())
    assert reading.instance is not None, "\n".join(map(str, reading.problems))
    return reading.instance
