package dev.neurite.llm.grammar;

import dev.neurite.error.ConfigException;
import dev.neurite.io.json.Json;

/// Grammars of JSON (RFC 8259). Texts have at most [#DEEPEST] levels of arrays and objects, no blanks around
/// the value, and between two parts of it a space, or a line end and up to 20 blanks, so that a model cannot
/// write blanks forever. Integers have up to 16 digits, fractions 16 and exponents 2, so that they are finite.
/// Escaped surrogates are in pairs.
public final class JsonGrammar {
    /// The most levels of arrays and objects.
    public static final int DEEPEST = 48;

    private JsonGrammar() {}

    /// Any value. Objects may have a key twice, as no automaton knows all keys before.
    public static Grammar value() {
        var rules = new GrammarRules();
        return rules.grammar(new JsonRules(rules).any(), DEEPEST);
    }

    /// Any object.
    public static Grammar object() {
        var rules = new GrammarRules();
        return rules.grammar(new JsonRules(rules).anyObject(), DEEPEST);
    }

    /// Values that a JSON schema allows. Taken are `type`, `properties`, `required`, `additionalProperties`,
    /// `items`, `minItems`, `maxItems`, `enum`, `const`, `anyOf`, `minLength`, `maxLength`, `pattern`, `$ref`
    /// within the schema, `$defs`, `definitions`, and what only describes (`title`, `description`, `default`,
    /// `examples`, `$schema`, `$id`, `$comment`, `deprecated`, `readOnly`, `writeOnly`). Any other keyword is
    /// refused.
    ///
    /// Properties come in the order of the schema; besides them there are none in an object with `properties`,
    /// whatever `additionalProperties` says, and without `properties` each value follows
    /// `additionalProperties`. A `pattern` begins with `^` and ends with `$`, and has characters, classes,
    /// groups, alternatives and quantifiers only.
    /// @param schema its JSON
    /// @throws ConfigException for what is no schema, is not taken here, or allows no value; the message has
    /// the place
    public static Grammar schema(String schema) {
        try {
            return schema(Json.read(schema));
        } catch (Json.SyntaxException e) {
            throw new ConfigException("schema", "expects JSON, got an error: " + e.problem());
        }
    }

    /// [#schema(String)] of JSON that was read.
    public static Grammar schema(Json schema) {
        var rules = new GrammarRules();
        return rules.grammar(new SchemaRules(rules, schema).root(), DEEPEST);
    }
}
