package dev.neurite.llm.chat;

import dev.neurite.error.ModelFormatException;
import dev.neurite.error.Spelling;
import dev.neurite.llm.chat.Expression.Given;
import dev.neurite.llm.chat.Statement.Target;
import dev.neurite.llm.chat.TemplateLexer.Kind;
import dev.neurite.llm.chat.TemplateLexer.Word;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Makes statements of the words of a template, with the precedence of operators that Jinja has.
final class TemplateParser {
    /// Blocks and brackets in each other: ten times those of the deepest templates in use.
    private static final int DEEPEST = 100;

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final List<String> STATEMENTS =
            List.of("if", "for", "set", "macro", "generation", "raw", "break", "continue");

    private final List<Word> words;
    private int at;
    private int depth;
    private int loops;

    private TemplateParser(List<Word> words) {
        this.words = words;
    }

    /// @throws ModelFormatException for a template that is wrong, or needs what is not supported
    static List<Statement> parse(String template) {
        var parser = new TemplateParser(TemplateLexer.words(template));
        List<Statement> statements = parser.body(Set.of());
        if (parser.word().kind() != Kind.NOTHING) throw parser.unexpected("a text or a block");
        return statements;
    }

    private Word word() {
        return words.get(at);
    }

    private Word next() {
        return words.get(at++);
    }

    private boolean sees(String operator) {
        return word().is(Kind.OPERATOR, operator);
    }

    private boolean seesName(String name) {
        return word().is(Kind.NAME, name);
    }

    private boolean skip(String operator) {
        boolean seen = sees(operator);
        if (seen) at++;
        return seen;
    }

    private boolean skipName(String name) {
        boolean seen = seesName(name);
        if (seen) at++;
        return seen;
    }

    private void expect(String operator) {
        if (!skip(operator)) throw unexpected("'" + operator + "'");
    }

    private void expectName(String name) {
        if (!skipName(name)) throw unexpected("'" + name + "'");
    }

    private String name() {
        if (word().kind() != Kind.NAME) throw unexpected("a name");
        return next().text();
    }

    private void end() {
        if (word().kind() != Kind.END) throw unexpected("the end of the tag");
        at++;
    }

    private ModelFormatException unexpected(String expected) {
        String got = word().kind() == Kind.NOTHING ? "the end of the template" : "'" + word().text() + "'";
        return TemplateLexer.wrong(word().line(), "expects " + expected + ", got " + got);
    }

    private void enter() {
        if (++depth > DEEPEST) {
            throw TemplateLexer.wrong(
                    word().line(), "expects at most " + DEEPEST + " blocks and expressions in each other, got more");
        }
    }

    /// Statements up to a block that begins with one of some names, or up to the end.
    private List<Statement> body(Set<String> ends) {
        enter();
        List<Statement> statements = new ArrayList<>();
        while (word().kind() != Kind.NOTHING) {
            if (word().kind() == Kind.TEXT) {
                statements.add(new Statement.Text(next().text()));
                continue;
            }
            boolean output = next().text().equals("{{");
            if (output) {
                int line = word().line();
                statements.add(new Statement.Output(several(), line));
                end();
            } else if (ends.contains(word().text())) {
                depth--;
                return statements;
            } else {
                statements.add(statement());
            }
        }
        if (!ends.isEmpty())
            throw unexpected(
                    "'{% " + String.join(" %}' or '{% ", ends.stream().sorted().toList()) + " %}'");
        depth--;
        return statements;
    }

    private Statement statement() {
        int line = word().line();
        String name = name();
        return switch (name) {
            case "if" -> condition();
            case "for" -> loop(line);
            case "set" -> assignment(line);
            case "macro" -> macro(line);
            case "generation" -> {
                end();
                yield new Statement.Block(closed("endgeneration"));
            }
            case "break", "continue" -> {
                if (loops == 0) throw TemplateLexer.wrong(line, "expects '" + name + "' inside of a loop, got none");
                end();
                yield name.equals("break") ? new Statement.Break() : new Statement.Continue();
            }
            default -> throw unknown(line, "one of the statements " + String.join(", ", STATEMENTS), name, STATEMENTS);
        };
    }

    private static ModelFormatException unknown(int line, String expected, String got, Collection<String> names) {
        return new ModelFormatException(
                "chat template, line " + line,
                "expects " + expected + ", got '" + got + "'",
                Spelling.hint(got, names));
    }

    /// Statements up to a block of only a name, and that block.
    private List<Statement> closed(String endName) {
        List<Statement> body = body(Set.of(endName));
        expectName(endName);
        end();
        return body;
    }

    private Statement condition() {
        List<Map.Entry<Expression, List<Statement>>> branches = new ArrayList<>();
        Expression when = several();
        while (true) {
            end();
            branches.add(Map.entry(when, body(Set.of("elif", "else", "endif"))));
            if (skipName("elif")) {
                when = several();
            } else if (skipName("else")) {
                end();
                branches.add(Map.entry(new Expression.Constant(true), closed("endif")));
                return new Statement.If(branches);
            } else {
                expectName("endif");
                end();
                return new Statement.If(branches);
            }
        }
    }

