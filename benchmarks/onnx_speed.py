"""Export the pruned language model to ONNX and time it: ``python -m benchmarks.onnx_speed``.

Needs the extras ``language`` and ``onnx``. Writes ``tutorial_helpers/results/language_speed.csv``:
for 100, 75, 50 and 25 % of the feed-forward neurons the size of the file, with and without the
table of word vectors; the multiply-adds of its matrices per token, in millions; and how many times
as fast onnxruntime is as with the full model, on one thread, with a batch of 32 texts of 32 tokens:
median and quartiles of the ratios within alternated rounds. Each exported model is compared with
the one in numpy first.
"""

import tempfile
from functools import partial
from pathlib import Path

import numpy as np

from tutorial_helpers import time_calls
from tutorial_helpers.language import load_language_model, prune_language_model

from .language_pairs import load_pairs
from .make_studies import RESULTS
from .prune_language import write

SHARES, BATCH, LENGTH, REPEATS, THREADS = (100, 75, 50, 25), 32, 32, 15, 1


class Graph:
    """Collects nodes and arrays; `add` returns the name of what a node puts out."""

    def __init__(self, arrays):
        self.arrays, self.nodes, self.stored = arrays, [], []

    def constant(self, array):
        """Store an array, return its name."""
        from onnx import numpy_helper

        name = f"c{len(self.stored)}"
        self.stored.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def add(self, kind, *inputs, **attributes):
        """Append a node; inputs are names, or arrays."""
        from onnx import helper

        inputs = [it if isinstance(it, str) else self.constant(it) for it in inputs]
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def linear(self, x, name):
        """Multiply by a weight matrix and add a bias."""
        product = self.add("MatMul", x, self.arrays[f"{name}.weight"].T)
        return self.add("Add", product, self.arrays[f"{name}.bias"])

    def norm(self, x, name):
        """Normalise over the last axis."""
        gain, shift = (self.arrays[f"{name}.{part}"] for part in ("weight", "bias"))
        return self.add("LayerNormalization", x, gain, shift, axis=-1, epsilon=1e-12)


def export(model, path):
    """Write a model as an ONNX file: ``tokens`` (n, l) and ``real`` (n, l) to ``vectors`` (n, d).

    ``tokens`` are int64, ``real`` float32: 1 for a token, 0 for what fills up. The vectors are
    those of ``model.encode``.
    """
    import onnx
    from onnx import TensorProto, helper

    w, graph = model.weights, Graph(model.weights)
    add, embeddings = graph.add, "embeddings.{}_embeddings.weight"
    d = w[embeddings.format("word")].shape[1]
    whole, split = (np.array(s, dtype=np.int64) for s in ([0, 0, d], [0, 0, model.heads, -1]))
    x = add("Gather", w[embeddings.format("word")], "tokens")
    length = add("Slice", add("Shape", "tokens"), np.array([1]), np.array([2]))
    places = add("Slice", w[embeddings.format("position")], np.array([0]), length, np.array([0]))
    x = add("Add", add("Add", x, places), w[embeddings.format("token_type")][0])
    x = graph.norm(x, "embeddings.LayerNorm")
    column = add("Unsqueeze", "real", np.array([2]))
    nobody = add("Unsqueeze", "real", np.array([1, 2]))
    nobody = add("Mul", add("Sub", nobody, np.float32(1)), np.float32(1e9))
    for i in range(len(model.widths)):
        name = f"encoder.layer.{i}."
        heads = {}
        for part, order in {
            "query": [0, 2, 1, 3],
            "key": [0, 2, 3, 1],
            "value": [0, 2, 1, 3],
        }.items():
            apart = add("Reshape", graph.linear(x, f"{name}attention.self.{part}"), split)
            heads[part] = add("Transpose", apart, perm=order)
        scores = add("MatMul", heads["query"], heads["key"])
        scores = add("Mul", scores, np.float32((d // model.heads) ** -0.5))
        shares = add("Softmax", add("Add", scores, nobody), axis=-1)
        mixed = add("Transpose", add("MatMul", shares, heads["value"]), perm=[0, 2, 1, 3])
        mixed = graph.linear(add("Reshape", mixed, whole), f"{name}attention.output.dense")
        x = graph.norm(add("Add", x, mixed), f"{name}attention.output.LayerNorm")
        Z = add("Gelu", graph.linear(x, f"{name}intermediate.dense"))
        added = graph.linear(Z, f"{name}output.dense")
        x = graph.norm(add("Add", x, added), f"{name}output.LayerNorm")
    sums = add("ReduceSum", add("Mul", x, column), np.array([1]), keepdims=0)
    lengths = add("ReduceL2", sums, np.array([1]), keepdims=1)
    graph.nodes.append(helper.make_node("Div", [sums, lengths], ["vectors"]))
    made = helper.make_graph(
        graph.nodes,
        "sentence encoder",
        [
            helper.make_tensor_value_info("tokens", TensorProto.INT64, ["n", "l"]),
            helper.make_tensor_value_info("real", TensorProto.FLOAT, ["n", "l"]),
        ],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["n", d])],
        graph.stored,
    )
    # Gelu came with operator set 20
    onnx.save(
        helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), path
    )


