"""A small convolutional network in numpy, and the ID of its channels (lesson 13).

Images are arrays (n, channels, height, width). A convolution is a matrix product: each row of the
patch matrix holds the 3 × 3 neighbourhood of one pixel in every channel, each column of the
unrolled kernel makes one new channel. So channels are to a convolution what neurons are to a
dense layer: columns of a matrix ``Z`` with one row for each pixel of each sample.
"""

import math
from dataclasses import dataclass, replace
from importlib.resources import files

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import check_array

from ._validation import check_k
from .correction import interpolation
from .decomposition import interpolative_decomposition


def as_images(X):
    """Fold rows of 64 pixels from 0 to 16 into images with values from 0 to 1.

    Parameters
    ----------
    X : array-like of shape (n, 64)
        Digits as in `load_digits_split`.

    Returns
    -------
    images : ndarray of shape (n, 1, 8, 8)

    Raises
    ------
    ValueError
        If the rows do not have 64 values, or not all are finite.

    Examples
    --------
    >>> as_images(np.full((2, 64), 16)).max()
    np.float64(1.0)
    """
    X = check_array(X, dtype="float64", input_name="X")
    if X.shape[1] != 64:
        raise ValueError(f"X must have 64 columns, one for each pixel; got shape {X.shape}")
    return X.reshape(-1, 1, 8, 8) / 16


