"""Diagrams of the lesson on timing."""

from .kit import ERROR, GREY, INK, KEPT, LARGE, ORANGE, SMALL, Picture, picture

TURNS = {
    "one after the other": [
        ("A", 40, 10), ("A", 120, 10), ("A", 200, 10), ("A", 280, 10),
        ("B", 360, 18), ("B", 504, 18), ("B", 664, 9), ("B", 736, 9),
    ],
    "in turns": [
        ("A", 40, 10), ("B", 120, 9), ("A", 192, 10), ("B", 272, 9),
        ("A", 360, 20), ("B", 520, 18), ("A", 664, 10), ("B", 744, 9),
    ],
}  # fmt: skip


@picture("08_turns")
def turns():
    """Show what a slow moment does to two programs, in blocks and in turns."""
    p = Picture(
        "A slow moment hits both, or only one",
        "Program A takes 10 ms, program B 9 ms, and in a slow moment twice as long. First A four "
        "times, then B four times: the slow moment hits B alone, whose median becomes 13.5. In "
        "turns it hits one whole round, and A takes 1.11 times as long in every round.",
        430,
    )
    p.text(512, 52, "a slow moment", color=ERROR, size=SMALL)
    told = (
        "medians: A 10, B 13.5, so A looks faster",
        "every round: A takes 1.11 times as long",
    )
    for row, (name, calls) in enumerate(TURNS.items()):
        y = 60 + 160 * row
        p.text(40, y, name, anchor="start", weight="bold")
        p.rect(360, y + 14, 304, 70, color=ERROR, fill=ERROR, opacity=0.1, dash="9 5")
        for which, x, ms in calls:
            color = KEPT if which == "A" else ORANGE
            dash = None if which == "A" else "5 4"
            p.rect(x + 3, y + 24, 8 * ms - 6, 50, color=color, fill=color, opacity=0.2, dash=dash)
            p.text(x + 4 * ms, y + 49, f"{which} {ms}", size=SMALL)
        p.text(40, y + 108, told[row], anchor="start", size=SMALL)
    p.arrow((40, 392), (900, 392), color=GREY, width=2)
    p.text(900, 412, "time", size=SMALL, anchor="end", color=GREY)
    return p


@picture("08_coin")
def coin():
    """Show why the median of seven ratios lies between the smallest and the largest."""
    p = Picture(
        "Seven ratios and a coin",
        "Seven ratios on a line: 1.5, 1.8, 2, 2, 2, 2.5 and 3. If the true median lay left of all "
        "or right of all, seven coins would have fallen on the same side: 1 of 128 for each side. "
        "So with 126 of 128 it lies between 1.5 and 3.",
        330,
    )
    y = 200

    def place(ratio):
        return 480 + 240 * (ratio - 2.25)

    p.rect(
        place(1.5), 92, place(3) - place(1.5), y - 92, color=KEPT, fill=KEPT, opacity=0.1, line=0
    )
    p.line((60, y), (900, y), color=INK)
    for ratio, level in ((1.5, 0), (1.8, 0), (2, 0), (2, 1), (2, 2), (2.5, 0), (3, 0)):
        p.circle(place(ratio), y - 14 - 26 * level, 11, color=KEPT, fill=KEPT)
    for ratio in (1, 1.5, 2, 2.5, 3, 3.5):
        p.line((place(ratio), y), (place(ratio), y + 10))
        p.text(place(ratio), y + 28, f"{ratio:g}", size=SMALL)
    p.text(480, 30, "Where is the true median?", weight="bold")
    p.text(480, 70, "here: 126 of 128", color=KEPT)
    p.text(place(3) + 20, 100, "here? 1 of 128", color=ERROR, size=SMALL, anchor="start")
    p.text(place(3) + 20, 128, "all seven below", color=ERROR, size=SMALL, anchor="start")
    p.text(place(1.5) - 20, 100, "here? 1 of 128", color=ERROR, size=SMALL, anchor="end")
    p.text(place(1.5) - 20, 128, "all seven above", color=ERROR, size=SMALL, anchor="end")
    p.text(
        480,
        290,
        "Each ratio falls above or below the true median like a coin: ½ and ½.",
        size=SMALL,
    )
    return p


