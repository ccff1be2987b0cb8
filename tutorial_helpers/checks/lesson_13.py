"""Exercises of the lesson on convolutional networks."""

import numpy as np

from .framework import Expected, exercise, vote


def _another_layer(c, o, h, w, size):
    return [(c + 1, o + 2, h + 3, w + 4, size + 2)]


@exercise("13.1", "multiply-adds of a convolution", others=_another_layer)
def check_convolution_cost(c, o, h, w, size):
    """Compare with h w · size² c · o."""
    taps, places = size**2, h * w
    inside, padded = (h - size + 1) * (w - size + 1), (h + size - 1) * (w + size - 1)
    mistakes = {
        "this is for a single pixel; a convolution makes all of them": taps * c * o,
        "each output looks at how many taps?": places * c * o,
        "a kernel is a square: count its taps again": places * size * c * o,
        "the sum runs over all channels that come in": places * taps * o,
        "each channel that goes out has its own kernel": places * taps * c,
        "biases are added, not multiplied": places * (taps * c + 1) * o,
        "these are the parameters": (taps * c + 1) * o,
        "a multiply-add counts once here": 2 * places * taps * c * o,
        "at the edge a pixel is made as well": inside * taps * c * o,
        "padding is read, but nothing is made there": padded * taps * c * o,
        "is a kernel always 3 × 3?": places * 9 * c * o,
        "is an image always a square? its width counts too": h * h * taps * c * o,
        "is an image always a square? its height counts too": w * w * taps * c * o,
        "every channel in meets every channel out: how many pairs?": places * taps * (c + o),
    }
    return Expected(places * taps * c * o, mistakes)


@exercise("13.2", "the kernels with the largest norms")
def check_largest_filters(kernel, k):
    """Compare with the indices of the k largest sums of squares over all axes but the first."""
    squares = (kernel**2).sum(axis=(1, 2, 3))

    def first(values):
        return np.argsort(-values, kind="stable")[:k]

    right, largest = first(squares), -np.sort(-squares)[:k]
    channels_in, taps_alone = (kernel**2).sum(axis=(0, 2, 3)), np.linalg.norm(kernel, axis=(2, 3))
    mistakes = {
        "these are the smallest ones": first(-squares),
        "right ones, in another order: the largest comes first": np.sort(right),
        "right ones, but the smallest comes first": right[::-1],
        "which ones, please: their indices will do": kernel[right],
        "these are channels that come in; which axis of K1 are those that go out?": (
            first(channels_in)
        ),
        "in a sum of weights, large negative and positive ones cancel": (
            first(kernel.sum(axis=(1, 2, 3)))
        ),
        "the norm is the root of a sum of squares": first(np.abs(kernel).sum(axis=(1, 2, 3))),
        "one norm over all taps and channels, not a sum of norms": first(taps_alone.sum(axis=1)),
        "these are the norms; which kernels do they belong to?": np.sqrt(largest),
        "these are squared norms; which kernels have them?": largest,
    }
    return Expected(right, mistakes)


check_what_passes = vote(
    "13.3",
    "the step that T passes",
    "C",
    {
        "A": "it looks at each number alone, so selecting passes; and 2 · 1 − 3?",
        "B": "a block has one largest value; is it at the same pixel in every channel?",
        "D": "it treats each channel alone, but does it treat all channels alike?",
    },
)


def _other_kernels(T, K):
    return [(T[::-1], K[::-1, :, :, 1:] + 1)]


