"""Diagrams of the lesson on deep networks."""

from .kit import ERROR, GREY, INK, KEPT, LARGE, REFIT, REMOVED, SMALL, Picture, picture


@picture("12_chain")
def chain():
    """Show three weight matrices in a row, and what is left of each when both widths are halved."""
    p = Picture(
        "A matrix in the middle loses on two sides",
        "Three weight matrices as blocks. Of W1, 64 by 300, the left half stays; of W2, 300 by 300, "
        "the quarter on top left; of W3, 300 by 10, the upper half.",
        440,
    )
    y, h = 90, 220
    p.matrix(60, y + 80, 220, 60, color=REMOVED, dash="8 5")
    p.rect(60, y + 80, 110, 60, color=KEPT, fill=KEPT, opacity=0.25, line=3)
    p.text(170, y + 50, "W_{1}", size=LARGE)
    p.text(170, y + 172, "64 × 300", size=SMALL)
    p.arrow((292, y + 110), (372, y + 110))
    p.matrix(384, y, 220, h, color=REMOVED, dash="8 5")
    p.rect(384, y, 110, h / 2, color=KEPT, fill=KEPT, opacity=0.25, line=3)
    p.text(494, y - 30, "W_{2}", size=LARGE)
    p.text(494, y + h + 24, "300 × 300", size=SMALL)
    p.arrow((616, y + 110), (696, y + 110))
    p.matrix(712, y, 56, h, color=REMOVED, dash="8 5")
    p.rect(712, y, 56, h / 2, color=KEPT, fill=KEPT, opacity=0.25, line=3)
    p.text(740, y - 30, "W_{3}", size=LARGE)
    p.text(740, y + h + 24, "300 × 10", size=SMALL)
    p.text(170, y + h + 68, "half is left", color=KEPT, weight="bold")
    p.text(494, y + h + 68, "a quarter is left", color=KEPT, weight="bold")
    p.text(740, y + h + 68, "half is left", color=KEPT, weight="bold")
    p.text(332, y + 86, "ReLU", size=SMALL, color=GREY)
    p.text(656, y + 86, "ReLU", size=SMALL, color=GREY)
    p.text(480, 416, "Halve both widths: kept in blue, dashed what goes.", size=SMALL)
    return p


@picture("12_paper")
def paper():
    """Show the example for paper: an error that ReLU lets through, and the weight behind it."""
    p = Picture(
        "An error travels through ReLU, on paper",
        "Above: columns z = 0 4 2 and y = 1 1 3 with weights 2 and −3 give −3 5 −5, after ReLU 0 5 0. "
        "Below: only z is kept, with weight one half; it gives 0 2 1, also after ReLU. Times 1 it "
        "misses 0 5 0 by the root of 10, times 2 by the root of 5.",
        430,
    )
    p.text(28, 122, "full", anchor="start", weight="bold")
    p.grid(130, 60, [[0, 1], [4, 1], [2, 3]], cell=(48, 42), fills={0: KEPT})
    p.text(154, 36, "z", color=KEPT)
    p.text(202, 36, "y")
    p.text(302, 122, "2 z − 3 y", size=SMALL)
    p.arrow((240, 146), (366, 146), width=2)
    p.grid(384, 60, [[-3], [5], [-5]], cell=(70, 42), name="a")
    p.text(520, 122, "ReLU", color=GREY)
    p.arrow((464, 146), (580, 146), width=2)
    p.grid(598, 60, [[0], [5], [0]], cell=(60, 42), name="h")
    p.text(28, 312, "pruned", anchor="start", weight="bold", color=KEPT)
    p.grid(154, 250, [[0], [4], [2]], cell=(48, 42), name="z", fills={0: KEPT})
    p.text(296, 312, "½ z", color=KEPT)
    p.arrow((220, 336), (366, 336), width=2, color=KEPT)
    p.grid(389, 250, [[0], [2], [1]], cell=(60, 42))
    p.text(520, 312, "ReLU", color=GREY)
    p.arrow((464, 336), (580, 336), width=2, color=KEPT)
    p.grid(598, 250, [[0], [2], [1]], cell=(60, 42))
    p.text(690, 276, "times 1: off by √10", anchor="start", size=SMALL, color=ERROR)
    p.text(690, 312, "times 2: off by √5,", anchor="start", size=SMALL, color=REFIT)
    p.text(690, 342, "the refit", anchor="start", size=SMALL, color=REFIT, weight="bold")
    p.text(480, 408, "½ z is the best for a. Behind ReLU it is not the best for h.", size=SMALL)
    return p


