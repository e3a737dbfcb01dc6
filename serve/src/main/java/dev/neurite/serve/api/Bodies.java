package dev.neurite.serve.api;

import dev.neurite.http.GivenJson;
import dev.neurite.http.HttpProblem;
import dev.neurite.http.Request;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Bodies of requests, and the forms in which answers are wanted.
final class Bodies {
    static final String JSON = "application/json";
    static final String LINES = "application/x-ndjson";
    static final String CSV = "text/csv";
    static final String TEXT = "text/plain";
    static final String PNG = "image/png";
    static final String JPEG = "image/jpeg";
    static final String EVENTS = "text/event-stream";

    /// The largest number of bytes of a body.
    static final int MOST_BYTES = 8 << 20;

    /// The largest number of values of JSON, each of which takes up to 100 bytes of memory.
    static final int MOST_VALUES = 1 << 20;

    private Bodies() {}

    private static String plain(String type) {
        int end = type.indexOf(';');
        return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    }

    /// The form of the answer: the first of these that the header `Accept` has, the first of all without one.
    /// @throws HttpProblem 406 if it has others only
    static String wanted(Request request, String... types) {
        String text = request.header("Accept").orElse("");
        List<String> accepted =
                Arrays.stream(text.split(",", -1)).map(Bodies::plain).toList();
        for (String each : accepted) if (List.of(types).contains(each)) return each;
        boolean any = text.isBlank() || accepted.contains("*/*") || accepted.contains("application/*");
        if (any) return types[0];
        throw new HttpProblem(406, "accept", "Accept", "expects " + String.join(" or ", types) + ", got " + text);
    }

    /// @throws HttpProblem 400 for text that is no JSON, has a key twice, too many levels or too many values
    static Json json(byte[] bytes) {
        return json(bytes, MOST_VALUES);
    }

    /// As [#json(byte\[\])].
    /// @param most the largest number of values
    static Json json(byte[] bytes, int most) {
        return GivenJson.read(GivenJson.text(bytes), most, "");
    }

    /// A value a line, as items of a list; empty lines are left out.
    static JsonArray lines(byte[] bytes) {
        List<Json> items = new ArrayList<>();
        for (String line : GivenJson.text(bytes).split("\r?\n", -1)) {
            if (line.isBlank()) continue;
            if (items.size() == GivenRows.MOST)
                throw new HttpProblem(413, "rows", "", "expects at most " + GivenRows.MOST + " rows");
            items.add(GivenJson.read(line, MOST_VALUES, "[" + items.size() + "]"));
        }
        return new JsonArray(items);
    }
}
