"""A small tokenizer of Qwen2.5's kind: byte-level BPE, NFC, the same splitting, the same signs."""

from __future__ import annotations

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

# How Qwen2.5 cuts text before BPE: contractions, words with one leading sign, single digits, signs.
SPLIT = "|".join(
    (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)",
        r"[^\r\n\p{L}\p{N}]?\p{L}+",
        r"\p{N}",
        r" ?[^\s\p{L}\p{N}]+[\r\n]*",
        r"\s*[\r\n]+",
        r"\s+(?!\S)",
        r"\s+",
    )
)
SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|object_ref_start|>",
    "<|object_ref_end|>",
    "<|box_start|>",
    "<|box_end|>",
    "<|quad_start|>",
    "<|quad_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
TEXT = (
    "put the spoon on the towel, then stack the green block on the yellow block",
    "pick up the coke can and move it near the apple; open the top drawer",
    "your task is to find the key objects and locate their bounding boxes as [x1, y1, x2, y2]",
    "you are a helpful assistant. system user assistant",
    '[{"bbox_2d": [12, 34, 56, 78], "label": "eggplant"}] {"point_2d": [90, 11]}',
    "close the middle drawer, place the carrot on the plate, the basket, the sink, left and right",
)


def tiny_tokenizer(size: int = 512) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXT * 4, trainer)
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer
