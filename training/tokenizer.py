"""A word-level tokenizer in the Hugging Face `tokenizers` format."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import WhitespaceSplit

from .config import MAX_TOKENS, PROMPT

PAD, UNKNOWN = "[PAD]", "[UNK]"
PAD_ID, UNKNOWN_ID = 0, 1


def build_tokenizer(instructions: Iterable[str]) -> Tokenizer:
    """All words of prompt and instructions, sorted, so that ids do not depend on their order."""
    return word_tokenizer({PAD: PAD_ID, UNKNOWN: UNKNOWN_ID}, instructions)


def extend_tokenizer(tokenizer: Tokenizer, instructions: Iterable[str]) -> Tokenizer:
    """New words behind those that are known, whose ids stay."""
    return word_tokenizer(tokenizer.get_vocab(), instructions)


def word_tokenizer(known: dict[str, int], instructions: Iterable[str]) -> Tokenizer:
    words = set(PROMPT.replace("{instruction}", "").lower().split())
    for text in instructions:
        words.update(text.lower().split())
    # Stands for unknown words in the data; as it is no word itself, it becomes UNKNOWN.
    words.discard(UNKNOWN.lower())
    vocabulary = dict(sorted(known.items(), key=lambda entry: entry[1]))
    for word in sorted(words - vocabulary.keys()):
        vocabulary[word] = len(vocabulary)
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token=UNKNOWN))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return tokenizer


def encode(tokenizer: Tokenizer, instruction: str) -> np.ndarray:
    """The prompt's token ids, padded on the right: int64 [MAX_TOKENS]."""
    ids = tokenizer.encode(PROMPT.replace("{instruction}", instruction.lower())).ids
    if len(ids) > MAX_TOKENS:
        raise ValueError(f"prompt of {len(ids)} tokens, at most {MAX_TOKENS}: {instruction!r}")
    return np.array(ids + [PAD_ID] * (MAX_TOKENS - len(ids)), dtype=np.int64)


def encode_prompt(tokenizer: Tokenizer) -> list[int]:
    """Ids of the words around the instruction."""
    return tokenizer.encode(PROMPT.replace("{instruction}", "")).ids
