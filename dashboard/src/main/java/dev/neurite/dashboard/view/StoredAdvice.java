package dev.neurite.dashboard.view;

import dev.neurite.check.Advice;
import dev.neurite.check.Advice.Topic;
import dev.neurite.check.Verdict;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the command line has found at the end of a training: `advice.json` in the run's directory, a list of objects.
public final class StoredAdvice {
    public static final String FILE = "advice.json";

    private static final int LARGEST = 1 << 16; // bytes

    private StoredAdvice() {}

    /// The findings as JSON, in the order of the file.
    public static List<Map<String, Object>> json(List<Advice> advice) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Advice each : advice) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("verdict", each.verdict().toString());
            json.put("topic", each.topic().toString());
            json.put("text", each.text());
            if (!each.layer().isEmpty()) json.put("layer", each.layer());
            if (!each.command().isEmpty()) json.put("command", each.command());
            all.add(json);
        }
        return all;
    }

    /// Reads a file. Without one, and if it is damaged, there is no advice: the page then shows what it finds itself.
    public static List<Advice> read(Path file) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) return List.of();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) return List.of();
            if (!(Json.read(new String(bytes, StandardCharsets.UTF_8)) instanceof JsonArray(List<Json> all))) {
                return List.of();
            }
            List<Advice> advice = new ArrayList<>();
            for (Json each : all) advice.add(one(each));
            return List.copyOf(advice);
        } catch (IOException | Json.SyntaxException | IllegalArgumentException _) {
            return List.of();
        }
    }

    private static Advice one(Json json) {
        if (!(json instanceof JsonObject(Map<String, Json> members))) throw new IllegalArgumentException("no object");
        return new Advice(
                named(Verdict.values(), text(members, "verdict")),
                named(Topic.values(), text(members, "topic")),
                text(members, "text"),
                text(members, "layer"),
                text(members, "command"));
    }

    private static <T> T named(T[] all, String name) {
        return Arrays.stream(all)
                .filter(each -> each.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(name));
    }

    private static String text(Map<String, Json> members, String name) {
        return members.get(name) instanceof JsonString(String text) ? text : "";
    }
}
