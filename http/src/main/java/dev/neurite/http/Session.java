package dev.neurite.http;

import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/// Who may use the API. The token is in the address that the program prints, in the fragment, which
/// a browser sends to nobody. The page sends it once and gets a cookie, since an `EventSource` can
/// send no header of its own. The cookie has a secret of its own, so that the token is in no
/// request but that one.
final class Session {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int BYTES = 16;

    private final String cookie;
    private final byte[] token;
    private final String secret = secret();
    private final byte[] expected = hash(secret);

    /// @param port the server's port: browsers send cookies to all ports of a host
    Session(int port, String token) {
        this.cookie = "neurite_" + port;
        this.token = hash(token);
    }

    /// 128 random bits as 22 letters, digits, `-` and `_`.
    static String secret() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// Whether this is the token; takes as long for any other.
    boolean isToken(String given) {
        return MessageDigest.isEqual(hash(given), token);
    }

    /// The header that gives a browser the session. The cookie ends with the browser; scripts do
    /// not see it, and requests that other sites cause do not have it.
    String setCookie() {
        return cookie + "=" + secret + "; Path=/; HttpOnly; SameSite=Strict";
    }

    /// Whether a request has the session. Other servers of this host may have set cookies of the
    /// same name, so any may fit.
    boolean isIn(Headers headers) {
        boolean found = false;
        for (String header : headers.getOrDefault("Cookie", List.of())) {
            for (String each : header.split(";", -1)) {
                String text = each.strip();
                if (text.startsWith(cookie + "=")) {
                    found |= MessageDigest.isEqual(hash(text.substring(cookie.length() + 1)), expected);
                }
            }
        }
        return found;
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // each JDK has it
        }
    }
}
