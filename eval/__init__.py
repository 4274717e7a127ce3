"""Measuring: suites, baselines, benchmarks. Outside the wheel."""
