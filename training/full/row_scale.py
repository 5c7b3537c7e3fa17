"""Activations in 8 bits with a scale for each row, as nodes of a graph."""

from __future__ import annotations

import numpy as np
import onnx_ir as ir


def measure_rows(model: ir.Model, x: ir.Value) -> list[ir.Node]:
    """x [..., in] to scale [..., 1] and uint8 round(x / scale) + 128, in 1...255."""
    size = ir.node("Abs", [x])
    most = ir.node(
        "ReduceMax",
        [size.outputs[0], constant(model, "row.axis", np.array([-1], np.int64))],
        attributes={"keepdims": 1},
    )
    above = ir.node(
        "Max", [most.outputs[0], constant(model, "row.least", np.array(1e-30, np.float32))]
    )
    largest = constant(model, "row.largest", np.array(127, np.float32))
    scale = ir.node("Div", [above.outputs[0], largest])
    share = ir.node("Div", [x, scale.outputs[0]])
    whole = ir.node("Round", [share.outputs[0]])
    middle = constant(model, "row.middle", np.array(128, np.float32))
    moved = ir.node("Add", [whole.outputs[0], middle])
    number = ir.node("Cast", [moved.outputs[0]], attributes={"to": ir.DataType.UINT8})
    return [size, most, above, scale, share, whole, moved, number]


def constant(model: ir.Model, name: str, number: np.ndarray) -> ir.Value:
    """A small number of the graph; the same name is the same one."""
    found = model.graph.initializers.get(name)
    if found is None:
        tensor = ir.tensor(number, name=name)
        found = ir.Value(name=name, shape=tensor.shape, type=ir.TensorType(tensor.dtype))
        found.const_value = tensor
        model.graph.initializers[name] = found
    return found
