"""Diagram of the first lesson."""

from .kit import GREY, INK, KEPT, REFIT, SMALL, Picture, picture

KEPT_ONES = (2, 6, 9)


@picture("00_idea")
def idea():
    """Show a network with many neurons, and the few that stay."""
    p = Picture(
        "A few neurons speak for all",
        "Left: a network with a column of twelve neurons, three of them filled. Right: only these "
        "three are left, with thicker connections to the outputs: they speak for the others, too.",
        430,
    )
    for x0, small in ((50, False), (550, True)):
        inputs = [(x0, 90 + 70 * i) for i in range(4)]
        neurons = {i: (x0 + 180, 64 + 25 * i) for i in range(12)}
        outputs = [(x0 + 360, 125 + 70 * i) for i in range(3)]
        for i, at in neurons.items():
            stays = i in KEPT_ONES
            if small and not stays:
                continue
            for other in inputs:
                p.line(other, at, color=KEPT if stays else GREY, width=2 if stays else 0.7)
            for other in outputs:
                out = REFIT if small else KEPT
                wide = (5 if small else 2) if stays else 0.7
                p.line(at, other, color=out if stays else GREY, width=wide)
        for i, at in neurons.items():
            if i in KEPT_ONES:
                p.circle(*at, 12, color=KEPT, fill=KEPT)
            else:
                p.circle(*at, 9, color=GREY, line=2, dash="4 4" if small else None)
        for at in (*inputs, *outputs):
            p.circle(*at, 14, color=INK)
        p.text(x0, 360, "pixels", size=SMALL)
        p.text(x0 + 180, 372, "3 of 12 neurons" if small else "12 neurons", size=SMALL)
        p.text(x0 + 360, 330, "digits", size=SMALL)
    p.arrow((445, 195), (520, 195), color=INK, width=5)
    p.text(480, 408, "Choose the few from which all others can be rebuilt.")
    p.text(480, 30, "pruning", size=SMALL)
    return p
