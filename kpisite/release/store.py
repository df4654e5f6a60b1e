"""The folder of releases on disk: each is written once, whole, and noticed when it was changed afterwards."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kpisite.declare.version_name import version_fault
from kpisite.errors import AuthorError, Place, Problem, Problems
from kpisite.evaluate.report import Report
from kpisite.release.snapshot import HEAD, hash_of, seal_of, thaw

_RESTORE = "A release never changes: bring it back from version control, or remove its folder and release again."

_RENAME = "Remove the folder, and release under another name."


def write_release(releases: Path, version: str, files: Mapping[str, str]) -> Path:
    """Write a release into its folder and return it; raise AuthorError if it exists and says something else."""
    folder = releases / version
    if folder.exists():
        _refuse_other(folder, json.loads(files[HEAD])["content_hash"])
        return folder
    fresh = releases / f".{version}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    for path, text in files.items():
        file = fresh / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    fresh.rename(folder)
    return folder


def read_releases(releases: Path) -> tuple[Report, ...]:
    """All releases by period and version; raise AuthorError naming everything that is damaged."""
    problems = Problems()
    folders = sorted(path for path in releases.glob("*") if path.is_dir() and not path.name.startswith("."))
    texts = [(folder, read_release(folder, problems)) for folder in folders]
    problems.stop_if_any()
    return tuple(sorted((thaw(files) for _, files in texts), key=lambda report: (report.period, report.version)))


def content_of(releases: Path, version: str) -> str:
    """The content hash that a release was sealed with."""
    head = json.loads((releases / version / HEAD).read_text(encoding="utf-8"))
    found: str = head["content_hash"]
    return found


def read_release(folder: Path, problems: Problems) -> dict[str, str]:
    """The text of one release by path; whatever is not as it was released becomes a problem."""
    files: dict[str, str] = {}
    binary = "this file of a release is not UTF-8 text"
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not path.name.startswith("."):  # a file manager's own files do no harm
            try:
                files[name] = path.read_bytes().decode()
            except UnicodeDecodeError:
                problems.error(_place(folder, name), binary, _RESTORE, "damaged-release")
    _check(folder, files, problems)
    return files


def _check(folder: Path, files: Mapping[str, str], problems: Problems) -> None:
    """Compare a release with the hashes it was written with."""

    def damaged(name: str, what: str) -> None:
        problems.error(_place(folder, name), what, _RESTORE, "damaged-release")

    head = _head(files.get(HEAD, ""))
    if head is None:
        damaged(HEAD, "this release cannot be read" if HEAD in files else "this file of a release is missing")
        return
    fault = version_fault(folder.name)
    if fault is not None:
        problems.error(_place(folder, HEAD), f"{fault.what}, not '{folder.name}'", _RENAME, "version-name")
    if head["version"] != folder.name:
        damaged(HEAD, f"the release in this folder calls itself '{head['version']}'")
    for name in sorted({*head["files"], *files} - {HEAD}):
        if name not in files:
            damaged(name, "this file of a release is missing")
        elif name not in head["files"]:
            damaged(name, "this file is no part of the release it lies in")
        elif hash_of(files[name]) != head["files"][name]:
            damaged(name, "this file was changed after its release")
    if seal_of(head) != head["seal"]:
        damaged(HEAD, "this file was changed after its release")


def _head(text: str) -> dict[str, Any] | None:
    """What release.json says, if it is one."""
    try:
        head = json.loads(text)
    except ValueError:
        return None
    needed = ("version", "title", "titles", "period", "as_of", "content_hash", "files", "inputs", "seal")
    return head if isinstance(head, dict) and all(name in head for name in needed) else None


def _refuse_other(folder: Path, content: str) -> None:
    problems = Problems()
    files = read_release(folder, problems)
    problems.stop_if_any()
    if json.loads(files[HEAD])["content_hash"] != content:
        what = f"the release '{folder.name}' exists and says something else"
        hint = "A release never changes: choose another version, or remove its folder if nobody has seen it."
        raise AuthorError([Problem(_place(folder, HEAD), what, hint, "release-exists")])


def _place(folder: Path, name: str) -> Place:
    return Place(f"{folder.parent.name}/{folder.name}/{name}")
