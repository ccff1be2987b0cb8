"""Diagrams of the lesson on what makes the difference."""

import numpy as np
from scipy.stats import t

from tutorial_helpers import load_study

from .kit import ERROR, GREY, INK, KEPT, LARGE, REFIT, SMALL, WEIGHTS, Picture, picture

STAY = [True, False, True, True, False, False]


@picture("10_choices")
def choices():
    """Show a pruned layer and the two choices that made it."""
    p = Picture(
        "Two choices: which neurons stay, and what their weights become",
        "A network with six hidden neurons. Three stay, marked J; three are removed and drawn grey "
        "and dashed. The first choice is which neurons stay. The second is what the weights U and "
        "the bias behind them become.",
        420,
    )
    inputs = [(170, 120 + 80 * i) for i in range(3)]
    hidden = [(430, 50 + 62 * i) for i in range(6)]
    outputs = [(690, 150 + 100 * i) for i in range(2)]
    for (x, y), stays in zip(hidden, STAY, strict=True):
        look = {"color": INK, "width": 2} if stays else {"color": GREY, "width": 1, "dash": "5 6"}
        for start in inputs:
            p.line(start, (x, y), **look)
        for end in outputs:
            p.line((x, y), end, **(look | {"color": REFIT, "width": 5} if stays else look))
    for x, y in inputs + outputs:
        p.circle(x, y, 20)
    for (x, y), stays in zip(hidden, STAY, strict=True):
        p.circle(x, y, 22, color=KEPT if stays else GREY, dash=None if stays else "5 5")
        if stays:
            p.text(x, y, "J", color=KEPT, weight="bold")
    p.text(170, 340, "X")
    p.text(690, 310, "output")
    p.text(40, 34, "1. the selection:", color=KEPT, weight="bold", anchor="start")
    p.text(40, 64, "which neurons stay", color=KEPT, anchor="start")
    p.text(690, 34, "2. the correction:", color=REFIT, weight="bold")
    p.text(690, 64, "what U and β become", color=REFIT)
    p.text(170, 394, "W_{:,J} is as it was", size=SMALL)
    p.text(690, 394, "grey, dashed: removed", size=SMALL, color=INK)
    return p


@picture("10_paper")
def paper():
    """Show the example for paper: three neurons, one goes, four corrections."""
    p = Picture(
        "Four corrections on paper",
        "Z has the rows 0 0 0, 2 0 2, 0 2 2 and 2 2 4, U is 1, 0, 1, and Z U is 0, 4, 2, 6. The "
        "third neuron goes. No correction gives 0 2 0 2, error 4.9; the mean 2 4 2 4, error 2.8; "
        "rescaled 1 5 1 5, error 2; T U 0 4 2 6, error 0.",
        360,
    )
    Z = [[0, 0, 0], [2, 0, 2], [0, 2, 2], [2, 2, 4]]
    wanted = np.array([0, 4, 2, 6])
    y = 106
    p.text(190, 34, "all three neurons", weight="bold")
    p.grid(24, y, Z, cell=(50, 46), name="Z", fills={0: KEPT, 1: KEPT})
    p.text(196, y + 92, "·", size=LARGE)
    p.grid(216, y + 23, [[1], [0], [1]], cell=(48, 46), name="U", fills={0: WEIGHTS})
    p.text(288, y + 92, "=", size=LARGE)
    p.grid(314, y, wanted[:, None], cell=(52, 46), name="Z U")
    p.line((398, 20), (398, 340), color=GREY, width=2, dash="6 6")
    p.text(680, 34, "without the third", weight="bold")
    ways = {
        "none": [0, 2, 0, 2],
        "mean": [2, 4, 2, 4],
        "rescaled": [1, 5, 1, 5],
        "T U": [0, 4, 2, 6],
    }
    how = ["(1, 0)", "(1, 0) + 2", "(2, 0) + 1", "(2, 1)"]
    for i, (name, told) in enumerate(ways.items()):
        x = 448 + 136 * i
        color = REFIT if name == "T U" else INK
        fills = {0: REFIT} if name == "T U" else None
        p.grid(x, y, np.array(told)[:, None], cell=(52, 46), fills=fills)
        p.text(x + 26, y - 24, name, color=color)
        off = np.linalg.norm(wanted - told)
        p.text(x + 26, y + 212, how[i], size=SMALL)
        p.text(x + 26, y + 238, f"error {off:.2g}", size=SMALL, color=ERROR)
    p.text(190, y + 225, "third = first + second", size=SMALL)
    return p


