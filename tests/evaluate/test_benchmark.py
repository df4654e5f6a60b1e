"""The benchmark of judging runs and judges what it says."""

import importlib.util

from kpisite.evaluate.methods import METHODS
from kpisite.periods import Grain
from tests.conftest import ROOT


def test_the_benchmark_judges_every_figure():
    spec = importlib.util.spec_from_file_location("benchmark_of_evaluate", ROOT / "benchmarks" / "evaluate.py")
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)

    report, cpu, _ = benchmark.judged(3)

    assert report.figures[Grain.MONTH].value[:3].size == 3 * 40 * 60
    assert (report.signals[Grain.MONTH].state[:3] > 0).any(axis=2).all()
    assert (report.outlook.method[:3] > METHODS.index("")).all()
    assert cpu > 0
