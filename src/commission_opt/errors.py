"""What can be wrong, and how it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Problem:
    """One finding about an input file.

    Parameters
    ----------
    severity : {"error", "warning"}
        An error stops the work, a warning does not.
    file : str
        Name of the file, such as ``courses.csv``.
    row : int or None
        Line of the file, the header being line 1; None where no line applies.
    column : str or None
        Column of a table or key of a TOML file.
    message : str
        What is wrong and what to do about it.
    cell : str or None
        Where it is in a workbook, such as ``courses!H14``; ``file`` is the sheet then.
    doubtful : bool
        Whether it warns of a figure that is valid and yet probably not what was meant.
    """

    severity: Severity
    file: str
    row: int | None
    column: str | None
    message: str
    cell: str | None = None
    doubtful: bool = False

    @classmethod
    def of_file(cls, file: str, message: str) -> Problem:
        """Return an error in a file, or of it, as a whole."""
        return cls("error", file, None, None, message)

    def __str__(self) -> str:
        if self.cell is not None:
            return f"{self.cell}: {self.message}"
        place = self.file
        if self.row is not None:
            place += f" row {self.row}" if self.file.endswith(".csv") else f" line {self.row}"
        if self.column is not None:
            place += f", {self.column}"
        return f"{place}: {self.message}"


class CommissionOptError(Exception):
    """An expected failure, with a message meant for the user.

    Attributes
    ----------
    exit_code : int
        What the command line returns for it.
    """

    exit_code = 1


class InputError(CommissionOptError):
    """The input is not valid; carries every problem that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [p for p in self.problems if p.severity == "error"]
        super().__init__("\n".join(str(p) for p in errors))

    def where(self, place: str) -> InputError:
        """Return the error with a place, such as which of two plans, after every message."""
        return InputError([replace(p, message=f"{p.message} ({place})") for p in self.problems])

    @classmethod
    def of_file(cls, file: str, message: str) -> InputError:
        """Return the error of a file as a whole."""
        return cls([Problem.of_file(file, message)])


class UsageError(CommissionOptError):
    """The command cannot be carried out as it was given."""

    exit_code = 2


class InfeasibleError(CommissionOptError):
    """No allocation satisfies every rule."""

    exit_code = 3


class NoPlanError(CommissionOptError):
    """A limit was reached before any plan was found."""

    exit_code = 4


class CertificateError(CommissionOptError):
    """A plan did not pass its own certificate; nothing was written.

    Parameters
    ----------
    problems : sequence of Problem
        What is wrong with its files.
    """

    exit_code = 5

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class StoppedError(CommissionOptError):
    """Stopped by the user before any plan was found."""

    exit_code = 130
