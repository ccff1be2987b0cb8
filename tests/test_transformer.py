"""The transformer: against PyTorch's stored outputs, against plain loops, and its pruning."""

import copy
import math
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import lstsq, qr

from tutorial_helpers import (
    as_images,
    layer_norm,
    load_digits_split,
    load_vision_transformer,
    logits,
    patch_tokens,
    prune_feed_forward,
    shared_widths,
    transformer,
)
from tutorial_helpers.transformer import Block, VisionTransformer


@pytest.fixture(scope="module")
def network():
    return load_vision_transformer()


@pytest.fixture(scope="module")
def images():
    return as_images(load_digits_split()[0])


@pytest.fixture(scope="module")
def new_images():
    return as_images(load_digits_split()[1])


def drawn(seed, activation="relu", widths=(12, 7), d=8):
    """Draw a small transformer with blocks of different widths."""
    rng = np.random.default_rng(seed)

    def normal(*shape):
        return rng.normal(size=shape) / np.sqrt(shape[0])

    blocks = tuple(
        Block(*(normal(d, d) for _ in range(4)), normal(d, m), normal(m), normal(m, d), normal(d))
        for m in widths
    )
    return VisionTransformer(
        normal(4, d), normal(16, d), blocks, normal(d, 10), normal(10), activation, heads=2
    )


# --- the forward pass


def phi(a, activation):
    return max(a, 0) if activation == "relu" else a * (1 + math.erf(a / math.sqrt(2))) / 2


def normed(token):
    mean = sum(token) / len(token)
    variance = sum((a - mean) ** 2 for a in token) / len(token)
    return np.array([(a - mean) / math.sqrt(variance + 1e-5) for a in token])


def by_loops(network, image):
    """Send one image through, token by token, head by head, neuron by neuron."""
    x = []
    for row in range(4):
        for column in range(4):
            patch = [image[2 * row + i, 2 * column + j] for i in (0, 1) for j in (0, 1)]
            place = network.places[4 * row + column]
            x.append(sum(p * e for p, e in zip(patch, network.embedding, strict=True)) + place)
    wide = len(x[0]) // network.heads
    for block in network.blocks:
        read = [normed(token) for token in x]
        heads = []
        for h in range(network.heads):
            part = slice(h * wide, (h + 1) * wide)
            q, k, v = ([r @ A[:, part] for r in read] for A in (block.Q, block.K, block.V))
            out = []
            for question in q:
                fits = [math.exp(question @ key / math.sqrt(wide)) for key in k]
                out.append(sum(f * value for f, value in zip(fits, v, strict=True)) / sum(fits))
            heads.append(out)
        for t, token in enumerate(x):
            x[t] = token + np.concatenate([out[t] for out in heads]) @ block.O
        for t, token in enumerate(x):
            says = block.beta.copy()
            for j, b in enumerate(block.b):
                says += phi(normed(token) @ block.W[:, j] + b, network.activation) * block.U[j]
            x[t] = token + says
    return sum(normed(token) for token in x) / 16 @ network.head + network.bias


@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_the_forward_pass_is_the_plain_loop(activation):
    network, images = drawn(3, activation), np.random.default_rng(0).uniform(size=(3, 1, 8, 8))
    expected = [by_loops(network, image[0]) for image in images]
    assert np.allclose(network.logits(images), expected, atol=1e-12)


def test_the_shipped_network_computes_what_pytorch_computed(network, new_images):
    stored = np.load(files("tutorial_helpers") / transformer.WEIGHTS)
    found = network.logits(new_images[:100])
    # PyTorch computed in float32
    assert np.abs(found - stored["logits"]).max() < 1e-4 * np.abs(stored["logits"]).max()


def test_the_shipped_network_has_the_accuracies_that_were_recorded(network, images, new_images):
    stored = np.load(files("tutorial_helpers") / transformer.WEIGHTS)
    _, _, y_train, y_test = load_digits_split()
    found = [network.score(images, y_train), network.score(new_images, y_test)]
    assert np.allclose(found, stored["accuracies"], atol=1.5 / 898)
    assert "torch" in str(stored["versions"])
    assert (files("tutorial_helpers") / transformer.WEIGHTS).stat().st_size < 1_000_000


def test_the_shipped_network_is_the_plain_loop(network, new_images):
    assert np.allclose(network.logits(new_images[:1])[0], by_loops(network, new_images[0, 0]))


def test_patches_hold_each_pixel_once(images):
    patches = patch_tokens(images[:3])
    assert patches.shape == (3, 16, 4)
    assert np.array_equal(patches[1, 6], images[1, 0, 2:4, 4:6].ravel())
    assert np.array_equal(np.sort(patches.ravel()), np.sort(images[:3].ravel()))


@given(st.integers(0, 10_000), st.floats(0.1, 100), st.floats(-100, 100))
@settings(max_examples=25, deadline=None)
def test_a_norm_does_not_see_scale_or_shift(seed, factor, shift):
    x = np.random.default_rng(seed).normal(size=(4, 9))
    expected = (x - x.mean(axis=1)[:, None]) / np.sqrt(x.var(axis=1) + 1e-5 / factor**2)[:, None]
    assert np.allclose(layer_norm(factor * x + shift), expected)


