package dev.neurite.http;

import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.SyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Texts and JSON that clients send.
public final class GivenJson {
    private GivenJson() {}

    /// @throws HttpProblem 400 for bytes that are no UTF-8
    public static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException _) {
            throw new HttpProblem(400, "text", "", "expects UTF-8");
        }
    }

    /// @param most the largest number of values
    /// @param path of the JSON in the request, for problems
    /// @throws HttpProblem 400 for text that is no JSON, has a key twice, too many levels or too many values
    public static Json read(String text, int most, String path) {
        try {
            return Json.read(text, most);
        } catch (SyntaxException e) {
            throw new HttpProblem(400, "json", path + e.path(), e.problem());
        }
    }
}
