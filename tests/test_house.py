"""The rules of the house: imports point one way, and the middle asks for nothing from outside."""

import ast
import sys

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "kpisite"
# Left to right: a module may import from its own stage and from those before it.
STAGES = (
    "errors",
    "periods",
    "languages",
    "shares",
    "declare",
    "load",
    "measure",
    "evaluate",
    "release",
    "render",
    "publish",
    "unchanged",
    "assay",
    "build",
    "listing",
    "difference",
    "explaining",
    "api",
    "cli",
    "__main__",
)
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).as_posix() != "__init__.py")
# What a stage in the middle must not ask for.
OUTSIDE = {
    "datetime.now",
    "datetime.today",
    "date.today",
    "time.time",
    "os.environ",
    "os.getenv",
    "random",
    "secrets",
    "uuid",
}


def stage_of(path):
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(tree):
    """Every imported name of the package, with the line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            if node.module == "kpisite":
                yield from (("kpisite." + alias.name, node.lineno) for alias in node.names)
            else:
                yield node.module, node.lineno
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)


def name(path):
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_imports_only_from_its_left(path):
    mine = STAGES.index(stage_of(path))

    for module, line in imports(ast.parse(path.read_text(encoding="utf-8"))):
        if module.startswith("kpisite."):
            theirs = STAGES.index(module.split(".")[1])
            assert theirs <= mine, f"{name(path)}:{line} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_module_hides_a_library_by_its_name(path):
    if path.stem not in ("__init__", "__main__"):
        assert path.stem not in sys.stdlib_module_names


MIDDLE = [
    path for path in MODULES if stage_of(path) in ("errors", "periods", "languages", "measure", "evaluate", "render")
]


@pytest.mark.parametrize("path", MIDDLE, ids=name)
def test_the_middle_asks_for_no_clock_environment_or_chance(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    brought = {module for module, _ in imports(tree)}

    assert not {word for word in used | brought if any(word == out or word.endswith("." + out) for out in OUTSIDE)}


def test_no_cycle_of_imports():
    graph = {}
    for path in MODULES:
        dotted = "kpisite." + name(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        graph[dotted] = {m for m, _ in imports(ast.parse(path.read_text(encoding="utf-8"))) if m.startswith("kpisite")}

    done = set()

    def visit(module, trail):
        assert module not in trail, " -> ".join([*trail, module])
        if module in graph and module not in done:
            for other in sorted(graph[module]):
                visit(other, [*trail, module])
            done.add(module)

    for module in graph:
        visit(module, [])
