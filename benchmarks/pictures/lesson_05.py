"""Diagrams of the lesson on the interpolative decomposition."""

from .kit import ERROR, GREY, INK, KEPT, LARGE, REFIT, SMALL, Picture, picture

A = [[4, 3, 1, 5], [5, 6, -1, 4], [2, 6, 5, -2]]
T = [["½", 1, "½", 0], ["½", 0, "−½", 1]]


@picture("05_remainder")
def remainder():
    """Draw pivoting as the choice of the longest remainder."""
    p = Picture(
        "Pivoting takes the longest remainder",
        "Left: three arrows from one point; the longest, a2, is chosen. Right: what is left of the "
        "other two is perpendicular to a2; a4 keeps more than a1, so a4 comes next.",
        380,
    )
    p.text(230, 34, "1. the longest column", weight="bold")
    p.text(720, 34, "2. the longest remainder", weight="bold")
    for x0 in (60, 540):
        p.arrow((x0, 270), (x0 + 350, 270), color=KEPT, width=6)
        p.text(x0 + 350, 304, "a_{2}, chosen", color=KEPT, anchor="end")
        p.arrow((x0, 270), (x0 + 233, 153), color=INK)
        p.text(x0 + 262, 143, "a_{1}")
        p.arrow((x0, 270), (x0 + 117, 66), color=INK)
        p.text(x0 + 100, 62, "a_{4}", anchor="end")
    p.line((773, 153), (773, 262), color=ERROR, width=5, dash="9 5")
    p.line((657, 70), (657, 262), color=ERROR, width=5, dash="9 5")
    p.right_angle(773, 270, -90, 16)
    p.right_angle(657, 270, -90, 16)
    p.text(787, 222, "left of a_{1}: 3", color=ERROR, size=SMALL, anchor="start")
    p.text(671, 100, "left of a_{4}: 6, next", color=ERROR, size=SMALL, anchor="start")
    p.text(480, 350, "What is left is perpendicular to what is chosen.", size=SMALL)
    return p


@picture("05_triangle")
def triangle():
    """Cut R into its blocks."""
    p = Picture(
        "R cut after k rows and columns",
        "The triangle R in pivot order: R11 with k rows and columns, R12 beside it, zeros below, and "
        "R22, the remainders of the columns that are not kept.",
        420,
    )
    x, y, k, w = 300, 60, 150, 360
    p.rect(x, y, k, k, color=KEPT, fill=KEPT, opacity=0.16, line=3)
    p.line((x, y), (x + k, y + k), color=KEPT, dash="6 5", width=2)
    p.text(x + 98, y + 48, "R_{11}", size=LARGE, color=KEPT)
    p.text(x + 44, y + 112, "0", size=LARGE, color=GREY)
    p.rect(x + k, y, w - k, k, color=REFIT, fill=REFIT, opacity=0.14, line=3)
    p.text(x + k + (w - k) / 2, y + k / 2, "R_{12}", size=LARGE, color=REFIT)
    p.rect(
        x + k, y + k, w - k, w - k - 60, color=ERROR, fill=ERROR, opacity=0.14, line=3, dash="9 5"
    )
    p.text(x + k + 130, y + k + 56, "R_{22}", size=LARGE, color=ERROR)
    p.text(x + k / 2, y + k + 75, "0", size=LARGE, color=GREY)
    p.rect(x, y, w, w - 60, line=3)
    p.text(x - 20, y + k / 2, "k rows", anchor="end")
    p.text(x + k / 2, y - 22, "k kept", color=KEPT)
    p.text(x + k + (w - k) / 2, y - 22, "the others", color=INK)
    p.text(x + w + 20, y + k / 2 - 16, "what the kept", anchor="start", color=REFIT)
    p.text(x + w + 20, y + k / 2 + 16, "ones explain", anchor="start", color=REFIT)
    p.text(x + w + 20, y + k + 60, "what they do not:", anchor="start", color=ERROR)
    p.text(x + w + 20, y + k + 92, "the error", anchor="start", color=ERROR)
    return p


