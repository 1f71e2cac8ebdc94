"""The guide as steps: what is typed into a sheet, which commands are given, and what they print."""

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

# What differs from one run to the next. Nothing else may differ from what the guide shows.
_VARYING = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00"), "TIME"),  # when a plan was signed
    (re.compile(r"\b[0-9a-f]{12}…"), "HASH"),  # of the state that was signed
    (re.compile(r"\b\d+(\.\d+)? s\b"), "SECONDS"),
    (re.compile(r"\b\d+\.\d+ MiB\b"), "SIZE"),
)
_PROGRESS = re.compile(r"^.* · \d+ s$", re.MULTILINE)  # printed where a step takes long
_FRAMES = re.compile("[─-╿]+")  # box drawing, around and between cells
_LEFT_OUT = "…"
_AS_NUMBER = " (format: Number)"  # which a cell that held a date needs
_ANYWHERE = ["cell", "typed"]  # heads a table of cells here and there
_EXIT = re.compile(r"exit code (\d)")


@dataclass
class Commands:
    """A block of commands.

    ``code`` is the exit code of the last; ``shown`` what the guide shows, None if it shows nothing.
    """

    lines: list[str] = field(default_factory=list)
    code: int = 0
    shown: str | None = None


@dataclass(frozen=True)
class Typed:
    """Cells that the reader types: of a whole sheet below its headings, or here and there."""

    sheet: str | None
    rows: Sequence[Sequence[str]]


def steps(text: str) -> Iterator[Commands | Typed]:
    """Yield the steps of a guide in order."""
    sheet, code = None, 0
    current: Commands | None = None
    for i, part in enumerate(re.split(r"^```\n(.*?)^```\n", text, flags=re.DOTALL | re.MULTILINE)):
        if i % 2:  # between fences
            assert current is not None
            current.shown = part
            continue
        for paragraph in filter(None, re.split(r"\n{2,}", part.strip("\n"))):
            if paragraph.startswith("    commission-opt"):
                lines = [line.strip() for line in paragraph.splitlines()]
                current, code = Commands(lines, code), 0
                yield current
            elif paragraph.startswith("| "):
                head, _, *rows = [_cells(line) for line in paragraph.splitlines()]
                yield Typed(None if head == _ANYWHERE else sheet, [head, *rows])
            else:
                named = re.match(r"Sheet `(\w+)`", paragraph)
                sheet = named[1] if named else sheet
                found = _EXIT.findall(paragraph)
                code = int(found[-1]) if found else 0


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def type_into(book: Path, typed: Typed) -> None:
    """Type cells into a workbook, which takes them as a spreadsheet does."""
    opened = openpyxl.load_workbook(book)
    for sheet, reference, text in _places(opened, typed):
        cell = opened[sheet][reference]
        cell.value, code = _taken(text, cell.number_format)
        cell.number_format = code
    opened.save(book)


def _places(opened: openpyxl.Workbook, typed: Typed) -> Iterator[tuple[str, str, str]]:
    """Yield sheet, cell and text of everything that is typed."""
    head, *rows = typed.rows
    if typed.sheet is None:
        for place, text in rows:
            sheet, _, reference = place.partition("!")
            yield sheet, reference, text
        return
    first = 1 if typed.sheet == "instance" else 0  # whose keys stand there already
    stand = [cell.value for cell in opened[typed.sheet][1]]
    assert head == stand[: len(head)], (typed.sheet, head, stand)
    for row, cells in enumerate(rows, start=2):
        for column, text in enumerate(cells[first:], start=first):
            yield typed.sheet, opened[typed.sheet].cell(row, column + 1).coordinate, text


def _taken(text: str, code: str) -> tuple[str | float | datetime.date | None, str]:
    """Return what a cell of a format holds once a text is typed into it, and its format then."""
    text = text.replace("␠", " ")
    if text.endswith(_AS_NUMBER):
        return float(text.removesuffix(_AS_NUMBER)), "0"
    if not text:
        return None, code
    if code == "@" or text.startswith(("'", "=")):
        return text.removeprefix("'"), code
    if re.fullmatch(r"\d\d/\d\d/\d{4}", text):
        return datetime.datetime.strptime(text, "%d/%m/%Y").date(), "dd/mm/yyyy"
    try:
        return float(text), code
    except ValueError:
        return text, code


def difference(shown: str, printed: str) -> str | None:
    """Say what a guide shows that was not printed, or was printed otherwise; None if nothing.

    Three dots stand for anything. How lines are wrapped and tables are framed does not matter.
    """
    left = _words(_PROGRESS.sub("", printed))
    pieces = [_words(piece) for piece in _masked(shown).split(_LEFT_OUT)]
    for i, piece in enumerate(pieces):
        at = left.find(piece) if i else 0
        if at < 0 or not left.startswith(piece, at):
            return f"shown, but not printed:\n{piece}\nprinted (from here on):\n{left}"
        left = left[at + len(piece) :]
    if pieces[-1] and left.strip():
        return f"printed, but not shown:\n{left}"
    return None


def _words(text: str) -> str:
    return " ".join(_FRAMES.sub(" ", _masked(text)).split())


def _masked(text: str) -> str:
    for pattern, name in _VARYING:
        text = pattern.sub(name, text)
    return text
