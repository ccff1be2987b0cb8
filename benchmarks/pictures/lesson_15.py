"""Diagrams of the lesson on more data than memory."""

from .kit import DATA, ERROR, GREY, KEPT, LARGE, REFIT, SMALL, Picture, picture


@picture("15_two")
def two_blocks():
    """Show two blocks, their triangles, and the triangle of both, with numbers."""
    p = Picture(
        "The triangle of two triangles",
        "Left, a block with the rows 1 −1, 2 0 and 2 2 above a block with the rows 0 2 and 4 3. "
        "Arrows lead to their triangles, 3 1 over 0 2, and 4 3 over 0 2. A bracket joins the two, "
        "and an arrow leads to the triangle of all five rows, 5 3 over 0 3.",
        400,
    )
    cell = (60, 46)
    p.grid(60, 70, [[1, -1], [2, 0], [2, 2]], cell=cell, fills={0: DATA, 1: DATA})
    p.grid(60, 256, [[0, 2], [4, 3]], cell=cell, fills={0: DATA, 1: DATA})
    p.text(120, 40, "blocks of rows")
    p.arrow((210, 139), (330, 139))
    p.arrow((210, 302), (330, 302))
    p.text(270, 116, "QR", size=SMALL)
    p.text(270, 279, "QR", size=SMALL)
    for y, rows, name in ((93, [[3, 1], [0, 2]], "R_{1}"), (256, [[4, 3], [0, 2]], "R_{2}")):
        p.grid(360, y, rows, cell=cell, fills={0: KEPT, 1: KEPT})
        p.text(420, y - 24, name, color=KEPT)
    p.line((505, 93), (520, 93), (520, 348), (505, 348), width=2)
    p.arrow((530, 220), (680, 220))
    p.text(605, 197, "QR of both", size=SMALL)
    p.grid(710, 174, [[5, 3], [0, 3]], cell=cell, fills={0: REFIT, 1: REFIT})
    p.text(770, 150, "R", size=LARGE, color=REFIT)
    p.text(770, 300, "the same lengths and", size=SMALL)
    p.text(770, 326, "angles as all five rows", size=SMALL)
    return p


@picture("15_tree")
def tree():
    """Show a tree that joins triangles two by two; one branch is lost and made again."""
    p = Picture(
        "A tree of triangles",
        "Eight blocks of rows in a row. An arrow leads from each to a small triangle; two triangles "
        "at a time join to one, four to two, two to one triangle at the top. One small triangle is "
        "dashed: its worker was lost, and it is made again from its own block alone.",
        470,
    )
    xs = [80 + 114 * i for i in range(8)]
    for i, x in enumerate(xs):
        p.rect(x - 34, 372, 68, 54, color=DATA, fill=DATA, opacity=0.25, line=3)
        p.text(x, 399, f"Z_{{{i + 1}}}")
        p.arrow((x, 368), (x, 336), width=2)
    level, y, size = xs, 296, 34
    lost = 4
    while True:
        for i, x in enumerate(level):
            dashed = y == 296 and i == lost
            color = ERROR if dashed else REFIT if len(level) == 1 else KEPT
            points = (x - size, y), (x + size, y), (x + size, y + 32), (x - size, y)
            p.line(*points, color=color, width=3, dash="6 5" if dashed else None)
        if len(level) == 1:
            break
        pairs = [(level[i], level[i + 1]) for i in range(0, len(level), 2)]
        for a, b in pairs:
            middle = (a + b) / 2
            for x in (a, b):
                p.line((x, y - 6), (middle + (14 if x == b else -14), y - 44), color=GREY, width=2)
        level, y = [(a + b) / 2 for a, b in pairs], y - 82
    p.text(level[0] + 180, y + 14, "R of all rows", color=REFIT)
    p.text(480, 448, "worker lost: only this branch is made again", size=SMALL, color=ERROR)
    return p


@picture("15_ones")
def ones():
    """Show the triangle of a column of ones, Z and the next layer's inputs."""
    p = Picture(
        "One triangle for the means, the ID and the refit",
        "A tall matrix of three parts, a column of ones, Z, and Y, becomes an upper triangle. Its "
        "first row holds the root of n and root n times the means; the triangle below the columns "
        "of Z is that of the centred activations; the columns below Y say what the kept neurons "
        "have to tell the next layer.",
        410,
    )
    y = 80
    p.rect(40, y, 28, 270, color=GREY, fill=GREY, opacity=0.3, line=3)
    p.rect(68, y, 170, 270, color=DATA, fill=DATA, opacity=0.25, line=3)
    p.rect(238, y, 70, 270, color=REFIT, fill=REFIT, opacity=0.2, line=3)
    for x, name in ((54, "1"), (153, "Z"), (273, "Y")):
        p.text(x, y - 24, name)
    p.text(174, y + 292, "n rows", size=SMALL)
    p.arrow((330, y + 120), (440, y + 120))
    x, w = 470, 268
    p.rect(x, y, 28, 28, color=GREY, fill=GREY, opacity=0.3, line=3)
    p.rect(x + 28, y, 170, 28, color=DATA, fill=DATA, opacity=0.25, line=3)
    p.rect(x + 198, y, 70, 28, color=REFIT, fill=REFIT, opacity=0.2, line=3)
    p.line((x + 28, y + 28), (x + 198, y + 28), (x + 198, y + 198), (x + 28, y + 28), color=KEPT)
    p.rect(x + 198, y + 28, 70, 170, color=REFIT, fill=REFIT, opacity=0.2, line=3)
    p.line((x + 198, y + 198), (x + w, y + 198), (x + w, y + 268), (x + 198, y + 198), color=GREY)
    p.text(x + 150, y + 74, "R_{c}", color=KEPT, size=LARGE)
    p.text(x + w + 18, y + 14, "√n · means", size=SMALL, anchor="start")
    p.text(x + w + 18, y + 100, "what the next", size=SMALL, anchor="start", color=REFIT)
    p.text(x + w + 18, y + 126, "layer should hear", size=SMALL, anchor="start", color=REFIT)
    p.text(x + 10, y + 170, "centred", size=SMALL, anchor="start", color=KEPT)
    p.text(x + 10, y + 196, "activations", size=SMALL, anchor="start", color=KEPT)
    p.text(x + w + 18, y + 224, "what no", size=SMALL, anchor="start")
    p.text(x + w + 18, y + 250, "neuron says", size=SMALL, anchor="start")
    return p
