"""The language model: its parts against plain loops, its errors, and the real one if installed."""

import json
import math
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest
from scipy.special import erf

import tutorial_helpers.language as language
from tutorial_helpers import by_id, hidden_activations, interpolative_decomposition
from tutorial_helpers.language import (
    LanguageModel,
    attention,
    layer_norm,
    load_language_model,
    prune_language_model,
    read_safetensors,
)
from tutorial_helpers.networks import ACTIVATIONS

WIDTH, HEADS, INNER, BLOCKS, VOCABULARY, LONGEST = 8, 2, 12, 2, 30, 9
TEXTS = ["12 3", "4 5 6 7 8", "29", "1 2 3", "9 10 11 12 13 14", "15 16 17", "18 19 20 21 22"]
installed = all(map(find_spec, (language.PACKAGE, "tokenizers")))
needs_extra = pytest.mark.skipif(not installed, reason="the extra 'language' is not installed")


def numbers(texts):
    """Tokenize texts that are numbers."""
    return [[int(word) for word in text.split()] for text in texts]


@pytest.fixture(scope="module")
def tiny():
    """Make a model of random weights with the names of the real one."""
    rng = np.random.default_rng(0)
    shapes = {
        "embeddings.word_embeddings.weight": (VOCABULARY, WIDTH),
        "embeddings.position_embeddings.weight": (LONGEST, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
    }
    norms = ["embeddings.LayerNorm"]
    for i in range(BLOCKS):
        name = f"encoder.layer.{i}."
        layers = {f"attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")}
        layers |= {"attention.output.dense": (WIDTH, WIDTH)}
        layers |= {"intermediate.dense": (INNER, WIDTH), "output.dense": (WIDTH, INNER)}
        for layer, shape in layers.items():
            shapes |= {f"{name}{layer}.weight": shape, f"{name}{layer}.bias": shape[:1]}
        norms += [f"{name}attention.output.LayerNorm", f"{name}output.LayerNorm"]
    for name in norms:
        shapes |= {f"{name}.weight": (WIDTH,), f"{name}.bias": (WIDTH,)}
    weights = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    for i in range(BLOCKS):  # no neuron that is silent
        weights[f"encoder.layer.{i}.intermediate.dense.weight"] *= 0.3
    return LanguageModel(weights, numbers, HEADS)


def by_loops(model, tokens):
    """Compute the vector of one text number by number."""
    w = model.weights

    def normed(row, name):
        mean = sum(row) / len(row)
        spread = math.sqrt(sum((value - mean) ** 2 for value in row) / len(row) + 1e-12)
        gain, shift = w[f"{name}.weight"], w[f"{name}.bias"]
        return [(v - mean) / spread * g + s for v, g, s in zip(row, gain, shift, strict=True)]

    def linear(row, name):
        return [
            sum(a * b for a, b in zip(row, weights, strict=True)) + bias
            for weights, bias in zip(w[f"{name}.weight"], w[f"{name}.bias"], strict=True)
        ]

    def added(one, other, name):
        return normed([a + b for a, b in zip(one, other, strict=True)], name)

    kinds = w["embeddings.token_type_embeddings.weight"][0]
    x = [
        normed(
            [
                w["embeddings.word_embeddings.weight"][token][c]
                + w["embeddings.position_embeddings.weight"][place][c]
                + kinds[c]
                for c in range(WIDTH)
            ],
            "embeddings.LayerNorm",
        )
        for place, token in enumerate(tokens)
    ]
    size = WIDTH // HEADS
    for i in range(BLOCKS):
        name = f"encoder.layer.{i}."
        q, k, v = (
            [linear(row, f"{name}attention.self.{part}") for row in x]
            for part in ("query", "key", "value")
        )
        after = []
        for t, row in enumerate(x):
            mixed = []
            for head in range(HEADS):
                own = range(head * size, (head + 1) * size)
                shares = [
                    math.exp(sum(q[t][c] * k[s][c] for c in own) / math.sqrt(size))
                    for s in range(len(x))
                ]
                mixed += [
                    sum(share * v[s][c] for s, share in enumerate(shares)) / sum(shares)
                    for c in own
                ]
            mixed = linear(mixed, f"{name}attention.output.dense")
            after.append(added(row, mixed, f"{name}attention.output.LayerNorm"))
        x = []
        for row in after:
            inner = linear(row, f"{name}intermediate.dense")
            inner = [a / 2 * (1 + math.erf(a / math.sqrt(2))) for a in inner]
            outer = linear(inner, f"{name}output.dense")
            x.append(added(row, outer, f"{name}output.LayerNorm"))
    mean = [sum(column) / len(x) for column in zip(*x, strict=True)]
    length = math.sqrt(sum(value**2 for value in mean))
    return [value / length for value in mean]


# --- parts ---------------------------------------------------------------------------------------


def test_gelu_is_a_times_the_normal_distribution_function():
    A = np.linspace(-6, 6, 101)
    np.testing.assert_allclose(ACTIVATIONS["gelu"](A), A / 2 * (1 + erf(A / 2**0.5)), atol=1e-15)


