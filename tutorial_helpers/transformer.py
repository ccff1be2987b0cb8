"""A small vision transformer in numpy, and pruning of its feed-forward layers (lesson 14).

An image is cut into patches, each patch becomes a **token**: one row of ``d`` numbers. All tokens
of one image together, (t, d), are the **residual stream**. A block adds to it twice: attention
mixes tokens, the feed-forward layer treats each token alone. Both read the stream behind a layer
norm:

    x ← x + attention(norm(x)),        x ← x + φ(norm(x) W + b) U + β.

The second is the two-layer network of lesson 01, with one row for each token of each image. So
`prune` and all that it knows apply to it, and ``T`` goes into ``U``.

What all functions share: ``network`` is a `VisionTransformer`, which is left as it is; ``images``
(n, 1, 8, 8) are as `as_images` makes them, calibration data where a network is pruned; ``layer``
says which block, the first is 0. TypeError or ValueError name what does not fit.
"""

import math
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np
from scipy.special import softmax
from sklearn.base import ClassifierMixin
from sklearn.neural_network import MLPRegressor

from ._validation import check_choice, check_k, check_kept
from .convolution import check_images
from .correction import CORRECTIONS, no_correction
from .decomposition import SHORT, PivotedQR
from .deep import refitted
from .networks import ACTIVATIONS, hidden_activations, smaller_network
from .pruning import prune
from .selection import SELECTIONS

WEIGHTS = "digits_transformer.npz"
REFITS = {"refit": None, "refit stream": None}
BLIND = ("magnitude", "norm product", "random")  # selections that look at no data


def patch_tokens(images):
    """Cut images into patches of 2 × 2 pixels, row after row: shape (n, 16, 4).

    Examples
    --------
    >>> patch_tokens(np.arange(64.0).reshape(1, 1, 8, 8))[0, :2]
    array([[ 0.,  1.,  8.,  9.],
           [ 2.,  3., 10., 11.]])
    """
    images = check_images(images, channels=1)
    if images.shape[2:] != (8, 8):
        raise ValueError(f"images must be 8 × 8 pixels, got shape {images.shape}")
    return images.reshape(-1, 4, 2, 4, 2).swapaxes(2, 3).reshape(-1, 16, 4)


def layer_norm(x):
    """Give every token the mean 0 and the spread 1, ``(x − mean) / √(variance + 10⁻⁵)``.

    Learnt factors and shifts, which many networks have behind it, can be folded into the weights
    that read the result; our network has none. ``x`` has shape (…, d).

    Examples
    --------
    >>> layer_norm(np.array([[1.0, 3.0], [20.0, 40.0]])).round(3)
    array([[-1.,  1.],
           [-1.,  1.]])
    """
    x = x - x.mean(axis=-1, keepdims=True)
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-5)


class Block(NamedTuple):
    """Attention, ``Q``, ``K``, ``V``, ``O`` (d, d), and feed-forward; m may differ by block."""

    Q: np.ndarray
    K: np.ndarray
    V: np.ndarray
    O: np.ndarray  # noqa: E741  its name in every book
    W: np.ndarray  # (d, m)
    b: np.ndarray
    U: np.ndarray  # (m, d)
    beta: np.ndarray


def _rows(x):
    """Write all tokens of all images below each other: one product is far faster than many."""
    return x.reshape(-1, x.shape[-1])


