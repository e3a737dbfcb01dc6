package dev.neurite.http;

import dev.neurite.io.json.Json;
import java.util.Map;

/// How texts are written that are sent as they are made.
public interface PieceForm {
    /// Events of this name with `{"text": …}`, then one `end`, or `failed` with the reason.
    /// @param name small letters and hyphens
    static PieceForm events(String name) {
        return new PieceForm() {
            @Override
            public byte[] piece(String text) {
                return event(name, text);
            }

            @Override
            public byte[] end() {
                return event("end", "");
            }

            @Override
            public byte[] failed(String message) {
                return event("failed", message);
            }

            private static byte[] event(String name, String text) {
                return Event.bytes(
                        name, EventSink.NO_ID, Json.of(Map.of("text", text)).write());
            }
        };
    }

    /// The bytes of an event for a piece of text.
    byte[] piece(String text);

    /// What comes after the last piece.
    byte[] end();

    /// What comes after the last piece if no more can be made.
    byte[] failed(String message);
}
