package dev.neurite.cli.exchange;

import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.kind.FileKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

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
    public Set<FileKind> kinds() {
        return Set.of(FileKind.PYTORCH, FileKind.TORCH_SCRIPT, FileKind.PICKLE);
    }

    @Override
    public Content read(Path from) {
        PretrainedWeights weights = PretrainedWeights.pytorch(from);
        return Content.ofTensors(weights.source(), weights.tensors());
    }
}
