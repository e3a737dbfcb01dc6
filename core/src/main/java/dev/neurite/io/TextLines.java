package dev.neurite.io;

import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Reads text files of any size, line by line.
public final class TextLines {
    private static final int LONGEST = 1 << 20; // chars

    private TextLines() {}

    /// Reads a text file in UTF-8. A line has its line end, and one of more than 2²⁰ characters is read as several.
    /// The last line is empty if the file ends with a line end.
    /// @param lines takes the lines
    /// @throws DataException if there is no such file, if it is a directory, or if it is not UTF-8
    /// @throws ResourceException if it cannot be read
    public static void read(Path file, Consumer<String> lines) {
        if (Files.isDirectory(file)) throw new DataException(file.toString(), "expects a text file, got a directory");
        try (Reader in = Files.newBufferedReader(file)) {
            read(in, lines);
        } catch (NoSuchFileException e) {
            throw DataException.missing(file, "a text file");
        } catch (CharacterCodingException e) {
            throw new DataException(file.toString(), "expects text in UTF-8, got other bytes");
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be read: " + ResourceException.reason(e));
        }
    }

    /// Reads a stream to its end, as [#read(Path, Consumer)] does a file.
    /// @param where its name, for messages
    /// @param in not closed
    /// @throws DataException if it is not UTF-8
    /// @throws ResourceException if it cannot be read
    public static void read(String where, InputStream in, Consumer<String> lines) {
        try {
            read(new InputStreamReader(in, StandardCharsets.UTF_8.newDecoder()), lines);
        } catch (CharacterCodingException e) {
            throw new DataException(where, "expects text in UTF-8, got other bytes");
        } catch (IOException e) {
            throw new ResourceException(where, "cannot be read: " + ResourceException.reason(e));
        }
    }

    private static void read(Reader in, Consumer<String> lines) throws IOException {
        var line = new StringBuilder();
        char[] buffer = new char[1 << 16];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            int from = 0;
            for (int at = 0; at < count; at++) {
                if (buffer[at] != '\n') continue;
                lines.accept(line.append(buffer, from, at + 1 - from).toString());
                line.setLength(0);
                from = at + 1;
            }
            line.append(buffer, from, count - from);
            if (line.length() > LONGEST && !Character.isHighSurrogate(line.charAt(line.length() - 1))) {
                lines.accept(line.toString());
                line.setLength(0);
            }
        }
        lines.accept(line.toString());
    }
}
