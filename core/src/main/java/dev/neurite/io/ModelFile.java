package dev.neurite.io;

import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.NeuriteException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Activate;
import dev.neurite.loss.Loss;
import dev.neurite.loss.Losses;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.signature.Signature;
import dev.neurite.signature.Threshold;
import dev.neurite.tensor.NumberType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.Run;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A model in a file: a safetensors file with the architecture in its metadata (`docs/format.md`).
/// Other software can read the tensors. Damaged files and unknown layers are refused; layers come from
/// a catalog, never from class names.
///
/// <!-- Snippets#file -->
/// ```java
/// ModelFile.save(run, file); //                             with columns, classes and scales
/// Model loaded = ModelFile.load(file);
/// ```
///
/// @param model the model
/// @param notes texts that are saved with it, by name
/// @param signature what the model takes and gives
public record ModelFile(Model model, Map<String, String> notes, Signature signature) {
    /// The newest version of the format. Models without weights in fewer bits are written in version 4, which earlier
    /// releases read.
    public static final int VERSION = 5;

    private static final int FIRST_VERSION = 1;
    private static final int WITHOUT_ENCODED = 4; // until then all parameters were floats
    private static final int WITH_SIGNATURE = 4; // before, notes and a preprocessing said it
    private static final int SOFTMAX_OF_LAST_AXIS = 3; // before, a softmax took whole rows of several axes

    private static final String FORMAT = "neurite";
    static final String NOTE = "note.";
    private static final String PREPROCESSING = "preprocessing";

    /// A model whose notes say what it takes and gives, or nothing does. Notes that a signature takes the place of
    /// become one: `classes` (a JSON list of names), `features`, `tokenizer` and those of
    /// [dev.neurite.data.series.SeriesColumns#notes()]; `loss` decides how outputs become probabilities.
    /// @throws ModelFormatException for invalid notes
    public ModelFile(Model model, Map<String, String> notes) {
        this(model, OlderSignature.left(notes), OlderSignature.of(model, notes, Optional.empty(), "model"));
    }

    /// @throws ConfigException if the signature does not describe the model
    public ModelFile {
        signature.check(model);
        notes = Collections.unmodifiableMap(new LinkedHashMap<>(notes));
    }

    /// The model of a training, with what its data says of raw inputs and outputs.
    public static ModelFile of(Run run) {
        return new ModelFile(run.model(), Map.of(), run.signature());
    }

    /// Checks that a file has room for a preprocessing. Call it before a long training.
    /// @throws ConfigException if it is too large
    public static void requireRoom(Preprocessing preprocessing) {
        PreprocessingText.requireRoom(preprocessing);
    }

    /// This model with a preprocessing.
    /// @throws ConfigException if it does not fit the inputs and outputs of the model
    public ModelFile with(Preprocessing other) {
        return with(signature.with(other, model, loss("model").orElse(Losses.crossEntropy())));
    }

    /// The loss that the model was trained with, by the note `loss`; empty without one.
    /// @param where the name of the model in messages, such as its file
    /// @throws ModelFormatException if the note is invalid
    public Optional<Loss> loss(String where) {
        return OlderSignature.loss(notes, where);
    }

    /// Another model of the same inputs and outputs, such as one with scaled weights, with these notes and signature.
    /// @throws ConfigException if the signature does not describe it
    public ModelFile with(Model other) {
        return new ModelFile(other, notes, signature);
    }

    /// Keeps a threshold in a model file or a checkpoint, whose other content stays. An old one is replaced.
    /// @throws ConfigException if the model does not decide between two classes, of which it is one
    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws ModelFormatException if it is damaged
    /// @throws dev.neurite.error.ResourceException if it cannot be written; the old file then stays
    public static void save(Threshold threshold, Path file) {
        Safetensors content = Safetensors.read(file);
        ModelFile model = read(file, Catalog.standard());
        Map<String, String> metadata = new LinkedHashMap<>(content.metadata());
        boolean encoded = metadata.containsKey(EncodedParameters.KEY);
        metadata.put("version", Integer.toString(encoded ? VERSION : WITHOUT_ENCODED));
        metadata.remove(PREPROCESSING);
        metadata.keySet()
                .removeIf(key -> key.startsWith(NOTE) && !model.notes().containsKey(key.substring(NOTE.length())));
        SignatureText.write(model.signature().with(threshold), metadata);
        new Safetensors(metadata, content.tensors(), encoded ? content.types() : Map.of()).write(file);
    }

