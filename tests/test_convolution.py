"""The convolutional network: against scipy and plain loops, and against PyTorch's own logits."""

import copy
import re
from importlib.resources import files

import numpy as np
import pytest
from conftest import same
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import correlate
from scipy.special import softmax
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

from benchmarks import train_convolutional, train_small_convolutional
from tutorial_helpers import (
    ConvolutionalNetwork,
    as_images,
    channel_matrix,
    convolve,
    load_convolutional_network,
    load_digits_split,
    load_study,
    max_pool,
    network_size,
    patch_matrix,
    prune_channels,
)

SHIPPED = files("tutorial_helpers") / "convolutional.npz"


def small(seed=0, channels=(4, 5), dense=6):
    """Make a network of random weights, and images it may read."""
    rng = np.random.default_rng(seed)
    first, second = channels
    network = ConvolutionalNetwork(
        kernels=(rng.normal(size=(first, 1, 3, 3)), rng.normal(size=(second, first, 3, 3))),
        biases=(rng.normal(size=first), rng.normal(size=second)),
        coefs=(rng.normal(size=(second * 16, dense)), rng.normal(size=(dense, 10))),
        intercepts=(rng.normal(size=dense), rng.normal(size=10)),
    )
    return network, rng.random((7, 1, 8, 8))


def correlated(images, kernel, bias):
    """Convolve channel by channel with scipy; it pads with zeros as well."""
    return np.array(
        [
            [
                b + sum(correlate(x, K, mode="same") for x, K in zip(image, taps, strict=True))
                for taps, b in zip(kernel, bias, strict=True)
            ]
            for image in images
        ]
    )


def through(network, images, change=lambda maps, layer: maps):
    """Compute the logits without the package; ``change`` may replace what a layer reads."""
    maps = images
    for layer in (0, 1):
        maps = np.maximum(correlated(maps, network.kernels[layer], network.biases[layer]), 0)
        if layer == 1:
            corners = [maps[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)]
            maps = np.maximum.reduce(corners)
        maps = change(maps, layer)
    values = np.array([np.concatenate([channel.ravel() for channel in image]) for image in maps])
    for W, b, last in zip(network.coefs, network.intercepts, (False, True), strict=True):
        values = values @ W + b
        values = values if last else np.maximum(values, 0)
    return values


def kept_of(network, pruned, layer):
    """Find which channels stayed, by their biases."""
    where = pruned.biases[layer][:, None] == network.biases[layer]
    assert np.all(where.sum(axis=1) == 1)
    return where.argmax(axis=1)


def rebuilding(network, images, kept, layer):
    """Return T by least squares over all pixels, and a change that rebuilds maps by it."""
    seen = {}
    through(network, images, lambda maps, at: seen.setdefault(at, maps))
    Z = np.array([seen[layer][:, c].ravel() for c in range(seen[layer].shape[1])]).T
    T = np.linalg.lstsq(Z[:, kept], Z)[0]

    def change(maps, at):
        if at != layer:
            return maps
        rebuilt = np.zeros_like(maps)
        for c in range(maps.shape[1]):
            for j, source in enumerate(kept):
                rebuilt[:, c] += T[j, c] * maps[:, source]
        return rebuilt

    return T, change


# --- the layers ----------------------------------------------------------------------------------

SIZES = st.tuples(*[st.integers(1, 4)] * 3, st.integers(1, 6), st.integers(1, 6))


ODD = st.sampled_from([1, 3, 5])


@given(SIZES, ODD, ODD, st.integers(0, 1000))
def test_convolve_is_scipys_correlation_summed_over_channels(sizes, high, wide, seed):
    n, c, o, h, w = sizes
    rng = np.random.default_rng(seed)
    # scipy's "same" takes the size of the larger input, so no kernel larger than the image
    h, w = max(h, high), max(w, wide)
    images, kernel = rng.normal(size=(n, c, h, w)), rng.normal(size=(o, c, high, wide))
    bias = rng.normal(size=o)
    assert np.allclose(convolve(images, kernel, bias), correlated(images, kernel, bias))


