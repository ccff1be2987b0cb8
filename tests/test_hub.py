"""A hub as in class: lesson 06 run by three at once; what dies takes nobody's work along.

`make hub` runs it; without the extra `hub` it is skipped. Everything stays on the loopback address.
"""

import json
import shutil
import socket
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from os import environ, pathsep
from pathlib import Path

import nbformat
import psutil
import pytest

if environ.get("TUTORIAL_HUB") != "required":
    for module in ("jupyterhub", "configurable_http_proxy", "nbgitpuller"):
        pytest.importorskip(module, reason="the extra `hub` is not installed: make hub")
import requests
import websocket

ROOT = Path(__file__).parent.parent
LESSON = next(ROOT.glob("notebooks/06_*.ipynb"))
USERS = ("ada", "ben", "cleo")
CONFIG = """
c = get_config()
load_subconfig({sample!r})
c.JupyterHub.bind_url = "http://127.0.0.1:{ports[0]}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{ports[1]}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{ports[2]}"
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {homes!r}
c.Spawner.args = ["--allow-root"]
c.JupyterHub.services = [dict(name="teacher", api_token={token!r})]
scopes = ["admin:users", "admin:servers", "access:servers"]
c.JupyterHub.load_roles = [dict(name="teacher", services=["teacher"], scopes=scopes)]
"""


def wait_for(what, seconds):
    """Ask again until it is true; return that, or fail."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := what():
                return found
        except requests.RequestException:
            pass
        time.sleep(0.3)
    raise TimeoutError(f"{what.__name__}: not within {seconds} s")


class Hub:
    """A hub, asked over HTTP by its teacher."""

    def __init__(self, port, token):
        self.address, self.headers = f"127.0.0.1:{port}", {"Authorization": f"token {token}"}

    def ask(self, path, method="GET", body=None, seconds=60):
        """Send a request; fail unless it is granted."""
        url = f"http://{self.address}/{path}"
        answer = requests.request(method, url, headers=self.headers, json=body, timeout=seconds)
        answer.raise_for_status()
        return answer

    def start(self, user):
        """Start a user's server and wait for it."""

        def ready():
            servers = self.ask(f"hub/api/users/{user}").json()["servers"]
            return servers and servers[""]["ready"]

        self.ask(f"hub/api/users/{user}/server", "POST")
        wait_for(ready, 120)

    def pull(self, user):
        """Follow an nbgitpuller link."""
        repository = f"repo=file://{self.course}&branch=main&targetpath=pruning"
        assert '"finished"' in self.ask(f"user/{user}/git-pull/api?{repository}").text

    def notebook(self, user, **body):
        """Read a user's lesson, or save it."""
        path = f"user/{user}/api/contents/pruning/notebooks/{LESSON.name}"
        answer = self.ask(path, "PUT" if body else "GET", body or None)
        return answer.json().get("content")

    def kernel(self, user):
        """Open the lesson: start its kernel, or find it."""
        path = f"pruning/notebooks/{LESSON.name}"
        body = {"path": path, "type": "notebook", "name": "06", "kernel": {"name": "python3"}}
        return self.ask(f"user/{user}/api/sessions", "POST", body).json()["kernel"]["id"]

    def run(self, user, kernel, *sources, seconds=60):
        """Run cells as a browser does; return what they print, or fail with their error."""
        path = f"ws://{self.address}/user/{user}/api/kernels/{kernel}/channels"
        lines = [f"{name}: {value}" for name, value in self.headers.items()]
        printed, end = "", time.monotonic() + seconds
        connection = websocket.create_connection(path, header=lines, timeout=seconds)
        try:
            for source in sources:
                head = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request"}
                head |= {"username": user, "session": user, "version": "5.3"}
                message = {"header": head, "parent_header": {}, "metadata": {}, "channel": "shell"}
                message["content"] = {"code": source, "allow_stdin": False}
                connection.send(json.dumps(message))
                idle = False
                while not idle:
                    connection.settimeout(max(end - time.monotonic(), 0.1))
                    told = connection.recv()
                    if isinstance(told, bytes):  # the state of a widget
                        continue
                    told = json.loads(told)
                    if told["parent_header"].get("msg_id") != head["msg_id"]:
                        continue
                    assert told["msg_type"] != "error", "\n".join(told["content"]["traceback"])
                    printed += told["content"].get("text", "")
                    idle = told["content"].get("execution_state") == "idle"
        finally:
            connection.close()
        return printed.strip()


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """Start a hub with the sample configuration and stop whatever it started."""
    folder = tmp_path_factory.mktemp("hub")
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    token = uuid.uuid4().hex
    sample, homes = str(ROOT / "notebooks/teaching/jupyterhub_config.py"), f"{folder}/{{username}}"
    config = CONFIG.format(sample=sample, ports=ports, homes=homes, token=token)
    (folder / "config.py").write_text(config, encoding="utf-8")
    variables = {k: v for k, v in environ.items() if not k.endswith("_NUM_THREADS")}
    variables |= {"HOME": str(folder), "PYTHONPATH": str(ROOT)}
    variables["PATH"] = f"{Path(sys.executable).parent}{pathsep}{environ['PATH']}"
    hub = Hub(ports[0], token)
    hub.course = course(folder)
    command = [sys.executable, "-m", "jupyterhub", "-f", "config.py"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=variables, stdout=log, stderr=log)
    try:
        wait_for(lambda: process.poll() is not None or hub.ask("hub/api/health"), 120)
        assert process.poll() is None, (folder / "log").read_text()
        yield hub
    finally:
        mine = [process.pid]
        for each in psutil.process_iter(["environ"]):
            home = (each.info["environ"] or {}).get("HOME", "")
            if Path(home).is_relative_to(folder):
                mine.append(each.pid)
        for pid in mine:
            with suppress(psutil.NoSuchProcess):
                psutil.Process(pid).kill()
        process.wait(20)


