"""Train the convolutional network that ships with the package: needs the extra ``torch``.

``python -m benchmarks.train_convolutional`` trains on the first half of the digits only. It writes
``tutorial_helpers/convolutional.npz``: the weights of the network of the first seed, a few of its
logits as PyTorch computes them, its accuracies, and the versions that made them. How pruning goes
with the networks of all seeds is the study ``convolutional`` of `load_study`.
"""

from importlib.metadata import version

import numpy as np

from benchmarks.make_studies import RESULTS, save
from tutorial_helpers import ConvolutionalNetwork, as_images, load_digits_split, prune_channels

SEEDS = range(10)
# channels that the first convolution keeps; the second keeps twice as many
KEPT = (2, 4, 6, 8, 12, 16, 24)
METHODS = [(s, c) for s in ("id", "magnitude") for c in ("interpolation", "none")]


def train(images, y, *, seed=0, epochs=60):
    """Train with Adam and weight decay.

    Parameters
    ----------
    images : ndarray of shape (n, 1, 8, 8)
    y : ndarray of int, shape (n,)
    seed : int
        Of the initial weights and of the order of the images.
    epochs : int

    Returns
    -------
    network : ConvolutionalNetwork
    forward : callable
        PyTorch's own way from images to logits.
    """
    import torch
    from torch import nn

    torch.manual_seed(seed)
    torch.set_num_threads(1)
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 4 * 4, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )
    samples, labels = torch.tensor(images, dtype=torch.float32), torch.tensor(y)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2)
    for _ in range(epochs):
        for batch in torch.randperm(len(labels)).split(64):
            optimiser.zero_grad()
            nn.functional.cross_entropy(model(samples[batch]), labels[batch]).backward()
            optimiser.step()

    def forward(images):
        with torch.no_grad():
            return model(torch.tensor(images, dtype=torch.float32)).numpy()

    K0, b0, K1, b1, W, b, U, beta = (value.detach().numpy() for value in model.parameters())
    # PyTorch stores the weights of a dense layer with one row for each output
    return ConvolutionalNetwork((K0, K1), (b0, b1), (W.T, U.T), (b, beta)), forward


def measure(network, images, X_test, y_test):
    """Return accuracy and agreement of the network pruned in both convolutions, by each method."""
    labels = network.predict(X_test)
    full = [np.mean(labels == y_test)] * len(KEPT)
    table = {"accuracy": {"full": full}, "agreement": {"full": [1.0] * len(KEPT)}}
    for select, correct in METHODS:
        found = []
        for k in KEPT:
            pruned = network
            for layer in (0, 1):
                options = {"layer": layer, "select": select, "correct": correct}
                pruned = prune_channels(pruned, images, k * (1 + layer), **options)
            found.append(pruned.predict(X_test))
        name = f"{select} + {correct}"
        table["accuracy"][name] = [np.mean(labels_k == y_test) for labels_k in found]
        table["agreement"][name] = [np.mean(labels_k == labels) for labels_k in found]
    return table


def main(folder=RESULTS.parent):
    """Train, measure and store."""
    X_train, X_test, y_train, y_test = load_digits_split()
    X_train, X_test = as_images(X_train), as_images(X_test)
    networks, forwards = zip(*(train(X_train, y_train, seed=s) for s in SEEDS), strict=True)
    network, forward = networks[0], forwards[0]
    halves = ((X_train, y_train), (X_test, y_test))
    accuracies = [np.mean(forward(X).argmax(axis=1) == y) for X, y in halves]
    names = {"kernels": "K", "biases": "b", "coefs": "U", "intercepts": "beta"}
    np.savez_compressed(
        folder / "convolutional.npz",
        **{
            f"{short}{i}": getattr(network, long)[i]
            for long, short in names.items()
            for i in (0, 1)
        },
        logits=forward(X_test[:100]),
        accuracies=accuracies,
        versions=f"torch {version('torch')}, numpy {version('numpy')}",
    )
    print("accuracy {:.3f} on the first half, {:.3f} on the second".format(*accuracies))
    tables = [measure(one, X_train, X_test, y_test) for one in networks]
    result = {m: {n: [t[m][n] for t in tables] for n in tables[0][m]} for m in tables[0]}
    save(folder / "results" / "convolutional.csv", KEPT, SEEDS, result)


if __name__ == "__main__":
    main()