def test_layer_norm_has_the_mean_and_spread_that_it_is_told():
    x = np.random.default_rng(1).normal(3, 5, size=(4, 6, 50))
    found = layer_norm(x, np.full(50, 2.0), np.full(50, 7.0))
    np.testing.assert_allclose(found.mean(axis=-1), 7)
    np.testing.assert_allclose(found.std(axis=-1), 2)


def test_attention_does_not_see_what_only_fills_up():
    rng = np.random.default_rng(2)
    q, k, v = rng.normal(size=(3, 5, 4))
    real = np.array([True, True, True, False, False])
    alone = attention(q, k[:3], v[:3])
    np.testing.assert_allclose(attention(q, k, v, real), alone)


def test_attention_of_huge_scores_takes_one_value():
    q, v = np.array([[1e4, 0.0]]), np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(attention(q, np.array([[1.0, 0], [0.5, 0]]), v), v[:1])


def test_the_model_says_what_plain_loops_say(tiny):
    found = tiny.encode(TEXTS)
    for row, tokens in zip(found, numbers(TEXTS), strict=True):
        np.testing.assert_allclose(row, by_loops(tiny, tokens), atol=1e-12)


def test_the_company_of_a_text_and_the_size_of_batches_do_not_matter(tiny, monkeypatch):
    together = tiny.encode(TEXTS)
    monkeypatch.setattr(language, "TOKENS_AT_ONCE", 1)
    np.testing.assert_allclose(tiny.encode(TEXTS), together, atol=1e-12)
    np.testing.assert_allclose(tiny.encode(TEXTS[1]), together[1:2], atol=1e-12)


def test_float32_stays_float32(tiny):
    single = {name: array.astype("f") for name, array in tiny.weights.items()}
    assert replace(tiny, weights=single).encode(TEXTS).dtype == np.float32


def test_a_block_is_a_network_that_reads_what_the_block_reads(tiny):
    inputs, tokens = tiny.feed_forward_inputs(TEXTS), sum(map(len, numbers(TEXTS)))
    assert [X.shape for X in inputs] == [(tokens, WIDTH)] * BLOCKS
    Z = hidden_activations(tiny.feed_forward(1), inputs[1])
    W = tiny.weights["encoder.layer.1.intermediate.dense.weight"]
    A = inputs[1] @ W.T + tiny.weights["encoder.layer.1.intermediate.dense.bias"]
    np.testing.assert_allclose(Z, A / 2 * (1 + erf(A / 2**0.5)), atol=1e-12)


def test_reading_safetensors():
    numbers = np.arange(6, dtype="<f4")
    table = {
        "__metadata__": {"format": "pt"},
        "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
        "places": {"dtype": "I64", "shape": [1], "data_offsets": [16, 24]},
        "b": {"dtype": "F32", "shape": [2], "data_offsets": [16, 24]},
    }
    head = json.dumps(table).encode()
    found = read_safetensors(len(head).to_bytes(8, "little") + head + numbers.tobytes())
    assert list(found) == ["a", "b"]
    np.testing.assert_array_equal(found["a"], [[0, 1], [2, 3]])
    np.testing.assert_array_equal(found["b"], [4, 5])


# --- pruning -------------------------------------------------------------------------------------


def test_pruning_is_the_id_of_what_each_block_computes(tiny):
    before = {name: array.copy() for name, array in tiny.weights.items()}
    pruned = prune_language_model(tiny, TEXTS, [5, INNER])
    assert pruned.widths == (5, INNER)
    W, U = tiny.feed_forward(0).coefs_
    Z = hidden_activations(tiny.feed_forward(0), tiny.feed_forward_inputs(TEXTS)[0])
    kept, T = interpolative_decomposition(Z, 5)
    small = pruned.feed_forward(0)
    np.testing.assert_array_equal(small.coefs_[0], W[:, kept])
    np.testing.assert_allclose(small.coefs_[1], T @ U)
    untouched = set(tiny.weights) - {name for name in tiny.weights if "layer.0" in name}
    assert all(pruned.weights[name] is tiny.weights[name] for name in untouched)
    assert all(np.array_equal(tiny.weights[name], before[name]) for name in before)


def test_removing_nothing_changes_nothing(tiny):
    same = prune_language_model(tiny, TEXTS, tiny.widths)
    np.testing.assert_array_equal(same.encode(TEXTS), tiny.encode(TEXTS))


def test_a_neuron_that_is_a_copy_costs_nothing(tiny):
    weights = dict(tiny.weights)
    first, second = by_id(tiny.feed_forward(0), tiny.feed_forward_inputs(TEXTS)[0], 2)
    for part in ("weight", "bias"):
        name = f"encoder.layer.0.intermediate.dense.{part}"
        weights[name] = weights[name].copy()
        weights[name][second] = weights[name][first]
    twin = replace(tiny, weights=weights)
    pruned = prune_language_model(twin, TEXTS, [INNER - 1, INNER])
    np.testing.assert_allclose(pruned.encode(TEXTS), twin.encode(TEXTS), atol=1e-10)
    left_out = prune_language_model(twin, TEXTS, [INNER - 1, INNER], correct="none")
    assert np.abs(left_out.encode(TEXTS) - twin.encode(TEXTS)).max() > 1e-3


