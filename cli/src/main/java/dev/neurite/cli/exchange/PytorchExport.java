package dev.neurite.cli.exchange;

import dev.neurite.error.ConfigException;
import dev.neurite.io.StateDict;
import dev.neurite.tensor.NumberType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Weights for PyTorch: safetensors files for `load_state_dict`.
final class PytorchExport implements ExportFormat {
    @Override
    public String name() {
        return "pytorch";
    }

    @Override
    public List<String> endings() {
        return PytorchImport.ENDINGS;
    }

    @Override
    public List<String> offered() {
        return List.of();
    }

    @Override
    public Set<String> options() {
        return Set.of(ExportOptions.NUMBERS);
    }

    @Override
    public List<String> write(Content content, Path to, ExportOptions options) {
        String lower = to.toString().toLowerCase(Locale.ROOT);
        if (endings().stream().anyMatch(lower::endsWith)) {
            throw new ConfigException(
                    to.toString(),
                    "expects a safetensors file for PyTorch, as its own files are pickles, which are not written",
                    "Write weights.safetensors with --to pytorch, for load_state_dict(load_file(…))");
        }
        NumberType type = options.numbers();
        StateDict state =
                content.model().map(StateDict::of).orElseGet(() -> new StateDict(content.tensors(), List.of()));
        state.write(to, type);
        return state.notes();
    }
}
