"""Int8 and 4-bit weights, put into a graph while its weights are still unread.

int8: weights symmetric per column; activations are measured at run time and rounded to 8 bits with
a scale for each row, which is a token (MatMulInteger): the spikes that trained language models have
at single tokens then coarsen no other token. int7: the same with weights of half the range: two
products with activations then fit 16 bits, as x86 without 8-bit dot products adds them, so it need
not take the slower way. int4: weights in blocks of 32 per column (MatMulNBits, whose products
onnxruntime may compute with activations in 8 bits, per block). Norms, biases and attention
itself stay in float32; a table of embeddings becomes float16.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import onnx_ir as ir

from .row_scale import constant, measure_rows

SMALLEST = 32  # a weight with a side shorter than this stays float32
BLOCK = 32
COLUMNS = 2048
LARGEST = {"int8": 127, "int7": 63}
# Sees raw pixels, once a picture: not worth a loss.
KEPT = ("patch.weight",)


@dataclass(frozen=True)
class Stored:
    """A tensor to be written: `key` says what it holds, `make` reads and computes it."""

    key: str
    make: Callable[[], np.ndarray]


def quantise(
    model: ir.Model,
    stored: dict[str, Stored],
    precision: str,
) -> dict[str, Stored]:
    """Rewrites the graph; returns what has to be written for it now."""
    stored = dict(stored)
    measured: dict[ir.Value, list[ir.Value]] = {}
    for node in list(model.graph):
        if node.op_type == "Gather" and is_weight(node.inputs[0], stored):
            half_embedding(model, node, stored)
        elif node.op_type == "MatMul" and is_weight(node.inputs[1], stored):
            weight = node.inputs[1]
            if weight.name in KEPT or min(weight.shape.numpy()) < SMALLEST:
                continue
            if precision in LARGEST:
                to_int8(model, node, stored, measured, LARGEST[precision])
            else:
                to_int4(model, node, stored)
    return stored


def is_weight(value: ir.Value | None, stored: dict[str, Stored]) -> bool:
    return value is not None and value.name in stored and len(value.shape) == 2


class Once:
    """Several tensors are made of one; it is computed once and dropped after the last."""

    def __init__(self, make: Callable[[], tuple[np.ndarray, ...]], uses: int):
        self.make, self.uses, self.left = make, uses, 0
        self.found: tuple[np.ndarray, ...] = ()

    def part(self, i: int) -> Callable[[], np.ndarray]:
        def take() -> np.ndarray:
            if not self.left:
                self.found, self.left = self.make(), self.uses
            self.left -= 1
            part = self.found[i]
            if not self.left:
                self.found = ()
            return part

        return take


def add_weight(
    model: ir.Model, stored: dict[str, Stored], name: str, dtype: ir.DataType, shape, make
) -> ir.Value:
    value = ir.Value(name=name, shape=ir.Shape(shape), type=ir.TensorType(dtype))
    # Stands for the numbers until they are written.
    value.const_value = ir.LazyTensor(
        lambda: ir.tensor(make()), dtype=dtype, shape=ir.Shape(shape), name=name
    )
    model.graph.initializers[name] = value
    stored[name] = Stored(name, make)
    return value


def replace(model: ir.Model, node: ir.Node, nodes: list[ir.Node], stored: dict) -> None:
    """Replaces `node` by `nodes`; the weight is removed once no node uses it."""
    weight = node.inputs[0 if node.op_type == "Gather" else 1]
    old, new = node.outputs[0], nodes[-1].outputs[0]
    new.name = old.name
    model.graph.insert_before(node, nodes)
    old.replace_all_uses_with(new, replace_graph_outputs=True)
    model.graph.remove(node, safe=True)
    if not weight.uses():
        del model.graph.initializers[weight.name]
        del stored[weight.name]


def half_embedding(model: ir.Model, node: ir.Node, stored: dict[str, Stored]) -> None:
    table = node.inputs[0]
    load = stored[table.name].make
    half = add_weight(
        model,
        stored,
        f"{table.name}.fp16",
        ir.DataType.FLOAT16,
        table.shape.numpy(),
        lambda: load().astype(np.float16),
    )
    gather = ir.node("Gather", [half, node.inputs[1]], attributes=dict(node.attributes))
    cast = ir.node("Cast", gather.outputs, attributes={"to": ir.DataType.FLOAT})
    replace(model, node, [gather, cast], stored)


def column_ranges(columns: int) -> list[slice]:
    """A few at a time: the temporary copies of a whole table would be many times its size."""
    return [slice(i, i + COLUMNS) for i in range(0, columns, COLUMNS)]


def int8_columns(weight: np.ndarray, largest: int = 127) -> tuple[np.ndarray, np.ndarray]:
    """[in,out] -> int8 in -largest...largest, and one scale a column."""
    numbers = np.empty(weight.shape, dtype=np.int8)
    scale = np.empty(weight.shape[1], dtype=np.float32)
    for part in column_ranges(weight.shape[1]):
        columns = weight[:, part]
        scale[part] = np.maximum(np.abs(columns).max(0), 1e-30) / largest
        numbers[:, part] = np.rint(columns / scale[part])
    return numbers, scale


def to_int8(model, node: ir.Node, stored: dict[str, Stored], measured: dict, largest: int) -> None:
    x, weight = node.inputs
    rows, columns = weight.shape.numpy()
    load = stored[weight.name].make
    parts = Once(lambda: int8_columns(load(), largest), 2)
    int8 = add_weight(
        model, stored, f"{weight.name}.int8", ir.DataType.INT8, (rows, columns), parts.part(0)
    )
    scale = add_weight(
        model, stored, f"{weight.name}.scale", ir.DataType.FLOAT, (columns,), parts.part(1)
    )
    nodes = []
    if x not in measured:
        # One measurement for all layers that read the same values.
        nodes = measure_rows(model, x)
        measured[x] = [nodes[-1].outputs[0], nodes[-5].outputs[0]]
    value, x_scale = measured[x]
    zero = constant(model, "row.zero", np.array(128, np.uint8))
    product = ir.node("MatMulInteger", [value, int8, zero])
    number = ir.node("Cast", product.outputs, attributes={"to": ir.DataType.FLOAT})
    # First the columns', then the rows' scale: onnxruntime would take the product of both for
    # the scale of a whole tensor.
    column = ir.node("Mul", [number.outputs[0], scale])
    result = ir.node("Mul", [column.outputs[0], x_scale])
    replace(model, node, [*nodes, product, number, column, result], stored)


def int4_blocks(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[in,out] -> nibbles [out,blocks,16] and scales [out*blocks]; value = scale * (nibble - 8).

    The number that is largest without its sign becomes -8, so all 16 levels are used.
    """
    parts = [four_bits(weight[:, part]) for part in column_ranges(weight.shape[1])]
    nibbles, scales = (np.concatenate(arrays) for arrays in zip(*parts))
    return nibbles, scales


