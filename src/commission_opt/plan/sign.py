"""Who has signed which state of a plan.

``signoff.jsonl`` has a line for each signature, in the roles of HM Treasury's Aqua Book: analyst,
assurer, commissioner. Each line has its number, the hash of the plan at that moment and the hash
of the lines before; ``signoff.head`` says how many lines there are, so that the last cannot be
removed without notice either. It is a record, not a digital signature: it says what was signed,
not that a person is who they say, and whoever writes all of it again is not noticed.
"""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from io import FileIO
from pathlib import Path

from commission_opt.certificate.proof_arrays import LARGEST
from commission_opt.errors import InputError, Problem, UsageError
from commission_opt.files.beside import clear_litter, locked, new_file
from commission_opt.files.refusal import unwritable
from commission_opt.files.regular import hash_of, read_whole
from commission_opt.files.signals import put_off
from commission_opt.plan.copies import MODEL
from commission_opt.plan.read import RECORD, StoredPlan
from commission_opt.text.counts import plural
from commission_opt.text.plain import escaped
from commission_opt.views.words import joined

FILE, HEAD = "signoff.jsonl", "signoff.head"
_LONGEST = 2000  # characters of a name or a note
_LARGEST = 2**24  # bytes of the record
_KEYS = {"role", "name", "note", "signed", "plan", "before"}


class Role(StrEnum):
    """Roles of the Aqua Book."""

    analyst = "analyst"
    assurer = "assurer"
    commissioner = "commissioner"


@dataclass(frozen=True)
class Signature:
    """One line of the record.

    Parameters
    ----------
    role : str
    name, note : str
    signed : str
        When, UTC, ISO 8601.
    plan : str
        SHA-256 of the plan that was signed.
    before : str
        SHA-256 of the lines before.
    number : int or None
        Which line it is, counted from 1; None where an earlier version signed.
    """

    role: str
    name: str
    note: str
    signed: str
    plan: str
    before: str
    number: int | None = None


@dataclass(frozen=True)
class SignOff:
    """The signatures of a plan, and what is wrong with their record.

    Parameters
    ----------
    signatures : tuple of Signature
        All that can be read, the first one first.
    problems : tuple of Problem
        Lines that are none, were changed or removed; warnings where nothing was lost.
    """

    signatures: tuple[Signature, ...]
    problems: tuple[Problem, ...]

    @property
    def whole(self) -> bool:
        """Whether no line was changed or removed, as far as that can be seen."""
        return all(problem.severity == "warning" for problem in self.problems)

    def several_roles(self) -> list[str]:
        """Name everyone who signed in more than one role, a sentence each."""
        roles: dict[str, dict[str, str]] = {}
        for signature in self.signatures:
            roles.setdefault(_person(signature.name), {})[signature.role] = signature.name
        return [
            f"{escaped(next(iter(mine.values())))} signed as {joined(list(mine))}: nobody else "
            "has looked at the plan in these roles."
            for mine in roles.values()
            if len(mine) > 1
        ]


def state_of(plan: StoredPlan) -> str:
    """Return one SHA-256 over all files that make up a plan."""
    hashes = plan.record["hashes"]
    names = [
        RECORD, MODEL, *hashes.get("outputs", {}), *(f"instance/{n}" for n in hashes["inputs"])
    ]  # fmt: skip
    digest = hashlib.sha256()
    for name in sorted(names):
        path = plan.folder / name
        digest.update(f"{name}\n{_hash_of(path)}\n".encode())
    return digest.hexdigest()


def _hash_of(path: Path) -> str:
    """Return the hash of a file of a plan; that of nothing where there is none to be read."""
    try:
        return hash_of(path, LARGEST)
    except OSError:
        return _hash(b"")


def sign(
    plan: StoredPlan, role: Role, name: str, note: str, *, same_person: bool = False
) -> Signature:
    """Add a signature to a plan; whoever signs at the same moment waits.

    Parameters
    ----------
    plan : StoredPlan
    role : Role
    name, note : str
        Who signs, and what is to be said about it; the note may be empty.
    same_person : bool
        Whether somebody who has signed in another role may sign.

    Raises
    ------
    UsageError
        If the name is empty or does not show itself, name or note are too long, the person has
        signed in another role, or the file cannot be written.
    InputError
        If the record of earlier signatures was changed.
    """
    name, note = name.strip(), note.strip()
    if not _person(name):
        raise UsageError("--name is empty; give the name of the person who signs")
    if escaped(name) != name:
        raise UsageError("--name has characters that do not show; give the name on one line")
    if max(len(name), len(note)) > _LONGEST:
        raise UsageError(f"--name and --note take {_LONGEST:,} characters at most")
    try:
        (name + note).encode()
    except UnicodeEncodeError as error:
        raise UsageError("--name or --note has a character that is none of UTF-8") from error
    with locked(plan.folder):
        for file in (FILE, HEAD):
            clear_litter(plan.folder / file)
        found = sign_off(plan.folder)
        if not found.whole:
            raise InputError(found.problems)
        lines = _lines(_content(plan.folder))
        _check_person(found, role, name, same_person=same_person)
        before = b"".join(lines)
        signed = datetime.now(UTC).isoformat(timespec="seconds")
        signature = Signature(
            role.value, name, note, signed, state_of(plan), _hash(before), len(lines) + 1
        )
        line = json.dumps(asdict(signature), ensure_ascii=False) + "\n"
        _write(plan.folder, before, line.encode(), len(lines) + 1)
    return signature


