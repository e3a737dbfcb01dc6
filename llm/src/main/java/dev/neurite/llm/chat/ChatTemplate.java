package dev.neurite.llm.chat;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes the messages of a chat the text that a model was trained to continue. Immutable and thread-safe.
///
/// Models bring a template in Jinja, which this class interprets: statements `if`, `for`, `set`, `macro`, `break`,
/// `continue`, `generation` and `raw`, and the expressions, filters, tests and methods that templates use, with the
/// results of Jinja for Python as the library transformers sets it up. What is not supported is refused by name.
///
/// Templates are not trusted. They see the values that they are given and nothing else: no classes, files or
/// programs. A rendering may take 5 million steps, 300 levels, and make texts of 10 million characters and 50 for each
/// character of the messages; more is a [DataException].
public final class ChatTemplate {
    private static final int LONGEST = 1 << 20;
    private static final int DEEPEST = 64;

    private final String jinja;
    private final String bos;
    private final String eos;
    private final Clock clock;
    private final List<Statement> statements;

    private ChatTemplate(String jinja, String bos, String eos, Clock clock, List<Statement> statements) {
        this.jinja = jinja;
        this.bos = bos;
        this.eos = eos;
        this.clock = clock;
        this.statements = statements;
    }

    /// A template.
    /// @param jinja its text, of at most 2²⁰ characters
    /// @param bos the token that begins texts, in templates `bos_token`; empty if there is none
    /// @param eos the token that ends texts, in templates `eos_token`; empty if there is none
    /// @throws ModelFormatException for a template that is wrong, too long, or needs what is not supported; the
    /// message names the line
    public static ChatTemplate of(String jinja, String bos, String eos) {
        if (jinja.length() > LONGEST) {
            throw new ModelFormatException(
                    "chat template", "expects at most " + LONGEST + " characters, got " + jinja.length());
        }
        return new ChatTemplate(jinja, bos, eos, Clock.system(ZoneId.systemDefault()), TemplateParser.parse(jinja));
    }

    /// The same with another clock, which templates ask for the date by `strftime_now`. The default is that of the
    /// computer, in its time zone.
    public ChatTemplate withClock(Clock other) {
        return new ChatTemplate(jinja, bos, eos, other, statements);
    }

    /// The template's text.
    public String jinja() {
        return jinja;
    }

    /// The text of a chat. It begins with the token that begins texts, if the template says so: encode it without
    /// adding another.
    /// @param generationPrompt whether the text ends with what begins an answer of the model
    /// @param more further values by name, which are in the way of the template's own defaults: `tools`, a list of
    /// descriptions as JSON has them, `enable_thinking`, `date_string` and others. Texts, booleans, numbers, null,
    /// lists and maps of these, at most 64 in each other
    /// @throws DataException if the template refuses the messages, or takes too long; the message names the line
    public String render(List<Message> messages, boolean generationPrompt, Map<String, ?> more) {
        long[] characters = {0};
        Map<String, @Nullable Object> names = new HashMap<>();
        names.put("tools", null);
        names.put("documents", null);
        more.forEach((name, value) -> names.put(name, copied(value, name, 0, characters)));
        List<@Nullable Object> chat = new ArrayList<>();
        for (Message each : messages) chat.add(copied(each.fields(), "messages", 0, characters));
        names.put("messages", chat);
        names.put("bos_token", bos);
        names.put("eos_token", eos);
        names.put("add_generation_prompt", generationPrompt);
        return new TemplateRun(new TemplateCost(characters[0]), () -> LocalDateTime.now(clock))
                .render(statements, names);
    }

    /// A value as templates have it; counts its characters.
    private static @Nullable Object copied(@Nullable Object value, String name, int depth, long[] characters) {
        if (depth > DEEPEST) throw wrong(name, "at most " + DEEPEST + " lists and maps in each other", "more");
        characters[0]++;
        return switch (value) {
            case null -> null;
            case String text -> {
                characters[0] += text.length();
                yield text;
            }
            case Boolean truth -> truth;
            case Float number -> number.doubleValue();
            case Double number -> number;
            case Byte number -> number.longValue();
            case Short number -> number.longValue();
            case Integer number -> number.longValue();
            case Long number -> number;
            case List<?> list -> {
                List<@Nullable Object> items = new ArrayList<>();
                for (Object each : list) items.add(copied(each, name, depth + 1, characters));
                yield items;
            }
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                for (Map.Entry<?, ?> each : map.entrySet()) {
                    if (!(each.getKey() instanceof String key))
                        throw wrong(name, "texts as keys of maps", "another key");
                    members.put(key, copied(each.getValue(), name, depth + 1, characters));
                }
                yield members;
            }
            default ->
                throw wrong(
                        name,
                        "texts, booleans, numbers, lists and maps",
                        "a " + value.getClass().getSimpleName());
        };
    }

    private static DataException wrong(String name, String expected, String got) {
        return new DataException("chat template, value '" + name + "'", "expects " + expected + ", got " + got);
    }
}