    private Statement loop(int line) {
        Target target = target(false);
        expectName("in");
        Expression items = tuple(false);
        Optional<Expression> condition = skipName("if") ? Optional.of(expression()) : Optional.empty();
        if (seesName("recursive")) throw unexpected("no 'recursive' loop, which is not supported");
        end();
        loops++;
        List<Statement> body = body(Set.of("else", "endfor"));
        loops--;
        List<Statement> otherwise = List.of();
        if (skipName("else")) {
            end();
            otherwise = body(Set.of("endfor"));
        }
        expectName("endfor");
        end();
        return new Statement.For(target, items, condition, body, otherwise, line);
    }

    private Target target(boolean fields) {
        List<Target> targets = new ArrayList<>();
        boolean bracket = skip("(");
        boolean tuple = bracket;
        do {
            if (!targets.isEmpty() && word().kind() != Kind.NAME) break; // after a last comma
            String name = name();
            targets.add(fields && skip(".") ? new Target.Field(name, name()) : new Target.Name(name));
            if (sees(",")) tuple = true;
        } while (skip(","));
        if (bracket) expect(")");
        return tuple ? new Target.Several(targets) : targets.getFirst();
    }

    private Statement assignment(int line) {
        Target target = target(true);
        if (skip("=")) {
            Expression value = several();
            end();
            return new Statement.Assign(target, value, line);
        }
        end();
        return new Statement.Capture(target, closed("endset"), line);
    }

    private Statement macro(int line) {
        String name = name();
        List<String> parameters = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        expect("(");
        while (!sees(")")) {
            if (!parameters.isEmpty()) expect(",");
            parameters.add(name());
            if (skip("=")) defaults.add(expression());
            else if (!defaults.isEmpty()) throw unexpected("'=', as a parameter before has a default");
        }
        expect(")");
        end();
        int outside = loops;
        loops = 0;
        List<Statement> body = closed("endmacro");
        loops = outside;
        return new Statement.Macro(name, parameters, defaults, body, line);
    }

    /// An expression, or some with commas: a tuple.
    private Expression several() {
        return tuple(true);
    }

    private Expression tuple(boolean conditional) {
        Expression first = conditional ? expression() : either();
        if (!sees(",")) return first;
        List<Expression> items = new ArrayList<>(List.of(first));
        while (skip(",")) {
            if (word().kind() == Kind.END || sees(")")) break;
            items.add(conditional ? expression() : either());
        }
        return new Expression.Items(items, true);
    }

    private Expression expression() {
        enter();
        Expression then = either();
        while (skipName("if")) {
            Expression condition = either();
            Optional<Expression> otherwise = skipName("else") ? Optional.of(expression()) : Optional.empty();
            then = new Expression.Conditional(then, condition, otherwise);
        }
        depth--;
        return then;
    }

    private Expression either() {
        Expression left = both();
        while (skipName("or")) left = new Expression.Choice(left, both(), false);
        return left;
    }

    private Expression both() {
        Expression left = negation();
        while (skipName("and")) left = new Expression.Choice(left, negation(), true);
        return left;
    }

    private Expression negation() {
        if (!skipName("not")) return comparison();
        enter();
        Expression value = negation();
        depth--;
        return new Expression.Not(value);
    }

    private Expression comparison() {
        int line = word().line();
        Expression first = sum();
        List<Map.Entry<String, Expression>> others = new ArrayList<>();
        while (true) {
            if (word().kind() == Kind.OPERATOR && COMPARISONS.contains(word().text())) {
                others.add(Map.entry(next().text(), sum()));
            } else if (skipName("in")) {
                others.add(Map.entry("in", sum()));
            } else if (seesName("not") && words.get(at + 1).is(Kind.NAME, "in")) {
                at += 2;
                others.add(Map.entry("not in", sum()));
            } else {
                return others.isEmpty() ? first : new Expression.Comparison(first, others, line);
            }
        }
    }

    private Expression sum() {
        Expression left = concatenation();
        while (sees("+") || sees("-")) {
            Word operator = next();
            left = new Expression.Operation(left, operator.text(), concatenation(), operator.line());
        }
        return left;
    }

    private Expression concatenation() {
        Expression left = product();
        while (sees("~")) {
            int line = next().line();
            left = new Expression.Operation(left, "~", product(), line);
        }
        return left;
    }

    private Expression product() {
        Expression left = power();
        while (sees("*") || sees("/") || sees("//") || sees("%")) {
            Word operator = next();
            left = new Expression.Operation(left, operator.text(), power(), operator.line());
        }
        return left;
    }

    private Expression power() {
        Expression left = unary(true);
        while (sees("**")) {
            int line = next().line();
            left = new Expression.Operation(left, "**", unary(true), line);
        }
        return left;
    }

    private Expression unary(boolean filtered) {
        Expression value;
        if (sees("-") || sees("+")) {
            Word sign = next();
            enter();
            value = new Expression.Sign(unary(false), sign.text().equals("-"), sign.line());
            depth--;
        } else {
            value = primary();
        }
        value = postfix(value);
        return filtered ? filtered(value) : value;
    }

