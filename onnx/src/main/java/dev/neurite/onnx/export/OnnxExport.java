package dev.neurite.onnx.export;

import dev.neurite.error.ConfigException;
import dev.neurite.io.ModelFile;
import dev.neurite.io.json.Json;
import dev.neurite.model.Model;
import dev.neurite.onnx.format.OnnxContent;
import dev.neurite.onnx.format.OnnxWriter;
import dev.neurite.onnx.graph.OnnxNode;
import dev.neurite.signature.Input;
import dev.neurite.signature.Output;
import dev.neurite.signature.Signature;
import dev.neurite.train.Run;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SequencedMap;

/// Writes a model as an ONNX file, for onnxruntime and other software: what it computes when predicting.
/// ```java
/// List<String> notes = OnnxExport.of(run).write(Path.of("model.onnx"));
/// ```
///
/// | the model takes | the file takes |
/// |---|---|
/// | a table of numbers | `table` `[batch × columns]`, raw |
/// | a table with texts | each column by its name, `[batch × 1]`, raw |
/// | an image | `image` `[batch × channels × height × width]`, bytes |
/// | a text | `text` `[batch × time]`, ids of tokens |
/// | steps, a series | `steps`, `series` `[batch × time × columns]`, raw |
/// | numbers | `input` `[batch × …]` |
///
/// Classes are `label` `[batch]`, their names, and `probabilities` `[batch × classes]`; values have the units of the
/// target. Extents of the batch and of the time are open. Weights keep their names and layouts, but for those
/// of recurrent layers, whose gates ONNX has in another order. What the file cannot say is in its metadata and
/// in the notes.
public final class OnnxExport {
    /// The version of ONNX's operators that is written if none is chosen.
    public static final int USUAL_OPSET = 18;

    private static final int LEAST_OPSET = 17;
    private static final int MOST_OPSET = 22;
    private static final int WITH_EQUAL_TEXTS = 19;

    private final ModelFile file;
    private final OptionalInt opset;
    private final RawColumns columns;

    private OnnxExport(ModelFile file, OptionalInt opset, RawColumns columns) {
        this.file = file;
        this.opset = opset;
        this.columns = columns;
    }

    /// What was written.
    /// @param file the ONNX file
    /// @param weights the file with the weights, if they are not in the ONNX file
    /// @param notes what could not be kept, in sentences
    public record Written(Path file, Optional<Path> weights, List<String> notes) {
        /// Keeps a copy of the list.
        public Written {
            notes = List.copyOf(notes);
        }
    }

    /// The export of a network alone: numbers in, numbers out.
    public static OnnxExport of(Model model) {
        return of(new ModelFile(model, Map.of(), Signature.of(model)));
    }

    /// The export of a model with what it takes and gives.
    public static OnnxExport of(ModelFile file) {
        return new OnnxExport(file, OptionalInt.empty(), RawColumns.ML);
    }

    /// The export of the model of a training.
    public static OnnxExport of(Run run) {
        return of(ModelFile.of(run));
    }

    /// A copy with this version of ONNX's operators.
    /// @param version 17 to 22; by default 18, or 19 where texts are compared by ONNX's own operators
    /// @throws ConfigException for another one
    public OnnxExport opset(int version) {
        if (version < LEAST_OPSET || version > MOST_OPSET) {
            throw new ConfigException("opset", "expects " + LEAST_OPSET + " to " + MOST_OPSET + ", got " + version);
        }
        return new OnnxExport(file, OptionalInt.of(version), columns);
    }

    /// A copy in which these operators take raw columns; those of `ai.onnx.ml` by default.
    public OnnxExport columns(RawColumns operators) {
        return new OnnxExport(file, opset, operators);
    }

    /// Writes the file. From 2 GB of weights on they are in a file beside it, whose name ends with `.data`, and
    /// which is replaced first: write over such a model only if nobody reads it, else to a new name.
    /// @throws ConfigException for layers that ONNX has no operators for, with all of them, or for texts with an
    /// opset that cannot compare them
    /// @throws dev.neurite.error.ResourceException if it cannot be written; an old file then stays, but its
    /// weights in a file beside it may be the new ones
    public Written write(Path to) {
        Built built = build();
        List<String> files = OnnxWriter.write(built.content, to);
        Optional<Path> weights = files.size() > 1 ? Optional.of(to.resolveSibling(files.getLast())) : Optional.empty();
        return new Written(to, weights, built.notes);
    }

