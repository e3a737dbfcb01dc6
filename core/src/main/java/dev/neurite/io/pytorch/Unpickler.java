package dev.neurite.io.pytorch;

import dev.neurite.error.ModelFormatException;
import dev.neurite.io.limit.Budget;
import dev.neurite.io.pytorch.PickleValue.Dictionary;
import dev.neurite.io.pytorch.PickleValue.Items;
import dev.neurite.io.pytorch.PickleValue.Real;
import dev.neurite.io.pytorch.PickleValue.Single;
import dev.neurite.io.pytorch.PickleValue.Text;
import dev.neurite.io.pytorch.PickleValue.Whole;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Reads a pickle: a program for a stack machine that builds values. It may name [PickleGlobal]s only, and calls
/// nothing but [Rebuilding]. Every value, copy and place of the memo is paid for from a [Budget] before it is made.
final class Unpickler {
    private static final int MOST_MARKS = 1_000;
    private static final int LONGEST_LINE = 1_000;
    private static final int LONGEST_TEXT = 1 << 24;
    private static final int COST = 48; //         bytes of memory of a value, without its content
    static final int COST_OF_DICTIONARY = 120;
    static final int COST_OF_ENTRY = 96; //        in a dictionary or the memo
    private static final int COST_OF_PLACE = 16; // in a list or the stack
    private static final int LATEST_PROTOCOL = 5;

    /// What must be said of a pickle that holds more than tensors.
    static final String WAY_OUT = "Save the tensors alone: in Python torch.save(model.state_dict(), 'weights.pt')";

    private final String where;
    private final MemorySegment bytes;
    private final Budget budget;
    private final Storages storages;
    private final List<PickleValue> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>(); // sizes of the stack
    private final Map<Long, PickleValue> memo = new HashMap<>();
    private long at;
    private long begin; // of the instruction

    /// @param bytes of the file, from which it may read
    /// @param at the byte at which the pickle begins
    Unpickler(String where, MemorySegment bytes, long at, Budget budget, Storages storages) {
        this.where = where;
        this.bytes = bytes;
        this.at = at;
        this.budget = budget;
        this.storages = storages;
    }

    /// The byte after the pickle, once it is read.
    long end() {
        return at;
    }

    /// Runs the pickle to its end.
    /// @throws ModelFormatException for a damaged one, or one with more than dictionaries and tensors
    PickleValue read() {
        while (true) {
            begin = at;
            int code = unsigned(1);
            if (code == '.') return last();
            if (!simple(code) && !container(code) && !remembered(code) && !called(code)) throw refused(code);
        }
    }

    private PickleValue last() {
        PickleValue value = pop();
        if (stack.isEmpty() && marks.isEmpty()) return value;
        throw wrong("one value at its end, got " + (stack.size() + 1));
    }

    /// Values without parts.
    private boolean simple(int code) {
        switch (code) {
            case 0x80 -> protocol(unsigned(1));
            case 0x95 -> skip(integer64()); // FRAME: the length of what follows, which is read as it comes
            case 'N' -> push(Single.NONE);
            case 0x88 -> push(Single.TRUE);
            case 0x89 -> push(Single.FALSE);
            case 'J' -> push(whole(integer32()));
            case 'K' -> push(whole(unsigned(1)));
            case 'M' -> push(whole(unsigned(2)));
            case 0x8a -> push(large(unsigned(1)));
            case 0x8b -> push(large(integer32()));
            case 'G' -> push(real());
            case 'X' -> push(text(integer32() & 0xffff_ffffL));
            case 0x8c, 'U' -> push(text(unsigned(1)));
            case 0x8d -> push(text(integer64()));
            case 'T' -> push(text(integer32()));
            case 'B' -> pass(integer32() & 0xffff_ffffL);
            case 'C' -> pass(unsigned(1));
            case 0x8e, 0x96 -> pass(integer64());
            default -> {
                return false;
            }
        }
        return true;
    }

