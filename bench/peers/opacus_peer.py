"""Private training with Opacus, as a peer to measure against: one JSON request a line in, one JSON answer a line out.

{"do": "models", "folder": F}                          exports each network with fresh weights to F/NAME.onnx; Opacus's norms
{"do": "open", "key", "model", "mode", "units", "batch", "threads"}   a Poisson-sampled private training that waits
{"do": "steps", "key", "count"}                        so many steps of it; their seconds by the clock and of the processor
"""

import json
import sys
import time
import warnings

import opacus
import torch
from opacus import PrivacyEngine
from opacus.grad_sample import GradSampleModule
from torch import nn

warnings.filterwarnings("ignore")

TOKENS, LENGTH, WIDTH = 50, 12, 16


class Attention(nn.Module):
    """One block of a transformer, normalisation first."""

    def __init__(self, width=WIDTH, heads=2, hidden=64):
        super().__init__()
        self.heads = heads
        self.qkv, self.o = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.n1, self.n2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.f1, self.f2 = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x):
        batch, length, width = x.shape
        size = width // self.heads
        q, k, v = self.qkv(self.n1(x)).reshape(batch, length, 3, self.heads, size).permute(2, 0, 3, 1, 4)
        weights = torch.softmax(q @ k.transpose(-2, -1) / size**0.5, -1)
        x = x + self.o((weights @ v).transpose(1, 2).reshape(batch, length, width))
        return x + self.f2(nn.functional.gelu(self.f1(self.n2(x))))


class Transformer(nn.Module):
    """Opacus trains no bare parameters, so places are an embedding; the first place is read out, as of a class token."""

    def __init__(self):
        super().__init__()
        self.emb, self.pos = nn.Embedding(TOKENS, WIDTH), nn.Embedding(LENGTH, WIDTH)
        self.blocks = nn.Sequential(Attention(), Attention())
        self.head = nn.Linear(WIDTH, 3)

    def forward(self, tokens):
        places = torch.arange(LENGTH).expand(tokens.shape[0], LENGTH).contiguous()
        return self.head(self.blocks(self.emb(tokens) + self.pos(places))[:, 0])


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.c1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.c2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.g1, self.g2 = nn.GroupNorm(4, outputs), nn.GroupNorm(4, outputs)
        same = stride == 1 and inputs == outputs
        self.sc = nn.Identity() if same else nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x):
        return torch.relu(self.g2(self.c2(torch.relu(self.g1(self.c1(x))))) + self.sc(x))


def mnist_cnn():
    first = (nn.Conv2d(1, 16, 8, 2, padding=3), nn.ReLU(), nn.MaxPool2d(2, 1))
    second = (nn.Conv2d(16, 32, 4, 2), nn.ReLU(), nn.MaxPool2d(2, 1))
    return nn.Sequential(*first, *second, nn.Flatten(), nn.Linear(512, 32), nn.ReLU(), nn.Linear(32, 10))


def mlp_relu():
    return nn.Sequential(nn.Linear(30, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 2))


def resnet_groupnorm():
    stem = (nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.GroupNorm(4, 8), nn.ReLU())
    top = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10))
    return nn.Sequential(*stem, Residual(8, 8, 1), Residual(8, 16, 2), *top)


# How a network is made, the shape of an example, the number of classes.
NETWORKS = {
    "mnist-cnn": (mnist_cnn, (1, 28, 28), 10),
    "mlp-relu": (mlp_relu, (30,), 2),
    "transformer": (Transformer, (LENGTH,), 3),
    "resnet-groupnorm": (resnet_groupnorm, (3, 16, 16), 10),
}


def network(name):
    torch.manual_seed(1)
    return NETWORKS[name][0]()


def examples(name, count):
    _, shape, classes = NETWORKS[name]
    torch.manual_seed(2)
    whole = name == "transformer"
    x = torch.randint(0, TOKENS, (count, *shape)) if whole else torch.rand(count, *shape) * 2 - 1
    return x, torch.randint(0, classes, (count,))


def models(folder):
    """Exports the networks; says what Opacus finds as gradient norms of eight examples, so that both sides do the same work."""
    answer = {}
    for name in NETWORKS:
        x, y = examples(name, 8)
        axes = {"input": {0: "batch"}, "output": {0: "batch"}}
        torch.onnx.export(
            network(name).eval(), (x,), f"{folder}/{name}.onnx", input_names=["input"], output_names=["output"],
            dynamic_axes=axes, opset_version=17, dynamo=False,
        )  # fmt: skip
        module = GradSampleModule(network(name), loss_reduction="sum")
        nn.CrossEntropyLoss(reduction="sum")(module(x), y).backward()
        flat = torch.cat([p.grad_sample.reshape(8, -1) for p in module.parameters()], 1)
        answer[name] = {
            "shape": list(x.shape[1:]),
            "classes": NETWORKS[name][2],
            "parameters": flat.shape[1],
            "input": x.flatten().tolist(),
            "target": y.tolist(),
            "norms": flat.norm(dim=1).tolist(),
        }
    return {"torch": torch.__version__, "opacus": opacus.__version__, "models": answer}


def steps(name, mode, units, batch, threads):
    """A generator that takes one private step at a time, as Opacus's own examples write the loop."""
    torch.set_num_threads(threads)
    model = network(name)
    criterion = nn.CrossEntropyLoss()
    data = torch.utils.data.TensorDataset(*examples(name, units))
    private = PrivacyEngine(accountant="rdp").make_private(
        module=model,
        optimizer=torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9),
        data_loader=torch.utils.data.DataLoader(data, batch_size=batch),
        criterion=criterion,
        noise_multiplier=1.0,
        max_grad_norm=1.0,
        poisson_sampling=True,
        grad_sample_mode=mode,
    )
    module, optimizer, *rest, loader = private
    criterion = rest[0] if rest else criterion
    while True:
        for x, y in loader:
            optimizer.zero_grad()
            criterion(module(x), y).backward()
            optimizer.step()
            yield


def main():
    trainings = {}
    for line in sys.stdin:
        request = json.loads(line)
        do = request.pop("do")
        try:
            if do == "models":
                answer = models(**request)
            elif do == "open":
                key, name = request.pop("key"), request.pop("model")
                trainings[key] = steps(name, **request)
                for _ in range(3):
                    next(trainings[key])
                answer = {}
            else:
                wall, processor = time.perf_counter(), time.process_time()
                for _ in range(request["count"]):
                    next(trainings[request["key"]])
                answer = {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"}
        print(json.dumps(answer), flush=True)


main()
