package dev.neurite.llm.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.NeuriteException;
import dev.neurite.io.json.Json;
import dev.neurite.io.json.Json.JsonArray;
import dev.neurite.io.json.Json.JsonBoolean;
import dev.neurite.io.json.Json.JsonNull;
import dev.neurite.io.json.Json.JsonNumber;
import dev.neurite.io.json.Json.JsonObject;
import dev.neurite.io.json.Json.JsonString;
import dev.neurite.llm.chat.Message.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Templates of published models render what Jinja renders; `scripts/golden/chat_templates.py` wrote that.
final class ChatTemplateTest {
    private static final Clock MARCH = Clock.fixed(Instant.parse("2025-03-05T13:07:09Z"), ZoneOffset.UTC);

    private static String resource(String name) {
        try (InputStream in = Objects.requireNonNull(ChatTemplateTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(name, e);
        }
    }

    private static Map<String, Json> object(Json json) {
        if (json instanceof JsonObject(Map<String, Json> members)) return members;
        throw new AssertionError(json.write());
    }

    private static Map<String, Json> json(String name) {
        try {
            return object(Json.read(resource(name)));
        } catch (Json.SyntaxException e) {
            throw new AssertionError(name, e);
        }
    }

    private static @Nullable Object value(Json json) {
        return switch (json) {
            case JsonNull _ -> null;
            case JsonBoolean(boolean truth) -> truth;
            case JsonString(String text) -> text;
            case JsonNumber(String digits) -> Long.valueOf(digits);
            case JsonArray(List<Json> items) ->
                items.stream().map(ChatTemplateTest::value).toList();
            case JsonObject(Map<String, Json> members) -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                members.forEach((key, member) -> map.put(key, value(member)));
                yield map;
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> fields(Json json) {
        return (Map<String, Object>) Objects.requireNonNull(value(json));
    }

    private static Message message(Json json) {
        Map<String, Object> fields = fields(json);
        String role = (String) Objects.requireNonNull(fields.remove("role"));
        String content = (String) Objects.requireNonNull(fields.remove("content"));
        return new Message(
                Arrays.stream(Role.values())
                        .filter(each -> each.label().equals(role))
                        .findFirst()
                        .orElseThrow(),
                content,
                fields);
    }

    private static String rendered(ChatTemplate template, Map<String, Json> chat) {
        List<Message> messages = new ArrayList<>();
        if (chat.get("messages") instanceof JsonArray(List<Json> items)) {
            for (Json each : items) messages.add(message(each));
        }
        Json generation = chat.get("generation");
        return template.render(
                messages,
                !(generation instanceof JsonBoolean(boolean wanted)) || wanted,
                chat.containsKey("more") ? fields(Objects.requireNonNull(chat.get("more"))) : Map.of());
    }

    @Test
    void publishedTemplatesRenderAsInJinja() {
        Map<String, Json> chats = json("conversations.json");
        Map<String, String> wrong = new LinkedHashMap<>();
        int[] compared = {0};
        json("golden.json").forEach((name, results) -> {
            ChatTemplate template =
                    ChatTemplate.of(resource(name + ".jinja"), "<s>", "</s>").withClock(MARCH);
            object(results).forEach((chat, result) -> {
                Map<String, Json> golden = object(result);
                compared[0]++;
                try {
                    String text = rendered(template, object(Objects.requireNonNull(chats.get(chat))));
                    if (!new JsonString(text).equals(golden.get("text"))) wrong.put(name + " " + chat, text);
                } catch (NeuriteException e) {
                    boolean same = golden.get("error") instanceof JsonString(String message)
                            && String.valueOf(e.getMessage()).contains(message);
                    if (!same) wrong.put(name + " " + chat, String.valueOf(e.getMessage()));
                }
            });
        });
        assertThat(wrong).isEmpty();
        assertThat(compared[0]).isGreaterThan(150);
    }

    private static String of(String jinja) {
        return ChatTemplate.of(jinja, "", "").render(List.of(), false, Map.of());
    }

    /// Numbers that are none have a place in sorted lists, too.
    @Test
    void sortingEnds() {
        String numbers = "[" + "1e308 * 10 - 1e308 * 10, 3, -1, ".repeat(30) + "2]";
        assertThat(of("{{ " + numbers + "|sort|first }} {{ " + numbers + "|sort|last }}"))
                .isEqualTo("-1 nan");
    }

    @Test
    void datesAreThoseOfTheClock() {
        ChatTemplate template =
                ChatTemplate.of("{{ strftime_now('%d %b %Y, %-d %B %y, %A %a %H:%M:%S %I %p %j 100%%') }}", "", "");
        assertThat(template.withClock(MARCH).render(List.of(), false, Map.of()))
                .isEqualTo("05 Mar 2025, 5 March 25, Wednesday Wed 13:07:09 01 PM 064 100%");
        assertThatThrownBy(() -> of("{{ strftime_now('%Q') }}"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("got '%Q'");
    }

    @Test
    void messagesOfErrorsNameTheLine() {
        assertThatThrownBy(() -> of("a\nb\n{{ raise_exception('no ' + 'tools') }}"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("chat template, line 3")
                .hasMessageContaining("no tools");
        assertThatThrownBy(() -> of("a\n{% if x %}"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining("'{% endif %}'");
        assertThatThrownBy(() -> of("{{ x|to_json }}"))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("got 'to_json'")
                .hasMessageContaining("Did you mean 'tojson'?");
    }

    @Test
    void valuesThatTemplatesCannotHaveAreRefused() {
        ChatTemplate template = ChatTemplate.of("{{ tools }}", "", "");
        assertThatThrownBy(() -> template.render(List.of(), false, Map.of("tools", List.of(Duration.ZERO))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("value 'tools'")
                .hasMessageContaining("got a Duration");
        List<Object> deep = List.of();
        for (int i = 0; i < 100_000; i++) deep = List.of(deep);
        List<Object> tools = deep;
        assertThatThrownBy(() -> template.render(List.of(), false, Map.of("tools", tools)))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("at most 64 lists");
        assertThatThrownBy(() -> template.render(List.of(), false, Map.of("tools", Map.of(1, 2))))
                .isInstanceOf(DataException.class);
    }

    private static String nested(String open, String inside, String close, int times) {
        return open.repeat(times) + inside + close.repeat(times);
    }

    static List<String> hostile() {
        return List.of(
                "{% for i in range(10**9) %}x{% endfor %}",
                "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
                "{% for i in range(99999) %}{% set x = range(99999) %}{% endfor %}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
                "{{ 'a' * 10**9 }}",
                "{{ 'a' * 10**18 }}",
                "{{ 10**9 * 'a' }}",
                "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{% set ns = namespace(x=[]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{"
                        + " ns.x }}",
                "{% set ns = namespace(x=[]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{"
                        + " ns.x|tojson }}",
                "{% set ns = namespace(x=[], y=[]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y"
                        + " = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
                "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
                "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ {ns.x:"
                        + " 1} }}",
                "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x.replace('a', 'aaaaaaaaaa')"
                        + " %}{% endfor %}",
                "{% set ns = namespace(x='a') %}{% for i in range(99) %}{% set ns.x = ns.x|replace('', 'bb') %}{%"
                        + " endfor %}",
                "{{ ('a' * 9999)|list|join('b' * 999999) }}",
                "{{ 'a'|indent(10**9, true) }}",
                "{{ [[1]]|tojson(indent=10**9) }}",
                "{{ ''.__class__.__mro__[1].__subclasses__() }}",
                "{{ ''.getClass().forName('java.lang.Runtime') }}",
                "{{ messages.getClass().getClassLoader() }}",
                "{{ messages.append(1) }}",
                "{{ range.__globals__.os }}{{ cycler.__init__ }}",
                "{{ range }}",
                "{{ range|tojson }}",
                "{% for a in 1 %}{% endfor %}",
                "{% if {[1]: 2} %}{% endif %}",
                "{{ 1 / 0 }}",
                "{{ 9223372036854775807 + 1 }}",
                "{{ 99999999999999999999 }}",
                "{{ 2 ** 99 }}",
                "{{ -9223372036854775807 - 2 }}",
                "{{ missing.field }}",
                "{{ missing() }}",
                "{{ none.x.y }}",
                "{{ 'a' + 1 }}",
                "{{ 1 < 'a' }}",
                "{{ [3, 'a']|sort }}",
                "{{ 'abc'[::0] }}",
                "{{ range(1, 2, 0) }}",
                "{{ 'a'.split('') }}",
                "{% for a, b in [1] %}{% endfor %}",
                "{% for a, b in [[1, 2, 3]] %}{% endfor %}",
                "{% set x.y = 1 %}",
                "{{ raise_exception('refused') }}",
                "{{ 'a'|map('nofilter')|list }}",
                "{{ ['a']|map('nofilter') }}",
                "{{ ['a']|select('notest') }}",
                "{{ x|nofilter }}",
                "{{ x is notest }}",
                "{% include 'file' %}",
                "{% import 'os' as os %}",
                "{% extends 'base' %}",
                "{% if a %}",
                "{% for a in b %}",
                "{% endif %}",
                "{% else %}",
                "{% break %}",
                "{% macro f(a=1, b) %}{% endmacro %}",
                "{% macro f() %}",
                "{% set x %}",
                "{% raw %}",
                "{# comment",
                "{{ 'open",
                "{{ \"\\x4\" }}",
                "{{ a",
                "{{ }}",
                "{% %}",
                "{{ a b }}",
                "{{ (a }}",
                "{{ a) }}",
                "{{ [a) }}",
                "{{ {a} }}",
                "{{ a ? b }}",
                "{{ f(a=1, 2) }}",
                "{{ f(a=1, a=2) }}",
                "{{ range(1, start=2) }}",
                "{{ range(1, 2, 3, 4) }}",
                "{{ 'a'|trim(wrong=1) }}",
                "{{ " + nested("(", "1", ")", 20_000) + " }}",
                "{{ " + nested("[", "1", "]", 20_000) + " }}",
                "{{ " + nested("not ", "1", "", 20_000) + " }}",
                "{{ " + nested("-", "1", "", 20_000) + " }}",
                "{{ " + nested("1 + ", "1", "", 20_000) + " }}",
                "{{ " + nested("", "x", "|list", 20_000) + " }}",
                "{{ " + nested("1 if 1 else ", "1", "", 20_000) + " }}",
                nested("{% if 1 %}", "1", "{% endif %}", 20_000),
                nested("{% for a in [1] %}", "1", "{% endfor %}", 20_000),
                "a".repeat((1 << 20) + 1));
    }

    /// Each is refused with a typed error, in a thread whose stack and time are small.
    @ParameterizedTest
    @MethodSource("hostile")
    @Timeout(60)
    void hostileTemplatesAreRefused(String jinja) throws Exception {
        var error = new CompletableFuture<Throwable>();
        Runnable render = () -> {
            try {
                error.completeExceptionally(new AssertionError(of(jinja)));
            } catch (Throwable e) {
                error.complete(e);
            }
        };
        var thread = new Thread(null, render, "template", 512 << 10);
        thread.setDaemon(true);
        thread.start();
        assertThat(error.get(50, TimeUnit.SECONDS)).isInstanceOf(NeuriteException.class);
    }
}
