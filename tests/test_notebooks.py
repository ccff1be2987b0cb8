"""The stored notebooks have no problems, and every rule about them fires when it should."""

import json
import re
import shutil

import lesson_rules
import notebook_tools
import pytest
from notebook_tools import METADATA, main, normalise, notebooks, problems, read, refresh

# one white pixel, with a comment in it
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAAEnRFWHRTb2Z0d2FyZQBOb3RlYm9va1TcsR4AAAAKSURB"
    "VHjaY/gPAAEBAQAbtu5WAAAAAElFTkSuQmCC"
)
VIEW = notebook_tools.WIDGET_VIEW
HOME = "/".join(["", "home", "me"])


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_stored_notebook_has_no_problems(path):
    assert problems(path) == []


def test_the_map_in_lesson_00_names_every_lesson_with_its_question_and_minutes():
    lessons = [path for path in notebooks() if path.parent.name == "notebooks"]
    cells = {cell["id"]: cell["source"] for cell in read(lessons[0])["cells"]}
    rows = re.findall(r"\(([^)]+)\) \| (.+) \| (\d+) \|", cells["map"])
    mapped = {name: (question, minutes) for name, question, minutes in rows}
    for path in lessons:
        title = read(path)["cells"][0]["source"]
        question = re.match(r"# \d\d · (.+)", title)[1]
        minutes = re.search(r"(\d+) minutes", title)[1]
        assert mapped[path.name] == (question, minutes)


def test_the_lecture_of_ninety_minutes_takes_no_longer():
    """The last section of 00, 05 without its last one, and the first three of 06."""
    clocks = {}
    for path in notebooks():
        if path.parent.name == "notebooks":
            text = "\n".join(cell["source"] for cell in read(path)["cells"])
            clocks[path.name[:2]] = [int(m) for m in lesson_rules.CLOCK.findall(text)]
    told = [clocks["00"][-1], *clocks["05"][:-1], *clocks["06"][:3]]
    assert 80 <= sum(told) <= 90


# --- small notebooks, healthy but for one thing --------------------------------------------------


def prose(text, name="prose"):
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}


def code(source, *outputs, name="code", count=1, **metadata):
    return {
        "cell_type": "code",
        "id": name,
        "metadata": metadata,
        "source": source,
        "execution_count": count,
        "outputs": list(outputs),
    }


def text(value, name="stdout"):
    return {"output_type": "stream", "name": name, "text": value}


def data(metadata=None, **bundle):
    bundle = {kind.replace("_", "/"): value for kind, value in bundle.items()}
    return {"output_type": "display_data", "data": bundle, "metadata": metadata or {}}


