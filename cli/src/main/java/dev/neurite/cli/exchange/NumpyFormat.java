package dev.neurite.cli.exchange;

import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.StateDict;
import dev.neurite.io.kind.FileKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Weights in NumPy's `.npz`: arrays by name, of a model with PyTorch's names.
final class NumpyFormat implements ExportFormat, ImportFormat {
    @Override
    public String name() {
        return "numpy";
    }

    @Override
    public List<String> endings() {
        return List.of(".npz");
    }

    @Override
    public Set<FileKind> kinds() {
        return Set.of(FileKind.NPZ);
    }

    @Override
    public Content read(Path from) {
        PretrainedWeights weights = PretrainedWeights.npz(from);
        return Content.ofTensors(weights.source(), weights.tensors());
    }

    @Override
    public List<String> write(Content content, Path to, ExportOptions options) {
        StateDict state =
                content.model().map(StateDict::of).orElseGet(() -> new StateDict(content.tensors(), List.of()));
        state.writeNpz(to);
        return state.notes();
    }
}
