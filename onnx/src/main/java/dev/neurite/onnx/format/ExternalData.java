package dev.neurite.onnx.format;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.onnx.proto.StringStringEntryProto;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The elements of a tensor in another file: one of the model's directory or below it, without a link on the way,
/// so that a model cannot read what is not its own. All is checked when the model is loaded, and again when the
/// elements are read. A checksum is not looked at.
/// @param directory of the model, without links
/// @param location the file's path from there
/// @param offset the first byte
/// @param length the number of bytes
/// @param where the tensor, for messages
record ExternalData(Path directory, String location, long offset, long length, String where) {
    /// What a tensor says of its elements.
    /// @param directory null if the model is no file
    /// @param length the bytes that the tensor needs
    /// @throws ModelFormatException if there is no such file, or it may not be read
    static ExternalData of(@Nullable Path directory, List<StringStringEntryProto> entries, long length, String where) {
        if (directory == null) {
            throw new ModelFormatException(
                    where, "expects its elements in the model, got external data", "Load the model from its file");
        }
        Map<String, String> settings = new HashMap<>();
        for (StringStringEntryProto each : entries) {
            if (settings.put(each.getKey(), each.getValue()) != null) {
                throw new ModelFormatException(where, "expects '" + each.getKey() + "' of external data once");
            }
        }
        long offset = number(settings, "offset", 0, where);
        long given = number(settings, "length", length, where);
        if (given != length) {
            throw new ModelFormatException(where, "expects external data of " + length + " bytes, got " + given);
        }
        var data = new ExternalData(directory, settings.getOrDefault("location", ""), offset, length, where);
        data.find();
        return data;
    }

    private static long number(Map<String, String> settings, String key, long usual, String where) {
        String text = settings.get(key);
        if (text == null) return usual;
        if (text.matches("[0-9]{1,18}")) return Long.parseLong(text);
        throw new ModelFormatException(where, "expects the " + key + " of external data in digits, got '" + text + "'");
    }

    /// The bytes, mapped.
    MemorySegment bytes() {
        Path file = find();
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            return channel.map(MapMode.READ_ONLY, offset, length, Arena.ofAuto());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private Path find() {
        Path file = directory;
        for (Path each : relative()) {
            if (each.toString().equals("..")) throw outside();
            file = file.resolve(each);
            if (Files.isSymbolicLink(file)) throw refused("a file without links", "a link at " + quoted());
        }
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile()) throw refused("a file", quoted() + ", which is none");
            if (!file.toRealPath().startsWith(directory)) throw outside();
            requireOneLink(file);
            if (offset > attributes.size() - length) {
                throw refused(
                        "a file of " + length + " bytes from " + offset,
                        quoted() + " with " + attributes.size() + " bytes");
            }
            return file;
        } catch (NoSuchFileException e) {
            throw refused("a file beside the model", "no file " + quoted());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private Path relative() {
        try {
            Path path = directory.getFileSystem().getPath(location);
            boolean absolute =
                    path.isAbsolute() || path.getRoot() != null || location.matches("(?s)[/\\\\].*|[A-Za-z]:.*");
            if (absolute || location.isBlank()) throw outside();
            return path;
        } catch (InvalidPathException e) {
            throw outside();
        }
    }

    /// A further name of a file is a link out of the directory, too.
    private void requireOneLink(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) return;
        Object links = Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
        if (!links.equals(1)) throw refused("a file with one name", quoted() + " with " + links + " hard links");
    }

    private String quoted() {
        return "'" + location + "'";
    }

    private ModelFormatException outside() {
        return refused("a file in the model's directory, as a path from there", quoted());
    }

    private ModelFormatException refused(String expected, String got) {
        return new ModelFormatException(where, "expects external data in " + expected + ", got " + got);
    }

    private DataException unreadable(IOException problem) {
        return new DataException(where, quoted() + " cannot be read: " + ResourceException.reason(problem));
    }
}
