"""What was read for a report, as JSON in release.json and back; what is as usual is left out."""

from collections.abc import Mapping
from typing import Any

from kpisite.load.facts import FileFact, Fix, LeftOut, SourceFact


def freeze_source(source: SourceFact) -> dict[str, Any]:
    """One source with its files."""
    files = [_file(file) for file in source.files]
    return {"source": source.source, "rows": source.rows, "newest": source.newest, "files": files}


def thaw_source(data: Mapping[str, Any]) -> SourceFact:
    """The source back; a release of an older version may know less of its files."""
    return SourceFact(data["source"], tuple(_read_file(one) for one in data["files"]))


def _file(file: FileFact) -> dict[str, Any]:
    known: dict[str, Any] = {"path": file.path, "sha256": file.sha256, "format": file.format, "bytes": file.size}
    known |= {"encoding": file.encoding, "delimiter": file.delimiter, "sheet": file.sheet}
    known |= {"rows": file.rows, "newest": file.newest, "fixes": {fix.kind: fix.count for fix in file.fixes}}
    known["left_out"] = [_left_out(one) for one in file.left_out]
    return {name: value for name, value in known.items() if value not in ("", {}, [])}


def _left_out(one: LeftOut) -> dict[str, Any]:
    known = {"reason": one.reason, "label": one.label, "rows": one.rows, "lines": list(one.lines)}
    return {name: value for name, value in known.items() if value not in ("", [])}


def _read_file(data: Mapping[str, Any]) -> FileFact:
    return FileFact(
        data["path"],
        data["sha256"],
        data.get("encoding", ""),
        data["rows"],
        data.get("bytes", 0),
        data.get("format", "csv"),
        data.get("delimiter", ""),
        data.get("sheet", ""),
        data.get("newest", ""),
        tuple(Fix(kind, count) for kind, count in data.get("fixes", {}).items()),
        tuple(
            LeftOut(one["reason"], one["rows"], tuple(one.get("lines", ())), one.get("label", ""))
            for one in data.get("left_out", ())
        ),
    )
