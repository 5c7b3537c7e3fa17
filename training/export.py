"""Checkpoint -> model package (docs/model-package.md)."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from .action_metrics import sample
from .config import (
    ACTION_DIM,
    BOXES,
    GRIPPER_INDEX,
    HORIZON,
    IMAGE_HEIGHT,
    IMAGE_MEAN,
    IMAGE_STD,
    IMAGE_WIDTH,
    INFERENCE_STEPS,
    MAX_TOKENS,
    POINTS,
    PREFIX_ROWS,
    PROMPT,
    PROPRIO_DIM,
    TRAIN_STEPS,
    WAYPOINTS,
    Arm,
)
from .data import Episodes
from .graphs import LanguageGraph, export_graph, make_graphs, tensor_specs
from .images import normalise
from .network import Checkpoint
from .statistics import denormalise_actions, normalise_actions
from .tokenizer import PAD_ID, UNKNOWN_ID, encode

FORMAT_VERSION = 1
TOLERANCE = 1e-3
PARITY = 1e-4
PROPRIO_TEXT = (
    "position of the end effector in the base frame (m), rotation vector of R * R_home^T in base "
    "axes (rad), measured gripper opening 0..1"
)


class Sample(NamedTuple):
    """One observation for the golden run."""

    image: np.ndarray  # uint8 [H,W,3]
    instruction: str
    proprio: np.ndarray  # float32 [7]
    prefix: np.ndarray  # float32 [PREFIX_ROWS,7], normalised


def export_package(
    checkpoint: Checkpoint, out: Path, sample: Sample, command: str
) -> dict[str, float]:
    """Writes all files but the model card; returns torch-to-ONNX deviations by graph."""
    out.mkdir(parents=True, exist_ok=True)
    modules = checkpoint.modules.eval()
    deviations: dict[str, float] = {}
    graphs: dict[str, dict[str, Any]] = {}
    for name, graph in make_graphs(modules).items():
        file = out / f"{name}.onnx"
        deviations[name] = export_graph(graph, file)
        if deviations[name] > PARITY:
            raise SystemExit(
                f"{file}: differs from torch by {deviations[name]:.2e}, at most {PARITY} allowed"
            )
        inputs, outputs = tensor_specs(file)
        graphs[name] = {"file": file.name, "inputs": inputs, "outputs": outputs}
    statistics = checkpoint.statistics
    key = checkpoint.config.arm.statistics_key
    write_json(out / "dataset_statistics.json", {key: {"action": statistics}})
    checkpoint.tokenizer.save(str(out / "tokenizer.json"))
    sample.image.tofile(out / "golden_image.bin")
    write_json(out / "golden.json", golden_run(checkpoint, sample))
    names = [graph["file"] for graph in graphs.values()]
    others = ["dataset_statistics.json", "tokenizer.json", "golden.json", "golden_image.bin"]
    files = {name: describe(out / name, "fp32") for name in names}
    files |= {name: describe(out / name, None) for name in others}
    write_json(out / "manifest.json", manifest(checkpoint, out.name, graphs, files, command))
    return deviations


@torch.no_grad()
def golden_run(checkpoint: Checkpoint, frame: Sample) -> dict:
    """The whole pipeline in torch, with a noise whose gripper values end far from the threshold."""
    modules = checkpoint.modules
    ids = encode(checkpoint.tokenizer, frame.instruction)
    image = normalise(torch.from_numpy(frame.image).permute(2, 0, 1).unsqueeze(0))
    proprio = torch.from_numpy(frame.proprio).unsqueeze(0)
    words = torch.from_numpy(ids).unsqueeze(0)
    tokens, boxes, points, scores, trajectory = LanguageGraph(modules)(
        words, modules["vision"](image)
    )
    cond = modules["condition"](tokens, modules["eye"](image), proprio)
    prefix = torch.tensor(frame.prefix).view(1, PREFIX_ROWS, ACTION_DIM)
    for seed in range(100):
        noise = torch.randn(1, HORIZON, ACTION_DIM, generator=torch.Generator().manual_seed(seed))
        chunk = sample(modules, cond, noise, prefix)
        if (chunk[:, PREFIX_ROWS:, GRIPPER_INDEX] - 0.5).abs().min() > 0.02:
            break
    actions = denormalise_actions(chunk[0].numpy().copy(), checkpoint.known_statistics())
    return {
        "instruction": frame.instruction,
        "input_ids": ids.tolist(),
        "image_file": "golden_image.bin",
        "proprio": frame.proprio.tolist(),
        "prefix": prefix[0].tolist(),
        "noise": noise[0].tolist(),
        "expected": {
            "boxes": boxes[0].tolist(),
            "points": points[0].tolist(),
            "point_scores": scores[0].tolist(),
            "trajectory": trajectory[0].tolist(),
            "normalised_actions": chunk[0].tolist(),
            "actions": actions.tolist(),
        },
    }


def golden_sample(episodes: Episodes, statistics: dict) -> Sample:
    """A held-out frame from the middle of an episode, and what was done in its tick."""
    rows = episodes.held_out_rows
    row = rows[len(rows) // 2 : len(rows) // 2 + 1]
    image = episodes.images(row)[0].permute(1, 2, 0).contiguous().numpy()
    instruction = episodes.instructions[episodes.instruction_ids[row[0]]]
    proprio = episodes.small["proprio"][row[0]].astype(np.float32)
    done = normalise_actions(episodes.small["executed"][row], statistics).clip(-1, 1)
    return Sample(image, instruction, proprio, done)


def manifest(checkpoint: Checkpoint, name: str, graphs: dict, files: dict, command: str) -> dict:
    """Makes manifest.json: what the runtime must know to run the package."""
    arm = checkpoint.config.arm
    return {
        "format_version": FORMAT_VERSION,
        "name": name,
        "description": f"A miniature of ST4VLA for the {arm.title}, trained in simulation.",
        "licence": "Apache-2.0",
        "embodiment": checkpoint.config.embodiment,
        "created_by": {"command": command, "commit": commit(), "machine": machine()},
        "files": files,
        "graphs": graphs,
        **planner_sections(arm),
        **expert_sections(arm, checkpoint.state["home_orientation"]),
        # Every tick has a fresh chunk. Blending in older ones would let lifting begin before the
        # fingers have closed, when closing came a tick later than they expected.
        "ensemble": {"horizon": 1, "alpha": 0.1},
        "execution_horizon": 1,
        "statistics": {"file": "dataset_statistics.json", "keys": [arm.statistics_key]},
        "golden": {"file": "golden.json", "tolerance": TOLERANCE},
    }


def planner_sections(arm: Arm) -> dict:
    """Makes the manifest's sections on pictures, sentences and the spatial answer."""
    return {
        "image": {
            "width": IMAGE_WIDTH,
            "height": IMAGE_HEIGHT,
            "resample": "area",
            "views": [arm.view],
            "scale": 1 / 255,
            "mean": list(IMAGE_MEAN),
            "std": list(IMAGE_STD),
        },
        "eye_image": {"mean": list(IMAGE_MEAN), "std": list(IMAGE_STD)},
        "prompt": {"template": PROMPT, "lowercase": True, "max_tokens": MAX_TOKENS},
        "tokenizer": {
            "file": "tokenizer.json",
            "type": "huggingface",
            "pad_id": PAD_ID,
            "unk_id": UNKNOWN_ID,
            "add_special_tokens": False,
        },
        "spatial": {
            "mode": "heads",
            "points": list(POINTS),
            "boxes": list(BOXES),
            "trajectory": WAYPOINTS,
        },
    }


