package dev.neurite.llm;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.LoraFile;
import dev.neurite.io.LoraFile.Adapters;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.llm.family.Family;
import dev.neurite.llm.family.Family.Source;
import dev.neurite.llm.family.GgufDescription;
import dev.neurite.llm.family.GptDescription;
import dev.neurite.llm.family.StoredParameters;
import dev.neurite.llm.gguf.GgufWriter;
import dev.neurite.llm.gguf.Metadata;
import dev.neurite.llm.tokenizer.ModelTokenizer;
import dev.neurite.llm.weights.StoredTensor;
import dev.neurite.llm.weights.StoredType;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.text.Tokenizer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Writes a model of Hugging Face, or a GPT of ours, as a GGUF file, as llama.cpp reads it: matrices in one
/// type, all else in float32. Tensors of files are read row by row while the file is written, so that a model
/// may be larger than the memory.
public final class GgufConversion {
    /// The types that matrices may have, and the number that GGUF gives a file of them.
    private static final Map<StoredType, Long> FILE_TYPES = Map.of(
            StoredType.F32, 0L, StoredType.F16, 1L, StoredType.Q4_0, 2L, StoredType.Q8_0, 7L, StoredType.BF16, 32L);

    private static final String POSITIONS = "position_embd.weight"; // which ggml adds in float32
    private static final long QUANTIZATION_VERSION = 2; // of the formats of blocks

    private final LoadedFiles files;
    private final StoredType type;
    private final Optional<Adapters> adapters;
    private final Set<String> merged = new HashSet<>(); // tensors of adapters

    private GgufConversion(LoadedFiles files, StoredType type, Optional<Adapters> adapters) {
        this.files = files;
        this.type = type;
        this.adapters = adapters;
    }

    /// [#write(Path, StoredType, Path, Optional)] without adapters.
    public static void write(Path directory, StoredType type, Path file) {
        write(directory, type, file, Optional.empty());
    }

    /// Writes a file, atomically: it is there when it is complete.
    /// @param directory of Hugging Face: `config.json`, `tokenizer.json` and safetensors, also in several files
    /// @param type of matrices: F32, F16, BF16, Q8_0 or Q4_0
    /// @param adapter a directory of PEFT with adapters (LoRA), which are merged into the weights: W +
    /// alpha/rank · B·A
    /// @throws ConfigException for another type, for settings that GGUF has no key for, for rows that are no
    /// whole number of blocks of the type, and for numbers beyond the range of F16
    /// @throws dev.neurite.error.DataException if a file is missing
    /// @throws ModelFormatException for files that are damaged, or a family that is not known
    /// @throws dev.neurite.error.ResourceException if the file cannot be written
    public static void write(Path directory, StoredType type, Path file, Optional<Path> adapter) {
        requireType(type);
        try (LoadedFiles files = LoadedFiles.ofDirectory(directory)) {
            Path name = directory.toAbsolutePath().normalize().getFileName();
            new GgufConversion(files, type, adapter.map(LoraFile::read))
                    .writer(name == null ? "model" : name.toString())
                    .write(file);
        }
    }

    /// Writes a GPT of ours, such as [dev.neurite.network.Gpt], as architecture `gpt2`, atomically.
    /// @param model an embedding, learned positions, transformer blocks as those of GPT-2, a layer norm, and scores
    /// @param tokenizer of byte-level BPE, as [dev.neurite.text.BpeTrainer] learns it
    /// @param name of the model, for the file and messages
    /// @param type of matrices: F32, F16, BF16, Q8_0 or Q4_0; positions are F32
    /// @throws ConfigException for another type, for layers or a tokenizer that the architecture does not have,
    /// with their names, for rows that are no whole number of blocks of the type, and for numbers beyond the
    /// range of F16
    /// @throws dev.neurite.error.ResourceException if the file cannot be written
    public static void write(Model model, Tokenizer tokenizer, String name, StoredType type, Path file) {
        requireType(type);
        var gpt = GptDescription.of(name, model.graph());
        Map<String, Object> vocabulary = vocabulary(name, tokenizer, gpt.vocabulary());
        var writer = new GgufWriter(metadata(gpt.keys(), name, type, vocabulary));
        Parameters parameters = model.parameters();
        for (Parameter each : parameters.parts()) {
            for (String tensor : gpt.tensors(each.name())) add(writer, parameters, each, tensor, type);
        }
        writer.write(file);
    }

    private static void add(
            GgufWriter writer, Parameters parameters, Parameter parameter, String tensor, StoredType type) {
        boolean matrix = parameter.shape().rank() == 2 && !tensor.equals(POSITIONS);
        EncodedMatrix encoded = parameters.encoded().get(parameter.name());
        if (encoded == null) {
            writer.add(tensor, matrix ? type : StoredType.F32, parameters.get(parameter.name()));
        } else if (encoded.format().name().equals(type.name())) {
            writer.add(tensor, encoded);
        } else {
            writer.add(tensor, type, parameter.shape(), encoded::decode);
        }
    }

