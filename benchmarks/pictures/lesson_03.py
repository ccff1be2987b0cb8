"""Diagrams of the lesson on magnitude pruning."""

from .kit import ERROR, INK, KEPT, LARGE, REMOVED, SMALL, WEIGHTS, Picture, picture

W = [[1, 4, -6, 0], [2, 0, -3, 1], [2, 3, -2, 0]]
BELOW = {
    "norm": ("3", "5", "7", "1"),
    "activation": ("5", "4", "0", "2"),
    "term": ("(5, 5)", "(0, 8)", "(0, 0)", "(10, 0)"),
}


@picture("03_terms")
def terms():
    """Show what leaves a network with one of its neurons."""
    p = Picture(
        "What goes when a neuron goes",
        "Left: a network with three pixels, four neurons and two digits; one neuron and all its "
        "connections are dashed. Right: the same in the matrices: a column of W, an entry of b and a "
        "row of U are hatched, the rest stays.",
        410,
    )
    pixels = [(80, y) for y in (130, 210, 290)]
    neurons = [(240, y) for y in (90, 170, 250, 330)]
    digits = [(400, y) for y in (170, 250)]
    for j, neuron in enumerate(neurons):
        look = {"color": REMOVED, "width": 2, "dash": "6 6"} if j == 2 else {"width": 2}
        for pixel in pixels:
            p.line(pixel, neuron, **look)
        for digit in digits:
            p.line(neuron, digit, **look)
    for x, y in pixels + digits:
        p.circle(x, y, 20)
    for j, (x, y) in enumerate(neurons):
        gone = j == 2
        p.circle(x, y, 22, color=REMOVED if gone else KEPT, dash="6 5" if gone else None)
        p.text(x, y, str(j), size=SMALL, color=REMOVED if gone else KEPT, weight="bold")
    for x, word in ((80, "pixels"), (240, "neurons"), (400, "digits")):
        p.text(x, 36, word)
    p.text(160, 376, "W, b", color=INK)
    p.text(320, 376, "U", color=INK)
    p.matrix(540, 80, 160, 120)
    p.columns(540, 80, 160, 120, 4, [2], color=REMOVED)
    p.text(620, 54, "W", size=LARGE)
    p.matrix(540, 240, 160, 40)
    p.columns(540, 240, 160, 40, 4, [2], color=REMOVED)
    p.text(516, 260, "b", size=LARGE)
    p.matrix(780, 80, 100, 160)
    p.columns(780, 160, 100, 40, 1, [0], color=REMOVED)
    p.text(830, 54, "U", size=LARGE)
    p.text(620, 316, "a column, an entry", size=SMALL, color=REMOVED)
    p.text(830, 276, "a row", size=SMALL, color=REMOVED)
    p.text(700, 376, "go with neuron 2", color=REMOVED)
    return p


@picture("03_paper")
def paper():
    """Show the example for paper: norms and terms in opposite order."""
    p = Picture(
        "Four neurons on paper",
        "The matrix W with the columns (1, 2, 2), (4, 0, 3), (−6, −3, −2) and (0, 1, 0). Below each "
        "its norm, 3, 5, 7 and 1, its activation, 5, 4, 0 and 2, and its term, (5, 5), (0, 8), "
        "(0, 0) and (10, 0). All terms add up to (15, 13), those of the two longest columns to "
        "(0, 8).",
        440,
    )
    x, y, w, h = 180, 76, 116, 44
    p.grid(x, y, W, cell=(w, h), fills={1: KEPT, 2: KEPT})
    p.text(160, y + 1.5 * h, "W", size=LARGE, anchor="end")
    for j in range(4):
        p.text(x + (j + 0.5) * w, y - 28, f"neuron {j}", size=SMALL)
    for row, (name, values) in enumerate(BELOW.items()):
        at = y + 3 * h + 44 + 48 * row
        p.text(160, at, name, anchor="end")
        for j, value in enumerate(values):
            color = KEPT if row == 0 and j in (1, 2) else ERROR if row == 2 and j == 3 else INK
            p.text(x + (j + 0.5) * w, at, value, color=color, weight="bold" if row != 1 else None)
    p.text(806, y + 26, "all terms")
    p.text(806, y + 60, "(15, 13)", size=LARGE)
    p.text(806, y + 94, "digit 0", weight="bold")
    p.text(806, y + 172, "1 and 2 alone", color=KEPT)
    p.text(806, y + 206, "(0, 8)", size=LARGE, color=KEPT)
    p.text(806, y + 240, "digit 1", weight="bold", color=KEPT)
    p.text(412, 406, "The longest column adds nothing, the shortest the most.", size=SMALL)
    return p


@picture("03_units")
def units():
    """Show one neuron in two units."""
    p = Picture(
        "One neuron in other units",
        "Left: neuron 3 with a column of norm 1, activation 2 and the row (5, 0). Right: the column "
        "ten times as long, activation 20, the row (0.5, 0). Both add the term (10, 0).",
        330,
    )
    for x0, title, told in (
        (0, "as on paper", ("norm 1", "2", "(5, 0)")),
        (480, "in other units", ("norm 10", "20", "(0.5, 0)")),
    ):
        p.text(x0 + 240, 36, title, weight="bold")
        p.arrow((x0 + 40, 140), (x0 + 190, 140), color=WEIGHTS, width=3 if not x0 else 7)
        p.circle(x0 + 240, 140, 42, color=KEPT)
        p.text(x0 + 240, 140, told[1], size=LARGE)
        p.arrow((x0 + 290, 140), (x0 + 440, 140), color=WEIGHTS, width=7 if not x0 else 3)
        p.text(x0 + 112, 100, told[0])
        p.text(x0 + 365, 100, told[2])
        p.text(x0 + 112, 178, "in", size=SMALL)
        p.text(x0 + 365, 178, "out", size=SMALL)
        p.text(x0 + 240, 226, "adds (10, 0)", color=ERROR)
    p.text(240, 282, "shortest of four: goes first", size=SMALL)
    p.text(720, 282, "longest of four: stays", size=SMALL)
    p.line((480, 70), (480, 290), color=REMOVED, width=2, dash="6 6")
    return p
