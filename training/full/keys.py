"""Which tensors a checkpoint must have, and what is wrong with the ones that it has."""

from __future__ import annotations

from .architecture import Architecture
from .condition import condition_sources, proj_sources
from .dino import UNUSED as DINO_UNUSED
from .dino import dino_sources
from .dit import UNUSED as DIT_UNUSED
from .dit import dit_sources
from .errors import CheckpointError, faults
from .qwen_language import head_sources, language_sources
from .qwen_vision import vision_sources
from .sources import Sources
from .weights import WeightStore


def graph_sources(a: Architecture) -> dict[str, Sources]:
    """Where every parameter of every graph comes from."""
    language = language_sources(a.language)
    answering = language | head_sources(a.language)
    return {
        "planner_vision": vision_sources(a.vision),
        "planner_llm": language | proj_sources(a.language, a.expert),
        "planner_llm_kv": answering,
        "planner_llm_decode": answering,
        "action_eye": dino_sources(a.expert),
        "action_condition": condition_sources(a.language, a.expert),
        "action_dit_step": dit_sources(a.expert),
    }


def expected_shapes(a: Architecture) -> dict[str, tuple[int, ...]]:
    """Everything that the framework's state dict has for this architecture, used or not."""
    shapes = dict(
        key
        for sources in graph_sources(a).values()
        for source in sources.values()
        for key in source.keys
    )
    width = a.expert.width
    shapes |= {
        DINO_UNUSED[0]: (1, a.expert.dino_width),
        DIT_UNUSED[0]: (width, 7),
        DIT_UNUSED[1]: (width,),
    }
    return shapes


def unused(a: Architecture) -> set[str]:
    """May be there or not."""
    tied = {"vlm.lm_head.weight"} if a.language.tied else set()
    return {*DINO_UNUSED, *DIT_UNUSED, *tied}


def check_keys(a: Architecture, store: WeightStore, ignore_extra: bool = False) -> None:
    """Lists everything missing, misshapen or extra at once."""
    expected, optional = expected_shapes(a), unused(a)
    problems = [f"twice: {clash}" for clash in store.clashes]
    for name, shape in expected.items():
        found = store.shapes.get(name)
        if found is None:
            if name not in optional:
                problems.append(f"missing: {name} {list(shape)}")
        elif found != shape:
            stored = store.stored_name(name)
            problems.append(f"misshapen: {stored}: expected {list(shape)}, found {list(found)}")
    extra = [name for name in store.shapes if name not in expected and name not in optional]
    if not ignore_extra:
        problems += [f"extra: {store.stored_name(n)} {list(store.shapes[n])}" for n in extra]
    if problems:
        raise CheckpointError(
            faults(f"the checkpoint's weights do not fit ({len(problems)} faults):", problems)
        )
