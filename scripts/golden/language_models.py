#!/usr/bin/env python3
"""Golden values of the families of language models: small models with random weights in the form of Hugging Face
(config.json, model.safetensors), and the scores that a PyTorch program of our own, which follows the published
descriptions, computes with them in float64. Writes them below OUT, one folder each.

    language_models.py OUT
"""
import json
import math
import struct
import sys
from pathlib import Path

import torch

WIDTH, HEADS, KEY_HEADS, HIDDEN, VOCABULARY = 16, 4, 2, 24, 40
PROMPT = [3, 17, 5, 5, 38, 1, 22, 9, 30, 11, 4, 27, 2, 19, 33, 8, 14, 6, 25, 39]

BASE = {
    "hidden_size": WIDTH,
    "num_attention_heads": HEADS,
    "num_key_value_heads": KEY_HEADS,
    "intermediate_size": HIDDEN,
    "vocab_size": VOCABULARY,
    "max_position_embeddings": 64,
    "rms_norm_eps": 1e-5,
    "rope_theta": 10000.0,
    "num_hidden_layers": 2,
    "hidden_act": "silu",
    "tie_word_embeddings": False,
}
LLAMA3 = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 16,
}
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16}
GEMMA = {"hidden_activation": "gelu_pytorch_tanh", "tie_word_embeddings": True, "head_dim": 8}

FAMILIES = {
    "llama2": {"model_type": "llama"},
    "llama3": {"model_type": "llama", "rope_theta": 500000.0, "rope_scaling": LLAMA3, "tie_word_embeddings": True},
    "linear": {"model_type": "llama", "rope_scaling": {"type": "linear", "factor": 4.0}, "attention_bias": True},
    "mistral": {"model_type": "mistral", "sliding_window": 6, "head_dim": 6},
    "qwen2": {"model_type": "qwen2", "tie_word_embeddings": True, "use_sliding_window": False, "sliding_window": 6},
    "qwen2yarn": {"model_type": "qwen2", "rope_scaling": YARN},
    "qwen3": {"model_type": "qwen3", "head_dim": 8, "attention_bias": False, "rms_norm_eps": 1e-6},
    "phi3": {"model_type": "phi3", "sliding_window": 7},
    "phi3long": {
        "model_type": "phi3",
        "original_max_position_embeddings": 16,
        "rope_scaling": {"type": "longrope", "short_factor": [1.0, 1.1], "long_factor": [1.5, 3]},
    },
    "gemma": {"model_type": "gemma", **GEMMA},
    "gemma2": {
        "model_type": "gemma2",
        **GEMMA,
        "num_hidden_layers": 3,
        "sliding_window": 5,
        "query_pre_attn_scalar": 20,
        "attn_logit_softcapping": 2.0,
        "final_logit_softcapping": 3.0,
    },
    "gemma3": {
        "model_type": "gemma3_text",
        **GEMMA,
        "num_hidden_layers": 7,
        "sliding_window": 5,
        "query_pre_attn_scalar": 8,
        "rope_theta": 1000000.0,
        "rope_local_base_freq": 10000.0,
        "rope_scaling": {"rope_type": "linear", "factor": 8.0},
    },
}


