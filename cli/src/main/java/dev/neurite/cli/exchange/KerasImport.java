package dev.neurite.cli.exchange;

import dev.neurite.io.ModelFile;
import dev.neurite.io.keras.KerasFile;
import dev.neurite.io.kind.FileKind;
import dev.neurite.model.Model;
import dev.neurite.signature.Signature;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
    public Set<FileKind> kinds() {
        return Set.of(FileKind.KERAS, FileKind.HDF5);
    }

    @Override
    public Content read(Path from) {
        KerasFile file = KerasFile.read(from);
        if (!file.isModel())
            return Content.ofTensors(from.toString(), file.weights().tensors());
        Model model = file.toModel();
        Signature outputs = new ModelFile(model, Map.of()).signature();
        Signature numbers = Signature.of(
                List.copyOf(Signature.of(model).inputs().values()),
                List.copyOf(outputs.outputs().values()));
        return Content.of(from.toString(), new ModelFile(model, Map.of(), numbers), file.notes());
    }
}
