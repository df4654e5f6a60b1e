"""Lets `python -m kpisite` be the command."""

from kpisite.cli import main

if __name__ == "__main__":
    main(prog_name="kpisite")
