package dev.neurite.io.limit;

import dev.neurite.error.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// The parts of a zip archive, each with a name of its own, none within another. Those that are not compressed stay
/// where they are in the file.
public final class ZipParts {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int END = 22; //                 bytes of the end record
    private static final int LONGEST_COMMENT = 0xffff;
    private static final int IN_DIRECTORY = 46; //        bytes of a part in the directory, before its name
    private static final int BEFORE_PART = 30; //         bytes before a part, before its name
    private static final long IN_64 = 0xffff_ffffL; //    a number that is in the record of 64 bits
    private static final int DEFLATED = 8;
    private static final int CHUNK = 1 << 26;
    private static final int MOST_UNPACKED = Integer.MAX_VALUE - 16;
    private static final int COST = 200; //               bytes of memory that a part takes

    /// A part of an archive.
    /// @param content its bytes in the file
    /// @param size of the part when unpacked, bytes
    /// @param crc the checksum of the part when unpacked; 0 if there is none
    public record Part(MemorySegment content, boolean compressed, long size, int crc) {
        /// The part when unpacked, compared with its checksum.
        /// @param where its name in messages
        /// @param budget pays for what is not in the file as it is
        /// @throws ModelFormatException if it is damaged, or unpacks to more than the budget has
        public MemorySegment unpacked(String where, Budget budget) {
            MemorySegment whole = compressed ? inflated(where, budget) : content;
            check(where, whole);
            return whole;
        }

        private MemorySegment inflated(String where, Budget budget) {
            budget.spend(size);
            if (size > MOST_UNPACKED) throw damaged(where, "a part below 2 GB, got one of " + size + " bytes");
            byte[] whole = new byte[(int) size];
            try (var inflater = new Inflater(true)) {
                inflater.setInput(content.asByteBuffer());
                int made = inflater.inflate(whole);
                byte[] end = new byte[1]; // a part that is full may still have its end
                if (made == whole.length && !inflater.finished()) made += inflater.inflate(end);
                if (made == whole.length && inflater.finished()) return MemorySegment.ofArray(whole);
            } catch (DataFormatException e) {
                throw damaged(where, "compressed data, got others: " + e.getMessage());
            }
            throw damaged(where, "a part of " + size + " bytes, got another size");
        }

        private void check(String where, MemorySegment whole) {
            if (crc == 0) return; // torch.serialization.set_crc32_options(False)
            var sum = new CRC32();
            for (long at = 0; at < whole.byteSize(); at += CHUNK) {
                ByteBuffer chunk = whole.asSlice(at, Math.min(CHUNK, whole.byteSize() - at))
                        .asByteBuffer();
                sum.update(chunk);
            }
            if (crc == (int) sum.getValue()) return;
            throw new ModelFormatException(
                    where, "is damaged: its CRC-32 is not that of its content", "Use another copy of the file");
        }
    }

    private record Place(String name, boolean compressed, long header, long packed, long size, int crc) {}

    private final String where;
    private final MemorySegment file;
    private final Budget budget;

    private ZipParts(String where, MemorySegment file, Budget budget) {
        this.where = where;
        this.file = file;
        this.budget = budget;
    }

    /// The parts by name, in the order of the directory.
    /// @param budget pays for their names
    /// @throws ModelFormatException for a damaged archive, or one with parts that are encrypted or share bytes
    public static Map<String, Part> of(String where, MemorySegment file, Budget budget) {
        return new ZipParts(where, file, budget).parts();
    }

    private Map<String, Part> parts() {
        long end = end();
        long count = uint16(end + 10);
        long size = uint32(end + 12);
        long from = uint32(end + 16);
        if (from == IN_64 || size == IN_64 || count == 0xffff) {
            long wide = wideEnd(end);
            count = int64(wide + 32);
            size = int64(wide + 40);
            from = int64(wide + 48);
        }
        if (count < 0 || size < 0 || from < 0 || from > end - size || count > size / IN_DIRECTORY) {
            throw damaged("a directory of its parts, got one that is not within the file");
        }
        List<Place> places = new ArrayList<>();
        long at = from;
        for (long i = 0; i < count; i++) {
            budget.spend(COST);
            if (at + IN_DIRECTORY > from + size || uint32(at) != 0x02014b50L) {
                throw damaged("part " + (i + 1) + " in its directory, got something else");
            }
            long next = at + IN_DIRECTORY + uint16(at + 28) + uint16(at + 30) + uint16(at + 32);
            if (next > from + size) throw damaged("part " + (i + 1) + " within its directory, got a longer one");
            places.add(place(at));
            at = next;
        }
        return located(places, from);
    }

