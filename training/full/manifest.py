"""manifest.json of a full-size package (docs/model-package.md)."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..config import TRAIN_STEPS
from ..export import FORMAT_VERSION, commit, machine
from .architecture import ACTION_DIM, IMAGE_SIZE
from .checkpoint import ARMS, Checkpoint, fitting_statistics
from .graphs import Graph
from .postprocess import GRIPPER, THRESHOLD
from .reference import EYE_MEAN, EYE_STD, Sampling

MAX_NEW_TOKENS = 128
PROMPT_ROOM = 512  # tokens for words, beside those of the pictures


def graph_entry(graph: Graph) -> dict:
    inputs = {}
    for name, tensor in graph.inputs.items():
        shape: list[int | str] = list(tensor.shape)
        for i, dimension in graph.dynamic.get(name, {}).items():
            shape[i] = dimension
        dtype = "int64" if tensor.dtype.is_floating_point is False else "float32"
        inputs[name] = {"dtype": dtype, "shape": shape}
    outputs = {n: {"dtype": "float32", "shape": graph.shapes[n]} for n in graph.outputs}
    return {"file": f"{graph.name}.onnx", "inputs": inputs, "outputs": outputs}


def file_entry(file: Path, precision: str | None) -> dict:
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 24):
            digest.update(block)
    entry = {"sha256": digest.hexdigest(), "bytes": file.stat().st_size}
    return entry | ({"precision": precision} if precision else {})


def make_manifest(
    checkpoint: Checkpoint,
    name: str,
    licence: str,
    command: str,
    views: list[str],
    graphs: dict[str, Graph],
    files: dict[str, dict],
    spatial: dict,
    tolerance: float,
    sampling: Sampling,
    resample: str,
) -> dict:
    """Makes manifest.json of a package with these graphs and files."""
    return {
        "format_version": FORMAT_VERSION,
        "name": name,
        "description": "A checkpoint of InternVLA-M1 / ST4VLA, exported.",
        "licence": licence,
        "embodiments": {
            arm: {
                "statistics_key": key,
                "ensemble_horizon": ARMS[arm]["ensemble_horizon"],
                "gripper": ARMS[arm]["gripper"],
            }
            for arm, key in checkpoint.arms.items()
        },
        "created_by": {"command": command, "commit": commit(), "machine": machine()},
        "files": files,
        "graphs": {n: graph_entry(graph) for n, graph in graphs.items()},
        **seen_entries(checkpoint, views, resample),
        "spatial": spatial,
        **expert_entries(checkpoint, sampling),
        "ensemble": {"alpha": 0.1},
        "execution_horizon": 1,
        "statistics": {
            "file": "dataset_statistics.json",
            "keys": list(fitting_statistics(checkpoint.statistics)),
        },
        "golden": {"file": "golden.json", "tolerance": tolerance},
    }


def seen_entries(checkpoint: Checkpoint, views: list[str], resample: str) -> dict:
    """Makes the manifest's entries on pictures and sentences."""
    a, chat = checkpoint.architecture, checkpoint.chat
    longest = len(views) * chat.pads_per_view + PROMPT_ROOM
    return {
        "image": {
            "width": IMAGE_SIZE,
            "height": IMAGE_SIZE,
            "resample": resample,
            "views": views,
            "scale": 1 / 255,
            "mean": checkpoint.image_mean,
            "std": checkpoint.image_std,
        },
        "eye_image": {"mean": list(EYE_MEAN), "std": list(EYE_STD)},
        "prompt": {
            "template": checkpoint.prompt,
            "lowercase": True,
            "max_tokens": min(longest, a.language.max_tokens - MAX_NEW_TOKENS),
            "chat": {
                "text": chat.text,
                "image": chat.image,
                "pad": chat.pad,
                "pads_per_view": chat.pads_per_view,
                "image_token_id": chat.image_token_id,
                "grid": list(chat.grid),
            },
        },
        "tokenizer": {
            "file": "tokenizer.json",
            "type": "huggingface",
            "pad_id": checkpoint.pad_id,
            "unk_id": None,
            "add_special_tokens": False,
        },
    }


def expert_entries(checkpoint: Checkpoint, sampling: Sampling) -> dict:
    """Makes the manifest's entries on diffusion and actions."""
    return {
        "diffusion": {
            "type": "ddim",
            "train_steps": TRAIN_STEPS,
            "beta_schedule": "squaredcos_cap_v2",
            "timestep_spacing": "leading",
            "prediction": "epsilon",
            "inference_steps": sampling.steps,
            "guidance_scale": sampling.guidance,
        },
        "action": {
            "horizon": checkpoint.architecture.expert.horizon,
            "dim": ACTION_DIM,
            "clip": 1.0,
            "gripper_index": GRIPPER,
            "gripper_threshold": THRESHOLD,
            "gripper_convention": "open_1",
            "rotation": "euler_xyz",
        },
    }


def spatial_entry(checkpoint: Checkpoint, questions: dict[str, str], answers: bool) -> dict:
    if not answers:
        return {"mode": "none"}
    return {
        "mode": "text",
        "questions": questions,
        "coordinates": {"width": IMAGE_SIZE, "height": IMAGE_SIZE},
        "max_new_tokens": MAX_NEW_TOKENS,
        "eos_ids": checkpoint.eos_ids,
    }
