"""Sizes of the random checkpoints, in the words of the real configuration files."""

from __future__ import annotations

from dataclasses import dataclass

import torch

SHARD_BYTES = 2_000_000_000


@dataclass(frozen=True)
class Sizes:
    text: dict
    vision: dict
    framework: dict
    dtype: torch.dtype
    shard_bytes: int
    full: bool


TINY = Sizes(
    text={
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "rope_scaling": {"type": "mrope", "mrope_section": [1, 1, 2]},
    },
    vision={
        "depth": 3,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_heads": 2,
        "fullatt_block_indexes": [1],
        "out_hidden_size": 32,
    },
    framework={
        "dino": {"dino_backbone": "tiny", "depth": 2, "width": 32, "num_heads": 2},
        "layer_qformer": {
            "qformer_start_layer": 2,
            "qformer_end_layer": 3,
            "num_query_tokens": 64,
            "input_dim": 32,
            "ouptput_dim": 32,
        },
        "action_model": {
            "action_model_type": "tiny",
            "depth": 2,
            "width": 32,
            "num_heads": 2,
            "action_dim": 7,
            "future_action_window_size": 15,
            "past_action_window_size": 0,
        },
    },
    dtype=torch.float32,
    shard_bytes=40_000,
    full=False,
)
# The sizes that are published for Qwen2.5-VL-3B and InternVLA-M1.
FULL = Sizes(
    text={
        "hidden_size": 2048,
        "intermediate_size": 11008,
        "num_hidden_layers": 36,
        "num_attention_heads": 16,
        "num_key_value_heads": 2,
        "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
    },
    vision={
        "depth": 32,
        "hidden_size": 1280,
        "intermediate_size": 3420,
        "num_heads": 16,
        "fullatt_block_indexes": [7, 15, 23, 31],
        "out_hidden_size": 2048,
    },
    framework={
        "dino": {"dino_backbone": "dinov2_vits14"},
        "layer_qformer": {
            "qformer_start_layer": 36,
            "qformer_end_layer": 37,
            "num_query_tokens": 64,
            "input_dim": 2048,
            "ouptput_dim": 768,
        },
        "action_model": {
            "action_model_type": "DiT-B",
            "action_hidden_dim": 768,
            "action_dim": 7,
            "future_action_window_size": 15,
            "past_action_window_size": 0,
        },
    },
    dtype=torch.bfloat16,
    shard_bytes=SHARD_BYTES,
    full=True,
)
FULL_VOCABULARY = 151_936
