"""The drawn digit in a browser: on a page from disk, in JupyterLab, in Notebook 7, and on the site.

Skipped where there is no browser, as `test_widgets_browser`, whose tools it shares.
"""

import re

import browser as harness
import nbformat
import numpy as np
import pytest
from test_widgets_browser import SITE, findings, picture_kept, pytestmark, watched  # noqa: F401

from benchmarks import drawn_digits
from tutorial_helpers import (
    EveryK,
    draw_digit,
    load_digits_split,
    load_drawing_network,
    load_drawings,
    logits,
    prune_by_id,
)

PLAIN = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A drawn digit</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<main><h1>A drawn digit</h1>{}</main></html>"""
CELLS = [
    """import numpy as np
from tutorial_helpers import EveryK, draw_digit, load_digits_split, load_drawing_network
X_train, X_test, _, _ = load_digits_split()
draw_digit(EveryK(load_drawing_network(), X_train), X_test[:5])""",
    "drawn = X_test[:1]",
]
# What a hand hears of its own move: milliseconds until all is changed, for a line of many points.
MOVES = """() => {
    const field = document.querySelector(".field"), box = field.getBoundingClientRect();
    const bars = () => [...document.querySelectorAll(".kept")].map((bar) => bar.outerHTML).join();
    const send = (kind, x, y) => field.dispatchEvent(new PointerEvent(kind, {
        isPrimary: true, buttons: 1,
        clientX: box.x + x * box.width, clientY: box.y + y * box.height,
    }));
    send("pointerdown", 0.3, 0.1);
    return Array.from({ length: 100 }, (_, i) => {
        const before = bars(), start = performance.now();
        send("pointermove", 0.5 + 0.2 * Math.cos(i / 7), 0.15 + 0.007 * i);
        return [performance.now() - start, bars() !== before];
    });
}"""
TWO = [[[0.1, 0.1], [0.12, 0.9]], [[0.6, 0.1], [0.62, 0.9]]]


@pytest.fixture(scope="module")
def chromium():
    with harness.browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def every():
    return EveryK(load_drawing_network(), load_digits_split()[0])


@pytest.fixture(scope="module")
def plain(every, tmp_path_factory):
    """Write a page that holds nothing but a drawing field; return its address."""
    file = tmp_path_factory.mktemp("page") / "drawing.html"
    html = draw_digit(every, load_digits_split()[1][:5]).data
    file.write_text(PLAIN.format(html), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def page(chromium, plain, request):
    page, said = watched(chromium, offline=True)
    with picture_kept(page, f"drawing-{request.node.name[:40]}"):
        page.goto(plain)
        yield page
        assert said == []


def told(page):
    return page.get_by_role("status").inner_text()


def seen(page):
    """Return the 64 numbers of the picture that the networks get, as a screen reader hears them."""
    label = page.locator(".seen").get_attribute("aria-label")
    return np.array(re.findall(r"\d+", label.partition(":")[2]), float)


def stroke(page, points):
    """Draw a stroke with the mouse, points in parts of the field."""
    box = page.locator(".field").bounding_box()
    at = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in points]
    page.mouse.move(*at[0])
    page.mouse.down()
    for point in at[1:]:
        page.mouse.move(*point, steps=3)
    page.mouse.up()


def by_script(page, strokes):
    """Have the page prepare strokes; return its 64 numbers, or None."""
    lines = [np.asarray(line, dtype=float).tolist() for line in strokes]
    return page.evaluate("(lines) => document.querySelector('.drawn-digit').draw(lines)", lines)


def test_the_page_computes_the_logits_of_numpy_at_every_k(page, every):
    X = np.vstack([load_digits_split()[1][::60], load_drawings()[0][::40], np.zeros((1, 64))])
    found = page.evaluate(
        "(X) => X.map((x) => document.querySelector('.drawn-digit').read(x))", X.tolist()
    )
    full = np.array([each["full"] for each in found])
    np.testing.assert_allclose(full, logits(every.network, X), rtol=0, atol=1e-4)
    pruned = np.array([each["pruned"] for each in found]).transpose(1, 0, 2)
    assert len(pruned) == 100
    for mine, expected in zip(pruned, every.logits(X), strict=False):
        np.testing.assert_allclose(mine, expected, rtol=0, atol=1e-4)
    one_by_one = logits(prune_by_id(every.network, load_digits_split()[0], 37), X)
    np.testing.assert_allclose(pruned[36], one_by_one, rtol=0, atol=1e-4)


def test_strokes_become_the_numbers_that_python_makes_and_are_read_nine_times_in_ten(page, every):
    rng, right, same = np.random.default_rng(7), [], []
    for name, strokes in drawn_digits.STYLES.items():
        for _ in range(5):
            # in the middle third of the field
            lines = [0.3 + 0.3 * line for line in drawn_digits.drawn_by_hand(strokes, rng)]
            found, expected = by_script(page, lines), drawn_digits.prepare(lines)
            same.append(np.mean(found == expected))
            right.append(str(every.network.predict([found])[0]) == name[0])
            assert re.match(rf"k = 10 .*{every.network.predict([found])[0]}", told(page))
    assert np.mean(same) > 0.999  # a pixel on the edge of the pen is decided by rounding
    assert np.mean(right) >= 0.9


def test_from_a_move_to_changed_scores_it_takes_less_than_30_ms(page):
    times, changed = zip(*page.evaluate(MOVES), strict=True)
    assert np.mean(changed) > 0.5  # a short move may leave the picture as it is
    assert np.median(times) < 30


def test_mouse_slider_and_samples(page, every):
    slider = page.get_by_role("slider")
    stroke(page, [(0.4, 0.1), (0.5, 0.1), (0.5, 0.9)])
    stroke(page, [(0.3, 0.5), (0.7, 0.5)])
    page.get_by_role("button", name="copy").click()
    line = page.locator("textarea").input_value()
    space = {"np": np}
    exec(line, space)
    drawn = space["drawn"]
    assert drawn.shape == (1, 64)
    full = every.network.predict(drawn)[0]
    readings = [every.network.classes_[L.argmax()] for L in every.logits(drawn)]
    slider.focus()
    heights = set()
    for key, k in (("Home", 1), ("ArrowRight", 2), ("End", 100), ("PageDown", 90)):
        page.keyboard.press(key)
        assert told(page).startswith(f"k = {k} reads {readings[k - 1]}, ")
        assert ("as all" in told(page)) == (readings[k - 1] == full)
        heights.add(page.locator(".kept").nth(3).get_attribute("height"))
    assert len(heights) == 4
    held = sum(reading == full for reading in readings[:90])
    strip = page.locator(".strip svg").get_attribute("aria-label")
    assert strip == f"Same reading as all neurons at {held} of 90 k"
    Z = np.maximum(drawn @ every.network.coefs_[0] + every.network.intercepts_[0], 0)[0]
    fire = np.count_nonzero(Z[every.order[:90]])
    assert "the 90 kept neurons, orange" in page.locator("figcaption").last.inner_text()
    assert f"; {fire} of them fire" in page.locator("figcaption").last.inner_text()

    X_test = load_digits_split()[1]
    for sample in X_test[:2]:
        page.get_by_role("button", name="a test digit").click()
        assert f"{every.network.predict([sample])[0]}" in told(page)
        np.testing.assert_array_equal(seen(page), sample)
    stroke(page, [(0.5, 0.1), (0.5, 0.9)])  # a drawing takes the place of the sample
    stick = drawn_digits.prepare([[(0.5, 0.1), (0.5, 0.9)]])
    np.testing.assert_array_equal(seen(page), stick)
    page.get_by_role("button", name="clear").click()
    assert "Nothing is drawn yet" in told(page)


def test_keyboard_alone(page, every):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "field"
    page.keyboard.press("Space")
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")  # the pen is up
    stick = drawn_digits.prepare([[(0.5, 0.3), (0.5, 0.78)]])
    np.testing.assert_array_equal(seen(page), stick)
    assert told(page).startswith("k = 10 reads ")
    page.keyboard.press("Space")
    page.keyboard.down("ArrowRight")
    page.keyboard.down("ArrowUp")
    page.keyboard.up("ArrowUp")
    page.keyboard.up("ArrowRight")
    assert not np.array_equal(seen(page), stick)
    page.keyboard.press("Delete")
    assert "Nothing is drawn yet" in told(page)
    assert page.evaluate("scrollY") == 0


def test_what_is_no_digit_is_told(page):
    assert "Nothing is drawn yet" in told(page)
    page.get_by_role("button", name="copy").click()
    assert page.locator("textarea").input_value().startswith("# Nothing is drawn yet")
    stroke(page, [(0.5, 0.5)])
    assert "One dot is too small" in told(page)
    page.get_by_role("button", name="clear").click()
    stroke(page, [(0.5, 0.5), (0.54, 0.52), (0.5, 0.54)])  # very small, but a line
    assert told(page).startswith("k = 10 reads ")
    assert "two digits" not in told(page)
    by_script(page, TWO)
    assert "two digits" in told(page)
    by_script(page, [[[0.1, 0.5], [0.9, 0.5]]])
    assert "a line?" in told(page)
    for name in ("4 open", "5 with a roof", "7 crossed", "1 with a foot"):
        by_script(page, drawn_digits.STYLES[name])
        assert "two digits" not in told(page)


def test_a_line_that_leaves_the_field_ends_at_its_edge(page):
    stroke(page, [(0.5, 0.3), (0.5, 0.6), (1.4, 0.6), (1.4, 0.9), (0.7, 0.9), (0.3, 0.9)])
    page.get_by_role("button", name="copy").click()
    numbers = np.array(re.findall(r"\d+", page.locator("textarea").input_value()), int)
    picture = numbers.reshape(8, 8)
    assert (picture[:2, 6:] == 0).all()  # nothing along the edge, between where it left and came
    assert picture.min() >= 0
    assert picture.max() <= 16
    # the button was let go outside: the next move draws nothing
    stroke(page, [(0.2, 0.2), (1.3, 0.2)])
    before = told(page)
    page.mouse.move(300, 300, steps=3)
    assert told(page) == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_fits_narrow_and_dark_pages(chromium, plain, scheme, width):
    page, said = watched(chromium, color_scheme=scheme, has_touch=True)
    with picture_kept(page, f"drawing-{scheme}-{width}"):
        page.set_viewport_size({"width": width, "height": 700})
        page.goto(plain)
        page.locator(".field").tap(position={"x": 30, "y": 30})
        assert "One dot" in told(page)
        stroke(page, [(0.5, 0.1), (0.4, 0.9)])
        page.get_by_role("button", name="copy").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert findings(page) == []
        assert said == []


def test_without_script_a_picture_and_a_sentence_stand_there(chromium, plain):
    page, said = watched(chromium, java_script_enabled=False)
    with picture_kept(page, "drawing-no-script"):
        page.goto(plain)
        picture = page.get_by_role("img")
        assert picture.bounding_box()["height"] > 50
        assert "JavaScript" in page.locator(".drawn-digit p").inner_text()
        assert said == []


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    kernel = {"name": "python3", "display_name": "Python 3"}  # else it would ask for one
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    notebook.cells = [nbformat.v4.new_code_cell(code) for code in CELLS]
    nbformat.write(notebook, folder / "drawing.ipynb")
    with harness.jupyterlab(folder, tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.mark.parametrize("front", ["lab/tree", "notebooks"])
def test_in_a_notebook_the_drawing_goes_into_python(chromium, server, front, every):
    page, _ = watched(chromium)
    with picture_kept(page, f"drawing-{front[:3]}"):
        harness.start(page, server, "drawing.ipynb", front=front)
        harness.finish(page)
        page.locator(".drawn-digit svg").first.wait_for()
        scrolled = page.locator(".field").bounding_box()
        page.locator(".field").focus()
        page.keyboard.press("Space")
        for key in ["ArrowDown"] * 6 + ["ArrowLeft"] * 3 + ["ArrowDown"] * 5:
            page.keyboard.press(key)
        page.keyboard.press("Space")
        stroke(page, [(0.3, 0.5), (0.7, 0.5)])
        assert page.locator(".field").bounding_box() == scrolled  # the keys moved the pen alone
        slider = page.locator(".drawn-digit input")
        slider.focus()
        page.keyboard.press("End")
        page.locator(".drawn-digit .copy").click()
        line = page.locator(".drawn-digit textarea").input_value()
        reading = re.match(r"k = 100 reads (\d)", page.locator(".told").inner_text())[1]
        page.evaluate(
            """async (code) => {
                const notebook = window.jupyterapp.shell.currentWidget.content;
                notebook.widgets[1].model.sharedModel.setSource(code);
                notebook.activeCellIndex = 1;
                await window.jupyterapp.commands.execute("notebook:run-cell");
            }""",
            f"{line}\nprint(drawn.shape, *drawn[0])",
        )
        (output,) = page.evaluate(harness.OUTPUTS)[1]
        numbers = [float(word) for word in output["text"].split()[2:]]
        assert output["text"].startswith("(1, 64)")
        pruned = prune_by_id(every.network, load_digits_split()[0], 100)
        assert str(pruned.predict([numbers])[0]) == reading
        assert findings(page, ".drawn-digit") == []
        harness.shut_down(page)


@pytest.mark.parametrize("name", ["index.html", "00_start_here.html"])
def test_on_the_site(chromium, name):
    if not (SITE / name).exists():
        pytest.skip("the site is not built")
    page, said = watched(chromium, offline=True)
    with picture_kept(page, f"drawing-site-{name}"):
        page.goto((SITE / name).as_uri())
        page.locator(".field").scroll_into_view_if_needed()
        stroke(page, [(0.5, 0.1), (0.4, 0.9)])
        assert page.locator(".told").inner_text().startswith("k = 10 reads ")
        assert said == []
