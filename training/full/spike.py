"""Does a rounded product survive a spike, as trained language models have at single tokens?

Random weights make no spikes, and a picture's scene may not either. So each rounded package is
asked for one product of the checkpoint's own weights, with a spike of 2000 in one channel of the
first token (as in arXiv 2405.14428), through the same rewriting as its graphs. All tokens but the
first are judged: a scale for the whole tensor would leave nothing of them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx_ir as ir
import onnxruntime

from .checkpoint import Checkpoint
from .keys import graph_sources
from .onnx_export import OPSET
from .parity import Row, compare
from .quantise import Stored, quantise

SPIKE = 2000.0
TOKENS = 32
NAME = "product with a spike"


def spike_row(checkpoint: Checkpoint, precision: str) -> Row:
    """Of the last feed-forward layer's way down, where spikes are largest."""
    layer = checkpoint.architecture.language.layers - 1
    sources = graph_sources(checkpoint.architecture)["planner_llm"]
    source = sources[f"language.layers.{layer}.down.weight"]
    return spiked(source.load(checkpoint.store).numpy(), precision)


def spiked(weight: np.ndarray, precision: str, rewrite: Callable = quantise) -> Row:
    """weight [in,out]."""
    x = np.random.default_rng(0).normal(size=(1, TOKENS, len(weight))).astype(np.float32)
    x[0, 0, 0] = SPIKE
    (found,) = product_session(weight, precision, rewrite).run(None, {"x": x})
    return compare(NAME, precision, [found[:, 1:]], [(x @ weight)[:, 1:]])


def product_session(
    weight: np.ndarray, precision: str, rewrite: Callable = quantise
) -> onnxruntime.InferenceSession:
    """x [1,T,in] times the weight, rounded as in a graph."""
    rows, columns = weight.shape
    floats = ir.TensorType(ir.DataType.FLOAT)
    x = ir.Value(name="x", shape=ir.Shape([1, "T", rows]), type=floats)
    value = ir.Value(name="weight", shape=ir.Shape(weight.shape), type=floats)
    value.const_value = ir.tensor(weight, name="weight")
    node = ir.node("MatMul", [x, value])
    node.outputs[0].name = "y"
    node.outputs[0].shape, node.outputs[0].type = ir.Shape([1, "T", columns]), floats
    graph = ir.Graph(
        [x], [node.outputs[0]], nodes=[node], initializers=[value], opset_imports={"": OPSET}
    )
    model = ir.Model(graph, ir_version=10)
    stored = rewrite(model, {"weight": Stored("weight", lambda: weight)}, precision)
    for name, made in stored.items():
        if name != "weight" or name in graph.initializers:
            graph.initializers[name].const_value = ir.tensor(made.make(), name=name)
    output = graph.outputs[0]
    output.shape, output.type = ir.Shape([1, "T", columns]), floats
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.x64quantprecision", "1")
    data = ir.to_proto(model).SerializeToString()
    return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
