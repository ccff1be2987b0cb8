"""The pages for the person in front of the class: one sheet each, true to their lessons."""

import os
import re
import shutil
import subprocess

import lesson_rules
import notebook_tools
import pytest

from tutorial_helpers import checks

FOLDER = notebook_tools.FOLDER / "teaching"
PAGES = sorted(FOLDER.glob("[0-9]*.md"))
LESSONS = {path.name[:2]: path for path in sorted(notebook_tools.FOLDER.glob("[0-9]*.ipynb"))}
# lessons whose page is still to be written
NOT_YET = set()
LONGEST = 430  # words; some fit on a sheet and more do not
HEADINGS = [
    "Plan",
    "On the board",
    "Votes",
    "What goes wrong, and what then",
    "When time is short",
    "Homework",
]
VOTES = {it.number: it.options for it in vars(checks).values() if hasattr(it, "options")}
CHROMIUM = os.environ.get("TUTORIAL_CHROMIUM") or shutil.which("chromium")
OPTIONS = (
    "--headless --no-sandbox --disable-gpu --no-pdf-header-footer --disable-background-networking"
)

each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)


def read(path):
    """Return the text of a page and its sections by their headings."""
    text = path.read_text(encoding="utf-8")
    _, *parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return text, dict(zip(parts[::2], parts[1::2], strict=True))


def cells_of(path):
    return notebook_tools.read(LESSONS[path.stem])["cells"]


def prose_of(path):
    return "\n".join(cell["source"] for cell in cells_of(path) if cell["cell_type"] == "markdown")


def words(text):
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return sum(any(map(str.isalnum, word)) for word in text.split())


def test_every_lesson_has_its_page():
    assert {path.stem for path in PAGES} | NOT_YET >= set(LESSONS)


@each_page
def test_a_page_has_its_headings_in_order_and_is_short(path):
    text, sections = read(path)
    assert list(sections) == HEADINGS
    assert all(words(section) >= 15 for section in sections.values())
    assert words(text) <= LONGEST


@each_page
def test_title_and_minutes_are_those_of_the_lesson(path):
    text, _ = read(path)
    title = cells_of(path)[0]["source"]
    assert text.startswith(title.partition("\n")[0] + "\n")
    assert lesson_rules.MINUTES.search(text)[1] == lesson_rules.MINUTES.search(title)[1]


@each_page
def test_the_plan_has_the_sections_and_clocks_of_the_lesson(path):
    planned = re.findall(r"^\| (\d+) \| ([^|]+) \| [^|]{15,} \|$", read(path)[1]["Plan"], re.M)
    clocks = re.findall(r"^## (.+) \(~(\d+) min\)", prose_of(path), re.MULTILINE)
    plain = [(minutes, re.sub(r"[$\\]", "", heading)) for heading, minutes in clocks]
    assert planned == plain


@each_page
def test_votes_have_their_options_their_answer_and_shares_of_a_whole(path):
    section = read(path)[1]["Votes"]
    assert section.lstrip().startswith("Shares are what we expect, not measured.")
    asked = re.findall(r"^- \*\*(.+?):\*\* (.+(?:\n(?!- |\n).+)*)", section, re.MULTILINE)
    assert len(asked) >= 2
    numbers = [name for name, _ in asked if re.fullmatch(r"\d\d\.\d+", name)]
    assert numbers == [number for number in VOTES if number.startswith(path.stem + ".")]
    for name, text in asked:
        # a question, then options: **A** 800, 25 % · **B** 400 ✓, 75 %; a remark may follow
        first, *others = text[: text.rindex("%") + 1].split(" · ")
        options = [first[first.index("**A**") :], *others]
        assert [it[:6] for it in options] == [f"**{it}** " for it in "ABCD"[: len(options)]]
        assert sum(int(re.search(r", (\d+) %$", option)[1]) for option in options) == 100
        (right,) = [option[2] for option in options if "✓" in option]
        if name in VOTES:
            assert right == VOTES[name][0]
            assert len(options) == 1 + len(VOTES[name][1])