def session(path, threads=THREADS):
    """Open an exported model with a fixed number of threads."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def encode(opened, model, texts):
    """Encode texts with an exported model, all in one batch."""
    tokens = model.tokenize(texts)
    real = np.array([np.arange(max(map(len, tokens))) < len(found) for found in tokens])
    padded = np.zeros(real.shape, dtype=np.int64)
    padded[real] = np.concatenate(tokens)
    return opened.run(None, {"tokens": padded, "real": real.astype(np.float32)})[0]


def operations(model):
    """Return the multiply-adds of all matrices per token, without those of the scores."""
    w = model.weights
    return sum(array.size for name, array in w.items() if "layer" in name and array.ndim == 2)


def main():
    """Prune, export, time, and write the table."""
    import onnxruntime

    full, texts = load_language_model(), load_pairs("calibration").bodies[:40]
    rng = np.random.default_rng(0)
    tokens = rng.integers(1000, 30000, size=(BATCH, LENGTH))
    batch = {"tokens": tokens, "real": np.ones(tokens.shape, dtype=np.float32)}
    word_vectors = full.weights["embeddings.word_embeddings.weight"].nbytes
    rows, calls = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for share in SHARES:
            model, path = full, Path(folder, f"{share}.onnx")
            if share < 100:
                # the speed does not depend on which neurons stay
                widths = [share * m // 100 for m in full.widths]
                model = prune_language_model(
                    full, texts, widths, select="magnitude", correct="none"
                )
            export(model, path)
            opened = session(path)
            found, wanted = encode(opened, model, texts[:8]), model.encode(texts[:8])
            np.testing.assert_allclose(found, wanted, atol=1e-5)
            calls[share] = partial(opened.run, None, batch)
            size = path.stat().st_size
            rows.setdefault(("file", "MB"), []).append(size / 1e6)
            rows.setdefault(("file without words", "MB"), []).append((size - word_vectors) / 1e6)
            rows.setdefault(("operations", "million"), []).append(operations(model) / 1e6)
            print(share, flush=True)
        timings = time_calls({str(share): call for share, call in calls.items()}, repeats=REPEATS)
    ratios = [timings.seconds["100"] / seconds for seconds in timings.seconds.values()]
    for name, percent in {"low": 25, "median": 50, "high": 75}.items():
        rows["times as fast", name] = [np.percentile(ratio, percent) for ratio in ratios]
    write(
        RESULTS / "language_speed.csv",
        ["what", "unit", *SHARES],
        [(*names, row) for names, row in rows.items()],
    )
    print(f"onnxruntime {onnxruntime.__version__}, {THREADS} thread, {BATCH} × {LENGTH} tokens")


if __name__ == "__main__":
    main()
