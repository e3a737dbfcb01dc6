package dev.neurite.cli.command;

import dev.neurite.cli.option.EnumChoice;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.AtomicFile;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.llm.chat.Message;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Messages in a file: a JSON list of objects with `role` and `content`.
final class SavedChat {
    private static final long LONGEST = 16 << 20; // bytes

    private SavedChat() {}

    /// Writes messages. Only a file of messages is replaced.
    static void write(Path file, List<Message> messages) {
        if (Files.exists(file)) read(file);
        List<Map<String, Object>> all = new ArrayList<>();
        for (Message each : messages) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("role", each.role().label());
            one.put("content", each.content());
            all.add(one);
        }
        AtomicFile.write(file, (Json.of(all).write() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /// Reads messages.
    /// @throws DataException for a file that is missing, or has anything else
    static List<Message> read(Path file) {
        if (!Files.exists(file)) throw DataException.missing(file, "messages that /save wrote");
        try {
            if (!Files.isRegularFile(file) || Files.size(file) > LONGEST) throw wrong(file, "got another file");
            if (!(Json.read(Files.readString(file)) instanceof JsonArray(List<Json> items))) {
                throw wrong(file, "got another value");
            }
            List<Message> messages = new ArrayList<>();
            for (Json each : items) messages.add(message(file, each));
            return messages;
        } catch (CharacterCodingException _) {
            throw wrong(file, "got no text");
        } catch (IOException e) {
            throw new ResourceException(file.toString(), "cannot be read: " + ResourceException.reason(e));
        } catch (Json.SyntaxException e) {
            throw wrong(file, "got no JSON: " + e.problem());
        }
    }

    private static Message message(Path file, Json json) {
        if (json instanceof JsonObject(Map<String, Json> members)
                && members.get("role") instanceof JsonString(String role)
                && members.get("content") instanceof JsonString(String content)
                && members.size() == 2) {
            try {
                return new Message(EnumChoice.of(file.toString(), role, Message.Role.values()), content);
            } catch (ConfigException e) {
                throw new DataException(e.where(), e.problem());
            }
        }
        throw wrong(file, "got " + json.write());
    }

    private static DataException wrong(Path file, String got) {
        return new DataException(
                file.toString(), "expects a JSON list of messages, objects with texts 'role' and 'content', " + got);
    }
}
