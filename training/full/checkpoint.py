"""Everything that an export reads: weights, sizes, tokenizer, chat, statistics, constants."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from .architecture import ACTION_DIM, Architecture, read_architecture
from .errors import CheckpointError, faults
from .keys import check_keys
from .postprocess import GRIPPER
from .prompt import Chat, read_chat
from .settings import read_json, read_pictures, real, shown, whole
from .weights import WeightStore

# Arms, the names under which the reference has their statistics, and how their chunks are used.
ARMS: dict[str, dict[str, Any]] = {
    "widowx": {
        "keys": ("bridge_dataset", "oxe_bridge"),
        "ensemble_horizon": 7,
        "gripper": "binary",
    },
    "google_robot": {
        "keys": ("fractal20220817_data", "oxe_rt1"),
        "ensemble_horizon": 2,
        "gripper": "sticky",
    },
}
# Of statistics without one, as the reference takes it.
MASK = [True] * ACTION_DIM


@dataclass(frozen=True)
class Checkpoint:
    qwen: Path
    architecture: Architecture
    store: WeightStore
    tokenizer: Tokenizer
    chat: Chat
    prompt: str
    pad_id: int
    eos_ids: list[int]
    image_mean: list[float]
    image_std: list[float]
    statistics: dict
    arms: dict[str, str]  # name of the arm -> key of its statistics


def read_checkpoint(
    qwen: Path,
    weights: Path,
    statistics: Path,
    config: Path | None,
    keys: dict[str, str] | None = None,
    ignore_extra: bool = False,
) -> Checkpoint:
    """Opens a checkpoint and checks all of it that can be checked without computing."""
    for path in (qwen, weights, statistics, *([config] if config else [])):
        if not path.exists():
            raise CheckpointError(f"{path}: not found")
    architecture = read_architecture(qwen, config)
    pictures, preprocessor = read_pictures(qwen)
    check_patches(pictures, preprocessor, architecture)
    store = WeightStore(weights, qwen)
    check_keys(architecture, store, ignore_extra)
    tokenizer = read_tokenizer(qwen / "tokenizer.json")
    image_token = architecture.language.image_token
    side = architecture.vision.grid // architecture.vision.merge
    chat = read_chat(qwen, image_token, side)
    if tokenizer.token_to_id(chat.pad) != image_token:
        raise CheckpointError(
            f"{qwen}: {chat.pad} is token {tokenizer.token_to_id(chat.pad)}, but config.json's "
            f"image_token_id is {image_token}"
        )
    found = read_json(statistics)
    return Checkpoint(
        qwen=qwen,
        architecture=architecture,
        store=store,
        tokenizer=tokenizer,
        chat=chat,
        prompt=architecture.prompt,
        pad_id=pad_id(qwen, tokenizer),
        eos_ids=eos_ids(qwen),
        image_mean=three(preprocessor, "image_mean", pictures, above=-math.inf),
        image_std=three(preprocessor, "image_std", pictures, above=0),
        statistics=found,
        arms=choose_arms(found, keys or {}, statistics),
    )


def choose_arms(statistics: dict, named: dict[str, str], file: Path) -> dict[str, str]:
    """Keys that the user named, else the known names; of a wrong one all that exist are told."""
    known = ", ".join(sorted(statistics))
    unknown_arms = sorted(set(named) - set(ARMS))
    if unknown_arms:
        raise CheckpointError(f"unknown arms {unknown_arms}: expected {', '.join(ARMS)}")
    arms = {}
    for arm, facts in ARMS.items():
        if arm in named:
            if named[arm] not in statistics:
                raise CheckpointError(f"{file}: no statistics {named[arm]!r}; there are: {known}")
            arms[arm] = named[arm]
            continue
        there = [key for key in facts["keys"] if key in statistics]
        if len(there) > 1:
            raise CheckpointError(f"{file}: {arm} could be {' or '.join(there)}: name one")
        if there and not named:
            arms[arm] = there[0]
    if not arms:
        raise CheckpointError(f"{file}: no statistics of a known arm; name one of: {known}")
    problems = [p for key in arms.values() for p in statistics_faults(key, statistics[key])]
    if problems:
        raise CheckpointError(faults(f"{file}:", problems))
    return arms


def statistics_faults(key: str, entry: object) -> list[str]:
    action = entry.get("action") if isinstance(entry, dict) else None
    if not isinstance(action, dict):
        return [f"{key}.action: not there"]
    low, high, mask = (action.get(n, MASK if n == "mask" else None) for n in ("q01", "q99", "mask"))
    problems: list[str] = []
    for name, values, kind in (("q01", low, float), ("q99", high, float), ("mask", mask, bool)):
        if not is_list_of(values, kind):
            words = "numbers" if kind is float else "of true or false"
            problems.append(f"{key}.action.{name}: expected {ACTION_DIM} {words}")
    if not problems and any(a > b for a, b in zip(low or [], high or [])):
        problems.append(f"{key}.action.q99: expected no number below that of q01")
    if mask is not None and is_list_of(mask, bool) and mask[GRIPPER]:
        found = "true, as where there is none" if "mask" not in action else "true"
        problems.append(f"{key}.action.mask: expected false for the gripper, found {found}")
    return problems


def is_list_of(values: object, kind: type) -> bool:
    if not isinstance(values, list) or len(values) != ACTION_DIM:
        return False
    if kind is bool:
        return all(isinstance(x, bool) for x in values)
    return all(isinstance(x, (int, float)) and math.isfinite(x) for x in values)


def fitting_statistics(statistics: dict) -> dict:
    """Of all that a model was trained on, what its actions can be un-normalised by."""
    return {k: entry for k, entry in statistics.items() if not statistics_faults(k, entry)}


def three(values: dict, key: str, file: Path, above: float) -> list[float]:
    found = values.get(key)
    numbers = found if isinstance(found, list) else []
    if len(numbers) != 3 or not all(real(x) and x > above for x in numbers):
        words = "3 numbers above 0" if above == 0 else "3 numbers"
        raise CheckpointError(f"{file}: {key}: expected {words}, found {shown(found)}")
    return [float(x) for x in numbers]


def check_patches(file: Path, values: dict, a: Architecture) -> None:
    """The image processor cuts patches as the vision tower reads them."""
    sizes = (
        ("patch_size", a.vision.patch),
        ("merge_size", a.vision.merge),
        ("temporal_patch_size", a.vision.frames),
    )
    problems = [
        f"{key}: expected {wanted} as in config.json, found {values[key]}"
        for key, wanted in sizes
        if values.get(key, wanted) != wanted
    ]
    if problems:
        raise CheckpointError(faults(f"{file}:", problems))


def read_tokenizer(file: Path) -> Tokenizer:
    try:
        return Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises nothing narrower
        raise CheckpointError(f"{file}: expected a tokenizer: {error}") from error


def eos_ids(qwen: Path) -> list[int]:
    """Tokens that end an answer."""
    file = qwen / "generation_config.json"
    found = read_json(file if file.is_file() else qwen / "config.json").get("eos_token_id")
    named: list[Any] = found if isinstance(found, list) else [found]
    ids = [i for i in named if whole(i, 0)]
    if len(ids) < len(named) or not ids:
        raise CheckpointError(f"{qwen}: eos_token_id: expected token ids, found {found}")
    return ids


def pad_id(qwen: Path, tokenizer: Tokenizer) -> int:
    token = read_json(qwen / "tokenizer_config.json").get("pad_token")
    token = token.get("content") if isinstance(token, dict) else token
    found = tokenizer.token_to_id(token) if isinstance(token, str) else None
    if found is None:
        raise CheckpointError(f"{qwen}: the pad token {token!r} is not in the tokenizer")
    return found
