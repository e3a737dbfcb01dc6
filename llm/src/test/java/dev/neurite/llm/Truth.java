package dev.neurite.llm;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// What an independent program computes with the small models of the tests, see the README beside them.
/// @param file its name, without `.gguf`
/// @param prompt ids
/// @param logits of all tokens after the prompt
/// @param greedy the likeliest tokens that follow
record Truth(String file, List<Integer> prompt, List<Double> logits, List<Integer> greedy) {
    private static final String FOLDER = "gguf/";

    static Path path(String file) {
        try {
            return Path.of(Objects.requireNonNull(Truth.class.getResource(FOLDER + file + ".gguf"))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    Path path() {
        return path(file);
    }

    int[] promptIds() {
        return prompt.stream().mapToInt(Integer::intValue).toArray();
    }

    static Stream<Truth> all() {
        try (InputStream in = Objects.requireNonNull(Truth.class.getResourceAsStream(FOLDER + "truth.json"))) {
            var all = (JsonObject) Json.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return all.map().entrySet().stream().map(each -> of(each.getKey(), ((JsonObject) each.getValue()).map()));
        } catch (IOException | Json.SyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Truth of(String file) {
        return all().filter(each -> each.file.equals(file)).findFirst().orElseThrow();
    }

    private static Truth of(String file, Map<String, Json> members) {
        return new Truth(
                file, integers(members.get("prompt")), numbers(members.get("logits")), integers(members.get("greedy")));
    }

    private static List<Double> numbers(Json json) {
        return ((JsonArray) json)
                .list().stream()
                        .map(each -> Double.parseDouble(((JsonNumber) each).literal()))
                        .toList();
    }

    private static List<Integer> integers(Json json) {
        return numbers(json).stream().map(Double::intValue).toList();
    }

    @Override
    public String toString() {
        return file;
    }
}
