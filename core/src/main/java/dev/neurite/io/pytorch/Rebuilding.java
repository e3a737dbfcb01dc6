package dev.neurite.io.pytorch;

import dev.neurite.error.ModelFormatException;
import dev.neurite.io.limit.Budget;
import dev.neurite.io.pytorch.PickleValue.Dictionary;
import dev.neurite.io.pytorch.PickleValue.Items;
import dev.neurite.io.pytorch.PickleValue.Single;
import dev.neurite.io.pytorch.PickleValue.Storage;
import dev.neurite.io.pytorch.PickleValue.View;
import dev.neurite.io.pytorch.PickleValue.Whole;
import dev.neurite.tensor.NumberType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What the functions in a pickle mean: tensors are views of numbers, all else is a dictionary, a list or nothing.
/// @param where the file, for messages
/// @param at the byte of the call
record Rebuilding(String where, long at, Budget budget) {
    private static final int MOST_AXES = 64;

    /// The value that a call of Python gives.
    /// @throws ModelFormatException for what is no function of the table, and arguments that do not fit
    PickleValue called(PickleValue called, PickleValue arguments) {
        if (called instanceof PickleGlobal global && arguments instanceof Items given && given.isTuple()) {
            return called(global, given);
        }
        throw wrong("a call of a known function", called.kind() + " with " + arguments.kind());
    }

    private PickleValue called(PickleGlobal global, Items given) {
        return switch (global) {
            case ORDERED_DICT, COUNTER -> dictionary(given);
            case SET, BUILTIN_SET, DEVICE -> Single.OTHER;
            case SIZE -> argument(given, 0, Items.class);
            case TENSOR, TENSOR_V2 ->
                view(given, argument(given, 0, Storage.class).type(), isNegated(given, 6));
            case TENSOR_V3 -> view(given, type(argument(given, 6, PickleGlobal.class)), isNegated(given, 7));
            case PARAMETER, PARAMETER_WITH_STATE -> argument(given, 0, View.class);
            default -> throw wrong("a call of a known function", global.kind());
        };
    }

    /// A state that is set after a value was made: PyTorch keeps versions of modules beside a dictionary so, which
    /// are not needed.
    /// @throws ModelFormatException for any other value
    void restored(PickleValue value, PickleValue state) {
        if (value instanceof Dictionary && state instanceof Dictionary) return;
        throw new ModelFormatException(
                where + ", byte " + at,
                "expects dictionaries of tensors, got " + value.kind() + " with a state of its own",
                Unpickler.WAY_OUT);
    }

    /// An empty dictionary, a copy of another, or one of pairs.
    private Dictionary dictionary(Items given) {
        if (given.size() == 0) return new Dictionary();
        if (given.size() == 1 && given.get(0) instanceof Dictionary same) return same;
        if (given.size() != 1 || !(given.get(0) instanceof Items pairs)) {
            throw wrong("a dictionary or pairs", given.kind());
        }
        budget.spend((long) Unpickler.COST_OF_ENTRY * pairs.size());
        var made = new Dictionary();
        for (int i = 0; i < pairs.size(); i++) {
            if (!(pairs.get(i) instanceof Items pair) || pair.size() != 2) {
                throw wrong("pairs of a key and a value", pairs.get(i).kind());
            }
            made.put(pair.get(0), pair.get(1));
        }
        return made;
    }

    private NumberType type(PickleGlobal global) {
        NumberType type = global.ofNumbers();
        if (type == null) throw wrong("a type of numbers", global.kind());
        return type;
    }

    /// What PyTorch says of a view beside its numbers: that they are to be read with the other sign, as those of
    /// `z.conj().imag`.
    /// @param index of the argument, which older files do not have
    private boolean isNegated(Items given, int index) {
        if (index >= given.size() || given.get(index) == Single.NONE) return false;
        Map<String, PickleValue> said = argument(given, index, Dictionary.class).entries();
        for (var each : said.entrySet()) {
            if (each.getValue() == Single.FALSE) continue;
            if (each.getKey().equals("neg") && each.getValue() == Single.TRUE) continue;
            throw new ModelFormatException(
                    where + ", byte " + at,
                    "expects a tensor of plain numbers, got one with '" + each.getKey() + "': "
                            + each.getValue().kind(),
                    "Save tensor.resolve_conj().resolve_neg() of each");
        }
        return said.get("neg") == Single.TRUE;
    }

    private View view(Items given, NumberType type, boolean isNegated) {
        Storage storage = argument(given, 0, Storage.class);
        long offset = argument(given, 1, Whole.class).number();
        if (offset < 0) throw wrong("an offset from 0", "the number " + offset);
        List<Long> sizes = numbers(argument(given, 2, Items.class));
        List<Long> strides = numbers(argument(given, 3, Items.class));
        if (sizes.size() != strides.size() || sizes.size() > MOST_AXES) {
            throw wrong("a stride for each of at most " + MOST_AXES + " axes", sizes + " and " + strides);
        }
        List<Integer> extents = new ArrayList<>();
        try {
            long count = 1;
            long last = offset;
            for (int i = 0; i < sizes.size(); i++) {
                extents.add(Math.toIntExact(sizes.get(i)));
                count = Math.multiplyExact(count, sizes.get(i));
                if (sizes.get(i) > 0) {
                    last = Math.addExact(last, Math.multiplyExact(sizes.get(i) - 1, strides.get(i)));
                }
                Math.toIntExact(count);
            }
            long available = storage.length() * storage.type().bytes() / type.bytes();
            if (count > 0 && last >= available) {
                throw wrong("a tensor " + sizes + " within its " + available + " numbers", "number " + last);
            }
        } catch (ArithmeticException e) {
            throw wrong("a tensor of less than 2³¹ numbers", sizes + " with strides " + strides);
        }
        return new View(storage, type, offset, extents, strides, isNegated);
    }

    /// Whole numbers from 0.
    private List<Long> numbers(Items items) {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < Math.min(items.size(), MOST_AXES + 1); i++) {
            if (!(items.get(i) instanceof Whole(long number)) || number < 0) {
                throw wrong("extents and strides from 0", items.get(i).kind());
            }
            numbers.add(number);
        }
        return numbers;
    }

    private <T extends PickleValue> T argument(Items given, int index, Class<T> kind) {
        if (index >= given.size()) throw wrong("at least " + (index + 1) + " arguments", given.kind());
        PickleValue value = given.get(index);
        if (!kind.isInstance(value)) {
            throw wrong("another kind of argument " + (index + 1) + " for a tensor", value.kind());
        }
        return kind.cast(value);
    }

    private ModelFormatException wrong(String expected, String got) {
        return new ModelFormatException(where + ", byte " + at, "expects " + expected + ", got " + got);
    }
}
