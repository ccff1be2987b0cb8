"""What a lesson should be, beyond a notebook that is stored well: minutes, pictures, exercises."""

import ast
import re

# lessons that are not written by these rules yet, by number
NOT_YET = set()

WORDS_A_MINUTE, MINUTES_A_CELL, MINUTES_A_PREDICT = 75, 1, 1.8
LONGEST, OFF, CLOCKS_OFF = 60, 1 / 10, 5  # minutes, share of the estimate, minutes
MOST_CLAIMS, SHORTEST_ALT = 10, 40
RUNGS = ("recall", "vote", "bug", "transfer", "investigate")

EXERCISES, SUMMARY = re.compile(r"## Exercises\s*(\(.*\))?$"), re.compile(r"## What we saw\s*$")
MINUTES = re.compile(r"\*\*(\d+) minutes\b")
MORE = re.compile(r"\bexercises (\d+) more\b")
CLOCK = re.compile(r"^## .*\(~(\d+) min\)", re.MULTILINE)
IMAGE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)>\s]+)[^)]*\)")
OWN_PICTURE = re.compile(r"pictures/(\d\d)_[\w-]+\.svg")
FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$]+\$", re.DOTALL)
INTRODUCED = re.compile(r"^\*\*Exercise (\d\d\.\d+)\*\*(?: · (\w+))?", re.MULTILINE)
TESTED_BY = re.compile(r"\((\d\d\.\d+(?:, \d\d\.\d+)*)\)[,.;]?$")


def lesson_problems(number, cells):
    """Return what is wrong with a lesson, one sentence each; nothing for those in `NOT_YET`.

    Parameters
    ----------
    number : str
        Its two digits.
    cells : list of dict
        As `notebook_tools.read` returns them.

    Returns
    -------
    problems : list of str
    """
    if number in NOT_YET or not cells:
        return []
    title, read = cells[0]["source"], _read(cells)
    found = [*_minutes_problems(title, read), *_clock_problems(title, read)]
    found += [*_claim_problems(read), *_picture_problems(number, cells), *_code_problems(cells)]
    if number != "00":  # it shows what an exercise is; there is nothing to test yet
        found += [*_exercise_problems(number, cells), *_objective_problems(title, cells)]
    return found


def introduced(cells):
    """List the exercises of a lesson: number, rung or "", text and code of each, in order."""
    found = []
    for cell in cells:
        if cell["cell_type"] == "markdown":
            for text in re.split(r"^(?=\*\*Exercise )", cell["source"], flags=re.MULTILINE):
                if start := INTRODUCED.match(text):
                    found.append((start[1], start[2] or "", text, ""))
        elif found and "exercise" in cell["metadata"].get("tags", []):
            number, rung, text, source = found[-1]
            found[-1] = number, rung, text, f"{source}\n{cell['source']}"
    return found


def _prose(cells):
    return "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")


def _read(cells):
    """Return kind and source of what is read and run apart from the exercises, in parts.

    A part of text ends where the next heading begins.
    """
    parts, outside = [], True
    for cell in cells:
        source, kind = cell["source"], cell["cell_type"]
        for part in re.split(r"^(?=## )", source, flags=re.M) if kind == "markdown" else [source]:
            first = part.partition("\n")[0]
            if kind == "markdown" and (EXERCISES.match(first) or SUMMARY.match(first)):
                outside = not EXERCISES.match(first)
            if outside:
                parts.append((kind, part))
    return parts


def estimate(cells):
    """Return how many minutes a lesson takes without its exercises."""
    return _estimate(_read(cells))


def _estimate(read):
    prose = "\n".join(source for kind, source in read if kind == "markdown")
    plain = re.sub(r"\]\([^)]*\)", "]", FORMULA.sub(" formula ", IMAGE.sub(" ", prose)))
    words = sum(any(map(str.isalnum, word)) for word in plain.split())
    code = sum(kind == "code" for kind, _ in read)
    predicts = prose.count("**Predict")
    return words / WORDS_A_MINUTE + MINUTES_A_CELL * code + MINUTES_A_PREDICT * predicts


def _minutes_problems(title, read):
    if not (stated := MINUTES.search(title)):
        yield "the title cell states no time: write '**50 minutes**, exercises 25 more.'"
        return
    minutes, right = int(stated[1]), _estimate(read)
    if abs(minutes - right) > OFF * right:
        yield (
            f"the title states {minutes} minutes, words and cells make {right:.0f}: state what it "
            "takes (exercises apart), or write more briefly"
        )
    if (longest := max(minutes, round(right))) > LONGEST:
        yield f"{longest} minutes are more than {LONGEST}: shorten the lesson or make two"


