"""LivePortrait's W and G in PyTorch, for comparison of speed alone (benchmarks/neural-pytorch.ts starts it).

The only Python of the project, and no part of it: a claim about PyTorch's speed needs PyTorch. Written to the published
architecture with plain torch.nn.functional, as a user of PyTorch runs it: eager, float32, no gradients.

usage: pytorch_networks.py FOLDER THREADS
FOLDER holds weights as .pth and inputs as raw float32. For each line `warping` or `generator` on stdin the network runs
once and the milliseconds are printed; its main output is left in FOLDER as raw float32 after the first run. `product`
multiplies two 1536 x 1536 matrices.
"""
import sys
import time

import numpy
import torch
import torch.nn.functional as F

FOLDER, THREADS = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(THREADS)
torch.set_grad_enabled(False)


def array(name, *shape):
    return torch.from_numpy(numpy.fromfile(f"{FOLDER}/{name}.f32", numpy.float32).reshape(shape))


class Weights:
    """A flat state dict, read by key under a prefix."""

    def __init__(self, state, prefix=""):
        self.state, self.prefix = state, prefix

    def __call__(self, name):
        return Weights(self.state, f"{self.prefix}{name}.")

    def __getitem__(self, key):
        return self.state.get(self.prefix + key)


def conv(x, w, padding=0):
    rank = F.conv3d if x.dim() == 5 else F.conv2d
    return rank(x, w["weight"], w["bias"], padding=padding)


def norm(x, w):
    return F.batch_norm(x, w["running_mean"], w["running_var"], w["weight"], w["bias"], False, 0.0, 1e-5)


def identity_grid(size):
    axes = [torch.linspace(-1, 1, length) for length in size]
    z, y, x = torch.meshgrid(*axes, indexing="ij")
    return torch.stack([x, y, z], 3)


def hourglass(x, w):
    block = lambda value, own: F.relu(norm(conv(value, own("conv"), 1), own("norm")))
    levels = [x]
    for level in range(5):
        levels.append(F.avg_pool3d(block(levels[-1], w(f"encoder.down_blocks.{level}")), (1, 2, 2)))
    x = levels.pop()
    for level in range(5):
        x = block(F.interpolate(x, scale_factor=(1, 2, 2)), w(f"decoder.up_blocks.{level}"))
        x = torch.cat([x, levels.pop()], 1)
    return block(x, w("decoder"))


def dense_motion(feature, driving, source, w):
    batch, _, *size = feature.shape
    count = driving.shape[1] + 1
    small = F.relu(norm(conv(feature, w("compress")), w("norm")))
    grid = identity_grid(size)
    moved = grid - driving.view(batch, -1, 1, 1, 1, 3) + source.view(batch, -1, 1, 1, 1, 3)
    motions = torch.cat([grid.expand(batch, 1, *size, 3), moved], 1)
    repeated = small.unsqueeze(1).expand(batch, count, *small.shape[1:]).reshape(-1, *small.shape[1:])
    warped = F.grid_sample(repeated, motions.view(-1, *size, 3), align_corners=False)
    warped = warped.view(batch, count, -1, *size)
    gaussian = lambda points: torch.exp(-0.5 * ((grid - points.view(batch, -1, 1, 1, 1, 3)) ** 2).sum(-1) / 0.01)
    heat = gaussian(driving) - gaussian(source)
    heat = torch.cat([torch.zeros(batch, 1, *size), heat], 1).unsqueeze(2)
    seen = torch.cat([heat, warped], 2).view(batch, -1, *size)
    prediction = hourglass(seen, w("hourglass"))
    shares = F.softmax(conv(prediction, w("mask"), 3), 1).unsqueeze(2)
    deformation = (motions.permute(0, 1, 5, 2, 3, 4) * shares).sum(1).permute(0, 2, 3, 4, 1)
    flat = prediction.reshape(batch, -1, *size[1:])
    return deformation, torch.sigmoid(conv(flat, w("occlusion"), 3))


def warping(feature, driving, source, w):
    deformation, occlusion = dense_motion(feature, driving, source, w("dense_motion_network"))
    warped = F.grid_sample(feature, deformation, align_corners=False)
    warped = warped.reshape(warped.shape[0], -1, *warped.shape[3:])
    third = F.leaky_relu(norm(conv(warped, w("third.conv"), 1), w("third.norm")), 0.01)
    return conv(third, w("fourth")) * occlusion


def spectral(w):
    weight = w["weight_orig"]
    return weight / torch.dot(w["weight_u"], weight.flatten(1) @ w["weight_v"])


def generator(feature, w):
    guide = feature

    def spade(x, own):
        response = F.relu(conv(guide, own("mlp_shared.0"), 1))
        return F.instance_norm(x, eps=1e-5) * (1 + conv(response, own("mlp_gamma"), 1)) + conv(response, own("mlp_beta"), 1)

    def block(x, own):
        learned = own("conv_s")["weight_orig"] is not None
        shortcut = F.conv2d(spade(x, own("norm_s")), FOLDED[own.prefix + "conv_s"]) if learned else x
        for half in (0, 1):
            y = F.leaky_relu(spade(x if half == 0 else y, own(f"norm_{half}")), 0.2)
            y = F.conv2d(y, FOLDED[own.prefix + f"conv_{half}"], own(f"conv_{half}")["bias"], padding=1)
        return shortcut + y

    x = conv(feature, w("fc"), 1)
    for i in range(6):
        x = block(x, w(f"G_middle_{i}"))
    for i in range(2):
        x, guide = F.interpolate(x, scale_factor=2), F.interpolate(guide, scale_factor=2)
        x = block(x, w(f"up_{i}"))
    return torch.sigmoid(F.pixel_shuffle(conv(F.leaky_relu(x, 0.2), w("conv_img.0"), 1), 2))


W = Weights(torch.load(f"{FOLDER}/warping_module.pth"))
G = Weights(torch.load(f"{FOLDER}/spade_generator.pth"))
# Folded once, as in ours: PyTorch itself divides anew in every run.
FOLDED = {key[: -len(".weight_orig")]: spectral(Weights(G.state, key[: -len("weight_orig")]))
          for key in G.state if key.endswith(".weight_orig")}
POINTS = [array("kp_driving", 1, 21, 3), array("kp_source", 1, 21, 3)]
VOLUME, FEATURE = array("feature_3d", 1, 32, 16, 64, 64), array("feature", 1, 256, 64, 64)
A, B = torch.rand(1536, 1536), torch.rand(1536, 1536)
RUNS = {
    "warping": lambda: warping(VOLUME, *POINTS, W),
    "generator": lambda: generator(FEATURE, G),
    "product": lambda: A @ B,
}
print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads", flush=True)
seen = set()
for line in sys.stdin:
    name = line.strip()
    start = time.perf_counter()
    out = RUNS[name]()
    seconds = time.perf_counter() - start
    if name not in seen:
        seen.add(name)
        out.numpy().tofile(f"{FOLDER}/{name}.out.f32")
    print(seconds * 1000, flush=True)
