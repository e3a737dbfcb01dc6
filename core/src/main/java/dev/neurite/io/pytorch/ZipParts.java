package dev.neurite.io.pytorch;

import dev.neurite.error.ModelFormatException;
import dev.neurite.io.limit.Budget;
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

/// The parts of a zip archive as `torch.save` writes them: not compressed, each with a name of its own, none within
/// another.
final class ZipParts {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int END = 22; //                 bytes of the end record
    private static final int LONGEST_COMMENT = 0xffff;
    private static final int IN_DIRECTORY = 46; //        bytes of a part in the directory, before its name
    private static final int BEFORE_PART = 30; //         bytes before a part, before its name
    private static final long IN_64 = 0xffff_ffffL; //    a number that is in the record of 64 bits
    private static final int CHUNK = 1 << 26;
    private static final int COST = 200; //               bytes of memory that a part takes

    /// @param crc the checksum of the content; 0 if there is none
    record Part(MemorySegment content, int crc) {}

    private record Place(String name, boolean compressed, long header, long size, int crc) {}

    private final String where;
    private final MemorySegment file;
    private final Budget budget;

    private ZipParts(String where, MemorySegment file, Budget budget) {
        this.where = where;
        this.file = file;
        this.budget = budget;
    }

    /// The parts by name, in the order of the directory.
    /// @throws ModelFormatException for another archive
    static Map<String, Part> of(String where, MemorySegment file, Budget budget) {
        return new ZipParts(where, file, budget).parts();
    }

    /// Compares the content of a part with its checksum.
    /// @throws ModelFormatException if it differs
    static void check(String where, Part part) {
        if (part.crc() == 0) return; // torch.serialization.set_crc32_options(False)
        var crc = new CRC32();
        MemorySegment content = part.content();
        for (long at = 0; at < content.byteSize(); at += CHUNK) {
            ByteBuffer chunk = content.asSlice(at, Math.min(CHUNK, content.byteSize() - at))
                    .asByteBuffer();
            crc.update(chunk);
        }
        if (part.crc() == (int) crc.getValue()) return;
        throw new ModelFormatException(
                where, "is damaged: its CRC-32 is not that of its content", "Use another copy of the file");
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
        if (places.stream().noneMatch(each -> each.name().endsWith(PytorchFile.PICKLE))) {
            throw PytorchFile.foreign(where, "a zip archive without " + PytorchFile.PICKLE);
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
        boolean compressed = uint16(at + 10) != 0;
        if (!compressed && packed != size) {
            throw damaged("the size of '" + name + "' once, got " + packed + " and " + size + " bytes");
        }
        return new Place(name, compressed, header, size, file.get(INT, at + 16));
    }

    private Map<String, Part> located(List<Place> places, long directory) {
        List<Place> ordered = new ArrayList<>(places);
        ordered.sort(Comparator.comparingLong(Place::header));
        Map<String, Part> found = new LinkedHashMap<>();
        for (Place each : places) found.put(each.name(), new Part(MemorySegment.NULL, 0)); // keeps their order
        if (found.size() < places.size()) throw damaged("parts with names of their own, got one twice");
        long free = 0; // the first byte after the part before
        for (Place each : ordered) {
            if (each.compressed()) {
                throw new ModelFormatException(
                        where,
                        "expects parts without compression, got '" + each.name() + "', which is compressed",
                        "Load and save it again with torch.load and torch.save");
            }
            long header = each.header();
            boolean fits = header >= free && header <= directory - BEFORE_PART && uint32(header) == 0x04034b50L;
            long begin = fits ? header + BEFORE_PART + uint16(header + 26) + uint16(header + 28) : 0;
            if (!fits || each.size() < 0 || begin > directory - each.size()) {
                throw damaged("'" + each.name() + "' behind the part before it, got a place within or outside");
            }
            free = begin + each.size();
            found.put(each.name(), new Part(file.asSlice(begin, each.size()), each.crc()));
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
        return new ModelFormatException(where, "is a damaged zip archive: expects " + expected);
    }
}
