package dev.neurite.cli.onnx;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.io.TextLines;
import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The texts to make vectors of: from the command line, a file or standard input, there one text a line. Empty lines
/// are texts, too.
final class EmbedTexts {
    static final String OPTION = "--texts";

    private static final String STANDARD_INPUT = "-";

    private final String where;
    private final List<String> texts = new ArrayList<>();
    private boolean continues; // whether the last line has had no end

    private EmbedTexts(String where) {
        this.where = where;
    }

    /// @param given on the command line; `-` alone for standard input
    /// @param file the name of a file, or `-`; null for none
    /// @throws ConfigException for none, and for a file besides texts
    /// @throws DataException for a file that is missing, empty or no UTF-8
    static List<String> read(List<String> given, @Nullable String file, InputStream in) {
        boolean piped = given.equals(List.of(STANDARD_INPUT));
        if (file == null && !piped) {
            if (!given.isEmpty()) return given;
            throw new ConfigException(
                    "embed", "expects texts, got none", "Add TEXT, or - for standard input, or " + OPTION + " FILE");
        }
        if (file != null && !given.isEmpty()) {
            throw new ConfigException(OPTION, "expects no TEXT besides, got '" + given.getFirst() + "'");
        }
        if (file == null || file.equals(STANDARD_INPUT)) {
            var lines = new EmbedTexts("standard input");
            TextLines.read(lines.where, in, lines::add);
            return lines.all();
        }
        var lines = new EmbedTexts(file);
        TextLines.read(path(file), lines::add);
        return lines.all();
    }

    private List<String> all() {
        if (texts.isEmpty()) throw new DataException(where, "expects texts, one a line, got none");
        return texts;
    }

    private static Path path(String file) {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw new ConfigException(OPTION, "expects a file, got '" + file + "': " + e.getReason());
        }
    }

    /// Takes a line with its end; the last one may have none.
    private void add(String line) {
        if (continues) {
            throw new DataException(
                    where + ", line " + texts.size(), "expects lines of at most 2²⁰ characters, got more");
        }
        continues = !line.endsWith("\n");
        if (line.isEmpty()) return; // after the end of the last line
        String text = line.replaceFirst("\r?\n$", "");
        texts.add(texts.isEmpty() && text.startsWith("\ufeff") ? text.substring(1) : text);
    }
}
