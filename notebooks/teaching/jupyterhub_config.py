"""A JupyterHub for a class: `class.md` beside this file tells where it goes and what was measured.

`make hub` starts a hub with it on this machine, and three users run lesson 06 at once.
"""

c = get_config()  # noqa: F821

# thirty kernels with a thread for every core each get in each other's way: see the Makefile
c.Spawner.environment = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL")}

# a server and three open lessons; who opens a fourth loses a kernel, and the class does not notice
c.Spawner.mem_limit = "1.5G"

# all log in within the same minute
c.Spawner.start_timeout = 180
c.Spawner.http_timeout = 120
