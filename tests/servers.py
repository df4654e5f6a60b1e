"""Real servers for the tests, on this machine: PostgreSQL, MariaDB, a Spark cluster of two workers, Spark Connect.

`python -m tests.servers --install` gets what is missing through apt; without it, it says what is here. The servers
listen on 127.0.0.1 only and are ended by whoever started them.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SECONDS = 60
# The packages of apt that hold each, the first one that this system has; releases differ in the Java that they have.
PACKAGES = {
    "PostgreSQL": ("postgresql",),
    "Java": ("openjdk-17-jre-headless", "openjdk-21-jre-headless", "default-jre-headless"),
    "MariaDB": ("mariadb-server-core", "mariadb-server"),
}
MODULES = {"sqlalchemy": "SQLAlchemy", "psycopg": "psycopg", "pymysql": "PyMySQL", "pyspark": "PySpark"}
# One database is enough to show that SQL engines give the same figures; a second one is welcome.
OPTIONAL = frozenset({"MariaDB", "PyMySQL"})
# Where programs of servers are that no user has on the PATH.
ALSO_IN = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


def postgres_folder() -> Path | None:
    """Where the programs of PostgreSQL are; the newest of several."""
    named = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return Path(named).parent if named else found[-1].parent if found else None


def java() -> str | None:
    """The program that runs Spark."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which(str(Path(home) / "bin" / "java")) if home else shutil.which("java")


def mariadb_programs() -> tuple[str, str] | None:
    """The server of MariaDB, and the program that makes its folder."""
    server, maker = (shutil.which(name, path=ALSO_IN) for name in ("mariadbd", "mariadb-install-db"))
    return (server, maker) if server and maker else None


def missing() -> list[str]:
    """What the tests of engines lack here."""
    programs = {"PostgreSQL": postgres_folder(), "Java": java(), "MariaDB": mariadb_programs()}
    lacks = [name for name, found in programs.items() if found is None]
    for module, name in MODULES.items():
        with contextlib.suppress(ImportError):
            __import__(module)
            continue
        lacks.append(name)
    return lacks


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own in a temporary folder; its URL for SQLAlchemy."""
    programs = postgres_folder()
    assert programs is not None
    # Not below pytest's folder: that one is closed to the user as whom PostgreSQL runs.
    with tempfile.TemporaryDirectory(prefix="kpisite-postgres-") as name:
        folder, port, password = Path(name), free_port(), "not-a-secret-1"
        (folder / "password").write_text(password, encoding="utf-8")
        as_user = _not_root(folder)
        made = subprocess.run(
            [programs / "initdb", "-D", folder / "cluster", "-U", "kpisite", "--pwfile", folder / "password",
             "-A", "scram-sha-256", "-E", "UTF8", "--locale", "C", "--no-sync"],
            check=False, capture_output=True, text=True, **as_user,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        options = {"listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": folder, "fsync": "off"}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (folder / "log").open("w", encoding="utf-8") as log:
            command = [programs / "postgres", "-D", folder / "cluster", *settings]
            server = subprocess.Popen(command, stdout=log, stderr=log, **as_user)
        try:
            _wait(port, server, folder / "log")
            yield f"postgresql+psycopg://kpisite:{password}@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(SECONDS)


@contextlib.contextmanager
def mariadb() -> Iterator[str]:
    """A MariaDB of our own in a temporary folder; its URL for SQLAlchemy."""
    programs = mariadb_programs()
    assert programs is not None
    server_program, maker = programs
    with tempfile.TemporaryDirectory(prefix="kpisite-mariadb-") as name:
        folder, port, password = Path(name), free_port(), "not-a-secret-2"
        users = "".join(
            f"CREATE USER kpisite@'{host}' IDENTIFIED BY '{password}';\nGRANT ALL ON shop.* TO kpisite@'{host}';\n"
            for host in ("127.0.0.1", "localhost")
        )
        (folder / "init.sql").write_text(f"CREATE DATABASE shop CHARACTER SET utf8mb4;\n{users}", encoding="utf-8")
        as_user = _not_root(folder)
        made = subprocess.run(
            [maker, "--no-defaults", f"--datadir={folder / 'data'}", "--auth-root-authentication-method=normal",
             "--skip-test-db"],
            check=False, capture_output=True, text=True, **as_user,
        )  # fmt: skip
        assert made.returncode == 0, made.stdout + made.stderr
        with (folder / "log").open("w", encoding="utf-8") as log:
            command = [server_program, "--no-defaults", f"--datadir={folder / 'data'}", f"--socket={folder / 'socket'}",
                       f"--port={port}", "--bind-address=127.0.0.1", f"--pid-file={folder / 'pid'}",
                       f"--init-file={folder / 'init.sql'}"]  # fmt: skip
            server = subprocess.Popen(command, stdout=log, stderr=log, **as_user)
        try:
            _wait(port, server, folder / "log")
            yield f"mysql+pymysql://kpisite:{password}@127.0.0.1:{port}/shop?charset=utf8mb4"
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(SECONDS)


def _not_root(folder: Path) -> dict[str, object]:
    """No database wants to run as root: then it runs as a user who owns the folder."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(next(one for one in ("postgres", "nobody") if _is_user(one)))
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": str(folder)}


