package dev.neurite.cli.exchange;

import dev.neurite.io.PretrainedWeights;
import java.nio.file.Path;
import java.util.List;

/// Weights of PyTorch: the state dicts of `torch.save`.
final class PytorchImport implements ImportFormat {
    static final List<String> ENDINGS = List.of(".pt", ".pth", ".bin");

    @Override
    public String name() {
        return "pytorch";
    }

    @Override
    public List<String> endings() {
        return ENDINGS;
    }

    @Override
    public Content read(Path from) {
        PretrainedWeights weights = PretrainedWeights.pytorch(from);
        return Content.ofTensors(weights.source(), weights.tensors());
    }
}
