package dev.neurite.io;

import dev.neurite.data.StoredRows;
import dev.neurite.error.DataException;
import dev.neurite.io.kind.FileKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.Checksum;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// A `.npz` file, as NumPy's `savez` and `savez_compressed` write it: a ZIP archive of [Npy] files.
/// Arrays are read on demand; files that are no `.npy` are ignored. [#write(Path, Map)] writes one.
///
/// Names are never used as paths. Archives are refused that have duplicate names, are encrypted, or
/// unpack to more than 200 times their size (and 16 MB). Length and CRC-32 of each array that is read
/// are checked.
public final class Npz implements AutoCloseable {
    /// The largest ratio of unpacked to packed bytes.
    private static final long MOST_UNPACKED = 200;

    /// The unpacked size that is allowed for any archive.
    private static final long FREE = 16 << 20;

    private static final String END = ".npy";

    /// The time that zip archives count from.
    private static final LocalDateTime EARLIEST = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final String where;
    private final ZipFile zip;
    private final Map<String, ZipEntry> entries;

    private Npz(String where, ZipFile zip, Map<String, ZipEntry> entries) {
        this.where = where;
        this.zip = zip;
        this.entries = entries;
    }

    /// Opens a file; [#close] closes it.
    /// @throws DataException for a missing file, or one that is no ZIP archive or is refused
    public static Npz open(Path file) {
        String where = file.toString();
        if (Files.isDirectory(file)) throw new DataException(where, "expects a .npz file, got a directory");
        try {
            if (!Files.exists(file)) throw new NoSuchFileException(where);
            checkStart(file);
            var zip = new ZipFile(file.toFile());
            try {
                return new Npz(where, zip, entries(where, zip, Files.size(file)));
            } catch (RuntimeException | IOException e) {
                zip.close();
                throw e;
            }
        } catch (ZipException | IllegalArgumentException e) {
            throw damaged(where, e);
        } catch (IOException e) {
            throw Npy.unreadable(file, "a .npz file", e);
        }
    }

    private static void checkStart(Path file) throws IOException {
        FileKind kind = FileKind.of(file);
        if (kind == FileKind.NPZ || kind == FileKind.ZIP) return;
        byte[] start;
        try (InputStream in = Files.newInputStream(file)) {
            start = in.readNBytes(256);
        }
        String said = kind == FileKind.UNKNOWN ? FileKind.described(start) : kind.words();
        throw new DataException(file.toString(), "expects arrays in NumPy's format (.npz), got " + said, kind.inJava());
    }

