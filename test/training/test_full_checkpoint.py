"""Checkpoints that must be refused, with the words in which they are."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import torch
from full_tools import near, refusal, tiny
from safetensors.torch import load_file, save_file

from training.full.checkpoint import choose_arms, fitting_statistics, read_checkpoint
from training.full.keys import graph_sources
from training.full.tiny import framework_name, random_tensors, read_tiny, write_checkpoint
from training.full.tiny_sizes import TINY
from training.full.weights import TorchReader, WeightStore, canonical

NET = "action_model.net.final_layer.linear"


def test_seed(root: Path) -> None:
    """The same seed gives the same checkpoint, no weight is zero."""
    for name, seed in (("again", 3), ("other", 4)):
        write_checkpoint(root / name, seed)
    files = sorted(p.relative_to(root / "tiny") for p in (root / "tiny").rglob("*") if p.is_file())
    for file in files:
        if file.suffix == ".pt":  # the archive has a date
            first, again, other = (
                torch.load(root / n / file, weights_only=True) for n in ("tiny", "again", "other")
            )
            for name, tensor in first.items():
                assert torch.equal(tensor, again[name]), name
                assert not torch.equal(tensor, other[name]), f"{name} does not depend on the seed"
                assert tensor.count_nonzero() == tensor.numel(), f"{name} has zeros"
        else:
            same = (root / "tiny" / file).read_bytes() == (root / "again" / file).read_bytes()
            assert same, f"{file} differs"


def variant(root: Path, name: str) -> tuple[Path, dict[str, torch.Tensor]]:
    """A copy of the checkpoint whose framework weights are to be changed."""
    folder = root / name
    shutil.copytree(root / "tiny", folder, dirs_exist_ok=True)
    return folder, torch.load(folder / "run/checkpoints/model.pt", weights_only=True)


def test_keys(root: Path) -> None:
    """Missing, extra and misshapen weights are all listed."""
    folder, tensors = variant(root, "keys")
    file = folder / "run/checkpoints/model.pt"
    del tensors[f"{NET}.bias"], tensors["dino_pro.weight"]
    tensors[f"{NET}.weight"] = torch.ones(8, 32)
    tensors["layer_qformer.layers.1.norm1.weight"] = torch.ones(32)
    torch.save(tensors, file)
    words = (
        "4 faults",
        f"missing: {NET}.bias [7]",
        "missing: dino_pro.weight [32, 32]",
        f"misshapen: {NET}.weight: expected [7, 32], found [8, 32]",
        "extra: layer_qformer.layers.1.norm1.weight [32]",
    )
    with refusal(*words):
        read_tiny(folder)
    _, tensors = variant(root, "keys")
    tensors["unheard_of"] = torch.ones(1)
    for unused in ("dino_encoder.body.mask_token", "action_model.net.history_embedder.linear.bias"):
        del tensors[unused]
    torch.save(tensors, file)
    with refusal("1 faults", "extra: unheard_of"):
        read_tiny(folder)
    run = folder / "run"
    read_checkpoint(
        folder / "qwen",
        file,
        run / "dataset_statistics.json",
        run / "config.yaml",
        ignore_extra=True,
    )


def test_names(root: Path) -> None:
    """Qwen's names of all releases are understood."""
    q = "qwen_vl_interface.model."
    for stored, expected in (
        (f"{q}model.visual.blocks.0.norm1.weight", "vlm.visual.blocks.0.norm1.weight"),
        (f"{q}visual.blocks.0.norm1.weight", "vlm.visual.blocks.0.norm1.weight"),
        (f"{q}model.language_model.layers.1.mlp.x", "vlm.language.layers.1.mlp.x"),
        (f"{q}model.layers.1.mlp.x", "vlm.language.layers.1.mlp.x"),
        (f"{q}model.embed_tokens.weight", "vlm.language.embed_tokens.weight"),
        (f"{q}lm_head.weight", "vlm.lm_head.weight"),
        (f"module.{q}model.norm.weight", "vlm.language.norm.weight"),
        (f"{q}model.strange.weight", f"{q}model.strange.weight"),
    ):
        assert canonical(stored) == expected, f"{stored}: {canonical(stored)}"
    folder, tensors = variant(root, "names")
    old = {n.replace("model.language_model.", "model."): t for n, t in tensors.items()}
    old = {n.replace(".model.visual.", ".visual."): t for n, t in old.items()}
    assert set(old) != set(tensors)
    torch.save(old, folder / "run/checkpoints/model.pt")
    name = "vlm.language.layers.1.mlp.down_proj.weight"
    near(read_tiny(folder).store.load(name), tiny(root).store.load(name), 0)


def test_formats(root: Path) -> None:
    """Weights in safetensors, and Qwen's from its own folder."""
    folder, tensors = variant(root, "formats")
    (folder / "run/checkpoints/model.pt").unlink()
    expert = {n: t for n, t in tensors.items() if not n.startswith("qwen_vl_interface")}
    save_file(expert, folder / "run/checkpoints/model.safetensors")
    found = read_tiny(folder)
    assert found.store.qwen_from == folder / "qwen"
    name = "vlm.language.embed_tokens.weight"
    shape = {name: tuple(found.store.shapes[name])}
    # The Qwen folder was written with the next seed: other numbers than in the framework's file.
    expected = dict(random_tensors(shape, 4, torch.float32, lambda n: n))[name]
    near(found.store.load(name), expected, 0)
    assert not torch.equal(tiny(root).store.load(name), expected)
    assert tensors[framework_name(name)].shape == expected.shape