@pytest.mark.parametrize("select", ["magnitude", "random", "variance"])
def test_other_choices_and_corrections_are_those_of_prune(tiny, select):
    how = {"select": select, "correct": "least squares", "random_state": 0}
    pruned = prune_language_model(tiny, TEXTS, [4, 6], **how)
    assert pruned.widths == (4, 6)
    again = prune_language_model(tiny, TEXTS, [4, 6], **how)
    np.testing.assert_array_equal(pruned.encode(TEXTS), again.encode(TEXTS))


# --- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "one text or more"),
        (["1 2", " "], "text 1 is ' '"),
        (["1", 7], "text 1 is 7"),
        (["1", f"2 {VOCABULARY}"], "text 1 has tokens from 2 to 30, the vocabulary those from 0"),
        (["-1"], "text 0 has tokens from -1"),
        ([" 1" * (LONGEST + 1)], "text 0 has 10 tokens, the model reads 1 to 9"),
    ],
)
def test_texts_that_the_model_cannot_read(tiny, texts, message):
    with pytest.raises(ValueError, match=message):
        tiny.encode(texts)


@pytest.mark.parametrize(
    ("widths", "message"),
    [
        ([5], "must hold 2 numbers"),
        (5, "must hold 2 numbers"),
        ([5, INNER + 1], "from 1 to 12"),
        ([0, 5], "from 1 to 12"),
    ],
)
def test_widths_that_do_not_fit(tiny, widths, message):
    with pytest.raises(ValueError, match=message):
        prune_language_model(tiny, TEXTS, widths)


def test_fewer_calibration_tokens_than_neurons(tiny):
    with pytest.raises(ValueError, match="5 neurons need as many calibration tokens"):
        prune_language_model(tiny, TEXTS[:1], [5, 2])
    assert prune_language_model(tiny, TEXTS[:1], [2, 2]).widths == (2, 2)


def test_what_is_no_such_model(tiny):
    with pytest.raises(TypeError, match="must be a LanguageModel, got MLPRegressor"):
        prune_language_model(tiny.feed_forward(0), TEXTS, [5, 5])
    with pytest.raises(ValueError, match="the blocks, the first is 0"):
        tiny.feed_forward(2)


def test_files_that_are_missing_or_damaged(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds no model.safetensors: install"):
        load_language_model(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"half a file")
    with pytest.raises(ValueError, match=r"model.safetensors is damaged .* begins 89ec7839"):
        load_language_model(tmp_path)


def test_the_extra_is_not_installed(monkeypatch):
    monkeypatch.setattr(language, "PACKAGE", "no_such_package_here")
    with pytest.raises(ImportError, match=r"an extra, not installed here: pip install -e"):
        load_language_model()


# --- the real model ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real():
    return load_language_model()


@needs_extra
def test_the_real_model_reads_and_puts_together_what_belongs_together(real):
    assert real.widths == (1536,) * 6
    assert sum(array.size for array in real.weights.values()) // 10**5 == 227
    texts = ["A cat sleeps on the mat.", "The kitten naps on a rug.", "Interest rates rise again."]
    cosines = real.encode(texts) @ real.encode(texts).T
    np.testing.assert_allclose(np.diag(cosines), 1, rtol=1e-5)
    assert cosines[0, 1] > 0.5 > 0.2 > cosines[0, 2]
    assert real.tokenize(["The cat"]) == [[101, 1996, 4937, 102]]  # [CLS] the cat [SEP]


@needs_extra
def test_the_real_model_pruned_a_little_hardly_moves(real):
    texts = ["The quick brown fox jumps over the lazy dog near the river."] * 2
    pruned = prune_language_model(real, texts, [20, *real.widths[1:]])
    assert pruned.widths[0] == 20
    assert np.sum(pruned.encode(texts) * real.encode(texts), axis=1).min() > 0.99


# --- exported ------------------------------------------------------------------------------------


@pytest.mark.skipif(
    not all(map(find_spec, ("onnx", "onnxruntime"))), reason="the extra 'onnx' is not installed"
)
def test_an_exported_model_gives_the_vectors_of_numpy(tiny, tmp_path):
    from benchmarks.onnx_speed import encode, export, session

    single = {name: array.astype(np.float32) for name, array in tiny.weights.items()}
    full = replace(tiny, weights=single)
    for model in (full, prune_language_model(full, TEXTS, [5, 7])):
        export(model, tmp_path / "model.onnx")
        found = encode(session(tmp_path / "model.onnx"), model, TEXTS)
        np.testing.assert_allclose(found, model.encode(TEXTS), atol=1e-5)
