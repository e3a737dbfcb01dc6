package dev.neurite.datasets.parquet;

import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;

/// Reads structures in Thrift's compact protocol, which Parquet's footer and the headers of pages are in.
final class Thrift {
    private static final int DEEPEST = 32;
    private static final int TRUE = 1;
    private static final int FALSE = 2;

    private final Bytes bytes;
    private int type; // of the current field
    private int depth;

    Thrift(Bytes bytes) {
        this.bytes = bytes;
    }

    int at() {
        return bytes.at();
    }

    /// Reads a structure.
    /// @param field is called with the id of each field; it reads the value, or skips it
    void struct(IntConsumer field) {
        if (++depth > DEEPEST) throw new Malformed("expects structures in at most 32 others, got more");
        int id = 0;
        for (int head = bytes.next(); head != 0; head = bytes.next()) {
            int kind = head & 0xf;
            int delta = head >> 4;
            id = delta == 0 ? (int) bytes.zigzag() : id + delta;
            type = kind;
            field.accept(id);
        }
        depth--;
    }

    /// Passes over the value of the current field.
    void skip() {
        skip(type);
    }

    private void skip(int kind) {
        switch (kind) {
            case TRUE, FALSE -> {}
            case 3 -> bytes.skip(1);
            case 4, 5, 6 -> bytes.varint();
            case 7 -> bytes.skip(8);
            case 8 -> bytes.skip(bytes.varint());
            case 9, 10 -> skipList();
            case 11 -> skipMap();
            case 12 -> struct(_ -> skip());
            default -> throw new Malformed("expects a type from 1 to 12, got " + kind);
        }
    }

    private void skipList() {
        if (++depth > DEEPEST) throw new Malformed("expects lists in at most 32 others, got more");
        int head = bytes.next();
        int kind = head & 0xf;
        int count = bytes.count(head >> 4 == 15 ? bytes.varint() : head >> 4, 1);
        for (int i = 0; i < count; i++) skipElement(kind);
        depth--;
    }

    private void skipMap() {
        if (++depth > DEEPEST) throw new Malformed("expects maps in at most 32 others, got more");
        int count = bytes.count(bytes.varint(), 1);
        int kinds = count == 0 ? 0 : bytes.next();
        for (int i = 0; i < count; i++) {
            skipElement(kinds >> 4);
            skipElement(kinds & 0xf);
        }
        depth--;
    }

    private void skipElement(int kind) {
        if (kind == TRUE || kind == FALSE) bytes.skip(1); // outside of a structure they are a byte
        else skip(kind);
    }

    /// Reads the current field, a list.
    /// @param element reads an element, given its index
    /// @return the number of elements
    int list(int most, IntConsumer element) {
        require(type == 9 || type == 10, "a list");
        int head = bytes.next();
        int kind = head & 0xf;
        int count = bytes.count(head >> 4 == 15 ? bytes.varint() : head >> 4, 1);
        if (count > most) throw new Malformed("expects at most " + most + " elements, got " + count);
        for (int i = 0; i < count; i++) {
            type = kind;
            element.accept(i);
        }
        return count;
    }

    /// The current field, a whole number.
    long number() {
        if (type == 3) return (byte) bytes.next();
        require(type >= 4 && type <= 6, "a number");
        return bytes.zigzag();
    }

    int small() {
        long value = number();
        require(value == (int) value, "a number of 32 bits");
        return (int) value;
    }

    boolean truth() {
        require(type == TRUE || type == FALSE, "true or false");
        return type == TRUE;
    }

    String text() {
        require(type == 8, "a text");
        long count = bytes.varint();
        int from = bytes.skip(count);
        return new String(bytes.array(), from, (int) count, StandardCharsets.UTF_8);
    }

    private void require(boolean holds, String what) {
        if (!holds) throw new Malformed("expects " + what + " in its description, got another value");
    }
}