@picture("08_operations")
def operations():
    """Show which parts of the two products shrink with k."""
    p = Picture(
        "Both products shrink with k",
        "X of n rows and d columns times W of d rows and m columns gives Z; Z times U of m rows and "
        "c columns gives the logits. Of the m columns of W and Z, and of the m rows of U, k stay: "
        "d times k and k times c multiply-adds are left for each row of X.",
        420,
    )
    chosen, y = [1, 5, 8], 70
    p.matrix(40, y + 40, 96, 190, "X", "n × d")
    p.text(162, y + 135, "·", size=48)
    p.matrix(188, y + 87, 240, 96)
    p.columns(188, y + 87, 240, 96, 12, chosen)
    p.text(308, y + 60, "W", size=LARGE)
    p.text(308, y + 205, "d × m, k stay", size=SMALL, color=KEPT)
    p.arrow((446, y + 135), (494, y + 135))
    p.text(470, y + 105, "φ")
    p.matrix(512, y + 40, 240, 190)
    p.columns(512, y + 40, 240, 190, 12, chosen)
    p.text(632, y + 14, "Z", size=LARGE)
    p.text(632, y + 252, "n × m, k stay", size=SMALL, color=KEPT)
    p.text(778, y + 135, "·", size=48)
    p.matrix(804, y + 15, 60, 240)
    for j in chosen:
        p.rect(804, y + 15 + 20 * j, 60, 20, color=KEPT, fill=KEPT, opacity=0.25)
        for x in range(4):
            p.line(
                (810 + 15 * x, y + 33 + 20 * j),
                (816 + 15 * x, y + 17 + 20 * j),
                color=KEPT,
                width=1,
            )
    p.text(834, y - 14, "U", size=LARGE)
    p.text(834, y + 277, "m × c", size=SMALL)
    p.text(308, 392, "d · k multiply-adds a row", color=KEPT)
    p.text(730, 392, "k · c multiply-adds a row", color=KEPT)
    return p


@picture("08_amdahl")
def amdahl():
    """Show what a tenth of the arithmetic leaves of a call."""
    p = Picture(
        "What stays decides",
        "A call for one image takes 80 µs of other work and 20 of arithmetic; with a tenth of the "
        "arithmetic 80 and 2, so it is 1.2 times as fast. A call for many images has 20 parts of "
        "other work and 80 of arithmetic; with a tenth 20 and 8, so it is 3.6 times as fast.",
        400,
    )
    rows = [
        (60, "one image", 80, 20, "100"), (120, "", 80, 2, "82: 1.2 times as fast"),
        (220, "many images", 20, 80, "100"), (280, "", 20, 8, "28: 3.6 times as fast"),
    ]  # fmt: skip
    for y, name, stays, shrinks, told in rows:
        if name:
            p.text(30, y + 22, name, anchor="start", weight="bold")
        p.text(220, y + 22, "full" if name else "pruned", anchor="start")
        x, w = 320, 3.8
        p.rect(x, y, w * stays, 44, color=GREY, fill=GREY, opacity=0.25)
        p.text(x + w * stays / 2, y + 22, f"{stays}", size=SMALL)
        p.rect(x + w * stays, y, w * shrinks, 44, color=KEPT, fill=KEPT, opacity=0.25)
        for step in range(int(w * shrinks // 16)):
            left = x + w * stays + 16 * step
            p.line((left + 2, y + 42), (left + 14, y + 2), color=KEPT, width=1)
        if shrinks > 10:
            middle = x + w * (stays + shrinks / 2)
            p.rect(middle - 18, y + 9, 36, 26, color="none", fill="white", opacity=1)
            p.text(middle, y + 22, f"{shrinks}", size=SMALL, color=KEPT)
        p.text(x + w * (stays + shrinks) + 16, y + 22, told, anchor="start", size=SMALL)
    p.rect(320, 352, 24, 24, color=GREY, fill=GREY, opacity=0.25)
    p.text(354, 364, "stays", anchor="start", size=SMALL)
    p.rect(470, 352, 24, 24, color=KEPT, fill=KEPT, opacity=0.25)
    p.line((474, 372), (490, 356), color=KEPT, width=1)
    p.text(504, 364, "arithmetic: a tenth is left", anchor="start", size=SMALL, color=KEPT)
    return p
