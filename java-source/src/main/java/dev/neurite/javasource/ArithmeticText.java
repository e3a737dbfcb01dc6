package dev.neurite.javasource;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// The methods of `arithmetic.txt`, by name. They are Java of version 8.
final class ArithmeticText {
    private static final String MARK = "//# ";
    private static final Map<String, List<String>> METHODS = read();

    private ArithmeticText() {}

    private static Map<String, List<String>> read() {
        Map<String, List<String>> methods = new LinkedHashMap<>();
        List<String> lines = new ArrayList<>();
        for (String line : file("arithmetic.txt")) {
            if (line.startsWith(MARK)) {
                lines = new ArrayList<>();
                methods.put(line.substring(MARK.length()), lines);
            } else {
                lines.add(line);
            }
        }
        methods.values().forEach(each -> {
            while (each.getLast().isEmpty()) each.removeLast();
        });
        return methods;
    }

    /// The text of a file beside this class.
    static List<String> file(String name) {
        try (InputStream in = ArithmeticText.class.getResourceAsStream(name)) {
            byte[] bytes = Objects.requireNonNull(in).readAllBytes();
            return new String(bytes, StandardCharsets.US_ASCII).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Set<String> names() {
        return METHODS.keySet();
    }

    /// The names of these methods and of those that they call, in the order of the file.
    static List<String> closure(Collection<String> called) {
        Set<String> found = new LinkedHashSet<>();
        Deque<String> left = new ArrayDeque<>(called);
        while (!left.isEmpty()) {
            String name = left.pop();
            if (!found.add(name)) continue;
            String body = String.join("\n", lines(name));
            for (String other : names()) {
                if (body.matches("(?s).*\\b(?<![.])" + other + "\\(.*")) left.push(other);
            }
        }
        return names().stream().filter(found::contains).toList();
    }

    /// The lines of a method.
    static List<String> lines(String name) {
        return Objects.requireNonNull(METHODS.get(name), name);
    }
}
