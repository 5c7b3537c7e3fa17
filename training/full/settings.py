"""Every setting of a checkpoint that changes the answer: it is used, or refused by its name.

The table drives the export and docs/full-size-model.md. "Reference" is the published code of
InternVLA-M1 and its successor in starVLA.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

import yaml

from .errors import CheckpointError, faults

IMAGE_SIZE = 224
ACTION_DIM = 7
# Depth, width, heads; the names are those of InternVLA-M1's configuration.
DIT_TYPES = {"DiT-S": (6, 384, 4), "DiT-B": (12, 768, 12), "DiT-L": (24, 1024, 16)}
DINO_TYPES = {
    "dinov2_vits14": (12, 384, 6),
    "dinov2_vitb14": (12, 768, 12),
    "dinov2_vitl14": (24, 1024, 16),
}
TINY = "tiny"  # a type of this package's random checkpoints, which name their sizes
ABSENT = object()
FRAMEWORK = "InternVLA-M1"
PLACE = "{instruction}"


@dataclass(frozen=True)
class Setting:
    """`fits(value)` is false for a value that is refused; `value` is ABSENT without an entry."""

    file: str
    key: str  # dotted
    read_in: str  # the reference's module that reads it
    supported: str
    fits: Callable[[object], bool]


def whole(value: object, low: int = 1, high: int = 1 << 20) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def real(value: object) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value)


def equal(wanted: object, absent: bool = True) -> Callable[[object], bool]:
    def fits(value: object) -> bool:
        if value is ABSENT:
            return absent
        return type(value) is type(wanted) and value == wanted

    return fits


def one_of(names: tuple[str, ...], absent: bool = False) -> Callable[[object], bool]:
    return lambda v: absent if v is ABSENT else isinstance(v, str) and v in names


def number(low: int, high: int = 1 << 20, absent: bool = False) -> Callable[[object], bool]:
    return lambda value: absent if value is ABSENT else whole(value, low, high)


def own_size(value: object) -> bool:
    """Absent or null: the reference keeps the client's size, and its client sends 224 pixels."""
    return value in (ABSENT, None) or value == [IMAGE_SIZE, IMAGE_SIZE]


def one_place(value: object) -> bool:
    return value is ABSENT or (isinstance(value, str) and value.count(PLACE) == 1)


def factor(value: object) -> bool:
    return value is ABSENT or (real(value) and math.isclose(value, 1 / 255, rel_tol=1e-6))


CONFIG, QWEN, PICTURES = "config.yaml", "config.json", "preprocessor_config.json"
_M1, _VLM, _DIT, _QF, _HF = (
    "framework/M1",
    "modules/vlm/QWen2_5",
    "modules/action_model/DiTActionHeader",
    "modules/projector/QFormer",
    "transformers",
)
_A, _Q, _V = "framework.action_model.", "framework.layer_qformer.", "datasets.vla_data."
_DITS, _DINOS = (*DIT_TYPES, TINY), (*DINO_TYPES, TINY)
_POSITIVE = "a whole number above 0"

SETTINGS: tuple[Setting, ...] = (
    Setting(CONFIG, "framework.framework_py", "framework", FRAMEWORK, equal(FRAMEWORK)),
    Setting(CONFIG, "framework.name", "framework (starVLA)", FRAMEWORK, equal(FRAMEWORK)),
    Setting(
        CONFIG, "framework.dino.dino_backbone", _M1, ", ".join(DINO_TYPES), one_of(_DINOS, True)
    ),
    Setting(CONFIG, f"{_A}action_model_type", _DIT, ", ".join(DIT_TYPES), one_of(_DITS)),
    Setting(CONFIG, f"{_A}action_dim", _DIT, str(ACTION_DIM), equal(ACTION_DIM)),
    Setting(CONFIG, f"{_A}action_hidden_dim", _DIT, _POSITIVE, number(1, absent=True)),
    Setting(CONFIG, f"{_A}future_action_window_size", _M1, "0 to 511", number(0, 511, absent=True)),
    Setting(CONFIG, f"{_A}action_horizon", f"{_M1} (starVLA)", "1 to 512", number(1, 512, True)),
    Setting(CONFIG, f"{_A}past_action_window_size", _M1, "0", equal(0)),
    Setting(CONFIG, f"{_Q}qformer_start_layer", _M1, "the number of layers", number(0)),
    Setting(CONFIG, f"{_Q}qformer_end_layer", _M1, "one above the number of layers", number(1)),
    Setting(CONFIG, f"{_Q}num_query_tokens", _QF, "1 to 4096", number(1, 4096)),
    Setting(CONFIG, f"{_Q}input_dim", _QF, "the width of the language model", number(1)),
    Setting(CONFIG, f"{_Q}ouptput_dim", _QF, "the width of action_model_type", number(1)),
    Setting(CONFIG, f"{_Q}num_heads", f"{_QF} (has 8, whatever is set)", "8", equal(8)),
    Setting(CONFIG, f"{_V}CoT_prompt", _VLM, f"absent, or a text with {PLACE} once", one_place),
    Setting(CONFIG, f"{_V}image_size", _M1, "absent, null or [224, 224]", own_size),
    Setting(
        CONFIG, f"{_V}obs_image_size", f"{_M1} (starVLA)", "absent, null or [224, 224]", own_size
    ),
    Setting(QWEN, "model_type", _VLM, "qwen2_5_vl", equal("qwen2_5_vl", absent=False)),
    Setting(QWEN, "hidden_act", _HF, "silu", equal("silu")),
    Setting(QWEN, "vision_config.hidden_act", _HF, "silu", equal("silu")),
    Setting(QWEN, "vision_config.in_chans", _HF, "3", equal(3)),
    Setting(PICTURES, "min_pixels", _HF, "at most 50176 (224 x 224)", number(0, 50176, True)),
    Setting(PICTURES, "max_pixels", _HF, "at least 50176", number(50176, 1 << 40, True)),
    Setting(PICTURES, "size.shortest_edge", _HF, "at most 50176", number(0, 50176, True)),
    Setting(PICTURES, "size.longest_edge", _HF, "at least 50176", number(50176, 1 << 40, True)),
    Setting(PICTURES, "do_rescale", _HF, "true", equal(True)),
    Setting(PICTURES, "do_normalize", _HF, "true", equal(True)),
    Setting(PICTURES, "rescale_factor", _HF, "1/255", factor),
    Setting(PICTURES, "patch_size", _HF, "that of config.json", number(1, absent=True)),
    Setting(PICTURES, "merge_size", _HF, "that of config.json", number(1, absent=True)),
    Setting(PICTURES, "temporal_patch_size", _HF, "that of config.json", number(1, absent=True)),
)


