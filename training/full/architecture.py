"""Sizes of every part, read from the checkpoint's own configuration files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from transformers import Qwen2_5_VLConfig

from .errors import CheckpointError, faults
from .qwen_config import read_qwen
from .settings import (
    ACTION_DIM,
    DINO_TYPES,
    DIT_TYPES,
    IMAGE_SIZE,
    PLACE,
    TINY,
    read_config,
    whole,
)

__all__ = ["ACTION_DIM", "IMAGE_SIZE"]


@dataclass(frozen=True)
class VisionSizes:
    depth: int
    width: int
    heads: int
    mlp: int
    out: int
    patch: int
    merge: int
    frames: int  # of the three-dimensional patch kernel
    windows: int  # along one side of the picture
    full_blocks: tuple[int, ...]

    @property
    def grid(self) -> int:
        """Patches along one side."""
        return IMAGE_SIZE // self.patch

    @property
    def tokens(self) -> int:
        """Of one view, as the language model reads them."""
        return (self.grid // self.merge) ** 2


@dataclass(frozen=True)
class LanguageSizes:
    layers: int
    width: int
    heads: int
    kv_heads: int
    head_dim: int
    mlp: int
    vocabulary: int
    eps: float
    theta: float
    mrope: tuple[int, ...]
    tied: bool
    image_token: int
    max_tokens: int


@dataclass(frozen=True)
class ExpertSizes:
    dino_depth: int
    dino_width: int
    dino_heads: int
    queries: int
    width: int
    query_heads: int
    dit_depth: int
    dit_heads: int
    horizon: int
    dino_positions: int = 37 * 37
    dino_patch: int = 14
    frequencies: int = 256

    @property
    def eye_tokens(self) -> int:
        return (IMAGE_SIZE // self.dino_patch) ** 2


@dataclass(frozen=True)
class Architecture:
    vision: VisionSizes
    language: LanguageSizes
    expert: ExpertSizes
    qwen: Qwen2_5_VLConfig
    prompt: str  # the spatial prompt that the checkpoint was trained with, or the bare sentence


def read_architecture(qwen: Path, config: Path | None) -> Architecture:
    """`qwen` is a Qwen2.5-VL folder, `config` the framework's config.yaml."""
    if not (qwen / "config.json").is_file():
        raise CheckpointError(
            f"{qwen}: expected a Qwen2.5-VL folder with config.json, found none; base_vlm in "
            "config.yaml is a path of the authors: give your own folder of that model with --qwen"
        )
    settings = read_config(config)
    vlm = read_qwen(qwen / "config.json")
    framework = settings.get("framework", {})
    expert = read_expert(framework, vlm.text_config.hidden_size, vlm.text_config.num_hidden_layers)
    prompt = settings.get("datasets", {}).get("vla_data", {}).get("CoT_prompt", PLACE)
    return Architecture(read_vision(vlm), read_language(vlm), expert, vlm, prompt)


def read_vision(config: Qwen2_5_VLConfig) -> VisionSizes:
    vision = config.vision_config
    windows, rest = divmod(IMAGE_SIZE, vision.window_size)
    unit = vision.patch_size * vision.spatial_merge_size
    if rest or IMAGE_SIZE % unit or vision.window_size % unit:
        raise CheckpointError(
            f"vision_config: windows of {vision.window_size} and merged patches of {unit} pixels "
            f"do not divide a picture of {IMAGE_SIZE}"
        )
    return VisionSizes(
        depth=vision.depth,
        width=vision.hidden_size,
        heads=vision.num_heads,
        mlp=vision.intermediate_size,
        out=vision.out_hidden_size,
        patch=vision.patch_size,
        merge=vision.spatial_merge_size,
        frames=vision.temporal_patch_size,
        windows=windows,
        full_blocks=tuple(vision.fullatt_block_indexes),
    )


def read_language(config: Qwen2_5_VLConfig) -> LanguageSizes:
    text = config.text_config
    if text.sliding_window is not None:
        raise CheckpointError("text_config: sliding-window attention is not supported")
    head_dim = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    rope = text.rope_parameters
    if rope.get("rope_type", "default") != "default":
        raise CheckpointError(f"text_config: rotary embedding {rope['rope_type']} is not supported")
    section = tuple(rope.get("mrope_section", (16, 24, 24)))
    if sum(section) * 2 != head_dim:
        raise CheckpointError(
            f"text_config: mrope_section {list(section)} must add up to {head_dim // 2}"
        )
    return LanguageSizes(
        layers=text.num_hidden_layers,
        width=text.hidden_size,
        heads=text.num_attention_heads,
        kv_heads=text.num_key_value_heads,
        head_dim=head_dim,
        mlp=text.intermediate_size,
        vocabulary=text.vocab_size,
        eps=text.rms_norm_eps,
        theta=rope["rope_theta"],
        mrope=section,
        tied=config.tie_word_embeddings,
        image_token=config.image_token_id,
        max_tokens=text.max_position_embeddings,
    )


def read_expert(framework: dict, width: int, layers: int) -> ExpertSizes:
    """Presets by name, as in the framework; the settings fit settings.SETTINGS."""
    dino, qformer, action = (
        framework.get(part, {}) for part in ("dino", "layer_qformer", "action_model")
    )
    problems: list[str] = []
    start, end = qformer["qformer_start_layer"], qformer["qformer_end_layer"]
    if (start, end) != (layers, layers + 1):
        problems.append(
            f"layer_qformer: reads layers {start} to {end}, expected the last one alone "
            f"({layers} to {layers + 1}); a QFormer over several layers is not supported"
        )
    if qformer["input_dim"] != width:
        problems.append(f"layer_qformer.input_dim: expected {width}, found {qformer['input_dim']}")
    eye = preset(dino, "dino_backbone", "dinov2_vits14", DINO_TYPES, problems)
    dit = preset(action, "action_model_type", "", DIT_TYPES, problems)
    if qformer["ouptput_dim"] != dit[1]:  # spelt so in the framework
        problems.append(f"layer_qformer.ouptput_dim: expected {dit[1]} as in action_model")
    if action.get("action_hidden_dim", dit[1]) != dit[1]:
        problems.append(f"action_model.action_hidden_dim: expected {dit[1]} of action_model_type")
    horizons = {action[key] for key in ("action_horizon",) if key in action}
    if "future_action_window_size" in action:
        horizons.add(action["future_action_window_size"] + 1)
    if len(horizons) != 1:
        problems.append(
            "action_model: expected action_horizon, or future_action_window_size, which is one "
            f"less; found {sorted(horizons) or 'neither'}"
        )
    if problems:
        raise CheckpointError(faults("the framework's configuration:", problems))
    return ExpertSizes(
        dino_depth=eye[0],
        dino_width=eye[1],
        dino_heads=eye[2],
        queries=qformer["num_query_tokens"],
        width=dit[1],
        query_heads=8,
        dit_depth=dit[0],
        dit_heads=dit[2],
        horizon=horizons.pop(),
    )


def preset(
    section: dict, key: str, default: str, types: dict, problems: list[str]
) -> tuple[int, int, int]:
    """Depth, width and heads; only the type `tiny`, unknown to the framework, names them itself."""
    kind = section.get(key, default)
    if kind != TINY:
        return types[kind]
    sizes = tuple(section.get(name) for name in ("depth", "width", "num_heads"))
    if not all(whole(n, 1, 4096) for n in sizes):
        problems.append(
            f"{key}: expected one of {', '.join(types)}, found {kind} without its sizes"
        )
        return (1, 1, 1)
    return cast(tuple[int, int, int], sizes)
