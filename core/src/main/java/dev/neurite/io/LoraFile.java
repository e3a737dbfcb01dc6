package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.error.Spelling;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.layer.Lora;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The adapters of a model, see [Lora], in the files of PEFT: a directory with
///
/// | file | content |
/// |---|---|
/// | `adapter_model.safetensors` | for each linear map `base_model.model.NAME.lora_A.weight` `[rank × in]` and
/// `….lora_B.weight` `[out × rank]`, with the names of the network's parameters |
/// | `adapter_config.json` | the settings: `r`, `lora_alpha`, `lora_dropout`, `target_modules` and those whose
/// values are fixed here |
///
/// The weights of the model itself are not in it.
public final class LoraFile {
    /// The file of the adapters.
    public static final String TENSORS = "adapter_model.safetensors";

    /// The file of their settings.
    public static final String CONFIG = "adapter_config.json";

    private static final String PREFIX = "base_model.model.";
    private static final String A = ".lora_A.weight";
    private static final String B = ".lora_B.weight";
    private static final long LONGEST_CONFIG = 1 << 22; // bytes

    /// Settings of PEFT that change what adapters compute, with the values that ours have.
    private static final Map<String, Json> FIXED = fixed();

    /// Others, which nobody needs to write: they are absent, null, false or empty in adapters as ours.
    private static final List<String> ABSENT = List.of(
            "alora_invocation_tokens",
            "layer_replication",
            "target_parameters",
            "trainable_token_indices",
            "use_qalora");

    /// Ways to begin adapters, by the beginnings of their names, that change the weights beside them, too.
    private static final List<String> CHANGING = List.of("corda", "loftq", "olora", "pissa");

    private LoraFile() {}

    private static Map<String, Json> fixed() {
        Map<String, Json> fixed = new LinkedHashMap<>();
        fixed.put("peft_type", new JsonString("LORA"));
        fixed.put("bias", new JsonString("none"));
        fixed.put("use_dora", new JsonBoolean(false));
        fixed.put("fan_in_fan_out", new JsonBoolean(false));
        fixed.put("lora_bias", new JsonBoolean(false));
        fixed.put("rank_pattern", new JsonObject(Map.of()));
        fixed.put("alpha_pattern", new JsonObject(Map.of()));
        fixed.put("modules_to_save", new JsonNull());
        return fixed;
    }

    /// Writes the adapters of a model; see [#save(Model, Path, String)] without a name.
    public static void save(Model adapted, Path directory) {
        save(adapted, directory, "");
    }

    /// Writes the adapters of a model. Each file is written as a whole or not at all.
    /// @param directory created if it is missing
    /// @param base a name or path of the model without adapters, for readers; empty for none
    /// @throws ConfigException for a model without adapters
    /// @throws ResourceException if a file cannot be written
    public static void save(Model adapted, Path directory, String base) {
        Adapters.of(adapted).write(directory, base, "");
    }

    /// Reads adapters beside a model.
    /// @param directory of [#save], or of PEFT where layers have the names of this network
    /// @param base the model that they were trained beside, or one like it; may have weights of fewer bits
    /// @return the model with adapters
    /// @throws DataException if a file is missing or cannot be read
    /// @throws ModelFormatException if a file is damaged, or has adapters of a kind or shape that the model
    /// cannot have
    /// @throws ConfigException if the model has adapters already
    public static Model load(Path directory, Model base) {
        return read(directory).beside(base);
    }

