"""Studies are resumed, in order, and never mix; what goes wrong is named with its seed."""

import os
import subprocess
import sys

import numpy as np
import pytest
from joblib import parallel_config
from scipy.sparse import csr_array
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_info, threadpool_limits

from tutorial_helpers import generated_split, hidden_activations, running, train_network
from tutorial_helpers.running import run_study


def noted(seed, note, stop_at=None):
    """Do a job that leaves a note when it is really done, and may be interrupted."""
    if seed == stop_at and not (note / "go on").exists():
        raise KeyboardInterrupt
    with (note / "done").open("a") as file:
        file.write(f"{seed}\n")
    return {"square": seed**2, "inner": {"row": np.arange(3) * seed}}


def test_an_interrupted_study_goes_on_where_it_stopped(tmp_path):
    options = {"folder": tmp_path / "kept", "n_jobs": 1, "stop_at": 3}
    with pytest.raises(
        KeyboardInterrupt, match=r"what is done is kept in .*kept, and the same call"
    ):
        run_study(noted, [1, 2, 3, 4], tmp_path, **options)
    assert (tmp_path / "done").read_text().split() == ["1", "2"]
    with pytest.raises(KeyboardInterrupt, match="nothing is kept; with folder=…"):
        run_study(noted, [3], tmp_path, stop_at=3, n_jobs=1)
    (tmp_path / "go on").touch()
    result = run_study(noted, [1, 2, 3, 4], tmp_path, **options)
    assert (tmp_path / "done").read_text().split() == ["1", "2", "3", "4"]
    assert result["square"].tolist() == [1, 4, 9, 16]
    again = run_study(noted, np.array([4, 1]), tmp_path, **options)  # in the order asked for
    assert again["inner"]["row"].tolist() == [[0, 4, 8], [0, 1, 2]]
    assert (tmp_path / "done").read_text().split() == ["1", "2", "3", "4"]
    run_study(noted, [1], tmp_path, **options | {"stop_at": 7})  # other arguments do not mix
    assert (tmp_path / "done").read_text().split() == ["1", "2", "3", "4", "1"]


def times(factor):
    """Make jobs that share all but what they enclose."""
    return lambda seed: factor * seed


FACTOR = 1


def by_a_global(seed):
    return FACTOR * seed


def through_an_argument(seed, job):
    return job(seed)


def test_jobs_that_share_a_name_do_not_mix(tmp_path, monkeypatch):
    def run(job, *arguments):
        return run_study(job, [1, 2], *arguments, folder=tmp_path, n_jobs=1).tolist()

    assert [run(times(factor)) for factor in (1, 10, 1)] == [[1, 2], [10, 20], [1, 2]]
    arguments = [run(through_an_argument, times(factor)) for factor in (1, 10)]
    assert arguments == [[1, 2], [10, 20]]
    assert run(by_a_global) == [1, 2]
    monkeypatch.setitem(globals(), "FACTOR", 10)
    assert run(by_a_global) == [10, 20]


SCRIPT = """
import sys
from pathlib import Path
import numpy as np
from tutorial_helpers import run_study

folder, n_jobs, factor = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
X = np.ones((500, 500))  # so large that joblib hands it on in a file

def job(seed, Y):
    with (folder / "done").open("a") as file:
        file.write(f"{factor * seed} ")
    return X[seed, seed] + Y[0, seed] + factor

if __name__ == "__main__":
    print(run_study(job, [1, 2, 3], X, folder=folder / "kept", n_jobs=n_jobs).tolist())
"""


