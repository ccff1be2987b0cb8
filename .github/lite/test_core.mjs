// Run the core's tests in Pyodide itself, in Node: what a browser would compute.
//
//     pip install --target build/lite-pure --no-deps pytest pluggy iniconfig attrs sortedcontainers \
//         hypothesis==6.135.0 ipywidgets comm jupyterlab_widgets
//     node .github/lite/test_core.mjs PYODIDE [tests/test_data.py …]
//
// PYODIDE is a folder with an unpacked release, its packages included.
import { resolve } from "node:path";

const [folder, ...asked] = process.argv.slice(2);
const core = "validation data networks decomposition selection correction pruning curves bounds";
const tests = asked.length ? asked : core.split(" ").map((name) => `tests/test_${name}.py`);
const { loadPyodide } = await import(resolve(folder, "pyodide.mjs"));
const python = await loadPyodide({ indexURL: resolve(folder) + "/" });
await python.loadPackage(["scikit-learn", "matplotlib", "ipython"]);
python.FS.mkdirTree("/project");
python.FS.mount(python.FS.filesystems.NODEFS, { root: resolve(".") }, "/project");
python.globals.set("tests", python.toPy(tests));
process.exitCode = python.runPython(`
import os, sys
os.chdir("/project")
os.environ["MPLBACKEND"] = "agg"
sys.dont_write_bytecode = True
sys.path[:0] = ["/project", "/project/tests", "/project/build/lite-pure"]
import pytest
# Pyodide has no descriptors that pytest could take to catch what is printed
int(pytest.main(["-p", "no:cacheprovider", "-p", "no:faulthandler", "--capture=no", *tests]))
`);
