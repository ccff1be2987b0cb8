"""Diagrams of the lesson on fair rivals."""

from .kit import DATA, ERROR, GREY, INK, KEPT, LARGE, REFIT, SMALL, WEIGHTS, Picture, picture

# mean probabilities before training, the largest first, in percent
LOUD = {
    "1000 neurons, grey values 0–16": (54, 19, 10, 6, 4, 3, 2, 1, 1, 0),
    "50 neurons, grey values 0–16": (90, 9, 1, 0, 0, 0, 0, 0, 0, 0),
    "50 neurons, grey values 0–1": (18, 14, 12, 11, 10, 9, 8, 7, 7, 6),
}


@picture("11_loud")
def loud():
    """Draw what three networks say before their first training step."""
    p = Picture(
        "What networks say before they are trained",
        "Three groups of ten bars, the largest first. A network of 1000 neurons gives 54 percent to "
        "one digit, one of 50 neurons 90 percent, on grey values from 0 to 16. With grey values from "
        "0 to 1 the network of 50 neurons gives 18 percent, close to a tenth for each.",
        380,
    )
    base, tall = 300, 190
    for i, (told, shares) in enumerate(LOUD.items()):
        x0, color = 40 + 310 * i, (KEPT, ERROR, REFIT)[i]
        neurons, images = told.split(", ")
        for j, share in enumerate(shares):
            p.rect(
                x0 + 26 * j, base - tall * share / 100, 20, tall * share / 100,
                color=color, fill=color, opacity=0.35,
            )  # fmt: skip
        p.line((x0 - 6, base), (x0 + 262, base), width=2)
        p.line(
            (x0 - 6, base - tall / 10),
            (x0 + 262, base - tall / 10),
            color=GREY,
            width=2,
            dash="6 5",
        )
        p.text(
            x0 - 4,
            base - tall * shares[0] / 100 - 18,
            f"{shares[0]} %",
            color=color,
            anchor="start",
            weight="bold",
        )
        p.text(x0 + 128, 34, neurons, weight="bold")
        p.text(x0 + 128, 66, images, size=SMALL)
    p.text(
        480,
        346,
        "ten digits each, the likeliest first; dashed: a tenth for all, no opinion",
        size=SMALL,
    )
    return p


@picture("11_ways")
def ways():
    """Draw the three ways to a small network, with what goes into each."""
    p = Picture(
        "Three ways to k neurons",
        "Prune: images and the weights of the large network go in, one factorization. Distil: images "
        "and the answers of the large network, hundreds of passes. Train: images and labels, hundreds "
        "of passes.",
        400,
    )
    columns = (
        ("prune", "weights", "one factorization", KEPT),
        ("distil", "answers", "hundreds of passes", REFIT),
        ("train", "labels", "hundreds of passes", INK),
    )
    for i, (way, given, cost, color) in enumerate(columns):
        x, labels = 170 + 310 * i, given == "labels"
        tint, dash = (ERROR, "9 5") if labels else (WEIGHTS, None)
        p.text(x, 34, way, size=LARGE, weight="bold", color=color)
        p.rect(x - 137, 66, 110, 72, color=DATA, fill=DATA, opacity=0.2, line=3)
        p.text(x - 82, 102, "images", size=SMALL)
        p.rect(x - 15, 66, 152, 72, color=tint, fill=tint, opacity=0.2, line=3, dash=dash)
        p.text(x + 61, 102 if labels else 88, given if labels else f"{given} of", size=SMALL)
        if not labels:
            p.text(x + 61, 116, "large network", size=SMALL)
        p.arrow((x - 82, 142), (x - 26, 228))
        p.arrow((x + 61, 142), (x + 22, 228))
        for j in range(5):
            p.circle(x - 64 + 32 * j, 254, 12, color=color)
        p.text(x, 294, "k neurons")
        p.text(x, 328, cost, size=SMALL)
    p.text(325, 376, "these two need the large network, but no labels", size=SMALL)
    p.line((50, 354), (600, 354), color=GREY, width=2)
    return p


@picture("11_agreement")
def agreement():
    """Draw the example for paper: who is right, and who says the same."""
    p = Picture(
        "Right, or the same?",
        "Four images with the digits 3, 8, 5 and 1. The full network says 3, 8, 3, 1: right on 75 "
        "percent. The pruned one says 3, 8, 3, 7: right on 50 percent. The rival says 3, 8, 5, 1: "
        "right on 100 percent. The last two both agree with the full network on 75 percent.",
        360,
    )
    rows = (
        ("truth", (3, 8, 5, 1), "", "", INK),
        ("full", (3, 8, 3, 1), "75 %", "", GREY),
        ("pruned", (3, 8, 3, 7), "50 %", "75 %", KEPT),
        ("rival", (3, 8, 5, 1), "100 %", "75 %", REFIT),
    )
    truth = rows[0][1]
    p.text(360, 36, "four images", size=SMALL)
    p.text(640, 36, "accuracy", weight="bold")
    p.text(820, 36, "agreement", weight="bold")
    for i, (who, digits, right, alike, color) in enumerate(rows):
        y = 90 + 62 * i
        p.text(160, y, who, color=color, anchor="end", weight="bold")
        for j, digit in enumerate(digits):
            x = 225 + 90 * j
            if digit != truth[j]:
                p.rect(
                    x - 28,
                    y - 25,
                    56,
                    50,
                    color=ERROR,
                    fill=ERROR,
                    opacity=0.15,
                    dash="7 4",
                    line=3,
                )
            p.text(x, y, str(digit), size=LARGE)
        p.text(640, y, right)
        p.text(820, y, alike)
    p.line((60, 121), (900, 121), color=GREY, width=2)
    p.text(480, 332, "dashed: wrong. Agreement compares with the row “full”.", size=SMALL)
    return p
