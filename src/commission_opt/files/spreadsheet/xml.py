"""XML from anywhere, looked at before it is parsed: no document types, nothing without measure."""

from __future__ import annotations

from xml.parsers import expat

MOST_HELD = 500_000  # elements and attributes at once; openpyxl takes some 2 KB for one
MOST_FORGOTTEN = 2**20  # elements that are emptied as they end: the rows that a sheet can have
_LONGEST = 2 * 2**20  # bytes of a tag, comment or text; expat may read it anew with every chunk


def check_xml(content: bytes, part: str, forgotten: str | None) -> None:
    """See that parsing a part can do no harm.

    Parameters
    ----------
    content : bytes
    part : str
        Its name, for messages.
    forgotten : str or None
        Elements, as namespace and name, that whoever parses it empties as they end.

    Raises
    ------
    ValueError
        If it is no XML, declares a document type (where entities could be declared), or would
        take more memory than the part of a workbook does.
    """
    began: list[int] = []  # what was held before each element that has not ended
    held = n_forgotten = last_end = 0

    def on_start(name: str, attributes: list[str]) -> None:
        nonlocal held
        if forgotten and not began and name.partition(" ")[0] != forgotten.partition(" ")[0]:
            raise _damaged(part, "it is not of the kind that it should be")
        began.append(held)
        held += 1 + len(attributes) // 2
        if held > MOST_HELD:
            raise _damaged(part, f"more than {MOST_HELD:,} elements hang together")

    def on_end(name: str) -> None:
        nonlocal held, n_forgotten, last_end
        before = began.pop()
        if name == forgotten:
            held = before
            n_forgotten += 1
            if n_forgotten > MOST_FORGOTTEN:
                raise _damaged(part, f"it has more than {MOST_FORGOTTEN:,} rows or texts")
        if parser.CurrentByteIndex - last_end > _LONGEST:
            raise _damaged(part, f"a tag, comment or text is longer than {_LONGEST >> 20} MiB")
        last_end = parser.CurrentByteIndex

    def on_doctype(*_: object) -> None:
        message = f"declares a document type in its part {part}, as no workbook does"
        raise ValueError(f"{message}; it is not read")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.ordered_attributes = True
    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.StartDoctypeDeclHandler = on_doctype
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise _damaged(part, f"it is no XML, {error}") from error


def _damaged(part: str, why: str) -> ValueError:
    return ValueError(f"is damaged: {why} (in its part {part})")
