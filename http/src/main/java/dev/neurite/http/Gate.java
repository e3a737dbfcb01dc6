package dev.neurite.http;

import com.sun.net.httpserver.Headers;
import java.util.List;
import java.util.Optional;

/// Lets requests in, by what [Access] says.
interface Gate {
    /// @throws HttpProblem 401
    void check(Headers headers);

    /// The gate of programs: everyone, or those who know a key.
    static Gate of(Access.Keys access) {
        List<byte[]> known = access.keys().stream().map(Secrets::hash).toList();
        return headers -> {
            boolean found = false;
            byte[] given = Secrets.hash(given(headers).orElse(""));
            for (byte[] each : known) found |= Secrets.same(given, each); // all of them: it takes as long for any key
            if (!found) {
                throw new HttpProblem(
                        401, "key", "", "expects an API key in the header Authorization: Bearer, got none or another");
            }
        };
    }

    private static Optional<String> given(Headers headers) {
        String text = headers.getFirst("Authorization");
        if (text != null) {
            boolean bearer = text.regionMatches(true, 0, "Bearer ", 0, 7);
            return bearer ? Optional.of(text.substring(7).strip()) : Optional.empty();
        }
        return Optional.ofNullable(headers.getFirst("X-API-Key"));
    }
}
