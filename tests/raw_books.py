"""Workbooks put together by hand, so that a test can write what no program would."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def sheet_xml(data: str, before: str = "", after: str = "") -> str:
    """A sheet's part around the rows in ``data``."""
    inside = f"{before}<sheetData>{data}</sheetData>{after}"
    return f'{_HEAD}<worksheet xmlns="{_MAIN}">{inside}</worksheet>'


def parts_of(
    sheets: Mapping[str, str],
    *,
    strings: str = "",
    styles: str = "",
    workbook: str = "",
    states: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """The parts of a workbook, by name; ``sheets`` maps names to whole parts or rows."""
    listed, relations = [], []
    parts: dict[str, str] = {}
    for i, (name, content) in enumerate(sheets.items(), start=1):
        state = (states or {}).get(name, "visible")
        listed.append(f'<sheet name="{name}" sheetId="{i}" state="{state}" r:id="rId{i}"/>')
        relations.append(_relation(f"rId{i}", "worksheet", f"worksheets/sheet{i}.xml"))
        whole = content if content.startswith("<?xml") else sheet_xml(content)
        parts[f"xl/worksheets/sheet{i}.xml"] = whole
    if strings:
        relations.append(_relation("rIdS", "sharedStrings", "sharedStrings.xml"))
        parts["xl/sharedStrings.xml"] = f'{_HEAD}<sst xmlns="{_MAIN}">{strings}</sst>'
    if styles:
        relations.append(_relation("rIdT", "styles", "/xl/styles.xml"))
        parts["xl/styles.xml"] = f'{_HEAD}<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>'
    parts["xl/workbook.xml"] = (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">{workbook}'
        f"<sheets>{''.join(listed)}</sheets></workbook>"
    )
    parts["xl/_rels/workbook.xml.rels"] = _relations(relations)
    parts["_rels/.rels"] = _relations([_relation("rId1", "officeDocument", "xl/workbook.xml")])
    return {name: text.encode() for name, text in parts.items()}


def _relation(id_: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{id_}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _relations(relations: list[str]) -> str:
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}">{"".join(relations)}</Relationships>'


def packed(parts: Mapping[str, bytes]) -> bytes:
    """The zip file of some parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return target.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The parts of a zip file."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def repack(path: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """Change the parts of a workbook on disk."""
    parts = unpacked(path.read_bytes())
    change(parts)
    path.write_bytes(packed(parts))
    return path