    /// Reads adapters, for programs that give them other names than their files do.
    /// @param directory of [#save], or of PEFT
    /// @throws DataException if a file is missing or cannot be read
    /// @throws ModelFormatException if a file is damaged, or has adapters of another kind
    public static Adapters read(Path directory) {
        String settings = directory.resolve(CONFIG).toString();
        Map<String, Json> config = config(directory.resolve(CONFIG));
        FIXED.forEach((name, expected) -> {
            Json got = config.getOrDefault(name, expected);
            if (got instanceof JsonNull && !name.equals("peft_type")) return;
            if (!got.equals(expected)) require(isEmpty(got) && isEmpty(expected), settings, name, expected, got);
        });
        for (String name : ABSENT) {
            Json got = config.getOrDefault(name, new JsonNull());
            require(isEmpty(got), settings, name, new JsonNull(), got);
        }
        Json begin = config.getOrDefault("init_lora_weights", new JsonBoolean(true));
        boolean changing = begin instanceof JsonString(String way)
                && CHANGING.stream().anyMatch(way.toLowerCase(Locale.ROOT)::startsWith);
        require(!changing, settings, "init_lora_weights", new JsonBoolean(true), begin);

        double r = number(config, "r", 8, 1, Integer.MAX_VALUE, settings);
        int rank = (int) r;
        if (rank != r) throw new ModelFormatException(settings + ", r", "expects a whole number, got " + r);
        double alpha = number(config, "lora_alpha", 8, -1e9, 1e9, settings);
        if (!isEmpty(config.getOrDefault("use_rslora", new JsonNull()))) alpha *= Math.sqrt(rank);
        double dropout = number(config, "lora_dropout", 0, 0, Math.nextDown(1.0), settings);
        Path file = directory.resolve(TENSORS);
        return new Adapters(file.toString(), rank, alpha, dropout, tensors(file));
    }

    private static boolean isEmpty(Json json) {
        return json instanceof JsonNull
                || (json instanceof JsonBoolean(boolean truth) && !truth)
                || (json instanceof JsonArray(List<Json> items) && items.isEmpty())
                || (json instanceof JsonObject(Map<String, Json> members) && members.isEmpty());
    }

    private static void require(boolean holds, String settings, String name, Json expected, Json got) {
        if (holds) return;
        throw new ModelFormatException(
                settings + ", " + name,
                "expects " + expected.write() + ", the only kind that is known, got " + got.write());
    }

    /// The adapters of a directory.
    /// @param source what messages call them
    /// @param rank of all
    /// @param alpha the factor of what adapters add is alpha / rank. Of adapters that PEFT scales by the root
    /// of their rank (`use_rslora`), their alpha times the root of the rank
    /// @param dropout of their inputs while training
    /// @param tensors by the name of the linear map and the end `.lora_A.weight`, `[rank × in]`, or
    /// `.lora_B.weight`, `[out × rank]`
    public record Adapters(String source, int rank, double alpha, double dropout, Map<String, Tensor> tensors) {
        /// Copies the map.
        public Adapters {
            tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        }

        /// Those of a model.
        /// @throws ConfigException for a model without adapters
        public static Adapters of(Model adapted) {
            Lora lora = Lora.from(adapted);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (String map : lora.targets()) {
                for (String end : List.of(A, B))
                    tensors.put(map + end, adapted.parameters().get(map + end));
            }
            return new Adapters("adapters", lora.rank(), lora.alpha(), lora.dropout(), tensors);
        }

        /// A copy with these tensors.
        public Adapters with(Map<String, Tensor> others) {
            return new Adapters(source, rank, alpha, dropout, others);
        }

        /// A model with these adapters.
        /// @throws ModelFormatException for adapters that the model cannot have
        /// @throws ConfigException if the model has adapters already
        public Model beside(Model base) {
            Set<String> maps = maps(this, Lora.maps(base));
            Model adapted = Lora.of(base, rank)
                    .withAlpha(alpha)
                    .withDropout(dropout)
                    .withTargets(List.copyOf(maps))
                    .adapted();
            float[] values = new float
                    [Math.toIntExact(
                            adapted.kept().stream().mapToLong(Parameter::size).sum())];
            for (Parameter part : adapted.kept()) {
                Tensor tensor = tensor(part.name(), part.shape());
                System.arraycopy(tensor.array(), tensor.offset(), values, part.offset(), part.size());
            }
            return adapted.withKept(values);
        }

        /// One of the tensors.
        /// @throws ModelFormatException if it is missing or has another shape
        public Tensor tensor(String name, Shape shape) {
            Tensor tensor = tensors.get(name);
            if (tensor != null && tensor.shape().equals(shape)) return tensor;
            throw new ModelFormatException(
                    source + ", " + PREFIX + name,
                    "expects " + shape + " for this model, got " + (tensor == null ? "nothing" : tensor.shape()),
                    tensor == null ? "" : mismatch(name, tensor.shape()));
        }

        /// Why a tensor may have another shape than expected.
        private String mismatch(String name, Shape got) {
            boolean ofRank = got.rank() == 2 && got.extent(name.endsWith(A) ? 0 : 1) == rank;
            return ofRank
                    ? "These are adapters of another model"
                    : CONFIG + " says a rank of " + rank + ": the two files do not belong together";
        }

