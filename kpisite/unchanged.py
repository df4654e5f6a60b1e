"""Is there anything to do at all? Compares what a build would read and what it wrote with the last time.

Kept light: nothing heavier than hashing is imported, so that a build with nothing to do ends at once.
"""

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

# Everything below these is read by a build, whatever site.yaml says.
FOLDERS = ("content", "templates", "releases")
_LIBRARIES = (
    "altair",
    "duckdb",
    "jinja2",
    "markdown",
    "nh3",
    "numpy",
    "pydantic",
    "sqlglot",
    "vl-convert-python",
)


def state_file(root: Path, folder: Path) -> Path:
    """Where the memory of the last build into this folder is kept."""
    return root / ".kpisite" / f"build-{_named(folder)}.json"


def memory_file(root: Path, folder: Path) -> Path:
    """Where it is noted which pages stand in this folder, and what they were made from."""
    return root / ".kpisite" / f"pages-{_named(folder)}.json"


def _named(folder: Path) -> str:
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]


def is_unchanged(root: Path, config: Path, folder: Path, options: str = "") -> bool:
    """Were the same inputs built into this folder before, and is every file of it still as it was written?"""
    try:
        state = json.loads(state_file(root, folder).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if state.get("outputs") != _outputs(folder):
        return False
    return bool(state.get("inputs") == fingerprint(root, config, state.get("patterns", []), options))


def remember(root: Path, config: Path, folder: Path, patterns: Iterable[str], options: str = "") -> None:
    """Note what was read and what was written."""
    kept = sorted(patterns)
    state = {
        "patterns": kept,
        "inputs": fingerprint(root, config, kept, options),
        "outputs": _outputs(folder),
    }
    file = state_file(root, folder)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(state), encoding="utf-8")


def fingerprint(root: Path, config: Path, patterns: Iterable[str], options: str = "") -> str:
    """A hash over the names and bytes of all inputs, the program itself and the libraries it uses."""
    total = hashlib.sha256(options.encode())
    _add_program(total)
    _add(total, "site.yaml", config)
    for folder in FOLDERS:
        for file in _files_below(root / folder):
            _add(total, file.relative_to(root).as_posix(), file)
    for pattern in patterns:
        for file in sorted(root.glob(pattern)):
            if file.is_file():
                _add(total, file.relative_to(root).as_posix(), file)
    return total.hexdigest()


def program_and_look(root: Path) -> str:
    """A hash over the program, its libraries and theme, and the site's own templates."""
    total = hashlib.sha256()
    _add_program(total)
    for file in _files_below(root / "templates"):
        _add(total, file.relative_to(root).as_posix(), file)
    return total.hexdigest()


def _add_program(total: "hashlib._Hash") -> None:
    for name in _LIBRARIES:
        total.update(f"{name} {metadata.version(name)}\n".encode())
    total.update(sys.version.encode())
    program = Path(__file__).parent
    for file in _files_below(program):
        if "__pycache__" not in file.parts:
            _add(total, file.relative_to(program).as_posix(), file)


def _add(total: "hashlib._Hash", name: str, file: Path) -> None:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    total.update(f"{name}\0{digest}\n".encode())


def _files_below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def _outputs(folder: Path) -> str:
    """A hash over the paths, sizes and times of the published files; empty if there is no folder."""
    lines = sorted(_stats(str(folder), "")) if folder.is_dir() else []
    return hashlib.sha256("".join(lines).encode()).hexdigest() if lines else ""


def _stats(folder: str, below: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _stats(entry.path, f"{below}{entry.name}/")
            else:
                stat = entry.stat()
                yield f"{below}{entry.name}\0{stat.st_size}\0{stat.st_mtime_ns}\n"
