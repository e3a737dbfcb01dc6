package dev.neurite.io.pytorch;

import dev.neurite.error.ModelFormatException;
import dev.neurite.io.limit.Budget;
import dev.neurite.io.pytorch.PickleValue.Items;
import dev.neurite.io.pytorch.PickleValue.Single;
import dev.neurite.io.pytorch.PickleValue.Storage;
import dev.neurite.io.pytorch.PickleValue.Text;
import dev.neurite.io.pytorch.PickleValue.Whole;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/// A file as PyTorch wrote before 1.6: pickles of a magic number, a version, facts of the machine, the object, and
/// the keys of its storages; then of each storage a count of 64 bits and its numbers, little-endian.
final class LegacyFile {
    private static final int VERSION = 1001;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String where;
    private final MemorySegment bytes;
    private final Budget budget;
    private final Storages storages;
    private long at;

    LegacyFile(String where, MemorySegment bytes, Budget budget) {
        this.where = where;
        this.bytes = bytes;
        this.budget = budget;
        storages = new Storages(where);
    }

    /// The object.
    /// @throws ModelFormatException for another file
    PickleValue root() {
        PickleValue magic = next();
        boolean legacy = magic == Single.OTHER && next() instanceof Whole(long version) && version == VERSION;
        if (!legacy) {
            throw new ModelFormatException(
                    where, "expects a file of PyTorch's torch.save, got another pickle", Unpickler.WAY_OUT);
        }
        next(); // byte order and sizes of numbers of the machine; storages do not depend on them
        return next();
    }

    /// The numbers of each storage, by its key; after [#root].
    /// @throws ModelFormatException if they do not fit the object
    Map<String, MemorySegment> numbers() {
        if (!(next() instanceof Items keys)) throw new ModelFormatException(where, "expects a list of storages");
        Map<String, MemorySegment> numbers = new HashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            Storage storage =
                    keys.get(i) instanceof Text(String key) ? storages.known().get(key) : null;
            if (storage == null || numbers.containsKey(storage.key())) {
                throw new ModelFormatException(
                        where,
                        "expects the key of a storage once, got " + keys.get(i).kind());
            }
            long left = bytes.byteSize() - at - Long.BYTES;
            long count = left < 0 ? -1 : bytes.get(LONG, at);
            if (count != storage.count() || storage.bytes() > left) {
                throw new ModelFormatException(
                        where + ", byte " + at,
                        "expects " + storage.count() + " numbers of storage '" + storage.key() + "', got "
                                + (count == storage.count() || left < 0 ? "the end: it is cut short" : count));
            }
            at += Long.BYTES;
            numbers.put(storage.key(), bytes.asSlice(at, storage.bytes()));
            at += storage.bytes();
        }
        if (at == bytes.byteSize()) return numbers;
        throw new ModelFormatException(where, "expects to end after " + at + " bytes, got " + bytes.byteSize());
    }

    private PickleValue next() {
        var unpickler = new Unpickler(where, bytes, at, budget, storages);
        PickleValue value = unpickler.read();
        at = unpickler.end();
        return value;
    }
}