def four_bits(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rows, columns = weight.shape
    blocks = -(-rows // BLOCK)
    padded = np.zeros((columns, blocks * BLOCK), dtype=np.float32)
    padded[:, :rows] = weight.T
    padded = padded.reshape(columns, blocks, BLOCK)
    at = np.abs(padded).argmax(-1, keepdims=True)
    scale = np.take_along_axis(padded, at, -1) / -8
    inverse = np.divide(1, scale, out=np.zeros_like(scale), where=scale != 0)
    nibbles = np.clip(np.rint(padded * inverse) + 8, 0, 15).astype(np.uint8)
    packed = nibbles[..., 0::2] | (nibbles[..., 1::2] << 4)
    return packed, scale.astype(np.float32).reshape(-1)


def to_int4(model, node: ir.Node, stored: dict[str, Stored]) -> None:
    x, weight = node.inputs
    rows, columns = (int(n) for n in weight.shape.numpy())
    blocks = -(-rows // BLOCK)
    load = stored[weight.name].make
    parts = Once(lambda: int4_blocks(load()), 2)
    packed = add_weight(
        model,
        stored,
        f"{weight.name}.int4",
        ir.DataType.UINT8,
        (columns, blocks, BLOCK // 2),
        parts.part(0),
    )
    scale = add_weight(
        model, stored, f"{weight.name}.scale", ir.DataType.FLOAT, (columns * blocks,), parts.part(1)
    )
    product = ir.node(
        "MatMulNBits",
        [x, packed, scale],
        domain="com.microsoft",
        attributes={
            "K": rows,
            "N": columns,
            "bits": 4,
            "block_size": BLOCK,
            "accuracy_level": 4,  # 8-bit arithmetic: a word takes a fraction of the time
        },
    )
    model.graph.opset_imports["com.microsoft"] = 1
    replace(model, node, [product], stored)
