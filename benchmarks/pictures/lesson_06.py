"""Diagrams of the lesson on pruning with the interpolative decomposition."""

from .kit import ERROR, GREY, INK, KEPT, LARGE, REFIT, REMOVED, SMALL, WEIGHTS, Picture, picture

Z = [[6, 2, 2], [4, 4, 0], [4, 0, 2]]
T = [[1, 0, "½"], [0, 1, "−½"]]
U = [[1, -1], [3, 0], [2, 4]]


def path(p, x, y, steps, color):
    """Draw a row of boxes with the name of a step above each arrow."""
    for i, (told, step) in enumerate(steps):
        w = 96 if "," in told else 56
        p.rect(x, y - 24, w, 48, color=color if i == len(steps) - 1 else INK, fill="white")
        p.text(x + w / 2, y, told, color=color if i == len(steps) - 1 else INK)
        x += w
        if step:
            p.arrow((x + 6, y), (x + 76, y), width=2)
            p.text(x + 40, y - 22, step, size=SMALL)
            x += 82
    return x


@picture("06_select")
def select():
    """Show that selecting commutes with the ReLU, and adding does not."""
    p = Picture(
        "Selecting passes through the ReLU, mixing does not",
        "Two numbers, 3 and −2. Left: selecting the first gives 3, before or after the ReLU. Right: "
        "their sum is 3 after the ReLU, but 1 before it.",
        300,
    )
    p.text(236, 36, "select the first", weight="bold", color=KEPT)
    p.text(722, 36, "add the two", weight="bold", color=ERROR)
    for x, color, name, before in ((40, KEPT, "select", "3"), (526, ERROR, "add", "1")):
        path(p, x, 104, [("3, −2", "ReLU"), ("3, 0", name), ("3", "")], color)
        path(p, x, 190, [("3, −2", name), (before, "ReLU"), (before, "")], color)
    p.line((481, 24), (481, 276), color=GREY, width=2, dash="4 6")
    p.text(236, 262, "3 = 3: the other is never computed", size=SMALL, color=KEPT)
    p.text(722, 262, "3 ≠ 1: all must be computed first", size=SMALL, color=ERROR)
    return p


@picture("06_fold")
def fold():
    """Show (Z_J T) U = Z_J (T U) as blocks."""
    p = Picture(
        "T folds into U",
        "The tall Z with three of its twelve columns coloured, times U, is about the same as these "
        "columns times T times U. The product of T and U is computed once; it has one row for each "
        "kept neuron and takes the place of U.",
        370,
    )
    y, n, m, k, c = 76, 120, 204, 51, 40
    chosen = [1, 5, 8]
    p.matrix(30, y, m, n)
    p.columns(30, y, m, n, 12, chosen)
    p.text(30 + m / 2, y - 26, "Z", size=LARGE)
    p.text(253, y + 60, "·", size=LARGE)
    p.matrix(272, y, c, m, color=WEIGHTS)
    p.text(272 + c / 2, y - 26, "U", size=LARGE)
    p.text(345, y + 60, "≈", size=LARGE)
    p.matrix(378, y, k, n)
    p.columns(378, y, k, n, 3, [0, 1, 2])
    p.text(378 + k / 2, y - 26, "Z_{:,J}", color=KEPT, size=LARGE)
    p.text(447, y + 60, "·", size=LARGE)
    p.matrix(472, y, m, k)
    p.columns(472, y, m, k, 12, chosen)
    p.text(472 + m / 2, y - 26, "T", size=LARGE)
    p.text(695, y + 60, "·", size=LARGE)
    p.matrix(712, y, c, m, color=WEIGHTS)
    p.text(712 + c / 2, y - 26, "U", size=LARGE)
    p.rect(460, y - 50, 306, m + 62, color=REFIT, dash="9 5")
    p.text(613, y + m + 40, "multiplied once", color=REFIT)
    p.text(790, y + 60, "=", size=LARGE)
    p.matrix(814, y, k, n)
    p.columns(814, y, k, n, 3, [0, 1, 2])
    p.text(836, y - 26, "Z_{:,J}", color=KEPT, size=LARGE)
    p.text(880, y + 60, "·", size=LARGE)
    p.matrix(896, y, c, k, color=REFIT, fill=REFIT, opacity=0.14)
    p.text(914, y - 26, "T U", color=REFIT, size=LARGE)
    p.text(916, y + k + 24, "k rows", color=REFIT, size=SMALL)
    p.text(132, y + n + 24, "one column per neuron", size=SMALL)
    p.text(292, y + m + 24, "one row per neuron", size=SMALL)
    return p


@picture("06_paper")
def paper():
    """Show who takes over the row of a removed neuron."""
    p = Picture(
        "Who takes over the row of a removed neuron",
        "Z has the rows 6 2 2, 4 4 0 and 4 0 2. Its third column is half the first minus half the "
        "second. The third row of U, 2 4, is given away: half of it is added to the first row, 1 −1, "
        "which becomes 2 1, and half of it is taken from the second, 3 0, which becomes 2 −2.",
        400,
    )
    y, cell = 84, (54, 52)
    p.grid(30, y, Z, cell=cell, name="Z", fills={0: KEPT, 1: KEPT, 2: REMOVED})
    p.text(216, y + 78, "=", size=LARGE)
    p.grid(240, y, [row[:2] for row in Z], cell=cell, name="Z_{:,J}", fills={0: KEPT, 1: KEPT})
    p.grid(370, y + 26, T, cell=cell, name="T", fills={0: KEPT, 1: KEPT, 2: REMOVED})
    p.text(280, 306, "third column:", size=SMALL, color=REMOVED)
    p.text(280, 338, "½ · (6, 4, 4) − ½ · (2, 4, 0) = (2, 0, 2)", size=SMALL, color=REMOVED)
    p.line((556, 30), (556, 370), color=GREY, width=2, dash="4 6")
    x = 590
    p.grid(x, y, U, cell=cell, name="U")
    p.rect(
        x + 3, y + 2 * 52 + 3, 2 * 54 - 6, 46, color=REMOVED, fill=REMOVED, opacity=0.18, dash="6 4"
    )
    p.grid(800, y, [[2, 1], [2, -2]], cell=cell, name="T U")
    for row in (0, 1):
        p.rect(803, y + 52 * row + 3, 102, 46, color=REFIT, fill=REFIT, opacity=0.14)
    p.line((710, y + 130), (768, y + 130), (768, y + 26), color=REMOVED)
    p.arrow((768, y + 26), (794, y + 26), color=REFIT)
    p.arrow((768, y + 78), (794, y + 78), color=REFIT)
    p.text(742, y + 26, "+½", size=SMALL, color=REFIT)
    p.text(742, y + 78, "−½", size=SMALL, color=REFIT)
    p.text(756, 306, "(1, −1) + ½ · (2, 4) = (2, 1)", size=SMALL, color=REFIT)
    p.text(756, 338, "(3, 0) − ½ · (2, 4) = (2, −2)", size=SMALL, color=REFIT)
    return p
