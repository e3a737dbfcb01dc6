package dev.neurite.cli.exchange;

import dev.neurite.io.ModelFile;
import dev.neurite.io.keras.KerasFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Files of Keras 3: a whole model, or weights by name.
final class KerasImport implements ImportFormat {
    @Override
    public String name() {
        return "keras";
    }

    @Override
    public List<String> endings() {
        return List.of(".keras", ".weights.h5");
    }

    @Override
    public Content read(Path from) {
        KerasFile file = KerasFile.read(from);
        if (!file.isModel())
            return Content.ofTensors(from.toString(), file.weights().tensors());
        return Content.of(from.toString(), new ModelFile(file.toModel(), Map.of()), file.notes());
    }
}