@pytest.mark.parametrize(
    ("kernel", "bias"), [((2, 1, 3), 2), ((3, 3), 3), ((2, 1, 3, 3), 1), ((2, 1, 3, 3), 3)]
)
def test_kernels_and_biases_that_do_not_fit_are_told(kernel, bias):
    with pytest.raises(ValueError, match=r"kernel must have shape \(channels out, channels in"):
        convolve(np.ones((1, 1, 8, 8)), np.ones(kernel), np.zeros(bias))


def test_a_kernel_needs_a_middle():
    with pytest.raises(ValueError, match=r"size must be odd .* got \(3, 2\)"):
        convolve(np.ones((1, 1, 8, 8)), np.ones((2, 1, 3, 2)), np.zeros(2))


@given(SIZES, ODD, st.integers(0, 1000))
def test_patches_hold_the_neighbourhood_of_every_pixel(sizes, size, seed):
    n, c, _, h, w = sizes
    images = np.random.default_rng(seed).normal(size=(n, c, h, w))
    rows = []
    for image in images:
        for y in range(h):
            for x in range(w):
                row = []
                for channel in image:
                    for s in range(y - size // 2, y + size // 2 + 1):
                        for t in range(x - size // 2, x + size // 2 + 1):
                            inside = 0 <= s < h and 0 <= t < w
                            row.append(channel[s, t] if inside else 0.0)
                rows.append(row)
    assert np.array_equal(patch_matrix(images, size), rows)


@given(st.tuples(*[st.integers(1, 3)] * 4), st.integers(0, 1000))
def test_max_pool_takes_the_largest_of_each_block(sizes, seed):
    n, c, h, w = sizes
    maps = np.random.default_rng(seed).normal(size=(n, c, 2 * h, 2 * w))
    pooled = max_pool(maps)
    assert pooled.shape == (n, c, h, w)
    for i, j, y, x in np.ndindex(pooled.shape):
        block = [maps[i, j, 2 * y + s, 2 * x + t] for s in (0, 1) for t in (0, 1)]
        assert pooled[i, j, y, x] == max(block)


def test_channel_matrix_has_a_row_for_each_pixel_of_each_sample():
    maps = np.random.default_rng(0).normal(size=(3, 4, 2, 5))
    Z = channel_matrix(maps)
    assert Z.shape == (30, 4)
    for i, c, y, x in np.ndindex(maps.shape):
        assert Z[i * 10 + y * 5 + x, c] == maps[i, c, y, x]


def test_as_images_folds_rows_of_pixels():
    X = load_digits_split()[0][:3]
    images = as_images(X)
    assert images.shape == (3, 1, 8, 8)
    for i, y, x in np.ndindex(3, 8, 8):
        assert images[i, 0, y, x] == X[i, 8 * y + x] / 16
    assert np.array_equal(as_images(X.astype(int)), images)
    assert np.array_equal(as_images(X.tolist()), images)


@pytest.mark.parametrize("seed", range(3))
def test_the_network_is_the_chain_of_its_layers(seed):
    network, images = small(seed)
    expected = through(network, images)
    assert np.allclose(network.logits(images), expected)
    assert np.array_equal(network.predict(images), expected.argmax(axis=1))
    assert network.logits(images.tolist()).shape == (7, 10)
    whole = np.round(images)
    assert np.array_equal(network.logits(whole.astype(int)), network.logits(whole))
    assert network.score(images, expected.argmax(axis=1)) == 1


# --- the file that ships -------------------------------------------------------------------------


def test_the_shipped_network_computes_what_pytorch_computed():
    with SHIPPED.open("rb") as file:
        stored = dict(np.load(file))
    X_train, X_test, y_train, y_test = load_digits_split()
    network = load_convolutional_network()
    found = network.logits(as_images(X_test))
    # PyTorch's were made in float32. A sum of up to 1024 products of either sign is off by some
    # √1024 roundings of 6e-8, four layers by four times that.
    assert np.abs(found[:100] - stored["logits"]).max() < 8e-6 * np.abs(found).max()
    halves = ((X_train, y_train), (X_test, y_test))
    accuracies = [network.score(as_images(X), y) for X, y in halves]
    # rounding may decide an image or two whose best logits are almost equal
    assert accuracies == pytest.approx(stored["accuracies"], abs=2.5 / 898)
    assert accuracies[0] > 0.99
    assert accuracies[1] > 0.93


def test_the_shipped_file_is_small_and_tells_where_it_comes_from():
    content = SHIPPED.read_bytes()
    assert len(content) < 1e6
    with SHIPPED.open("rb") as file:
        stored = dict(np.load(file))
    assert re.fullmatch(r"torch \d+\.\d+\S*, numpy \d+\.\d+\S*", str(stored["versions"]))


def test_the_script_trains_on_the_first_half_only(tmp_path, monkeypatch):
    X_train, X_test, y_train, y_test = load_digits_split()
    seen, network = [], load_convolutional_network()

    def train(images, y, *, seed):
        seen.append((images, y, seed))
        return network, network.logits

    monkeypatch.setattr(train_convolutional, "train", train)
    monkeypatch.setattr(train_convolutional, "version", lambda name: "1.2")
    monkeypatch.setattr(train_convolutional, "SEEDS", range(2))
    monkeypatch.setattr(train_convolutional, "KEPT", (2, 16))
    (tmp_path / "results").mkdir()
    train_convolutional.main(tmp_path)
    assert [seed for *_, seed in seen] == [0, 1]
    for images, y, _ in seen:
        assert np.array_equal(images, as_images(X_train))
        assert np.array_equal(y, y_train)
    # what it writes is what is read: the weights come back, from the same names as shipped
    with SHIPPED.open("rb") as file, np.load(tmp_path / "convolutional.npz") as written:
        shipped = dict(np.load(file))
        assert set(written.files) == set(shipped)
        for name in ("K0", "K1", "b0", "b1", "U0", "U1", "beta0", "beta1"):
            assert np.array_equal(written[name], shipped[name])
    lines = (tmp_path / "results" / "convolutional.csv").read_text().splitlines()
    assert lines[0] == "measure,method,seed,2,16"
    assert len(lines) == 1 + 2 * 5 * 2


def test_the_stored_study_belongs_to_the_shipped_network():
    study = load_study("convolutional")
    assert study.ks.tolist() == list(train_convolutional.KEPT)
    assert study.seeds.tolist() == list(train_convolutional.SEEDS)
    X_train, X_test, _, y_test = load_digits_split()
    network = load_convolutional_network()
    assert network.score(as_images(X_test), y_test) == pytest.approx(
        study.accuracy["full"][0, 0], abs=2.5 / 899
    )
    at = list(study.ks).index(8)
    for method in ("id + interpolation", "magnitude + none"):
        select, correct = method.split(" + ")
        pruned = network
        for layer, k in ((0, 8), (1, 16)):
            options = {"layer": layer, "select": select, "correct": correct}
            pruned = prune_channels(pruned, as_images(X_train), k, **options)
        # pivots may change places on another machine, where two columns are almost as long
        assert pruned.score(as_images(X_test), y_test) == pytest.approx(
            study.accuracy[method][0, at], abs=0.02
        )


def test_a_short_training_gives_the_network_that_pytorch_runs():
    pytest.importorskip("torch")
    X_train, _, y_train, _ = load_digits_split()
    images = as_images(X_train[:64])
    network, forward = train_convolutional.train(images, y_train[:64], epochs=2)
    logits = forward(images)
    assert np.abs(network.logits(images) - logits).max() < 8e-6 * np.abs(logits).max()
    again, _ = train_convolutional.train(images, y_train[:64], epochs=2)
    other, _ = train_convolutional.train(images, y_train[:64], epochs=2, seed=1)
    assert np.array_equal(again.kernels[0], network.kernels[0])
    assert not np.array_equal(other.kernels[0], network.kernels[0])


def logits_of(weights, images):
    """Run the network of eight arrays of weights by the package."""
    K0, b0, K1, b1, W, b, U, beta = weights
    return ConvolutionalNetwork((K0, K1), (b0, b1), (W, U), (b, beta)).logits(images)


def test_the_gradient_of_the_small_networks_is_that_of_differences():
    rng = np.random.default_rng(0)
    weights = [w.astype(float) for w in train_small_convolutional.initial_weights(3, rng)]
    images, y = rng.random((9, 1, 8, 8)), rng.integers(10, size=9)
    loss, gradients = train_small_convolutional.gradients(weights, images, y)
    p = softmax(logits_of(weights, images), axis=1)
    assert loss == pytest.approx(log_loss(y, p, labels=range(10)))
    for value, gradient in zip(weights, gradients, strict=True):
        direction = rng.normal(size=value.shape)
        losses = []
        for step in (1e-6, -1e-6):
            moved = [w + step * direction if w is value else w for w in weights]
            losses.append(train_small_convolutional.gradients(moved, images, y)[0])
        slope = (losses[0] - losses[1]) / 2e-6
        assert np.sum(gradient * direction) == pytest.approx(slope, rel=1e-4, abs=1e-7)


def test_training_small_networks_learns_and_repeats():
    X_train, _, y_train, _ = load_digits_split()
    images = as_images(X_train[:128])

    def trained(seed):
        options = {"seed": seed, "epochs": [1, 25]}
        return list(train_small_convolutional.train(images, y_train[:128], 4, **options))

    (early, late), again, other = trained(0), trained(0), trained(1)
    assert late.channels == (4, 8)
    assert early.score(images, y_train[:128]) + 0.3 < late.score(images, y_train[:128])
    assert np.array_equal(again[1].kernels[0], late.kernels[0])
    assert not np.array_equal(other[1].kernels[0], late.kernels[0])


def test_the_table_of_small_networks_is_what_its_script_writes(tmp_path, monkeypatch):
    _, X_test, _, y_test = load_digits_split()
    said = [
        y_test,
        np.full(len(y_test), 3),
        load_convolutional_network().predict(as_images(X_test)),
    ]
    monkeypatch.setattr(train_small_convolutional, "predictions", lambda k, seed: said)
    train_small_convolutional.main(tmp_path)
    lines = (tmp_path / "convolutional_scratch.csv").read_text().splitlines()
    assert lines[0] == "measure,method,seed,4,8,16"
    assert "accuracy,scratch,0,1.0000,1.0000,1.0000" in lines
    assert "agreement,dense,9,1.0000,1.0000,1.0000" in lines
    shipped = load_study("convolutional scratch")
    assert shipped.ks.tolist() == list(train_small_convolutional.KEPT)
    assert shipped.seeds.tolist() == list(train_convolutional.SEEDS)
    assert list(shipped.accuracy) == ["scratch", "scratch, longer", "dense"]
    assert len(lines) == 1 + 2 * 3 * 10


def test_dense_rivals_have_about_as_many_parameters():
    X_train, _, y_train, _ = load_digits_split()
    X, y = X_train[:40] / 16, y_train[:40]
    dense = train_small_convolutional.dense_network(X, y, 4, seed=0)
    held = sum(w.size for w in (*dense.coefs_, *dense.intercepts_))
    small = network_size(load_convolutional_network(), (4, 8)).parameters
    assert small - 75 < held <= small


# --- pruning channels ----------------------------------------------------------------------------


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("select", ["id", "magnitude"])
@pytest.mark.parametrize("k", [1, 2, 3])
def test_pruning_equals_rebuilding_the_maps_in_the_full_network(layer, select, k):
    network, images = small(k)
    pruned = prune_channels(network, images, k, layer=layer, select=select)
    kept = kept_of(network, pruned, layer)
    assert pruned.channels[layer] == len(kept) == k
    T, change = rebuilding(network, images, kept, layer)
    new = np.random.default_rng(99).random((5, 1, 8, 8))
    assert np.allclose(pruned.logits(new), through(network, new, change))

    # the same, weight by weight
    assert np.array_equal(pruned.kernels[layer], network.kernels[layer][kept])
    if layer == 0:
        for o, j, s, t in np.ndindex(pruned.kernels[1].shape):
            expected = sum(T[j, c] * network.kernels[1][o, c, s, t] for c in range(4))
            assert pruned.kernels[1][o, j, s, t] == pytest.approx(expected)
        assert pruned.coefs[0] is network.coefs[0]
    else:
        for row in range(16 * k):
            j, pixel = divmod(row, 16)
            expected = sum(T[j, c] * network.coefs[0][16 * c + pixel] for c in range(5))
            assert np.allclose(pruned.coefs[0][row], expected)


@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("select", ["id", "magnitude"])
def test_without_correction_the_removed_channels_are_silent(layer, select):
    network, images = small(3)
    pruned = prune_channels(network, images, 2, layer=layer, select=select, correct="none")
    kept = kept_of(network, pruned, layer)

    def silence(maps, at):
        stays = np.isin(np.arange(maps.shape[1]), kept) | (at != layer)
        return maps * stays[:, None, None]

    assert np.allclose(pruned.logits(images), through(network, images, silence))


@given(st.integers(0, 1000), st.integers(0, 1), st.integers(1, 4))
def test_magnitude_keeps_the_filters_with_the_largest_norms(seed, layer, k):
    network, images = small(seed)
    pruned = prune_channels(network, images, k, layer=layer, select="magnitude", correct="none")
    norms = np.array([np.linalg.norm(taps.ravel()) for taps in network.kernels[layer]])
    kept = kept_of(network, pruned, layer)
    assert np.allclose(norms[kept], sorted(norms)[::-1][:k])


@given(st.integers(0, 1000), st.integers(0, 1), st.sampled_from(["id", "magnitude"]))
def test_all_channels_reproduce_the_logits(seed, layer, select):
    network, images = small(seed)
    # all channels speak, and the pixels are more than the channels: T is the identity
    network.biases[layer][:] = np.abs(network.biases[layer]) + 1
    k = network.channels[layer]
    for correct in ("interpolation", "none"):
        same_logits = prune_channels(
            network, images, k, layer=layer, select=select, correct=correct
        ).logits(images)
        assert np.allclose(same_logits, network.logits(images))


@pytest.mark.parametrize("layer", [0, 1])
def test_dead_and_doubled_channels_go_first_and_cost_nothing(layer):
    network, images = small(5)
    kernel, bias = network.kernels[layer], network.biases[layer]
    bias[1] = -1000.0  # never fires
    kernel[3], bias[3] = 2 * kernel[0], 2 * bias[0]
    k = len(kernel) - 2
    pruned = prune_channels(network, images, k, layer=layer)
    assert np.allclose(pruned.logits(images), network.logits(images))
    kept = kept_of(network, pruned, layer)
    assert 1 not in kept
    assert 0 not in kept, "of two that say the same, pivoting takes the longer one"
    whole = prune_channels(network, images, k + 2, layer=layer)
    assert np.allclose(whole.logits(images), network.logits(images))


def test_half_the_channels_cost_at_most_a_point():
    X_train, X_test, _, y_test = load_digits_split()
    network = load_convolutional_network()
    pruned = network
    for layer, k in ((0, 16), (1, 32)):
        pruned = prune_channels(pruned, as_images(X_train), k, layer=layer)
    assert pruned.channels == (16, 32)
    test = as_images(X_test)
    assert pruned.score(test, y_test) >= network.score(test, y_test) - 0.01


def test_nothing_given_is_changed():
    network, images = small(6)
    before, given_images = copy.deepcopy(vars(network)), images.copy()
    for layer in (0, 1):
        for select in ("id", "magnitude"):
            for correct in ("interpolation", "none"):
                options = {"layer": layer, "select": select, "correct": correct}
                pruned = prune_channels(network, images, 2, **options)
                for array in pruned.kernels[layer], pruned.biases[layer]:
                    array[...] = 0
    patch_matrix(images)[...] = 0
    convolve(images, network.kernels[0], network.biases[0])[...] = 0
    assert all(map(same, vars(network).values(), before.values()))
    assert np.array_equal(images, given_images)


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ((5, 8, 8), "must have shape .n, 1, height, width.*got .5, 8, 8"),
        ((5, 64), "as_images"),
        ((5, 8, 8, 1), "channels before height and.*got .5, 8, 8, 1"),
        ((5, 3, 8, 8), "must have shape .n, 1, .*got .5, 3, 8, 8"),
        ((5, 1, 10, 10), "8 × 8 pixels, got shape .5, 1, 10, 10"),
        ((0, 1, 8, 8), "minimum of 1"),
    ],
)
def test_images_of_the_wrong_shape_are_told(shape, told):
    network, _ = small()
    images = np.zeros(shape)
    for use in (network.logits, network.predict, lambda A: prune_channels(network, A, 2)):
        with pytest.raises(ValueError, match=re.compile(told, re.DOTALL)):
            use(images)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_images_must_be_finite(value):
    network, images = small()
    images[3, 0, 2, 2] = value
    uses = [network.logits, patch_matrix, max_pool, lambda A: prune_channels(network, A, 2)]
    for use in uses:
        with pytest.raises(ValueError, match="images contains"):
            use(images)
    with pytest.raises(ValueError, match="X contains"):
        as_images(images.reshape(-1, 64))