@dataclass(frozen=True, eq=False, repr=False)
class VisionTransformer(ClassifierMixin):
    """Patches – embedding – blocks of attention and feed-forward – layer norm – mean – output.

    Attributes
    ----------
    embedding, places : ndarray of shape (4, d) and (16, d)
        From the pixels of a patch to a token; what is added, so that it knows where it stands.
    blocks : tuple of Block
    head, bias : ndarray of shape (d, 10) and (10,)
    activation : {"relu", "gelu"}
    heads : int
        Of each attention; d is a multiple of it.

    Examples
    --------
    >>> from tutorial_helpers import as_images, load_digits_split
    >>> _, X_test, _, y_test = load_digits_split()
    >>> network = load_vision_transformer()
    >>> network
    VisionTransformer(widths=(384, 384, 384))
    >>> network.score(as_images(X_test), y_test) > 0.94
    True
    """

    embedding: np.ndarray
    places: np.ndarray
    blocks: tuple
    head: np.ndarray
    bias: np.ndarray
    activation: str = "relu"
    heads: int = 4

    def __repr__(self):
        return f"{type(self).__name__}(widths={self.widths})"

    @property
    def widths(self):
        """The number of neurons in each feed-forward layer."""
        return tuple(len(block.b) for block in self.blocks)

    def feed_forward(self, layer):
        """Return a feed-forward layer as a fitted `MLPRegressor`; its ``predict`` knows no GELU."""
        block = self.blocks[self._check(layer)]
        network = MLPRegressor(len(block.b), activation=self.activation)
        network.coefs_, network.intercepts_ = [block.W, block.U], [block.b, block.beta]
        network.n_features_in_, network.n_outputs_ = len(block.W), len(block.beta)
        network.n_layers_, network.out_activation_ = 3, "identity"
        return network

    def stream(self, images, layer):
        """Return the residual stream where the feed-forward layer of a block reads it."""
        last = self._check(layer)
        x = patch_tokens(images) @ self.embedding + self.places
        for i, block in enumerate(self.blocks[:last]):
            x = self.fed_forward(attended(x, block, self.heads), i)
        return attended(x, self.blocks[last], self.heads)

    def activations(self, images, layer):
        """Return ``Z`` of a feed-forward layer, (n · 16, m): a row for each token of each image."""
        read = _rows(layer_norm(self.stream(images, layer)))
        return hidden_activations(self.feed_forward(layer), read)

    def fed_forward(self, x, layer):
        """Return the stream with what the feed-forward layer of a block adds to it."""
        block, phi = self.blocks[self._check(layer)], ACTIVATIONS[self.activation]
        Z = phi(_rows(layer_norm(x)) @ block.W + block.b)
        return x + (Z @ block.U + block.beta).reshape(x.shape)

    def vectors(self, images):
        """Return what the output layer reads: the mean of the normed tokens, shape (n, d)."""
        last = len(self.blocks) - 1
        return layer_norm(self.fed_forward(self.stream(images, last), last)).mean(axis=1)

    def logits(self, images):
        """Return the output before the softmax, shape (n, 10)."""
        return self.vectors(images) @ self.head + self.bias

    def predict(self, images):
        """Return the most likely digit of each image, shape (n,)."""
        return self.logits(images).argmax(axis=1)

    def _check(self, layer):
        last = len(self.blocks) - 1
        return check_k(layer, last, "the blocks, the first is 0", smallest=0, name="layer")


