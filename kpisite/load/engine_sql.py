"""Databases: any SQLAlchemy URL; one connection, one transaction, reading only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kpisite.errors import did_you_mean
from kpisite.load.engine import EngineError
from kpisite.load.engine_remote import RemoteEngine
from kpisite.load.secrets_kept import Kept

# What SQLAlchemy calls a dialect, and what sqlglot does.
DIALECTS: Mapping[str, str] = {
    "postgresql": "postgres",
    "sqlite": "sqlite",
    "mysql": "mysql",
    "mariadb": "mysql",
    "mssql": "tsql",
    "oracle": "oracle",
    "redshift": "redshift",
    "snowflake": "snowflake",
    "trino": "trino",
    "clickhouse": "clickhouse",
    "clickhousedb": "clickhouse",
    "databricks": "databricks",
    "duckdb": "postgres",
}
SECONDS = 15


@dataclass(slots=True)
class SqlEngine(RemoteEngine):
    """A database; all its answers come from one transaction, so that they fit together."""

    connection: Any = None
    kept: Kept | None = None

    def run(self, sql: str) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
        """Ask; a statement that fails leaves the transaction as it was."""
        try:
            with self.connection.begin_nested():
                found = self.connection.exec_driver_sql(sql)
                return list(found.keys()), found.fetchall()
        except sa.exc.SQLAlchemyError as error:
            raise EngineError(_first_line(error, self.kept)) from None

    def tables(self, like: str) -> Sequence[str]:
        """The tables and views of the schema that is named, or of the usual one."""
        schema = like.rpartition(".")[0] or None
        try:
            inspector = sa.inspect(self.connection)
            names = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
        except sa.exc.SQLAlchemyError:
            return ()
        return [f"{schema}.{name}" if schema else name for name in names]

    def close(self) -> None:
        """Let go of the connection."""
        self.connection.close()
        self.connection.engine.dispose()


def connect(url: str, kept: Kept) -> SqlEngine:
    """Open a database; raises EngineError, which never holds the URL."""
    try:
        parsed = sa.make_url(url)
        name = parsed.get_backend_name()
    except (sa.exc.ArgumentError, ValueError):
        raise EngineError("it is no SQLAlchemy URL like postgresql+psycopg://user@host/database") from None
    dialect = DIALECTS.get(name)
    if dialect is None:
        raise EngineError(f"the SQL of '{name}' is not known", did_you_mean(name, DIALECTS))
    kept = kept.also(parsed.password)
    try:
        limits = {"connect_timeout": SECONDS} if name == "postgresql" else {}
        made = sa.create_engine(parsed, connect_args=limits, poolclass=sa.pool.NullPool)
        connection = made.connect()
        options: dict[str, Any] = {"no_parameters": True}
        if name == "postgresql":
            options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return SqlEngine(dialect, connection=connection.execution_options(**options), kept=kept)
    except (sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
        raise EngineError(f"its driver is not installed: {_first_line(error, kept)}") from None
    except sa.exc.SQLAlchemyError as error:
        raise EngineError(_first_line(error, kept)) from None


def _first_line(error: Exception, kept: Kept | None) -> str:
    said = str(getattr(error, "orig", None) or error).strip().partition("\n")[0].removesuffix(".")
    return kept.out_of(said) if kept else said