def test_rows_must_have_64_pixels():
    with pytest.raises(ValueError, match=r"64 columns.*got shape \(2, 784\)"):
        as_images(np.zeros((2, 784)))


def test_layers_that_do_not_fit_are_told():
    with pytest.raises(ValueError, match=r"shape \(n, 2, height, width\).*got \(1, 3, 4, 4\)"):
        convolve(np.zeros((1, 3, 4, 4)), np.zeros((5, 2, 3, 3)), np.zeros(5))
    for shape in ((1, 1, 3, 4), (1, 1, 4, 3)):
        with pytest.raises(ValueError, match=f"must be even.*{re.escape(str(shape))}"):
            max_pool(np.zeros(shape))
    for size, error in ((2, ValueError), (0, ValueError), (-1, ValueError), (3.0, TypeError)):
        with pytest.raises(error, match=f"size must be .*{size}"):
            patch_matrix(np.zeros((1, 1, 4, 4)), size)


@pytest.mark.parametrize(
    ("options", "error", "told"),
    [
        ({"k": 0}, ValueError, "k must be a whole number from 1 to 4 .*channels of convolution 0"),
        ({"k": 5}, ValueError, "from 1 to 4"),
        ({"k": 6, "layer": 1}, ValueError, "from 1 to 5 .*channels of convolution 1"),
        ({"k": 2.0}, TypeError, "of type float"),
        ({"k": True}, TypeError, "of type bool"),
        ({"k": 2, "layer": 2}, ValueError, "layer must be a whole number from 0 to 1"),
        ({"k": 2, "layer": -1}, ValueError, "from 0 to 1"),
        ({"k": 2, "select": "random"}, ValueError, "'id' or 'magnitude', got 'random'"),
        ({"k": 2, "select": max}, ValueError, "select must be"),
        ({"k": 2, "correct": "ridge"}, ValueError, "'interpolation' or 'none', got 'ridge'"),
    ],
)
def test_arguments_out_of_range_are_told(options, error, told):
    network, images = small()
    with pytest.raises(error, match=told):
        prune_channels(network, images, **options)


def test_other_networks_are_told_where_to_go():
    with pytest.raises(TypeError, match="ConvolutionalNetwork, got MLPClassifier; prune is for"):
        prune_channels(MLPClassifier(), small()[1], 2)


def test_feature_maps_know_two_layers():
    network, images = small()
    assert network.feature_maps(images, 0).shape == (7, 4, 8, 8)
    assert network.feature_maps(images, 1).shape == (7, 5, 4, 4)
    with pytest.raises(ValueError, match="from 0 to 1"):
        network.feature_maps(images, 2)


def test_a_network_prints_its_channels_and_copies():
    network, images = small()
    assert repr(network) == "ConvolutionalNetwork(channels=(4, 5))"
    assert np.array_equal(copy.deepcopy(network).logits(images), network.logits(images))
    assert network != copy.deepcopy(network)
