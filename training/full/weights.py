"""Tensors of a checkpoint, read one at a time from memory-mapped files. Nothing is unpickled."""

from __future__ import annotations

import pickle
import re
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from .errors import CheckpointError, faults
from .settings import read_json

QWEN = "qwen_vl_interface.model."


class Weights(Protocol):
    """Weights by name, however they are stored."""

    def load(self, name: str) -> Tensor: ...


class Reader(Weights, Protocol):
    def shapes(self) -> dict[str, tuple[int, ...]]: ...


class SafetensorsReader:
    """One .safetensors file, or a folder with an index over several."""

    def __init__(self, path: Path):
        self.files: dict[str, Any] = {}
        for file in safetensors_files(path):
            try:
                handle = safe_open(str(file), framework="pt")
            except (SafetensorError, OSError) as error:
                raise CheckpointError(f"{file}: not a safetensors file: {error}") from error
            self.files |= dict.fromkeys(handle.keys(), handle)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: tuple(f.get_slice(name).get_shape()) for name, f in self.files.items()}

    def load(self, name: str) -> Tensor:
        return self.files[name].get_tensor(name)


class TorchReader:
    """A .pt file with tensors alone: anything else in it is refused, not executed."""

    def __init__(self, path: Path):
        try:
            found = torch.load(path, map_location="cpu", weights_only=True, mmap=True)
        except pickle.UnpicklingError as error:
            raise CheckpointError(
                f"{path}: holds more than tensors, which could run code when it is read; save the "
                "state dict alone, or as safetensors"
            ) from error
        except (RuntimeError, OSError, EOFError, ValueError) as error:
            raise CheckpointError(f"{path}: cannot be read: {error}") from error
        if not isinstance(found, dict):
            raise CheckpointError(f"{path}: expected a state dict, found {type(found).__name__}")
        strange = [str(k) for k, v in found.items() if not isinstance(v, Tensor)]
        if strange:
            raise CheckpointError(f"{path}: expected tensors alone, found also {strange[:5]}")
        self.tensors = found

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: tuple(tensor.shape) for name, tensor in self.tensors.items()}

    def load(self, name: str) -> Tensor:
        return self.tensors[name]


class WeightStore:
    """All tensors under one set of names: `vlm.*` for Qwen, the framework's own for the rest.

    Qwen's weights come from the framework's file where it has them (they were trained further
    there), else from the Qwen folder.
    """

    def __init__(self, framework: Path, qwen: Path):
        self.origins: dict[str, tuple[Reader, str]] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.clashes: list[str] = []
        self.add(open_reader(framework))
        self.qwen_from = framework if any(n.startswith("vlm.") for n in self.shapes) else qwen
        if self.qwen_from == qwen:
            self.add(SafetensorsReader(qwen), QWEN)

    def add(self, reader: Reader, prefix: str = "") -> None:
        for name, shape in reader.shapes().items():
            target = canonical(prefix + name)
            if target in self.origins:
                self.clashes.append(f"{name}: the same as {self.origins[target][1]}")
            self.origins[target], self.shapes[target] = (reader, name), shape

    def load(self, name: str) -> Tensor:
        reader, stored = self.origins[name]
        return reader.load(stored)

    def check_finite(self) -> None:
        """Reads every tensor once; NaN and infinity would go through all that is computed."""
        strange = [
            f"{self.stored_name(name)}: {bad} of {self.load(name).numel()} are NaN or infinite"
            for name in self.shapes
            if (bad := int((~torch.isfinite(self.load(name))).sum()))
        ]
        if strange:
            raise CheckpointError(faults("these weights are not numbers:", strange))

    def stored_name(self, name: str) -> str:
        return self.origins[name][1]


def canonical(name: str) -> str:
    """Qwen's names differ between releases of transformers; here they are the same for all."""
    # Wrappers of training: distributed data, torch.compile (at any level).
    name = name.removeprefix("module.").replace("_orig_mod.", "").removeprefix("module.")
    if not name.startswith(QWEN):
        return name
    rest = name.removeprefix(QWEN)
    for pattern, target in (
        (r"(model\.)?visual\.(.*)", r"vlm.visual.\2"),
        (r"model\.language_model\.(.*)", r"vlm.language.\1"),
        (r"model\.((?:embed_tokens|layers|norm)\..*)", r"vlm.language.\1"),
        (r"lm_head\.weight", "vlm.lm_head.weight"),
    ):
        if re.fullmatch(pattern, rest):
            return re.sub(pattern, target, rest)
    return name


def open_reader(path: Path) -> Reader:
    if path.is_dir() or path.suffix == ".safetensors":
        return SafetensorsReader(path)
    return TorchReader(path)


def safetensors_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    index = path / "model.safetensors.index.json"
    if index.is_file():
        places = read_json(index).get("weight_map")
        names = sorted(set(map(str, places.values()))) if isinstance(places, dict) else [""]
        if any(not name or Path(name).name != name for name in names):
            raise CheckpointError(f"{index}: expected names of files in its own folder")
        missing = [name for name in names if not (path / name).is_file()]
        if missing:
            raise CheckpointError(f"{path}: missing {', '.join(missing)}")
        return [path / name for name in names]
    files = sorted(path.glob("*.safetensors"))
    if not files:
        raise CheckpointError(f"{path}: expected .safetensors files, found none")
    return files
