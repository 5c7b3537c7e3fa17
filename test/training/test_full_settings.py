"""A checkpoint's own settings: each is used, or refused with its file and its key."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import yaml
from full_tools import refusal, tiny

from training.full.checkpoint import read_checkpoint
from training.full.errors import CheckpointError
from training.full.planner_reference import PlannerReference
from training.full.prompt import chat_template, encode_prompt
from training.full.settings import CONFIG, PICTURES, QWEN, SETTINGS, settings_table
from training.full.tiny import read_tiny
from training.full.weights import canonical

DOCS = Path(__file__).parents[2] / "docs/full-size-model.md"
PLACES = {CONFIG: "run/config.yaml", QWEN: "qwen/config.json", PICTURES: f"qwen/{PICTURES}"}
# A value that the reference would take and the package does not, for each setting.
REFUSED = {
    "framework.framework_py": "QwenPI",
    "framework.name": "QwenGR00T",
    "framework.dino.dino_backbone": "dinov2_vitg14",
    "framework.action_model.action_model_type": "DiT-XL",
    "framework.action_model.action_dim": 14,
    "framework.action_model.action_hidden_dim": 64,
    "framework.action_model.future_action_window_size": -1,
    "framework.action_model.action_horizon": 8,
    "framework.action_model.past_action_window_size": 1,
    "framework.layer_qformer.qformer_start_layer": 1,
    "framework.layer_qformer.qformer_end_layer": 2,
    "framework.layer_qformer.num_query_tokens": 0,
    "framework.layer_qformer.input_dim": 64,
    "framework.layer_qformer.ouptput_dim": 64,
    "framework.layer_qformer.num_heads": 4,
    "datasets.vla_data.CoT_prompt": "Do {instruction}: {instruction}",
    "datasets.vla_data.image_size": [448, 448],
    "datasets.vla_data.obs_image_size": [256, 256],
    "model_type": "qwen3_vl",
    "hidden_act": "gelu",
    "vision_config.hidden_act": "gelu",
    "vision_config.in_chans": 4,
    "min_pixels": 100_000,
    "max_pixels": 40_000,
    "size.shortest_edge": 100_000,
    "size.longest_edge": 40_000,
    "do_rescale": False,
    "do_normalize": False,
    "rescale_factor": 1 / 127.5,
    "patch_size": 16,
    "merge_size": 1,
    "temporal_patch_size": 1,
}


def load(file: Path) -> dict:
    text = file.read_text(encoding="utf-8")
    return yaml.safe_load(text) if file.suffix == ".yaml" else json.loads(text)


def save(file: Path, values: object) -> None:
    dump = yaml.safe_dump if file.suffix == ".yaml" else json.dumps
    file.write_text(dump(values), encoding="utf-8")


def put(values: dict, key: str, value: object) -> dict:
    values = copy.deepcopy(values)
    *path, last = key.split(".")
    section = values
    for part in path:
        section = section.setdefault(part, {})
    section[last] = value
    return values


def copied(root: Path, name: str) -> Path:
    folder = root / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "tiny", folder)
    return folder


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.key)
def test_refused(root: Path, setting) -> None:
    """Each setting of the table is refused by its name where it has another value."""
    folder = copied(root, "refused")
    file = folder / PLACES[setting.file]
    save(file, put(load(file), setting.key, REFUSED[setting.key]))
    part = setting.key.rsplit(".", 1)[-1]
    with refusal(part if "_layer" not in part else "layer_qformer"):
        read_tiny(folder)


def test_docs() -> None:
    """The documentation has the table as the code has it."""
    expected = table_rows(settings_table())
    found = table_rows(DOCS.read_text(encoding="utf-8"))
    assert [row for row in found if row in expected] == expected, settings_table()


def table_rows(markdown: str) -> list[list[str]]:
    """The cells of all tables in a document, however wide its columns are written."""
    rows = [line for line in markdown.splitlines() if line.startswith("|") and "---" not in line]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_prompt(root: Path) -> None:
    """Without CoT_prompt the planner reads the bare sentence; a broken one is refused."""
    folder = copied(root, "prompt")
    file = folder / "run/config.yaml"
    values = load(file)
    del values["datasets"]["vla_data"]["CoT_prompt"]
    save(file, values)
    found = read_tiny(folder)
    assert found.prompt == "{instruction}"
    ids = encode_prompt(found.tokenizer, found.chat, found.prompt, "Pick it", 1)
    text = found.tokenizer.decode(ids, skip_special_tokens=False)
    assert "<|vision_end|>pick it<|im_end|>" in text, text
    for wrong in ("no place", "", None, 3, ["{instruction}"]):
        save(file, put(values, "datasets.vla_data.CoT_prompt", wrong))
        with refusal(str(file), "CoT_prompt", "{instruction}"):
            read_tiny(folder)


def test_horizon(root: Path) -> None:
    """starVLA's action_horizon alone is used; one that disagrees is refused."""
    folder = copied(root, "horizon")
    file = folder / "run/config.yaml"
    values = load(file)
    action = values["framework"]["action_model"]
    action["action_horizon"] = action.pop("future_action_window_size") + 1
    save(file, values)
    assert read_tiny(folder).architecture.expert.horizon == 16
    action["future_action_window_size"] = 7
    save(file, values)
    with refusal("action_horizon", "future_action_window_size", "[8, 16]"):
        read_tiny(folder)


