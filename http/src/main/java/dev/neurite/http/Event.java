package dev.neurite.http;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Events as they are sent to a client.
final class Event {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z-]*");

    private Event() {}

    /// The bytes of an event, see [EventSink#send].
    static byte[] bytes(String name, long id, String data) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("event: expects small letters and hyphens, got '" + name + "'");
        }
        var text = new StringBuilder(data.length() + 50);
        text.append("event: ").append(name).append('\n');
        if (id != EventSink.NO_ID) text.append("id: ").append(id).append('\n');
        data.lines().forEach(line -> text.append("data: ").append(line).append('\n'));
        if (data.isEmpty()) text.append("data: \n");
        return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }
}