@each_page
def test_exercises_cells_and_sections_that_a_page_names_exist(path):
    text, sections = read(path)
    cells = cells_of(path)
    exercises = {number for number, *_ in lesson_rules.introduced(cells)}
    named = set(re.findall(rf"(?<![\d.-]){path.stem}\.\d+\b(?! %)", text))
    assert named <= exercises
    assert len(named & set(re.findall(r"\d\d\.\d+", sections["Homework"]))) >= 2
    code = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")
    for name in re.findall(r"`([^`]+)`", text):
        known = {cell["id"] for cell in cells}
        assert name in known or name in code or name.startswith("make "), name


@each_page
def test_percentages_are_found_in_the_lesson(path):
    """Those of votes are guesses; the others were printed by a cell or stand in its text."""
    _, sections = read(path)
    text = prose_of(path) + "".join(
        text
        for cell in cells_of(path)
        for output in cell.get("outputs", [])
        for text in [output.get("text", ""), output.get("data", {}).get("text/plain", "")]
    )
    numbers = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", text)]
    for name in set(HEADINGS) - {"Votes"}:
        for told in re.findall(r"(\d+(?:\.\d+)?) %", sections[name]):
            digits = len(told.partition(".")[2])
            found = {f"{unit * it:.{digits}f}" for it in numbers for unit in (1, 100)}
            assert told in found, told


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.md")), ids=lambda path: path.stem)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target


@each_page
def test_a_page_links_its_lesson_its_solutions_and_tomorrow(path):
    text = path.read_text(encoding="utf-8")
    name = LESSONS[path.stem].name
    assert f"(../{name})" in text
    assert f"(../solutions/{name})" in text or path.stem == "00"
    assert "(tomorrow.ipynb)" in text


def test_the_overview_names_every_page_and_true_minutes():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert {path.name for path in PAGES} <= set(re.findall(r"\]\((\d\d\.md)\)", text))
    stated = {
        number: int(lesson_rules.MINUTES.search(notebook_tools.read(path)["cells"][0]["source"])[1])
        for number, path in LESSONS.items()
    }
    rows = re.findall(r"^\|.*?\| (.+?) \| ([\d +]+) \|$", text, re.MULTILINE)
    lecture, lab, tutorial = [[int(m) for m in minutes.split(" + ")] for _, minutes in rows]
    for (taken, _), told in zip(rows[1:], (lab, tutorial), strict=True):
        numbers = re.findall(r"\[(\d\d)\]", taken)[: len(told)]
        assert told == [stated[number] for number in numbers]
    clocks = {
        number: [int(m) for m in lesson_rules.CLOCK.findall(prose_of(FOLDER / f"{number}.md"))]
        for number in ("00", "05", "06")
    }
    assert lecture == [clocks["00"][-2], sum(clocks["05"][:-1]), sum(clocks["06"][:3])]


STYLE = """<meta charset="utf-8"><style>
@page { size: A4; margin: 15mm } article { break-after: page }
body { font: 11pt/1.4 sans-serif; margin: 0 } h1 { font-size: 16pt } h2 { font-size: 12pt }
h1, h2, p, ul { margin: 1.5mm 0 } td, th { padding: 0 2mm; text-align: left }
</style>"""


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium")
def test_each_page_is_one_printed_sheet(tmp_path):
    from nbconvert.filters import markdown2html

    texts = [path.read_text(encoding="utf-8") for path in PAGES]
    articles = [f"<article>{markdown2html(text)}</article>" for text in texts]
    source, printed = tmp_path / "pages.html", tmp_path / "pages.pdf"
    source.write_text(STYLE + "".join(articles), encoding="utf-8")
    command = [CHROMIUM, *OPTIONS.split(), f"--user-data-dir={tmp_path / 'profile'}"]
    command += [f"--print-to-pdf={printed}", source.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    assert len(re.findall(rb"/Type\s*/Page\b", printed.read_bytes())) == len(PAGES)
