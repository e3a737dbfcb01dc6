#!/usr/bin/env python3
"""Golden values of adapters (LoRA) of language models: adapters with random numbers in the files of PEFT, for models that
language_models.py wrote, and the scores that its program computes in float64 with W + scale·B·A in place of each W.
Reads the models below MODELS and writes below OUT, one folder each.

    language_adapters.py MODELS OUT
"""
import json
import math
import struct
import sys
from pathlib import Path

import torch

from language_models import PROMPT, scores, write

RANK, ALPHA = 3, 5
# The model, whether the scale is alpha / root of rank, and what is adapted. Queries and keys have another order of rows
# in GGUF files of llama2 and llama3, not in those of qwen2; phi3 has several projections in one matrix.
ADAPTERS = {
    "llama3": (False, ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")),
    "llama2": (False, ("k_proj", "lm_head")),
    "qwen2": (True, ("q_proj", "k_proj", "down_proj")),
    "phi3": (False, ("qkv_proj", "gate_up_proj")),
}


def read(path):
    raw = path.read_bytes()
    length = struct.unpack("<Q", raw[:8])[0]
    tensors = {}
    for name, entry in json.loads(raw[8 : 8 + length]).items():
        begin, end = entry["data_offsets"]
        data = torch.frombuffer(bytearray(raw[8 + length + begin : 8 + length + end]), dtype=torch.float32)
        tensors[name] = data.view(entry["shape"]).to(torch.float64)
    return tensors


def main():
    models, out = Path(sys.argv[1]), Path(sys.argv[2])
    golden = {}
    for number, (name, (by_root, targets)) in enumerate(ADAPTERS.items()):
        torch.manual_seed(440 + number)
        c = json.loads((models / name / "config.json").read_text())
        w = read(models / name / "model.safetensors")
        scale = ALPHA / (math.sqrt(RANK) if by_root else RANK)
        adapters = {}
        for tensor in list(w):
            layer = tensor.removesuffix(".weight")
            if layer.split(".")[-1] not in targets:
                continue
            a = torch.randn(RANK, w[tensor].shape[1]).to(torch.float64) / 4
            b = torch.randn(w[tensor].shape[0], RANK).to(torch.float64) / 4
            adapters[f"base_model.model.{layer}.lora_A.weight"] = a
            adapters[f"base_model.model.{layer}.lora_B.weight"] = b
            w[tensor] = w[tensor] + scale * (b @ a)
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        config = {
            "base_model_name_or_path": name,
            "bias": "none",
            "fan_in_fan_out": False,
            "inference_mode": True,
            "init_lora_weights": True,
            "lora_alpha": ALPHA,
            "lora_dropout": 0.05,
            "modules_to_save": None,
            "peft_type": "LORA",
            "r": RANK,
            "target_modules": list(targets),
            "task_type": "CAUSAL_LM",
            "use_dora": False,
            "use_rslora": by_root,
        }
        (folder / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n")
        write(folder / "adapter_model.safetensors", adapters)
        golden[name] = [round(v, 7) for v in scores(c, w).flatten().tolist()]
    text = json.dumps({"prompt": PROMPT, "scores": golden})
    (out / "golden.json").write_text(text.replace("], ", "],\n") + "\n")


if __name__ == "__main__":
    main()
