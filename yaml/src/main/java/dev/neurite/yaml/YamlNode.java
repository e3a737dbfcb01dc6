package dev.neurite.yaml;

import dev.neurite.error.ConfigException;
import java.util.List;
import java.util.Optional;

/// A YAML value with its place.
public sealed interface YamlNode {
    /// Where it begins.
    Place place();

    /// A document as a mapping; an empty document is an empty mapping.
    /// @throws ConfigException if it is a list or a text
    default Mapping asMapping() {
        return switch (this) {
            case Mapping mapping -> mapping;
            case Scalar(Place begin, Kind kind, String _) when kind == Kind.NOTHING -> new Mapping(begin, List.of());
            default ->
                throw new ConfigException(
                        place().toString(), "expects keys with values, as in 'data: iris', got " + describe());
        };
    }

    /// A line of a file, or an option of a command line.
    /// @param source the file or option
    /// @param line from 1; 0 for an option
    record Place(String source, int line) {
        @Override
        public String toString() {
            return line == 0 ? source : source + ":" + line;
        }
    }

    /// Values by keys.
    /// @param members in their order, each key once
    record Mapping(Place place, List<Member> members) implements YamlNode {
        public Mapping {
            members = List.copyOf(members);
        }

        /// The member of a key; empty if there is none.
        public Optional<Member> member(String key) {
            return members.stream().filter(each -> each.key().equals(key)).findFirst();
        }
    }

    /// A key and its value.
    /// @param key with hyphens, where the file may have underscores
    /// @param spelled the key as in the file
    /// @param place of the key
    record Member(String key, String spelled, Place place, YamlNode value) {
        /// A key that is spelled with hyphens.
        public Member(String key, Place place, YamlNode value) {
            this(key, key, place, value);
        }
    }

    record Sequence(Place place, List<YamlNode> items) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /// A text, a number, a boolean or nothing.
    /// @param text numbers in the form that options take; empty for nothing
    record Scalar(Place place, Kind kind, String text) implements YamlNode {}

    /// The type of a scalar, by the core schema of YAML 1.2.
    enum Kind {
        TEXT,
        NUMBER,
        TRUTH,
        NOTHING
    }

    /// The text of a scalar.
    /// @param where the place for messages: this node's or that of its key
    /// @param path of its key, for messages
    /// @throws ConfigException for a list, a mapping or nothing
    default String plain(Place where, String path) {
        if (this instanceof Scalar(Place _, Kind kind, String text) && kind != Kind.NOTHING) return text;
        throw new ConfigException(where + " " + path, "expects a value, got " + describe());
    }

    /// A description for messages.
    default String describe() {
        return switch (this) {
            case Mapping _ -> "a mapping";
            case Sequence _ -> "a list";
            case Scalar(Place _, Kind kind, String text) -> kind == Kind.NOTHING ? "nothing" : "'" + text + "'";
        };
    }
}
