"""Finds the browser that the tests use, and with --install gets one where there is none.

In this order: what CHROMIUM names, an installed Chromium or Chrome, Debian's chromium through apt, Playwright's own
download. `python -m tests.browser` says which one it is; without any it ends with 1 where CI is true.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "microsoft-edge")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# A container's root may not use Chromium's sandbox; the other switches keep it from looking for the internet.
SWITCHES = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find() -> str | None:
    """The path of a browser, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    return str(MAC) if MAC.exists() else _own_download()


def _own_download() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        path = play.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> str | None:
    """Get a browser in the first way that works here."""
    if shutil.which("apt-get") and hasattr(os, "geteuid"):
        prefix = [] if os.geteuid() == 0 else ["sudo", "-n"] if shutil.which("sudo") else None
        if prefix is not None:
            # sudo keeps no variable of ours, so that it is set behind it.
            apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
            _run([*apt, "update", "-qq"])
            _run([*apt, "install", "-qq", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"])
    if find() is None:
        _run([sys.executable, "-m", "playwright", "install", "chromium"])
    return find()


def _run(command: list[str]) -> None:
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)


def main() -> int:
    """Say which browser the tests use."""
    path = find()
    if path is None and "--install" in sys.argv[1:]:
        print("No Chromium or Chrome here; getting one")
        path = install()
    if path is None:
        print("No browser: the tests that need one cannot run. Install Chromium, or name one in CHROMIUM.")
        return 1 if os.environ.get("CI") == "true" else 0
    if "--install" not in sys.argv[1:]:
        print(f"Browser of the tests: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