def _check_person(found: SignOff, role: Role, name: str, *, same_person: bool) -> None:
    others = sorted(
        {s.role for s in found.signatures if _person(s.name) == _person(name) and s.role != role}
    )
    if others and not same_person:
        raise UsageError(
            f"{name} has signed as {joined(others)}, and each role is for another person; give "
            f"--same-person if one person is to sign as {role.value} too, which verify will say"
        )


def sign_off(folder: Path) -> SignOff:
    """Read the signatures of a plan; what is damaged hides nothing else."""
    if not os.path.lexists(folder / FILE):
        begun = _head(folder) in (None, (0, _hash(b"")))
        missing = [] if begun else [_wrong(None, f"is missing, and {HEAD} is there")]
        return SignOff((), tuple(missing))
    try:
        content = _content(folder)
    except OSError as error:
        return SignOff((), (_wrong(None, f"is no record of signatures: {error.strerror}"),))
    found: list[Signature] = []
    problems: list[Problem] = []
    before = b""
    for number, line in enumerate(_lines(content), start=1):
        signature = _read(line)
        if isinstance(signature, str):
            problems.append(_wrong(number, f"is no signature: {signature}"))
        else:
            found.append(signature)
            if signature.before != _hash(before) or signature.number not in (None, number):
                problems.append(_wrong(number, "the lines before it were changed after it"))
        before += line
    if len(before) < len(content):
        message = "its last line was not written to the end; it is left out when the next one signs"
        problems.append(Problem("warning", FILE, None, None, message))
    problems += _held_to_head(folder, found, before)
    return SignOff(tuple(found), tuple(problems))


def _held_to_head(folder: Path, found: list[Signature], content: bytes) -> list[Problem]:
    """Compare the lines with what the head says of them."""
    head, lines = _head(folder), content.splitlines(keepends=True)
    if head is None and any(signature.number is not None for signature in found):
        return [_wrong(None, f"{HEAD}, which says how many signatures there are, is missing")]
    if head is None:
        message = "was begun by an earlier version: that its last lines are all there is not known"
        return [Problem("warning", FILE, None, None, message)] if found else []
    said, digest = head
    if said > len(lines):
        return [
            _wrong(None, f"has {plural(len(lines), 'line')} and had {said}: the last were removed")
        ]
    if digest != _hash(b"".join(lines[:said])):
        return [_wrong(None, f"is not what {HEAD} says: lines were changed")]
    return []


def _head(folder: Path) -> tuple[int, str] | None:
    """Return how many lines there are said to be, and their hash; (0, "") if it is no head."""
    path = folder / HEAD
    if not os.path.lexists(path):
        return None
    try:
        said = json.loads(read_whole(path, _LARGEST)[:_LONGEST])
        count, digest = said["signatures"], said["sha256"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return 0, ""
    return (count, digest) if type(count) is int and type(digest) is str else (0, "")


def _content(folder: Path) -> bytes:
    path = folder / FILE
    return read_whole(path, _LARGEST) if os.path.lexists(path) else b""


def _lines(content: bytes) -> list[bytes]:
    """Return the lines that were written to the end."""
    lines = content.splitlines(keepends=True)
    if lines and not lines[-1].endswith(b"\n"):
        torn = lines.pop()
        if isinstance(_read(torn), Signature):
            lines.append(torn + b"\n")
    return lines


def _read(line: bytes) -> Signature | str:
    """Read a line; if it is no signature, say why."""
    try:
        said = json.loads(line)
        if type(said) is not dict or not _KEYS <= said.keys() <= _KEYS | {"number"}:
            return "it has other keys"
        number = said.pop("number", None)
        if not all(type(value) is str for value in said.values()):
            return "a value is no text"
        if number is not None and type(number) is not int:
            return "its number is none"
        _ = "".join(said.values()).encode()
    except (ValueError, TypeError, RecursionError) as error:
        return str(error)
    return Signature(**said, number=number)


def _write(folder: Path, before: bytes, line: bytes, count: int) -> None:
    """Put record and head beside, then in place, so that a full disk changes neither.

    A run that is killed in between leaves a head that says less than there is, never none: a record
    without its head is one that somebody has taken it from.
    """
    record, about = folder / FILE, folder / HEAD
    try:
        with (
            new_file(about) as (begun, zero),
            new_file(record) as (lines, one),
            new_file(about) as (head, other),
        ):
            contents = _said(count - 1, before), before + line, _said(count, before + line)
            for file, new in zip((zero, one, other), contents, strict=True):
                _write_all(file, new)
                file.close()
            with put_off():
                if not os.path.lexists(about):
                    begun.replace(about)
                lines.replace(record)
                head.replace(about)
    except OSError as error:
        raise UsageError(f"{unwritable(record, error)}; nothing was signed") from error


def _said(count: int, content: bytes) -> bytes:
    return f"{json.dumps({'signatures': count, 'sha256': _hash(content)})}\n".encode()


def _write_all(file: FileIO, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[file.write(left) :]
    os.fsync(file.fileno())


def _person(name: str) -> str:
    """Return what is the same for one person's name however it is written."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in plain if unicodedata.category(c)[0] in "LN")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _wrong(number: int | None, message: str) -> Problem:
    return Problem("error", FILE, number, None, message)
