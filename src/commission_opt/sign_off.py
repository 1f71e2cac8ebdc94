"""Who has signed which state of a plan.

``signoff.jsonl`` has a line for each signature, in the roles of HM Treasury's Aqua Book: analyst,
assurer, commissioner. Each line has the hash of the plan at that moment and the hash of the lines
before, so that neither can be changed without notice. It is a record, not a digital signature: it
says what was signed, not that a person is who they say.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from commission_opt.errors import InputError, Problem, UsageError
from commission_opt.stored_plan import MODEL, RECORD, StoredPlan

FILE = "signoff.jsonl"
_LONGEST = 2000  # characters of a name or a note


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
    """

    role: str
    name: str
    note: str
    signed: str
    plan: str
    before: str


def state_of(plan: StoredPlan) -> str:
    """Return one SHA-256 over all files that make up a plan."""
    hashes = plan.record["hashes"]
    names = [
        RECORD, MODEL, *hashes.get("outputs", {}), *(f"instance/{n}" for n in hashes["inputs"])
    ]  # fmt: skip
    digest = hashlib.sha256()
    for name in sorted(names):
        path = plan.folder / name
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{name}\n{hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()


def sign(plan: StoredPlan, role: Role, name: str, note: str) -> Signature:
    """Add a signature to a plan.

    Parameters
    ----------
    plan : StoredPlan
    role : Role
    name, note : str
        Who signs, and what is to be said about it; the note may be empty.

    Returns
    -------
    Signature

    Raises
    ------
    UsageError
        If the name is empty, name or note are too long, or the file cannot be written.
    InputError
        If the record of earlier signatures was changed.
    """
    name, note = name.strip(), note.strip()
    if not name:
        raise UsageError("--name is empty; give the name of the person who signs")
    if max(len(name), len(note)) > _LONGEST:
        raise UsageError(f"--name and --note take {_LONGEST:,} characters at most")
    signatures(plan.folder)
    path = plan.folder / FILE
    before = path.read_bytes() if path.is_file() else b""
    signed = datetime.now(UTC).isoformat(timespec="seconds")
    signature = Signature(role.value, name, note, signed, state_of(plan), _hash(before))
    line = json.dumps(asdict(signature), ensure_ascii=False) + "\n"
    try:
        with path.open("ab") as file:
            file.write(line.encode())
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    return signature


def signatures(folder: Path) -> list[Signature]:
    """Return the signatures of a plan, the first one first.

    Raises
    ------
    InputError
        If a line is no signature, or the lines before it were changed after it was written.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    found: list[Signature] = []
    before = b""
    for number, line in enumerate(path.read_bytes().splitlines(keepends=True), start=1):
        signature = _read(line, number)
        if signature.before != _hash(before):
            raise _wrong(number, "the lines before it were changed after it was signed")
        found.append(signature)
        before += line
    return found


def _read(line: bytes, number: int) -> Signature:
    try:
        signature = Signature(**json.loads(line))
    except (ValueError, TypeError) as error:
        raise _wrong(number, f"is no signature: {error}") from error
    if not all(isinstance(value, str) for value in asdict(signature).values()):
        raise _wrong(number, "is no signature: a value is no text")
    return signature


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _wrong(number: int, message: str) -> InputError:
    return InputError([Problem("error", FILE, number, None, message)])