def test_no_config(root: Path) -> None:
    """Without config.yaml nothing is assumed."""
    run = root / "tiny/run"
    (weights,) = (run / "checkpoints").iterdir()
    with refusal("config.yaml", "--config"):
        read_checkpoint(root / "tiny/qwen", weights, run / "dataset_statistics.json", None)


def test_transformers_5(root: Path) -> None:
    """A folder saved by transformers 5 gives the same pictures and the same conversation."""
    folder = copied(root, "five")
    qwen = folder / "qwen"
    mean = [0.41, 0.42, 0.43]  # not the library's own
    pictures = load(qwen / PICTURES) | {"image_mean": mean}
    save(qwen / "processor_config.json", {"image_processor": pictures})
    (qwen / PICTURES).unlink()
    template = chat_template(qwen)
    (qwen / "chat_template.json").unlink()
    tokens = load(qwen / "tokenizer_config.json")
    named = [{"name": "tool_use", "template": "no"}, {"name": "default", "template": template}]
    save(qwen / "tokenizer_config.json", tokens | {"chat_template": named})
    found, old = read_tiny(folder), tiny(root)
    assert (found.image_mean, found.chat) == (mean, old.chat)
    assert list(PlannerReference(found).processor.image_mean) == mean
    save(qwen / "tokenizer_config.json", tokens | {"chat_template": named[:1]})
    with refusal("tokenizer_config.json: chat_template"):
        read_tiny(folder)


def test_weights(root: Path) -> None:
    """Names of a compiled module are understood, and NaN is found before anything is computed."""
    q = "qwen_vl_interface.model."
    for stored in (
        f"_orig_mod.{q}model.norm.weight",
        f"module._orig_mod.{q}_orig_mod.model.norm.weight",
    ):
        assert canonical(stored) == "vlm.language.norm.weight", canonical(stored)
    folder = copied(root, "nan")
    file = folder / "run/checkpoints/model.pt"
    tensors = torch.load(file, weights_only=True)
    tensors["dino_pro.weight"][3, 4] = float("nan")
    tensors["dino_pro.bias"][0] = float("inf")
    torch.save(tensors, file)
    with refusal("dino_pro.weight: 1 of 1024", "dino_pro.bias: 1 of 32"):
        read_tiny(folder).store.check_finite()
    tiny(root).store.check_finite()


WRONG: tuple[object, ...] = (None, "text", -1, 0, 2.5, True, float("nan"), [], {}, [None], "")


def leaves(values: object, path: tuple = ()) -> Iterator[tuple]:
    if path:
        yield path
    children = values.items() if isinstance(values, dict) else ()
    for key, child in children:
        yield from leaves(child, (*path, key))


FILES = (
    "run/config.yaml",
    "run/dataset_statistics.json",
    "qwen/config.json",
    f"qwen/{PICTURES}",
    "qwen/generation_config.json",
    "qwen/tokenizer_config.json",
    "qwen/chat_template.json",
)


@pytest.mark.parametrize("name", FILES)
def test_fuzz(root: Path, name: str) -> None:
    """Whatever stands in a configuration file, it is read or refused, and never a traceback."""
    folder = copied(root, "fuzz")
    file = folder / name
    values = load(file)
    refused = 0
    for path in leaves(values):
        for wrong in WRONG:
            save(file, put(values, ".".join(path), wrong))
            try:
                read_tiny(folder)
            except CheckpointError as error:
                assert str(error), path
                refused += 1
    for text in ("", "null", "[]", "3", "{", "\x00", "a: [", '"text"'):
        file.write_text(text, encoding="utf-8")
        with refusal(""):
            read_tiny(folder)
    assert refused > 0
