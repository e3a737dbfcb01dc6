package dev.neurite.cli.exchange;

import dev.neurite.io.ModelFile;
import dev.neurite.io.kind.FileKind;
import dev.neurite.model.Model;
import dev.neurite.onnx.OnnxModel;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.signature.Output;
import dev.neurite.signature.Output.Meaning;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// ONNX files whose operators have layers.
final class OnnxImport implements ImportFormat {
    @Override
    public String name() {
        return "onnx";
    }

    @Override
    public List<String> endings() {
        return List.of(".onnx");
    }

    @Override
    public Set<FileKind> kinds() {
        return Set.of(FileKind.ONNX);
    }

    @Override
    public Content read(Path from) {
        OnnxModel file = OnnxModel.load(from);
        Model model = file.toModel();
        Content content = Content.of(
                from.toString(), new ModelFile(model, Map.of(), signature(model, file.classes())), file.notes());
        return PixelScale.ofBytes(content, i -> file.inputs().get(i).type() == ElementType.UINT8);
    }

    /// With the names of classes that the file has; without them as of any model that ends with a softmax.
    private static Signature signature(Model model, List<String> classes) {
        Signature plain = Signature.of(model);
        if (model.network().outputs().size() != 1) return plain;
        Shape numbers = model.network().outputs().getFirst();
        Output output = !classes.isEmpty() && numbers.equals(Shape.of(classes.size()))
                ? new Output.Classes(classes, Meaning.PROBABILITIES)
                : new ModelFile(model, Map.of())
                        .signature()
                        .outputs()
                        .firstEntry()
                        .getValue();
        return output instanceof Output.Classes
                ? Signature.of(List.copyOf(plain.inputs().values()), List.of(output))
                : plain;
    }
}
