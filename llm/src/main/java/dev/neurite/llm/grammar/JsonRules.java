package dev.neurite.llm.grammar;

import dev.neurite.io.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The rules of JSON values.
final class JsonRules {
    private static final String DIGITS = "0123456789";
    private static final String HEX = "0123456789abcdefABCDEF";

    private final GrammarRules rules;
    private final Rule blanks;
    private final Rule character;
    private final Rule string;
    private final Rule integer;
    private final Rule number;
    private final Rule.Reference any;
    private final Rule anyObject;

    JsonRules(GrammarRules rules) {
        this.rules = rules;
        Rule indented = rules.sequence(rules.text("\n"), rules.repeat(rules.oneOf(" \t"), 0, 20));
        this.blanks = rules.optional(rules.choice(rules.text(" "), indented));
        this.character = character();
        this.string = string(0, Rule.Repeat.UNBOUNDED);
        Rule digit = rules.oneOf(DIGITS);
        Rule whole =
                rules.choice(rules.text("0"), rules.sequence(rules.oneOf("123456789"), rules.repeat(digit, 0, 15)));
        this.integer = rules.sequence(rules.optional(rules.text("-")), whole);
        Rule fraction = rules.sequence(rules.text("."), rules.repeat(digit, 1, 16));
        Rule exponent = rules.sequence(
                rules.oneOf("eE"), rules.optional(rules.oneOf("+-")), rules.repeat(digit, 1, 2)); // finite
        this.number = rules.sequence(integer, rules.optional(fraction), rules.optional(exponent));
        this.any = rules.reference();
        this.anyObject = map(any);
        any.target = rules.choice(
                anyObject,
                array(any, 0, Rule.Repeat.UNBOUNDED),
                string,
                number,
                word("true"),
                word("false"),
                word("null"));
    }

    private Rule character() {
        Rule hex = rules.oneOf(HEX);
        Rule usual = rules.sequence(rules.oneOf("0123456789abcefABCEF"), hex, hex, hex);
        Rule low = rules.sequence(rules.oneOf("dD"), rules.oneOf("01234567"), hex, hex);
        Rule pair = rules.sequence(
                rules.oneOf("dD"),
                rules.oneOf("89abAB"),
                hex,
                hex,
                rules.text("\\u"),
                rules.oneOf("dD"),
                rules.oneOf("cdefCDEF"),
                hex,
                hex);
        Rule code = rules.sequence(rules.text("u"), rules.choice(usual, low, pair));
        Rule escape = rules.sequence(rules.text("\\"), rules.choice(rules.oneOf("\"\\/bfnrt"), code));
        return rules.choice(
                rules.character(' ', '!'),
                rules.character('#', '['),
                rules.character(']', Character.MAX_CODE_POINT),
                escape);
    }

    Rule any() {
        return any;
    }

    Rule anyObject() {
        return anyObject;
    }

    Rule number() {
        return number;
    }

    Rule integer() {
        return integer;
    }

    Rule word(String word) {
        return rules.text(word);
    }

    /// A string with so many characters.
    Rule string(int least, int most) {
        return string(rules.characters(character, least, most));
    }

    /// A string of this content.
    Rule string(Rule content) {
        return rules.sequence(rules.text("\""), content, rules.text("\""));
    }

    /// An array of so many items.
    Rule array(Rule item, int least, int most) {
        Rule end = rules.text("]");
        if (most == 0) return rules.nested(rules.sequence(rules.text("["), blanks, end));
        Rule more = rules.sequence(rules.text(","), blanks, item);
        int further = most == Rule.Repeat.UNBOUNDED ? most : most - 1;
        Rule items = rules.sequence(item, rules.repeat(more, Math.max(0, least - 1), further), blanks, end);
        return rules.nested(rules.sequence(rules.text("["), blanks, least == 0 ? rules.choice(end, items) : items));
    }

    /// An object of any keys.
    Rule map(Rule value) {
        Rule member = rules.sequence(string, rules.text(":"), blanks, value);
        Rule more = rules.sequence(rules.text(","), blanks, member);
        Rule end = rules.text("}");
        Rule members = rules.sequence(member, rules.repeat(more, 0, Rule.Repeat.UNBOUNDED), blanks, end);
        return rules.nested(rules.sequence(rules.text("{"), blanks, rules.choice(end, members)));
    }

    /// An object of these properties, in their order.
    /// @param required tells which may not be missing
    Rule object(Map<String, Rule> properties, Set<String> required) {
        Rule first = rules.text(""); // the rest of an object without a property so far
        Rule further = first; // the rest of one that has some
        List<String> keys = new ArrayList<>(properties.keySet()).reversed();
        for (String key : keys) {
            Rule value = properties.get(key);
            if (value == null) throw new IllegalStateException(key);
            Rule member = rules.text(new Json.JsonString(key).write() + ":");
            Rule asFirst = rules.sequence(member, blanks, value, further);
            Rule asFurther = rules.sequence(rules.text(","), blanks, asFirst);
            boolean needed = required.contains(key);
            first = needed ? asFirst : rules.choice(asFirst, first);
            further = needed ? asFurther : rules.choice(asFurther, further);
        }
        return rules.nested(rules.sequence(rules.text("{"), blanks, first, blanks, rules.text("}")));
    }
}
