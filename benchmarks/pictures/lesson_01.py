"""Diagrams of the lesson on training."""

from .kit import (
    ERROR,
    GREY,
    INK,
    KEPT,
    LARGE,
    REFIT,
    SMALL,
    WEIGHTS,
    Picture,
    picture,
)  # fmt: skip


@picture("01_shapes")
def shapes():
    """Show the network as two products of matrices, with one neuron marked."""
    p = Picture(
        "A network is two matrix products",
        "X, with n rows and d columns, times W, with d rows and m columns, gives Z, with n rows and "
        "m columns. Z times U, with m rows and c columns, gives L, with n rows and c columns. One "
        "neuron is marked: one column of W, the same column of Z, and one row of U.",
        430,
    )
    y, n, d, m, c = 70, 220, 100, 174, 70
    p.matrix(60, y, d, n, "X")
    p.text(40, y + n / 2, "n", anchor="middle", size=SMALL)
    p.text(60 + d / 2, y - 24, "d", size=SMALL)
    p.text(186, y + n / 2, "·", size=48)
    p.matrix(212, y + 60, m, d, "W")
    p.text(212 + m / 2, y + 36, "m", size=SMALL)
    p.text(444, y + n / 2, "→", size=LARGE)
    p.text(444, y + n / 2 - 34, "+ b, ReLU", size=SMALL)
    p.matrix(506, y, m, n, "Z")
    p.text(506 + m / 2, y - 24, "m", size=SMALL)
    p.text(712, y + n / 2, "·", size=48)
    p.matrix(738, y, c, m, "U")
    p.text(738 + c / 2, y - 24, "c", size=SMALL)
    p.text(834, y + n / 2, "→", size=LARGE)
    p.text(838, y + n / 2 - 34, "+ β", size=SMALL)
    p.matrix(868, y, c, n, "L")
    p.text(868 + c / 2, y - 24, "c", size=SMALL)
    p.columns(212, y + 60, m, d, 10, [7], color=WEIGHTS)
    p.columns(506, y, m, n, 10, [7], color=KEPT)
    p.rect(738, y + 0.7 * m, c, m / 10, color=REFIT, fill=REFIT, opacity=0.3)
    for k in range(3):
        p.line(
            (742 + 22 * k, y + 0.8 * m - 3), (760 + 22 * k, y + 0.7 * m + 3), color=REFIT, width=1
        )
    below = y + n + 22
    p.text(212 + m * 0.75, below, "a column of W", size=SMALL)
    p.text(506 + m * 0.6, below, "a column of Z", size=SMALL, color=KEPT)
    p.text(773, below, "a row of U", size=SMALL, color=REFIT)
    p.text(480, below + 50, "One neuron is a column of W, a column of Z and a row of U.")
    return p


@picture("01_paper")
def paper():
    """Compute a network with two inputs, two neurons and two classes."""
    p = Picture(
        "A network on paper",
        "The input 1, 2 times W with rows 1 −1 and 1 1, plus b = 0, −2, gives 3, −1. The ReLU makes "
        "3, 0 of it. Times U with rows 1 0 and 2 5, plus β = 0, 1, gives the logits 3 and 1. The "
        "softmax gives .88 and .12.",
        330,
    )
    y, cell = 70, (52, 48)
    p.grid(30, y + 24, [[1, 2]], cell=cell, name="x")
    p.text(152, y + 48, "·", size=40)
    p.grid(170, y, [[1, -1], [1, 1]], cell=cell, name="W", fills={1: WEIGHTS})
    p.text(296, y + 48, "+", size=LARGE)
    p.grid(318, y + 24, [[0, -2]], cell=cell, name="b", fills={1: WEIGHTS})
    p.text(446, y + 48, "=", size=LARGE)
    p.grid(470, y + 24, [[3, -1]], cell=cell, name="x W + b")
    p.arrow((592, y + 48), (690, y + 48), color=INK)
    p.text(640, y + 20, "ReLU", size=SMALL)
    p.grid(706, y + 24, [[3, 0]], cell=cell, name="z", fills={1: KEPT})
    p.text(836, y + 24, "silent:", size=SMALL, color=KEPT, anchor="start")
    p.text(836, y + 50, "second", size=SMALL, color=KEPT, anchor="start")
    p.text(836, y + 76, "neuron", size=SMALL, color=KEPT, anchor="start")
    y = 216
    p.grid(30, y + 24, [[3, 0]], cell=cell, name="z", fills={1: KEPT})
    p.text(152, y + 48, "·", size=40)
    p.grid(170, y, [[1, 0], [2, 5]], cell=cell, name="U")
    p.rect(174, y + 50, 96, 44, color=REFIT, fill=REFIT, opacity=0.18)
    p.text(296, y + 48, "+", size=LARGE)
    p.grid(318, y + 24, [[0, 1]], cell=cell, name="β")
    p.text(446, y + 48, "=", size=LARGE)
    p.grid(470, y + 24, [[3, 1]], cell=cell, name="L")
    p.arrow((592, y + 48), (690, y + 48), color=INK)
    p.text(640, y + 20, "softmax", size=SMALL)
    p.grid(706, y + 24, [[".88", ".12"]], cell=(64, 48), name="p")
    return p


@picture("01_descent")
def descent():
    """Show short steps and one long step in a valley."""
    p = Picture(
        "Short steps and a long step",
        "A valley with steep walls. Left: four short steps go down the wall to its bottom. Right: "
        "one long step crosses the valley and ends on the other wall, higher than it began.",
        360,
    )

    def valley(x0):
        points = [(x0 + x, 70 + 200 * (1 - ((x - 200) / 200) ** 2)) for x in range(0, 401, 10)]
        p.line(*points, color=GREY, width=4)
        return lambda x: (x0 + x, 70 + 200 * (1 - ((x - 200) / 200) ** 2) - 9)

    for x0, words in ((40, "short steps: down, and down"), (520, "a long step: up the other wall")):
        at = valley(x0)
        p.text(x0 + 200, 320, words)
        stops = [(60, 96), (96, 126), (126, 150), (150, 170)] if x0 == 40 else [(70, 368)]
        color = KEPT if x0 == 40 else ERROR
        for a, b in stops:
            p.arrow(at(a), at(b), color=color, width=4, dash=None if x0 == 40 else "9 5")
            p.circle(*at(a), 8, color=color)
        p.circle(*at(stops[-1][1]), 8, color=color, fill=color)
        p.text(x0 + 200, 40, "loss", size=SMALL, color=GREY)
    return p