    private static Map<String, Object> vocabulary(String name, Tokenizer tokenizer, int rows) {
        String reason = "";
        try {
            Map<String, Object> entries = ModelTokenizer.of(name, tokenizer).entries(rows);
            if ("gpt2".equals(entries.get("tokenizer.ggml.model"))) return entries;
        } catch (ModelFormatException e) {
            reason = ": " + e.getMessage();
        }
        throw new ConfigException(
                name,
                "expects a tokenizer of byte-level BPE with GPT-2's cuts, which llama.cpp has, got another" + reason,
                "Learn its tokens with BpeTrainer, as train --tokens 1000 does on the command line");
    }

    private static void requireType(StoredType type) {
        if (FILE_TYPES.containsKey(type)) return;
        throw new ConfigException("type", "expects F32, F16, BF16, Q8_0 or Q4_0, got " + type);
    }

    private static Metadata metadata(
            Map<String, Object> description, String name, StoredType type, Map<String, Object> vocabulary) {
        Map<String, Object> keys = new LinkedHashMap<>(description);
        keys.put("general.name", name);
        keys.put("general.file_type", FILE_TYPES.getOrDefault(type, 0L));
        keys.put("general.quantization_version", QUANTIZATION_VERSION);
        keys.putAll(vocabulary);
        return Metadata.of(name, keys);
    }

    private GgufWriter writer(String name) {
        Map<String, Object> vocabulary =
                files.tokenizer().entries(files.decoder().vocabulary());
        Map<String, Object> keys = GgufDescription.keys(files.description(), files.decoder());
        var writer = new GgufWriter(metadata(keys, name, type, vocabulary));
        GgufDescription.factors(files.description(), files.decoder())
                .forEach((factors, values) -> writer.add(factors, StoredType.F32, tensor(values)));
        List<Parameter> parameters = files.network().parameters();
        for (Parameter each : parameters) {
            StoredParameters.require(each, files.weights(), files.source(each), parameters);
        }
        Set<String> written = new HashSet<>(); // several parameters may be rows of one
        for (Parameter each : parameters) {
            Source to = files.family().ggufSource(files.decoder(), each.name());
            if (written.add(to.tensor())) add(writer, each, to);
        }
        adapters.ifPresent(this::requireMerged);
        return writer;
    }

    private static Tensor tensor(List<Double> values) {
        Tensor tensor = Tensor.zeros(Shape.of(values.size()));
        for (int i = 0; i < values.size(); i++)
            tensor.array()[i] = values.get(i).floatValue();
        return tensor;
    }

    private void add(GgufWriter writer, Parameter parameter, Source to) {
        Source from = files.source(parameter);
        StoredTensor stored = files.weights().tensor(from.tensor());
        if (!stored.type().isFloat()) stored.floats(); // says what is expected
        Shape shape = stored.shape();
        int columns = shape.extent(shape.rank() - 1);
        float added = from.added() - to.added();
        int head = files.family().reordered(files.decoder(), parameter.name());
        if (shape.rank() == 2) {
            GgufWriter.Rows rows = (row, values, at) -> stored.read((long) row * columns, values, at, columns);
            GgufWriter.Rows merged =
                    adapters.map(each -> merged(each, parameter, shape, rows)).orElse(rows);
            writer.add(
                    to.tensor(), type, shape, (row, values, at) -> merged.read(Family.halves(row, head), values, at));
            return;
        }
        float[] values = stored.floats().toArray();
        Tensor all = Tensor.zeros(shape);
        for (int i = 0; i < values.length; i++) {
            all.array()[i] = values[Family.halves(i, head)] + added;
        }
        writer.add(to.tensor(), StoredType.F32, all);
    }

    /// Rows of W + alpha/rank · B·A; those of W if it has no adapter.
    private GgufWriter.Rows merged(Adapters all, Parameter parameter, Shape shape, GgufWriter.Rows rows) {
        Source source = files.family().source(files.decoder(), parameter.name());
        String a = PeftAdapters.inFile(all, source, PeftAdapters.A);
        String b = PeftAdapters.inFile(all, source, PeftAdapters.B);
        if (!all.tensors().containsKey(a) && !all.tensors().containsKey(b)) return rows;
        int columns = shape.extent(1);
        Tensor down = all.tensor(a, Shape.of(all.rank(), columns));
        Tensor up = all.tensor(b, Shape.of(shape.extent(0), all.rank()));
        merged.addAll(List.of(a, b));
        double scale = all.alpha() / all.rank();
        return (row, values, at) -> {
            rows.read(row, values, at);
            double[] change = new double[columns];
            for (int k = 0; k < all.rank(); k++) {
                double factor = scale * up.array()[up.offset() + row * all.rank() + k];
                int first = down.offset() + k * columns;
                for (int i = 0; i < columns; i++) change[i] += factor * down.array()[first + i];
            }
            for (int i = 0; i < columns; i++) values[at + i] += (float) change[i];
        };
    }

    private void requireMerged(Adapters all) {
        for (String each : all.tensors().keySet()) {
            if (merged.contains(each)) continue;
            throw new ModelFormatException(
                    all.source() + ", base_model.model." + each,
                    "expects a linear map of the model that has weights of its own, got another");
        }
    }
}