@exercise("13.4", "the kernel that reads the kept channels", others=_other_kernels)
def check_kernel_with_t(T, K):
    """Compare with T K[o, :, s, t] at every tap."""
    (k, c), (o, _, height, width) = T.shape, K.shape
    right = np.einsum("kc,ocst->okst", T, K)
    middle, at = np.zeros_like(right), (height // 2, width // 2)
    middle[:, :, at[0], at[1]] = right[:, :, at[0], at[1]]
    kept = [int(np.abs(T - e[:, None]).sum(axis=0).argmin()) for e in np.eye(k)]
    mistakes = {
        "which axis holds the channels in? reshape(c, -1) takes the first": (
            (T @ K.reshape(c, -1)).reshape(o, k, height, width)
        ),
        "the sum is right, but axes are not exchanged by a reshape": (
            (T @ K.transpose(1, 0, 2, 3).reshape(c, -1)).reshape(o, k, height, width)
        ),
        "T holds at every tap, not only in the middle": middle,
        "this only selects; who speaks for the removed channel?": K[:, kept],
        "the first channels are not the kept ones": K[:, :k],
        "channels out come first, then channels in": right.transpose(1, 0, 2, 3),
        "the taps stay where they are; yours are flipped": right[..., ::-1, ::-1],
        "the taps stay where they are; yours are mirrored": right[..., ::-1],
        "first the rows of taps, then their columns": right.swapaxes(2, 3),
        "one value per tap, please: yours are summed over the taps": right.sum(axis=(2, 3)),
    }
    return Expected(right, mistakes)


@exercise("13.5", "the matrix that rebuilds rows of pixels")
def check_block_matrix(T, pixels):
    """Compare with I ⊗ T, for rows that hold all channels of a pixel side by side."""
    eye = np.eye(pixels)
    right = np.kron(eye, T)
    mistakes = {
        "this is for channel after channel; here a block belongs to a pixel": np.kron(T, eye),
        "each pixel is rebuilt from the same pixel only": np.kron(np.ones((pixels, pixels)), T),
        "rows are what stays, columns what is rebuilt": right.T,
        "this rebuilds one pixel; there are more": T,
        "a pixel after the other needs its own block, at its own place": np.tile(T, (1, pixels)),
    }
    return Expected(right, mistakes)


def _other_branches(T, K):
    wider = np.column_stack([T, T.sum(axis=1)])
    return [(wider[::-1], np.concatenate([K, K[:, -2:] ** 2], axis=1)[::-1])]


@exercise("13.6", "the kernel that reads kept channels and others", others=_other_branches)
def check_concatenated(T, K):
    """Compare with T K for the channels that T rebuilds, which come first, and K for the others."""
    k, c = T.shape
    folded = np.einsum("kc,ocst->okst", T, K[:, :c])
    kept = [int(np.abs(T - e[:, None]).sum(axis=0).argmin()) for e in np.eye(k)]
    last = np.einsum("kc,ocst->okst", T, K[:, -c:])
    mistakes = {
        "the other branch is still read: by which weights?": folded,
        "this only selects; who speaks for the removed channels?": (
            np.concatenate([K[:, kept], K[:, c:]], axis=1)
        ),
        "the channels of the pruned branch stay in front": (
            np.concatenate([K[:, c:], folded], axis=1)
        ),
        "T belongs to the first channels, not to the last": (
            np.concatenate([K[:, :-c], last], axis=1)
        ),
        "T belongs to the first channels of K, and these stay in front": (
            np.concatenate([last, K[:, :-c]], axis=1)
        ),
        "channels out come first, then channels in": (
            np.concatenate([folded, K[:, c:]], axis=1).transpose(1, 0, 2, 3)
        ),
    }
    return Expected(np.concatenate([folded, K[:, c:]], axis=1), mistakes)


# three questions for the day after
TOMORROW = [
    vote(
        "t13.1",
        "where the ID looks",
        "C",
        {
            "A": "ten channels determine all others there; what does the ReLU make of that?",
            "B": "the largest of a sum is not the sum of the largest",
        },
    ),
    exercise("t13.2", "the rows of Z")(
        lambda: Expected(
            160,
            {
                "each pixel of each image is a row": 10,
                "that is for one image": 16,
                "channels are columns": 960,
            },
        )
    ),
    vote(
        "t13.3",
        "where T goes in a kernel",
        "B",
        {
            "A": "that was one of the controls: how far off were the maps?",
            "C": "a tap looks at another pixel; is a channel rebuilt otherwise there?",
        },
    ),
]