def git(folder, *arguments):
    who = ["-c", "user.name=teacher", "-c", "user.email=teacher@localhost"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def course(folder):
    """Make the repository that the link names."""
    (folder / "course/notebooks").mkdir(parents=True)
    shutil.copy(LESSON, folder / "course/notebooks")
    git(folder / "course", "init", "--initial-branch=main")
    git(folder / "course", "add", ".")
    git(folder / "course", "commit", "-m", "lesson 06")
    return folder / "course"


def test_three_run_lesson_06_at_once_and_what_dies_takes_no_work_along(hub):
    def student(user):
        hub.ask(f"hub/api/users/{user}", "POST")
        hub.start(user)
        hub.pull(user)
        cells = [c["source"] for c in hub.notebook(user)["cells"] if c["cell_type"] == "code"]
        kernel = hub.kernel(user)
        hub.run(user, kernel, *cells, f"mine = {user!r}", seconds=200)
        return kernel

    with ThreadPoolExecutor(len(USERS)) as pool:
        kernels = dict(zip(USERS, pool.map(student, USERS), strict=True))
    for user, kernel in kernels.items():
        threads = "import os; print(mine, os.environ['OPENBLAS_NUM_THREADS'])"
        assert hub.run(user, kernel, threads) == f"{user} 1"

    def others_are_as_they_were():
        for user in USERS[1:]:
            assert hub.run(user, kernels[user], "print(mine)") == user

    # ada saves her answer; then her kernel dies, as one does for want of memory
    ada, kernel = USERS[0], kernels["ada"]
    edited = nbformat.from_dict(hub.notebook(ada))
    edited.cells.append(nbformat.v4.new_code_cell("answer = 6 * 7", id="ada"))
    hub.notebook(ada, type="notebook", content=edited)
    server, pid = map(int, hub.run(ada, kernel, "print(os.getppid(), os.getpid())").split())
    psutil.Process(pid).kill()
    wait_for(lambda: not psutil.pid_exists(pid), 20)
    assert wait_for(lambda: hub.run(ada, kernel, "print('mine' in globals())"), 60) == "False"
    others_are_as_they_were()

    # her whole server dies, and the teacher mends the course meanwhile
    psutil.Process(server).kill()
    (hub.course / "notebooks/new.md").touch()
    git(hub.course, "add", ".")
    git(hub.course, "commit", "-m", "new")
    others_are_as_they_were()
    hub.ask(f"hub/api/users/{ada}/server", "DELETE")
    hub.start(ada)
    hub.pull(ada)
    assert hub.notebook(ada)["cells"][-1]["source"] == "answer = 6 * 7"
    assert "new.md" in hub.ask(f"user/{ada}/api/contents/pruning/notebooks").text
    assert hub.run(ada, hub.kernel(ada), "answer = 6 * 7; print(answer)") == "42"
    others_are_as_they_were()
