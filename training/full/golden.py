"""Golden files for the runtime's tests: what Python's libraries give for the tiny checkpoint.

`python -m training golden-full --checkpoint runs/tiny --package test/fixtures/full-size-tiny
--out test/golden/full-size`. Tokens come from transformers' tokenizer and chat template, positions
from transformers' get_rope_index, answers from greedy decoding with transformers' model on the
package's golden image. All are whole numbers: the tolerance is zero. An answer is taken only where
its likeliest word is at least `GAP` before the next one, a hundred times what float32 differs by.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer

from .architecture import IMAGE_SIZE
from .checkpoint import Checkpoint
from .planner_reference import PlannerReference
from .prompt import DEFAULT_QUESTIONS, mrope_positions, sentence_of
from .reference import GOLDEN_WORDS, Scene, prompt_ids

GAP = 1e-3
PROMPTS = (
    "put the spoon on the towel",
    "Put the carrot on the plate!",
    "stack the green block on the yellow block.",
    "put the eggplant in the yellow basket",
    "pick coke can",
    "move the blue plastic bottle near the orange",
    "open the top drawer",
    "close middle drawer",
    "place the apple into the closed top drawer",
    "Pick up the can that's left of the sponge, don't touch the others",
    "turn 90 degrees, then go 12.5 cm up",
    "sort the 3 red & 14 blue blocks (by size)",
    "take it\nand put it there",
    "  spaces   in  between  ",
    "caf\u00e9 cr\u00e8me next to the M\u00fcller bowl",
    "cafe\u0301 with a combining accent",
    "\u628a\u52fa\u5b50\u653e\u5728\u6bdb\u5dfe\u4e0a",
    "\u0440\u043e\u0431\u043e\u0442, \u0434\u0430\u0439 \u0447\u0430\u0448\u043a\u0443",
    "emoji \U0001f944 on \U0001f9fb",
    "{curly} braces and $dollars `ticks` \\ backslash",
    "x" * 120,
    "tab\tand\u00a0no-break space",
    "[12, 34, 56, 78] is where the cup is",
    "HE'LL SAY: WE'VE GOT IT",
    "a",
)


def write_golden(checkpoint: Checkpoint, package: Path, out: Path) -> None:
    manifest = json.loads((package / "manifest.json").read_text(encoding="utf-8"))
    views = len(manifest["image"]["views"])
    golden = json.loads((package / "golden.json").read_text(encoding="utf-8"))
    images = np.fromfile(package / golden["image_file"], dtype=np.uint8)
    images = images.reshape(views, IMAGE_SIZE, IMAGE_SIZE, 3)
    out.mkdir(parents=True, exist_ok=True)
    reference = PlannerReference(checkpoint)
    cases = {
        "tokens": token_cases(checkpoint),
        "mrope": mrope_cases(checkpoint, reference),
        "answers": answer_cases(checkpoint, reference, images),
    }
    for name, found in cases.items():
        text = ",\n".join("  " + json.dumps(case) for case in found)
        made_by = '"made_by": "training/full/golden.py", "tolerance": 0'
        (out / f"{name}.json").write_text(
            f'{{\n {made_by},\n "cases": [\n{text}\n ]\n}}\n', encoding="utf-8"
        )
    reference.close()


def token_cases(checkpoint: Checkpoint) -> list[dict]:
    """Whole conversations, one and two pictures, through transformers' template and tokenizer."""
    tokenizer = AutoTokenizer.from_pretrained(checkpoint.qwen, local_files_only=True)
    cases = []
    for i, instruction in enumerate(PROMPTS):
        views = 1 + i % 2
        prompt = checkpoint.prompt.replace("{instruction}", sentence_of(instruction))
        content = [{"type": "image"}] * views + [{"type": "text", "text": prompt}]
        text = tokenizer.apply_chat_template(
            [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
        )
        chat = checkpoint.chat
        text = text.replace(chat.pad, chat.pad * chat.pads_per_view)
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        cases.append({"instruction": instruction, "views": views, "text": text, "ids": ids})
    return cases


def mrope_cases(checkpoint: Checkpoint, reference: PlannerReference) -> list[dict]:
    """Zero to three pictures, at the beginning, at the end, and with text between them."""
    image, pads = checkpoint.chat.image_token_id, [checkpoint.chat.image_token_id] * 64
    sequences = [
        [1, 2, 3],
        [5, *pads, 6, 7],
        [*pads, 9],
        [8, 8, *pads],
        [1, *pads, 2, *pads, 3, 4],
        [4, *pads, 2, 3, 5, 7, 11, *pads, 1, *pads, 1, 2, 3],
    ]
    views = (1, 2)
    for count in views:
        scene = Scene(np.zeros((count, IMAGE_SIZE, IMAGE_SIZE, 3), np.uint8), PROMPTS[0])
        sequences.append(prompt_ids(checkpoint, scene, checkpoint.prompt))
    cases = []
    for ids in sequences:
        tokens = torch.tensor([ids])
        count = ids.count(image) // 64
        side = 2 * checkpoint.chat.grid[0]
        if count:
            positions, _ = reference.model.model.get_rope_index(
                tokens,
                mm_token_type_ids=(tokens == image).int(),
                image_grid_thw=torch.tensor([[1, side, side]] * count),
                attention_mask=torch.ones_like(tokens),
            )
            found = positions[:, 0].tolist()
        else:
            found = [list(range(len(ids)))] * 3  # transformers asks for pictures here
        cases.append(
            {"ids": ids, "position_ids": found, "next": mrope_positions(ids, checkpoint.chat)[1]}
        )
    return cases


def answer_cases(
    checkpoint: Checkpoint, reference: PlannerReference, images: np.ndarray
) -> list[dict]:
    cases, kinds = [], list(DEFAULT_QUESTIONS)
    for i, instruction in enumerate(PROMPTS):
        kind = kinds[i % len(kinds)]
        ids = prompt_ids(checkpoint, Scene(images, instruction), DEFAULT_QUESTIONS[kind])
        answer = reference.answer(ids, images, GOLDEN_WORDS)
        if answer.smallest_gap < GAP:
            continue
        text = checkpoint.tokenizer.decode(answer.ids)
        case = {"instruction": instruction, "kind": kind, "ids": answer.ids, "text": text}
        cases.append(case)
    if len(cases) < 20:
        raise AssertionError(f"only {len(cases)} answers are clear enough")
    return cases
