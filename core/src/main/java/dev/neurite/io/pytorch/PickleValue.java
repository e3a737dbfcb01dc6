package dev.neurite.io.pytorch;

import dev.neurite.tensor.NumberType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A value in a pickle, of the few kinds that dictionaries of tensors are made of. Lists and dictionaries may
/// contain themselves.
sealed interface PickleValue
        permits PickleGlobal,
                PickleValue.Single,
                PickleValue.Text,
                PickleValue.Whole,
                PickleValue.Real,
                PickleValue.Items,
                PickleValue.Dictionary,
                PickleValue.Storage,
                PickleValue.View {
    /// What it is, for messages: `a list`.
    String kind();

    /// Values without content of use here.
    enum Single implements PickleValue {
        NONE("None"),
        TRUE("True"),
        FALSE("False"),
        /// Bytes, a device, a huge number.
        OTHER("a value that is no tensor");

        private final String kind;

        Single(String kind) {
            this.kind = kind;
        }

        @Override
        public String kind() {
            return kind;
        }
    }

    record Text(String text) implements PickleValue {
        @Override
        public String kind() {
            return "the text '" + text + "'";
        }
    }

    record Whole(long number) implements PickleValue {
        @Override
        public String kind() {
            return "the number " + number;
        }
    }

    record Real(double number) implements PickleValue {
        @Override
        public String kind() {
            return "the number " + number;
        }
    }

    /// A list, a set or a tuple.
    final class Items implements PickleValue {
        private final List<PickleValue> items;
        private final boolean tuple;

        private Items(List<PickleValue> items, boolean tuple) {
            this.items = items;
            this.tuple = tuple;
        }

        static Items list() {
            return new Items(new ArrayList<>(), false);
        }

        static Items tuple(List<PickleValue> items) {
            return new Items(List.copyOf(items), true);
        }

        boolean isTuple() {
            return tuple;
        }

        int size() {
            return items.size();
        }

        PickleValue get(int index) {
            return items.get(index);
        }

        void add(PickleValue item) {
            items.add(item);
        }

        @Override
        public String kind() {
            return (tuple ? "a tuple" : "a list") + " of " + items.size();
        }
    }

    /// A dictionary. Has only entries whose keys are texts.
    final class Dictionary implements PickleValue {
        private final Map<String, PickleValue> entries = new LinkedHashMap<>();

        Map<String, PickleValue> entries() {
            return entries;
        }

        void put(PickleValue key, PickleValue value) {
            if (key instanceof Text(String text)) entries.put(text, value);
        }

        @Override
        public String kind() {
            return "a dictionary";
        }
    }

    /// The numbers that tensors are views of.
    /// @param key its name in the file
    /// @param type of its numbers; bytes if it has none
    /// @param count of its numbers
    /// @param from the number at which a part of it begins; 0 for all of it
    /// @param length the numbers of the part
    record Storage(String key, NumberType type, long count, long from, long length) implements PickleValue {
        long bytes() {
            return count * type.bytes();
        }

        @Override
        public String kind() {
            return "numbers";
        }
    }

    /// A tensor: a view of numbers.
    /// @param offset the number of its first element
    /// @param extents the extents of its axes
    /// @param strides the steps between elements along each axis
    /// @param isNegated whether its elements have the other sign than the numbers
    record View(
            Storage storage, NumberType type, long offset, List<Integer> extents, List<Long> strides, boolean isNegated)
            implements PickleValue {
        /// Copies the lists.
        public View {
            extents = List.copyOf(extents);
            strides = List.copyOf(strides);
        }

        @Override
        public String kind() {
            return "a tensor";
        }
    }
}
