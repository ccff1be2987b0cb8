"""Diagrams of the lesson on convolutional networks."""

from .kit import ERROR, GREY, INK, KEPT, LARGE, REFIT, REMOVED, SMALL, Picture, picture

IMAGE = [[0, 2, 3, 0], [1, 4, 2, 0], [0, 3, 1, 0]]
KERNEL = [-1, 0, 1, -1, 0, 1, -1, 0, 1]
MAPS = [  # images, channels, 2 × 2 pixels; channel 1 is twice channel 0
    [[1, 2, 0, 3], [2, 4, 0, 6], [0, 1, 1, 0]],
    [[0, 1, 1, 0], [0, 2, 2, 0], [3, 0, 0, 2]],
]


def cells(p, x, y, rows, size=44, color=INK, fill=None, words=SMALL):
    """Draw a small image, pixel by pixel."""
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            p.rect(x + j * size, y + i * size, size, size, color=GREY, fill="white", line=1)
            told = value if isinstance(value, str) else f"{value:g}".replace("-", "−")
            p.text(x + (j + 0.5) * size, y + (i + 0.5) * size, told, size=words, color=color)
    w, h = size * len(rows[0]), size * len(rows)
    p.rect(x, y, w, h, color=color, line=2, fill=fill or "none", opacity=0.14 if fill else None)


@picture("13_patches")
def patches():
    """Show one pixel of a convolution as a patch times the kernel."""
    p = Picture(
        "One pixel of a convolution",
        "An image of 3 × 4 pixels in a frame of zeros. The 3 × 3 neighbourhood of one pixel is written "
        "as a row of nine numbers, 0 2 3 1 4 2 0 3 1. Times the kernel, −1 0 1 three times, it gives "
        "5, which is that pixel of the result.",
        440,
    )
    x0, y0, size = 30, 70, 46
    padded = [[0] * 6, *[[0, *row, 0] for row in IMAGE], [0] * 6]
    for i, row in enumerate(padded):
        for j, value in enumerate(row):
            inside = 0 < i < 4 and 0 < j < 5
            x, y = x0 + size * j, y0 + size * i
            p.rect(x, y, size, size, color=GREY, fill="white" if inside else "none", line=1)
            p.text(x + size / 2, y + size / 2, str(value), color=INK if inside else GREY)
    p.rect(x0 + size, y0 + size, 4 * size, 3 * size, line=3)
    p.rect(x0 + size, y0 + size, 3 * size, 3 * size, color=KEPT, fill=KEPT, opacity=0.16, line=5)
    p.text(x0 + 3 * size, 36, "image, framed by zeros")
    p.text(x0 + 3 * size, 330, "the patch of one pixel", color=KEPT)
    p.arrow((x0 + 4 * size + 4, 130), (x0 + 6 * size + 60, 108), color=KEPT, width=3)
    x1, step = 380, 50
    p.text(x1 + 4.5 * step, 44, "the patch as a row", color=KEPT)
    cells(p, x1, 76, [[0, 2, 3, 1, 4, 2, 0, 3, 1]], size=step, color=KEPT, fill=KEPT)
    p.text(x1 - 24, 190, "×", size=LARGE)
    cells(p, x1, 164, [KERNEL], size=step, color=REFIT, fill=REFIT)
    p.text(x1 + 4.5 * step, 240, "the kernel, nine weights for all pixels", color=REFIT)
    p.text(x1 + 4.5 * step, 290, "−0 + 3 − 1 + 2 − 0 + 1 = 5", weight="bold")
    result = [["·"] * 4, ["·", "5", "·", "·"], ["·"] * 4]
    cells(p, 600, 320, [row[:] for row in result], size=34)
    p.arrow((x1 + 3 * step, 308), (x1 + 3 * step, 371), (592, 371), width=3)
    p.text(756, 371, "the result", anchor="start")
    return p


