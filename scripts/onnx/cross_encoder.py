"""Writes a small cross-encoder with random weights as PyTorch exports it, its tokenizer, and the scores that
onnxruntime computes; and encoder.onnx, which has a vector for each token:
onnx/src/test/resources/cross-encoder, which TextScorerTest and other modules' tests read.

The network is BERT with a pooler and one label, as ms-marco-MiniLM. The tokens are computed here, by themselves.
Needs Debian's python3-torch, python3-onnx and python3-onnxruntime:
  /usr/bin/python3 scripts/onnx/cross_encoder.py onnx/src/test/resources/cross-encoder
"""
import io
import json
import os
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

SIZE, HEADS, LAYERS, LONGEST = 16, 2, 2, 24
SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]']
WORDS = ('a and are at by cat cats dog dogs dream fell fish hour in is it long market moon night of on rain river run '
         'sea see share sleep sun the to what when where who wind').split()
LETTERS = [chr(c) for c in range(ord('a'), ord('z') + 1)]
VOCABULARY = SPECIAL + LETTERS + ['##' + each for each in LETTERS] + [w for w in WORDS if len(w) > 1]
NAMES = ['input_ids', 'attention_mask', 'token_type_ids']
IDS = {token: i for i, token in enumerate(VOCABULARY)}

QUERIES = ['when do cats sleep', 'where is the market', 'wind', 'what do the dogs see by the river at night and in the rain '
           'when it is long']
TEXTS = ['cats sleep long', 'share fell on the market', 'the dogs run to the sea', '', 'rain', 'moon',
         'a river is long and the night is long and the cats are in the sun and it is rain and wind at sea',
         'xylophones 7 quartz']


def pieces(word):
    """WordPiece: the longest piece of the vocabulary first."""
    found, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ('##' if start else '') + word[start:end]
            if piece in IDS:
                found.append(piece)
                start = end
                break
        else:
            return ['[UNK]']
    return found