def _is_user(name: str) -> bool:
    with contextlib.suppress(KeyError):
        pwd.getpwnam(name)
        return True
    return False


@contextlib.contextmanager
def spark(folder: Path) -> Iterator[str]:
    """A standalone master and two workers of one core; the master's URL."""
    import pyspark

    folder.mkdir(parents=True, exist_ok=True)
    home = Path(pyspark.__file__).parent
    port, web = free_port(), free_port()
    master = f"spark://127.0.0.1:{port}"
    run = "org.apache.spark.deploy"
    commands = [[f"{run}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(web)]]
    commands += [
        [f"{run}.worker.Worker", "--host", "127.0.0.1", "-c", "1", "-m", "1g", "-d", str(folder / f"worker{number}"),
         "--webui-port", str(free_port()), master]
        for number in (1, 2)
    ]  # fmt: skip
    with contextlib.ExitStack() as stack:
        for number, command in enumerate(commands):
            log = folder / f"log{number}"
            process = _start(home, command, folder, log)
            stack.callback(_end, process)
            if number == 0:
                _wait(port, process, log)
        _wait_for_workers(folder, 2)
        yield master


@contextlib.contextmanager
def spark_connect(folder: Path) -> Iterator[str]:
    """A Spark Connect server with a driver of its own; its URL."""
    import pyspark

    folder.mkdir(parents=True, exist_ok=True)
    port, log = free_port(), folder / "log"
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
    }
    command = ["org.apache.spark.deploy.SparkSubmit", "--master", "local[2]", "--driver-memory", "768m",
               "--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]  # fmt: skip
    command += [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    process = _start(Path(pyspark.__file__).parent, [*command, "spark-internal"], folder, log, memory="768m")
    try:
        _wait(port, process, log)
        yield f"sc://127.0.0.1:{port}"
    finally:
        _end(process)


def spark_settings() -> dict[str, str]:
    """What a driver on this machine needs to be found by the workers, and little memory."""
    return {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "512m",
        "spark.executor.memory": "512m",
        "spark.sql.shuffle.partitions": "2",
    }


def _start(home: Path, command: list[str], folder: Path, log: Path, memory: str = "256m") -> "subprocess.Popen[bytes]":
    places = {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_WORKER_DIR": str(folder)}
    environment = {**os.environ, **places, "SPARK_DAEMON_MEMORY": memory}
    with log.open("w", encoding="utf-8") as out:
        # A session of its own: the workers' executors end with them.
        return subprocess.Popen(
            [home / "bin" / "spark-class", *command], stdout=out, stderr=out, env=environment, start_new_session=True
        )


def _end(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def _wait(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def _wait_for_workers(folder: Path, count: int) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        log = (folder / "log0").read_text(encoding="utf-8", errors="replace")
        if log.count("Registering worker") >= count:
            return
        time.sleep(0.1)
    raise AssertionError(f"the workers did not register:\n{log[-2000:]}")


def install() -> None:
    """Get the servers' programs through apt where there is one; whoever may not is told what to do by `advice`."""
    wanted = [name for name in missing() if name in PACKAGES]
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"] if shutil.which("sudo") else None
    if not wanted or not shutil.which("apt-get") or prefix is None:
        return
    # sudo keeps no variable of ours, so that it is set behind it.
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    updated = subprocess.run([*apt, "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
    if updated.returncode == 0:
        for name in wanted:  # one by one, so that one which cannot be had does not keep the others away
            command = [*apt, "install", "-qq", "-y", "--no-install-recommends", _package(name)]
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)


def _package(name: str) -> str:
    """The package of this system that holds a server; where apt knows none of them, the first, for its message."""
    known = (one for one in PACKAGES[name] if _has_candidate(one))
    return next(known, PACKAGES[name][0])


def _has_candidate(package: str) -> bool:
    if shutil.which("apt-cache") is None:
        return False
    command = ["apt-cache", "policy", package]
    said = subprocess.run(command, check=False, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    return "Candidate: " in said.stdout and "Candidate: (none)" not in said.stdout


def advice(lacks: list[str]) -> str:
    """What a person does about what is missing."""
    lines = []
    programs = [name for name in lacks if name in PACKAGES]
    if programs:
        packages = " ".join(_package(name) for name in programs)
        lines.append(f"  as root: apt-get update && apt-get install -y --no-install-recommends {packages}")
        lines.append("  elsewhere: put initdb, java (17 or newer; or set JAVA_HOME) and mariadbd on the PATH")
    if len(programs) < len(lacks):
        lines.append("  pip install 'kpisite[test]'")
    return "\n".join(lines)


def main() -> int:
    """Say what the tests of engines have."""
    if "--install" in sys.argv[1:] and missing():
        print(f"Not here: {', '.join(missing())}; getting what apt has")
        install()
    lacks = missing()
    if lacks:
        print(
            f"Without {', '.join(lacks)} the tests of databases or Spark cannot all run. What to do:\n{advice(lacks)}"
        )
        return 1 if os.environ.get("CI") == "true" and set(lacks) - OPTIONAL else 0
    databases = f"PostgreSQL in {postgres_folder()}, MariaDB by {(mariadb_programs() or [''])[0]}"
    print(f"Engines of the tests: {databases}, Spark on {java()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