@picture("13_channels")
def channels():
    """Arrange feature maps as Z."""
    p = Picture(
        "Pixels are rows, channels are columns",
        "Two images of 2 × 2 pixels with three channels each. Their eight pixels become the eight rows "
        "of Z, the channels its three columns. The second column is twice the first.",
        450,
    )
    for j, color in enumerate((KEPT, ERROR, REFIT)):
        p.text(180 + 130 * j, 40, f"channel {j}", color=color)
    for i, maps in enumerate(MAPS):
        y = 84 + 170 * i
        p.text(118, y + 48, f"image {i}", anchor="end")
        for j, (one, color) in enumerate(zip(maps, (KEPT, ERROR, REFIT), strict=True)):
            cells(p, 132 + 130 * j, y, [one[:2], one[2:]], size=48, color=color, fill=color)
    p.arrow((500, 210), (566, 210), width=5)
    rows = [[maps[j][pixel] for j in range(3)] for maps in MAPS for pixel in range(4)]
    fills = {0: KEPT, 1: ERROR, 2: REFIT}
    p.grid(590, 84, rows, cell=(64, 38), name="Z: a column for each channel", fills=fills)
    for i in (0, 1):
        p.line((792, 88 + 152 * i), (802, 88 + 152 * i), (802, 232 + 152 * i), (792, 232 + 152 * i))
        p.text(812, 148 + 152 * i, "4 pixels of", size=SMALL, anchor="start")
        p.text(812, 176 + 152 * i, f"image {i}", size=SMALL, anchor="start")
    p.text(
        480,
        426,
        "The second column is twice the first: one of the two says nothing new.",
        size=SMALL,
    )
    return p


def summed(p, x, values, weights, total, kept):
    """Draw channels that are read with weights at one tap."""
    for y, value, weight, (name, color, dash) in zip(
        (100, 190, 280), values, weights, kept, strict=True
    ):
        if value is None:
            continue
        p.text(x - 6, y, name, anchor="end", color=color, size=SMALL)
        p.circle(x + 40, y, 30, color=color, dash=dash)
        p.text(x + 40, y, str(value))
        p.arrow((x + 72, y), (x + 218, 190 + (y - 190) * 0.12), color=color, width=3, dash=dash)
        beside = {100: 112, 190: 168, 280: 272}[y]
        p.text(x + (130 if y == 190 else 158), beside, f"· {weight}", color=color, weight="bold")
    p.circle(x + 254, 190, 32)
    p.text(x + 254, 190, str(total), weight="bold")


@picture("13_taps")
def taps():
    """Put T into the weights of one tap."""
    p = Picture(
        "T goes into the weights of a tap",
        "At one tap the next layer reads the channels 5, 8 and 2 with the weights 1, 3 and 4 and gets "
        "37. Channel 1 is rebuilt as twice channel 0 minus channel 2. Without it the weights become 7 "
        "and 1, and the two channels left give 37 again.",
        400,
    )
    kept = ("channel 0", KEPT, None), ("channel 1", REMOVED, "7 5"), ("channel 2", KEPT, None)
    p.text(270, 36, "all three channels, at one tap", weight="bold")
    summed(p, 130, (5, 8, 2), (1, 3, 4), 37, kept)
    p.text(740, 36, "channel 1 removed", weight="bold")
    summed(p, 610, (5, None, 2), (7, None, 1), 37, kept)
    p.text(480, 346, "channel 1 = 2 · channel 0 − channel 2", color=REFIT)
    p.text(480, 378, "so 1 + 2 · 3 = 7 and 4 − 3 = 1, and the same at all nine taps", size=SMALL)
    return p


@picture("13_pool")
def pool():
    """Show that the largest of a sum is not the sum of the largest."""
    p = Picture(
        "Mixing does not pass through max-pooling",
        "Two channels, with the values 1, 3 and 3, 1 in a block. Pooled first and then added, they give "
        "3 + 3 = 6. Added first, they are 4, 4 and give 4.",
        340,
    )
    cells(p, 40, 90, [[1, 3]], size=54, color=KEPT, fill=KEPT)
    cells(p, 40, 200, [[3, 1]], size=54, color=REFIT, fill=REFIT)
    p.text(94, 60, "channel a", color=KEPT)
    p.text(94, 282, "channel b", color=REFIT)
    p.arrow((190, 110), (350, 86), width=4)
    p.text(268, 62, "pool", size=SMALL)
    cells(p, 370, 58, [[3, 3]], size=54)
    p.text(424, 136, "largest of a, largest of b", size=SMALL)
    p.arrow((500, 86), (690, 86), width=4)
    p.text(594, 62, "add", size=SMALL)
    p.text(740, 86, "6", size=48, weight="bold")
    p.arrow((190, 236), (350, 256), width=4)
    p.text(268, 282, "add", size=SMALL)
    cells(p, 370, 228, [[4, 4]], size=54)
    p.text(424, 306, "a + b", size=SMALL)
    p.arrow((500, 256), (690, 256), width=4)
    p.text(594, 282, "pool", size=SMALL)
    p.text(740, 256, "4", size=48, weight="bold", color=ERROR)
    p.text(860, 170, "not the same", color=ERROR)
    return p