    private long end() {
        long least = Math.max(0, file.byteSize() - END - LONGEST_COMMENT);
        for (long at = file.byteSize() - END; at >= least; at--) {
            if (uint32(at) == 0x06054b50L) return at;
        }
        throw damaged("a directory of its parts at the end, got none: it is cut short");
    }

    /// The place of the end record with numbers of 64 bits.
    private long wideEnd(long end) {
        long locator = end - 20;
        if (locator >= 0 && uint32(locator) == 0x07064b50L) {
            long at = int64(locator + 8);
            if (at >= 0 && at <= locator - 56 && uint32(at) == 0x06064b50L) return at;
        }
        throw damaged("an end record of 64 bits, got none");
    }

    private Place place(long at) {
        int nameLength = uint16(at + 28);
        budget.spend(3L * nameLength);
        byte[] bytes = file.asSlice(at + IN_DIRECTORY, nameLength).toArray(ValueLayout.JAVA_BYTE);
        String name = new String(bytes, StandardCharsets.UTF_8);
        if ((uint16(at + 8) & 1) != 0) throw damaged("parts that are not encrypted, got '" + name + "', which is");
        long packed = uint32(at + 20);
        long size = uint32(at + 24);
        long header = uint32(at + 42);
        long extra = at + IN_DIRECTORY + nameLength;
        long extraEnd = extra + uint16(at + 30);
        while (extra + 4 <= extraEnd) {
            long value = extra + 4;
            long next = value + uint16(extra + 2);
            if (uint16(extra) == 1) {
                if (size == IN_64 && value + 8 <= Math.min(next, extraEnd)) size = int64(value);
                if (size != uint32(at + 24)) value += 8;
                if (packed == IN_64 && value + 8 <= Math.min(next, extraEnd)) packed = int64(value);
                if (packed != uint32(at + 20)) value += 8;
                if (header == IN_64 && value + 8 <= Math.min(next, extraEnd)) header = int64(value);
            }
            extra = next;
        }
        int method = uint16(at + 10);
        if (method != 0 && method != DEFLATED) {
            throw damaged("parts that are stored or deflated, got '" + name + "' packed by method " + method);
        }
        boolean compressed = method == DEFLATED;
        if (!compressed && packed != size) {
            throw damaged("the size of '" + name + "' once, got " + packed + " and " + size + " bytes");
        }
        return new Place(name, compressed, header, packed, size, file.get(INT, at + 16));
    }

    private Map<String, Part> located(List<Place> places, long directory) {
        List<Place> ordered = new ArrayList<>(places);
        ordered.sort(Comparator.comparingLong(Place::header));
        Map<String, Part> found = new LinkedHashMap<>();
        for (Place each : places)
            found.put(each.name(), new Part(MemorySegment.NULL, false, 0, 0)); // keeps their order
        if (found.size() < places.size()) throw damaged("parts with names of their own, got one twice");
        long free = 0; // the first byte after the part before
        for (Place each : ordered) {
            long header = each.header();
            boolean fits = header >= free && header <= directory - BEFORE_PART && uint32(header) == 0x04034b50L;
            long begin = fits ? header + BEFORE_PART + uint16(header + 26) + uint16(header + 28) : 0;
            if (!fits || each.packed() < 0 || each.size() < 0 || begin > directory - each.packed()) {
                throw damaged("'" + each.name() + "' behind the part before it, got a place within or outside");
            }
            free = begin + each.packed();
            MemorySegment content = file.asSlice(begin, each.packed());
            found.put(each.name(), new Part(content, each.compressed(), each.size(), each.crc()));
        }
        return found;
    }

    private int uint16(long at) {
        return file.get(SHORT, at) & 0xffff;
    }

    private long uint32(long at) {
        return file.get(INT, at) & IN_64;
    }

    private long int64(long at) {
        return file.get(LONG, at);
    }

    private ModelFormatException damaged(String expected) {
        return damaged(where, expected);
    }

    private static ModelFormatException damaged(String where, String expected) {
        return new ModelFormatException(where, "is a damaged zip archive: expects " + expected);
    }
}