def expert_sections(arm: Arm, home_orientation: list[float]) -> dict:
    """Makes the manifest's sections on diffusion, actions and proprioception."""
    return {
        "diffusion": {
            "type": "ddim",
            "train_steps": TRAIN_STEPS,
            "beta_schedule": "squaredcos_cap_v2",
            "timestep_spacing": "trailing",
            "prediction": "sample",
            "inference_steps": INFERENCE_STEPS,
            "guidance_scale": 1.0,
        },
        "action": {
            "horizon": HORIZON,
            "prefix_rows": PREFIX_ROWS,
            "dim": ACTION_DIM,
            "clip": 1.0,
            "gripper_index": GRIPPER_INDEX,
            "gripper_threshold": 0.5,
            "gripper_convention": "open_1",
            "rotation": "rotation_vector",
            "statistics_key": arm.statistics_key,
        },
        "proprio": {
            "dim": PROPRIO_DIM,
            "home_orientation_xyzw": list(home_orientation),
            "description": PROPRIO_TEXT,
        },
    }


def describe(file: Path, precision: str | None) -> dict:
    data = file.read_bytes()
    entry = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    return entry | ({"precision": precision} if precision else {})


def write_json(file: Path, value: object) -> None:
    file.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def commit() -> str:
    found = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"


def machine() -> str:
    return f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}"
