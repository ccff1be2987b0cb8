"""Train the convolutional network that ships with the package: needs the extra ``torch``.

``python -m tutorial_helpers.train_convolutional`` trains on the first half of the digits only and
writes ``convolutional.npz`` beside this file: weights, a few stored logits, the accuracies and
the versions that made them.
"""

from pathlib import Path

import numpy as np

from .convolution import as_images
from .data import load_digits_split


def train(images, y, *, seed=0, epochs=60):
    """Train with Adam and weight decay; return the PyTorch model."""
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
    images, y = torch.tensor(images, dtype=torch.float32), torch.tensor(y)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2)
    for _ in range(epochs):
        for batch in torch.randperm(len(y)).split(64):
            optimiser.zero_grad()
            nn.functional.cross_entropy(model(images[batch]), y[batch]).backward()
            optimiser.step()
    return model.eval()


def main():
    """Train, measure and store."""
    import torch

    X_train, X_test, y_train, y_test = load_digits_split()
    model = train(as_images(X_train), y_train)
    with torch.no_grad():
        train_logits, test_logits = (
            model(torch.tensor(as_images(X), dtype=torch.float32)).numpy()
            for X in (X_train, X_test)
        )
    accuracies = (
        np.mean(train_logits.argmax(1) == y_train),
        np.mean(test_logits.argmax(1) == y_test),
    )
    arrays = [value.detach().numpy() for value in model.parameters()]
    names = ("K0", "b0", "K1", "b1", "U0", "beta0", "U1", "beta1")
    stored = {
        name: array.T if name.startswith("U") else array
        for name, array in zip(names, arrays, strict=True)
    }
    np.savez_compressed(
        Path(__file__).with_name("convolutional.npz"),
        **stored,
        logits=test_logits[:100],
        accuracies=accuracies,
        versions=f"torch {torch.__version__}, numpy {np.__version__}",
    )
    print(f"accuracy {accuracies[0]:.3f} on the first half, {accuracies[1]:.3f} on the second")


if __name__ == "__main__":
    main()
