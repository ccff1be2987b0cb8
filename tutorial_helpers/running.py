"""Run a job over many seeds: side by side, resumable, with a bar (lesson 10)."""

import sys
from concurrent.futures import BrokenExecutor
from operator import index
from os import getpid
from pathlib import Path
from traceback import format_exc
from typing import NamedTuple
from warnings import catch_warnings, filterwarnings

import numpy as np
from IPython import get_ipython
from IPython.display import display
from ipywidgets import IntProgress
from joblib import Parallel, cpu_count, delayed, dump, load, parallel_config
from threadpoolctl import threadpool_limits

from ._fingerprint import fingerprint

MOST_JOBS = 4  # a lecture hall shares the memory of one hub


def run_study(job, seeds, *arguments, folder=None, n_jobs=None, **options):
    """Run a job once for each seed, several at a time, and stack the results.

    Parameters
    ----------
    job : callable
        ``job(seed, *arguments, **options)`` returns a number, an array, or a dict of such or of
        further dicts. Anything else, such as a network, is put into an array of objects.
    seeds : sequence of int
    *arguments, **options
        What the job gets besides the seed.
    folder : path, optional
        Keeps the result of every seed that is done: a study that was interrupted goes on from
        there, and a finished one is read. A result is read only if all is as it was: the
        arguments, the code of the job and of your functions that it calls, what they enclose, the
        globals that they name, the versions of Python and of the libraries. Not seen are files
        that the job reads and modules that it imports inside itself.
    n_jobs : int, optional
        Seeds at a time, as in joblib: 1 is this process alone, −1 all cores. By default as many
        as there are cores, but at most four, as each takes some 250 MB. Each has one thread for
        its matrices.

    Returns
    -------
    result : dict or ndarray
        As the job's, each value with a first axis for the seeds.

    Raises
    ------
    TypeError, ValueError
        If there is no seed or one comes twice, which would be counted as two observations; if
        the results of two seeds differ in names or shape; with a folder, for what cannot be
        compared with an earlier call.
    RuntimeError
        If the job fails, with the seed. With a folder the other seeds are finished first.
    KeyboardInterrupt
        If it is interrupted, with a word on what is kept.

    Examples
    --------
    >>> run_study(lambda seed, power: {"value": seed**power}, [1, 2, 3], 2, n_jobs=1)
    {'value': array([1, 4, 9])}
    """
    seeds = _check_seeds(seeds)
    if folder is not None:
        Path(folder).mkdir(parents=True, exist_ok=True)
        fingerprint(job, arguments, options)  # rather fail now than in another process
    if n_jobs is None:
        n_jobs = min(len(seeds), cpu_count(), MOST_JOBS)
    # a Python in a browser has no processes, and would not want to hear of them
    backend = {"backend": "sequential"}
    if n_jobs != 1:
        backend = {"backend": "loky", "inner_max_num_threads": 1}
    calls = (delayed(_run)(folder, job, seed, arguments, options) for seed in seeds)
    kept = f"what is done is kept in {folder}, and the same call goes on from there"
    kept = kept if folder is not None else "nothing is kept; with folder=… what is done would be"
    results, failures = [], []
    try:
        with parallel_config(n_jobs=n_jobs, **backend), catch_warnings():
            # a worker that has grown is replaced, and its job goes on elsewhere
            filterwarnings("ignore", message="A worker stopped", category=UserWarning)
            several = Parallel(return_as="generator")(calls)
            for result in _with_progress(several, len(seeds)):
                (failures if isinstance(result, _Failure) else results).append(result)
                if failures and folder is None:
                    break
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"study interrupted: {kept}") from None
    except BrokenExecutor as error:
        raise RuntimeError(
            "the system ended a process of the study, most likely for want of memory: pass a "
            f"smaller n_jobs ({kept})"
        ) from error
    if failures:
        failed = ", ".join(str(failure.seed) for failure in failures)
        raise RuntimeError(
            f"the job failed for seed {failed}: {failures[0].error} ({kept})\n\n{failures[0].trace}"
        )
    return _stack(results, seeds)


class _Failure(NamedTuple):
    seed: int
    error: str
    trace: str


def _run(folder, job, seed, arguments, options):
    """Run the job or read its result; runs in the process whose code and globals count."""
    if folder is not None:
        # the job may change its arguments, so ask first
        path = Path(folder, fingerprint(job, seed, arguments, options))
        if path.exists():
            return load(path)
    try:
        with threadpool_limits(1, user_api="blas"):
            result = job(seed, *arguments, **options)
    except Exception as error:
        return _Failure(seed, f"{type(error).__name__}: {error}", format_exc())
    if folder is not None:
        unfinished = path.with_suffix(f".{getpid()}")
        dump(result, unfinished)
        unfinished.replace(path)
    return result


def _check_seeds(seeds):
    try:
        checked = [index(seed) for seed in seeds]
    except TypeError:
        raise TypeError(f"seeds must be whole numbers, as in range(1, 6); got {seeds!r}") from None
    if not checked or len(set(checked)) < len(checked):
        raise ValueError(f"seeds must hold one or more different numbers, got {checked}")
    return checked


def _stack(results, seeds, where="the job's result"):
    """Stack what the job returned for each seed, in dicts of any depth."""
    shapes = [_shape(result) for result in results]
    for seed, shape in zip(seeds, shapes, strict=True):
        if shape != shapes[0]:
            raise ValueError(
                f"{where} must be alike for all seeds, but is {shapes[0]} for seed {seeds[0]} and "
                f"{shape} for seed {seed}"
            )
    if isinstance(results[0], dict):
        return {
            name: _stack([result[name] for result in results], seeds, f"{where}[{name!r}]")
            for name in results[0]
        }
    if shapes[0].startswith("an array"):
        return np.stack([np.asarray(result) for result in results])
    stacked = np.empty(len(results), object)
    for i, result in enumerate(results):
        stacked[i] = result
    return stacked


def _shape(result):
    """Tell what `_stack` has to make of a result."""
    if isinstance(result, dict):
        return f"a dict of {sorted(result, key=str)}"
    try:
        array = np.asarray(result)
    except ValueError:  # rows of different lengths
        return "an object"
    return "an object" if array.dtype.hasobject else f"an array of shape {array.shape}"


def _with_progress(results, total):
    """Pass results on while a bar tells how many there are."""
    in_notebook = getattr(get_ipython(), "kernel", None) is not None
    bar = IntProgress(max=total, description="seeds")
    if in_notebook:
        display(bar)
    try:
        for done, result in enumerate(results, start=1):
            bar.value = done
            if not in_notebook and sys.stderr.isatty():
                print(f"\rseeds: {done} of {total}", end="\n" * (done == total), file=sys.stderr)
            yield result
    finally:
        bar.close()
