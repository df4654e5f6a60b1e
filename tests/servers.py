"""Real servers for the tests: a private PostgreSQL and a Spark cluster of one master and two workers, on this machine.

`python -m tests.servers --install` gets what is missing through apt; without it, it says what is here. Both servers
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
PACKAGES = {"PostgreSQL": "postgresql", "Java": "openjdk-17-jre-headless"}


def postgres_folder() -> Path | None:
    """Where the programs of PostgreSQL are; the newest of several."""
    named = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return Path(named).parent if named else found[-1].parent if found else None


def java() -> str | None:
    """The program that runs Spark."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which(str(Path(home) / "bin" / "java")) if home else shutil.which("java")


def missing() -> list[str]:
    """What the tests of engines lack here."""
    lacks = [name for name, found in (("PostgreSQL", postgres_folder()), ("Java", java())) if found is None]
    for module, name in (("sqlalchemy", "SQLAlchemy"), ("psycopg", "psycopg"), ("pyspark", "PySpark")):
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


def _not_root(folder: Path) -> dict[str, object]:
    """PostgreSQL refuses to run as root: then it runs as a user who owns the folder."""
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


def spark_settings() -> dict[str, str]:
    """What a driver on this machine needs to be found by the workers, and little memory."""
    return {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "512m",
        "spark.executor.memory": "512m",
        "spark.sql.shuffle.partitions": "2",
    }


def _start(home: Path, command: list[str], folder: Path, log: Path) -> "subprocess.Popen[bytes]":
    places = {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_WORKER_DIR": str(folder)}
    environment = {**os.environ, **places, "SPARK_DAEMON_MEMORY": "256m"}
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
    """Get PostgreSQL and Java through apt where there is one."""
    wanted = [PACKAGES[name] for name in missing() if name in PACKAGES]
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"] if shutil.which("sudo") else None
    if not wanted or not shutil.which("apt-get") or prefix is None:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # A server of the system is not wanted, only its programs.
    for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *wanted]):
        done = [*prefix, "apt-get", *command]
        subprocess.run(done, check=False, stdout=subprocess.DEVNULL, env=environment)


def main() -> int:
    """Say what the tests of engines have."""
    if "--install" in sys.argv[1:] and missing():
        print(f"Not here: {', '.join(missing())}; getting what apt has")
        install()
    lacks = missing()
    if lacks:
        print(f"Without {', '.join(lacks)} the tests of PostgreSQL or Spark cannot run.")
        return 1 if os.environ.get("CI") == "true" else 0
    print(f"Engines of the tests: PostgreSQL in {postgres_folder()}, Spark on {java()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
