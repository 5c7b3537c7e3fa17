"""What the planner reads: spatial prompt, chat template, tokens, and their positions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer

from .errors import CheckpointError
from .settings import read_json, shown

DEFAULT_PROMPT = (
    "Your task is {instruction}. To identify the key objects for your task. "
    "Locate their bounding boxes in [x1,y1,x2,y2] format."
)
# The framework publishes the first form alone; the two others are this package's wording.
DEFAULT_QUESTIONS = {
    "boxes": DEFAULT_PROMPT,
    "points": (
        "Your task is {instruction}. Point to the key objects for your task. "
        "Give their points in [x,y] format."
    ),
    "trajectory": (
        "Your task is {instruction}. Predict the path of the gripper for your task. "
        "Give its points in order in [x,y] format."
    ),
}
VISION = ("<|vision_start|>", "<|vision_end|>")
PAD = "<|image_pad|>"
MARK = "\u0001prompt\u0001"


@dataclass(frozen=True)
class Chat:
    """The chat template with its two places left open; see `prompt.chat` of the manifest."""

    text: str
    image: str
    pad: str
    pads_per_view: int
    image_token_id: int
    grid: tuple[int, int]

    def render(self, prompt: str, views: int) -> str:
        picture = self.image.replace("{pads}", self.pad * self.pads_per_view)
        before, after = self.text.split("{prompt}")
        pictures = picture * views
        return before.replace("{images}", pictures) + prompt + after.replace("{images}", pictures)


def read_chat(qwen: Path, image_token_id: int, side: int) -> Chat:
    """`side`: tokens along one side of a picture."""
    template = chat_template(qwen)
    one, two = (render_template(template, count, MARK) for count in (1, 2))
    sign = f"{VISION[0]}{PAD}{VISION[1]}"
    if one.count(sign) != 1 or one.count(MARK) != 1 or one.replace(sign, sign * 2) != two:
        raise CheckpointError(
            f"{qwen}: the chat template is not one of Qwen2.5-VL: expected the prompt once and "
            f"{sign} once a picture, found {one!r}"
        )
    if "{" in one.replace(sign, "").replace(MARK, ""):
        raise CheckpointError(f"{qwen}: the chat template's text has braces: {one!r}")
    return Chat(
        text=one.replace(sign, "{images}").replace(MARK, "{prompt}"),
        image=f"{VISION[0]}{{pads}}{VISION[1]}",
        pad=PAD,
        pads_per_view=side**2,
        image_token_id=image_token_id,
        grid=(side, side),
    )


def chat_template(qwen: Path) -> str:
    """The processor's own, then the tokenizer's: the order in which the reference looks."""
    plain = qwen / "chat_template.jinja"
    if plain.is_file():
        return plain.read_text(encoding="utf-8")
    for name in ("chat_template.json", "processor_config.json", "tokenizer_config.json"):
        file = qwen / name
        found = read_json(file).get("chat_template") if file.is_file() else None
        if isinstance(found, list):  # several by name; the one called so is taken by default
            named = [entry for entry in found if isinstance(entry, dict)]
            found = next((e.get("template") for e in named if e.get("name") == "default"), found)
        if isinstance(found, str):
            return found
        if found is not None:
            raise CheckpointError(f"{file}: chat_template: expected a text, found {shown(found)}")
    raise CheckpointError(f"{qwen}: expected a chat template, found none")


def render_template(template: str, views: int, prompt: str) -> str:
    """In a sandbox: a template is a program that came with the checkpoint."""
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    content = [{"type": "image"}] * views + [{"type": "text", "text": prompt}]
    messages = [{"role": "user", "content": content}]
    try:
        return environment.from_string(template).render(
            messages=messages, add_generation_prompt=True
        )
    except (
        TemplateError,
        TypeError,
        ValueError,
        LookupError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise CheckpointError(f"the chat template cannot be rendered: {error}") from error


def sentence_of(instruction: str) -> str:
    """Lower-cased, without the marks that close it."""
    return re.sub(r"[\s.!?。]+$", "", instruction.strip()).lower()


def encode_prompt(
    tokenizer: Tokenizer, chat: Chat, template: str, instruction: str, views: int
) -> list[int]:
    prompt = template.replace("{instruction}", sentence_of(instruction))
    return tokenizer.encode(chat.render(prompt, views), add_special_tokens=False).ids


def mrope_positions(ids: list[int], chat: Chat) -> tuple[list[list[int]], int]:
    """Rows of time, row and column for each token, and where the text would go on."""
    rows, columns = chat.grid
    places: list[tuple[int, int, int]] = []
    at = i = 0
    while i < len(ids):
        if ids[i] != chat.image_token_id:
            places.append((at, at, at))
            at, i = at + 1, i + 1
            continue
        if ids[i : i + rows * columns] != [chat.image_token_id] * (rows * columns):
            raise ValueError(f"token {i}: expected {rows * columns} image tokens in a row")
        places += [(at, at + r, at + c) for r in range(rows) for c in range(columns)]
        at, i = at + max(rows, columns), i + rows * columns
    return [list(axis) for axis in zip(*places)], at
