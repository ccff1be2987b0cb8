"""Diagrams of the lesson on transformers."""

from .kit import DATA, ERROR, GREY, INK, KEPT, REFIT, SMALL, WEIGHTS, Picture, picture

INK_OF_PATCHES = ["0110", "1021", "1012", "0120"]  # how dark each patch is


def box(p, x, y, w, h, words, color=INK, fill="white", opacity=None):
    """Draw a step of the network, its name inside."""
    p.rect(x, y, w, h, color=color, fill=fill, line=3, opacity=opacity)
    lines = words.split("\n")
    for i, line in enumerate(lines):
        p.text(x + w / 2, y + h / 2 + 26 * (i - (len(lines) - 1) / 2), line, size=SMALL)


@picture("14_stream")
def stream():
    """Show the residual stream and what a block adds to it."""
    p = Picture(
        "The residual stream",
        "An image is cut into sixteen patches, each becomes a token, and all tokens run from left to "
        "right as one thick line, the residual stream. In each of three blocks two branches leave it "
        "and are added to it again: a layer norm and attention, where tokens look at each other, "
        "then a layer norm and the feed-forward layer, which treats each token alone. At the end a "
        "layer norm, the mean of the tokens, and ten logits.",
        440,
    )
    size, x0, y0 = 26, 24, 58
    for i, row in enumerate(INK_OF_PATCHES):
        for j, dark in enumerate(row):
            place = (x0 + size * j, y0 + size * i, size, size)
            p.rect(*place, color=GREY, fill=INK, opacity=0.06 + 0.22 * int(dark), line=2)
    p.text(x0 + 2 * size, 30, "16 patches", size=SMALL)
    p.text(x0 + 2 * size, 184, "16 tokens", size=SMALL)
    p.text(x0 + 2 * size, 210, "48 numbers", size=SMALL)
    p.arrow((134, 110), (760, 110), color=DATA, width=10)
    p.text(450, 66, "residual stream, 16 × 48")
    for left, name, color in ((190, "attention", INK), (460, "feed-forward", WEIGHTS)):
        p.arrow((left + 30, 114), (left + 30, 186), width=3)
        box(p, left - 16, 188, 92, 44, "norm")
        p.arrow((left + 30, 232), (left + 30, 266), width=3)
        words = f"{name}:\n" + ("tokens mix" if name == "attention" else "each token alone")
        box(p, left - 16, 268, 216, 66, words, color=color, fill=color, opacity=0.12)
        p.arrow((left + 166, 268), (left + 166, 134), width=3)
        p.circle(left + 166, 110, 20)
        p.text(left + 166, 109, "+", size=32)
    p.brace(166, 670, 354, "one block; there are three")
    box(p, 764, 70, 174, 80, "norm, mean,\nten logits")
    p.text(480, 422, "Who reads the stream goes through a norm. Who writes adds.", size=SMALL)
    return p


@picture("14_fold")
def fold():
    """Show where T goes in a feed-forward layer."""
    p = Picture(
        "Where T goes in a feed-forward layer",
        "Above, the feed-forward layer: rows of 48 numbers, one for each token, times W, then ReLU, give "
        "Z with 384 columns; Z times U gives the 48 numbers that are added to the stream. Four of "
        "twelve drawn columns are kept, in W and in Z alike. Below, the pruned layer: W with the kept "
        "columns, Z with the kept columns, and T U with as many rows. The stream keeps its width.",
        470,
    )
    chosen, count = (1, 3, 8, 10), 12
    for y, full in ((66, True), (286, False)):
        wide = 216 if full else 72
        color = INK if full else KEPT
        p.matrix(40, y, 60, 130, "X", color=DATA)
        p.text(124, y + 65, "·", size=40)
        x = 150
        p.matrix(x, y + 20, wide, 60, "W" if full else "W_{J}", color=color)
        if full:
            p.columns(x, y + 20, wide, 60, count, chosen)
        x += wide + 12
        p.arrow((x, y + 50), (x + 66, y + 50), width=3)
        p.text(x + 32, y + 28, "ReLU", size=SMALL)
        x += 78
        p.matrix(x, y, wide, 130, "Z" if full else "Z_{J}", color=color)
        if full:
            p.columns(x, y, wide, 130, count, chosen)
        x += wide + 24
        p.text(x - 8, y + 65, "·", size=40)
        tall = 150 if full else 56
        top = y + 65 - tall / 2
        p.matrix(
            x + 6, top, 60, tall, "U" if full else "TU", color=color if full else REFIT,
            fill="white" if full else REFIT, opacity=1 if full else 0.2,
        )  # fmt: skip
        x += 80
        p.arrow((x, y + 65), (x + 50, y + 65), width=3)
        p.matrix(x + 56, y, 60, 130, "+", color=DATA)
        p.text(x + 86, y + 152, "to the stream", size=SMALL)
    p.text(70, 36, "48 wide", size=SMALL)
    p.text(258, 36, "384 neurons", size=SMALL)
    p.text(564, 36, "a row for each token", size=SMALL)
    p.text(560, 236, "J is kept, in W and in Z alike", size=SMALL, color=KEPT)
    p.text(784, 338, "T goes into U;", size=SMALL, color=REFIT)
    p.text(784, 366, "the stream keeps its width", size=SMALL, color=REFIT)
    return p


