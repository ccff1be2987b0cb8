"""Train the vision transformer that ships with the package: needs the extra ``torch``.

``python -m benchmarks.train_transformer`` trains on the first half of the digits only. It writes
``tutorial_helpers/digits_transformer.npz``: the weights of the network of the first seed, what
PyTorch makes of a few images, its accuracies, and the versions that made them. It goes on where it
was stopped. What pruning does to the networks of all seeds is the affair of
``benchmarks/prune_transformer.py``.
"""

import math
from importlib.metadata import version

import numpy as np

from benchmarks.make_studies import RESULTS, ROOT
from tutorial_helpers import as_images, load_digits_split, patch_tokens, run_study
from tutorial_helpers.transformer import WEIGHTS, Block

UNFINISHED = ROOT / "unfinished_transformer"
SEEDS = range(6)
WIDTH, NEURONS, DEPTH, HEADS = 48, 384, 3, 4


def train(images, y, *, seed=0, activation="relu", epochs=120):
    """Train with Adam and weight decay, on images that are shifted and faded at random.

    Parameters
    ----------
    images : ndarray of shape (n, 1, 8, 8)
    y : ndarray of int, shape (n,)
    seed : int
        Of the initial weights, of the order of the images and of what is done to them.
    activation : {"relu", "gelu"}
    epochs : int

    Returns
    -------
    weights : dict of str to ndarray
        As `network_of` reads them.
    forward : callable
        PyTorch's own way from images to logits.
    """
    import torch
    from torch.nn import functional as F

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    sizes = dict.fromkeys("QKVO", (WIDTH, WIDTH)) | {"W": (WIDTH, NEURONS), "b": (NEURONS,)}
    sizes |= {"U": (NEURONS, WIDTH), "beta": (WIDTH,)}
    shapes = {"embedding": (4, WIDTH), "places": (16, WIDTH), "head": (WIDTH, 10), "bias": (10,)}
    shapes |= {f"{name}{i}": shape for i in range(DEPTH) for name, shape in sizes.items()}
    weights = {
        name: torch.zeros(shape) if len(shape) == 1 else torch.randn(shape) / math.sqrt(shape[0])
        for name, shape in shapes.items()
    }
    for name in weights:  # what writes into the stream begins quietly
        weights[name] *= 0.5 if name[0] in "OU" else 1
        weights[name].requires_grad_()
    phi = {"relu": F.relu, "gelu": F.gelu}[activation]

    def model(tokens):
        x = tokens @ weights["embedding"] + weights["places"]
        for i in range(DEPTH):
            block = Block(*(weights[f"{name}{i}"] for name in Block._fields))
            read = F.layer_norm(x, x.shape[-1:])
            q, k, v = (
                (read @ A).unflatten(-1, (HEADS, -1)).transpose(1, 2)
                for A in (block.Q, block.K, block.V)
            )
            mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
            x = x + mixed @ block.O
            x = x + phi(F.layer_norm(x, x.shape[-1:]) @ block.W + block.b) @ block.U + block.beta
        return F.layer_norm(x, x.shape[-1:]).mean(dim=1) @ weights["head"] + weights["bias"]

    rng = np.random.default_rng(seed)
    batches = -(-len(y) // 64)
    optimiser = torch.optim.AdamW(weights.values(), lr=3e-3, betas=(0.9, 0.98), weight_decay=2e-2)
    rate = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, 3e-3, total_steps=epochs * batches, pct_start=0.06
    )
    for _ in range(epochs):
        for batch in np.array_split(rng.permutation(len(y)), batches):
            tokens = torch.tensor(patch_tokens(moved(images[batch], rng)), dtype=torch.float32)
            optimiser.zero_grad()
            F.cross_entropy(model(tokens), torch.tensor(y[batch])).backward()
            optimiser.step()
            rate.step()

    def forward(images):
        with torch.no_grad():
            return model(torch.tensor(patch_tokens(images), dtype=torch.float32)).numpy()

    stored = {name: value.detach().numpy() for name, value in weights.items()}
    return stored, forward


def moved(images, rng):
    """Shift each image by up to a pixel, fade or strengthen it, and add a little noise."""
    n = len(images)
    padded = np.pad(images, [(0, 0), (0, 0), (1, 1), (1, 1)])
    top, left = rng.integers(0, 3, size=(2, n))
    cut = np.stack([padded[i, :, top[i] : top[i] + 8, left[i] : left[i] + 8] for i in range(n)])
    return cut * rng.uniform(0.8, 1.2, (n, 1, 1, 1)) + 0.05 * rng.normal(size=cut.shape)


def trained(seed, activation="relu"):
    """Train one network; return its weights, some of its logits and its accuracies."""
    X_train, X_test, y_train, y_test = load_digits_split()
    X_train, X_test = as_images(X_train), as_images(X_test)
    weights, forward = train(X_train, y_train, seed=seed, activation=activation)
    halves = ((X_train, y_train), (X_test, y_test))
    accuracies = [np.mean(forward(X).argmax(axis=1) == y) for X, y in halves]
    print("seed {}: {:.3f} right on the first half, {:.3f} on the second".format(seed, *accuracies))
    return weights | {"logits": forward(X_test[:100]), "accuracies": np.array(accuracies)}


def all_trained():
    """Train the networks of all seeds, or read them where that is done."""
    return run_study(trained, SEEDS, folder=UNFINISHED, n_jobs=1)


def main(folder=RESULTS.parent):
    """Train, and store the first network."""
    first = {name: arrays[0] for name, arrays in all_trained().items()}
    versions = f"torch {version('torch')}, numpy {version('numpy')}"
    np.savez_compressed(folder / WEIGHTS, **first, versions=versions)


if __name__ == "__main__":
    main()
