"""Model package -> checkpoint, so that a shipped model can be trained further.

The exporter keeps the names of most parameters. Weights of linear layers lose theirs, as they are
stored transposed; they are found again by the bias that is added to their product.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import ModelProto, numpy_helper
from tokenizers import Tokenizer
from torch import Tensor, nn

from .config import ModelConfig
from .graphs import deviation, make_graphs
from .network import build_modules

# Which trained parts a graph holds; None: its names begin with the part's name already.
PARTS = {
    "planner_vision": "vision",
    "planner_llm": None,
    "action_eye": "eye",
    "action_condition": "condition",
    "action_dit_step": "denoiser",
}
# Parameters that the exporter folds into constants of this form.
FOLDED: dict[str, tuple[tuple[str, ...], Callable[..., np.ndarray]]] = {
    "language.query_tokens": (("expand",), lambda value: value[0]),
    "language.map_position": (("permute_4",), np.transpose),
    "condition.queries": (("expand",), lambda value: value[0]),
    "condition.aim.camera": (("slice_6", "select_6"), lambda *parts: np.column_stack(parts)),
}
PARITY = 1e-4


def restore_checkpoint(package: Path, out: Path) -> dict[str, float]:
    """Writes the checkpoint; returns each graph's deviation from the network built from it.

    Raises SystemExit where a file is not the one that the manifest names, where a weight is
    missing or has another shape than this version's network, and where an answer differs.
    """
    manifest = json.loads((package / "manifest.json").read_text(encoding="utf-8"))
    tokenizer_file = checked(package, manifest, manifest["tokenizer"]["file"])
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    config = ModelConfig(tokenizer.get_vocab_size(), manifest["embodiment"])
    modules = build_modules(config)
    files = {
        name: checked(package, manifest, graph["file"])
        for name, graph in manifest["graphs"].items()
    }
    load_weights(modules, files)
    deviations = {
        name: deviation(graph, files[name]) for name, graph in make_graphs(modules).items()
    }
    for name, value in deviations.items():
        if value > PARITY:
            raise SystemExit(
                f"{files[name]}: the restored network differs by {value:.2e}, at most {PARITY} "
                "allowed: was it exported from another version of the network?"
            )
    key = manifest["action"]["statistics_key"]
    statistics_file = checked(package, manifest, manifest["statistics"]["file"])
    statistics = json.loads(statistics_file.read_text(encoding="utf-8"))[key]["action"]
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(
        {
            "step": 0,
            "steps": 0,
            "modules": modules.state_dict(),
            "config": config.to_json(),
            "tokenizer": tokenizer.to_str(),
            "statistics": statistics,
            "home_orientation": manifest["proprio"]["home_orientation_xyzw"],
            "stage": f"restored from {manifest['name']}",
        },
        out,
    )
    return deviations


def checked(package: Path, manifest: dict, name: str) -> Path:
    file = package / name
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    expected = manifest["files"][name]["sha256"]
    if found != expected:
        raise SystemExit(f"{file}: sha256 {found}, the manifest says {expected}")
    return file


def load_weights(modules: nn.ModuleDict, files: dict[str, Path]) -> None:
    state: dict[str, Tensor] = {}
    for name, file in files.items():
        state |= weights_of(onnx.load(file), PARTS[name])
    wanted = modules.state_dict()
    missing = sorted(wanted.keys() - state.keys())
    misshapen = sorted(
        f"{name} {list(state[name].shape)} instead of {list(value.shape)}"
        for name, value in wanted.items()
        if name in state and state[name].shape != value.shape
    )
    if missing or misshapen:
        raise SystemExit(f"not a package of this network: missing {missing}, misshapen {misshapen}")
    modules.load_state_dict({name: state[name] for name in wanted})


def weights_of(model: ModelProto, part: str | None) -> dict[str, Tensor]:
    """Every parameter that the graph still holds, by its name in the network."""
    constants = {value.name: numpy_helper.to_array(value) for value in model.graph.initializer}
    prefix = "" if part is None else f"{part}."
    found = {prefix + name: value for name, value in constants.items()}
    made_by = {node.output[0]: node for node in model.graph.node}
    for node in model.graph.node:
        bias = next((name for name in node.input if name.endswith(".bias")), None)
        if node.op_type != "Add" or bias is None:
            continue
        product = made_by.get(next(name for name in node.input if name != bias))
        if product is not None and product.op_type == "MatMul" and product.input[1] in constants:
            weight = bias.removesuffix(".bias") + ".weight"
            found[prefix + weight] = constants[product.input[1]].T
    for name, (folded, unfold) in FOLDED.items():
        if name.startswith(part or "language") and all(one in constants for one in folded):
            found[name] = unfold(*(constants[one] for one in folded))
    return {name: torch.from_numpy(np.array(value)) for name, value in found.items()}
