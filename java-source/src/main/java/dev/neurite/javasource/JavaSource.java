package dev.neurite.javasource;

import dev.neurite.error.ConfigException;
import dev.neurite.io.AtomicFile;
import dev.neurite.io.ModelFile;
import dev.neurite.layer.Folding;
import dev.neurite.model.Model;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Run;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A model as one Java file that needs no library: its layers as methods, its weights, and what makes inputs of raw
/// values and answers of outputs. The file is Java of version 8, for any newer one and for Android.
///
/// ```java
/// JavaSource.of(run).packageName("shop").publicClass().write(Path.of("Fruit.java"));
/// ```
///
/// Its predictions differ from the model's by rounding, about 1e-7 of the largest number, as sums have another order.
/// Batch norms are merged into the layers before them. Each setting returns a copy.
///
/// What can be written: models with one input and one output, of the layers that docs/java-source.md lists.
public final class JavaSource {
    private static final int INSIDE = 400_000; // numbers: a file of 2.1 MB, which editors still open

    private final Model model;
    private final Signature signature;
    private final ClassText.Settings settings;

    private JavaSource(Model model, Signature signature, ClassText.Settings settings) {
        this.model = model;
        this.signature = signature;
        this.settings = settings;
    }

    /// What was written.
    /// @param file the Java file
    /// @param bytes its size
    /// @param weights the file with the weights, if they are not in the Java file
    /// @param notes what the class does not do as the model does, in sentences
    /// @param measured how fast it is; empty where there is no Java compiler to find out
    public record Written(
            Path file, long bytes, Optional<Path> weights, List<String> notes, Optional<Measured> measured) {
        /// Keeps a copy of the list.
        public Written {
            notes = List.copyOf(notes);
        }
    }

    /// How fast a class is, compiled and run here, and how near to the model.
    /// @param microseconds the network alone takes for one row, the median
    /// @param difference the largest one between its outputs and those of the model, relative to numbers above 1
    public record Measured(double microseconds, double difference) {}

    /// The model of a training, with what its data says of columns and classes.
    public static JavaSource of(Run run) {
        return of(ModelFile.of(run));
    }

    /// A model that was read: `ModelFile.read(file, Catalog.standard())`.
    public static JavaSource of(ModelFile file) {
        return new JavaSource(file.model(), file.signature(), new ClassText.Settings("", false, false));
    }

    /// In a package; in none by default.
    /// @throws ConfigException for a name that is none
    public JavaSource packageName(String name) {
        for (String part : name.split("[.]", -1)) {
            if (!JavaText.isName(part)) {
                throw new ConfigException("package", "expects a name of a Java package, got '" + name + "'");
            }
        }
        return new JavaSource(model, signature, new ClassText.Settings(name, settings.isPublic(), settings.beside()));
    }

    /// As a public class; by default only its package sees it.
    public JavaSource publicClass() {
        return new JavaSource(
                model, signature, new ClassText.Settings(settings.packageName(), true, settings.beside()));
    }

    /// With the weights in a file of their own, whatever their size. By default that is so from 400,000 on.
    public JavaSource weightsBeside() {
        return new JavaSource(
                model, signature, new ClassText.Settings(settings.packageName(), settings.isPublic(), true));
    }

    /// Writes the file; weights that are not in it into one of the same name that ends with `.bin`. Where the JDK has
    /// a compiler, compiles and runs the class before, for half a second, to measure it.
    /// @param file whose name is that of the class: `Model.java`
    /// @throws ConfigException for a file that has no name of a class, or a model that cannot be written, which
    /// names all layers in the way or what the compiler said; nothing is written then
    /// @throws dev.neurite.error.ResourceException if a file cannot be written; an old one then stays
    public Written write(Path file) {
        String name = className(file);
        JavaFile made = make(name);
        Optional<Measured> measured = ClassTrial.measure(made, model);
        Optional<Path> weights = Optional.empty();
        if (made.weights().isPresent()) {
            Path beside = file.resolveSibling(name + ".bin");
            AtomicFile.write(beside, made.weights().get());
            weights = Optional.of(beside);
        }
        byte[] bytes = made.text().getBytes(StandardCharsets.US_ASCII);
        AtomicFile.write(file, bytes);
        return new Written(file, bytes.length, weights, made.notes(), measured);
    }

    private static String className(Path file) {
        String name = String.valueOf(file.getFileName());
        String base = name.endsWith(".java") ? name.substring(0, name.length() - ".java".length()) : "";
        if (JavaText.isName(base) && !ClassNames.isTaken(base)) return base;
        throw new ConfigException(
                file.toString(),
                "expects the name of a class and .java, as Model.java, got '" + name + "'",
                "The class gets the name of the file");
    }

    /// The file with this name of the class.
    JavaFile make(String name) {
        requireOneEach();
        Model folded = Folding.fold(model);
        Shape input = folded.network().inputs().getFirst();
        var draft = new ClassDraft(folded);
        draft.name("input");
        List<LayerValue> ends =
                LayerCode.write(folded.network().root(), List.of(new LayerValue("input", input)), draft);
        if (!draft.obstacles.isEmpty()) {
            throw new ConfigException(
                    "Java file",
                    "expects layers that it can have, got " + String.join("; ", draft.obstacles),
                    "An ONNX file has all layers; docs/java-source.md lists those of a Java file");
        }
        boolean beside = settings.beside() || draft.weights.size() > INSIDE;
        var text = new ClassText(folded, signature, settings, name, draft, ends.getFirst(), beside);
        return new JavaFile(
                settings.packageName(),
                name,
                text.text(),
                beside ? Optional.of(draft.weights.bytes()) : Optional.empty(),
                !input.isKnown(),
                draft.notes);
    }

    /// @throws ConfigException for several inputs or outputs, or an input whose second axis is open
    private void requireOneEach() {
        List<String> problems = new ArrayList<>();
        if (signature.inputs().size() > 1)
            problems.add("inputs " + signature.inputs().keySet());
        if (signature.outputs().size() > 1)
            problems.add("outputs " + signature.outputs().keySet());
        for (Shape each : model.network().inputs()) {
            if (each.extents().lastIndexOf(Shape.OPEN) > 0) problems.add("an input " + each);
        }
        if (problems.isEmpty()) return;
        throw new ConfigException(
                "Java file",
                "expects one input and one output, of which only the first axis may be open, got "
                        + String.join(", ", problems),
                "An ONNX file has them");
    }
}
