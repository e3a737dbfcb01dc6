package dev.neurite.cli.exchange;

import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.io.Safetensors;
import java.nio.file.Path;
import java.util.List;

/// Safetensors: a model file of Neurite, or the tensors of other software.
final class SafetensorsImport implements ImportFormat {
    @Override
    public String name() {
        return "safetensors";
    }

    @Override
    public List<String> endings() {
        return List.of(".safetensors");
    }

    @Override
    public Content read(Path from) {
        Safetensors content = Safetensors.read(from);
        boolean isModel = "neurite".equals(content.metadata().get("format"))
                || content.metadata().containsKey("network"); // a damaged one, which is reported
        return isModel
                ? Content.of(from.toString(), ModelFile.read(from, Catalog.standard()))
                : Content.ofTensors(from.toString(), content.tensors());
    }
}