@picture("10_interaction")
def interaction():
    """Draw what a refit gains for two selections, from the stored tables."""
    p = Picture(
        "An interaction: the gains differ",
        "Accuracy at k = 20 before and after a refit, for magnitude and for the ID. On the digits "
        "the ID starts lower and ends higher, the lines cross. On the scaled digits it starts "
        "higher and gains less.",
        440,
    )
    for panel, name in enumerate(("digits", "digits scaled")):
        table = load_study(name).accuracy
        x0, x1 = 150 + 470 * panel, 350 + 470 * panel
        p.text((x0 + x1) / 2, 34, name, weight="bold")
        gains = []
        for select, color, dash in (("magnitude", WEIGHTS, "10 6"), ("id", KEPT, None)):
            low, high = (
                100 * table[f"{select} + {c}"][:, 1].mean() for c in ("none", "least squares")
            )
            y0, y1 = (370 - 3 * value for value in (low, high))
            p.line((x0, y0), (x1, y1), color=color, width=5, dash=dash)
            p.circle(x0, y0, 7, color=color, fill=color)
            p.circle(x1, y1, 7, color=color, fill=color)
            word, color = ("ID", KEPT) if select == "id" else ("magnitude", INK)
            other = table[f"{'magnitude' if select == 'id' else 'id'} + none"][:, 1].mean()
            p.text(x0 - 16, y0 + (-4 if low > 100 * other else 8), f"{low:.0f}", anchor="end")
            p.text(x1 + 16, y1 + (-8 if select == "id" else 12), f"{high:.0f}", anchor="start")
            gains.append((word, color, high - low))
        for i, (word, color, gain) in enumerate(gains):
            p.text(x1 - 110, 250 + 30 * i, f"{word}: +{gain:.1f}", color=color, anchor="start")
        between = f"interaction {gains[1][2] - gains[0][2]:+.1f}".replace("-", "−")
        p.text(x1 - 110, 314, between, anchor="start", color=ERROR)
        p.line((x0, 360), (x1, 360), color=GREY, width=2)
        p.text(x0, 384, "none", size=SMALL)
        p.text(x1, 384, "refitted", size=SMALL)
    p.text(480, 418, "test accuracy (%) at k = 20; dashed: magnitude, solid: ID", size=SMALL)
    return p


@picture("10_interval")
def interval():
    """Draw the example for paper: four differences and their intervals."""
    d = np.array([1.0, 5, 5, 5])
    half = [d.std(ddof=1) / 2 * t.isf(0.025 / q, 3) for q in (1, 6)]
    p = Picture(
        "One interval, alone and as one of six",
        "Four paired differences, 1, 5, 5 and 5 points, with the mean 4. The interval around it "
        "leaves zero out when it is alone, and contains zero when it is one of six.",
        340,
    )

    def at(value):
        return 400 + 50 * value

    p.line((at(-3), 280), (at(11), 280), color=INK, width=2)
    for value in range(-2, 11, 2):
        p.line((at(value), 280), (at(value), 288), width=2)
        p.text(at(value), 304, f"{value}".replace("-", "−"), size=SMALL)
    p.line((at(0), 30), (at(0), 280), color=GREY, width=3, dash="8 6")
    p.text(at(0) - 12, 34, "no difference", size=SMALL, anchor="end")
    for x, lift in ((1, 0), (5, -26), (5, 0), (5, 26)):
        p.circle(at(x), 90 + lift, 10, color=KEPT, fill=KEPT)
    for y, h, color in ((160, half[0], KEPT), (220, half[1], ERROR)):
        p.line((at(4 - h), y), (at(4 + h), y), color=color, width=5)
        for end in (4 - h, 4 + h):
            p.line((at(end), y - 12), (at(end), y + 12), color=color, width=5)
        p.circle(at(4), y, 8, color=color, fill=color)
    p.text(20, 90, "four seeds", anchor="start")
    p.text(20, 160, "one comparison", anchor="start", color=KEPT)
    p.text(20, 220, "one of six", anchor="start", color=ERROR)
    p.text(at(4), 328, "difference in points", size=SMALL)
    return p
