"""Copy the lessons for a projector: large type, questions as headings, code folded above pictures.

`make present` opens the copies, which are in build/present, in JupyterLab. What is typed there
stays there; the lessons are as they were. Its table of contents leads from question to question.
"""

import json
import re
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPIES = ROOT / "build" / "present"
# as "**Predict.** How many …", or "**Predict**, before you move the slider: …"
QUESTION = re.compile(r"\s*\*\*Predict\.?\*\*[,:]?\s*(.)")
PICTURE_CELL = re.compile(r"\b(explore_k|show_snapshots|show)\(")
SETTINGS = {
    "apputils-extension/themes": {
        "overrides": {"code-font-size": "20px", "content-font-size1": "22px"}
    },
    # a question about news would cover the first question
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


def presented(notebook):
    """Return a lesson as it is shown: the same cells, marked as before for a slideshow."""
    count = 0

    def heading(match):
        nonlocal count
        count += 1
        return f"\n\n#### Predict {count}\n\n{match[1].upper()}"

    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            cell["source"] = QUESTION.sub(heading, source).lstrip()
        elif PICTURE_CELL.search(source):
            cell["metadata"].setdefault("jupyter", {})["source_hidden"] = True
    return notebook


def build(folder=COPIES):
    """Write the copies to a folder, and the settings of a JupyterLab that shows them."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "notebooks", folder)
    for path in folder.glob("*.ipynb"):
        notebook = presented(json.loads(path.read_text(encoding="utf-8")))
        path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    for plugin, values in SETTINGS.items():
        file = folder / ".settings" / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")


if __name__ == "__main__":
    build()
