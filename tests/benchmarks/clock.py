"""Measuring: the best of several runs, and a ratio against a floor measured in the same run."""

import gc
import time


def best_of(n, deed, before=None):
    """Seconds of the fastest of `n` runs of `deed`; `before` runs ahead of each and is not measured."""
    return race(n, deed, before=before)[0]


def race(n, *deeds, before=None):
    """Seconds of the fastest of `n` runs of each deed, run in turn, so that a slow moment of the machine hits all."""
    best = [float("inf")] * len(deeds)
    for _ in range(n):
        for index, deed in enumerate(deeds):
            if before is not None:
                before()
            gc.collect()
            start = time.perf_counter()
            deed()
            best[index] = min(best[index], time.perf_counter() - start)
    return best


def ratio(name, measured, floor, at_most):
    """Print `measured` (seconds) as a multiple of `floor` and hold it to `at_most`; returns the multiple."""
    times = measured / floor
    print(f"{name}: {measured * 1000:.1f} ms, {times:.2f} × floor ({floor * 1000:.1f} ms), asked ≤ {at_most}")  # noqa: T201 (a benchmark prints its figure)
    assert times <= at_most, f"{name}: {times:.2f} × floor, asked ≤ {at_most}"
    return times


def seconds(name, measured, at_most):
    """Print `measured` seconds and hold them to `at_most`, where a person waits and no floor says what is fair."""
    print(f"{name}: {measured:.3f} s, asked ≤ {at_most}")  # noqa: T201 (a benchmark prints its figure)
    assert measured <= at_most, f"{name}: {measured:.3f} s, asked ≤ {at_most}"
