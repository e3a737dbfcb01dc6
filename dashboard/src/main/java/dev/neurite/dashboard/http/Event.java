package dev.neurite.dashboard.http;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// An event as it is sent to any client. Immutable, so that many clients may be sent the same.
public final class Event {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z-]*");

    private final long id;
    private final byte[] bytes;

    private Event(long id, byte[] bytes) {
        this.id = id;
        this.bytes = bytes;
    }

    /// An event.
    /// @param name small letters and hyphens
    /// @param id its number, or [EventHub#NO_ID]
    /// @param data its text, usually JSON
    public static Event of(String name, long id, String data) {
        checkName(name);
        var text = new StringBuilder(data.length() + 50);
        text.append("event: ").append(name).append('\n');
        if (id != EventHub.NO_ID) text.append("id: ").append(id).append('\n');
        data.lines().forEach(line -> text.append("data: ").append(line).append('\n'));
        if (data.isEmpty()) text.append("data: \n");
        return new Event(id, text.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }

    static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("event: expects small letters and hyphens, got '" + name + "'");
        }
    }

    /// Its number, or [EventHub#NO_ID].
    public long id() {
        return id;
    }

    /// The number of bytes that a client is sent.
    public int size() {
        return bytes.length;
    }

    /// What a client is sent; not a copy.
    byte[] bytes() {
        return bytes;
    }

    /// What a client is sent.
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
