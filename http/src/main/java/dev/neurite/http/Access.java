package dev.neurite.http;

import dev.neurite.error.ConfigException;
import java.util.List;
import java.util.Optional;

/// Who may use the routes of a server. Its fixed files are for everyone, as they hold nothing secret, and so
/// are routes that are [Route#always] answered.
public sealed interface Access {
    /// What is let in where nothing else is said: the page of this server, with a random token.
    Access USUAL = new Page(Optional.empty());

    /// The server's own page, which shows a token once and gets a cookie. Only this page may change anything.
    /// @param token at least 16 letters, digits, `.`, `_`, `~` or `-`; empty for 128 random bits. An address
    /// that other computers reach needs one that was chosen
    record Page(Optional<String> token) implements Access {
        /// @throws ConfigException for a token of other characters or lengths
        public Page {
            if (token.isPresent() && !token.get().matches("[A-Za-z0-9._~-]{16,200}")) {
                throw new ConfigException(
                        "token", "expects 16 to 200 letters, digits, '.', '_', '~' and '-', got something else");
            }
        }
    }

    /// Programs that know a key, which they send as `Authorization: Bearer KEY` or `X-API-Key: KEY`.
    /// @param keys at least one, each of 16 to 200 visible characters of ASCII
    record Keys(List<String> keys) implements Access {
        /// @throws ConfigException for no key, or one of other characters or lengths
        public Keys {
            keys = List.copyOf(keys);
            if (keys.isEmpty() || !keys.stream().allMatch(each -> each.matches("[!-~]{16,200}"))) {
                throw new ConfigException(
                        "API key", "expects 16 to 200 letters, digits and signs of ASCII, got something else");
            }
        }

        /// Says nothing of the keys.
        @Override
        public String toString() {
            return "Keys";
        }
    }

    /// Everyone who reaches the server, but for the pages of other sites.
    /// @param elsewhere whether other computers may reach it
    record Everyone(boolean elsewhere) implements Access {}
}