        /// Writes them. Each file is written as a whole or not at all.
        /// @param directory created if it is missing
        /// @param base a name or path of the model without adapters, for readers; empty for none
        /// @param task what PEFT's `task_type` says of the model, such as `CAUSAL_LM`; empty for nothing
        /// @throws ResourceException if a file cannot be written
        public void write(Path directory, String base, String task) {
            Map<String, Tensor> named = new LinkedHashMap<>();
            tensors.forEach((name, tensor) -> named.put(PREFIX + name, tensor));
            Map<String, Object> config = new LinkedHashMap<>();
            config.put("base_model_name_or_path", base.isEmpty() ? null : base);
            config.put("r", rank);
            config.put("lora_alpha", whole(alpha));
            config.put("lora_dropout", dropout);
            config.put(
                    "target_modules",
                    tensors.keySet().stream()
                            .filter(each -> each.endsWith(A))
                            .map(LoraFile::map)
                            .toList());
            config.put("inference_mode", true);
            config.put("init_lora_weights", true);
            config.put("task_type", task.isEmpty() ? null : task);
            config.put("use_rslora", false);
            config.putAll(FIXED);
            String text = Json.of(config).pretty() + "\n";
            try {
                Files.createDirectories(directory);
            } catch (IOException e) {
                throw new ResourceException(directory.toString(), "cannot be made: " + ResourceException.reason(e));
            }
            new Safetensors(Map.of("format", "pt"), named).write(directory.resolve(TENSORS));
            AtomicFile.write(directory.resolve(CONFIG), text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /// PEFT's alpha is a whole number where it can be.
    private static Number whole(double alpha) {
        long whole = Math.round(alpha);
        return whole == alpha ? (Number) whole : (Number) alpha;
    }

    /// The linear map of a tensor.
    private static String map(String tensor) {
        return tensor.substring(0, tensor.length() - A.length()); // B's end is as long
    }

    /// The tensors of a file, by the names of the network's parameters.
    private static Map<String, Tensor> tensors(Path file) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Safetensors.read(file).tensors().forEach((name, tensor) -> {
            if (!name.startsWith(PREFIX) || !(name.endsWith(A) || name.endsWith(B))) {
                throw new ModelFormatException(
                        file + ", " + name,
                        "expects names as " + PREFIX + "h.0.linear1" + A + ", the only kind that is known");
            }
            tensors.put(name.substring(PREFIX.length()), tensor);
        });
        if (tensors.isEmpty()) throw new ModelFormatException(file.toString(), "expects adapters, got none");
        return tensors;
    }

    /// The linear maps that have tensors.
    private static Set<String> maps(Adapters adapters, Set<String> known) {
        Set<String> maps = new TreeSet<>();
        for (String name : adapters.tensors.keySet()) {
            String map = map(name);
            if (!known.contains(map)) {
                throw new ModelFormatException(
                        adapters.source + ", " + PREFIX + name,
                        "expects a linear map of the model, got '" + map + "'",
                        Spelling.choice(map, known));
            }
            maps.add(map);
        }
        return maps;
    }

    private static Map<String, Json> config(Path file) {
        try {
            if (Files.size(file) > LONGEST_CONFIG) {
                throw new ModelFormatException(
                        file.toString(), "expects at most " + LONGEST_CONFIG + " bytes, got " + Files.size(file));
            }
            if (Json.read(Files.readString(file)) instanceof JsonObject(Map<String, Json> members)) return members;
            throw new ModelFormatException(file.toString(), "expects a JSON object");
        } catch (Json.SyntaxException e) {
            throw new ModelFormatException(file.toString(), e.problem());
        } catch (NoSuchFileException _) {
            throw new DataException(
                    file.toString(),
                    "expects the settings of adapters, got no such file",
                    "Give the directory that has it");
        } catch (IOException e) {
            throw new DataException(file.toString(), "cannot be read: " + e);
        }
    }

    private static double number(
            Map<String, Json> config, String name, double usual, double least, double most, String where) {
        Json json = config.get(name);
        if (json == null) return usual;
        if (json instanceof JsonNumber(String literal)) {
            double number = Double.parseDouble(literal);
            if (number >= least && number <= most) return number;
        }
        throw new ModelFormatException(
                where + ", " + name, "expects a number from " + least + " to " + most + ", got " + json.write());
    }
}