def _clock_problems(title, read):
    sections = "\n".join(source for kind, source in read if kind == "markdown")
    total = sum(int(minutes) for minutes in CLOCK.findall(sections))
    stated = MINUTES.search(title)
    if stated and abs(total - int(stated[1])) > CLOCKS_OFF:
        yield (
            f"the clocks of its sections make {total} minutes, the title states {stated[1]}: "
            "mend the '(~8 min)' in the headings"
        )


def _claim_problems(read):
    claims = sum(len(re.findall(r"\bclaim\(", code)) for kind, code in read if kind == "code")
    if claims > MOST_CLAIMS:
        yield f"{claims} claims, more than {MOST_CLAIMS}: keep what matters, print the rest"


def _picture_problems(number, cells):
    pictures = [
        (alt, target, own[1])
        for alt, target in IMAGE.findall(_prose(cells))
        if (own := OWN_PICTURE.fullmatch(target))
    ]
    if not any(whose == number for _, _, whose in pictures):
        yield f"no picture of its own: show one as ![what one sees](pictures/{number}_name.svg)"
    for alt, target, _ in pictures:
        if len(" ".join(alt.split())) < SHORTEST_ALT:
            yield (
                f"the alternative text of {target} has fewer than {SHORTEST_ALT} characters: "
                "say what one sees"
            )


def _exercise_problems(number, cells):
    exercises = introduced(cells)
    numbers = [it for it, *_ in exercises]
    wanted = [f"{number}.{place}" for place in range(1, len(numbers) + 1)]
    if numbers != wanted:
        yield f"its exercises are numbered {numbers}: make it {wanted}"
    headings = [line for line in _prose(cells).splitlines() if line.startswith("## ")]
    if [sum(map(bool, map(it.match, headings))) for it in (EXERCISES, SUMMARY)] != [1, 1]:
        yield "put its exercises between the headings '## Exercises' and '## What we saw'"
    for it, rung, _, source in exercises:
        if rung not in RUNGS:
            yield f"write '**Exercise {it}** · recall', or another of {', '.join(RUNGS)}"
        elif rung != "investigate" and not re.search(r"\bcheck_\w+\(", source):
            yield f"exercise {it} has no checker: call it in a cell tagged 'exercise' below it"
    behind = ""
    for cell in cells:
        behind = cell["source"] if cell["cell_type"] == "markdown" else behind
        if "exercise" in cell["metadata"].get("tags", []) and not INTRODUCED.search(behind):
            yield (
                f"cell {cell['id']} is an exercise: introduce it by '**Exercise {number}.1** · …'"
            )
    for rung in RUNGS:
        if rung not in {rung for _, rung, *_ in exercises}:
            yield f"no exercise of the rung {rung}: write one, '**Exercise {number}.1** · {rung}'"


def _objective_problems(title, cells):
    if not MORE.search(title):
        yield "the title cell states no time for the exercises: write 'exercises 25 more' in it"
    bullets = re.findall(r"^- .+(?:\n(?!- ).+)*", title, re.MULTILINE)
    if not 3 <= len(bullets) <= 5:
        yield f"the title cell lists {len(bullets)} objectives: make it 3 to 5"
    exercises = {it for it, *_ in introduced(cells)}
    for bullet in bullets:
        start = " ".join(bullet.split())[:40]
        if not (tested := TESTED_BY.search(bullet.strip())):
            yield f"the objective {start!r} does not end with its exercises, such as '(05.1, 05.3)'"
        elif missing := set(tested[1].split(", ")) - exercises:
            yield f"the objective {start!r} names exercises that do not exist: {sorted(missing)}"


def _code_problems(cells):
    for cell in cells:
        try:
            nodes = [*ast.walk(ast.parse(cell["source"]))] if cell["cell_type"] == "code" else []
        except SyntaxError:  # a line for the notebook alone, such as %timeit
            continue
        for node in nodes:
            called = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "divide"
            if called and any(keyword.arg == "where" for keyword in node.keywords):
                yield f"cell {cell['id']}: np.divide with where= is hard to read: write two lines"
            keys = getattr(node, "keys", [getattr(node, "key", None)])
            made = isinstance(node, ast.Dict | ast.DictComp)
            if made and any(isinstance(key, ast.Tuple) for key in keys):
                yield f"cell {cell['id']}: a dictionary has tuples as keys: use an array or a table"