def patch_matrix(images, size=3):
    """Collect the neighbourhood of every pixel; the image is padded with zeros.

    Parameters
    ----------
    images : array-like of shape (n, c, h, w)
    size : int or pair of int
        Odd height and width of a neighbourhood; `convolve` takes those of the kernel.

    Returns
    -------
    patches : ndarray of shape (n · h · w, c · height · width)
        Row ``(sample, row, column)``, column ``(channel, tap row, tap column)``.

    Raises
    ------
    TypeError, ValueError
        If the images do not have four dimensions, or the size is not made of odd whole numbers.

    Examples
    --------
    >>> patch_matrix(np.ones((1, 1, 2, 2))).sum(axis=1)
    array([4., 4., 4., 4.])
    """
    images = check_images(images)
    pair = tuple(size) if np.iterable(size) and len(size) == 2 else (size, size)
    pair = [check_k(s, math.inf, "the height and width of a patch", name="size") for s in pair]
    if not all(s % 2 for s in pair):
        raise ValueError(f"size must be odd so that a patch has a middle, got {size}")
    edges = [(s // 2, s // 2) for s in pair]
    padded = np.pad(images, [(0, 0), (0, 0), *edges])
    windows = np.lib.stride_tricks.sliding_window_view(padded, pair, axis=(2, 3))
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, images.shape[1] * np.prod(pair))


def convolve(images, kernel, bias):
    """Apply a convolution layer as one matrix product, ``patches · K + b``.

    ``out[i, o, y, x] = b[o] + Σ_{c, s, t} kernel[o, c, s, t] · padded[i, c, y + s, x + t]``; what
    deep learning calls a convolution does not flip the kernel, so it is a correlation.

    Parameters
    ----------
    images : array-like of shape (n, c, h, w)
    kernel : ndarray of shape (o, c, height, width), both odd
    bias : ndarray of shape (o,)

    Returns
    -------
    maps : ndarray of shape (n, o, h, w)

    Raises
    ------
    ValueError
        If the images do not have the kernel's number of channels, or the bias does not fit it.

    Examples
    --------
    >>> blur = np.ones((1, 1, 3, 3))
    >>> convolve(np.ones((1, 1, 2, 2)), blur, np.zeros(1))[0, 0]
    array([[4., 4.],
           [4., 4.]])
    """
    if np.ndim(kernel) != 4 or np.shape(bias) != np.shape(kernel)[:1]:
        raise ValueError(
            "kernel must have shape (channels out, channels in, height, width) and bias one number "
            f"for each channel out; got {np.shape(kernel)} and {np.shape(bias)}"
        )
    kernel = np.asarray(kernel)
    images = check_images(images, channels=kernel.shape[1])
    n, _, h, w = images.shape
    columns = kernel.reshape(len(kernel), -1).T
    maps = patch_matrix(images, kernel.shape[2:]) @ columns + bias
    return maps.reshape(n, h, w, -1).transpose(0, 3, 1, 2)


def max_pool(maps):
    """Keep the largest value of every 2 × 2 block; height and width must be even.

    Parameters
    ----------
    maps : ndarray of shape (n, c, h, w)

    Returns
    -------
    pooled : ndarray of shape (n, c, h / 2, w / 2)

    Raises
    ------
    ValueError
        If there are not four dimensions, or height or width is odd.

    Examples
    --------
    >>> max_pool(np.arange(16.0).reshape(1, 1, 4, 4))[0, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    n, c, h, w = check_images(maps).shape
    if h % 2 or w % 2:
        raise ValueError(
            f"height and width must be even to pool 2 × 2 blocks, got shape {maps.shape}"
        )
    return maps.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=(3, 5))


def check_images(images, channels=None):
    """Return ``images`` as a finite float array (n, c, h, w), or say what is expected."""
    images = check_array(
        images, dtype=("float64", "float32"), allow_nd=True, ensure_2d=False, input_name="images"
    )
    if images.ndim != 4 or (channels is not None and images.shape[1] != channels):
        expected = "c" if channels is None else channels
        raise ValueError(
            f"images must have shape (n, {expected}, height, width), channels before height and "
            f"width; got {images.shape}. Rows of 64 pixels become images by as_images(X)."
        )
    return images


@dataclass(frozen=True, eq=False, repr=False)
class ConvolutionalNetwork(ClassifierMixin):
    """Convolution – ReLU – convolution – ReLU – max-pool – dense – ReLU – output.

    Attributes
    ----------
    kernels : tuple of two ndarray of shape (c_out, c_in, 3, 3)
    biases : tuple of two ndarray of shape (c_out,)
    coefs : tuple of two ndarray, (c · 16, m) and (m, 10)
        The dense layers behind the pooled and flattened maps, channel after channel.
    intercepts : tuple of two ndarray, (m,) and (10,)

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split
    >>> _, X_test, _, y_test = load_digits_split()
    >>> network = load_convolutional_network()
    >>> network
    ConvolutionalNetwork(channels=(32, 64))
    >>> network.score(as_images(X_test), y_test) > 0.94
    True
    """

    kernels: tuple
    biases: tuple
    coefs: tuple
    intercepts: tuple

    def __repr__(self):
        return f"{type(self).__name__}(channels={self.channels})"

    @property
    def channels(self):
        """The number of channels that each convolution puts out."""
        return tuple(len(kernel) for kernel in self.kernels)

    def layers(self, channels):
        """List (places, inputs, outputs) of each layer, as if it had these channels.

        A convolution is applied at every pixel of the image, a dense layer once; see
        `network_size`.
        """
        (first, second), (dense, classes) = channels, self.coefs[1].shape
        taps = self.kernels[0][0, 0].size, self.kernels[1][0, 0].size
        pooled = len(self.coefs[0]) // self.channels[1]
        pixels = 4 * pooled  # before the pooling of 2 × 2 blocks
        return [
            (pixels, taps[0], first),
            (pixels, taps[1] * first, second),
            (1, pooled * second, dense),
            (1, dense, classes),
        ]

    def feature_maps(self, images, layer):
        """Return what the layer after convolution 0 or 1 reads: after ReLU, and after pooling."""
        images = check_images(images, channels=1)
        if images.shape[2:] != (8, 8):
            raise ValueError(f"images must be 8 × 8 pixels, got shape {images.shape}")
        check_convolution(layer)
        maps = np.maximum(convolve(images, self.kernels[0], self.biases[0]), 0)
        if layer == 0:
            return maps
        return max_pool(np.maximum(convolve(maps, self.kernels[1], self.biases[1]), 0))

    def logits(self, images):
        """Return the output before the softmax, shape (n, 10)."""
        flat = self.feature_maps(images, 1).reshape(len(images), -1)
        hidden = np.maximum(flat @ self.coefs[0] + self.intercepts[0], 0)
        return hidden @ self.coefs[1] + self.intercepts[1]

    def predict(self, images):
        """Return the most likely digit of each image, shape (n,)."""
        return self.logits(images).argmax(axis=1)


def check_convolution(layer):
    """Return ``layer`` if it is 0 or 1, or say so."""
    return check_k(layer, 1, "the convolutions, the first is 0", smallest=0, name="layer")


def load_convolutional_network():
    """Load the small trained network that ships with the package.

    It was trained on the first half of the digits by ``benchmarks/train_convolutional.py``, which
    needs PyTorch; using it needs numpy alone.

    Returns
    -------
    network : ConvolutionalNetwork

    Examples
    --------
    >>> load_convolutional_network().channels
    (32, 64)
    """
    with files(__package__).joinpath("convolutional.npz").open("rb") as file:
        stored = dict(np.load(file))
    pairs = {name: (stored[name + "0"], stored[name + "1"]) for name in ("K", "b", "U", "beta")}
    return ConvolutionalNetwork(*pairs.values())


def channel_matrix(maps):
    """Arrange feature maps as ``Z``: one row for each pixel of each sample, one column a channel.

    Parameters
    ----------
    maps : ndarray of shape (n, c, h, w)

    Returns
    -------
    Z : ndarray of shape (n · h · w, c)

    Examples
    --------
    >>> channel_matrix(np.zeros((5, 3, 4, 4))).shape
    (80, 3)
    """
    return maps.transpose(0, 2, 3, 1).reshape(-1, maps.shape[1])


def prune_channels(network, images, k, *, layer=0, select="id", correct="interpolation"):
    """Keep k channels of a convolution.

    ``Z = channel_matrix(feature_maps)`` holds what the next layer reads. ``Z ≈ Z[:, J] T`` holds at
    every pixel, so ``T`` goes into the next layer wherever that reads a channel. In the next
    kernel, at every tap: ``K[o, :, s, t] ← T K[o, :, s, t]``. In the dense layer behind the
    flattened maps: ``W ← (T ⊗ I) W``, as each channel is a block of pixels there.

    Parameters
    ----------
    network : ConvolutionalNetwork
        Left as it is.
    images : array-like of shape (n, 1, 8, 8)
        Calibration data.
    k : int
        Channels to keep.
    layer : int
        Convolution 0 or 1.
    select : {"id", "magnitude"}
        Magnitude keeps the filters with the largest norms.
    correct : {"interpolation", "none"}
        Whether the next layer gets ``T``: that of the ID, or by least squares for other channels.

    Returns
    -------
    pruned : ConvolutionalNetwork

    Raises
    ------
    TypeError, ValueError
        For something that is no such network, images or arguments that do not fit it.

    Notes
    -----
    Chee, Flynn, Damle and De Sa, *Model Preserving Compression for Neural Networks* (2022).

    Examples
    --------
    >>> from tutorial_helpers import load_digits_split
    >>> images = as_images(load_digits_split()[0])
    >>> prune_channels(load_convolutional_network(), images, 16)
    ConvolutionalNetwork(channels=(16, 64))
    """
    if not isinstance(network, ConvolutionalNetwork):
        raise TypeError(
            f"network must be a ConvolutionalNetwork, got {type(network).__name__}; "
            "prune is for networks of dense layers"
        )
    for name, choice, known in (
        ("select", select, ("id", "magnitude")),
        ("correct", correct, ("interpolation", "none")),
    ):
        if choice not in known:
            raise ValueError(f"{name} must be {known[0]!r} or {known[1]!r}, got {choice!r}")
    Z = channel_matrix(network.feature_maps(images, layer))
    kernel, eye = network.kernels[layer], np.eye(Z.shape[1])
    k = check_k(k, len(kernel), f"the channels of convolution {layer}")
    if select == "id":
        kept, T = interpolative_decomposition(Z, k)
    else:
        kept = np.argsort(-(kernel**2).sum(axis=(1, 2, 3)), kind="stable")[:k]
        T = interpolation(Z, kept, eye, 0)[0] if correct == "interpolation" else None
    return _smaller(network, layer, kept, eye[kept] if correct == "none" else T)


def _smaller(network, layer, kept, T):
    """Keep some channels of a convolution and fold ``T`` into what reads them."""
    kernels, biases, coefs = map(list, (network.kernels, network.biases, network.coefs))
    pixels = len(coefs[0]) // len(kernels[1])
    kernels[layer], biases[layer] = kernels[layer][kept], biases[layer][kept]
    if layer == 0:
        kernels[1] = np.einsum("kc,ocst->okst", T, kernels[1])
    else:
        coefs[0] = np.kron(T, np.eye(pixels)) @ coefs[0]
    changed = {"kernels": kernels, "biases": biases, "coefs": coefs}
    return replace(network, **{name: tuple(arrays) for name, arrays in changed.items()})