@picture("12_refit")
def refit():
    """Compare what the plain way and the refit read, and where they aim."""
    p = Picture(
        "The plain way and the refit",
        "Left, the plain way: T1 and T2 are both made in the original network, and put together "
        "afterwards. Right, the refit: each layer reads what the pruned layers in front say, and "
        "aims at what the original network says there.",
        430,
    )
    for x0, title in (
        (20, "plain: made apart, put together"),
        (500, "refit: read below, aim above"),
    ):
        p.text(x0 + 220, 34, title, weight="bold")
        p.text(x0 + 220, 74, "original", size=SMALL, color=GREY)
        p.text(x0 + 220, 400, "pruned", size=SMALL, color=KEPT)
        for i, name in enumerate(("Z_{1}", "Z_{2}", "L")):
            x = x0 + 160 * i
            p.rect(x, 100, 108, 70, line=3)
            p.text(x + 54, 135, name)
            p.rect(x, 300, 108, 70, color=KEPT, fill=KEPT, opacity=0.16, line=3)
            told = ("kept of Z_{1}", "kept of Z̃_{2}", "L̃")[i]
            p.text(x + 54, 335, told, color=KEPT, size=SMALL)
            if i:
                p.arrow((x - 50, 135), (x - 2, 135), width=2)
                p.arrow((x - 50, 335), (x - 2, 335), width=2, color=KEPT)
    for i, name in enumerate(("T_{1}", "T_{2}")):
        x = 20 + 62 + 160 * i
        p.arrow((x, 176), (x + 72, 322), color=ERROR, dash="8 5", width=2)
        p.text(x + 66, 232, name, color=ERROR)
        x = 500 + 62 + 160 * (i + 1)
        p.arrow((x, 294), (x, 178), color=REFIT, dash="8 5", width=3)
        p.text(x - 14, 236, ("aim A_{2}", "aim L")[i], color=REFIT, size=SMALL, anchor="end")
    return p


@picture("12_short")
def short():
    """Show a steep fit through the one image that lies off zero along a short direction."""
    p = Picture(
        "A short direction gets a huge weight",
        "Horizontal: where an image lies along a short direction. All calibration images but one "
        "lie at zero, one lies a little to the right and is off by a little. The line through it is "
        "steep. A new image that lies farther out is thrown far off.",
        430,
    )
    x0, y0 = 110, 350
    p.arrow((x0 - 40, y0), (900, y0), width=2)
    p.arrow((x0, y0 + 30), (x0, 40), width=2)
    p.text(900, y0 + 30, "where an image lies along a short direction", size=SMALL, anchor="end")
    p.text(x0 + 16, 52, "what is added to a logit", size=SMALL, anchor="start")
    for dy in (-14, -7, 0, 6, 13):
        p.circle(x0, y0 + dy, 7, color=KEPT, fill=KEPT, line=1)
    p.line((x0, y0), (x0 + 330, y0 - 280), color=REFIT, width=4)
    p.circle(x0 + 42, y0 - 36, 9, color=KEPT, fill=KEPT, line=1)
    p.text(x0 + 70, y0 - 26, "one image, mended", size=SMALL, color=KEPT,
           anchor="start")  # fmt: skip
    p.text(x0 + 18, y0 + 58, "all others: zero", size=SMALL, color=KEPT, anchor="start")
    x1, y1 = x0 + 290, y0 - 246
    p.line((x1, y0 - 4), (x1, y1 + 12), color=ERROR, width=4, dash="9 5")
    p.circle(x1, y1, 10, color=ERROR, line=4)
    p.text(x1 + 22, y0 - 120, "a new image,", size=SMALL, color=ERROR, anchor="start")
    p.text(x1 + 22, y0 - 92, "thrown far off", size=SMALL, color=ERROR, anchor="start")
    p.text(
        x0 + 350, y0 - 280, "least squares: a huge weight", size=SMALL, color=REFIT, anchor="start"
    )
    return p


@picture("12_bottleneck")
def bottleneck():
    """Compare the widths of a tapered network that two rules leave at 2 % of the operations."""
    p = Picture(
        "Shrunk alike, the last layer is too narrow for ten classes",
        "Bars for the widths of layers at 2 percent of the operations. Shrunk alike: 22, 15, 8, and "
        "10 logits. Equal widths: 18, 18, 18, and 10 logits.",
        360,
    )
    rules = (("shrunk alike", (22, 15, 8)), ("equal widths", (18, 18, 18)))
    for x0, (title, widths) in zip((30, 520), rules, strict=True):
        p.text(x0 + 200, 36, title, weight="bold")
        for i, k in enumerate((*widths, 10)):
            x, h = x0 + 100 * i, 8 * k
            narrow = k < 10
            color = INK if i == 3 else ERROR if narrow else KEPT
            p.rect(x + 20, 280 - h, 64, h, color=color, fill=color, opacity=0.2, line=3,
                   dash="8 5" if narrow else None)  # fmt: skip
            p.text(x + 52, 258 if narrow else 280 - h - 20, str(k), color=color, weight="bold")
            p.text(x + 52, 306, "logits" if i == 3 else f"layer {i + 1}", size=SMALL)
        p.line((x0 + 10, 200), (x0 + 394, 200), color=GREY, width=2, dash="4 6")
    p.text(480, 340, "Shrunk alike, eight neurons must carry ten classes.", size=SMALL)
    return p