    private static Map<String, ZipEntry> entries(String where, ZipFile zip, long size) {
        Map<String, ZipEntry> found = new LinkedHashMap<>();
        long unpacked = 0;
        for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(each -> (ZipEntry) each)::iterator) {
            if (!entry.getName().endsWith(END)) continue;
            String name = entry.getName().substring(0, entry.getName().length() - END.length());
            if (found.put(name, entry) != null) {
                throw new DataException(where, "expects each array once, got '" + name + "' twice");
            }
            // Cannot overflow: entries are below 2⁶³, and the loop stops at the first that is too large.
            checkSize(where + ", array '" + name + "'", entry.getSize(), entry.getCompressedSize());
            unpacked += entry.getSize();
            checkSize(where, unpacked, size);
        }
        if (found.isEmpty() && zip.size() > 0) {
            String first = zip.stream().map(ZipEntry::getName).findFirst().orElse("");
            throw new DataException(
                    where,
                    "expects arrays (.npy) in the archive, got " + zip.size() + " other files, such as '" + first
                            + "'");
        }
        return found;
    }

    private static void checkSize(String where, long unpacked, long packed) {
        if (unpacked >= 0 && packed >= 0 && unpacked <= Math.max(FREE, MOST_UNPACKED * packed)) return;
        throw new DataException(
                where,
                String.format(
                        Locale.ROOT,
                        "expects data that unpacks to at most %d times its size, got %,d bytes from %,d",
                        MOST_UNPACKED,
                        unpacked,
                        packed),
                "If the file is trusted, save it without compression (numpy.savez)");
    }

    private static DataException damaged(String where, Exception e) {
        String said = String.valueOf(e.getMessage());
        if (said.contains("encrypted")) {
            return new DataException(where, "expects a .npz file that is not encrypted, got an encrypted one");
        }
        return new DataException(where, "expects an undamaged .npz file, got an error: " + said, "Get the file again");
    }

    public String where() {
        return where;
    }

    /// The names of the arrays, in the order of the file.
    public List<String> names() {
        return List.copyOf(entries.keySet());
    }

    /// Reads an array.
    /// @throws DataException for an unknown name, or an array that is damaged or not of numbers
    /// @throws dev.neurite.error.ResourceException if the heap is too small
    public Npy read(String name) {
        return read(name, NpyReader::read);
    }

    /// Reads an array with its elements as they are.
    /// @throws DataException for an unknown name, or an array that is damaged or not of numbers
    /// @throws dev.neurite.error.ResourceException if the heap is too small
    public NpyArray array(String name) {
        return read(name, NpyReader::array);
    }

    /// Reads an array of texts.
    /// @throws DataException for an unknown name, or an array that is damaged or not of texts
    /// @throws dev.neurite.error.ResourceException if the heap is too small
    public NpyTexts texts(String name) {
        return read(name, NpyReader::texts);
    }

    /// Reads the rows of an array.
    /// @throws DataException for an unknown name, or an array that is damaged or not of numbers
    /// @throws dev.neurite.error.ResourceException if heap or disk is too small
    public NpyRows rows(String name) {
        return rows(name, StoredRows.heapBytes());
    }

    NpyRows rows(String name, long heapBytes) {
        return read(name, reader -> reader.rows(null, heapBytes));
    }

    /// Reads an array from its bytes.
    private interface Reading<T> {
        T apply(NpyReader reader) throws IOException;
    }

    private <T> T read(String name, Reading<T> reading) {
        ZipEntry entry = entry(name);
        String place = where + ", array '" + name + "'";
        var sum = new CRC32();
        try (InputStream in = new CheckedInputStream(zip.getInputStream(entry), sum)) {
            T read = reading.apply(new NpyReader(place, in, entry.getSize()));
            if (sum.getValue() != entry.getCrc()) {
                throw new DataException(
                        place, "is damaged: its CRC-32 is not that of its content", "Get the file again");
            }
            return read;
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(place, e);
        }
    }

    private ZipEntry entry(String name) {
        ZipEntry entry = entries.get(name);
        if (entry != null) return entry;
        throw new DataException(where, "expects an array '" + name + "', got " + String.join(", ", entries.keySet()));
    }

    /// Whether an array is of texts, not of numbers.
    /// @throws DataException for an unknown name, or an array that is damaged
    public boolean isTexts(String name) {
        ZipEntry entry = entry(name);
        String place = where + ", array '" + name + "'";
        try (InputStream in = zip.getInputStream(entry)) {
            return new NpyReader(place, in, entry.getSize()).isTexts();
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(place, e);
        }
    }

    /// Writes a file as `numpy.savez` does, without compression, atomically: an old file stays until the new one is
    /// complete on the disk. See [AtomicFile]. Equal arrays give equal bytes.
    /// @param arrays by name
    /// @throws dev.neurite.error.ResourceException if it cannot be written
    public static void write(Path file, Map<String, ? extends NpyContent> arrays) {
        AtomicFile.write(file, channel -> write(Channels.newOutputStream(channel), arrays));
    }

    /// Writes what [#write(Path, Map)] writes to a stream.
    /// @param out flushed, not closed
    /// @throws IOException if it cannot be written
    public static void write(OutputStream out, Map<String, ? extends NpyContent> arrays) throws IOException {
        var archive = new ZipOutputStream(out);
        for (Map.Entry<String, ? extends NpyContent> each : arrays.entrySet()) {
            var entry = new ZipEntry(each.getKey() + END);
            var sum = new CRC32();
            var counted = new CountedStream(sum);
            each.getValue().write(counted);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(counted.count());
            entry.setCrc(sum.getValue());
            entry.setTimeLocal(EARLIEST);
            archive.putNextEntry(entry);
            each.getValue().write(archive);
            archive.closeEntry();
        }
        archive.finish();
        out.flush();
    }

    /// Adds up what is written, and keeps nothing of it.
    private static final class CountedStream extends OutputStream {
        private final Checksum sum;
        private long count;

        CountedStream(Checksum sum) {
            this.sum = sum;
        }

        long count() {
            return count;
        }

        @Override
        public void write(int value) {
            sum.update(value);
            count++;
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            sum.update(bytes, from, length);
            count += length;
        }
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw damaged(where, e);
        }
    }
}
