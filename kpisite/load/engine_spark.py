"""Spark: a standalone master (spark://host:port), Spark Connect (sc://host:port), or local[n] for trying out."""

import socket
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from kpisite.load.engine import EngineError
from kpisite.load.engine_remote import RemoteEngine
from kpisite.load.secrets_kept import Kept

SECONDS = 10
NO_JAVA = "Spark finds no Java; install one (17 or newer), or set JAVA_HOME"
PORTS = {"spark": 7077, "sc": 15002}
# What kpisite asks is small: a few partitions, no web page of its own, no talk.
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "8",
    "spark.log.level": "ERROR",
}


def _refusals() -> tuple[type[Exception], ...]:
    """What Spark raises when it cannot answer: its own, those of the bridge to Java, and those of Spark Connect."""
    found: list[type[Exception]] = [PySparkException]
    # A client of Spark Connect has no bridge, and a driver need not have gRPC.
    with suppress(ModuleNotFoundError):
        from py4j.protocol import Py4JError

        found.append(Py4JError)
    with suppress(ModuleNotFoundError):
        from grpc import RpcError

        found.append(RpcError)
    return tuple(found)


REFUSALS = _refusals()


@dataclass(slots=True)
class SparkEngine(RemoteEngine):
    """A Spark session; what it reads is what the session can see."""

    session: Any = None
    kept: Kept | None = None

    def run(self, sql: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """Ask, and collect the rows."""
        try:
            found = self.session.sql(sql)
            return found.columns, [tuple(row) for row in found.collect()]
        except REFUSALS as error:
            said = _first_line(error)
            raise EngineError(self.kept.out_of(said) if self.kept else said) from None

    def tables(self, like: str) -> Sequence[str]:
        """The tables of the database that is named, or of the usual one."""
        database = like.rpartition(".")[0] or None
        try:
            names = [table.name for table in self.session.catalog.listTables(database)]
        except PySparkException:
            return ()
        return [f"{database}.{name}" if database else name for name in names]

    def close(self) -> None:
        """Give the executors back."""
        self.session.stop()


def connect(url: str, settings: Mapping[str, str], kept: Kept) -> SparkEngine:
    """Open a session; raises EngineError, which never holds a secret."""
    parts = urlsplit(url)
    _refuse_silent(url, parts.scheme)
    try:
        with warnings.catch_warnings():
            # It doubts newer versions of pandas, which is not used here.
            warnings.simplefilter("ignore")
            session = _remote(url) if parts.scheme == "sc" else _driver(url, SETTINGS | dict(settings))
            return SparkEngine("spark", session=session, kept=kept)
    except FileNotFoundError:
        raise EngineError(NO_JAVA) from None
    except REFUSALS as error:
        raise EngineError(NO_JAVA if "JAVA" in str(error) else kept.out_of(_first_line(error))) from None


def _remote(url: str) -> Any:  # noqa: ANN401 - a session
    """A session of Spark Connect; its own builder leaves nothing behind that the other kind would stumble over."""
    from pyspark.sql.connect.session import SparkSession as RemoteSession

    return RemoteSession.builder.remote(url).create()


def _driver(url: str, settings: Mapping[str, str]) -> Any:  # noqa: ANN401 - a session
    """A session whose driver is this process."""
    builder = SparkSession.builder.appName("kpisite").master(url)
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _refuse_silent(url: str, scheme: str) -> None:
    """Spark itself would try for minutes before it says that nobody answers."""
    if scheme not in PORTS:
        return
    rest = url.partition("://")[2].partition("/")[0].partition(";")[0]
    for one in rest.split(","):
        host, _, port = one.rpartition(":") if ":" in one else (one, "", str(PORTS[scheme]))
        try:
            socket.create_connection((host, int(port)), timeout=SECONDS).close()
        except (OSError, ValueError):
            continue
        return
    raise EngineError(f"nobody answers at {rest}")


def _first_line(error: Exception) -> str:
    said = str(getattr(error, "java_exception", None) or error).strip()
    return said.partition("\n")[0].partition(" SQLSTATE")[0].rstrip(". ")
