package dev.neurite.llm.family;

import dev.neurite.error.ModelFormatException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.kernel.PositionKernels.Rotation;
import dev.neurite.llm.gguf.Metadata;
import dev.neurite.llm.network.Rotary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The settings of a decoder in a `config.json` of Hugging Face.
public final class Config implements Sizes {
    private final Metadata members;

    Config(Metadata members) {
        this.members = members;
    }

    /// The members of a `config.json`; those of an object inside have its name and a dot before theirs, and null is
    /// left out.
    /// @param source what messages call the file
    public static Metadata members(String source, Json json) {
        if (!(json instanceof JsonObject)) throw new ModelFormatException(source, "expects an object");
        Map<String, Object> flat = new LinkedHashMap<>();
        flatten("", json, flat);
        return Metadata.of(source, flat);
    }

    private static void flatten(String path, Json json, Map<String, Object> to) {
        switch (json) {
            case JsonObject(Map<String, Json> map) ->
                map.forEach((name, value) -> flatten(path.isEmpty() ? name : path + "." + name, value, to));
            case JsonArray(List<Json> items) -> {
                List<Object> values = new ArrayList<>();
                for (Json each : items)
                    if (!(each instanceof JsonObject || each instanceof JsonArray)) add(each, values);
                to.put(path, oneType(values));
            }
            case JsonNull _ -> {}
            default -> {
                List<Object> one = new ArrayList<>();
                add(json, one);
                to.put(path, one.getFirst());
            }
        }
    }

    /// Whole numbers beside others are numbers, too.
    private static List<Object> oneType(List<Object> values) {
        if (values.stream().noneMatch(Double.class::isInstance)) return values;
        return values.stream()
                .map(each -> each instanceof Long whole ? (Object) whole.doubleValue() : each)
                .toList();
    }

    private static void add(Json json, List<Object> to) {
        switch (json) {
            case JsonString(String text) -> to.add(text);
            case JsonBoolean(boolean truth) -> to.add(truth);
            case JsonNumber(String digits) -> {
                if (digits.matches("-?[0-9]{1,18}")) to.add(Long.parseLong(digits));
                else to.add(Double.parseDouble(digits));
            }
            default -> {}
        }
    }

    /// The members whose names begin so, without the beginning.
    static Metadata inside(Metadata members, String beginning) {
        Map<String, Object> some = new LinkedHashMap<>();
        for (String key : members.keys()) {
            if (key.startsWith(beginning)) some.put(key.substring(beginning.length()), members.value(key));
        }
        return Metadata.of(members.source(), some);
    }

    Metadata all() {
        return members;
    }

    long integer(String name) {
        return members.integer(name);
    }

    long integerOr(String name, long otherwise) {
        return members.integerOr(name, otherwise);
    }

    double numberOr(String name, double otherwise) {
        return members.numberOr(name, otherwise);
    }

    private int size(String name) {
        return Sizes.of(members, name);
    }

    @Override
    public int vocabulary() {
        return size("vocab_size");
    }

    @Override
    public int width() {
        return size("hidden_size");
    }

    @Override
    public int depth() {
        return size("num_hidden_layers");
    }

    @Override
    public int hidden() {
        return size("intermediate_size");
    }

    @Override
    public int context() {
        return size("max_position_embeddings");
    }

    @Override
    public double epsilon() {
        return members.numberOr("rms_norm_eps", 1e-6);
    }

    @Override
    public int heads() {
        return size("num_attention_heads");
    }

    @Override
    public int keyHeads() {
        return members.has("num_key_value_heads") ? size("num_key_value_heads") : heads();
    }

    @Override
    public int headSize() {
        return members.has("head_dim") ? size("head_dim") : width() / heads();
    }

    /// Whether the last layer has the weights of the embedding.
    boolean tied(boolean otherwise) {
        return members.flagOr("tie_word_embeddings", otherwise);
    }

    void requireActivation(String expected) {
        String name = members.has("hidden_activation") ? "hidden_activation" : "hidden_act";
        String got = members.textOr(name, expected);
        if (!got.equals(expected)) throw unknown(members, name, expected, got);
    }

    /// The rotation of queries and keys, with its scaling.
    /// @param turned the features of a head that are turned
    Rotation rotation(int turned) {
        Rotation plain = Rotation.of(members.numberOr("rope_theta", 10_000), turned, false);
        String key = members.has("rope_scaling.rope_type") ? "rope_scaling.rope_type" : "rope_scaling.type";
        String type = members.textOr(key, "default");
        double factor = members.numberOr("rope_scaling.factor", 1);
        double first = members.numberOr(
                "rope_scaling.original_max_position_embeddings",
                members.numberOr("original_max_position_embeddings", context()));
        return switch (type) {
            case "default" -> plain;
            case "linear" -> Rotary.linear(plain, factor);
            case "llama3" ->
                Rotary.llama3(
                        plain,
                        factor,
                        members.number("rope_scaling.low_freq_factor"),
                        members.number("rope_scaling.high_freq_factor"),
                        first);
            case "yarn" ->
                Rotary.yarn(
                        plain,
                        factor,
                        members.numberOr("rope_scaling.beta_fast", 32),
                        members.numberOr("rope_scaling.beta_slow", 1),
                        first);
            case "longrope", "su" -> longRope(plain, context() / first, first);
            default -> throw unknown(members, key, "default, linear, llama3, yarn or longrope", type);
        };
    }

    /// Ding et al. 2024, arXiv:2402.13753: divisors that were searched for, as Phi-3 has them.
    private Rotation longRope(Rotation plain, double factor, double first) {
        List<Double> divisors = members.numbers(factor > 1 ? "rope_scaling.long_factor" : "rope_scaling.short_factor");
        double magnitude = factor > 1 ? Math.sqrt(1 + StrictMath.log(factor) / StrictMath.log(first)) : 1;
        if (divisors.size() == plain.turned() / 2) {
            return new Rotation(plain.base(), plain.turned(), false, divisors, magnitude);
        }
        throw new ModelFormatException(
                members.source() + ", key 'rope_scaling'",
                "expects a factor for each of " + plain.turned() / 2 + " pairs, got " + divisors.size());
    }

    static ModelFormatException unknown(Metadata members, String name, String expected, String got) {
        return new ModelFormatException(
                members.source() + ", key '" + name + "'", "expects " + expected + ", got " + got);
    }
}