class Trap:
    """Unpickled, it makes a file."""

    def __init__(self, file: Path):
        self.file = file

    def __reduce__(self):
        return (os.system, (f"touch {self.file}",))


def test_pickle(root: Path) -> None:
    """A file that could run code is refused and not run."""
    folder, tensors = variant(root, "pickle")
    file, sprung = folder / "run/checkpoints/model.pt", root / "sprung"
    torch.save(tensors | {"trap": Trap(sprung)}, file)
    with refusal("holds more than tensors"):
        read_tiny(folder)
    assert not sprung.exists(), "the code in the checkpoint was run"
    torch.save(tensors | {"step": 3}, file)
    with refusal("expected tensors alone", "step"):
        read_tiny(folder)
    torch.save(torch.ones(3), file)
    with refusal("expected a state dict"):
        TorchReader(file)


def test_broken(root: Path) -> None:
    """Broken files are refused."""
    folder, _ = variant(root, "broken")
    file = folder / "run/checkpoints/model.pt"
    file.write_bytes(file.read_bytes()[:1000])
    with refusal("cannot be read"):
        read_tiny(folder)
    index = folder / "qwen/model.safetensors.index.json"
    weights = json.loads(index.read_text())
    qwen = WeightStore(root / "tiny/run/checkpoints/model.pt", folder / "qwen")
    assert qwen.qwen_from == root / "tiny/run/checkpoints/model.pt"
    tensors = {"dino_pro.bias": torch.ones(3)}
    save_file(tensors, folder / "expert.safetensors")
    first = folder / "qwen/model-00001-of-00005.safetensors"
    shard = next((folder / "qwen").glob("model-00001-*.safetensors"), first)
    shard.write_bytes(b"nonsense")
    with refusal("not a safetensors file"):
        WeightStore(folder / "expert.safetensors", folder / "qwen")
    shard.unlink()
    with refusal("missing model-00001"):
        WeightStore(folder / "expert.safetensors", folder / "qwen")
    weights["weight_map"] = dict.fromkeys(weights["weight_map"], "../../secret.safetensors")
    index.write_text(json.dumps(weights))
    with refusal("names of files in its own folder"):
        WeightStore(folder / "expert.safetensors", folder / "qwen")
    with refusal("not found"):
        read_checkpoint(folder / "nowhere", file, file, None)
    assert load_file(folder / "expert.safetensors").keys() == tensors.keys()


def test_statistics(root: Path) -> None:
    """Statistics are chosen by name, or refused."""
    file = Path("dataset_statistics.json")
    entry = tiny(root).statistics["bridge_dataset"]
    both = {"oxe_bridge": entry, "oxe_rt1": entry}
    assert choose_arms(both, {}, file) == {"widowx": "oxe_bridge", "google_robot": "oxe_rt1"}
    own = {"mine": entry, "other": entry}
    assert choose_arms(own, {"widowx": "mine"}, file) == {"widowx": "mine"}
    with refusal("no statistics 'yours'", "mine", "other"):
        choose_arms(own, {"widowx": "yours"}, file)
    with refusal("no statistics of a known arm", "mine"):
        choose_arms(own, {}, file)
    with refusal("bridge_dataset or oxe_bridge"):
        choose_arms({"bridge_dataset": entry, "oxe_bridge": entry}, {}, file)
    with refusal("unknown arms", "widowx"):
        choose_arms(own, {"franka": "mine"}, file)
    low, high, mask = [0.0] * 7, [1.0] * 7, [True] * 6 + [False]
    for action, words in (
        (None, "mine.action: not there"),
        ({"q01": low[1:], "q99": high, "mask": mask}, "mine.action.q01: expected 7 numbers"),
        ({"q01": low, "q99": "high", "mask": mask}, "mine.action.q99: expected 7 numbers"),
        ({"q01": low, "q99": [float("nan")] * 7, "mask": mask}, "mine.action.q99: expected 7"),
        ({"q01": high, "q99": low, "mask": mask}, "no number below that of q01"),
        ({"q01": low, "q99": high, "mask": [1] * 7}, "mine.action.mask: expected 7 of true"),
        ({"q01": low, "q99": high, "mask": [True] * 7}, "false for the gripper, found true"),
        ({"q01": low, "q99": high}, "false for the gripper, found true, as where there is none"),
    ):
        wrong = {"mine": {"action": action}}
        with refusal(words):
            choose_arms(wrong, {"widowx": "mine"}, file)
        assert fitting_statistics(own | wrong) == {"other": entry}, words


def test_config(root: Path) -> None:
    """A framework of another shape is refused."""
    folder, _ = variant(root, "config")
    config = folder / "run/config.yaml"
    text = config.read_text()
    for old, new, words in (
        ("qformer_start_layer: 2", "qformer_start_layer: 1", "the last one alone"),
        ("past_action_window_size: 0", "past_action_window_size: 2", "expected 0"),
        ("input_dim: 32", "input_dim: 64", "expected 32, found 64"),
        ("width: 32", "other: 32", "expected one of DiT-S, DiT-B, DiT-L"),
    ):
        assert old in text, old
        config.write_text(text.replace(old, new))
        with refusal(words):
            read_tiny(folder)
    config.write_text(text)
    sources = graph_sources(read_tiny(folder).architecture)
    assert len(sources) == 7 and TINY.framework["action_model"]["depth"] == 2
