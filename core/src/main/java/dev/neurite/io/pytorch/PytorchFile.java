package dev.neurite.io.pytorch;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.kind.FileKind;
import dev.neurite.io.limit.Budget;
import dev.neurite.io.limit.ZipParts;
import dev.neurite.io.pytorch.PickleValue.Storage;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The tensors of a file of `torch.save`: a zip archive, or the legacy form of PyTorch before 1.6.
/// @param entry the entry of the file that they are in, `model`; empty if they are in the file's only dictionary
/// @param tensors by name, in the order of the file
public record PytorchFile(String entry, Map<String, Tensor> tensors) {
    static final String PICKLE = "data.pkl";
    private static final String EXPECTED = "a file of PyTorch's torch.save (.pt, .pth)";
    private static final int BEGINNING = 8; // bytes that messages show

    /// Reads the tensors of a file.
    /// @param entry the entry that they are in, with dots into entries of entries; empty to find it by the rules of
    /// [StateDicts]
    /// @throws DataException if there is no such file, or it cannot be read
    /// @throws ModelFormatException if it is damaged, holds more than tensors, or it is not clear which ones
    public static PytorchFile read(Path file, String entry) {
        String where = file.toString();
        if (Files.isDirectory(file)) throw new DataException(where, "expects a file, got a directory");
        FileKind.require(file, EXPECTED, FileKind.PYTORCH, FileKind.PICKLE, FileKind.ZIP);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ);
                var arena = Arena.ofConfined()) {
            MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
            var budget = new Budget(
                    where, bytes.byteSize(), "It is damaged, or repeats its tensors. Save tensor.clone() of each");
            return switch (Form.of(bytes)) {
                case ZIP -> zip(where, bytes, budget, entry);
                case LEGACY -> legacy(where, bytes, budget, entry);
                case OTHER -> throw foreign(where, FileKind.described(start(bytes)));
            };
        } catch (NoSuchFileException e) {
            throw DataException.missing(file, EXPECTED);
        } catch (IOException e) {
            throw new DataException(where, "cannot be read: " + ResourceException.reason(e));
        }
    }

    private static byte[] start(MemorySegment bytes) {
        return bytes.asSlice(0, Math.min(bytes.byteSize(), BEGINNING)).toArray(ValueLayout.JAVA_BYTE);
    }

    private enum Form {
        ZIP,
        LEGACY,
        OTHER;

        static Form of(MemorySegment bytes) {
            if (starts(bytes, "PK\3\4") || starts(bytes, "PK\5\6")) return ZIP;
            return bytes.byteSize() > 0 && bytes.get(ValueLayout.JAVA_BYTE, 0) == (byte) 0x80 ? LEGACY : OTHER;
        }

        private static boolean starts(MemorySegment bytes, String text) {
            if (bytes.byteSize() < text.length()) return false;
            byte[] found = bytes.asSlice(0, text.length()).toArray(ValueLayout.JAVA_BYTE);
            return new String(found, StandardCharsets.ISO_8859_1).equals(text);
        }
    }

    static ModelFormatException foreign(String where, String got) {
        return new ModelFormatException(where, "expects " + EXPECTED + ", got " + got, Unpickler.WAY_OUT);
    }

    // ---------------------------------------------------------------------------------------------------- zip form

    private static PytorchFile zip(String where, MemorySegment bytes, Budget budget, String entry) {
        Map<String, ZipParts.Part> parts = ZipParts.of(where, bytes, budget);
        String folder = folder(where, parts);
        String pickle = folder + PICKLE;
        parts.forEach((name, part) -> {
            if (!part.compressed()) return;
            throw new ModelFormatException(
                    where,
                    "expects parts without compression, got '" + name + "', which is compressed",
                    "Load and save it again with torch.load and torch.save");
        });
        MemorySegment program = Objects.requireNonNull(parts.get(pickle)).unpacked(where + ", " + pickle, budget);
        var storages = new Storages(where + ", " + pickle);
        PickleValue root = new Unpickler(where + ", " + pickle, program, 0, budget, storages).read();
        var tensors = new StoredTensors(where, order(where, parts.get(folder + "byteorder")), budget, storage -> {
            String name = folder + "data/" + storage.key();
            ZipParts.Part part = parts.get(name);
            if (part == null) throw new ModelFormatException(where, "expects a part '" + name + "', got none");
            requireSize(where + ", " + name, storage, part.content().byteSize());
            return part.unpacked(where + ", " + name, budget);
        });
        return of(new StateDicts(where, budget).find(root, entry), tensors);
    }

    /// The folder of the archive in which all parts are.
    private static String folder(String where, Map<String, ZipParts.Part> parts) {
        String pickle = "";
        for (String name : parts.keySet()) {
            if (!name.equals(PICKLE) && !name.endsWith("/" + PICKLE)) continue;
            if (!pickle.isEmpty()) {
                throw new ModelFormatException(
                        where, "expects one " + PICKLE + ", got '" + pickle + "' and '" + name + "'");
            }
            pickle = name;
        }
        if (pickle.isEmpty()) throw foreign(where, "a zip archive without " + PICKLE);
        return pickle.substring(0, pickle.length() - PICKLE.length());
    }

    private static ByteOrder order(String where, ZipParts.@Nullable Part part) {
        if (part == null) return ByteOrder.LITTLE_ENDIAN; // before PyTorch 2.1
        long size = part.content().byteSize();
        String text = size > 10
                ? size + " bytes"
                : new String(part.content().toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
        if (text.equals("little")) return ByteOrder.LITTLE_ENDIAN;
        if (text.equals("big")) return ByteOrder.BIG_ENDIAN;
        throw new ModelFormatException(where, "expects the byte order 'little' or 'big', got '" + text + "'");
    }

    private static void requireSize(String where, Storage storage, long bytes) {
        if (bytes == storage.bytes()) return;
        throw new ModelFormatException(
                where, "expects " + storage.bytes() + " bytes for " + storage.count() + " numbers, got " + bytes);
    }

    // ------------------------------------------------------------------------------------------------- legacy form

    private static PytorchFile legacy(String where, MemorySegment bytes, Budget budget, String entry) {
        var file = new LegacyFile(where, bytes, budget);
        PickleValue root = file.root();
        Map<String, MemorySegment> numbers = file.numbers();
        var tensors = new StoredTensors(where, ByteOrder.LITTLE_ENDIAN, budget, storage -> {
            MemorySegment content = numbers.get(storage.key());
            if (content != null) return content;
            throw new ModelFormatException(where, "expects numbers of storage '" + storage.key() + "', got none");
        });
        return of(new StateDicts(where, budget).find(root, entry), tensors);
    }

    private static PytorchFile of(StateDicts.Found found, StoredTensors tensors) {
        return new PytorchFile(found.entry(), tensors.of(new LinkedHashMap<>(found.views())));
    }
}
