package dev.neurite.cli.exchange;

import dev.neurite.io.Catalog;
import dev.neurite.io.Safetensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Safetensors: the model file of Neurite, whose tensors other software reads by their names.
final class SafetensorsExport implements ExportFormat {
    @Override
    public String name() {
        return "safetensors";
    }

    @Override
    public List<String> endings() {
        return List.of(".safetensors");
    }

    @Override
    public boolean keepsEncoded() {
        return true;
    }

    @Override
    public List<String> write(Content content, Path to, ExportOptions options) {
        content.model()
                .ifPresentOrElse(
                        model -> model.write(to, Catalog.standard()),
                        () -> new Safetensors(Map.of(), content.tensors()).write(to));
        return List.of();
    }
}
