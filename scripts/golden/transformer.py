"""Parts of transformers from PyTorch in float64, outputs and gradients: attention with rotary positions, ALiBi and
added masks; attention to a memory; blocks of encoders and decoders with the norms first and after, gated hidden layers;
sinusoidal positions; an output that shares the weights of an embedding.

Run with Debian's python3-torch: /usr/bin/python3 scripts/golden/transformer.py
"""

import math
import random

import torch
import torch.nn as nn
import torch.nn.functional as F

from golden import f32, normal, write

torch.set_num_threads(1)
source = random.Random(41)
tensors = {}


def lengths_of(rows, time):
    return torch.tensor([time] + [source.randint(1, time) for _ in range(rows - 1)])


def seen_keys(lengths, time):
    return torch.arange(time)[None] < lengths[:, None]


def store(name, function, inputs, parts, lengths=None):
    """Stores y and all gradients. Padding of y and dy is 0."""
    inputs = {key: value.detach().clone().requires_grad_(value.is_floating_point()) for key, value in inputs.items()}
    for part in parts.values():
        part.grad = None
        part.requires_grad_()
    y = function(**inputs)
    dy = normal(source, *y.shape, scale=0.25)
    if lengths is not None:
        dy = dy * seen_keys(lengths, y.shape[1])[..., None]
    y.backward(dy)
    if lengths is not None:
        y = y.detach() * seen_keys(lengths, y.shape[1])[..., None]
    tensors.update({f"{name}.y": f32(y), f"{name}.dy": f32(dy)})
    tensors.update({f"{name}.in.{key}": f32(value) for key, value in inputs.items()})
    for key, value in inputs.items():
        if value.is_floating_point() and value.grad is not None:
            tensors[f"{name}.d.in.{key}"] = f32(value.grad)
    for key, value in parts.items():
        tensors[f"{name}.part.{key}"] = f32(value)
        tensors[f"{name}.d.part.{key}"] = f32(value.grad)


def random_parts(shapes):
    return {name: normal(source, *shape, scale=0.4) for name, shape in shapes.items()}


# ------------------------------------------------------------------------------------------------- positions in attention


def rotate(x, base, turned, interleaved):
    """x: [rows, heads, time, size]"""
    time = x.shape[2]
    angles = torch.arange(time).double()[:, None] * base ** (-torch.arange(0, turned, 2).double() / turned)[None]
    cos, sin = angles.cos(), angles.sin()
    part, rest = x[..., :turned], x[..., turned:]
    if interleaved:
        u, v = part[..., 0::2], part[..., 1::2]
        done = torch.stack((u * cos - v * sin, v * cos + u * sin), -1).flatten(-2)
    else:
        u, v = part.chunk(2, -1)
        done = torch.cat((u * cos - v * sin, v * cos + u * sin), -1)
    return torch.cat((done, rest), -1)


def slopes(heads):
    """The program of Press et al."""
    if math.log2(heads).is_integer():
        start = 2 ** (-(2 ** -(math.log2(heads) - 3)))
        return [start * start**i for i in range(heads)]
    closest = 2 ** math.floor(math.log2(heads))
    return slopes(closest) + slopes(2 * closest)[0::2][: heads - closest]


