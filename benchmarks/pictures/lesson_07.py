"""Diagrams of the lesson on the error bound."""

from .kit import ERROR, GREY, INK, KEPT, LARGE, SMALL, WEIGHTS, Picture, picture


@picture("07_blocks")
def blocks():
    """Show which rows of U an error of Z meets."""
    p = Picture(
        "Only the weights of removed neurons meet an error",
        "The error E of Z, its columns in the order of the pivots: k columns of zeros for the kept "
        "neurons, then the columns of the removed ones, Q2 R22. Times U: the rows of kept neurons "
        "meet only zeros, the rows U2 of removed neurons meet Q2 R22. The product is the error EU "
        "of the logits.",
        430,
    )
    x, y, k, m, h = 60, 70, 110, 300, 250
    p.rect(x, y, k, h, color=GREY, line=3)
    p.text(x + k / 2, y + h / 2, "0", size=LARGE, color=GREY)
    p.rect(x + k, y, m - k, h, color=ERROR, fill=ERROR, opacity=0.16, line=3)
    p.text(x + k + (m - k) / 2, y + h / 2, "Q_{2} R_{22}", size=LARGE, color=ERROR)
    p.text(x + m / 2, y - 30, "E, in pivot order")
    p.brace(x, x + k, y + h + 10, "k kept")
    p.brace(x + k + 6, x + m, y + h + 10, "removed", color=ERROR)
    p.text(400, y + h / 2, "·", size=48)
    u, w, t = 440, 80, 300
    p.rect(u, y - 10, w, k, color=GREY, line=3, dash="6 5")
    p.rect(u, y - 10 + k, w, t - k, color=WEIGHTS, fill=WEIGHTS, opacity=0.25, line=3)
    p.text(u + w / 2, y - 10 + k + (t - k) / 2, "U_{2}", size=LARGE)
    p.text(u + w / 2, y - 36, "U")
    p.text(u + w + 14, y + 26, "rows of kept neurons", size=SMALL, anchor="start", color=GREY)
    p.text(u + w + 14, y + 54, "meet only zeros", size=SMALL, anchor="start", color=GREY)
    p.text(u + w + 14, y + 262, "rows of removed", size=SMALL, anchor="start")
    p.text(u + w + 14, y + 288, "neurons", size=SMALL, anchor="start")
    p.text(690, y + h / 2, "=", size=48)
    p.rect(760, y, w, h, color=ERROR, fill=ERROR, opacity=0.16, line=3)
    p.text(760 + w / 2, y + h / 2, "EU", size=LARGE, color=ERROR)
    p.text(760 + w / 2, y + h + 28, "error of the logits", size=SMALL, color=ERROR)
    return p


@picture("07_loud")
def loud():
    """Show when the sharper bound is attained: loud weights where the error is."""
    p = Picture(
        "A bound does not know where the weights are loud",
        "Two panels. Neuron 3 has an error of 3, neuron 1 has none. Left: the weight of neuron 3 is 1 "
        "and that of neuron 1 is 4, so the logits are off by 3. Right: the weights are exchanged and "
        "the logits are off by 12. The sharper bound is 12 in both.",
        400,
    )
    panels = (("quiet where the error is", 1, 4), ("loud where the error is", 4, 1))
    for x, (title, third, first) in zip((30, 510), panels, strict=True):
        p.text(x + 210, 34, title, weight="bold")
        for y, neuron, off, weight in ((120, 3, 3, third), (240, 1, 0, first)):
            color = ERROR if off else GREY
            p.circle(x + 130, y, 34, color=color)
            p.text(x + 130, y, f"{neuron}", color=color)
            p.text(x + 84, y - 14, "off by", size=SMALL, color=color, anchor="end")
            p.text(x + 84, y + 14, f"{off}", color=color, anchor="end", weight="bold")
            p.arrow(
                (x + 164, y), (x + 274, y), color=color, width=3 * weight,
                dash=None if off else "10 6",
            )  # fmt: skip
            p.text(x + 218, y - 36, f"weight {weight}", size=SMALL)
            p.text(x + 286, y, f"{off} · {weight} = {off * weight}", anchor="start", color=color)
        p.text(x + 210, 312, f"error of the logits: {3 * third}", color=ERROR, weight="bold")
    p.line((480, 20), (480, 330), color=GREY, width=1)
    p.text(480, 368, "sharper bound: largest error · largest weight, 3 · 4 = 12 in both")
    return p


@picture("07_margin")
def margin():
    """Show why a move of less than half the margin is safe."""
    p = Picture(
        "Less than half the margin each, and the best stays the best",
        "Two panels with the best logit at 8 and the second at 4, a margin of 4. Left: each moves by "
        "1.5, and the best stays ahead, 6.5 to 5.5. Right: each moves by 2.5, and the second "
        "overtakes, 6.5 to 5.5.",
        400,
    )
    panels = ((1.5, "less than half the margin"), (2.5, "more than half the margin"))
    for x, (move, title) in zip((40, 510), panels, strict=True):
        best, second = (lambda v: 330 - 34 * (v - 1.5))(8), (lambda v: 330 - 34 * (v - 1.5))(4)
        shift = 34 * move
        p.text(x + 200, 34, f"each moves by {move}", weight="bold")
        p.text(x + 200, 66, title, size=SMALL)
        middle = (best + second) / 2
        p.line((x + 60, middle), (x + 340, middle), color=GREY, width=2, dash="4 6")
        p.line((x + 70, best), (x + 150, best), color=KEPT, width=6)
        p.line((x + 240, second), (x + 320, second), color=INK, width=6)
        p.arrow((x + 110, best + 6), (x + 110, best + shift), color=ERROR)
        p.arrow((x + 280, second - 6), (x + 280, second - shift), color=ERROR)
        p.text(x + 60, best, "8", anchor="end", color=KEPT)
        p.text(x + 334, second, "4", anchor="start")
        p.text(x + 126, best + shift, f"{8 - move}", anchor="start", color=ERROR)
        p.text(x + 264, second - shift, f"{4 + move}", anchor="end", color=ERROR)
        p.text(x + 110, 300, "best", color=KEPT)
        p.text(x + 280, 300, "second")
        told = "certified: the best stays ahead" if move < 2 else "the second may overtake"
        p.text(x + 200, 350, told, weight="bold", color=KEPT if move < 2 else ERROR)
    p.line((480, 20), (480, 380), color=GREY, width=1)
    return p