def test_another_process_goes_on_with_any_number_of_jobs(tmp_path):
    def run(*arguments):
        command = [sys.executable, script, tmp_path, *map(str, arguments)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.check_output(command, text=True, env=environment).strip()

    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    assert run(2, 1) == "[3.0, 3.0, 3.0]"
    assert sorted((tmp_path / "done").read_text().split()) == ["1", "2", "3"]
    assert run(1, 1) == "[3.0, 3.0, 3.0]"
    assert len((tmp_path / "done").read_text().split()) == 3
    assert run(2, 5) == "[7.0, 7.0, 7.0]"
    assert sorted((tmp_path / "done").read_text().split()) == ["1", "10", "15", "2", "3", "5"]


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_seed_that_fails_is_named_and_the_others_are_kept(tmp_path, n_jobs):
    def job(seed, note):
        with (note / "done").open("a") as file:
            file.write(f"{seed}\n")
        if seed == 2 and not (note / "mended").exists():
            raise KeyError("no such neuron")
        return seed

    options = {"folder": tmp_path / "kept", "n_jobs": n_jobs}
    with pytest.raises(RuntimeError, match="failed for seed 2: KeyError: 'no such neuron'") as told:
        run_study(job, [1, 2, 3, 4], tmp_path, **options)
    assert "is kept in" in str(told.value)
    assert "in job" in str(told.value)  # where it happened
    assert sorted((tmp_path / "done").read_text().split()) == ["1", "2", "3", "4"]
    (tmp_path / "mended").touch()
    assert run_study(job, [1, 2, 3, 4], tmp_path, **options).tolist() == [1, 2, 3, 4]
    assert sorted((tmp_path / "done").read_text().split()) == ["1", "2", "2", "3", "4"]


def test_without_a_folder_a_failure_ends_the_study_at_once(tmp_path):
    def job(seed):
        (tmp_path / str(seed)).touch()
        return 1 / (seed - 2)

    with pytest.raises(RuntimeError, match=r"seed 2: ZeroDivisionError: .*nothing is kept"):
        run_study(job, [1, 2, 3, 4], n_jobs=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2"]


def test_a_process_that_the_system_ends_is_told_with_what_is_kept(tmp_path):
    def job(seed):
        os._exit(1)

    with pytest.raises(RuntimeError, match=r"want of memory: pass a smaller n_jobs .*is kept in"):
        run_study(job, [1, 2], folder=tmp_path, n_jobs=2)


def test_side_by_side_is_the_same_as_one_after_the_other():
    X, X_test, y, _ = generated_split(0)

    def job(seed):
        network = train_network(X[:150], y[:150], (10,), random_state=seed, max_iter=3000)
        return {"Z": hidden_activations(network, X_test[:200])}

    alone, beside = (run_study(job, [5, 1, 2], n_jobs=n)["Z"] for n in (1, 2))
    assert alone.shape == (3, 200, 10)
    assert np.array_equal(alone, beside)
    assert run_study(abs, [-3, 2], n_jobs=1).tolist() == [3, 2]  # without a dict


def threads():
    return {lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"}


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_each_job_has_one_thread_and_the_reader_keeps_his(n_jobs):
    with threadpool_limits(2, user_api="blas"):
        before = threads()
        found = run_study(lambda seed: max(threads()), [1, 2], n_jobs=n_jobs)
        assert found.tolist() == [1, 1]
        assert threads() == before


@pytest.mark.parametrize(
    ("cores", "asked", "jobs"),
    [(20, None, 4), (2, None, 2), (1, None, 1), (20, 3, 3), (20, -1, -1)],
)
def test_few_processes_unless_asked_for_more(monkeypatch, cores, asked, jobs):
    seen = []

    def watched(*, n_jobs, **options):
        seen.append(n_jobs)
        return parallel_config("sequential")

    monkeypatch.setattr(running, "cpu_count", lambda: cores)
    monkeypatch.setattr(running, "parallel_config", watched)
    run_study(abs, range(10), n_jobs=asked)
    assert seen == [jobs]
    run_study(abs, [1], n_jobs=None)
    assert seen[1] == 1


def test_a_python_without_processes_runs_a_study():
    source = "from tutorial_helpers import run_study; print(run_study(abs, [-1, 2]).tolist())"
    environment = os.environ | {"JOBLIB_MULTIPROCESSING": "0"}
    command = [sys.executable, "-c", source]
    done = subprocess.run(command, text=True, env=environment, capture_output=True, check=True)
    assert done.stdout.strip() == "[1, 2]"
    assert "serial" not in done.stderr


NO_PROCESSES = """
import sys
from joblib.externals.loky import reusable_executor
from tutorial_helpers import run_study

def refuse(event, arguments):
    if event in ("os.fork", "os.forkpty", "os.posix_spawn", "subprocess.Popen"):
        raise OSError("a browser starts no process")

sys.addaudithook(refuse)
print(run_study(abs, [-1, 2], n_jobs=1).tolist(), reusable_executor._executor)
"""


def test_one_job_is_this_process_alone():
    told = subprocess.check_output([sys.executable, "-c", NO_PROCESSES], text=True)
    assert told.strip() == "[1, 2] None"


@pytest.mark.parametrize("seeds", [[], [1, 2, 1], [1, np.int64(1)]])
def test_seeds_that_would_count_twice_are_named(seeds):
    with pytest.raises(ValueError, match="seeds must hold one or more different numbers, got"):
        run_study(noted, seeds)


@pytest.mark.parametrize("seeds", [5, None, [1.0, 2.0], ["a"], "12"])
def test_seeds_that_are_no_numbers_are_named(seeds):
    with pytest.raises(TypeError, match=r"seeds must be whole numbers, as in range\(1, 6\); got"):
        run_study(noted, seeds)


def test_what_cannot_be_compared_is_refused_before_any_work(tmp_path):
    def job(seed, stream):
        raise AssertionError("never called")

    with (
        (tmp_path / "open").open("w") as stream,
        pytest.raises(TypeError, match="cannot tell whether this call was made before"),
    ):
        run_study(job, [1, 2], stream, folder=tmp_path / "kept")


class Made:
    """Anything that is no array."""


@pytest.mark.parametrize(
    "make",
    [
        lambda seed: csr_array(np.eye(2) * seed),
        lambda seed: make_pipeline(StandardScaler()),  # has a length, like a list
        lambda seed: None,
        lambda seed: [[1], [1, 2]],
        lambda seed: [Made(), Made()],
    ],
)
def test_what_is_no_array_comes_back_as_it_is(make):
    made = {seed: make(seed) for seed in (1, 2)}
    found = run_study(made.get, [1, 2], n_jobs=1)
    assert found.shape == (2,)
    assert found[0] is made[1]
    assert found[1] is made[2]


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, r"\['a'\] for seed 1 and a dict of \['a', 'b'\] for seed 2"),
        ({"a": 1}, 3, r"a dict of \['a'\] for seed 1 and an array of shape \(\) for seed 2"),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1]}}, r"result\['a'\]\['b'\] must be .* \(2,\) for"),
        (3, None, r"an array of shape \(\) for seed 1 and an object for seed 2"),
        (csr_array(np.eye(2)), np.eye(2), r"an object for seed 1 and an array of shape \(2, 2\)"),
    ],
)
def test_results_that_differ_are_named_with_their_seeds(first, second, message):
    with pytest.raises(ValueError, match=message):
        run_study({1: first, 2: second}.get, [1, 2], n_jobs=1)