def pair(query, text):
    """Ids and types of a pair. The longer one loses tokens first; where both do, it keeps the odd one."""
    parts = [[p for word in each.split() for p in pieces(word)] for each in (query, text)]
    room, longer = LONGEST - 3, 0 if len(parts[0]) > len(parts[1]) else 1
    if len(parts[0]) + len(parts[1]) > room:
        kept = min(len(parts[1 - longer]), room // 2)
        parts[1 - longer] = parts[1 - longer][:kept]
        parts[longer] = parts[longer][:room - kept]
    tokens = ['[CLS]', *parts[0], '[SEP]', *parts[1], '[SEP]']
    types = [0] * (len(parts[0]) + 2) + [1] * (len(parts[1]) + 1)
    return [IDS[t] for t in tokens], types


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v, self.out = (nn.Linear(SIZE, SIZE) for _ in range(4))
        self.norm1, self.norm2 = nn.LayerNorm(SIZE), nn.LayerNorm(SIZE)
        self.up, self.down = nn.Linear(SIZE, 2 * SIZE), nn.Linear(2 * SIZE, SIZE)

    def forward(self, x, mask):
        rows, tokens = x.shape[0], x.shape[1]
        q, k, v = (each(x).view(rows, tokens, HEADS, SIZE // HEADS).transpose(1, 2) for each in (self.q, self.k, self.v))
        weights = torch.softmax(q @ k.transpose(-1, -2) / (SIZE // HEADS) ** 0.5 + mask, -1)
        x = self.norm1(x + self.out((weights @ v).transpose(1, 2).reshape(rows, tokens, SIZE)))
        return self.norm2(x + self.down(nn.functional.gelu(self.up(x))))


class CrossEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.types = nn.Embedding(len(VOCABULARY), SIZE), nn.Embedding(2, SIZE)
        self.places = nn.Embedding(LONGEST, SIZE)
        self.norm = nn.LayerNorm(SIZE)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.pooler, self.classifier = nn.Linear(SIZE, SIZE), nn.Linear(SIZE, 1)

    def vectors(self, input_ids, attention_mask, token_type_ids):
        places = torch.arange(input_ids.shape[1])
        x = self.norm(self.words(input_ids) + self.types(token_type_ids) + self.places(places))
        mask = (1.0 - attention_mask[:, None, None, :].float()) * torch.finfo(torch.float32).min
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def forward(self, *given):
        return self.classifier(torch.tanh(self.pooler(self.vectors(*given)[:, 0])))


class Encoder(nn.Module):
    """The vectors of the tokens."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.network.vectors(input_ids, attention_mask, token_type_ids)


def tokenizer():
    special = [{'id': IDS[t], 'content': t, 'single_word': False, 'lstrip': False, 'rstrip': False,
                'normalized': False, 'special': True} for t in SPECIAL]
    cls, sep, a, b = ({'SpecialToken': {'id': '[CLS]', 'type_id': 0}}, '[SEP]', 'A', 'B')
    separator = lambda kind: {'SpecialToken': {'id': sep, 'type_id': kind}}
    text = lambda name, kind: {'Sequence': {'id': name, 'type_id': kind}}
    return {
        'version': '1.0',
        'truncation': {'direction': 'Right', 'max_length': LONGEST, 'strategy': 'LongestFirst', 'stride': 0},
        'padding': {'strategy': 'BatchLongest', 'direction': 'Right', 'pad_to_multiple_of': None, 'pad_id': 0,
                    'pad_type_id': 0, 'pad_token': '[PAD]'},
        'added_tokens': special,
        'normalizer': {'type': 'BertNormalizer', 'clean_text': True, 'handle_chinese_chars': True,
                       'strip_accents': None, 'lowercase': True},
        'pre_tokenizer': {'type': 'BertPreTokenizer'},
        'post_processor': {
            'type': 'TemplateProcessing',
            'single': [cls, text(a, 0), separator(0)],
            'pair': [cls, text(a, 0), separator(0), text(b, 1), separator(1)],
            'special_tokens': {t: {'id': t, 'ids': [IDS[t]], 'tokens': [t]} for t in ('[CLS]', '[SEP]')}},
        'decoder': {'type': 'WordPiece', 'prefix': '##', 'cleanup': True},
        'model': {'type': 'WordPiece', 'unk_token': '[UNK]', 'continuing_subword_prefix': '##',
                  'max_input_chars_per_word': 100, 'vocab': IDS}}


def export(network, file, output, open_axes):
    axes = {name: {0: 'rows', 1: 'tokens'} for name in NAMES} | {output: open_axes}
    example = tuple(torch.ones(2, 5, dtype=torch.long) for _ in NAMES)
    written = io.BytesIO()
    torch.onnx.export(network, example, written, input_names=NAMES, output_names=[output], dynamic_axes=axes,
                      opset_version=17, dynamo=False)
    model = onnx.load_from_string(written.getvalue())
    for node in model.graph.node:
        node.ClearField('doc_string')
    onnx.checker.check_model(model)
    onnx.save(model, file)


def main(folder):
    os.makedirs(folder, exist_ok=True)
    torch.manual_seed(1)
    network = CrossEncoder().eval()
    for each in network.parameters():
        if each.ndim > 1:
            nn.init.normal_(each, std=0.5)
    export(network, f'{folder}/model.onnx', 'logits', {0: 'rows'})
    export(Encoder(network), f'{folder}/encoder.onnx', 'last_hidden_state', {0: 'rows', 1: 'tokens'})
    with open(f'{folder}/tokenizer.json', 'w') as out:
        json.dump(tokenizer(), out, separators=(',', ':'))
        out.write('\n')
    session = onnxruntime.InferenceSession(f'{folder}/model.onnx', providers=['CPUExecutionProvider'])
    scores = []
    for query in QUERIES:
        for text in TEXTS:
            ids, types = pair(query, text)
            given = dict(zip(NAMES, ([ids], [[1] * len(ids)], [types])))
            logits = session.run(None, {n: np.array(v, dtype=np.int64) for n, v in given.items()})[0]
            with torch.no_grad():
                own = network(*(torch.tensor(given[n]) for n in NAMES))
            assert abs(own.item() - logits.item()) < 1e-5
            scores.append({'query': query, 'text': text, 'tokens': len(ids) - 3, 'score': float(logits.item())})
    with open(f'{folder}/scores.json', 'w') as out:
        out.write('[\n' + ',\n'.join(json.dumps(each) for each in scores) + '\n]\n')


main(sys.argv[1])
