"""The library's random numbers, hashed once more from their description (docs/adr/0011): SplitMix64's finalizer
(Steele, Lea and Flood 2014)."""

import math

ALL = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def mix(z):
    z &= ALL
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & ALL
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & ALL
    return z ^ (z >> 31)


def key(*parts):
    hashed = 0
    for part in parts:
        hashed = mix(hashed + GAMMA + mix(part + GAMMA))
    return hashed


def numbered(stream, k):
    return mix(stream + (k + 1) * GAMMA)


class Stream:
    """Numbers drawn one after another under a key."""

    def __init__(self, *parts):
        self.key = key(*parts)
        self.drawn = 0

    def bits(self):
        self.drawn += 1
        return numbered(self.key, self.drawn - 1)

    def uniform(self):
        return (self.bits() >> 11) * 2.0**-53

    def below(self, bound):
        return ((self.bits() >> 1) * 2 * bound) >> 64

    def normal(self):
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        return radius * math.cos(2 * math.pi * self.uniform())


def halves(seed, step, use, row, pair):
    bits = numbered(numbered(key(seed, step, use), row), pair)
    return bits & 0xFFFFFFFF, bits >> 32


def draws(seed, step, use, first_row, rows, columns):
    """An unsigned whole number below 2³² for each element."""
    return [
        [halves(seed, step, use, first_row + i, j // 2)[j % 2] for j in range(columns)] for i in range(rows)
    ]


def mask(rate, numbers):
    """0 for the lower 2³²·rate of the numbers, which as signed ones begin at −2³¹."""
    import torch

    signed = [[n - (1 << 32) if n >> 31 else n for n in row] for row in numbers]
    return torch.tensor([[float(n >= round(rate * 2**32) - 2**31) for n in row] for row in signed]).double()
