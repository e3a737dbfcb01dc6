package dev.neurite.llm.chat;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message of a chat. Immutable.
/// @param content its text; empty if there is none
/// @param more what else templates may ask for, such as `tool_calls`, `tool_call_id` or `reasoning_content`: texts,
/// booleans, numbers, lists, and maps of these
public record Message(Role role, String content, Map<String, Object> more) {
    /// Who wrote a message.
    public enum Role {
        /// The program, which says how to answer.
        SYSTEM("system"),
        /// The person who asks.
        USER("user"),
        /// The model.
        ASSISTANT("assistant"),
        /// A tool that the model called.
        TOOL("tool");

        private final String label;

        Role(String label) {
            this.label = label;
        }

        /// What templates call it: `user`.
        public String label() {
            return label;
        }
    }

    /// Copies what else there is.
    public Message {
        more = Collections.unmodifiableMap(new LinkedHashMap<>(more));
    }

    /// A message of a text only.
    public Message(Role role, String content) {
        this(role, content, Map.of());
    }

    /// What a tool answered.
    /// @param id of the call, null if it has none
    /// @param name of the tool, null if it is not known
    public static Message ofTool(@Nullable String id, @Nullable String name, String content) {
        Map<String, Object> more = new LinkedHashMap<>();
        if (name != null) more.put("name", name);
        if (id != null) more.put("tool_call_id", id);
        return new Message(Role.TOOL, content, more);
    }

    /// What a template sees.
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("role", role.label);
        fields.put("content", content);
        fields.putAll(more);
        return fields;
    }
}
