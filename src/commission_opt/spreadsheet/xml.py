"""XML from anywhere: streamed, without document types, entities or anything from outside."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from commission_opt.spreadsheet.archive import Archive, refuse

Attributes = dict[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], None]

_LONGEST = 2 * 2**20  # bytes of a tag or comment; expat may read it anew with every chunk
_DEEPEST = 200  # elements within each other; workbooks have some ten


class MalformedError(ValueError):
    """A part says what no workbook says; the message is for the user."""


class _DeclaredError(Exception):
    """The part declares a document type, where entities could be declared."""


def parse(archive: Archive, part: str, start: Start, end: End, text: Text) -> None:
    """Hand the elements of a part to functions, names without their namespaces.

    Parameters
    ----------
    archive : Archive
    part : str
        Name of the part.
    start, end, text : callable
        Called with name and attributes, with the name, and with pieces of text.

    Raises
    ------
    InputError
        If the part is no plain XML.
    """
    locals_: dict[str, str] = {}
    depth = 0

    def local(name: str) -> str:
        found = locals_.get(name)
        if found is None:
            found = locals_[name] = name.rpartition(" ")[2]
        return found

    def on_start(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise MalformedError(f"elements lie more than {_DEEPEST} deep")
        start(local(name), attributes)

    def on_end(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(local(name))

    def on_doctype(*_: object) -> None:
        raise _DeclaredError

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = on_doctype
    try:
        _feed(parser, archive, part)
    except _DeclaredError:
        message = (
            f"declares a document type in its part {part}, as no workbook does; it is not read"
        )
        raise refuse(archive.name, message) from None
    except expat.ExpatError as error:
        message = f"is damaged: its part {part} is no XML ({error})"
        raise refuse(archive.name, message) from error
    except MalformedError as error:
        raise refuse(archive.name, f"is damaged: {error} (in its part {part})") from error


def _feed(parser: expat.XMLParserType, archive: Archive, part: str) -> None:
    fed = 0
    for chunk in archive.chunks(part):
        parser.Parse(chunk, False)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > _LONGEST:
            raise MalformedError(f"a tag or comment is longer than {_LONGEST >> 20} MiB")
    parser.Parse(b"", True)
