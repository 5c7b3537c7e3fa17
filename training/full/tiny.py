"""Random checkpoints in the file formats of the real ones: tiny for tests, full for measuring.

Every weight is random and none is zero, the denoiser's last layer and all biases included: parity
against zeros would prove nothing. The same seed gives the same files.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from pathlib import Path

import torch
import yaml
from safetensors.torch import save_file
from torch import Tensor

from .architecture import ACTION_DIM, read_architecture
from .checkpoint import Checkpoint, read_checkpoint
from .dit import ROOT
from .keys import expected_shapes
from .prompt import DEFAULT_PROMPT
from .tiny_files import statistics, write_json, write_qwen_files
from .tiny_sizes import TINY, Sizes


def write_checkpoint(out: Path, seed: int, sizes: Sizes = TINY, weights: str = "pt") -> None:
    """`out`/qwen is a Qwen2.5-VL folder, `out`/run a run folder of the framework.

    The tiny framework file holds Qwen's weights, too, and other ones than the Qwen folder: as after
    training. The full one does not, to spare the disk.
    """
    qwen, run = out / "qwen", out / "run"
    (run / "checkpoints").mkdir(parents=True, exist_ok=True)
    qwen.mkdir(parents=True, exist_ok=True)
    write_qwen_files(qwen, sizes)
    settings = {
        "framework": {"framework_py": "InternVLA-M1", **sizes.framework},
        "datasets": {"vla_data": {"CoT_prompt": DEFAULT_PROMPT, "image_size": [224, 224]}},
    }
    (run / "config.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    write_json(run / "dataset_statistics.json", statistics())
    shapes = expected_shapes(read_architecture(qwen, run / "config.yaml"))
    base = {n: s for n, s in shapes.items() if n.startswith("vlm.")}
    write_shards(qwen, random_tensors(base, seed + 1, sizes.dtype, qwen_name), sizes.shard_bytes)
    kept = {n: s for n, s in shapes.items() if n not in base} if sizes.full else shapes
    tensors = dict(random_tensors(kept, seed, sizes.dtype, framework_name))
    if weights == "pt":
        torch.save(tensors, run / "checkpoints" / "model.pt")
    else:
        save_file(tensors, run / "checkpoints" / "model.safetensors")


def read_tiny(folder: Path) -> Checkpoint:
    """What `write_checkpoint` wrote."""
    run = folder / "run"
    (weights,) = (run / "checkpoints").iterdir()
    return read_checkpoint(
        folder / "qwen", weights, run / "dataset_statistics.json", run / "config.yaml"
    )


def random_tensors(
    shapes: dict[str, tuple[int, ...]], seed: int, dtype: torch.dtype, rename
) -> Iterator[tuple[str, Tensor]]:
    for name, shape in shapes.items():
        weight = random_weight(name, shape, seed)
        if name == f"{ROOT}.final_layer.linear.weight":
            # Finds roughly the noise in its input, as a trained one does: else a chunk would end
            # far outside -1...1, and clipping would hide what is wrong with it.
            actions = random_weight(f"{ROOT}.x_embedder.linear.weight", shape[::-1], seed)
            weight = 0.3 * weight + actions.t() * math.sqrt(ACTION_DIM) / shape[1]
        yield rename(name), weight.to(dtype)


def random_weight(name: str, shape: tuple[int, ...], seed: int) -> Tensor:
    """Of the seed and its own name, so it does not depend on what else is in the file."""
    generator = torch.Generator().manual_seed(seed * 1_000_003 + zlib.crc32(name.encode()))
    noise = torch.randn(shape, generator=generator)
    if len(shape) == 1:
        is_scale = name.endswith(("norm.weight", "gamma", "ln_q.weight")) or (
            (".norm" in name or "layernorm" in name) and name.endswith("weight")
        )
        return 1 + 0.1 * noise if is_scale else 0.1 * noise
    if name.endswith(("query_tokens", "uncondition", "x_embedder.linear.weight")):
        return noise
    if name.endswith("embed_tokens.weight"):
        return 0.1 * noise  # small beside what the layers add, or each word would follow itself
    if name.endswith(("pos_embed", "cls_token", "mask_token", "positional_embedding")):
        return 0.3 * noise
    # Sharp enough that an answer depends on all of the prompt and is not one word again and again.
    sharpness = 2 if name.endswith(("self_attn.q_proj.weight", "self_attn.k_proj.weight")) else 1
    return sharpness * noise / math.sqrt(math.prod(shape[1:]))


def write_shards(folder: Path, tensors: Iterator[tuple[str, Tensor]], limit: int) -> None:
    """Never more than one shard in memory."""
    shard: dict[str, Tensor] = {}
    places: dict[str, int] = {}
    count = total = 0

    def flush() -> None:
        nonlocal shard, count
        count += 1
        save_file(shard, folder / f"part-{count:05}.safetensors", metadata={"format": "pt"})
        places.update(dict.fromkeys(shard, count))
        shard = {}

    for name, tensor in tensors:
        shard[name] = tensor.contiguous()
        total += tensor.nbytes
        if sum(value.nbytes for value in shard.values()) > limit:
            flush()
    if shard:
        flush()
    names = {}
    for name, i in places.items():
        names[name] = f"model-{i:05}-of-{count:05}.safetensors"
    for i in range(1, count + 1):
        part = folder / f"part-{i:05}.safetensors"
        part.rename(folder / f"model-{i:05}-of-{count:05}.safetensors")
    index = {"metadata": {"total_size": total}, "weight_map": names}
    write_json(folder / "model.safetensors.index.json", index)


def qwen_name(name: str) -> str:
    """As in the files that are published."""
    rest = name.removeprefix("vlm.")
    return rest.replace("language.", "model.", 1) if rest.startswith("language.") else rest


def framework_name(name: str) -> str:
    """As in a state dict of the framework with transformers 4.52."""
    if not name.startswith("vlm."):
        return name
    rest = name.removeprefix("vlm.").replace("language.", "language_model.", 1)
    rest = rest if rest.startswith("lm_head") else f"model.{rest}"
    return f"qwen_vl_interface.model.{rest}"