    /// Whether a file is of a model with weights in fewer bits.
    static boolean hasEncoded(Path file) {
        Map<String, String> metadata = Safetensors.readMetadata(file);
        return FORMAT.equals(metadata.get("format")) && metadata.containsKey(EncodedParameters.KEY);
    }

    /// This model with another signature.
    /// @throws ConfigException if it does not describe the model
    public ModelFile with(Signature other) {
        return new ModelFile(model, notes, other);
    }

    /// The preprocessing of the columns of a table; empty if no input has one.
    public Optional<Preprocessing> preprocessing() {
        return signature.preprocessing();
    }

    /// Saves the model of a training, with what its data says of raw inputs and outputs, such as columns and classes.
    /// @throws dev.neurite.error.ResourceException if the file cannot be written; an old file then stays
    public static void save(Run run, Path file) {
        of(run).write(file, Catalog.standard());
    }

    /// Saves a model alone: without the names of its classes and columns, which [#save(Run, Path)] knows.
    /// @throws dev.neurite.error.ResourceException if the file cannot be written; an old file then stays
    public static void save(Model model, Path file) {
        new ModelFile(model, Map.of()).write(file, Catalog.standard());
    }

    /// Loads a model.
    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws ModelFormatException for a file that is no Neurite model, damaged, or of a newer version
    public static Model load(Path file) {
        return read(file, Catalog.standard()).model();
    }

    /// Loads a model from a stream, such as `App.class.getResourceAsStream("model.safetensors")`.
    /// @param in read to its end, not closed
    /// @throws ModelFormatException for content that is no Neurite model, damaged, or of a newer version
    /// @throws IOException if it cannot be read
    public static Model load(InputStream in) throws IOException {
        return read(in, "model", Catalog.standard()).model();
    }

    /// Writes this model; a catalog names the layers.
    /// @throws ConfigException if a layer is not in the catalog
    /// @throws dev.neurite.error.ResourceException if the file cannot be written; an old file then stays
    public void write(Path file, Catalog catalog) {
        content(catalog).write(file);
    }

    /// Writes this model to a stream, such as that of a file in a cluster; a catalog names the layers.
    /// @param out flushed, not closed
    /// @throws ConfigException if a layer is not in the catalog
    /// @throws IOException if it cannot be written
    public void write(OutputStream out, Catalog catalog) throws IOException {
        content(catalog).write(out);
    }

