"""Network of stand-ins -> ONNX file, with the checkpoint's numbers streamed into a data file.

Tracing sees no weights at all, and they are written one after the other, so the memory that an
export takes is that of the largest single weight, however large the model is.
"""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from unittest import mock

import numpy as np
import onnx_ir as ir
import torch
from onnxscript.rewriter.rules.common import slice_split_rule

from .graphs import Graph
from .layers import halve
from .quantise import Stored, quantise
from .sources import Source, Sources
from .weights import Weights

OPSET = 20
PAGE = 4096  # weights of a page or more begin on one, so that a runtime can map them
CACHE_LINE = 64
INLINE_BYTES = 1024  # smaller tensors stay in the graph's own file


@dataclass
class DataFile:
    """Weights of one or several graphs; a weight that two of them have is written once."""

    path: Path
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def put(self, key: str, tensor: np.ndarray) -> tuple[int, int]:
        if key not in self.places:
            with self.path.open("ab") as file:
                alignment = PAGE if tensor.nbytes >= 16 * PAGE else CACHE_LINE
                file.write(b"\0" * (-file.tell() % alignment))
                offset = file.tell()
                np.ascontiguousarray(tensor).tofile(file)
            self.places[key] = (offset, tensor.nbytes)
        return self.places[key]


class Traces:
    """Tracing a large graph takes minutes, so it is done once for all that are made of it."""

    def __init__(self):
        self.models: dict[tuple[str, bool], ir.Model] = {}

    def take(self, graph: Graph, half: bool) -> ir.Model:
        """A copy, which may be changed."""
        key = graph.name, half
        if key not in self.models:
            self.models[key] = trace(graph, half)
        return self.models[key].clone()


def export_graph(
    model: ir.Model,
    graph: Graph,
    sources: Sources,
    store: Weights,
    precision: str,
    data: DataFile,
) -> Path:
    """Writes NAME.onnx beside `data` and appends to it; precision is one of parity.ORDER.

    `model` is what was traced of `graph`, and is changed.
    """
    weights = named_weights(model, graph, sources)
    stored: dict[str, Stored] = {}
    for name, value in weights.items():
        kept = np.float16 if value.dtype == ir.DataType.FLOAT16 else np.float32
        load = partial(load_numbers, sources[name], store, kept)
        stored[name] = Stored(f"{name}.{kept.__name__}", load)
    if precision.startswith("int"):
        stored = quantise(model, stored, precision)
    write_weights(model, stored, data)
    declare_outputs(model, graph)
    strip_origins(model)
    file = data.path.with_name(f"{graph.name}.onnx")
    ir.save(model, file)
    return file


def trace(graph: Graph, half: bool) -> ir.Model:
    network = graph.build().eval()
    if half:
        halve(network)
    dims: dict[str, object] = {}
    shapes = {
        name: {i: dims.setdefault(d, torch.export.Dim(d)) for i, d in axes.items()}
        for name, axes in graph.dynamic.items()
    }
    for name in graph.inputs:
        shapes.setdefault(name, {})
    # It warns of packages that are not needed, and prints how far it is.
    logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        # Looks at every pair of nodes, which takes minutes for a large graph and finds nothing.
        mock.patch.object(slice_split_rule, "try_rewrite", return_value=None),
    ):
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            network,
            tuple(graph.inputs.values()),
            input_names=list(graph.inputs),
            output_names=list(graph.outputs),
            opset_version=OPSET,
            dynamo=True,
            dynamic_shapes=tuple(shapes[name] for name in graph.inputs),
            verbose=False,
        )
    if program is None:
        raise AssertionError("torch traced no program")
    return program.model


def load_numbers(source: Source, store: Weights, dtype: type) -> np.ndarray:
    array = source.load(store).numpy()
    if dtype is np.float16 and np.abs(array).max(initial=0) > np.finfo(np.float16).max:
        raise OverflowError("a weight is beyond the range of fp16")
    return array.astype(dtype, copy=False)


def named_weights(model: ir.Model, graph: Graph, sources: Sources) -> dict[str, ir.Value]:
    """The graph's weights by their names; every one must be there, and no other large tensor."""
    found = {n: v for n, v in model.graph.initializers.items() if n in sources}
    names = {name for name, _ in graph.build().named_parameters()}
    lost = sorted(names - set(found))
    if lost or names - set(sources):
        raise AssertionError(f"{graph.name}: the tracer changed or lost weights: {lost[:5]}")
    return found


def write_weights(model: ir.Model, stored: dict[str, Stored], data: DataFile) -> None:
    for name, value in list(model.graph.initializers.items()):
        source = stored.get(name)
        if source is None:
            continue
        array = source.make()
        if tuple(array.shape) != tuple(value.shape.numpy()):
            raise AssertionError(f"{name}: expected {value.shape}, found {array.shape}")
        if array.nbytes < INLINE_BYTES:
            value.const_value = ir.tensor(np.ascontiguousarray(array), name=name)
            continue
        offset, length = data.put(source.key, array)
        value.const_value = ir.ExternalTensor(
            location=data.path.name,
            offset=offset,
            length=length,
            dtype=value.dtype,
            shape=value.shape,
            name=name,
            base_dir=data.path.parent,
        )


def declare_outputs(model: ir.Model, graph: Graph) -> None:
    """Names of dimensions as the package documents them, not as the tracer made them up."""
    for value in model.graph.inputs:
        shape: list[int | str] = list(graph.inputs[value.name].shape)
        for i, name in graph.dynamic.get(value.name, {}).items():
            shape[i] = name
        value.shape = ir.Shape(shape)
    for value in model.graph.outputs:
        value.shape = ir.Shape(graph.shapes[value.name])
        value.type = ir.TensorType(ir.DataType.FLOAT)


def strip_origins(model: ir.Model) -> None:
    """Removes the stack traces of nodes, and shapes that are no longer true."""
    parts = [model, model.graph, *model.graph.all_nodes(), *model.graph.initializers.values()]
    model.doc_string = model.graph.doc_string = None
    for part in parts:
        part.metadata_props.clear()
        if isinstance(part, ir.Node):
            part.doc_string = None
            for value in part.outputs:
                value.metadata_props.clear()
                if not value.is_graph_output():
                    value.shape = value.type = None
    for value in (*model.graph.inputs, *model.graph.outputs):
        value.metadata_props.clear()