def attended(x, block, heads):
    """Return the stream (n, t, d) with what attention adds to it."""
    (n, t, d), read = x.shape, _rows(layer_norm(x))
    q, k, v = ((read @ A).reshape(n, t, heads, -1).swapaxes(1, 2) for A in block[:3])
    looks = softmax(q @ k.swapaxes(2, 3) / math.sqrt(d // heads), axis=-1)
    return x + ((looks @ v).swapaxes(1, 2).reshape(n * t, -1) @ block.O).reshape(x.shape)


def load_vision_transformer():
    """Load the small trained network that ships with the package.

    It was trained on the first half of the digits by ``benchmarks/train_transformer.py``, which
    needs PyTorch; using it needs numpy alone. FileNotFoundError if the weights are missing,
    ValueError if they are damaged.

    Examples
    --------
    >>> load_vision_transformer().widths
    (384, 384, 384)
    """
    path = files(__package__).joinpath(WEIGHTS)
    again = "install the package again, or make it by python -m benchmarks.train_transformer"
    try:
        with path.open("rb") as file, np.load(file) as stored:
            return network_of({name: stored[name] for name in stored.files})
    except FileNotFoundError:
        raise FileNotFoundError(f"the weights {WEIGHTS} are missing: {again}") from None
    except (BadZipFile, EOFError, KeyError, OSError, ValueError) as error:
        raise ValueError(f"the weights {WEIGHTS} are damaged ({error}): {again}") from None


def network_of(stored):
    """Put a network together from arrays by name, ``W0`` that of block 0, or say what is wrong."""
    weights = {name: A.astype(float) for name, A in stored.items() if A.dtype.kind == "f"}
    depth, d = sum(name.startswith("W") for name in weights), weights["places"].shape[-1]
    shapes = {"embedding": (4, d), "places": (16, d), "head": (d, 10), "bias": (10,)}
    for i in range(depth):
        m = len(weights[f"b{i}"])
        shapes |= {f"{name}{i}": (d, d) for name in "QKVO"}
        shapes |= {f"W{i}": (d, m), f"b{i}": (m,), f"U{i}": (m, d), f"beta{i}": (d,)}
    for name, shape in shapes.items():
        if weights[name].shape != shape or not np.isfinite(weights[name]).all():
            raise ValueError(f"{name} must be finite, of shape {shape}")
    blocks = [Block(*(weights[f"{name}{i}"] for name in Block._fields)) for i in range(depth)]
    outside = {name: weights[name] for name in ("embedding", "places", "head", "bias")}
    phi = str(stored.get("activation", "relu"))
    return VisionTransformer(**outside, blocks=tuple(blocks), activation=phi)


def prune_feed_forward(
    network, images, widths, *, select="id", correct="interpolation", rcond=SHORT, random_state=None
):
    """Prune the feed-forward layers, from the first block to the last.

    In the plain way every ``Z`` comes from the original network and `prune` does what it does to
    any network of two layers: columns ``J`` of ``W`` and entries of ``b`` stay, ``U`` becomes
    ``T U``. With a refit, each layer reads the stream that the pruned blocks before it make, and
    ``U`` and ``β`` are fitted to the original: by "refit" to what the original layer adds to the
    stream, by "refit stream" to the stream behind it, so that it also makes up for what the
    blocks before it have got wrong.

    Parameters
    ----------
    widths : sequence of int
        Neurons to keep in each block. A layer with all of its neurons is left alone, unless a
        refit has something to make up for.
    select, correct : str or callable
        As in `prune`, and the two refits.
    rcond, random_state
        As in `prune_layers`.

    Raises
    ------
    TypeError, ValueError
        Also if the images, 16 rows each, have fewer rows than a width.

    Examples
    --------
    >>> from tutorial_helpers import as_images, load_digits_split
    >>> images = as_images(load_digits_split()[0])
    >>> prune_feed_forward(load_vision_transformer(), images[:100], (96, 384, 384))
    VisionTransformer(widths=(96, 384, 384))
    """
    widths = _check_widths(network, widths)
    choose = check_choice(select, SELECTIONS, "select")
    mend = check_choice(correct, REFITS | CORRECTIONS, "correct")
    tokens, most = patch_tokens(images), max(widths)
    if len(tokens) * 16 < most and not (select in BLIND and mend is no_correction):
        raise ValueError(
            f"{len(tokens)} calibration images give {16 * len(tokens)} rows, fewer than the {most} "
            f"neurons to keep: pass at least {-(-most // 16)} images, or smaller widths"
        )
    true = tokens @ network.embedding + network.places
    pruned, stream = network, true
    for i, k in enumerate(widths):
        layer, m = network.feed_forward(i), network.widths[i]
        new = layer
        true = attended(true, network.blocks[i], network.heads)
        stream = attended(stream, network.blocks[i], network.heads) if mend is None else true
        rows, target = _rows(layer_norm(stream)), network.fed_forward(true, i)
        if mend is None and (k < m or pruned is not network):
            kept = check_kept(choose(layer, rows, k, random_state=random_state), m, k)
            Z, (_, U), (_, beta) = hidden_activations(layer, rows), layer.coefs_, layer.intercepts_
            aim = _rows(target - (true if correct == "refit" else stream))
            new = smaller_network(layer, kept, *refitted(Z[:, kept], U[kept], beta, aim, rcond))
        elif k < m:
            how = {"select": select, "correct": correct, "random_state": random_state}
            new = prune(layer, k, X=rows, **how)
        if new is not layer:
            (W, U), (b, beta), blocks = new.coefs_, new.intercepts_, list(pruned.blocks)
            blocks[i] = blocks[i]._replace(W=W, b=b, U=U, beta=beta)
            pruned = replace(pruned, blocks=tuple(blocks))
        true, stream = target, pruned.fed_forward(stream, i) if mend is None else target
    return pruned


def shared_widths(network, images, neurons):
    """Share neurons among the blocks, so that each last one kept is worth about as much.

    Direction i of the ID of a block, row i of ``R``, puts ``R[i] Pᵀ U`` into the stream. All
    directions of all blocks are ordered by how long that is, and the longest stay: ``neurons`` in
    all blocks together, at least one in each. Returns widths for `prune_feed_forward`.

    Examples
    --------
    >>> from tutorial_helpers import as_images, load_digits_split
    >>> images = as_images(load_digits_split()[0])
    >>> sum(shared_widths(load_vision_transformer(), images[:100], 300))
    300
    """
    full = _check_network(network).widths
    least = {"smallest": len(full), "name": "neurons"}
    neurons = check_k(neurons, sum(full), "the neurons of all blocks", **least)
    lengths, owners = [], []
    for i, block in enumerate(network.blocks):
        factored = PivotedQR(network.activations(images, i))
        said = np.linalg.norm(factored.R @ block.U[factored.pivots], axis=1)
        said = np.append(np.inf, np.append(said[1:], np.zeros(full[i] - len(said))))
        lengths, owners = np.append(lengths, said), np.append(owners, np.full(full[i], i))
    longest = np.argsort(-lengths, kind="stable")[:neurons]
    return tuple(np.bincount(owners[longest].astype(int)).tolist())


def _check_network(network):
    if not isinstance(network, VisionTransformer):
        given = type(network).__name__
        raise TypeError(
            f"network must be a VisionTransformer, got {given}; prune is for dense layers"
        )
    return network


def _check_widths(network, widths):
    full, given = _check_network(network).widths, widths
    widths = tuple(widths) if np.iterable(widths) else ()
    if len(widths) != len(full):
        expected = f"one width for each of the {len(full)} blocks, at most {full}"
        raise ValueError(f"widths must hold {expected}; got {given!r}")
    pairs = enumerate(zip(widths, full, strict=True))
    return tuple(check_k(k, m, f"the neurons of block {i}") for i, (k, m) in pairs)
