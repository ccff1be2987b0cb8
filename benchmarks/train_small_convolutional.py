"""Train small convolutional networks from scratch, the rivals of the pruned ones, in numpy.

``python -m benchmarks.train_small_convolutional`` takes the recipe of `train_convolutional` (first
weights as PyTorch draws them, Adam with weight decay, batches of 64), the training half only, and
networks of the sizes that pruning leaves; and dense networks with as many parameters, by
scikit-learn. It writes ``results/convolutional_scratch.csv``: "scratch" has trained for as many
epochs as the large network, "scratch, longer" for four times as many. Agreement is that with the
network that ships with the package, whatever the seed.
"""

import numpy as np
from sklearn.neural_network import MLPClassifier

from benchmarks.make_studies import RESULTS, save
from benchmarks.train_convolutional import SEEDS
from tutorial_helpers import (
    ConvolutionalNetwork,
    as_images,
    load_convolutional_network,
    load_digits_split,
    network_size,
    patch_matrix,
)

KEPT = (4, 8, 16)
EPOCHS = {"scratch": 60, "scratch, longer": 240}


def initial_weights(k, rng):
    """Draw weights and biases within ±1/√(what a unit reads), in the order of `gradients`."""
    shapes = [(k, 1, 3, 3), (2 * k, k, 3, 3), (32 * k, 64), (64, 10)]
    weights = []
    for shape in shapes:
        reads, units = (np.prod(shape[1:]), shape[0]) if len(shape) == 4 else shape
        within = 1 / np.sqrt(reads)
        weights += [rng.uniform(-within, within, shape), rng.uniform(-within, within, units)]
    return [value.astype("float32") for value in weights]


def gradients(weights, images, y):
    """Return the mean log-loss and its gradient in each of the eight arrays of weights."""
    K0, b0, K1, b1, W, b, U, beta = weights
    n, (first, second) = len(images), (len(K0), len(K1))
    kernel0, kernel1 = K0.reshape(first, -1), K1.reshape(second, -1)
    P0 = patch_matrix(images)
    maps = np.maximum(P0 @ kernel0.T + b0, 0)
    P1 = patch_matrix(maps.reshape(n, 8, 8, first).transpose(0, 3, 1, 2))
    before = np.maximum(P1 @ kernel1.T + b1, 0).reshape(n, 4, 2, 4, 2, second)
    blocks = before.transpose(0, 5, 1, 3, 2, 4).reshape(n, second, 4, 4, 4)
    flat = blocks.max(axis=-1).reshape(n, -1)
    hidden = np.maximum(flat @ W + b, 0)
    L = hidden @ U + beta
    L -= L.max(axis=1, keepdims=True)
    p = np.exp(L) / np.exp(L).sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(n), y]).mean()
    # and back again
    dL = (p - np.eye(10, dtype="float32")[y]) / n
    dH = (dL @ U.T) * (hidden > 0)
    d_flat = (dH @ W.T).reshape(n, second, 4, 4)
    # the gradient goes to the first largest of each block
    d_blocks = np.zeros_like(blocks)
    at = blocks.argmax(axis=-1)[..., None]
    np.put_along_axis(d_blocks, at, d_flat[..., None], axis=-1)
    d1 = d_blocks.reshape(n, second, 4, 4, 2, 2).transpose(0, 2, 4, 3, 5, 1)
    d1 = d1.reshape(-1, second) * (before.reshape(-1, second) > 0)
    dP1 = (d1 @ kernel1).reshape(n, 8, 8, first, 3, 3)
    padded = np.zeros((n, 10, 10, first), dtype=d1.dtype)
    for s, t in np.ndindex(3, 3):
        padded[:, s : s + 8, t : t + 8] += dP1[..., s, t]
    d0 = padded[:, 1:9, 1:9].reshape(-1, first) * (maps > 0)
    found = [d0.T @ P0, d0.sum(axis=0), d1.T @ P1, d1.sum(axis=0)]
    found += [flat.T @ dH, dH.sum(axis=0), hidden.T @ dL, dL.sum(axis=0)]
    return loss, [g.reshape(value.shape) for g, value in zip(found, weights, strict=True)]


def train(images, y, k, *, seed, epochs, rate=1e-3, decay=1e-2):
    """Train by Adam with weight decay; yield the network after each number of ``epochs``."""
    rng = np.random.default_rng(seed)
    weights = initial_weights(k, rng)
    images = images.astype("float32")
    first, second = ([np.zeros_like(value) for value in weights] for _ in range(2))
    step = 0
    for epoch in range(1, max(epochs) + 1):
        order = rng.permutation(len(y))
        for start in range(0, len(y), 64):
            batch = order[start : start + 64]
            step += 1
            for i, g in enumerate(gradients(weights, images[batch], y[batch])[1]):
                first[i] = 0.9 * first[i] + 0.1 * g
                second[i] = 0.999 * second[i] + 0.001 * g**2
                m, v = first[i] / (1 - 0.9**step), second[i] / (1 - 0.999**step)
                weights[i] = (1 - rate * decay) * weights[i] - rate * m / (np.sqrt(v) + 1e-8)
        if epoch in epochs:
            yield ConvolutionalNetwork(*(tuple(weights[i : i + 3 : 2]) for i in (0, 1, 4, 5)))


def dense_network(X, y, k, *, seed):
    """Train one hidden layer with as many parameters as a convolutional network with k channels."""
    parameters = network_size(load_convolutional_network(), (k, 2 * k)).parameters
    width = (parameters - 10) // 75  # of a neuron: 64 weights in, a bias and 10 weights out
    return MLPClassifier((width,), random_state=seed, max_iter=2000).fit(X, y)


def predictions(k, seed):
    """Train the rivals of one size; return what each says about the new images."""
    X_train, X_test, y_train, _ = load_digits_split()
    trained = train(as_images(X_train), y_train, k, seed=seed, epochs=list(EPOCHS.values()))
    said = [network.predict(as_images(X_test)) for network in trained]
    dense = dense_network(X_train / 16, y_train, k, seed=seed)
    return [*said, dense.predict(X_test / 16)]


def main(folder=RESULTS):
    """Train, measure and store."""
    _, X_test, _, y_test = load_digits_split()
    full = load_convolutional_network().predict(as_images(X_test))
    said = np.array([[predictions(k, seed) for k in KEPT] for seed in SEEDS])
    truths = {"accuracy": y_test, "agreement": full}
    methods = [*EPOCHS, "dense"]
    result = {
        measure: {m: (said[:, :, i] == truth).mean(axis=-1) for i, m in enumerate(methods)}
        for measure, truth in truths.items()
    }
    save(folder / "convolutional_scratch.csv", KEPT, SEEDS, result)


if __name__ == "__main__":
    main()