def check_settings(file: Path, kind: str, values: dict) -> None:
    """Refuses by file, key, what is supported, and what was found; lists all faults at once."""
    problems = []
    for setting in SETTINGS:
        if setting.file != kind:
            continue
        value = look_up(values, setting.key)
        if not setting.fits(value):
            problems.append(f"{setting.key}: expected {setting.supported}, found {shown(value)}")
    if problems:
        raise CheckpointError(faults(f"{file}: these settings are not supported:", problems))


def look_up(values: dict, key: str) -> object:
    found: object = values
    for part in key.split("."):
        if not isinstance(found, dict) or part not in found:
            return ABSENT
        found = found[part]
    return found


def shown(value: object) -> str:
    return "nothing" if value is ABSENT else repr(value)[:120]


def read_config(file: Path | None) -> dict:
    """The framework's config.yaml, whose settings change what the weights mean."""
    if file is None:
        raise CheckpointError(
            "expected the framework's config.yaml beside the folder of its weights, found none: "
            "name it with --config"
        )
    try:
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise CheckpointError(f"{file}: expected YAML: {error}") from error
    expect_sections(
        file,
        found,
        "framework",
        "framework.dino",
        "framework.layer_qformer",
        "framework.action_model",
        "datasets",
        "datasets.vla_data",
    )
    check_settings(file, CONFIG, found)
    return found


def expect_sections(file: Path, found: object, *keys: str) -> None:
    """Sections may be absent, but not something else than a section."""
    if not isinstance(found, dict):
        raise CheckpointError(f"{file}: expected named settings, found {shown(found)}")
    for key in keys:
        section = look_up(found, key)
        if section is not ABSENT and not isinstance(section, dict):
            raise CheckpointError(f"{file}: {key}: expected a section, found {shown(section)}")


def read_json(file: Path) -> dict:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{file}: expected JSON: {error}") from error
    if not isinstance(found, dict):
        raise CheckpointError(f"{file}: expected a JSON object, found {shown(found)}")
    return found


def read_pictures(qwen: Path) -> tuple[Path, dict]:
    """The image processor's settings; transformers 5 keeps them in processor_config.json."""
    file = qwen / "processor_config.json"
    nested = read_json(file).get("image_processor") if file.is_file() else None
    if nested is None:
        file = qwen / PICTURES
        nested = read_json(file)
    if not isinstance(nested, dict):
        raise CheckpointError(f"{file}: image_processor: expected a section, found {shown(nested)}")
    expect_sections(file, {k: v for k, v in nested.items() if v is not None}, "size")
    # Null is the same as absent for transformers.
    values = {k: v for k, v in nested.items() if v is not None}
    check_settings(file, PICTURES, values)
    return file, values


def settings_table() -> str:
    """Markdown for docs/full-size-model.md."""
    head = ("file", "setting", "read by the reference in", "supported; anything else is refused")
    rows = [(s.file, f"`{s.key}`", s.read_in, s.supported) for s in SETTINGS]
    widths = [max(len(line[i]) for line in (head, *rows)) for i in range(4)]
    rule = tuple("-" * w for w in widths)
    return "\n".join(
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths)) + " |"
        for line in (head, rule, *rows)
    )
