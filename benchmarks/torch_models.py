"""ResNet-50 and BERT-base in torch, as its users would write them; for times only."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as f

WIDTH, HEADS, WORDS = 768, 12, 30522


def model_of(name: str, blocks):
    """The model; blocks: how many in each stage, or how many layers."""
    if name == "resnet50":
        return ResNet(blocks).to(memory_format=torch.channels_last)
    return Bert(blocks)


class Bottleneck(nn.Module):
    """1x1, 3x3, 1x1, and the input added."""

    def __init__(self, given, width, stride):
        super().__init__()
        self.one = nn.Conv2d(given, width, 1, stride=stride)
        self.two = nn.Conv2d(width, width, 3, padding=1)
        self.three = nn.Conv2d(width, 4 * width, 1)
        self.norms = nn.ModuleList([nn.BatchNorm2d(n) for n in (width, width, 4 * width)])
        self.short = None
        if stride != 1 or given != 4 * width:
            short = nn.Conv2d(given, 4 * width, 1, stride=stride)
            self.short = nn.Sequential(short, nn.BatchNorm2d(4 * width))

    def forward(self, x):
        y = f.relu(self.norms[0](self.one(x)))
        y = f.relu(self.norms[1](self.two(y)))
        y = self.norms[2](self.three(y))
        return f.relu(y + (x if self.short is None else self.short(x)))


class ResNet(nn.Module):
    """As Keras has it: the first convolution of a block carries the stride, all have biases."""

    def __init__(self, blocks):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
        )
        stages, given = [], 64
        for number, count in enumerate(blocks):
            width = 64 << number
            for place in range(count):
                stride = 2 if number and not place else 1
                stages.append(Bottleneck(given, width, stride))
                given = 4 * width
        self.stages, self.head = nn.Sequential(*stages), nn.Linear(given, 1000)

    def forward(self, x):
        return self.head(self.stages(self.stem(x)).mean((2, 3)))


class Layer(nn.Module):
    """Attention and two dense layers, each with its sum and norm."""

    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.wide, self.narrow = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.first, self.second = (nn.LayerNorm(WIDTH, 1e-12) for _ in range(2))

    def forward(self, x):
        batch, length, _ = x.shape
        parts = self.qkv(x).view(batch, length, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        seen = f.scaled_dot_product_attention(*parts).transpose(1, 2).reshape(x.shape)
        x = self.first(x + self.out(seen))
        return self.second(x + self.narrow(f.gelu(self.wide(x))))


class Bert(nn.Module):
    """The encoder with word embeddings."""

    def __init__(self, depth):
        super().__init__()
        self.words, self.norm = nn.Embedding(WORDS, WIDTH), nn.LayerNorm(WIDTH, 1e-12)
        self.layers = nn.Sequential(*[Layer() for _ in range(depth)])

    def forward(self, numbers):
        return self.layers(self.norm(self.words(numbers)))
