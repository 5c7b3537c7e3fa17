"""The planner's half against transformers."""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from full_tools import near, tiny
from transformers import AutoTokenizer

from training.full.checkpoint import Checkpoint
from training.full.graphs import make_graphs
from training.full.keys import graph_sources
from training.full.layers import fill
from training.full.planner_reference import PlannerReference
from training.full.prompt import DEFAULT_QUESTIONS, mrope_positions
from training.full.reference import Scene, normalise, position_ids, prompt_ids
from training.full.scenes import make_scenes
from training.full.tiny import read_tiny, write_checkpoint
from training.full.tiny_sizes import TINY

INSTRUCTION = "Move the can near the apple!"


@cache
def loaded(root: Path) -> tuple[Checkpoint, PlannerReference, dict[str, torch.nn.Module]]:
    c = tiny(root)
    sources = graph_sources(c.architecture)
    networks = {
        name: fill(graph.build(), sources[name], c.store)
        for name, graph in make_graphs(c.architecture).items()
        if name.startswith("planner")
    }
    return c, PlannerReference(c), networks


def scene(views: int) -> Scene:
    return Scene(make_scenes(views, [], "")[1].images, INSTRUCTION)


@torch.no_grad()
def test_vision(root: Path) -> None:
    """Through transformers' own image processor, too."""
    c, reference, networks = loaded(root)
    worst = 0.0
    for views in (1, 2, 3):
        images = scene(views).images
        found = networks["planner_vision"](normalise(images, c.image_mean, c.image_std))
        worst = max(worst, near(found, reference.image_features(images), 1e-4, f"{views} views"))
    turned = normalise(np.rot90(images, axes=(1, 2)).copy(), c.image_mean, c.image_std)
    assert (networks["planner_vision"](turned) - found).abs().max() > 0.1, "blind"
    print(f"off by {worst:.1e}")


@torch.no_grad()
def test_hidden(root: Path) -> None:
    """Of the whole model with one to three pictures, every token."""
    c, reference, networks = loaded(root)
    worst = 0.0
    for views in (1, 2, 3):
        shown = scene(views)
        ids = prompt_ids(c, shown, c.prompt)
        whole: Any = networks["planner_llm"]
        language = whole.language
        x = language.embed(torch.tensor([ids]), reference.image_features(shown.images))
        found = language(x, position_ids(c, ids))[0]
        worst = max(worst, near(found, reference.hidden(ids, shown.images), 1e-4, f"{views} views"))
    print(f"off by {worst:.1e}")


@torch.no_grad()
def test_head(root: Path) -> None:
    """Where config.json does not tie the head to the embeddings."""
    text = TINY.text | {"tie_word_embeddings": False}
    write_checkpoint(root / "untied", 5, dataclasses.replace(TINY, text=text), "safetensors")
    template = root / "untied/qwen/chat_template.json"
    words = json.loads(template.read_text())["chat_template"].replace("helpful", "careful")
    # As Qwen's own counts pictures: state that is changed inside a loop.
    counted = "{% set n = namespace(value=0) %}" + words.replace(
        "<|vision_start|>", "{% set n.value = n.value + 1 %}<|vision_start|>"
    )
    template.write_text(json.dumps({"chat_template": counted}))
    c = read_tiny(root / "untied")
    assert "careful" in c.chat.text and not c.architecture.language.tied
    shown, reference = scene(1), PlannerReference(c)
    ids = prompt_ids(c, shown, c.prompt)
    expected = reference.prefill(ids, shown.images)[0].logits
    graph = make_graphs(c.architecture)["planner_llm_kv"]
    network = fill(graph.build(), graph_sources(c.architecture)["planner_llm_kv"], c.store)
    features = reference.image_features(shown.images)
    found = network(torch.tensor([ids]), features, position_ids(c, ids))[0]
    print(f"off by {near(found, expected, 1e-4):.1e}")


@torch.no_grad()
def test_decode(root: Path) -> None:
    """Decoding with the cache equals transformers and a full pass."""
    c, reference, networks = loaded(root)
    shown, worst = scene(2), 0.0
    features = reference.image_features(shown.images)
    ids = prompt_ids(c, shown, DEFAULT_QUESTIONS["points"])
    prefill, step = networks["planner_llm_kv"], networks["planner_llm_decode"]
    expected, cached = reference.prefill(ids, shown.images)
    logits, keys, values = prefill(torch.tensor([ids]), features, position_ids(c, ids))
    at = mrope_positions(ids, c.chat)[1]
    for i in range(8):
        for name, found in (("logits", logits), ("keys", keys), ("values", values)):
            worst = max(worst, near(found, getattr(expected, name), 1e-4, f"word {i}, {name}"))
        word = int(logits.argmax())
        ids = [*ids, word]
        position = torch.full((3, 1, 1), at + i)
        logits, keys, values = step(torch.tensor([[word]]), position, keys, values)
        full = prefill(torch.tensor([ids]), features, position_ids(c, ids))
        near(logits, full[0], 1e-4, f"word {i} against a full pass")
        expected = reference.step(word, cached)
    print(f"off by {worst:.1e}")


def test_positions(root: Path) -> None:
    """Positions equal transformers' get_rope_index."""
    c, reference, _ = loaded(root)
    image, rng = c.chat.image_token_id, np.random.default_rng(0)
    side = 2 * c.chat.grid[0]
    for count in range(1, 5):
        ids: list[int] = []
        for _ in range(count):
            # There is always a word between two pictures: the sign that a picture begins.
            ids += [*rng.integers(0, 50, rng.integers(1, 9)).tolist(), *[image] * 64]
        ids += rng.integers(0, 50, rng.integers(0, 9)).tolist()
        tokens = torch.tensor([ids])
        expected, delta = reference.model.model.get_rope_index(
            tokens,
            mm_token_type_ids=(tokens == image).int(),
            image_grid_thw=torch.tensor([[1, side, side]] * count),
            attention_mask=torch.ones_like(tokens),
        )
        found, after = mrope_positions(ids, c.chat)
        assert found == expected[:, 0].tolist(), f"{count} pictures"
        assert after == len(ids) + int(delta), f"after {count} pictures: {after}"
    print("1 to 4 pictures")


def test_chat(root: Path) -> None:
    """The conversation equals transformers' chat template."""
    c = tiny(root)
    tokenizer = AutoTokenizer.from_pretrained(c.qwen, local_files_only=True)
    for views in (0, 1, 2, 5):
        for prompt in ("do it", "a {brace} <b>\n\u00e9 'll 42"):
            content = [{"type": "image"}] * views + [{"type": "text", "text": prompt}]
            text = tokenizer.apply_chat_template(
                [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
            ).replace(c.chat.pad, c.chat.pad * 64)
            assert c.chat.render(prompt, views) == text, f"{views}: {text!r}"
            ids = tokenizer(text, add_special_tokens=False)["input_ids"]
            assert c.tokenizer.encode(text, add_special_tokens=False).ids == ids
