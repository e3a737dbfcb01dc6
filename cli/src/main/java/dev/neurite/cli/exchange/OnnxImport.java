package dev.neurite.cli.exchange;

import dev.neurite.error.ModelFormatException;
import dev.neurite.io.ModelFile;
import dev.neurite.io.json.Json;
import dev.neurite.model.Model;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// ONNX files whose operators have layers.
final class OnnxImport implements ImportFormat {
    private static final String CLASSES = "classes"; // metadata of files that the library wrote

    @Override
    public String name() {
        return "onnx";
    }

    @Override
    public List<String> endings() {
        return List.of(".onnx");
    }

    @Override
    public Content read(Path from) {
        OnnxModel file = OnnxModel.load(from);
        Model model = file.toModel();
        return Content.of(from.toString(), new ModelFile(model, Map.of(), signature(from, file, model)), file.notes());
    }

    /// With the names of classes that the file has.
    private static Signature signature(Path from, OnnxModel file, Model model) {
        Signature plain = Signature.of(model);
        String text = file.metadata().get(CLASSES);
        boolean one = model.network().outputs().size() == 1;
        if (text == null || !one) return plain;
        List<String> classes;
        try {
            classes = Json.readStrings(from + ", metadata '" + CLASSES + "'", text);
        } catch (ModelFormatException _) {
            return plain; // of other software, which means something else by it
        }
        boolean fits = model.network().outputs().getFirst().equals(Shape.of(classes.size()));
        if (!fits) return plain;
        return Signature.of(
                List.copyOf(plain.inputs().values()), List.of(new Output.Classes(classes, Meaning.PROBABILITIES)));
    }
}
