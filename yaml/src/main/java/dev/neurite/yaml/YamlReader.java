package dev.neurite.yaml;

import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.error.NeuriteException;
import dev.neurite.error.ResourceException;
import dev.neurite.yaml.YamlNode.Kind;
import dev.neurite.yaml.YamlNode.Mapping;
import dev.neurite.yaml.YamlNode.Member;
import dev.neurite.yaml.YamlNode.Place;
import dev.neurite.yaml.YamlNode.Scalar;
import dev.neurite.yaml.YamlNode.Sequence;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/// Reads one document of YAML 1.2 by its core schema, within limits. Tags and duplicate keys are
/// refused, so the result has only mappings, lists, texts, numbers, booleans and nulls.
public final class YamlReader {
    private static final int LARGEST = 1 << 20; // characters, and bytes
    private static final int DEEPEST = 50;
    private static final int MOST_ALIASES = 50;
    private static final int MOST_DIGITS = 1000;
    private static final int MOST_NODES = 100_000; // with aliases expanded
    private static final ScalarResolver RESOLVER = new CoreSchema().getScalarResolver();

    /// @param size the number of nodes in it, with aliases expanded
    private record Sized(YamlNode node, int size) {}

    private final Place begin;
    private final Iterator<Event> events;
    private final Map<String, Sized> anchors = new HashMap<>();
    private int aliases;

    private YamlReader(Place begin, String text) {
        this.begin = begin;
        LoadSettings settings = LoadSettings.builder()
                .setLabel(begin.source())
                .setCodePointLimit(LARGEST)
                .setSchema(new CoreSchema())
                .build();
        this.events = new ParserImpl(settings, new StreamReader(settings, text));
    }

    /// Reads a file.
    /// @throws DataException if it cannot be read
    /// @throws ConfigException if it is not valid YAML within the limits; with the line
    public static YamlNode file(String name) {
        return text(new Place(name, 1), contents(name));
    }

    private static String contents(String name) {
        try {
            Path file = Path.of(name);
            if (Files.isDirectory(file)) throw new DataException(name, "expects a YAML file, got a directory");
            try (var in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(LARGEST + 1);
                if (bytes.length > LARGEST) {
                    throw new ConfigException(name, "expects at most 1 MB of YAML, got more");
                }
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            }
        } catch (InvalidPathException | NoSuchFileException _) {
            String here = Path.of("").toAbsolutePath().toString();
            throw new DataException(name, "expects a YAML file, got none of that name in " + here);
        } catch (CharacterCodingException _) {
            throw new ConfigException(name, "expects YAML in UTF-8, got other bytes");
        } catch (IOException e) {
            throw new DataException(name, "cannot be read: " + ResourceException.reason(e));
        }
    }

    /// Reads a text.
    /// @param begin the place of its first line
    /// @throws ConfigException if it is not valid YAML within the limits
    public static YamlNode text(Place begin, String text) {
        var reader = new YamlReader(begin, text);
        try {
            return reader.document();
        } catch (MarkedYamlEngineException e) {
            throw new ConfigException(
                    reader.at(e.getProblemMark()).toString(),
                    "expects YAML: " + String.valueOf(e.getProblem()).replaceAll("\\s+", " "));
        } catch (YamlEngineException e) {
            String problem = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
            throw new ConfigException(begin.source(), "expects YAML: " + problem);
        }
    }

    private Place at(Optional<Mark> mark) {
        return begin.line() == 0 || mark.isEmpty()
                ? begin
                : new Place(begin.source(), begin.line() + mark.get().getLine());
    }

    private Place at(Event event) {
        return at(event.getStartMark());
    }

    private static NeuriteException refused(Place place, String problem) {
        return new ConfigException(place.toString(), problem);
    }

    private YamlNode document() {
        Optional<YamlNode> document = Optional.empty();
        while (events.hasNext()) {
            Event event = events.next();
            if (!(event instanceof NodeEvent)) continue; // start or end of the stream or document
            if (document.isPresent()) throw refused(at(event), "expects one YAML document, got a second");
            document = Optional.of(node(event, 1).node());
        }
        return document.orElse(new Scalar(begin, Kind.NOTHING, ""));
    }

