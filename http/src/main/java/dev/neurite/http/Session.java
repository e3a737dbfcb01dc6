package dev.neurite.http;

import com.sun.net.httpserver.Headers;
import java.util.List;

/// Who may use the API. The token is in the address that the program prints, in the fragment, which
/// a browser sends to nobody. The page sends it once and gets a cookie, since an `EventSource` can
/// send no header of its own. The cookie has a secret of its own, so that the token is in no
/// request but that one.
final class Session implements Gate {
    private final String cookie;
    private final String text;
    private final byte[] token;
    private final String secret = Secrets.random();
    private final byte[] expected = Secrets.hash(secret);

    /// @param port the server's port: browsers send cookies to all ports of a host
    Session(int port, String token) {
        this.cookie = "neurite_" + port;
        this.text = token;
        this.token = Secrets.hash(token);
    }

    /// What the page has to show once.
    String token() {
        return text;
    }

    /// Whether this is the token; takes as long for any other.
    boolean isToken(String given) {
        return Secrets.same(Secrets.hash(given), token);
    }

    /// The header that gives a browser the session. The cookie ends with the browser; scripts do
    /// not see it, and requests that other sites cause do not have it.
    String setCookie() {
        return cookie + "=" + secret + "; Path=/; HttpOnly; SameSite=Strict";
    }

    @Override
    public void check(Headers headers) {
        if (!isIn(headers)) {
            throw new HttpProblem(
                    401, "session", "", "expects a session. Open the whole address that the program printed");
        }
    }

    /// Whether a request has the session. Other servers of this host may have set cookies of the
    /// same name, so any may fit.
    private boolean isIn(Headers headers) {
        boolean found = false;
        for (String header : headers.getOrDefault("Cookie", List.of())) {
            for (String each : header.split(";", -1)) {
                String text = each.strip();
                if (text.startsWith(cookie + "=")) {
                    found |= Secrets.same(Secrets.hash(text.substring(cookie.length() + 1)), expected);
                }
            }
        }
        return found;
    }
}
