"""Diagrams of the lesson on every k at once."""

from .kit import ERROR, GREY, KEPT, LARGE, REFIT, SMALL, Picture, picture


@picture("09_sum")
def running_sum():
    """Show the logits as a sum of columns times rows, cut after each term."""
    p = Picture(
        "One more neuron is one more term",
        "The tall matrix L_k equals the bias plus a sum of terms, each a tall thin column times a "
        "short row. Brackets below: the first term is what k = 1 adds, the first two k = 2, the "
        "first three k = 3.",
        430,
    )
    y, h = 70, 170
    p.matrix(40, y, 96, h, "L_{k}")
    p.text(88, y - 24, "c classes", size=SMALL)
    p.text(172, y + h / 2, "=", size=LARGE)
    p.text(216, y + h / 2, "β", size=LARGE)
    for i in range(3):
        x = 282 + 190 * i
        p.text(x - 26, y + h / 2, "+", size=LARGE)
        p.rect(x, y, 28, h, color=KEPT, fill=KEPT, opacity=0.2, line=3)
        p.rect(x + 40, y, 96, 28, color=REFIT, fill=REFIT, opacity=0.2, line=3)
        p.text(x + 14, y - 24, f"q_{{{i + 1}}}", color=KEPT)
        p.text(x + 88, y - 24, f"g_{{{i + 1}}}", color=REFIT)
        p.brace(200, x + 136, y + h + 14 + 52 * i, f"k = {i + 1}")
    p.text(850, y + h / 2, "+  …", size=LARGE)
    return p


@picture("09_corner")
def corner():
    """Show that the first entries of c depend on a corner of R only."""
    p = Picture(
        "The first k entries depend on the corner alone",
        "A row c times the triangle R equals the row z. The first k entries of c, the k by k corner "
        "R11 and the first k entries of z are coloured; zeros stand below R11.",
        400,
    )
    side, k, n = 42, 3, 6
    xs, y = (30, 338, 666), 70
    for x, name, top in ((xs[0], "c", y + 105), (xs[2], "z′", y + 105)):
        for j in range(n):
            color = KEPT if j < k else GREY
            p.rect(
                x + side * j, top, side, side, color=color,
                fill=color if j < k else "none", opacity=0.2, dash=None if j < k else "5 4",
            )  # fmt: skip
        p.text(x + 1.5 * side, top - 24, f"{name}, first k", color=KEPT)
    p.text(310, y + 126, "·", size=48)
    x, w = xs[1], side * n
    p.line((x, y), (x + w, y), (x + w, y + w), (x, y), color=GREY, width=3)
    p.rect(x, y, k * side, k * side, color=KEPT, fill=KEPT, opacity=0.16, line=3)
    p.text(x + 88, y + 30, "R_{11}", size=28, color=KEPT)
    p.text(x + 36, y + 94, "0", size=28, color=GREY)
    p.text(x + 62, y + 188, "0", size=LARGE, color=GREY)
    p.text(x + w / 2, y - 24, "R")
    p.text(x + w + 38, y + 126, "=", size=LARGE)
    p.text(
        480,
        366,
        "Column j of R reaches down to row j only: equation j knows c_{1} to c_{j}.",
        SMALL,
    )
    return p


@picture("09_paper")
def paper():
    """Show the running sum of the example for paper."""
    p = Picture(
        "The running sum on paper",
        "Four boxes with the logits for k = 0, 1, 2 and 3: (0, 0); (3, 9), class 2; (15, 9), class 1; "
        "(15, 18), class 2. Arrows between them say what is added: 1 times (3, 9), 2 times (6, 0), "
        "3 times (0, 3).",
        250,
    )
    boxes = [("0, 0", ""), ("3, 9", "class 2"), ("15, 9", "class 1"), ("15, 18", "class 2")]
    added = ["1 · (3, 9)", "2 · (6, 0)", "3 · (0, 3)"]
    y, w, step = 70, 134, 264
    for k, (told, verdict) in enumerate(boxes):
        x = 17 + step * k
        p.rect(x, y, w, 80, color=KEPT, fill=KEPT, opacity=0.12, line=3)
        p.text(x + w / 2, y - 28, f"k = {k}", weight="bold")
        p.text(x + w / 2, y + 40, told, size=28)
        if verdict:
            p.text(x + w / 2, y + 106, verdict)
        if k < 3:
            p.arrow((x + w + 6, y + 40), (x + step - 6, y + 40), color=REFIT)
            p.text(x + (w + step) / 2, y + 14, added[k], size=SMALL, color=REFIT)
    p.text(480, 224, "c = (1, 2, 3) multiplies the rows of G, one after the other.", size=SMALL)
    return p


@picture("09_own")
def own():
    """Show a neuron beyond the rank: a row of the identity."""
    p = Picture(
        "A neuron beyond the rank stands for itself",
        "The row 1 2 3 1 times the matrix with the rows 9 3 3 6, 0 6 −3 3, 0 0 3 0 and 0 0 0 1 is "
        "the row 9 15 6 13. The last row of the matrix, of the identity, is marked, as are the 1 "
        "and the 13 that belong to it.",
        370,
    )
    cell, y = (56, 50), 70
    p.grid(40, y + 75, [[1, 2, 3, 1]], cell=cell, name="c", fills={3: ERROR})
    p.text(302, y + 100, "·", size=48)
    R = [[9, 3, 3, 6], [0, 6, -3, 3], [0, 0, 3, 0], [0, 0, 0, 1]]
    p.rect(346, y + 152, 216, 46, color=ERROR, fill=ERROR, opacity=0.14, dash="8 5")
    p.grid(342, y, R, cell=cell, name="R, and a row of its own")
    p.text(610, y + 100, "=", size=LARGE)
    p.grid(650, y + 75, [[9, 15, 6, 13]], cell=cell, name="z′", fills={3: ERROR})
    for j, neuron in enumerate((2, 4, 3, 1)):
        p.text(650 + 56 * (j + 0.5), y + 146, str(neuron), size=SMALL, color=GREY)
    p.text(762, y + 174, "neurons", size=SMALL, color=GREY)
    p.text(
        480, 336, "13 = 12, which the rows above say of neuron 1, + 1 of its own", size=SMALL, color=ERROR,
    )  # fmt: skip
    return p