def write(path, *cells, **metadata):
    notebook = {
        "cells": list(cells),
        "metadata": METADATA | metadata,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


HEALTHY = code("print(1)", text("1\n"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two healthy lessons with their solutions."""
    monkeypatch.setattr(lesson_rules, "NOT_YET", {"01", "02", "03", "04"})
    for name in ("01_one.ipynb", "02_two.ipynb"):
        write(tmp_path / name, HEALTHY)
        write(tmp_path / "solutions" / name, HEALTHY)
    return tmp_path


def test_a_healthy_notebook_has_no_problems(folder):
    path = write(
        folder / "01_one.ipynb",
        prose(
            "Back to [two](02_two.ipynb#top), its [solution](solutions/02_two.ipynb), "
            "[the paper](https://arxiv.org/abs/2108.00065), [above](#top). "
            "Columns: $Z_{:,J}$. `Z[J](no/link)` ![a kept neuron](02_two.ipynb) "
            '<img src="02_two.ipynb" alt="a removed neuron">'
        ),
        code("show(ax, 'A line.')", data({"image/png": {"alt": "A line."}}, image_png=PNG)),
        code("# NBVAL_CHECK_OUTPUT\nprint(0.5)", text("0.5\n"), name="exact", count=2),
        code("k = 10\n" * 20, name="long-but-alone", count=3),
        *(code("k", name=f"short-{count}", count=count) for count in range(4, 12)),
        prose("**Predict.** More or less?", name="question"),
        code("explore_k(scene)", name="move", count=12),
        code("show_snapshots(scene, [1], 'One.')", name="twin", count=13),
        prose("**Explain.** Less.", name="answer"),
    )
    assert problems(path) == []
    assert problems(folder / "solutions" / "01_one.ipynb") == []
    assert notebooks(folder) == sorted(folder.rglob("*.ipynb"))


FIRING = {
    "more than 20": [code("k = 1\n" * 21), *[code("k", HEALTHY["outputs"][0])] * 10],
    "median code cell has 7 lines": [code("k = 1\n" * 7, text("1"))],
    "100% of the code cells have more than 15": [code("k = 1\n" * 16, text("1"))],
    "it is empty": [code(" \n", text("1"))],
    "no code cell": [prose("Only words.")],
    "execution counts are [2]": [code("1", text("1"), count=2)],
    "execution counts are [None]": [code("1", text("1"), count=None)],
    "execution counts are [1, 3]": [code("1", text("1")), code("1", count=3, name="next")],
    "no outputs at all": [code("k = 1")],
    "stopped with ValueError: no": [
        code("1", {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []})
    ],
    "wrote to stderr: oh": [code("1", text("oh", name="stderr"))],
    "printed a warning": [code("1", text("ConvergenceWarning: not converged"))],
    "view of a widget": [code("1", data(**{VIEW: {"model_id": "a"}, "text_html": "<p>a</p>"}))],
    "figure has no alternative text": [code("1", data(image_png=PNG))],
    "its figure has no alternative": [
        code("1", data({"image/svg+xml": {"alt": " "}}, **{"image_svg+xml": "<svg/>"}))
    ],
    "<img> in its output": [code("1", data(text_html='<img src="data:a">'))],
    "an <img> has no alternative text": [prose('<p><img src="a" alt=" "></p>'), HEALTHY],
    "the image 02_two.ipynb has no alternative": [prose("![](02_two.ipynb)"), HEALTHY],
    "the link to 03_three.ipynb leads nowhere": [prose("[next](03_three.ipynb)"), HEALTHY],
    "the link to 04_four.ipynb#a leads": [prose('<a href="04_four.ipynb#a">on</a>'), HEALTHY],
    "the link to ../02_two.ipynb leads": [prose("[b](../02_two.ipynb)"), HEALTHY],
    "Z_{J,:} chooses rows": [prose("The kept rows $Z_{J, :}$."), HEALTHY],
    f"place on one machine: {HOME}": [code("1", text(f"in {HOME}/lesson.py"))],
    "machine: C:\\Users\\": [code("1", text("in C:\\Users\\me"))],
    "machine: file:///Users/me": [code("1", data(text_html="<a href='file:///Users/me/a'>"))],
    "address in memory: 0x7f3a5c": [code("f", data(text_plain="<function f at 0x7f3a5c>"))],
    "output is not text alone": [
        code("# NBVAL_CHECK_OUTPUT\n1", data({"image/png": {"alt": "a"}}, image_png=PNG))
    ],
    "0.1234567 is too long": [code("# NBVAL_CHECK_OUTPUT\n1", text("0.1234567"))],
    "'code' is used more than once": [HEALTHY, HEALTHY],
    "'a1b2c3d4', not a slug": [code("1", text("1"), name="a1b2c3d4")],
    "'By_Hand', not a slug": [code("1", text("1"), name="By_Hand")],
    "cell 1 has no id": [code("1", text("1"), name=None)],
    "metadata of a front end: ['collapsed']": [code("1", text("1"), collapsed=True)],
    "no **Predict** in the three cells before the slider of move": [
        prose("**Predict.** Too early?"),
        *[HEALTHY] * 3,
        code("explore_k(scene)", name="move"),
    ],
    "no show_snapshots right below the slider of move": [
        code("explore_k(scene)", name="move"),
        HEALTHY,
        code("show_snapshots(scene, [1], 'One.')"),
    ],
    "no **Explain** and no claim after the slider of move": [
        code("explore_k(scene)", name="move"),
        *[HEALTHY] * 6,
        prose("**Explain.** Too late."),
    ],
}


@pytest.mark.parametrize("message", FIRING)
def test_a_rule_about_cells_fires(message, folder):
    found = problems(write(folder / "01_one.ipynb", *FIRING[message]))
    assert any(message in problem for problem in found), found


def test_rules_about_the_notebook_fire(folder):
    path = write(folder / "01_one.ipynb", HEALTHY, widgets={}, language_info={"version": "3.11.2"})
    assert len(problems(path)) == 2
    notebook = read(path) | {"nbformat_minor": 4}
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert "not in notebook format 4.5" in problems(path)


def test_lessons_and_solutions_come_in_pairs(folder):
    alone = write(folder / "03_three.ipynb", HEALTHY)
    assert problems(alone) == ["no solutions/03_three.ipynb"]
    alone = write(folder / "solutions" / "04_four.ipynb", HEALTHY)
    assert problems(alone) == ["a solution without its lesson 04_four.ipynb"]
    assert "is not like" in problems(write(folder / "notes.ipynb", HEALTHY))[0]


def test_only_the_start_may_lack_a_solution_and_only_without_exercises(folder, monkeypatch):
    monkeypatch.setattr(lesson_rules, "NOT_YET", {"00"})
    start = write(folder / "00_start_here.ipynb", HEALTHY)
    assert problems(start) == []
    write(start, code("T = ...", text("1"), tags=["exercise"]))
    assert problems(start) == ["no solutions/00_start_here.ipynb"]


def test_a_solution_has_the_exercises_of_its_lesson(folder):
    write(folder / "01_one.ipynb", code("T = ...", text("1"), name="try", tags=["exercise"]))
    assert "other ids" in problems(folder / "solutions" / "01_one.ipynb")[0]


# --- lessons, and what they should be ----------------------------------------------------------


def test_the_lessons_that_are_not_written_by_the_rules_yet_exist():
    lessons = {path.name[:2] for path in notebooks() if path.parent.name == "notebooks"}
    assert lessons >= lesson_rules.NOT_YET


SEEN = "Two arrows from one point, the longer one to the right of the other."
TITLE = """# 05 · Why?

**10 minutes**, exercises 20 more. After it you can
- add two numbers (05.1, 05.2),
- tell a sum
  from a product (05.3, 05.4),
- go on alone (05.5).

First of all."""


def asked(place, rung, source=None):
    """Make an exercise: the cell that introduces it and the cell to work in."""
    yield prose(f"**Exercise 05.{place}** · {rung}. What now?", f"exercise-{place}-aim")
    source = f"check_{rung}(...)" if source is None else source
    yield code(source, name=f"exercise-{place}", count=place + 1, tags=["exercise"])


LESSON = [
    prose(TITLE, "title"),
    # 500 words are 6.7 minutes; the title, a cell and a prediction make three more
    prose("## One $a\\n b$ (~8 min)\n\n**Predict.** " + "word $x + y$ " * 250, "one"),
    prose(f"![{SEEN}](pictures/05_arrows.svg)", "picture"),
    code("claim('one', True)", text("1"), name="measured"),
    prose("## Exercises", "exercises"),
    *asked(1, "recall"),
    *asked(2, "vote"),
    *asked(3, "bug"),
    *asked(4, "transfer"),
    *asked(5, "investigate", "# Exercise 05.5"),
    prose("## What we saw\n\nAll of it.", "saw"),
]
# message → a piece of the healthy lesson, and what stands in its place
FIRING_LESSON = {
    "states no time: write": ("**10 minutes**", "Short"),
    "states 13 minutes, words and cells make 10": ("**10 minutes**", "**13 minutes**"),
    "states 7 minutes, words and cells make 10": ("**10 minutes**", "**7 minutes**"),
    "states 10 minutes, words and cells make 15": ("First of all.", "of all " * 200),
    "61 minutes are more than 60": ("**10 minutes**", "**61 minutes**"),
    "clocks of its sections make 4 minutes, the title states 10": ("(~8 min)", "(~4 min)"),
    "clocks of its sections make 16 minutes": ("(~8 min)", "(~16 min)"),
    "11 claims, more than 10": ("claim('one', True)", "claim('one', True)\n" * 11),
    "no picture of its own": ("05_arrows", "04_arrows"),
    "pictures/05_arrows.svg has fewer than 40 characters": (SEEN, "Two arrows."),
    "make it ['05.1', '05.2', '05.3', '05.4', '05.5']": ("Exercise 05.2*", "Exercise 05.6*"),
    "are numbered ['04.1', '05.2'": ("Exercise 05.1*", "Exercise 04.1*"),
    "write '**Exercise 05.1** · recall'": (" · recall", ""),
    "write '**Exercise 05.3** · recall', or another": (" · bug", " · mistake"),
    "no exercise of the rung vote": (" · vote", " · recall"),
    "exercise 05.4 has no checker": ("check_transfer(...)", "sum = ..."),
    "between the headings": ("## Exercises", "### Exercises"),
    "and '## What we saw'": ("## What we saw", "## Misconceptions"),
    "is an exercise: introduce it": ("**Exercise 05.1** · recall.", "Hello."),
    "states no time for the exercises": (", exercises 20 more", ""),
    "lists 2 objectives": ("- go on alone (05.5).", ""),
    "lists 6 objectives": ("- go on", "- a (05.1)\n- b (05.1)\n- c (05.1)\n- go on"),
    "'- tell a sum from a product,' does not end": (" (05.3, 05.4)", ""),
    "exercises that do not exist: ['05.7']": ("(05.3, 05.4)", "(05.3, 05.7)"),
    "measured: np.divide with where=": (
        "claim('one', True)",
        "np.divide(1, x,\n    out=y, where=(x > 0))",
    ),
    "measured: a dictionary has tuples as keys": (
        "claim('one', True)",
        "{'a': 1, ('b', 2): 3}",
    ),
    "dictionary has tuples": ("claim('one', True)", "{(i, j): 1 for i in a for j in b}"),
}


@pytest.fixture
def by_the_rules(folder):
    """Write the healthy lesson, with some of its text replaced."""
    for place in (folder / "pictures", folder / "solutions" / "pictures"):
        place.mkdir()
        for number in ("04", "05"):
            (place / f"{number}_arrows.svg").touch()

    def by_the_rules(old="", new=""):
        cells = [cell | {"source": cell["source"].replace(old, new)} for cell in LESSON]
        assert not old or cells != LESSON
        write(folder / "solutions" / "05_five.ipynb", *cells)
        return write(folder / "05_five.ipynb", *cells)

    return by_the_rules


def test_a_lesson_by_the_rules_has_no_problems(by_the_rules):
    assert problems(by_the_rules()) == []
    assert problems(by_the_rules("check_bug(", "%timeit check_bug(")) == []  # no plain Python
    assert problems(by_the_rules("What now?", "What now? " * 900)) == []  # exercises are apart
    assert problems(by_the_rules("check_vote(...)", "claim(1)\n" * 12 + "check_vote(...)")) == []
    assert problems(by_the_rules(SEEN, SEEN * 90)) == []


@pytest.mark.parametrize("message", FIRING_LESSON)
def test_a_rule_about_lessons_fires(message, by_the_rules, folder):
    found = problems(by_the_rules(*FIRING_LESSON[message]))
    assert any(message in problem for problem in found), found
    assert problems(folder / "solutions" / "05_five.ipynb") == []


def test_no_rule_about_lessons_fires_before_its_time(by_the_rules, monkeypatch):
    path = by_the_rules("**10 minutes**", "**70 minutes**")
    assert len(problems(path)) == 3
    monkeypatch.setattr(lesson_rules, "NOT_YET", {"05"})
    assert problems(path) == []


# --- running and storing -------------------------------------------------------------------------


def test_normalise_keeps_what_a_reader_sees_and_nothing_else():
    live = data(**{VIEW: {"model_id": "a"}, "text_plain": "VBox(children=…)"})
    live_with_page = data(**{VIEW: {"model_id": "a"}, "text_html": "<p>9</p>"})
    notebook = {
        "cells": [
            prose("One."),
            prose("Two.", name="1a2b3c4d"),
            code(
                "1", text("a"), text("b"), live, live_with_page, name=None, count=7, scrolled=True
            ),
            code(
                "2", data(image_png=PNG), name="decade", count=9, jupyter={"outputs_hidden": True}
            ),
        ],
        "metadata": {"widgets": {}, "kernelspec": {"name": "my-env"}, "title": "kept"},
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    tidy = normalise(notebook)
    assert [cell["id"] for cell in tidy["cells"]] == ["prose", "cell-02", "cell-03", "decade"]
    assert tidy["metadata"] == METADATA | {"title": "kept"}
    first, second = tidy["cells"][2:]
    assert (first["execution_count"], second["execution_count"]) == (1, 2)
    assert first["metadata"] == second["metadata"] == {}
    assert first["outputs"] == [text("ab"), data(text_html="<p>9</p>")]
    picture = second["outputs"][0]["data"]["image/png"]
    assert len(picture) < len(PNG)
    again = json.loads(json.dumps(tidy))
    assert normalise(again) == tidy


CELLS = {
    "stream": "import sys\nfor i in range(3):\n    print(i, flush=True)\nsys.stdout.flush()",
    "widget": "import ipywidgets\nipywidgets.interact(lambda k: print(k), k=(1, 9));",
    "figure": (
        "from tutorial_helpers import show\nimport matplotlib.pyplot as plt\n"
        "_, ax = plt.subplots()\nax.plot([1, 2])\nshow(ax, 'A line.')"
    ),
    "folder": "from pathlib import Path\nPath('01_one.ipynb').exists()",
}


@pytest.fixture
def lesson(folder):
    cells = [code(source, name=name, count=None) for name, source in CELLS.items()]
    return write(folder / "01_one.ipynb", *cells)


def test_refresh_stores_one_clean_run_and_then_changes_nothing(lesson):
    assert problems(lesson)
    assert refresh(lesson)
    assert problems(lesson) == []
    stored = lesson.read_bytes()
    assert stored.endswith(b"}\n")
    assert not refresh(lesson)
    assert lesson.read_bytes() == stored
    stream, widget, figure, place = read(lesson)["cells"]
    assert stream["outputs"] == [text("0\n1\n2\n")]
    assert widget["outputs"] == []
    assert figure["outputs"][0]["metadata"]["image/png"]["alt"] == "A line."
    assert place["outputs"][0]["data"]["text/plain"] == "True"


def test_refresh_leaves_a_failing_notebook_as_it_was(folder, capsys):
    path = write(folder / "01_one.ipynb", code("1 / 0", count=None))
    before = path.read_bytes()
    assert main(["refresh", str(path)]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().out
    assert path.read_bytes() == before


def test_check_tells_every_problem_and_fails(folder, capsys):
    path = write(folder / "01_one.ipynb", code("k = 1"))
    assert main(["check", str(path)]) == 1
    assert re.search(r"01_one.ipynb: no outputs at all", capsys.readouterr().out)
    shutil.copy(folder / "02_two.ipynb", path)
    assert main(["check", str(path)]) == 0
