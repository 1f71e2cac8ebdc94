"""The Python of a document, run as it stands, and what it says that is printed."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

_FENCES = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def has_python(document: Path) -> bool:
    return "```python" in document.read_text("utf-8")


def run(document: Path) -> list[tuple[str, str | None, str]]:
    """Run the blocks in turn: code, the text that stands below it if any, and what was printed."""
    text, namespace = document.read_text("utf-8"), {"__name__": document.stem}
    found: list[tuple[str, str | None, str]] = []
    for kind, block in _FENCES.findall(text):
        if kind == "python":
            printed = io.StringIO()
            with redirect_stdout(printed):
                exec(compile(block, document.name, "exec"), namespace)  # the examples are ours
            found.append((block, None, printed.getvalue()))
        elif found and found[-1][1] is None:
            found[-1] = found[-1][0], block, found[-1][2]
    return found