    private Sized node(Event event, int depth) {
        Place place = at(event);
        if (depth > DEEPEST) throw refused(place, "expects at most " + DEEPEST + " levels, got more");
        if (event instanceof AliasEvent alias) return resolve(place, alias);
        Sized made = switch (event) {
            case ScalarEvent scalar -> new Sized(scalar(place, scalar), 1);
            case SequenceStartEvent start -> sequence(place, start, depth);
            case MappingStartEvent start -> mapping(place, start, depth);
            default -> throw new IllegalStateException("no node: " + event);
        };
        ((NodeEvent) event).getAnchor().ifPresent(anchor -> anchors.put(anchor.getValue(), made));
        return made;
    }

    private Sized resolve(Place place, AliasEvent alias) {
        String name = alias.getAlias().getValue();
        if (++aliases > MOST_ALIASES) throw refused(place, "expects at most " + MOST_ALIASES + " aliases, got more");
        Sized known = anchors.get(name);
        if (known == null) throw refused(place, "expects an anchor &" + name + " before the alias *" + name);
        return known;
    }

    private void refuseTag(Place place, Optional<String> tag) {
        if (tag.isEmpty()) return;
        throw refused(
                place, "expects plain values, got the tag " + tag.get().replaceFirst("^tag:yaml.org,2002:", "!!"));
    }

    private static int sum(Place place, int size, int more) {
        if (size + more > MOST_NODES) throw refused(place, "expects at most " + MOST_NODES + " values, got more");
        return size + more;
    }

    private Sized sequence(Place place, SequenceStartEvent start, int depth) {
        refuseTag(place, start.getTag());
        List<YamlNode> items = new ArrayList<>();
        int size = 1;
        for (Event event = events.next(); !(event instanceof SequenceEndEvent); event = events.next()) {
            Sized item = node(event, depth + 1);
            size = sum(at(event), size, item.size());
            items.add(item.node());
        }
        return new Sized(new Sequence(place, items), size);
    }

    private Sized mapping(Place place, MappingStartEvent start, int depth) {
        refuseTag(place, start.getTag());
        List<Member> members = new ArrayList<>();
        Map<String, Place> seen = new HashMap<>();
        int size = 1;
        for (Event event = events.next(); !(event instanceof MappingEndEvent); event = events.next()) {
            Place where = at(event);
            if (!(node(event, depth + 1).node() instanceof Scalar(Place _, Kind _, String text))) {
                throw refused(where, "expects a key, got a list or mapping");
            }
            String key = text.replace('_', '-');
            Place before = seen.put(key, where);
            if (before != null) throw refused(where, "expects each key once, got '" + text + "' as in " + before);
            Sized value = node(events.next(), depth + 1);
            size = sum(where, size, value.size());
            members.add(new Member(key, text, where, value.node()));
        }
        return new Sized(new Mapping(place, members), size);
    }

    private Scalar scalar(Place place, ScalarEvent event) {
        refuseTag(place, event.getTag());
        String text = event.getValue();
        Tag tag = event.isPlain() ? RESOLVER.resolve(text, true) : Tag.STR;
        if (tag.equals(Tag.INT)) return new Scalar(place, Kind.NUMBER, whole(place, text));
        if (tag.equals(Tag.FLOAT)) return new Scalar(place, Kind.NUMBER, real(text));
        if (tag.equals(Tag.BOOL)) return new Scalar(place, Kind.TRUTH, text.toLowerCase(Locale.ROOT));
        if (tag.equals(Tag.NULL)) return new Scalar(place, Kind.NOTHING, "");
        return new Scalar(place, Kind.TEXT, text);
    }

    /// `010` is ten, `0o10` eight, `0x10` sixteen.
    private static String whole(Place place, String text) {
        if (text.length() > MOST_DIGITS) { // parsing takes time quadratic in the digits
            throw refused(
                    place,
                    String.format(
                            Locale.ROOT, "expects numbers of at most %,d digits, got %,d", MOST_DIGITS, text.length()));
        }
        if (text.startsWith("0o")) return new BigInteger(text.substring(2), 8).toString();
        if (text.startsWith("0x")) return new BigInteger(text.substring(2), 16).toString();
        return new BigInteger(text).toString();
    }

    private static String real(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case ".nan" -> "NaN";
            case ".inf", "+.inf" -> "Infinity";
            case "-.inf" -> "-Infinity";
            default -> text;
        };
    }
}
