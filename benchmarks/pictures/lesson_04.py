"""Diagrams of the lesson on orthogonal columns."""

from .kit import ERROR, GREY, INK, KEPT, LARGE, REFIT, SMALL, Picture, picture


@picture("04_projection")
def projection():
    """Subtract the shadow of a column from it."""
    p = Picture(
        "Gram–Schmidt subtracts the shadow",
        "An arrow a2 and the direction q1. The shadow of a2 on q1 has the length r12. What is left "
        "is perpendicular to q1 and has the length r22; scaled to length one it is q2.",
        340,
    )
    x, y = 190, 270
    p.line((x, y), (x + 560, y), color=GREY, width=2, dash="4 6")
    p.arrow((x, y), (x + 400, y - 200), color=INK, width=5)
    p.text(x + 190, y - 130, "a_{2}", size=LARGE)
    p.arrow((x, y), (x + 400, y), color=REFIT, width=6)
    p.text(x + 240, y + 36, "its shadow, of length r_{12}", color=REFIT)
    p.arrow((x + 400, y), (x + 400, y - 196), color=ERROR, width=5, dash="9 5")
    p.text(x + 424, y - 116, "left: the new part,", color=ERROR, anchor="start")
    p.text(x + 424, y - 84, "of length r_{22}", color=ERROR, anchor="start")
    p.right_angle(x + 400, y, -90, 18)
    p.arrow((x, y), (x + 120, y), color=KEPT, width=8)
    p.text(x + 90, y + 36, "q_{1}", color=KEPT, anchor="end", weight="bold")
    p.arrow((x, y), (x, y - 120), color=KEPT, width=8)
    p.text(x - 18, y - 96, "q_{2}", color=KEPT, anchor="end", weight="bold")
    p.right_angle(x, y, -90, 18)
    return p


@picture("04_paper")
def paper():
    """Write A = QR in numbers."""
    p = Picture(
        "A QR factorization on paper",
        "The matrix with rows 3 5 1, 6 4 −1 and 6 −2 5 equals a third of the matrix with rows 1 2 2, "
        "2 1 −2 and 2 −2 1 times the triangle with rows 9 3 3, 0 6 −3 and 0 0 3.",
        330,
    )
    y = 80
    p.grid(50, y, [[3, 5, 1], [6, 4, -1], [6, -2, 5]], name="A", fills={2: KEPT})
    p.text(280, y + 72, "=", size=LARGE)
    p.text(330, y + 72, "⅓", size=LARGE)
    p.grid(360, y, [[1, 2, 2], [2, 1, -2], [2, -2, 1]], name="Q")
    p.text(590, y + 72, "·", size=48)
    p.grid(630, y, [[9, 3, 3], [0, 6, -3], [0, 0, 3]], name="R", fills={2: KEPT})
    for i in range(3):
        p.rect(632 + 64 * i, y + 4 + 48 * i, 60, 40, color=ERROR, line=3)
    p.text(480, 262, "third column: 3 q_{1} − 3 q_{2} + 3 q_{3} = (1, −1, 5)", color=KEPT)
    p.text(480, 300, "framed: how much of each column was new, 9, 6 and 3", color=ERROR)
    return p


@picture("04_mirror")
def mirror():
    """Mirror a vector on the first axis."""
    p = Picture(
        "A mirror sends a vector to an axis",
        "The vector x has length 5. A dashed mirror lies between x and the negative first axis, and "
        "the image of x lies on that axis at −5. The vector v, perpendicular to the mirror, leads "
        "from the image to x.",
        370,
    )
    x, y, unit = 480, 300, 52
    tip, image = (x + 3 * unit, y - 4 * unit), (x - 5 * unit, y)
    p.line((x - 380, y), (x + 380, y), color=GREY, width=2)
    p.text(x + 372, y + 30, "first axis", size=SMALL, color=GREY, anchor="end")
    # the mirror is perpendicular to v = x − image, which is (8, 4) in units
    p.line(
        (x + 0.5 * unit, y + 1.0 * unit), (x - 2.5 * unit, y - 5.0 * unit), color=GREY, dash="10 7"
    )
    p.text(x - 2.8 * unit, y - 5.0 * unit, "mirror", color=GREY, anchor="end")
    p.arrow((x, y), tip, color=INK, width=5)
    p.text(tip[0] + 16, tip[1] + 6, "x, of length 5", anchor="start")
    p.arrow((x, y), image, color=KEPT, width=6)
    p.text(image[0] + 60, y + 34, "H x, at −5", color=KEPT)
    p.arrow(image, (tip[0] - 10, tip[1] + 5), color=ERROR, width=4, dash="9 5")
    p.text(x - 2.95 * unit, y - 1.75 * unit, "v", size=LARGE, color=ERROR)
    return p
