package dev.neurite.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The fixed files of a page: a map from paths to resources, read when it is made. Nothing else is
/// ever served, so that no path can lead anywhere. They hold nothing secret and need no session.
/// Immutable.
public final class Assets {
    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("json", "application/json; charset=utf-8"),
            Map.entry("txt", "text/plain; charset=utf-8"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"));

    /// Opens resources. The module that has them does so: others cannot.
    @FunctionalInterface
    public interface Resources {
        /// A resource of this name, such as a method reference to the `getResourceAsStream` of a class opens;
        /// null if there is none.
        @Nullable
        InputStream open(String name);
    }

    private final Resources resources;
    private final Map<String, Asset> byPath;

    private Assets(Resources resources, Map<String, Asset> byPath) {
        this.resources = resources;
        this.byPath = byPath;
    }

    /// No files.
    public static Assets none() {
        return of(_ -> null);
    }

    /// No files yet.
    public static Assets of(Resources resources) {
        return new Assets(resources, Map.of());
    }

    /// These files and another one.
    /// @param path the path of its address, such as `/css/page.css`
    /// @param resource the name of the resource, such as `page/css/page.css`; its ending tells the
    /// media type
    /// @throws IllegalArgumentException if the path is taken, or the ending unknown
    /// @throws IllegalStateException if there is no such resource
    public Assets add(String path, String resource) {
        if (!path.startsWith("/") || byPath.containsKey(path)) {
            throw new IllegalArgumentException("expects another path than those there, got '" + path + "'");
        }
        String type = TYPES.get(resource.substring(resource.lastIndexOf('.') + 1));
        if (type == null) throw new IllegalArgumentException("expects an ending of a file for pages, got " + resource);
        Map<String, Asset> more = new LinkedHashMap<>(byPath);
        more.put(path, new Asset(type, read(resource)));
        return new Assets(resources, more);
    }

    /// These files and others of a folder, each at the path of its name.
    /// @param prefix what comes before the names in paths, such as `/`
    /// @param folder what comes before the names in resources, such as `page/`
    /// @param names the names, such as `css/page.css`
    public Assets addAll(String prefix, String folder, List<String> names) {
        Assets all = this;
        for (String each : names) all = all.add(prefix + each, folder + each);
        return all;
    }

    public Set<String> paths() {
        return Set.copyOf(byPath.keySet());
    }

    Optional<Asset> at(String path) {
        return Optional.ofNullable(byPath.get(path));
    }

    private byte[] read(String resource) {
        try (InputStream in = resources.open(resource)) {
            if (in == null) throw new IllegalStateException("there is no resource " + resource);
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A file of the page.
    static final class Asset {
        private final String type;
        private final byte[] bytes;
        private final String tag;

        Asset(String type, byte[] bytes) {
            this.type = type;
            this.bytes = bytes;
            this.tag = tag(bytes);
        }

        private static String tag(byte[] bytes) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
                return "\"" + Base64.getUrlEncoder().withoutPadding().encodeToString(hash) + "\"";
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // each JDK has it
            }
        }

        /// The file, or 304 if the client has it.
        /// @param known the header `If-None-Match`
        Answer answer(List<String> known) {
            boolean has = known.stream()
                    .flatMap(each -> List.of(each.split(",", -1)).stream())
                    .anyMatch(each -> each.strip().equals(tag));
            var all = has
                    ? new Answer.Content(304, type, new byte[0], Map.of())
                    : new Answer.Content(200, type, bytes, Map.of());
            return all.with("ETag", tag).with("Cache-Control", "no-cache");
        }
    }
}
