"""Configuration files, tokenizer and statistics of a random checkpoint."""

from __future__ import annotations

import json
from pathlib import Path

from .tiny_sizes import FULL_VOCABULARY, Sizes
from .tiny_tokenizer import SPECIAL, tiny_tokenizer

SYSTEM = "You are a helpful assistant."
# The structure of Qwen2.5-VL's template: a system turn unless given, pictures as three signs.
TEMPLATE = (
    "{% for message in messages %}"
    "{% if loop.first and message['role'] != 'system' %}"
    "<|im_start|>system\n" + SYSTEM + "<|im_end|>\n{% endif %}"
    "<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}<|im_end|>\n"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif 'text' in part %}{{ part['text'] }}{% endif %}"
    "{% endfor %}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073]
CLIP_STD = [0.26862954, 0.26130258, 0.27577711]
STATISTICS_KEYS = {"bridge_dataset": 0.02, "fractal20220817_data": 0.08}
TOKENIZER = {
    "tokenizer_class": "Qwen2Tokenizer",
    "eos_token": "<|im_end|>",
    "pad_token": "<|endoftext|>",
    "unk_token": None,
    "add_bos_token": False,
    "add_prefix_space": False,
    "chat_template": TEMPLATE,
}
PREPROCESSOR = {
    "image_processor_type": "Qwen2VLImageProcessor",
    "processor_class": "Qwen2_5_VLProcessor",
    "image_mean": CLIP_MEAN,
    "image_std": CLIP_STD,
    "min_pixels": 3136,
    "max_pixels": 12845056,
    "merge_size": 2,
    "patch_size": 14,
    "temporal_patch_size": 2,
}


def write_qwen_files(folder: Path, sizes: Sizes) -> None:
    """Writes what Qwen2.5-VL's folder holds beside its weights."""
    tokenizer = tiny_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    ids = {token: tokenizer.token_to_id(token) for token in SPECIAL}
    vocabulary = FULL_VOCABULARY if sizes.full else tokenizer.get_vocab_size() + 6
    write_json(folder / "config.json", model_config(sizes, ids, vocabulary))
    write_json(
        folder / "generation_config.json",
        {
            "bos_token_id": ids["<|endoftext|>"],
            "pad_token_id": ids["<|endoftext|>"],
            "eos_token_id": [ids["<|im_end|>"], ids["<|endoftext|>"]],
        },
    )
    write_json(folder / "tokenizer_config.json", TOKENIZER)
    write_json(folder / "chat_template.json", {"chat_template": TEMPLATE})
    write_json(folder / "preprocessor_config.json", PREPROCESSOR)


def model_config(sizes: Sizes, ids: dict[str, int | None], vocabulary: int) -> dict:
    """Makes config.json from the sizes and the ids of the special tokens."""
    return {
        "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        "model_type": "qwen2_5_vl",
        "hidden_act": "silu",
        "max_position_embeddings": 4096,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1_000_000.0,
        "tie_word_embeddings": True,
        "use_sliding_window": False,
        "vocab_size": vocabulary,
        "bos_token_id": ids["<|endoftext|>"],
        "eos_token_id": ids["<|im_end|>"],
        "image_token_id": ids["<|image_pad|>"],
        "video_token_id": ids["<|video_pad|>"],
        "vision_start_token_id": ids["<|vision_start|>"],
        "vision_end_token_id": ids["<|vision_end|>"],
        **sizes.text,
        "vision_config": {
            "model_type": "qwen2_5_vl",
            "hidden_act": "silu",
            "in_chans": 3,
            "patch_size": 14,
            "spatial_patch_size": 14,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "window_size": 112,
            "tokens_per_second": 2,
            **sizes.vision,
        },
    }


def statistics() -> dict:
    """Makes statistics of both arms in m and rad a step; unequal ranges show a mix-up."""
    found = {}
    for key, reach in STATISTICS_KEYS.items():
        low = [-reach * (1 + 0.1 * i) for i in range(3)] + [-0.1, -0.12, -0.2, 0.0]
        high = [reach * (1.3 - 0.1 * i) for i in range(3)] + [0.11, 0.1, 0.25, 1.0]
        mask = [True] * 6 + [False]
        found[key] = {"action": {"q01": low, "q99": high, "mask": mask}, "num_trajectories": 1}
    return found


def write_json(file: Path, value: object) -> None:
    file.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
