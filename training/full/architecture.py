"""Sizes of every part, read from the checkpoint's own configuration files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import yaml
from transformers import Qwen2_5_VLConfig

from .errors import CheckpointError, faults

IMAGE_SIZE = 224
ACTION_DIM = 7
# Depth, width, heads; the names are those of InternVLA-M1's configuration.
DIT_TYPES = {"DiT-S": (6, 384, 4), "DiT-B": (12, 768, 12), "DiT-L": (24, 1024, 16)}
DINO_TYPES = {
    "dinov2_vits14": (12, 384, 6),
    "dinov2_vitb14": (12, 768, 12),
    "dinov2_vitl14": (24, 1024, 16),
}
DEFAULT_CONFIG = {
    "dino": {"dino_backbone": "dinov2_vits14"},
    "layer_qformer": {"num_query_tokens": 64},
    "action_model": {"action_model_type": "DiT-B", "future_action_window_size": 15},
}


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
    prompt: str | None  # the spatial prompt that the checkpoint was trained with


def read_architecture(qwen: Path, config: Path | None) -> Architecture:
    """`qwen` is a Qwen2.5-VL folder, `config` the framework's config.yaml, or none: defaults."""
    if not (qwen / "config.json").is_file():
        raise CheckpointError(f"{qwen}: expected a Qwen2.5-VL folder with config.json, found none")
    vlm = Qwen2_5_VLConfig.from_pretrained(qwen, local_files_only=True)
    settings = yaml.safe_load(config.read_text(encoding="utf-8")) if config else {}
    framework = settings.get("framework", {})
    expert = read_expert(framework, vlm.text_config.hidden_size, vlm.text_config.num_hidden_layers)
    prompt = settings.get("datasets", {}).get("vla_data", {}).get("CoT_prompt")
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
    """Presets by name, as in the framework; explicit `depth` and `num_heads` go before them."""
    dino = DEFAULT_CONFIG["dino"] | framework.get("dino", {})
    qformer = DEFAULT_CONFIG["layer_qformer"] | framework.get("layer_qformer", {})
    action = DEFAULT_CONFIG["action_model"] | framework.get("action_model", {})
    problems = []
    start, end = (
        qformer.get("qformer_start_layer", layers),
        qformer.get("qformer_end_layer", layers + 1),
    )
    if (start, end) != (layers, layers + 1):
        problems.append(
            f"layer_qformer: reads layers {start} to {end}, expected the last one alone"
        )
    if qformer.get("input_dim", width) != width:
        problems.append(f"layer_qformer.input_dim: expected {width}, found {qformer['input_dim']}")
    if action.get("past_action_window_size", 0) != 0:
        problems.append("action_model.past_action_window_size: expected 0")
    if action.get("action_dim", ACTION_DIM) != ACTION_DIM:
        problems.append(f"action_model.action_dim: expected 7, found {action['action_dim']}")
    eye = preset(dino, "dino_backbone", DINO_TYPES, problems)
    dit = preset(action, "action_model_type", DIT_TYPES, problems)
    if qformer.get("ouptput_dim", dit[1]) != dit[1]:  # spelt so in the framework
        problems.append(f"layer_qformer.ouptput_dim: expected {dit[1]} as in action_model")
    if problems:
        raise CheckpointError(faults("the framework's configuration:", problems))
    return ExpertSizes(
        dino_depth=eye[0],
        dino_width=eye[1],
        dino_heads=eye[2],
        queries=qformer["num_query_tokens"],
        width=dit[1],
        query_heads=qformer.get("num_heads", 8),
        dit_depth=dit[0],
        dit_heads=dit[2],
        horizon=action["future_action_window_size"] + 1,
    )


def preset(section: dict, key: str, types: dict, problems: list[str]) -> tuple[int, int, int]:
    explicit = tuple(section.get(name) for name in ("depth", "width", "num_heads"))
    if None not in explicit:
        return cast(tuple[int, int, int], explicit)
    if section[key] not in types:
        problems.append(f"{key}: expected one of {', '.join(types)}, found {section[key]}")
        return (0, 0, 1)
    return types[section[key]]