def heads_of(x, heads):
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def attend(q, k, v, seen, bias=None):
    """softmax(q·kᵀ/√size + bias)·v; zeros where nothing is seen."""
    k, v = (each.repeat_interleave(q.shape[1] // k.shape[1], 1) for each in (k, v))
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    if bias is not None:
        scores = scores + bias
        seen = seen & (bias > -math.inf)
    some = seen.any(-1, keepdim=True)
    scores = torch.where(seen | ~some, torch.where(seen, scores, 0), -math.inf)
    return ((scores.softmax(-1) * some) @ v).transpose(1, 2).flatten(-2)


def self_attention(x, parts, heads, key_heads, causal, lengths=None, turn=None, alibi=False, mask=None, prefix=""):
    part = {key[len(prefix) :]: value for key, value in parts.items() if key.startswith(prefix)}
    rows, time, width = x.shape
    size = width // heads
    qkv = F.linear(x, part["in_proj_weight"], part.get("in_proj_bias"))
    q, k, v = qkv.split((heads * size, key_heads * size, key_heads * size), -1)
    q, k, v = heads_of(q, heads), heads_of(k, key_heads), heads_of(v, key_heads)
    if turn:
        q, k = rotate(q, *turn), rotate(k, *turn)
    seen = torch.ones(rows, 1, time, time, dtype=torch.bool)
    if causal:
        seen = seen.tril()
    if lengths is not None:
        seen = seen & seen_keys(lengths, time)[:, None, None]
    bias = None
    if alibi:
        at = torch.arange(time)
        bias = -torch.tensor(slopes(heads)).double()[:, None, None] * (at[:, None] - at[None]).abs()[None]
    if mask is not None:
        bias = mask if mask.dim() == 4 else mask[:, None]
    return F.linear(attend(q, k, v, seen, bias), part["out_proj_weight"], part.get("out_proj_bias"))


def attention_shapes(width, heads, key_heads, bias=True):
    inner = (heads + 2 * key_heads) * (width // heads)
    shapes = {"in_proj_weight": (inner, width), "out_proj_weight": (width, width)}
    return shapes | ({"in_proj_bias": (inner,), "out_proj_bias": (width,)} if bias else {})


# name: width, heads, heads of keys, causal, padded, further arguments
SELF = {
    "rotary": (16, 2, 2, True, False, {"turn": (10000, 8, False)}),
    "rotary-interleaved": (16, 2, 1, False, True, {"turn": (10000, 8, True)}),
    "rotary-part": (24, 3, 3, True, True, {"turn": (500, 4, False)}),
    "alibi": (16, 4, 2, True, False, {"alibi": True}),
    "alibi-both-ways": (12, 3, 3, False, True, {"alibi": True}),
    "alibi-six": (24, 6, 6, True, False, {"alibi": True}),
}
for name, (width, heads, key_heads, causal, padded, further) in SELF.items():
    time = 9
    lengths = lengths_of(3, time) if padded else None
    parts = random_parts(attention_shapes(width, heads, key_heads))
    if padded:
        tensors[f"self.{name}.lengths"] = f32(lengths)
    store(
        f"self.{name}",
        lambda x: self_attention(x, parts, heads, key_heads, causal, lengths, **further),
        {"x": normal(source, 3, time, width)},
        parts,
        lengths,
    )

for name, shape in {"mask": (2, 7, 7), "mask-of-heads": (2, 2, 7, 7)}.items():
    mask = normal(source, *shape)
    hidden = torch.tensor([source.random() < 0.3 for _ in range(mask.numel())]).view(shape)
    hidden[0, ..., 2, :] = True  # a query that sees nothing
    mask = mask.masked_fill(hidden, -math.inf)
    parts = random_parts(attention_shapes(8, 2, 2))
    causal = name == "mask"
    store(
        f"self.{name}",
        lambda x: self_attention(x, parts, 2, 2, causal, mask=mask),
        {"x": normal(source, 2, 7, 8)},
        parts,
    )
    tensors[f"self.{name}.mask"] = f32(mask)

# -------------------------------------------------------------------------------------------------- attention to a memory


def cross_attention(x, memory, parts, heads, key_heads, lengths, prefix="", mask=None):
    part = {key[len(prefix) :]: value for key, value in parts.items() if key.startswith(prefix)}
    width = x.shape[-1]
    ofkeys = key_heads * (width // heads)
    bq, bk, bv = part["in_proj_bias"].split((width, ofkeys, ofkeys)) if "in_proj_bias" in part else (None,) * 3
    q = heads_of(F.linear(x, part["q_proj_weight"], bq), heads)
    k = heads_of(F.linear(memory, part["k_proj_weight"], bk), key_heads)
    v = heads_of(F.linear(memory, part["v_proj_weight"], bv), key_heads)
    seen = torch.ones(x.shape[0], 1, x.shape[1], memory.shape[1], dtype=torch.bool)
    if lengths is not None:
        seen = seen & seen_keys(lengths, memory.shape[1])[:, None, None]
    return F.linear(attend(q, k, v, seen, mask), part["out_proj_weight"], part.get("out_proj_bias"))


def cross_shapes(width, memory, heads, key_heads, bias=True):
    inner = key_heads * (width // heads)
    shapes = {"q_proj_weight": (width, width), "k_proj_weight": (inner, memory), "v_proj_weight": (inner, memory)}
    shapes["out_proj_weight"] = (width, width)
    return shapes | ({"in_proj_bias": (width + 2 * inner,), "out_proj_bias": (width,)} if bias else {})


for name, (heads, key_heads, bias, padded) in {
    "whole": (3, 3, True, False),
    "padded": (3, 3, True, True),
    "grouped": (4, 2, False, True),
}.items():
    lengths = lengths_of(3, 6) if padded else None
    parts = random_parts(cross_shapes(12, 10, heads, key_heads, bias))
    if padded:
        tensors[f"cross.{name}.lengths"] = f32(lengths)
    x, memory = normal(source, 3, 4, 12), normal(source, 3, 6, 10)
    store(
        f"cross.{name}",
        lambda x, memory: cross_attention(x, memory, parts, heads, key_heads, lengths),
        {"x": x, "memory": memory},
        parts,
    )
    if heads == key_heads:
        own = nn.MultiheadAttention(12, heads, batch_first=True, kdim=10, vdim=10).double()
        own.load_state_dict({key.replace("out_proj_", "out_proj."): value.detach() for key, value in parts.items()})
        padding = ~seen_keys(lengths, 6) if padded else None
        theirs = own(x, memory, memory, key_padding_mask=padding)[0]
        assert torch.allclose(theirs, cross_attention(x, memory, parts, heads, key_heads, lengths)), "not PyTorch's"

# ------------------------------------------------------------------------------------------------------------------ blocks


def ours(state, width):
    """Our names and shapes of the parameters of a PyTorch block."""
    parts = {}
    for key, value in state.items():
        value = value.detach()
        if key == "multihead_attn.in_proj_weight":
            for name, each in zip("qkv", value.chunk(3)):
                parts[f"multihead_attn.{name}_proj_weight"] = each.clone()
        else:
            parts[key.replace("out_proj.", "out_proj_")] = value
    return parts


def load(block, parts):
    """Lets a PyTorch block compute with our parameters."""
    state = {}
    for key in block.state_dict():
        if key == "multihead_attn.in_proj_weight":
            state[key] = torch.cat([parts[f"multihead_attn.{name}_proj_weight"] for name in "qkv"])
        else:
            state[key] = parts[key.replace("out_proj.", "out_proj_")]
    return state


def call(block, parts, *arguments, **named):
    return torch.func.functional_call(block, load(block, parts), arguments, named)


WIDTH, HEADS, HIDDEN, TIME, STEPS = 12, 3, 20, 6, 5
causal = nn.Transformer.generate_square_subsequent_mask(TIME).double()
for order in ("first", "after"):
    for activation in ("relu", "gelu"):
        block = nn.TransformerEncoderLayer(WIDTH, HEADS, HIDDEN, 0.0, activation, batch_first=True, norm_first=order == "first").double()
        for value in block.parameters():
            value.data = normal(source, *value.shape, scale=0.4)
        parts = ours(block.state_dict(), WIDTH)
        lengths = lengths_of(3, TIME)
        name = f"encoder.{order}.{activation}"
        tensors[f"{name}.lengths"] = f32(lengths)
        store(
            name,
            lambda x: call(block, parts, x, src_key_padding_mask=~seen_keys(lengths, TIME)),
            {"x": normal(source, 3, TIME, WIDTH)},
            parts,
            lengths,
        )
    block = nn.TransformerDecoderLayer(WIDTH, HEADS, HIDDEN, 0.0, "relu", batch_first=True, norm_first=order == "first").double()
    for value in block.parameters():
        value.data = normal(source, *value.shape, scale=0.4)
    parts = ours(block.state_dict(), WIDTH)
    lengths = lengths_of(3, STEPS)
    name = f"decoder.{order}.relu"
    tensors[f"{name}.lengths"] = f32(lengths)
    store(
        name,
        lambda x, memory: call(
            block, parts, x, memory, tgt_mask=causal, memory_key_padding_mask=~seen_keys(lengths, STEPS)
        ),
        {"x": normal(source, 3, TIME, WIDTH), "memory": normal(source, 3, STEPS, WIDTH)},
        parts,
    )


def rms(x, weight):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * weight


def llama(x, parts):
    h = rms(x, parts["norm1.weight"])
    x = x + self_attention(h, parts, 4, 2, True, turn=(10000, 4, False), prefix="self_attn.")
    h = rms(x, parts["norm2.weight"])
    return x + F.linear(F.silu(F.linear(h, parts["gate.weight"])) * F.linear(h, parts["linear1.weight"]), parts["linear2.weight"])


shapes = {f"self_attn.{name}": shape for name, shape in attention_shapes(16, 4, 2, False).items()}
shapes |= {"norm1.weight": (16,), "norm2.weight": (16,)}
shapes |= {"gate.weight": (20, 16), "linear1.weight": (20, 16), "linear2.weight": (16, 20)}
parts = random_parts(shapes)
store("llama", lambda x: llama(x, parts), {"x": normal(source, 2, 7, 16)}, parts)

# ------------------------------------------------------------------------------------------------- positions, tied outputs

time, width = 11, 10
frequencies = 10000 ** (-torch.arange(0, width, 2).double() / width)
angles = torch.arange(time).double()[:, None] * frequencies[None]
table = torch.stack((angles.sin(), angles.cos()), -1).flatten(-2)
store("sinusoidal", lambda x: x + table, {"x": normal(source, 2, time, width)}, {})

ids = torch.tensor([[source.randrange(9) for _ in range(5)] for _ in range(3)])
parts = random_parts({"embedding1.weight": (9, 6), "tiedOutput1.bias": (9,)})
store(
    "tied",
    lambda x: F.linear(F.embedding(ids, parts["embedding1.weight"]), parts["embedding1.weight"], parts["tiedOutput1.bias"]),
    {"x": ids},
    parts,
)

parts = random_parts({"weight": (13, 6)})
store("learned", lambda x: x + parts["weight"][: x.shape[1]], {"x": normal(source, 2, 9, 6)}, parts)

# --------------------------------------------------------------------------------------- masks with padding, and of a memory


def some_mask(*shape):
    """Random scores, of which some are hidden, and in the third query of the first row all."""
    hidden = torch.tensor([source.random() < 0.3 for _ in range(math.prod(shape))]).view(shape)
    hidden[0, ..., 2, :] = True
    return normal(source, *shape).masked_fill(hidden, -math.inf)


lengths, mask = lengths_of(3, 7), some_mask(3, 7, 7)
parts = random_parts(attention_shapes(16, 4, 2))
tensors |= {"self.mask-padded.lengths": f32(lengths), "self.mask-padded.mask": f32(mask)}
store(
    "self.mask-padded",
    lambda x: self_attention(x, parts, 4, 2, False, lengths, mask=mask),
    {"x": normal(source, 3, 7, 16)},
    parts,
    lengths,
)
for name, shape in {"mask": (3, 4, 6), "mask-of-heads": (3, 3, 4, 6)}.items():
    lengths, mask = lengths_of(3, 6), some_mask(*shape)
    parts = random_parts(cross_shapes(12, 10, 3, 3))
    tensors |= {f"cross.{name}.lengths": f32(lengths), f"cross.{name}.mask": f32(mask)}
    given = mask if mask.dim() == 4 else mask[:, None]
    store(
        f"cross.{name}",
        lambda x, memory: cross_attention(x, memory, parts, 3, 3, lengths, mask=given),
        {"x": normal(source, 3, 4, 12), "memory": normal(source, 3, 6, 10)},
        parts,
    )

# ------------------------------------------------------------------------------- a decoder whose own sequences are padded

for order in ("first", "after"):
    block = nn.TransformerDecoderLayer(WIDTH, HEADS, HIDDEN, 0.0, "gelu", batch_first=True, norm_first=order == "first").double()
    for value in block.parameters():
        value.data = normal(source, *value.shape, scale=0.4)
    parts = ours(block.state_dict(), WIDTH)
    own, lengths = lengths_of(3, TIME), lengths_of(3, STEPS)
    name = f"decoder.{order}.gelu-padded"
    tensors |= {f"{name}.lengths": f32(lengths), f"{name}.own-lengths": f32(own)}
    store(
        name,
        lambda x, memory: call(
            block,
            parts,
            x,
            memory,
            tgt_mask=causal,
            tgt_key_padding_mask=torch.zeros(3, TIME).double().masked_fill(~seen_keys(own, TIME), -math.inf),
            memory_key_padding_mask=~seen_keys(lengths, STEPS),
        ),
        {"x": normal(source, 3, TIME, WIDTH), "memory": normal(source, 3, STEPS, WIDTH)},
        parts,
        own,
    )

write("transformer.safetensors", tensors, {"made_by": "scripts/golden/transformer.py"})