    /// The bytes of the file.
    /// @throws ConfigException as [#write], and for 2 GB of weights or more
    public byte[] bytes() {
        return OnnxWriter.bytes(build().content);
    }

    /// What could not be kept, in sentences, as [#write] returns them.
    /// @throws ConfigException as [#write]
    public List<String> notes() {
        return build().notes;
    }

    private record Built(OnnxContent content, List<String> notes) {}

    private Built build() {
        Model model = file.model();
        Signature signature = named(file.signature());
        int version =
                opset.orElse(columns == RawColumns.CORE && takesTexts(signature) ? WITH_EQUAL_TEXTS : USUAL_OPSET);
        if (columns == RawColumns.CORE && version < WITH_EQUAL_TEXTS && takesTexts(signature)) {
            throw new ConfigException(
                    "opset",
                    "expects " + WITH_EQUAL_TEXTS
                            + " or later for columns of texts without operators of ai.onnx.ml, got " + version);
        }
        var builder = new GraphBuilder(model, version);
        var about = new Interface();
        OutputExport.names(signature.outputs()).forEach(builder::reserve);
        List<String> in = new InputExport(builder, columns, about)
                .add(signature.inputs(), model.network().inputs());
        List<String> out = new LayerExport(builder).add(model.network().root(), in);
        refuse(builder.refused());
        new OutputExport(builder, about)
                .add(signature.outputs(), out, model.network().outputs());
        var graph = builder.graph("neurite", about.inputs(), about.outputs());
        SequencedMap<String, Integer> opsets = new LinkedHashMap<>();
        opsets.put("", version);
        boolean ml = graph.nodes().stream().map(OnnxNode::domain).anyMatch(GraphBuilder.ML::equals);
        if (ml) opsets.put(GraphBuilder.ML, GraphBuilder.ML_VERSION);
        List<String> notes = List.copyOf(about.notes());
        return new Built(new OnnxContent(graph, about.outputs(), opsets, metadata(signature, about)), notes);
    }

    private static void refuse(List<String> layers) {
        if (layers.isEmpty()) return;
        throw new ConfigException(
                "ONNX export",
                "expects layers that ONNX has operators for, got " + layers.size() + " without: "
                        + String.join("; ", layers));
    }

    /// Inputs of which nothing is known are `input`, not `numbers`, which the outputs are.
    private static Signature named(Signature signature) {
        SequencedMap<String, Input> inputs = new LinkedHashMap<>();
        signature.inputs().forEach((name, input) -> {
            boolean unnamed = input instanceof Input.Numbers && name.matches("numbers[0-9]*");
            inputs.put(unnamed ? name.replace("numbers", "input") : name, input);
        });
        SequencedMap<String, Output> outputs = new LinkedHashMap<>();
        signature.outputs().forEach((name, output) -> {
            boolean unnamed = output instanceof Output.Numbers && name.matches("numbers[0-9]*");
            outputs.put(unnamed ? name.replace("numbers", "output") : name, output);
        });
        return new Signature(inputs, outputs);
    }

    private static boolean takesTexts(Signature signature) {
        return signature.inputs().values().stream()
                .flatMap(each -> each.tableColumns().stream())
                .anyMatch(ColumnExport::hasTexts);
    }

    private SequencedMap<String, String> metadata(Signature signature, Interface about) {
        SequencedMap<String, String> metadata = new LinkedHashMap<>();
        metadata.put("inputs", Json.of(about.describedInputs()).write());
        metadata.put("outputs", Json.of(about.describedOutputs()).write());
        List<String> classes = signature.output().classNames();
        if (!classes.isEmpty()) metadata.put("classes", Json.of(classes).write());
        for (Input each : signature.inputs().values()) {
            if (each instanceof Input.Text text) metadata.putIfAbsent("tokenizer", text.tokenizer());
        }
        if (!about.notes().isEmpty())
            metadata.put("notes", Json.of(about.notes()).write());
        return metadata;
    }
}
