"""Diagrams of the lesson on wide networks."""

import numpy as np

from .kit import ERROR, GREY, INK, KEPT, RANDOM, REFIT, SMALL, Picture, picture

# eight points near half a wave, for the curves of `three_fits`
PLACES = np.array([-0.9, -0.75, -0.55, -0.2, 0.0, 0.15, 0.75, 0.9])
HEIGHTS = np.sin(1.5 * PLACES) + np.array([0.2, -0.2, 0.2, -0.25, 0.3, -0.2, 0.25, -0.2])


def waves(x, m):
    """Return m waves as columns: the first is a constant, each is shorter and lower than the last."""
    j = np.arange(m)
    return np.cos(np.pi * np.outer(x + 1, j) / 2) / (1 + j) ** 1.2


@picture("02_three_fits")
def three_fits():
    """Fit the same eight points with three, with eight and with sixty parameters."""
    p = Picture(
        "Few parameters, just enough, and far more",
        "The same eight points three times. A curve with three parameters passes near them. One with "
        "eight goes through all of them and swings far out in between. The shortest one with sixty "
        "goes through all of them, too, and stays close.",
        350,
    )
    x = np.linspace(-1, 1, 161)
    told = ("3: near the points", "8: just through all", "60: through all")
    for i, (m, words, color) in enumerate(zip((3, 8, 60), told, (KEPT, ERROR, REFIT), strict=True)):
        left, middle = 30 + 312 * i, 170
        U = np.linalg.lstsq(waves(PLACES, m), HEIGHTS, rcond=None)[0]
        y = np.clip(waves(x, m) @ U, -2.2, 2.2)
        p.rect(left, 40, 276, 250, color=GREY, fill="white")
        p.line(*zip(left + 138 * (x + 1), middle - 56 * y, strict=True), color=color, width=4)
        for a, b in zip(PLACES, HEIGHTS, strict=True):
            p.circle(left + 138 * (a + 1), middle - 56 * b, 6, color=INK, fill=INK)
        p.text(left + 138, 318, words, color=color, weight="bold")
    return p


@picture("02_paper")
def paper():
    """Show two equations in three unknowns and three of their solutions."""
    p = Picture(
        "Two images, three neurons, many fits",
        "Z has the rows 1 0 1 and 0 1 1. Times U it must give 3 and 3. Three columns U do: 3 3 0 of "
        "length √18, 0 0 3 of length 3, and 1 1 2 of length √6, the shortest.",
        330,
    )
    y, cell = 84, (56, 50)
    p.grid(70, y + 25, [[1, 0, 1], [0, 1, 1]], cell=cell, name="Z")
    p.text(264, y + 75, "·", size=48)
    fits = (([3, 3, 0], "√18", GREY), ([0, 0, 3], "3", GREY), ([1, 1, 2], "√6", REFIT))
    for i, (U, length, color) in enumerate(fits):
        x = 320 + 150 * i
        fills = {0: REFIT} if color == REFIT else None
        p.grid(x, y, [[u] for u in U], cell=cell, name="U", fills=fills)
        p.text(x + 28, y + 180, f"length {length}", size=SMALL, color=color)
        if i < 2:
            p.text(x + 103, y + 75, "or", size=SMALL)
    p.text(728, y + 75, "=", size=40)
    p.grid(776, y + 25, [[3], [3]], cell=cell, name="Y")
    p.text(648, y + 212, "the shortest", size=SMALL, color=REFIT, weight="bold")
    return p


@picture("02_nearest")
def nearest():
    """Draw the line of all fits, and the way that descent takes to it from two starts."""
    p = Picture(
        "Descent goes straight to the nearest fit",
        "A line of all exact fits through 0 0 3, then 1 1 2, then 2 2 1 and 3 3 0. From the start "
        "0 0 0 an arrow meets it at a right angle at 1 1 2. From the start 1 1 −1 another arrow, "
        "parallel to the first, meets it at a right angle at 2 2 1.",
        400,
    )
    unit, x0, y = 112, 380, 90
    step = np.sqrt(3) * unit
    at = {t: x0 + step * t for t in (-1, 0, 1, 2)}
    p.line((at[-1] - 90, y), (at[2] + 90, y), color=KEPT, width=5)
    names = {-1: "(0, 0, 3)", 0: "(1, 1, 2)", 1: "(2, 2, 1)", 2: "(3, 3, 0)"}
    for t, name in names.items():
        p.circle(at[t], y, 9, color=KEPT, fill=KEPT if t in (0, 1) else "white")
        p.text(at[t], y - 34, name)
    far = y + 2.3 * unit
    for t, name in ((0, "start (0, 0, 0)"), (1, "start (1, 1, −1)")):
        p.arrow((at[t], far), (at[t], y + 12), color=REFIT, width=5)
        p.right_angle(at[t], y, 0, 20)
        p.circle(at[t], far, 9, color=RANDOM, fill=RANDOM)
        p.text(at[t], far + 30, name, color=RANDOM)
    p.text(at[0] - 16, (y + far) / 2, "√6", anchor="end", color=REFIT)
    p.text(at[1] + 18, (y + far) / 2, "√6", anchor="start", color=REFIT)
    p.line((at[0], far), (at[-1], y + 12), color=GREY, dash="8 6")
    p.text((at[0] + at[-1]) / 2 - 26, (y + far) / 2 + 14, "3", color=GREY, anchor="end")
    p.text(at[2] + 14, y + 46, "all exact fits", color=KEPT, size=SMALL)
    p.text(at[2] + 14, y + 74, "U + t V", color=KEPT, size=SMALL)
    return p


@picture("02_ticket")
def ticket():
    """Show the steps by which a lottery ticket is found and played."""
    p = Picture(
        "How a lottery ticket is found",
        "Four networks of eight neurons. First the initial weights. Second, all trained. Third, three "
        "neurons chosen, the others gone. Fourth, the three with their initial weights again, to be "
        "trained anew. An arrow leads from the first to the fourth: the weights come from there.",
        380,
    )
    words = ("1. initial", "2. trained", "3. chosen", "4. put back")
    for i, name in enumerate(words):
        x = 110 + 247 * i
        p.text(x, 42, name, weight="bold")
        for j in range(8):
            chosen, y = j in (1, 4, 6), 88 + 26 * j
            if i < 2 or chosen:
                trained = i in (1, 2)
                color = KEPT if chosen and i else INK
                p.circle(x, y, 11, color=color, fill=color if trained else "white")
            else:
                p.circle(x, y, 11, color=GREY, fill="white", line=2, dash="4 4")
        if i < 3:
            p.arrow((x + 50, 180), (x + 197, 180), color=INK)
            p.text(x + 123, 154, ("train", "remove", "reset")[i], size=SMALL)
    p.line((110, 290), (110, 322), (851, 322), color=RANDOM, width=3, dash="9 5")
    p.arrow((851, 322), (851, 288), color=RANDOM, width=3)
    p.text(480, 348, "the same initial weights", size=SMALL, color=RANDOM)
    return p
