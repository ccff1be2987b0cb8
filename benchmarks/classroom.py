"""Measure what a student takes on a hub: ``python -m benchmarks.classroom [notebooks]``.

One JupyterLab server, and one kernel that runs a lesson whole (06 by default), on one thread.
Prints the table of ``notebooks/teaching/class.md``. Seconds are the processor's, not the clock's.
"""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
from nbclient import NotebookClient

from benchmarks.common import number, table

LESSONS = sorted(Path(__file__).parents[1].glob("notebooks/06_*.ipynb"))
STUDENTS, CORES = 30, 8
# the peak, which Linux keeps for each process, in MB; and seconds since its start
TELL = """
import re, time
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1e3)
print(time.process_time())
"""


def kernel(cells, folder):
    """Run cells in a kernel of their own; return its largest memory in MB and its seconds."""
    cells = [nbformat.v4.new_code_cell(source) for source in (*cells, TELL)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    place = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=place).execute()
    return map(float, notebook.cells[-1].outputs[0].text.split())


def server():
    """Start a JupyterLab server; return its memory in MB and its seconds until it listens."""
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        next(line for line in process.stderr if "is running at" in line)
        told = psutil.Process(process.pid)
        found = told.memory_info().rss / 1e6, sum(told.cpu_times()[:2])
        process.kill()
    return found


def measure(lessons):
    """Return the rows of the table."""
    memory, seconds = server()
    yield "a server", number(memory), number(seconds)
    start = "from tutorial_helpers import *; import matplotlib.pyplot"
    yield "a kernel that has imported all", *map(number, kernel([start], lessons[0].parent))
    for path in lessons:
        cells = nbformat.read(path, as_version=4).cells
        run = kernel([c.source for c in cells if c.cell_type == "code"], path.parent)
        most, used = run
        yield f"lesson {path.name[:2]}, run whole", number(most), number(used)
        all_at_once = number(STUDENTS * (memory + most)), number(STUDENTS * used / CORES)
        yield f"{STUDENTS} at once, {CORES} cores", *all_at_once


if __name__ == "__main__":
    os.environ |= {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    lessons = [Path(name).resolve() for name in sys.argv[1:]] or LESSONS
    print(table(["", "memory, MB", "seconds"], measure(lessons)))