    private Expression primary() {
        Word word = word();
        switch (word.kind()) {
            case NAME -> {
                at++;
                return switch (word.text()) {
                    case "true", "True" -> new Expression.Constant(true);
                    case "false", "False" -> new Expression.Constant(false);
                    case "none", "None" -> new Expression.Constant(null);
                    default -> new Expression.Name(word.text());
                };
            }
            case STRING -> {
                var text = new StringBuilder();
                while (word().kind() == Kind.STRING) text.append(next().text());
                return new Expression.Constant(text.toString());
            }
            case INTEGER -> {
                at++;
                try {
                    return new Expression.Constant(Long.parseLong(word.text()));
                } catch (NumberFormatException e) {
                    throw TemplateLexer.wrong(word.line(), "expects numbers below 2^63, got '" + word.text() + "'");
                }
            }
            case FLOAT -> {
                at++;
                return new Expression.Constant(Double.parseDouble(word.text()));
            }
            default -> {
                if (skip("(")) {
                    if (skip(")")) return new Expression.Items(List.of(), true);
                    Expression inside = several();
                    expect(")");
                    return inside;
                }
                if (skip("[")) return list();
                if (skip("{")) return map();
                throw unexpected("an expression");
            }
        }
    }

    private Expression list() {
        List<Expression> items = new ArrayList<>();
        while (!skip("]")) {
            if (!items.isEmpty()) expect(",");
            if (skip("]")) break;
            items.add(expression());
        }
        return new Expression.Items(items, false);
    }

    private Expression map() {
        int line = word().line();
        List<Map.Entry<Expression, Expression>> pairs = new ArrayList<>();
        while (!skip("}")) {
            if (!pairs.isEmpty()) expect(",");
            if (skip("}")) break;
            Expression key = expression();
            expect(":");
            pairs.add(Map.entry(key, expression()));
        }
        return new Expression.Pairs(pairs, line);
    }

    private Expression postfix(Expression begin) {
        Expression value = begin;
        while (true) {
            int line = word().line();
            if (skip(".")) {
                value = word().kind() == Kind.INTEGER
                        ? new Expression.Item(value, primary(), line)
                        : new Expression.Attribute(value, name(), line);
            } else if (skip("[")) {
                value = subscript(value, line);
            } else if (sees("(")) {
                value = new Expression.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression target, int line) {
        Optional<Expression> from = sees(":") ? Optional.empty() : Optional.of(expression());
        if (from.isPresent() && skip("]")) return new Expression.Item(target, from.get(), line);
        expect(":");
        Optional<Expression> to = sees(":") || sees("]") ? Optional.empty() : Optional.of(expression());
        Optional<Expression> step = skip(":") && !sees("]") ? Optional.of(expression()) : Optional.empty();
        expect("]");
        return new Expression.Slice(target, from, to, step, line);
    }

    private Given arguments() {
        expect("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!skip(")")) {
            if (!positional.isEmpty() || !named.isEmpty()) expect(",");
            if (skip(")")) break;
            if (word().kind() == Kind.NAME && words.get(at + 1).is(Kind.OPERATOR, "=")) {
                int line = word().line();
                String name = name();
                expect("=");
                if (named.put(name, expression()) != null) {
                    throw TemplateLexer.wrong(line, "expects each argument once, got '" + name + "' again");
                }
            } else if (named.isEmpty()) {
                positional.add(expression());
            } else {
                throw unexpected("a name, as arguments with names come last");
            }
        }
        return new Given(positional, named);
    }

    private Expression filtered(Expression begin) {
        Expression value = begin;
        while (true) {
            int line = word().line();
            if (skip("|")) {
                String name = name();
                if (!TemplateBuiltins.FILTERS.containsKey(name)) {
                    throw unknown(line, "a filter that is supported", name, TemplateBuiltins.FILTERS.keySet());
                }
                value = new Expression.Filter(value, name, sees("(") ? arguments() : Given.NONE, line);
            } else if (skipName("is")) {
                value = test(value, line);
            } else if (sees("(")) {
                value = new Expression.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    private Expression test(Expression value, int line) {
        boolean negated = skipName("not");
        String name = name();
        if (!TemplateBuiltins.TESTS.containsKey(name)) {
            throw unknown(line, "a test that is supported", name, TemplateBuiltins.TESTS.keySet());
        }
        Given arguments = Given.NONE;
        if (sees("(")) {
            arguments = arguments();
        } else if (beginsArgument()) {
            arguments = new Given(List.of(postfix(primary())), Map.of());
        }
        Expression test = new Expression.Test(value, name, arguments, line);
        return negated ? new Expression.Not(test) : test;
    }

    private boolean beginsArgument() {
        return switch (word().kind()) {
            case NAME ->
                !Set.of("else", "or", "and", "is", "if", "in", "not", "recursive")
                        .contains(word().text());
            case STRING, INTEGER, FLOAT -> true;
            default -> sees("[") || sees("{");
        };
    }
}
