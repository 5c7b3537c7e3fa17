"""config.json of a Qwen2.5-VL folder, read by transformers and checked before it is used."""

from __future__ import annotations

from pathlib import Path

from transformers import Qwen2_5_VLConfig

from .errors import CheckpointError, faults
from .settings import QWEN, check_settings, expect_sections, read_json, whole


def read_qwen(file: Path) -> Qwen2_5_VLConfig:
    """Every size is a number and every head has its share before transformers' values are used."""
    values = read_json(file)
    expect_sections(file, values, "vision_config", "text_config")
    check_settings(file, QWEN, values)
    try:
        config = Qwen2_5_VLConfig.from_pretrained(file.parent, local_files_only=True)
        problems = size_faults(config)
    except Exception as error:  # transformers raises what it likes on values of a wrong kind
        raise CheckpointError(f"{file}: transformers cannot read it: {error}") from error
    if problems:
        raise CheckpointError(faults(f"{file}:", problems))
    return config


def size_faults(config: Qwen2_5_VLConfig) -> list[str]:
    text, vision = config.text_config, config.vision_config
    sizes = (
        (
            "text_config",
            text,
            "num_hidden_layers hidden_size num_attention_heads num_key_value_heads "
            "intermediate_size vocab_size max_position_embeddings",
        ),
        (
            "vision_config",
            vision,
            "depth hidden_size num_heads intermediate_size out_hidden_size patch_size "
            "spatial_merge_size temporal_patch_size window_size",
        ),
    )
    problems = [
        f"{section}.{name}: expected a whole number above 0, found {getattr(part, name, None)!r}"
        for section, part, names in sizes
        for name in names.split()
        if not whole(getattr(part, name, None), 1, 1 << 24)
    ]
    if problems:
        return problems
    for name, width, heads in (
        ("text_config.hidden_size", text.hidden_size, text.num_attention_heads),
        ("text_config.num_attention_heads", text.num_attention_heads, text.num_key_value_heads),
        ("vision_config.hidden_size", vision.hidden_size, vision.num_heads),
    ):
        if width % heads:
            problems.append(f"{name}: expected a multiple of {heads}, found {width}")
    if vision.out_hidden_size != text.hidden_size:
        problems.append(f"vision_config.out_hidden_size: expected {text.hidden_size}")
    if not all(whole(i, 0, vision.depth - 1) for i in vision.fullatt_block_indexes):
        problems.append(f"vision_config.fullatt_block_indexes: expected 0 to {vision.depth - 1}")
    if not whole(config.image_token_id, 0, text.vocab_size - 1):
        problems.append(f"image_token_id: expected 0 to {text.vocab_size - 1}")
    for name, value in (
        ("rms_norm_eps", text.rms_norm_eps),
        ("rope_theta", text.rope_parameters["rope_theta"]),
    ):
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 < value < 1e12:
            problems.append(f"{name}: expected a number above 0, found {value!r}")
    section = text.rope_parameters.get("mrope_section", (16, 24, 24))
    if (
        not isinstance(section, (list, tuple))
        or not all(whole(n) for n in section)
        or len(section) != 3
    ):
        problems.append(f"mrope_section: expected 3 whole numbers, found {section!r}")
    if not isinstance(config.tie_word_embeddings, bool):
        problems.append("tie_word_embeddings: expected true or false")
    return problems
