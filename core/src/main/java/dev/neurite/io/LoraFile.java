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
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
    private static final String TENSORS = "adapter_model.safetensors";
    private static final String CONFIG = "adapter_config.json";
    private static final String PREFIX = "base_model.model.";
    private static final String A = ".lora_A.weight";
    private static final String B = ".lora_B.weight";
    private static final long LONGEST_CONFIG = 1 << 22; // bytes

    /// Settings of PEFT that change what adapters compute, with the values that ours have.
    private static final Map<String, Json> FIXED = fixed();

    private LoraFile() {}

    private static Map<String, Json> fixed() {
        Map<String, Json> fixed = new LinkedHashMap<>();
        fixed.put("peft_type", new JsonString("LORA"));
        fixed.put("bias", new JsonString("none"));
        fixed.put("use_rslora", new JsonBoolean(false));
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
        Lora lora = Lora.from(adapted);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (String map : lora.targets()) {
            for (String end : List.of(A, B))
                tensors.put(PREFIX + map + end, adapted.parameters().get(map + end));
        }
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("base_model_name_or_path", base.isEmpty() ? null : base);
        config.put("r", lora.rank());
        config.put("lora_alpha", whole(lora.alpha()));
        config.put("lora_dropout", lora.dropout());
        config.put("target_modules", lora.targets());
        config.put("inference_mode", true);
        config.put("init_lora_weights", true);
        config.put("task_type", null);
        config.putAll(FIXED);
        String text = Json.of(config).pretty() + "\n";
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new ResourceException(directory.toString(), "cannot be made: " + ResourceException.reason(e));
        }
        new Safetensors(Map.of("format", "pt"), tensors).write(directory.resolve(TENSORS));
        AtomicFile.write(directory.resolve(CONFIG), text.getBytes(StandardCharsets.UTF_8));
    }

    /// PEFT's alpha is a whole number where it can be.
    private static Number whole(double alpha) {
        long whole = Math.round(alpha);
        return whole == alpha ? (Number) whole : (Number) alpha;
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
        String settings = directory.resolve(CONFIG).toString();
        Map<String, Json> config = config(directory.resolve(CONFIG));
        FIXED.forEach((name, expected) -> {
            Json got = config.getOrDefault(name, expected);
            if (got.equals(expected) || (got instanceof JsonNull && !name.equals("peft_type"))) return;
            if (got instanceof JsonArray(List<Json> items) && items.isEmpty()) return;
            throw new ModelFormatException(
                    settings + ", " + name,
                    "expects " + expected.write() + ", the only kind that is known, got " + got.write());
        });
        double r = number(config, "r", 8, 1, Integer.MAX_VALUE, settings);
        int rank = (int) r;
        if (rank != r) throw new ModelFormatException(settings + ", r", "expects a whole number, got " + r);
        double alpha = number(config, "lora_alpha", 8, -1e9, 1e9, settings);
        double dropout = number(config, "lora_dropout", 0, 0, Math.nextDown(1.0), settings);

        Path file = directory.resolve(TENSORS);
        Map<String, Tensor> tensors = tensors(file);
        Set<String> maps = maps(file, tensors.keySet(), Lora.maps(base));
        Model adapted = Lora.of(base, rank)
                .withAlpha(alpha)
                .withDropout(dropout)
                .withTargets(List.copyOf(maps))
                .adapted();
        float[] values = new float
                [Math.toIntExact(
                        adapted.kept().stream().mapToLong(Parameter::size).sum())];
        for (Parameter part : adapted.kept()) {
            Tensor tensor = tensors.get(part.name());
            String where = file + ", " + PREFIX + part.name();
            if (tensor == null) throw new ModelFormatException(where, "expects " + part.shape() + ", got nothing");
            if (!tensor.shape().equals(part.shape())) {
                throw new ModelFormatException(where, "expects " + part.shape() + ", got " + tensor.shape());
            }
            System.arraycopy(tensor.array(), tensor.offset(), values, part.offset(), part.size());
        }
        return adapted.withKept(values);
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
    private static Set<String> maps(Path file, Set<String> names, Set<String> known) {
        Set<String> maps = new TreeSet<>();
        for (String name : names) {
            String map = name.substring(0, name.length() - A.length()); // B's end is as long
            if (!known.contains(map)) {
                throw new ModelFormatException(
                        file + ", " + PREFIX + name,
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
