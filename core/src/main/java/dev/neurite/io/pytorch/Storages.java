package dev.neurite.io.pytorch;

import dev.neurite.error.ModelFormatException;
import dev.neurite.io.pytorch.PickleValue.Items;
import dev.neurite.io.pytorch.PickleValue.Single;
import dev.neurite.io.pytorch.PickleValue.Storage;
import dev.neurite.io.pytorch.PickleValue.Text;
import dev.neurite.io.pytorch.PickleValue.Whole;
import dev.neurite.tensor.NumberType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The numbers that a pickle refers to, by their keys: `('storage', type, key, device, count)`, in legacy files also
/// a part of them, `(key, first, count)`.
final class Storages {
    private final String where;
    private final Map<String, Storage> known = new LinkedHashMap<>();

    Storages(String where) {
        this.where = where;
    }

    /// The storages that were referred to, whole, by their keys.
    Map<String, Storage> known() {
        return known;
    }

    /// @param id what the pickle says of it
    /// @param at the byte of the reference, for messages
    /// @throws ModelFormatException for anything else
    Storage storage(PickleValue id, long at) {
        if (!(id instanceof Items items)
                || !items.isTuple()
                || items.size() < 5
                || items.size() > 6
                || !(items.get(0) instanceof Text(String kind))
                || !kind.equals("storage")
                || !(items.get(1) instanceof PickleGlobal global)
                || !(items.get(2) instanceof Text(String key))
                || !(items.get(4) instanceof Whole(long count))) {
            throw wrong(at, "a reference ('storage', type, key, device, count), got " + id.kind());
        }
        NumberType type = global.ofStorage();
        if (type == null) throw wrong(at, "a type of storage, got " + global.kind());
        if (count < 0 || count > Long.MAX_VALUE / type.bytes()) throw wrong(at, "a count from 0, got " + count);
        Storage whole = new Storage(key, type, count, 0, count);
        Storage before = known.putIfAbsent(key, whole);
        if (before != null && !before.equals(whole)) {
            throw wrong(at, "storage '" + key + "' with one type and size, got two");
        }
        return part(whole, items.size() == 6 ? items.get(5) : null, at);
    }

    private Storage part(Storage whole, @Nullable PickleValue part, long at) {
        if (part == null || part == Single.NONE) return whole;
        if (!(part instanceof Items items)
                || items.size() != 3
                || !(items.get(1) instanceof Whole(long from))
                || !(items.get(2) instanceof Whole(long length))
                || from < 0
                || length < 0
                || length > whole.count() - from) {
            throw wrong(at, "a part within storage '" + whole.key() + "', got " + part.kind());
        }
        return new Storage(whole.key(), whole.type(), whole.count(), from, length);
    }

    private ModelFormatException wrong(long at, String expected) {
        return new ModelFormatException(where + ", byte " + at, "expects " + expected);
    }
}