@picture("05_blocks")
def blocks():
    """Show Z ≈ Z_J T with the kept columns coloured."""
    p = Picture(
        "Some columns rebuild all of them",
        "A tall matrix X with m columns, three of them coloured, is about the same as the matrix of "
        "these k columns times a wide matrix T of k rows and m columns; the columns of T that belong "
        "to kept columns form an identity.",
        400,
    )
    y, h, m = 60, 270, 12
    chosen = [1, 5, 8]
    p.matrix(40, y, 288, h)
    p.columns(40, y, 288, h, m, chosen)
    p.text(184, y - 24, "X", size=LARGE)
    p.brace(40, 328, y + h + 10, "m columns")
    p.text(366, y + h / 2, "≈", size=48)
    p.matrix(404, y, 72, h)
    p.columns(404, y, 72, h, 3, [0, 1, 2])
    p.text(440, y - 24, "X_{:,J}", size=LARGE, color=KEPT)
    p.brace(404, 476, y + h + 10, "k kept", color=KEPT)
    p.text(506, y + h / 2, "·", size=48)
    p.matrix(536, y + 90, 384, 96)
    p.columns(536, y + 90, 384, 96, m, chosen)
    for i, j in enumerate(chosen):
        for r in range(3):
            told = "1" if r == i else "0"
            p.text(536 + 32 * j + 16, y + 106 + 32 * r, told, size=SMALL, weight="bold")
    p.text(728, y + 66, "T", size=LARGE)
    p.brace(536, 920, y + 196, "one column for each column of X")
    return p


@picture("05_paper")
def paper():
    """Show the example for paper: a 3 × 4 matrix, its kept columns and T."""
    p = Picture(
        "An interpolative decomposition on paper",
        "The matrix with rows 4 3 1 5, 5 6 −1 4 and 2 6 5 −2 has its second and fourth column kept. "
        "T has the rows ½ 1 ½ 0 and ½ 0 −½ 1. All columns come back but the third, which misses "
        "2, −2, 1, a vector of length 3.",
        330,
    )
    y = 90
    p.grid(24, y, A, cell=(52, 50), name="A", fills={1: KEPT, 3: KEPT})
    p.text(262, y + 75, "=", size=LARGE)
    p.grid(
        292,
        y,
        [[row[1], row[3]] for row in A],
        cell=(52, 50),
        name="A_{:,J}",
        fills={0: KEPT, 1: KEPT},
    )
    p.grid(420, y + 25, T, cell=(56, 50), name="T", fills={1: KEPT, 3: KEPT})
    p.text(676, y + 75, "+", size=LARGE)
    p.grid(
        706, y, [[0, 0, 2, 0], [0, 0, -2, 0], [0, 0, 1, 0]], cell=(52, 50), name="what is lost", fills={2: ERROR},
    )  # fmt: skip
    p.text(360, y + 190, "first column: ½ · (3, 6, 6) + ½ · (5, 4, −2) = (4, 5, 2)", size=SMALL)
    p.text(810, y + 190, "length 3", size=SMALL, color=ERROR)
    return p


@picture("05_every_k")
def every_k():
    """Show that one R holds the error of every k."""
    p = Picture(
        "One triangle holds every k",
        "The triangle R of the example, with rows 9 3 3 6, 0 6 −3 3 and 0 0 3 0. For k = 0 all rows "
        "count as error, for k = 1 the last two, for k = 2 the last one, for k = 3 none. The errors "
        "are 14.1, 7.9, 3 and 0.",
        330,
    )
    R = [[9, 3, 3, 6], [0, 6, -3, 3], [0, 0, 3, 0]]
    for k, told in enumerate(("14.1", "7.9", "3", "0")):
        x = 30 + 232 * k
        for i, row in enumerate(R):
            for j, value in enumerate(row):
                lost = i >= k
                word = f"{value:g}".replace("-", "−")
                color = (ERROR if value else GREY) if lost else KEPT
                p.text(
                    x + 25 + 50 * j,
                    110 + 50 * i,
                    word,
                    color=color,
                    weight="bold" if value else None,
                )
        if k:
            p.rect(x, 86, 200, 50 * k, color=KEPT, fill=KEPT, opacity=0.12, line=3)
        if k < 3:
            p.rect(
                x, 86 + 50 * k, 200, 50 * (3 - k), color=ERROR, fill=ERROR, opacity=0.08, dash="8 5"
            )
        p.text(x + 100, 50, f"k = {k}", weight="bold")
        p.text(x + 100, 272, f"error {told}", color=ERROR)
    p.text(
        480, 308, "The error is the Frobenius norm of the rows that are not taken yet.", size=SMALL
    )
    return p
