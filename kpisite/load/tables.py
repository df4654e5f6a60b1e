"""The sources of a site -> typed tables in the embedded engine, with a problem for all that is not as declared."""

import datetime as dt
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from kpisite.declare.model import Site
from kpisite.errors import Problems
from kpisite.load import engine_duckdb as engine
from kpisite.load.connections import Connections
from kpisite.load.doubts import doubt_products
from kpisite.load.facts import FileFact
from kpisite.load.remote import read_remote
from kpisite.load.remote_labels import Reading
from kpisite.load.scope import Ahead, Scope
from kpisite.load.source import Table, read_source


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Tables:
    """All sources, each in its engine; products are numbered in the order of the site. Closing it frees them all."""

    connection: engine.Connection
    tables: Mapping[str, Table]
    files: Mapping[str, tuple[FileFact, ...]]
    connections: Connections

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.connection.close()
        self.connections.close()


def open_tables(
    site: Site,
    root: Path,
    as_of: dt.date,
    problems: Problems,
    ahead: Ahead | None = None,
    *,
    numbered: bool = False,
) -> Tables:
    """Read every source that measures use; a source with mistakes is left out and its problems are told.

    `ahead` says what will be asked of a source, so that a large file need be read only once. Rows that are `numbered`
    can be found again in their files.
    """
    folder = Path(tempfile.mkdtemp(prefix="kpisite-", dir=_spill(site, root)))
    connection = engine.connect(folder, site.engine)
    scope = Scope(site, root, as_of, folder, connection, problems, None if numbered else ahead, numbered)
    connections = Connections(site, problems)
    used = {measure.source for measure in site.measures.values()}
    tables: dict[str, Table] = {}
    files: dict[str, tuple[FileFact, ...]] = {}
    for number, source in enumerate(source for source in site.sources if source in used):
        read = _read(scope, connections, source, f"s{number}")
        if read is not None:
            tables[source], files[source] = read
    if problems.errors:
        connections.close()
    else:
        doubt_products(site, frozenset().union(*(table.products for table in tables.values())), problems)
    found = Tables(connection, tables, files, connections)
    # The engine spills into the folder as long as anyone asks it.
    weakref.finalize(found, shutil.rmtree, folder, ignore_errors=True)
    return found


def _read(scope: Scope, connections: Connections, source: str, table: str) -> tuple[Table, tuple[FileFact, ...]] | None:
    connection = scope.site.sources[source].connection
    if connection is None:
        return read_source(scope, source, table)
    remote = connections.engine(connection)
    if remote is None:
        return None
    return read_remote(Reading(scope.site, scope.root, scope.as_of, scope.problems, source, table, remote))


def _spill(site: Site, root: Path) -> Path | None:
    """The folder for what does not fit into memory; None for the system's own."""
    if not site.engine.spill:
        return None
    folder = root / Path(site.engine.spill).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