def test_a_feed_forward_layer_is_a_network_of_two_layers(network, images):
    x = network.stream(images[:5], 1)
    added = network.fed_forward(x, 1) - x
    by_network = logits(network.feed_forward(1), layer_norm(x).reshape(-1, 48))
    assert np.allclose(added.reshape(-1, 48), by_network)


def test_activations_are_what_the_layer_puts_out(network, images):
    x = layer_norm(network.stream(images[:5], 2)).reshape(-1, 48)
    block = network.blocks[2]
    expected = np.maximum(x @ block.W + block.b, 0)
    assert np.allclose(network.activations(images[:5], 2), expected)


def test_images_do_not_know_of_each_other(network, images):
    together = network.logits(images[:4])
    assert np.allclose(together, [network.logits(images[i : i + 1])[0] for i in range(4)])


# --- pruning


def keep_by_scipy(Z, k):
    J = qr(Z, mode="r", pivoting=True)[1][:k]
    return J, lstsq(Z[:, J], Z)[0]


@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_pruning_is_the_id_of_each_layer_of_the_original(activation, images):
    network, some = drawn(5, activation), images[:20]
    blocks = []
    for i, k in enumerate((5, 4)):
        block = network.blocks[i]
        J, T = keep_by_scipy(network.activations(some, i), k)
        blocks.append(block._replace(W=block.W[:, J], b=block.b[J], U=T @ block.U))
    by_hand = replace(network, blocks=tuple(blocks))
    pruned = prune_feed_forward(network, some, (5, 4))
    assert pruned.widths == (5, 4)
    assert np.allclose(pruned.logits(images[20:30]), by_hand.logits(images[20:30]))


@pytest.mark.parametrize("correct", ["refit", "refit stream"])
def test_a_refit_is_the_plain_loop(correct, images):
    """Choose among what the pruned stream makes, and fit to the original by normal equations."""
    network, some = drawn(6), images[:30]
    pruned = network
    for i, k in enumerate((6, 4)):
        Z, block = pruned.activations(some, i), network.blocks[i]
        J = qr(Z, mode="r", pivoting=True)[1][:k]
        ones = np.column_stack([Z[:, J], np.ones(len(Z))])
        true = network.stream(some, i)
        from_there = pruned.stream(some, i) if correct == "refit stream" else true
        aim = (network.fed_forward(true, i) - from_there).reshape(len(Z), -1)
        fit = np.linalg.solve(ones.T @ ones, ones.T @ aim)
        new = block._replace(W=block.W[:, J], b=block.b[J], U=fit[:-1], beta=fit[-1])
        pruned = replace(pruned, blocks=(*pruned.blocks[:i], new, *pruned.blocks[i + 1 :]))
    found = prune_feed_forward(network, some, (6, 4), correct=correct, rcond=0)
    assert np.allclose(found.logits(images[:50]), pruned.logits(images[:50]), atol=1e-6)


@pytest.mark.parametrize("correct", ["none", "interpolation", "least squares", "refit"])
@pytest.mark.parametrize("select", ["id", "magnitude", "random", "variance"])
def test_removing_nothing_changes_nothing(select, correct, network, images):
    how = {"select": select, "correct": correct, "random_state": 0}
    same = prune_feed_forward(network, images[:30], network.widths, **how)
    assert np.array_equal(same.logits(images[:5]), network.logits(images[:5]))


def test_blocks_that_are_whole_stay_as_they_are(network, images):
    pruned = prune_feed_forward(network, images[:30], (384, 50, 384))
    assert pruned.blocks[0] is network.blocks[0]
    assert pruned.blocks[2] is network.blocks[2]
    assert pruned.widths == (384, 50, 384)


def test_the_refit_of_a_whole_layer_makes_up_for_those_before(images):
    network = drawn(8)
    plain = prune_feed_forward(network, images[:40], (4, 7))
    mended = prune_feed_forward(network, images[:40], (4, 7), correct="refit stream")
    assert plain.blocks[1] is network.blocks[1]

    def off(pruned):
        last = len(network.blocks) - 1
        ends = [it.fed_forward(it.stream(images[:40], last), last) for it in (pruned, network)]
        return np.linalg.norm(ends[0] - ends[1])

    assert off(mended) < off(plain)