@picture("14_attention")
def attention():
    """Follow one of three tokens through queries, keys, softmax and values."""
    p = Picture(
        "Attention for one of three tokens",
        "The table of queries times keys has the rows 2 0 0, 0 2 0 and 1 1 0. Softmax of the last row is "
        "0.42, 0.42, 0.16. The values are the rows 4 0, 0 4 and 2 2; these shares of them add up to "
        "2 2, which is what the last token takes.",
        310,
    )
    size, top, last = (60, 52), 80, 184
    p.text(130, 40, "queries · keys")
    p.grid(40, top, [[2, 0, 0], [0, 2, 0], [1, 1, 0]], cell=size, bracket=False)
    p.rect(40, top, 180, 156, color=DATA)
    p.rect(43, last + 3, 174, 46, color=KEPT, fill=KEPT, opacity=0.16)
    p.text(130, 270, "last token", size=SMALL, color=KEPT)
    p.arrow((236, last + 26), (344, last + 26), width=4)
    p.text(290, last - 4, "softmax", size=SMALL)
    p.grid(360, last, [[".42", ".42", ".16"]], cell=size, bracket=False)
    p.rect(360, last, 180, 52, color=KEPT)
    p.text(450, 270, "its shares", size=SMALL, color=KEPT)
    p.text(560, last + 24, "·", size=40)
    p.text(640, 40, "values")
    p.grid(580, top, [[4, 0], [0, 4], [2, 2]], cell=size, bracket=False)
    p.rect(580, top, 120, 156, color=DATA)
    p.text(730, last + 24, "=", size=32)
    p.grid(760, last, [[2, 2]], cell=size, bracket=False)
    p.rect(760, last, 120, 52, color=KEPT)
    p.text(820, 270, "what it takes", size=SMALL, color=KEPT)
    return p


@picture("14_norm")
def norm():
    """Show that a layer norm does not let a selection through."""
    p = Picture(
        "A layer norm looks at all numbers of a token",
        "The token 7, 3, 3, 7 has the mean 5 and the spread 2 and becomes 1, −1, −1, 1. If only its first "
        "and last number are kept before the norm, 7 and 7, it makes 0 and 0 of them, not 1 and 1.",
        300,
    )
    size = (70, 52)
    p.text(160, 30, "a token")
    p.grid(20, 60, [[7, 3, 3, 7]], cell=size, bracket=False)
    p.rect(20, 60, 280, 52, color=DATA)
    p.arrow((320, 86), (520, 86), width=4)
    p.text(420, 60, "norm", size=SMALL)
    p.grid(540, 60, [[1, -1, -1, 1]], cell=size, bracket=False)
    p.rect(540, 60, 280, 52, color=DATA)
    p.text(680, 138, "the first and the last are 1", size=SMALL, color=KEPT)
    for x in (20, 230, 540, 750):
        p.rect(x + 3, 63, 64, 46, color=KEPT, fill=KEPT, opacity=0.16)
    p.text(166, 158, "keep the first and the last", size=SMALL, color=KEPT)
    p.grid(90, 190, [[7, 7]], cell=size, bracket=False)
    p.rect(90, 190, 140, 52, color=KEPT)
    p.arrow((320, 216), (520, 216), width=4)
    p.text(420, 190, "norm", size=SMALL)
    p.grid(610, 190, [[0, 0]], cell=size, bracket=False)
    p.rect(610, 190, 140, 52, color=ERROR)
    p.text(680, 268, "not what was there", size=SMALL, color=ERROR)
    return p
