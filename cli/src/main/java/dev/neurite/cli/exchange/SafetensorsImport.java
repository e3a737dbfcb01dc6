package dev.neurite.cli.exchange;

import dev.neurite.io.Catalog;
import dev.neurite.io.ModelFile;
import dev.neurite.io.Safetensors;
import dev.neurite.io.kind.FileKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
    public Set<FileKind> kinds() {
        return Set.of(FileKind.SAFETENSORS);
    }

    @Override
    public Content read(Path from) {
        Map<String, String> metadata = Safetensors.readMetadata(from);
        boolean isModel = "neurite".equals(metadata.get("format"))
                || metadata.containsKey("network"); // a damaged one, which is reported
        return isModel
                ? Content.of(from.toString(), ModelFile.read(from, Catalog.standard()))
                : Content.ofTensors(from.toString(), Safetensors.read(from).tensors());
    }
}