    Safetensors content(Catalog catalog) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", FORMAT);
        var nodes = new Nodes(catalog);
        String inputs = description(nodes, model.network().inputs());
        String network = description(nodes, model.graph());
        boolean encoded = !model.parameters().encoded().isEmpty();
        metadata.put("version", Integer.toString(encoded ? VERSION : WITHOUT_ENCODED));
        metadata.put("numerics", Integer.toString(Kernels.NUMERICS_VERSION));
        metadata.put("inputs", inputs);
        metadata.put("network", network);
        SignatureText.write(signature, metadata);
        notes.forEach((key, text) -> metadata.put(NOTE + key, text));
        EncodedParameters.writeFormats(model.parameters(), metadata);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, NumberType> types = new LinkedHashMap<>();
        addTo(tensors, types, model.parameters());
        addTo(tensors, types, model.statistics());
        tensors.putAll(nodes.tensors());
        return new Safetensors(metadata, tensors, types);
    }

    private static boolean softensLastAxis(Network network) {
        return network.layers().stream()
                .anyMatch(layer -> layer.node() instanceof Activate(Activation g)
                        && !(g instanceof Elementwise)
                        && layer.outputs().getFirst().rank() > 1);
    }

    /// A part of the architecture as JSON.
    private static String description(Nodes nodes, Object part) {
        try {
            String text = nodes.write(part).write();
            Json.read(text); // checks the limits of reading
            return text;
        } catch (Nodes.FormatException e) {
            throw new ConfigException("model file", "expects layers that the catalog knows: " + e.getMessage());
        } catch (Json.SyntaxException e) {
            throw new ConfigException(
                    "model file",
                    "expects a network whose description has at most " + Json.DEEPEST + " levels and "
                            + Json.MOST_VALUES + " values: " + e.getMessage(),
                    "Nest fewer containers in one another");
        }
    }

    private static void addTo(Map<String, Tensor> tensors, Map<String, NumberType> types, Parameters parameters) {
        for (Parameter part : parameters.parts()) {
            for (String reserved : List.of(Checkpoint.PREFIX, Nodes.PREFIX)) {
                if (!part.name().startsWith(reserved)) continue;
                throw new ConfigException(part.name(), "expects a name that does not begin with " + reserved);
            }
            EncodedMatrix matrix = parameters.encoded().get(part.name());
            if (matrix != null) {
                EncodedParameters.write(part.name(), matrix, tensors, types);
                continue;
            }
            Tensor tensor = parameters.get(part.name());
            if (!tensor.isFinite()) {
                throw new ConfigException(part.name(), "expects finite numbers to save, got NaN or infinite ones");
            }
            tensors.put(part.name(), tensor);
        }
    }

    /// Reads a model; a catalog knows the layers.
    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws ModelFormatException for a file that is no Neurite model, damaged, or of a newer version
    public static ModelFile read(Path file, Catalog catalog) {
        return of(Safetensors.reading(file), catalog, file.toString());
    }

    /// Reads a model from a stream; a catalog knows the layers.
    /// @param in read as far as the model goes, not closed
    /// @param bytes the length of the model; decides how much memory it may ask for
    /// @param where the name of the model, for messages
    /// @throws ModelFormatException for content that is no Neurite model, damaged, or of a newer version
    /// @throws IOException if it cannot be read
    public static ModelFile read(InputStream in, long bytes, String where, Catalog catalog) throws IOException {
        return of(Safetensors.reading(in, bytes, where), catalog, where);
    }

    /// Reads a model from a stream to its end.
    /// @param in not closed
    /// @param where the name of the model, for messages
    /// @throws ModelFormatException for content that is no Neurite model, damaged, or of a newer version
    /// @throws IOException if it cannot be read
    public static ModelFile read(InputStream in, String where, Catalog catalog) throws IOException {
        byte[] content = in.readAllBytes();
        return read(new ByteArrayInputStream(content), content.length, where, catalog);
    }

    static ModelFile of(Safetensors.Reading reading, Catalog catalog, String where) {
        Safetensors content = reading.content();
        Map<String, String> metadata = content.metadata();
        if (!FORMAT.equals(metadata.get("format"))) {
            throw new ModelFormatException(
                    where,
                    "expects a model saved by Neurite, got a safetensors file without an architecture",
                    "Build the model and set its parameters from Safetensors.read(…)");
        }
        if (!reading.checked()) throw new ModelFormatException(where, "is damaged: its checksum is missing");
        String version = metadata.getOrDefault("version", "");
        if (!version.matches("[1-" + VERSION + "]")) {
            throw new ModelFormatException(
                    where,
                    "expects format version " + FIRST_VERSION + " to " + VERSION + ", got '" + version + "'",
                    "Use a newer Neurite");
        }
        Map<String, String> notes = new LinkedHashMap<>();
        metadata.forEach((key, text) -> {
            if (key.startsWith(NOTE)) notes.put(key.substring(NOTE.length()), text);
        });
        int number = Integer.parseInt(version);
        if (number <= WITHOUT_ENCODED && metadata.containsKey(EncodedParameters.KEY)) {
            throw new ModelFormatException(
                    where,
                    "expects format version " + (WITHOUT_ENCODED + 1) + " or later for '" + EncodedParameters.KEY
                            + "', got version " + version);
        }
        Model model = model(content, catalog, where);
        if (number < SOFTMAX_OF_LAST_AXIS && softensLastAxis(model.network())) {
            throw new ModelFormatException(
                    where,
                    "expects format version " + SOFTMAX_OF_LAST_AXIS
                            + " or later for a softmax over rows of several axes, got version " + version
                            + ", in which it took whole rows, not their last axis",
                    "Build the network with flatten() before the softmax, and give it the tensors:"
                            + " Safetensors.read(…)");
        }
        return number < WITH_SIGNATURE
                ? new ModelFile(
                        model,
                        OlderSignature.left(notes),
                        OlderSignature.read(model, notes, metadata.get(PREPROCESSING), where))
                : new ModelFile(model, notes, SignatureText.read(metadata, model, where));
    }

    /// Builds the network and compares it with the tensors before memory is allocated for parameters.
    private static Model model(Safetensors content, Catalog catalog, String where) {
        Map<String, String> metadata = content.metadata();
        var nodes = new Nodes(catalog, content.tensors());
        try {
            List<Shape> inputs = new ArrayList<>();
            if (!(Json.read(metadata.getOrDefault("inputs", "")) instanceof JsonArray(List<Json> shapes))) {
                throw new ModelFormatException(where, "expects a list of input shapes");
            }
            for (Json shape : shapes) inputs.add(nodes.shape(shape, "inputs"));
            Graph graph = nodes.readGraph(Json.read(metadata.getOrDefault("network", "")));
            var network = new Network(graph, inputs);
            Map<String, Tensor> tensors = renamed(content.tensors(), network);
            Map<String, EncodedMatrix> encoded =
                    EncodedParameters.take(network.encodable(), metadata, tensors, content.types(), where);
            check(network, tensors, encoded.keySet(), Checkpoint.isOne(metadata), where);
            return Model.of(inputs, graph, Parameters.of(network.parameters(), tensors, encoded))
                    .withStatistics(Parameters.of(network.statistics(), tensors));
        } catch (Json.SyntaxException | Nodes.FormatException e) {
            throw new ModelFormatException(where, "describes no network: " + e.getMessage());
        } catch (ModelFormatException e) {
            throw e;
        } catch (NeuriteException | ArithmeticException e) {
            throw new ModelFormatException(where, "describes an invalid network: " + e.getMessage());
        }
    }

    /// The tensors under today's names; earlier versions wrote other names for some.
    static Map<String, Tensor> renamed(Map<String, Tensor> tensors, Network network) {
        Map<String, Tensor> renamed = new LinkedHashMap<>(tensors);
        network.olderNames().forEach((now, then) -> {
            if (renamed.containsKey(now) || !renamed.containsKey(then)) return;
            renamed.put(now, renamed.remove(then));
        });
        return renamed;
    }

    private static void check(
            Network network, Map<String, Tensor> tensors, Set<String> encoded, boolean checkpoint, String where) {
        List<String> wrong = new ArrayList<>();
        Map<String, Tensor> left = new LinkedHashMap<>(tensors);
        left.keySet().removeIf(name -> name.startsWith(Nodes.PREFIX));
        if (checkpoint) left.keySet().removeIf(name -> name.startsWith(Checkpoint.PREFIX));
        List<Parameter> parts = new ArrayList<>(network.parameters());
        parts.addAll(network.statistics());
        for (Parameter part : parts) {
            if (encoded.contains(part.name())) continue;
            Tensor tensor = left.remove(part.name());
            if (tensor == null) {
                wrong.add("no '" + part.name() + "'");
            } else if (!tensor.shape().equals(part.shape())) {
                wrong.add("'" + part.name() + "' " + tensor.shape() + " instead of " + part.shape());
            } else if (!tensor.isFinite()) {
                wrong.add("'" + part.name() + "' with numbers that are not finite");
            }
        }
        left.keySet().forEach(name -> wrong.add("'" + name + "', which no layer has"));
        if (!wrong.isEmpty()) {
            throw new ModelFormatException(
                    where, "expects a tensor for each parameter of its network, got " + String.join(", ", wrong));
        }
    }
}
