"""What Qwen2.5-VL gives in transformers with the checkpoint's weights, in float32."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from transformers import DynamicCache, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from .architecture import Architecture
from .checkpoint import Checkpoint
from .weights import WeightStore


@dataclass(frozen=True)
class Answer:
    """One greedy answer, and what the two answering graphs must give on its way."""

    ids: list[int]  # without the end token
    smallest_gap: float  # between the best and the next best word


@dataclass(frozen=True)
class Prefill:
    logits: Tensor
    keys: Tensor  # [layers,1,kv,L,D]
    values: Tensor


class PlannerReference:
    """Holds the whole model; `close` gives the memory back."""

    def __init__(self, checkpoint: Checkpoint):
        self.checkpoint = checkpoint
        self.model = qwen_model(checkpoint.architecture, checkpoint.store)
        self.processor = Qwen2VLImageProcessorPil.from_pretrained(
            checkpoint.qwen, local_files_only=True
        )

    def close(self) -> None:
        del self.model
        gc.collect()

    def inputs(self, ids: list[int], images: np.ndarray) -> dict[str, Tensor]:
        """images uint8 [V,224,224,3], prepared by the checkpoint's own image processor."""
        pictures = [Image.fromarray(image) for image in images]
        prepared = self.processor(images=pictures, return_tensors="pt")
        tokens = torch.tensor([ids])
        image = self.checkpoint.architecture.language.image_token
        return {
            "input_ids": tokens,
            "attention_mask": torch.ones_like(tokens),
            "mm_token_type_ids": (tokens == image).int(),
            "pixel_values": prepared["pixel_values"],
            "image_grid_thw": prepared["image_grid_thw"],
        }

    @torch.no_grad()
    def image_features(self, images: np.ndarray) -> Tensor:
        """[1,tokens*V,C]."""
        inputs = self.inputs([], images)
        found = self.model.model.get_image_features(
            inputs["pixel_values"], inputs["image_grid_thw"]
        )
        return torch.cat(list(found.pooler_output), 0).unsqueeze(0)

    @torch.no_grad()
    def hidden(self, ids: list[int], images: np.ndarray) -> Tensor:
        """The state after the final norm, [1,L,C]: the reference's hidden_states[layers]."""
        self.model.model.rope_deltas = None
        return self.model.model(**self.inputs(ids, images)).last_hidden_state

    @torch.no_grad()
    def prefill(self, ids: list[int], images: np.ndarray) -> tuple[Prefill, DynamicCache]:
        self.model.model.rope_deltas = None
        found = self.model(**self.inputs(ids, images), use_cache=True, logits_to_keep=1)
        return snapshot(found), found.past_key_values

    @torch.no_grad()
    def step(self, word: int, cache: DynamicCache) -> Prefill:
        """One word more; `cache` grows."""
        tokens = torch.tensor([[word]])
        return snapshot(self.model(input_ids=tokens, past_key_values=cache, use_cache=True))

    def answer(self, ids: list[int], images: np.ndarray, most: int) -> Answer:
        """Decodes greedily: the likeliest word each time, not as the checkpoint is configured."""
        found, cache = self.prefill(ids, images)
        words: list[int] = []
        gap = float("inf")
        while len(words) < most:
            best, second = found.logits[0].topk(2)[0].tolist()
            word, gap = int(found.logits[0].argmax()), min(gap, best - second)
            if word in self.checkpoint.eos_ids:
                break
            words.append(word)
            if len(words) < most:
                found = self.step(word, cache)
        return Answer(words, gap)


def snapshot(found) -> Prefill:
    layers = found.past_key_values.layers
    keys, values = ([getattr(layer, kind) for layer in layers] for kind in ("keys", "values"))
    return Prefill(found.logits[:, -1].clone(), torch.stack(keys), torch.stack(values))


def qwen_model(a: Architecture, store: WeightStore) -> Qwen2_5_VLForConditionalGeneration:
    """Built without memory, then filled tensor by tensor."""
    with torch.device("meta"):
        model = Qwen2_5_VLForConditionalGeneration._from_config(
            a.qwen, dtype=torch.float32, attn_implementation="eager"
        )
    state = {name: store.load(canonical_name(name)).float() for name in parameter_names(model)}
    model.load_state_dict(state, strict=False, assign=True)
    model.tie_weights()
    # What is computed and not stored was built without memory, too.
    visual, language = model.model.visual, model.model.language_model
    visual.rotary_pos_emb = type(visual.rotary_pos_emb)(a.qwen.vision_config)
    language.rotary_emb = type(language.rotary_emb)(a.qwen.text_config)
    left = [n for n, t in (*model.named_parameters(), *model.named_buffers()) if t.is_meta]
    if left:
        raise AssertionError(f"transformers' model has parts that were not filled: {left[:5]}")
    return model.eval()


def parameter_names(model: Any) -> list[str]:
    tied = {"lm_head.weight"} if model.config.tie_word_embeddings else set()
    return [name for name, _ in model.named_parameters() if name not in tied]


def canonical_name(name: str) -> str:
    for prefix, target in (
        ("model.visual.", "vlm.visual."),
        ("model.language_model.", "vlm.language."),
        ("lm_head.", "vlm.lm_head."),
    ):
        if name.startswith(prefix):
            return target + name.removeprefix(prefix)
    raise AssertionError(f"transformers' model has an unknown part: {name}")