    /// Lists, tuples, dictionaries and sets.
    private boolean container(int code) {
        switch (code) {
            case '(' -> mark();
            case '0' -> pop();
            case '1' -> popMark();
            case '2' -> push(top());
            case ']', 0x8f -> push(paid(Items.list()));
            case ')' -> push(paid(Items.tuple(List.of())));
            case '}' -> push(dictionary(new Dictionary()));
            case 0x85 -> tuple(1);
            case 0x86 -> tuple(2);
            case 0x87 -> tuple(3);
            case 't' -> push(paid(Items.tuple(popMark())));
            case 'l' -> addAll(Items.list(), popMark());
            case 'd' -> putAll(new Dictionary(), popMark());
            case 'a' -> {
                PickleValue item = pop();
                add(list(), item);
            }
            case 'e', 0x90 -> {
                List<PickleValue> items = popMark();
                Items list = list();
                items.forEach(item -> add(list, item));
            }
            case 's' -> {
                PickleValue value = pop();
                PickleValue key = pop();
                put(dictionary(), key, value);
            }
            case 'u' -> {
                List<PickleValue> items = popMark();
                fill(dictionary(), items);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /// The memo.
    private boolean remembered(int code) {
        switch (code) {
            case 'q' -> remember(unsigned(1));
            case 'r' -> remember(integer32() & 0xffff_ffffL);
            case 0x94 -> remember(memo.size());
            case 'h' -> push(recalled(unsigned(1)));
            case 'j' -> push(recalled(integer32() & 0xffff_ffffL));
            default -> {
                return false;
            }
        }
        return true;
    }

    /// What names, calls or restores something.
    private boolean called(int code) {
        switch (code) {
            case 'c' -> push(global(line(), line()));
            case 0x93 -> {
                PickleValue name = pop();
                PickleValue module = pop();
                if (!(module instanceof Text(String first)) || !(name instanceof Text(String second))) {
                    throw wrong("a module and a name as texts, got " + module.kind() + " and " + name.kind());
                }
                push(global(first, second));
            }
            case 'R' -> {
                PickleValue arguments = pop();
                PickleValue called = pop();
                budget.spend(COST_OF_DICTIONARY); // or a tensor, which takes no more
                push(rebuilding().called(called, arguments));
            }
            case 'Q' -> {
                budget.spend(COST);
                push(storages.storage(pop(), begin));
            }
            case 'b' -> {
                PickleValue state = pop();
                rebuilding().restored(top(), state);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private Rebuilding rebuilding() {
        return new Rebuilding(where, begin, budget);
    }

    private PickleGlobal global(String module, String name) {
        PickleGlobal known = PickleGlobal.of(module, name);
        if (known != null) return known;
        String full = module + "." + name;
        boolean tensors = module.equals("torch") || module.equals("torch._utils");
        throw new ModelFormatException(
                where + ", byte " + begin,
                tensors
                        ? "expects dense tensors of real numbers, got " + full
                        : "expects dictionaries of tensors, got " + full + ", of which only code could make something",
                tensors ? "Turn these tensors into others, such as tensor.dequantize() or tensor.to_dense()" : WAY_OUT);
    }

    private ModelFormatException refused(int code) {
        String said = switch (code) {
            case 'i', 'o', 0x81, 0x92 -> "an object of a class, which only code could make";
            case 0x82, 0x83, 0x84 -> "an extension's object, which only code could make";
            case 'P' -> "a reference in text, which torch.save does not write";
            default -> String.format(Locale.ROOT, "an instruction 0x%02x, which torch.save does not write", code);
        };
        return new ModelFormatException(
                where + ", byte " + begin, "expects dictionaries of tensors, got " + said, WAY_OUT);
    }

    // ---------------------------------------------------------------------------------------------- stack and memo

    private void push(PickleValue value) {
        budget.spend(COST_OF_PLACE);
        stack.add(value);
    }

    private <T extends PickleValue> T paid(T value) {
        budget.spend(COST);
        return value;
    }

    private PickleValue top() {
        if (stack.size() > floor()) return stack.getLast();
        throw wrong("a value on the stack, got none");
    }

    private PickleValue pop() {
        PickleValue value = top();
        stack.removeLast();
        return value;
    }

    private int floor() {
        return marks.isEmpty() ? 0 : marks.getLast();
    }

    private void mark() {
        if (marks.size() == MOST_MARKS) throw wrong("at most " + MOST_MARKS + " open marks, got more");
        marks.add(stack.size());
    }

    private List<PickleValue> popMark() {
        if (marks.isEmpty()) throw wrong("a mark on the stack, got none");
        List<PickleValue> items = stack.subList(marks.removeLast(), stack.size());
        budget.spend((long) COST_OF_PLACE * items.size());
        List<PickleValue> copy = List.copyOf(items);
        items.clear();
        return copy;
    }

    private void remember(long index) {
        budget.spend(COST_OF_ENTRY);
        memo.put(index, top());
    }

    private PickleValue recalled(long index) {
        PickleValue value = memo.get(index);
        if (value == null) throw wrong("a value that was remembered before, got place " + index + " of the memo");
        return value;
    }

    private Items list() {
        PickleValue value = top();
        if (value instanceof Items items && !items.isTuple()) return items;
        throw wrong("a list to add to, got " + value.kind());
    }

    private Dictionary dictionary() {
        PickleValue value = top();
        if (value instanceof Dictionary dictionary) return dictionary;
        throw wrong("a dictionary to add to, got " + value.kind());
    }

    private void tuple(int size) {
        List<PickleValue> items = new ArrayList<>();
        for (int i = 0; i < size; i++) items.addFirst(pop());
        budget.spend((long) COST_OF_PLACE * size);
        push(paid(Items.tuple(items)));
    }

    private void addAll(Items list, List<PickleValue> items) {
        items.forEach(item -> add(list, item));
        push(paid(list));
    }

    private void add(Items list, PickleValue item) {
        budget.spend(COST_OF_PLACE);
        list.add(item);
    }

    private void putAll(Dictionary dictionary, List<PickleValue> items) {
        fill(dictionary, items);
        push(dictionary(dictionary));
    }

    private Dictionary dictionary(Dictionary made) {
        budget.spend(COST_OF_DICTIONARY);
        return made;
    }

    private void fill(Dictionary dictionary, List<PickleValue> items) {
        if (items.size() % 2 != 0) throw wrong("a value for each key, got " + items.size() + " in all");
        for (int i = 0; i < items.size(); i += 2) put(dictionary, items.get(i), items.get(i + 1));
    }

    private void put(Dictionary dictionary, PickleValue key, PickleValue value) {
        budget.spend(COST_OF_ENTRY);
        dictionary.put(key, value);
    }

    // ------------------------------------------------------------------------------------------------------ reading

    private void protocol(int version) {
        if (version > LATEST_PROTOCOL) throw wrong("a pickle of protocol 2 to " + LATEST_PROTOCOL + ", got " + version);
    }

    private Whole whole(long number) {
        return paid(new Whole(number));
    }

    private Real real() {
        return paid(new Real(Double.longBitsToDouble(Long.reverseBytes(integer64()))));
    }

    /// An integer of any length, little-endian in two's complement.
    private PickleValue large(int length) {
        long from = at;
        skipBytes(length);
        if (length > Long.BYTES) return Single.OTHER;
        long number = 0;
        for (int i = 0; i < length; i++) number |= (bytes.get(ValueLayout.JAVA_BYTE, from + i) & 0xffL) << (8 * i);
        int unused = Long.SIZE - 8 * length;
        return whole(length == 0 ? 0 : number << unused >> unused);
    }

    private Text text(long length) {
        if (length > LONGEST_TEXT) throw wrong("texts of at most " + LONGEST_TEXT + " bytes, got a longer one");
        long from = at;
        skipBytes(length);
        budget.spend(COST + 4 * length);
        try {
            return new Text(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.asSlice(from, length).asByteBuffer())
                    .toString());
        } catch (CharacterCodingException e) {
            throw wrong("a text in UTF-8, got other bytes");
        }
    }

    private String line() {
        long from = at;
        while (unsigned(1) != '\n') {
            if (at - from > LONGEST_LINE) throw wrong("a name of at most " + LONGEST_LINE + " bytes, got a longer one");
        }
        budget.spend(2 * (at - from));
        byte[] name = bytes.asSlice(from, at - 1 - from).toArray(ValueLayout.JAVA_BYTE);
        return new String(name, StandardCharsets.UTF_8);
    }

    /// Passes over bytes, which are no tensor.
    private void pass(long length) {
        skipBytes(length);
        push(Single.OTHER);
    }

    private void skip(long length) {
        if (length < 0 || length > bytes.byteSize() - at) throw cut(length);
    }

    private void skipBytes(long length) {
        skip(length);
        at += length;
    }

    private int unsigned(int width) {
        return (int) number(width);
    }

    private int integer32() {
        return (int) number(4);
    }

    private long integer64() {
        return number(8);
    }

    private long number(int width) {
        if (width > bytes.byteSize() - at) throw cut(width);
        long number = 0;
        for (int i = 0; i < width; i++) number |= (bytes.get(ValueLayout.JAVA_BYTE, at++) & 0xffL) << (8 * i);
        return number;
    }

    private ModelFormatException cut(long wanted) {
        return wrong(Long.toUnsignedString(wanted) + " more bytes, got the end: it is cut short or damaged");
    }

    private ModelFormatException wrong(String expected) {
        return new ModelFormatException(where + ", byte " + begin, "expects " + expected);
    }
}
