"""A language model of one random layer, as a file that llama.cpp's server opens: it says nothing of sense.

What it writes is held to form by the server's grammar alone, which is what the tests look at. Its words are
those of the texts it is given. One whole phrase is a token of its own and favoured: where it stands in every
passage, a quote is now and then right, and the run goes on to the second reading. Bytes have to be in the
vocabulary, or the server fails at a sign it does not know; they are disfavoured, or it would write parts of
letters.
"""

from __future__ import annotations

import re
import string
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float32]

WIDTH = 64
HEADS = 2
HIDDEN = 128
CONTEXT = 65_536
WORDS = 300
"""The most frequent words of the texts that become tokens."""
_SPACE = "\u2581"
_BYTE_BIAS, _FAVOUR = -2.0, 1.2
"""Times a state of about six: strings, lists and objects end within a few words."""
_NORMAL, _UNKNOWN, _CONTROL, _BYTE = 1, 2, 3, 6


def write_model(path: Path, texts: Sequence[str], phrase: str, gguf: Path, seed: int = 1) -> None:
    """`gguf`: the folder that holds llama.cpp's own module of that name. The same seed writes the same."""
    sys.path.insert(0, str(gguf))
    try:
        from gguf import GGUFWriter
    finally:
        sys.path.remove(str(gguf))
    tokens, kinds = _vocabulary(texts, phrase)
    scores = [
        float(len(token)) if kind == _NORMAL else 0.0 for token, kind in zip(tokens, kinds, strict=True)
    ]
    writer: Any = GGUFWriter(str(path), "llama")
    writer.add_name("random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores(scores)
    writer.add_token_types(kinds)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    for name, weights in _weights(tokens, kinds, phrase, seed).items():
        writer.add_tensor(name, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _vocabulary(texts: Sequence[str], phrase: str) -> tuple[list[str], list[int]]:
    """Marks, bytes, signs, and frequent words with their beginnings, by which the tokeniser joins them."""
    counted = Counter(word for text in texts for word in re.findall(r"[A-Za-z_]{2,14}", text))
    pieces: dict[str, None] = dict.fromkeys([*string.printable.strip(), _SPACE])
    for word, _ in counted.most_common(WORDS):
        for whole in (word, _SPACE + word):
            pieces.update(dict.fromkeys(whole[:end] for end in range(2, len(whole) + 1)))
    marks = {"<unk>": _UNKNOWN, "<s>": _CONTROL, "</s>": _CONTROL}
    bytes_ = [f"<0x{value:02X}>" for value in range(256)]
    pieces[phrase.replace(" ", _SPACE)] = None
    tokens = [*marks, *bytes_, *pieces]
    return tokens, [*marks.values(), *([_BYTE] * 256), *([_NORMAL] * len(pieces))]


def _weights(tokens: Sequence[str], kinds: Sequence[int], phrase: str, seed: int) -> dict[str, Weights]:
    said = phrase.replace(" ", _SPACE)
    favoured = {**dict.fromkeys('"]}', _FAVOUR), "{": 1.1 * _FAVOUR, said: 1.2 * _FAVOUR}
    chance = np.random.default_rng(seed)

    def drawn(*shape: int, spread: float = 0.3) -> Weights:
        return chance.normal(0.0, spread, shape).astype(np.float32)

    def ones() -> Weights:
        return np.ones(WIDTH, dtype=np.float32)

    embedding, output = drawn(len(tokens), WIDTH), drawn(len(tokens), WIDTH, spread=0.1)
    # The first number of every state is large and positive, so that its weight at the output is a bias.
    embedding[:, 0] = 3.0
    output[:, 0] = [
        _BYTE_BIAS if kind == _BYTE else favoured.get(token, 0.0)
        for token, kind in zip(tokens, kinds, strict=True)
    ]
    # After the phrase the quotation mark: its weights point to where the phrase lies.
    output[tokens.index('"'), 1:] += embedding[tokens.index(said), 1:] / 2
    block: dict[str, Weights] = {
        "attn_norm": ones(), "attn_q": drawn(WIDTH, WIDTH), "attn_k": drawn(WIDTH, WIDTH),
        "attn_v": drawn(WIDTH, WIDTH), "attn_output": drawn(WIDTH, WIDTH, spread=0.03), "ffn_norm": ones(),
        "ffn_gate": drawn(HIDDEN, WIDTH), "ffn_up": drawn(HIDDEN, WIDTH),
        "ffn_down": drawn(WIDTH, HIDDEN, spread=0.03),
    }  # fmt: skip
    for name in ("attn_output", "ffn_down"):
        block[name][0] = 0.0
    rest = {f"blk.0.{name}.weight": weights for name, weights in block.items()}
    return {
        "token_embd.weight": embedding, "output.weight": output, "output_norm.weight": ones(), **rest,
    }  # fmt: skip