def shapes(c):
    size = c.get("head_dim", WIDTH // HEADS)
    q, kv = HEADS * size, KEY_HEADS * size
    yield "model.embed_tokens.weight", (VOCABULARY, WIDTH)
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        yield p + "input_layernorm.weight", (WIDTH,)
        yield p + "post_attention_layernorm.weight", (WIDTH,)
        if c["model_type"] in ("gemma2", "gemma3_text"):
            yield p + "pre_feedforward_layernorm.weight", (WIDTH,)
            yield p + "post_feedforward_layernorm.weight", (WIDTH,)
        if c["model_type"] == "phi3":
            yield p + "self_attn.qkv_proj.weight", (q + 2 * kv, WIDTH)
            yield p + "mlp.gate_up_proj.weight", (2 * HIDDEN, WIDTH)
        else:
            for name, out in (("q", q), ("k", kv), ("v", kv)):
                yield p + f"self_attn.{name}_proj.weight", (out, WIDTH)
                if c["model_type"] == "qwen2" or c.get("attention_bias"):
                    yield p + f"self_attn.{name}_proj.bias", (out,)
            yield p + "mlp.gate_proj.weight", (HIDDEN, WIDTH)
            yield p + "mlp.up_proj.weight", (HIDDEN, WIDTH)
        if c["model_type"] in ("qwen3", "gemma3_text"):
            yield p + "self_attn.q_norm.weight", (size,)
            yield p + "self_attn.k_norm.weight", (size,)
        yield p + "self_attn.o_proj.weight", (WIDTH, q)
        if c.get("attention_bias"):
            yield p + "self_attn.o_proj.bias", (WIDTH,)
        yield p + "mlp.down_proj.weight", (WIDTH, HIDDEN)
    yield "model.norm.weight", (WIDTH,)
    if not c["tie_word_embeddings"]:
        yield "lm_head.weight", (VOCABULARY, WIDTH)


def inverse_frequencies(c, size, base, scaling):
    i = torch.arange(0, size, 2, dtype=torch.float64)
    f = 1.0 / base ** (i / size)
    kind = scaling.get("rope_type", scaling.get("type", "default"))
    if kind == "linear":
        return f / scaling["factor"], 1.0
    if kind == "llama3":
        waves = 2 * math.pi / f
        first = scaling["original_max_position_embeddings"]
        low, high = scaling["low_freq_factor"], scaling["high_freq_factor"]
        smooth = (first / waves - low) / (high - low)
        between = (1 - smooth) * f / scaling["factor"] + smooth * f
        g = torch.where(waves > first / low, f / scaling["factor"], f)
        middle = (waves <= first / low) & (waves >= first / high)
        return torch.where(middle, between, g), 1.0
    if kind == "yarn":
        first = scaling["original_max_position_embeddings"]

        def pair(turns):
            return size * math.log(first / (turns * 2 * math.pi)) / (2 * math.log(base))

        low, high = max(math.floor(pair(32)), 0), min(math.ceil(pair(1)), size - 1)
        if low == high:
            high += 0.001
        ramp = ((torch.arange(size // 2, dtype=torch.float64) - low) / (high - low)).clamp(0, 1)
        return f / scaling["factor"] * ramp + f * (1 - ramp), 0.1 * math.log(scaling["factor"]) + 1
    if kind == "longrope":
        factor = c["max_position_embeddings"] / c["original_max_position_embeddings"]
        divisors = torch.tensor(scaling["long_factor" if factor > 1 else "short_factor"], dtype=torch.float64)
        return f / divisors, math.sqrt(1 + math.log(factor) / math.log(c["original_max_position_embeddings"]))
    return f, 1.0


def turned(x, frequencies, magnitude):
    """x: [heads, time, size]"""
    angles = torch.arange(x.shape[1], dtype=torch.float64)[:, None] * frequencies[None, :]
    angles = torch.cat([angles, angles], -1)
    a, b = x.chunk(2, -1)
    return x * angles.cos() * magnitude + torch.cat([-b, a], -1) * angles.sin() * magnitude


def scores(c, w):
    kind = c["model_type"]
    gemma = kind.startswith("gemma")
    size = c.get("head_dim", WIDTH // HEADS)
    eps = c["rms_norm_eps"]

    def norm(x, name):
        weight = w[name] + (1 if gemma else 0)
        return x / (x.pow(2).mean(-1, keepdim=True) + eps).sqrt() * weight

    def linear(x, name):
        y = x @ w[name + ".weight"].T
        return y + w[name + ".bias"] if name + ".bias" in w else y

    x = w["model.embed_tokens.weight"][torch.tensor(PROMPT)]
    if gemma:
        x = x * math.sqrt(WIDTH)
    time = len(PROMPT)
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        window = c.get("sliding_window") if kind in ("mistral", "phi3") else None
        base, scaling = c["rope_theta"], c.get("rope_scaling") or {}
        if kind == "gemma2" and i % 2 == 0:
            window = c["sliding_window"]
        if kind == "gemma3_text" and (i + 1) % 6:
            window, base, scaling = c["sliding_window"], c["rope_local_base_freq"], {}
        h = norm(x, p + "input_layernorm.weight")
        if kind == "phi3":
            qkv = linear(h, p + "self_attn.qkv_proj")
            q, k, v = qkv.split([HEADS * size, KEY_HEADS * size, KEY_HEADS * size], -1)
        else:
            q, k, v = (linear(h, p + f"self_attn.{n}_proj") for n in "qkv")
        q, k, v = (t.view(time, -1, size).transpose(0, 1) for t in (q, k, v))
        if kind in ("qwen3", "gemma3_text"):
            q, k = norm(q, p + "self_attn.q_norm.weight"), norm(k, p + "self_attn.k_norm.weight")
        frequencies, magnitude = inverse_frequencies(c, size, base, scaling)
        q, k = turned(q, frequencies, magnitude), turned(k, frequencies, magnitude)
        k, v = (t.repeat_interleave(HEADS // KEY_HEADS, 0) for t in (k, v))
        s = q @ k.transpose(1, 2) / math.sqrt(c.get("query_pre_attn_scalar", size))
        if c.get("attn_logit_softcapping"):
            s = torch.tanh(s / c["attn_logit_softcapping"]) * c["attn_logit_softcapping"]
        distance = torch.arange(time)[:, None] - torch.arange(time)[None, :]
        hidden = distance < 0
        if window:
            hidden |= distance >= window
        s = s.masked_fill(hidden, -math.inf)
        a = linear((s.softmax(-1) @ v).transpose(0, 1).reshape(time, -1), p + "self_attn.o_proj")
        after = kind in ("gemma2", "gemma3_text")
        if after:
            a = norm(a, p + "post_attention_layernorm.weight")
        x = x + a
        before = "pre_feedforward_layernorm" if after else "post_attention_layernorm"
        h = norm(x, p + before + ".weight")
        if kind == "phi3":
            gate, up = linear(h, p + "mlp.gate_up_proj").chunk(2, -1)
        else:
            gate, up = linear(h, p + "mlp.gate_proj"), linear(h, p + "mlp.up_proj")
        gate = torch.nn.functional.gelu(gate, approximate="tanh") if gemma else torch.nn.functional.silu(gate)
        h = linear(gate * up, p + "mlp.down_proj")
        if after:
            h = norm(h, p + "post_feedforward_layernorm.weight")
        x = x + h
    x = norm(x, "model.norm.weight")
    y = x @ w["model.embed_tokens.weight" if c["tie_word_embeddings"] else "lm_head.weight"].T
    cap = c.get("final_logit_softcapping")
    return torch.tanh(y / cap) * cap if cap else y


def write(path, tensors):
    header, at, data = {}, 0, []
    for name, t in tensors.items():
        raw = t.to(torch.float32).numpy().tobytes()
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, at + len(raw)]}
        at += len(raw)
        data.append(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data))


def main():
    out = Path(sys.argv[1])
    golden = {}
    for number, (name, own) in enumerate(FAMILIES.items()):
        c = {**BASE, **own}
        torch.manual_seed(100 + number)
        w = {}
        for tensor, shape in shapes(c):
            if "norm" in tensor:
                value = torch.randn(shape) * 0.2 + (0 if c["model_type"].startswith("gemma") else 1)
            else:
                value = torch.randn(shape) * (0.5 if "bias" in tensor else 1.5 / math.sqrt(shape[-1]))
            w[tensor] = value.to(torch.float32).to(torch.float64)
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config.json").write_text(json.dumps(c, indent=1) + "\n")
        write(folder / "model.safetensors", w)
        golden[name] = [round(v, 7) for v in scores(c, w).flatten().tolist()]
    text = json.dumps({"prompt": PROMPT, "scores": golden})
    (out / "golden.json").write_text(text.replace("], ", "],\n") + "\n")


if __name__ == "__main__":
    main()
