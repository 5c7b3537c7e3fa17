"""Rounded weights: near enough, and understood by onnxruntime as they are meant."""

from __future__ import annotations

import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime

from training.full.quantise import BLOCK, int4_blocks, int8_columns
from training.full.spike import SPIKE, TOKENS, product_session, spiked


def test_rounding() -> None:
    """Rounded weights are within half a step."""
    weight = np.random.default_rng(0).normal(size=(100, 40)).astype(np.float32)
    weight[:, 3] = 0
    weight[:, 4] *= 1e-20
    number, scale = int8_columns(weight)
    assert number.dtype == np.int8 and scale.shape == (40,)
    assert (np.abs(number * scale - weight) <= scale * 0.501).all()
    assert (np.abs(number).max(0)[np.arange(40) != 3] == 127).all(), "the range is not used"
    number, scale = int8_columns(weight, 63)
    assert np.abs(number).max() == 63 and (np.abs(number * scale - weight) <= scale * 0.501).all()
    packed, scale4 = int4_blocks(weight)
    assert packed.shape == (40, 4, BLOCK // 2) and scale4.shape == (160,)
    step = np.abs(scale4).reshape(40, 4).repeat(BLOCK, 1)[:, :100].T
    # One end of the range has a level less: there the error may be a whole step.
    assert (np.abs(unpack(packed, scale4)[:100] - weight) <= step * 1.001).all()


def unpack(packed: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """[out,blocks,16] -> [in,out]."""
    columns, blocks, _ = packed.shape
    nibbles = np.stack((packed & 15, packed >> 4), -1).reshape(columns, blocks, BLOCK)
    values = (nibbles.astype(np.float32) - 8) * scale.reshape(columns, blocks, 1)
    return values.reshape(columns, -1).T


def test_four_bits() -> None:
    """4-bit weights mean in onnxruntime what they mean here."""
    rng = np.random.default_rng(1)
    weight = rng.normal(size=(64, 48)).astype(np.float32)
    x = rng.normal(size=(5, 64)).astype(np.float32)
    packed, scale = int4_blocks(weight)
    node = onnx.helper.make_node(
        "MatMulNBits", ["x", "w", "s"], ["y"], domain="com.microsoft", K=64, N=48, bits=4,
        block_size=BLOCK,
    )  # fmt: skip
    graph = onnx.helper.make_graph(
        [node],
        "g",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [5, 64])],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [5, 48])],
        [onnx.numpy_helper.from_array(packed, "w"), onnx.numpy_helper.from_array(scale, "s")],
    )
    opsets = [onnx.helper.make_opsetid("", 20), onnx.helper.make_opsetid("com.microsoft", 1)]
    model = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=10)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    off = float(np.abs(session.run(None, {"x": x})[0] - x @ unpack(packed, scale)).max())
    assert off < 1e-4, f"off by {off}"
    print(f"off by {off:.1e}")


def random_product(rows: int = 256, columns: int = 96) -> np.ndarray:
    return np.random.default_rng(4).normal(size=(rows, columns)).astype(np.float32) / 16


def test_spike() -> None:
    """A spike at one token leaves the other tokens what they are without it."""
    weight = random_product()
    for precision in ("int8", "int7"):
        row = spiked(weight, precision)
        assert row.ok and row.relative_rms < 0.03, row
    for precision in ("int8", "int7", "int4"):
        session = product_session(weight, precision)
        x = np.random.default_rng(0).normal(size=(1, TOKENS, 256)).astype(np.float32)
        (plain,) = session.run(None, {"x": x})
        x[0, 0, 0] = SPIKE
        (with_spike,) = session.run(None, {"x": x})
        assert np.array_equal(plain[:, 1:], with_spike[:, 1:]), precision
        assert not np.array_equal(plain[:, 0], with_spike[:, 0]), precision


def whole_tensor(model, stored, precision):
    """One scale for all tokens, as onnxruntime's own dynamic rounding has it."""
    assert precision == "int8"
    (node,) = list(model.graph)
    x, weight = node.inputs
    parts = [ir.node("DynamicQuantizeLinear", [x], num_outputs=3)]
    parts.append(ir.node("DequantizeLinear", list(parts[0].outputs)))
    parts.append(ir.node("MatMul", [parts[1].outputs[0], weight]))
    parts[-1].outputs[0].name = "y"
    model.graph.insert_before(node, parts)
    node.outputs[0].replace_all_uses_with(parts[-1].outputs[0], replace_graph_outputs=True)
    model.graph.remove(node, safe=True)
    return stored


def test_spike_fails() -> None:
    """The parity report's row finds a package with one scale for a whole tensor."""
    row = spiked(random_product(), "int8", whole_tensor)
    assert not row.ok and row.relative_rms > 0.5, row


def test_zeros() -> None:
    """A token of zeros gives zeros, and numbers of any size their product."""
    weight = random_product()
    x = np.random.default_rng(1).normal(size=(1, 3, 256)).astype(np.float32)
    x[0, 0], x[0, 1] = 0, x[0, 1] * 1e-12
    (found,) = product_session(weight, "int8").run(None, {"x": x})
    assert not found[0, 0].any()
    for row in (1, 2):
        expected = x[0, row] @ weight
        off = np.abs(found[0, row] - expected).max()
        assert off < 0.05 * np.abs(expected).max(), (row, off)
