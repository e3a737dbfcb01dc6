package dev.neurite.datasets;

import dev.neurite.error.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Decodes a CSV file and checks what the parser does not report with its position: bytes that are no
/// UTF-8, unclosed quotes, rows that are too long.
final class Utf8Csv extends Reader {
    /// The longest row, characters.
    static final int LONGEST_ROW = 1 << 20;

    private static final char BYTE_ORDER_MARK = '\ufeff';

    /// The position of a character in a row.
    private enum State {
        FIELD_START,
        PLAIN,
        QUOTED,
        QUOTE_END
    }

    private final String where;
    private final InputStream in;
    private final char delimiter;
    private final Runnable beforeWaiting;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).flip();
    private long offset; // position of the buffer's first byte in the file
    private boolean ended;
    private boolean begun;
    private State state = State.FIELD_START;
    private boolean afterReturn;
    private long line = 1;
    private long rowLine = 1;
    private long quoteLine;
    private int length;

    /// @param beforeWaiting runs each time before the reader waits for input
    Utf8Csv(String where, InputStream in, char delimiter, Runnable beforeWaiting) {
        this.where = where;
        this.in = in;
        this.delimiter = delimiter;
        this.beforeWaiting = beforeWaiting;
    }

    @Override
    public int read(char[] array, int from, int count) throws IOException {
        CharBuffer chars = CharBuffer.wrap(array, from, count).slice(); // so that it begins at position 0
        while (chars.position() == 0) {
            if (!bytes.hasRemaining() && ended) return end();
            CoderResult result = decoder.decode(bytes, chars, ended);
            if (result.isError()) throw malformed();
            if (chars.position() == 0 && result.isUnderflow() && !ended)
                fill(); // returns available characters before waiting
        }
        int read = chars.position();
        int start = 0;
        if (!begun) {
            begun = true;
            if (array[from] == BYTE_ORDER_MARK) start = 1;
        }
        for (int i = start; i < read; i++) look(array[from + i]);
        if (start == 0) return read;
        if (read == 1) return read(array, from, count);
        System.arraycopy(array, from + 1, array, from, read - 1);
        return read - 1;
    }

    private int end() {
        if (state == State.QUOTED) throw unclosed("the end of the file");
        return -1;
    }

    private void fill() throws IOException {
        offset += bytes.position();
        bytes.compact();
        if (in.available() == 0) beforeWaiting.run();
        int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
        if (read < 0) ended = true;
        else bytes.position(bytes.position() + read);
        bytes.flip();
    }

    private DataException malformed() {
        long at = offset + bytes.position();
        int value = bytes.get(bytes.position()) & 0xff;
        boolean utf16 = at == 0 && (value == 0xff || value == 0xfe);
        return new DataException(
                where + ", byte " + at,
                String.format(Locale.ROOT, "expects text in UTF-8, got the byte 0x%02x", value),
                utf16 ? "It looks like UTF-16: save it as UTF-8" : "Save the file as UTF-8");
    }

    private void look(char c) {
        if (c == 0) {
            throw new DataException(
                    where + ", line " + line, "expects text, got a character 0", "It may be a binary file, or UTF-16");
        }
        boolean lineEnd = c == '\r' || (c == '\n' && !afterReturn);
        if (lineEnd) line++;
        afterReturn = c == '\r';
        if (state == State.QUOTED) {
            if (c == '"') state = State.QUOTE_END;
        } else if (c == '\n' || c == '\r') {
            state = State.FIELD_START;
            rowLine = line;
            length = 0;
        } else if (c == delimiter) {
            state = State.FIELD_START;
        } else if (c == '"' && state != State.PLAIN) {
            if (state == State.FIELD_START) quoteLine = line;
            state = State.QUOTED;
        } else if (state == State.QUOTE_END && c > ' ') {
            throw new DataException(
                    where + ", line " + line,
                    "expects a delimiter or a line end after the quoted cell, got '" + c + "'",
                    "A quote in one is written twice: \"\"");
        } else if (state == State.FIELD_START && c != ' ') {
            state = State.PLAIN;
        }
        if (++length > LONGEST_ROW) {
            if (state == State.QUOTED) throw unclosed("a row of more than 1 MB");
            throw new DataException(
                    where + ", line " + rowLine, "expects rows of at most 1,048,576 characters, got a longer one");
        }
    }

    private DataException unclosed(String got) {
        return new DataException(
                where + ", line " + quoteLine, "expects an end of the quote that begins here, got " + got);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
