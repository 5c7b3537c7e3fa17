"""Rounded weights: near enough, and understood by onnxruntime as they are meant."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime

from training.full.quantise import BLOCK, int4_blocks, int8_columns


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