def test_nothing_that_is_given_changes(network, images):
    before, some = copy.deepcopy(network.blocks), images[:30].copy()
    for correct in ("interpolation", "refit", "refit stream"):
        prune_feed_forward(network, some, (50, 384, 60), correct=correct)
    assert np.array_equal(some, images[:30])
    for one, other in zip(before, network.blocks, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_selecting_commutes_with_the_activation_and_mends_are_callable(network, images):
    def first(network, X, k, *, layer, random_state):
        return np.arange(k)

    pruned = prune_feed_forward(
        network, images[:30], (9, 9, 9), select=first, correct=lambda Z, J, U, b: (U[J], b + 1)
    )
    assert np.array_equal(pruned.blocks[1].W, network.blocks[1].W[:, :9])
    assert np.array_equal(pruned.blocks[1].beta, network.blocks[1].beta + 1)
    Z = network.activations(images[:30], 0)
    assert np.array_equal(pruned.activations(images[:30], 0), Z[:, :9])


@given(st.integers(0, 1000), st.integers(2, 19))
@settings(max_examples=20, deadline=None)
def test_shared_widths_keep_the_directions_that_say_most(seed, neurons):
    network = drawn(seed)
    images = np.random.default_rng(seed).uniform(size=(10, 1, 8, 8))
    widths = shared_widths(network, images, neurons)
    assert sum(widths) == neurons
    said = []
    for i, block in enumerate(network.blocks):
        Z = network.activations(images, i)
        Q, _, _ = qr(Z, mode="economic", pivoting=True)
        said.append(np.sort(np.linalg.norm(Q.T @ (Z @ block.U), axis=1)[1:])[::-1])
    kept = np.concatenate([each[: k - 1] for each, k in zip(said, widths, strict=True)])
    gone = np.concatenate([each[k - 1 :] for each, k in zip(said, widths, strict=True)])
    assert not len(kept) or not len(gone) or kept.min() >= gone.max() * (1 - 1e-9)


# --- bad input


@pytest.mark.parametrize(
    ("widths", "told"),
    [
        (
            (10, 10),
            r"one width for each of the 3 blocks, at most \(384, 384, 384\); got \(10, 10\)",
        ),
        (10, "got 10"),
        ((10, 0, 10), r"from 1 to 384 \(the neurons of block 1\), got 0"),
        ((10, 10, 385), "the neurons of block 2"),
    ],
)
def test_widths_that_do_not_fit(widths, told, network, images):
    with pytest.raises(ValueError, match=told):
        prune_feed_forward(network, images[:30], widths)


def test_fewer_rows_than_a_width(network, images):
    with pytest.raises(ValueError, match="5 calibration images give 80 rows, fewer than the 96 ne"):
        prune_feed_forward(network, images[:5], (50, 96, 50))
    how = {"select": "magnitude", "correct": "none"}
    assert prune_feed_forward(network, images[:5], (96,) * 3, **how).widths == (96,) * 3


def test_other_arguments_that_do_not_fit(network, images):
    with pytest.raises(ValueError, match="correct must be one of 'refit', 'refit stream', 'inter"):
        prune_feed_forward(network, images, (9, 9, 9), correct="refit all")
    with pytest.raises(ValueError, match="select must be one of 'id'"):
        prune_feed_forward(network, images, (9, 9, 9), select="largest")
    with pytest.raises(TypeError, match="must be a VisionTransformer, got int; prune is for"):
        prune_feed_forward(3, images, (9, 9, 9))
    with pytest.raises(ValueError, match="images must have shape"):
        network.logits(load_digits_split()[0])
    with pytest.raises(ValueError, match="must be 8 × 8 pixels"):
        network.predict(np.zeros((2, 1, 6, 6)))
    with pytest.raises(ValueError, match=r"layer must be .* from 0 to 2 \(the blocks"):
        network.stream(images[:2], 3)
    with pytest.raises(ValueError, match="neurons must be a whole number from 3 to 1152"):
        shared_widths(network, images[:2], 2)
    with pytest.raises(ValueError, match="NaN"):
        network.predict(np.full((1, 1, 8, 8), np.nan))


@pytest.fixture
def weights_at(tmp_path, monkeypatch):
    """Let the package look for its weights in a folder of the test."""
    monkeypatch.setattr(transformer, "files", lambda package: tmp_path)
    return tmp_path / transformer.WEIGHTS


def test_missing_weights(weights_at):
    with pytest.raises(FileNotFoundError, match="are missing: install the package again"):
        load_vision_transformer()


def test_damaged_weights(weights_at):
    whole = (files("tutorial_helpers") / transformer.WEIGHTS).read_bytes()
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 255
    for damaged in (b"", b"no weights", whole[: len(whole) // 2], bytes(changed)):
        weights_at.write_bytes(damaged)
        with pytest.raises(ValueError, match=r"are damaged .* install the package again"):
            load_vision_transformer()


def test_weights_that_lack_some_or_do_not_fit(weights_at):
    with np.load(files("tutorial_helpers") / transformer.WEIGHTS) as stored:
        arrays = {name: stored[name] for name in stored.files}
    for name, array in {
        "U1": None,
        "W2": arrays["W2"][:40],
        "head": arrays["head"] * np.nan,
    }.items():
        changed = arrays | {name: array}
        np.savez(weights_at, **{n: a for n, a in changed.items() if a is not None})
        with pytest.raises(ValueError, match=f"are damaged .*{name}"):
            load_vision_transformer()
