"""Connections of a site: opened when a source first needs them, each once; what goes wrong is told at its place."""

from dataclasses import dataclass, field

from kpisite.declare.model import Site
from kpisite.errors import Problems
from kpisite.load.engine import EngineError
from kpisite.load.engine_remote import RemoteEngine
from kpisite.load.secrets_kept import NotSetError, filled

SPARK = ("spark://", "sc://", "local[", "local")


@dataclass(slots=True)
class Connections:
    """The engines that were opened, None for those that could not be."""

    site: Site
    problems: Problems
    opened: dict[str, RemoteEngine | None] = field(default_factory=dict)

    def engine(self, id_: str) -> RemoteEngine | None:
        """The engine of a connection; None when it cannot be reached, which is told once."""
        if id_ not in self.opened:
            self.opened[id_] = self._open(id_)
        return self.opened[id_]

    def close(self) -> None:
        """End all of them."""
        while self.opened:
            _, engine = self.opened.popitem()
            if engine is not None:
                engine.close()

    def _open(self, id_: str) -> RemoteEngine | None:
        declared = self.site.connections[id_]
        place = self.site.place("connections", id_, "url")
        try:
            url, kept = filled(declared.url)
        except NotSetError as error:
            what = f"the environment variable {error} of connection '{id_}' is not set"
            self.problems.error(place, what, "Set it where kpisite runs.", "connection-variable")
            return None
        try:
            # Late: who has no connection needs neither library, and does not wait for them.
            if url.startswith(SPARK):
                from kpisite.load import engine_spark

                return engine_spark.connect(url, declared.settings, kept)
            from kpisite.load import engine_sql

            return engine_sql.connect(url, kept)
        except ModuleNotFoundError as error:
            extra = "spark" if url.startswith(SPARK) else "sql"
            what = f"connection '{id_}' needs {error.name}, which is not installed"
            self.problems.error(place, what, f"Run pip install 'kpisite[{extra}]'.", "connection-extra")
        except EngineError as error:
            what = f"connection '{id_}' cannot be opened: {error}"
            self.problems.error(place, what, error.hint, "connection")
        return None
