package dev.neurite.llm.chat;

import dev.neurite.error.DataException;
import dev.neurite.llm.chat.Expression.Given;
import dev.neurite.llm.chat.Statement.Target;
import dev.neurite.llm.chat.TemplateBuiltins.Builtin;
import dev.neurite.llm.chat.TemplateValues.Arguments;
import dev.neurite.llm.chat.TemplateValues.Function;
import dev.neurite.llm.chat.TemplateValues.Namespace;
import dev.neurite.llm.chat.TemplateValues.Tuple;
import dev.neurite.llm.chat.TemplateValues.Undefined;
import dev.neurite.llm.chat.TemplateValues.ValueException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One rendering of a template. Not thread-safe.
final class TemplateRun {
    private final TemplateCost cost;
    private final TemplateValues values;
    private final Supplier<LocalDateTime> now;
    private StringBuilder out = new StringBuilder();

    /// How a part of a template ends.
    private enum End {
        REACHED,
        BREAK,
        CONTINUE
    }

    /// Names and their values; a name that is not here may be in the scope around.
    private record Scope(
            Map<String, @Nullable Object> names, @Nullable Scope around) {
        Scope inside() {
            return new Scope(new HashMap<>(), this);
        }
    }

    TemplateRun(TemplateCost cost, Supplier<LocalDateTime> now) {
        this.cost = cost;
        this.values = new TemplateValues(cost);
        this.now = now;
    }

    TemplateCost cost() {
        return cost;
    }

    TemplateValues values() {
        return values;
    }

    LocalDateTime now() {
        return now.get();
    }

    /// Renders statements.
    /// @throws DataException if they raise an error, or take too long
    String render(List<Statement> statements, Map<String, @Nullable Object> names) {
        run(statements, new Scope(new HashMap<>(names), null));
        return out.toString();
    }

    private static DataException wrong(int line, String problem) {
        return new DataException("chat template, line " + line, problem);
    }

    private void write(String text) {
        cost.make(text.length());
        out.append(text);
    }

    /// What statements write.
    private String captured(List<Statement> body, Scope scope) {
        StringBuilder outside = out;
        out = new StringBuilder();
        run(body, scope);
        String text = out.toString();
        out = outside;
        return text;
    }

    private End run(List<Statement> statements, Scope scope) {
        cost.enter();
        for (Statement each : statements) {
            End end = run(each, scope);
            if (end != End.REACHED) {
                cost.leave();
                return end;
            }
        }
        cost.leave();
        return End.REACHED;
    }

    private End run(Statement statement, Scope scope) {
        cost.step();
        switch (statement) {
            case Statement.Text(String text) -> write(text);
            case Statement.Output(Expression value, int line) -> {
                try {
                    write(values.text(evaluate(value, scope)));
                } catch (ValueException e) {
                    throw wrong(line, e.problem());
                }
            }
            case Statement.If(List<Map.Entry<Expression, List<Statement>>> branches) -> {
                for (Map.Entry<Expression, List<Statement>> each : branches) {
                    if (isTrue(each.getKey(), scope)) return run(each.getValue(), scope);
                }
            }
            case Statement.For loop -> {
                try {
                    run(loop, scope);
                } catch (ValueException e) {
                    throw wrong(loop.line(), e.problem());
                }
            }
            case Statement.Assign(Target target, Expression value, int line) ->
                assign(target, evaluate(value, scope), scope, line);
            case Statement.Capture(Target target, List<Statement> body, int line) ->
                assign(target, captured(body, scope.inside()), scope, line);
            case Statement.Macro macro -> scope.names.put(macro.name(), function(macro, scope));
            case Statement.Block(List<Statement> body) -> {
                return run(body, scope);
            }
            case Statement.Break _ -> {
                return End.BREAK;
            }
            case Statement.Continue _ -> {
                return End.CONTINUE;
            }
        }
        return End.REACHED;
    }

    private boolean isTrue(Expression condition, Scope scope) {
        return TemplateValues.truth(evaluate(condition, scope));
    }

    private void run(Statement.For loop, Scope scope) {
        List<@Nullable Object> items = values.items(evaluate(loop.items(), scope));
        if (loop.condition().isPresent()) {
            items.removeIf(each -> {
                Scope inside = scope.inside();
                assign(loop.target(), each, inside, loop.line());
                return !isTrue(loop.condition().get(), inside);
            });
        }
        for (int i = 0; i < items.size(); i++) {
            Scope inside = scope.inside();
            inside.names.put("loop", state(items, i));
            assign(loop.target(), items.get(i), inside, loop.line());
            if (run(loop.body(), inside) == End.BREAK) break;
        }
        if (items.isEmpty()) run(loop.otherwise(), scope);
    }

    /// What a template calls `loop`.
    private static Namespace state(List<@Nullable Object> items, int index) {
        int size = items.size();
        Map<String, @Nullable Object> fields = new HashMap<>();
        fields.put("index", index + 1L);
        fields.put("index0", (long) index);
        fields.put("revindex", (long) size - index);
        fields.put("revindex0", size - index - 1L);
        fields.put("first", index == 0);
        fields.put("last", index == size - 1);
        fields.put("length", (long) size);
        fields.put("previtem", index == 0 ? new Undefined("previtem") : items.get(index - 1));
        fields.put("nextitem", index == size - 1 ? new Undefined("nextitem") : items.get(index + 1));
        Function cycle = given -> {
            if (given.positional().isEmpty()) throw new ValueException("'cycle' expects values, got none");
            return given.positional().get(index % given.positional().size());
        };
        fields.put("cycle", cycle);
        return new Namespace(fields);
    }

    private void assign(Target target, @Nullable Object value, Scope scope, int line) {
        switch (target) {
            case Target.Name(String name) -> scope.names.put(name, value);
            case Target.Field(String name, String field) -> {
                if (!(find(name, scope) instanceof Namespace(Map<String, @Nullable Object> fields))) {
                    throw wrong(
                            line,
                            "expects a namespace to set '" + field + "' of, got "
                                    + TemplateValues.kind(find(name, scope)));
                }
                fields.put(field, value);
            }
            case Target.Several(List<Target> targets) -> {
                List<@Nullable Object> parts;
                try {
                    parts = values.items(value);
                } catch (ValueException e) {
                    throw wrong(line, e.problem());
                }
                if (parts.size() != targets.size()) {
                    throw wrong(line, "expects " + targets.size() + " values, got " + parts.size());
                }
                for (int i = 0; i < parts.size(); i++) assign(targets.get(i), parts.get(i), scope, line);
            }
        }
    }

    private @Nullable Object find(String name, Scope scope) {
        for (Scope each = scope; each != null; each = each.around) {
            if (each.names.containsKey(name)) return each.names.get(name);
        }
        Builtin function = TemplateBuiltins.FUNCTIONS.get(name);
        if (function == null) return new Undefined(name);
        Function call = arguments -> function.call(this, name, null, arguments);
        return call;
    }

    private Function function(Statement.Macro macro, Scope scope) {
        return arguments -> {
            List<@Nullable Object> given = TemplateBuiltins.bound(macro.name(), macro.parameters(), arguments);
            int required = given.size() - macro.defaults().size();
            Scope inside = scope.inside();
            for (int i = 0; i < given.size(); i++) {
                boolean missing = given.get(i) instanceof Undefined && i >= required;
                inside.names.put(
                        macro.parameters().get(i),
                        missing ? evaluate(macro.defaults().get(i - required), inside) : given.get(i));
            }
            return captured(macro.body(), inside);
        };
    }

    private @Nullable Object evaluate(Expression expression, Scope scope) {
        cost.enter();
        try {
            return value(expression, scope);
        } catch (ValueException e) {
            if (expression.line() == 0) throw e; // the expression around it has a line
            throw wrong(expression.line(), e.problem());
        } catch (ArithmeticException e) {
            throw wrong(expression.line(), "expects whole numbers below 2^63 and no division by 0, got another");
        } finally {
            cost.leave();
        }
    }

    private @Nullable Object value(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Constant(Object value) -> value;
            case Expression.Name(String name) -> find(name, scope);
            case Expression.Items(List<Expression> items, boolean tuple) ->
                tuple ? new Tuple(all(items, scope)) : all(items, scope);
            case Expression.Pairs pairs -> map(pairs.pairs(), scope);
            case Expression.Not(Expression value) -> !isTrue(value, scope);
            case Expression.Choice choice -> choice(choice, scope);
            case Expression.Conditional conditional -> conditional(conditional, scope);
            case Expression.Attribute attribute -> attribute(evaluate(attribute.target(), scope), attribute.name());
            case Expression.Item item -> item(evaluate(item.target(), scope), evaluate(item.key(), scope));
            case Expression.Slice slice ->
                values.slice(
                        evaluate(slice.target(), scope),
                        optional(slice.from(), scope),
                        optional(slice.to(), scope),
                        optional(slice.step(), scope));
            case Expression.Call call -> call(call, scope);
            case Expression.Filter filter ->
                filter(filter.name(), evaluate(filter.value(), scope), arguments(filter.arguments(), scope));
            case Expression.Test test ->
                test(test.name(), evaluate(test.value(), scope), arguments(test.arguments(), scope));
            case Expression.Sign sign -> arithmetic(0L, sign.negative() ? "-" : "+", evaluate(sign.value(), scope));
            case Expression.Operation operation ->
                arithmetic(evaluate(operation.left(), scope), operation.operator(), evaluate(operation.right(), scope));
            case Expression.Comparison comparison -> compare(comparison, scope);
        };
    }

    private @Nullable Object optional(Optional<Expression> expression, Scope scope) {
        return expression.isPresent() ? evaluate(expression.get(), scope) : null;
    }

    private @Nullable Object choice(Expression.Choice choice, Scope scope) {
        Object first = evaluate(choice.left(), scope);
        return TemplateValues.truth(first) == choice.and() ? evaluate(choice.right(), scope) : first;
    }

    private @Nullable Object conditional(Expression.Conditional conditional, Scope scope) {
        if (isTrue(conditional.condition(), scope)) return evaluate(conditional.then(), scope);
        if (conditional.otherwise().isPresent())
            return evaluate(conditional.otherwise().get(), scope);
        return new Undefined("the value without 'else'");
    }

    private @Nullable Object call(Expression.Call call, Scope scope) {
        Object called = evaluate(call.function(), scope);
        if (called instanceof Function function) return function.call(arguments(call.arguments(), scope));
        throw TemplateValues.wrong("a function", called);
    }

    private List<@Nullable Object> all(List<Expression> expressions, Scope scope) {
        List<@Nullable Object> all = new ArrayList<>();
        cost.makeItems(expressions.size());
        for (Expression each : expressions) all.add(evaluate(each, scope));
        return all;
    }

    private Map<@Nullable Object, @Nullable Object> map(List<Map.Entry<Expression, Expression>> pairs, Scope scope) {
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>();
        cost.makeItems(pairs.size());
        for (Map.Entry<Expression, Expression> each : pairs) {
            map.put(TemplateValues.key(evaluate(each.getKey(), scope)), evaluate(each.getValue(), scope));
        }
        return map;
    }

    private Arguments arguments(Given given, Scope scope) {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        List<@Nullable Object> positional = all(given.positional(), scope);
        given.named().forEach((name, value) -> named.put(name, evaluate(value, scope)));
        return new Arguments(positional, named);
    }

    @Nullable
    Object filter(String name, @Nullable Object value, Arguments arguments) {
        Builtin filter = TemplateBuiltins.FILTERS.get(name);
        if (filter == null) throw new ValueException("expects a filter that is supported, got '" + name + "'");
        return filter.call(this, name, value, arguments);
    }

    boolean test(String name, @Nullable Object value, Arguments arguments) {
        Builtin test = TemplateBuiltins.TESTS.get(name);
        if (test == null) throw new ValueException("expects a test that is supported, got '" + name + "'");
        return TemplateValues.truth(test.call(this, name, value, arguments));
    }

    /// `value.name`: a method or a field.
    private @Nullable Object attribute(@Nullable Object value, String name) {
        if (value instanceof Undefined) throw TemplateValues.wrong("a value with '" + name + "'", value);
        if (value instanceof Namespace(Map<String, @Nullable Object> fields)) {
            return fields.containsKey(name) ? fields.get(name) : new Undefined(name);
        }
        Function method = TemplateBuiltins.method(this, value, name);
        if (method != null) return method;
        return value instanceof Map<?, ?> map && map.containsKey(name) ? map.get(name) : new Undefined(name);
    }

    /// `value[key]`.
    @Nullable
    Object item(@Nullable Object value, @Nullable Object key) {
        switch (value) {
            case Undefined _ -> throw TemplateValues.wrong("a value with items", value);
            case Map<?, ?> map
            when map.containsKey(TemplateValues.key(key)) -> {
                return map.get(key);
            }
            case List<?> list
            when TemplateValues.number(key) instanceof Long index -> {
                long place = index < 0 ? index + list.size() : index;
                if (place >= 0 && place < list.size()) return list.get((int) place);
            }
            case String text
            when TemplateValues.number(key) instanceof Long index -> {
                long size = values.length(text);
                cost.make(text.length() / 8);
                long place = index < 0 ? index + size : index;
                if (place >= 0 && place < size) {
                    return Character.toString(text.codePointAt(text.offsetByCodePoints(0, (int) place)));
                }
            }
            case null, default -> {
                if (key instanceof String name) return attribute(value, name);
            }
        }
        return new Undefined(values.text(key));
    }

    private boolean compare(Expression.Comparison comparison, Scope scope) {
        Object left = evaluate(comparison.first(), scope);
        for (Map.Entry<String, Expression> each : comparison.others()) {
            Object right = evaluate(each.getValue(), scope);
            boolean holds = switch (each.getKey()) {
                case "==" -> values.equal(left, right);
                case "!=" -> !values.equal(left, right);
                case "<" -> values.compare(left, right) < 0;
                case "<=" -> values.compare(left, right) <= 0;
                case ">" -> values.compare(left, right) > 0;
                case ">=" -> values.compare(left, right) >= 0;
                case "in" -> values.contains(right, left);
                default -> !values.contains(right, left);
            };
            if (!holds) return false;
            left = right;
        }
        return true;
    }

    @Nullable
    Object arithmetic(@Nullable Object left, String operator, @Nullable Object right) {
        if (operator.equals("~")) return concatenated(values.text(left), values.text(right));
        if (operator.equals("+") && left instanceof String first && right instanceof String second) {
            return concatenated(first, second);
        }
        if (operator.equals("+") && left instanceof List<?> first && right instanceof List<?> second) {
            cost.makeItems((long) first.size() + second.size());
            List<@Nullable Object> both = new ArrayList<>(first);
            both.addAll(second);
            return first instanceof Tuple ? new Tuple(both) : both;
        }
        if (operator.equals("*") && left instanceof String text && right instanceof Long times) {
            long count = Math.max(0, times);
            cost.make(text.isEmpty() ? 0 : Math.multiplyExact(text.length(), count));
            return text.isEmpty() ? "" : text.repeat((int) count);
        }
        if (operator.equals("*") && left instanceof Long && right instanceof String)
            return arithmetic(right, "*", left);
        Number one = TemplateValues.number(left);
        Number other = TemplateValues.number(right);
        if (one == null || other == null) {
            throw new ValueException("expects two numbers or texts for '" + operator + "', got "
                    + TemplateValues.kind(left) + " and " + TemplateValues.kind(right));
        }
        if (one instanceof Long first && other instanceof Long second) return ofWhole(first, operator, second);
        return ofFractions(one.doubleValue(), operator, other.doubleValue());
    }

    private String concatenated(String first, String second) {
        cost.make((long) first.length() + second.length());
        return first + second;
    }

    private static Object ofWhole(long left, String operator, long right) {
        return switch (operator) {
            case "+" -> Math.addExact(left, right);
            case "-" -> Math.subtractExact(left, right);
            case "*" -> Math.multiplyExact(left, right);
            case "//" -> Math.floorDiv(left, right);
            case "%" -> Math.floorMod(left, right);
            case "**" -> right < 0 ? ofFractions((double) left, operator, (double) right) : power(left, right);
            default -> ofFractions((double) left, operator, (double) right);
        };
    }

    private static long power(long base, long exponent) {
        if (base == 0 || base == 1) return exponent == 0 ? 1 : base;
        if (base == -1) return exponent % 2 == 0 ? 1 : -1;
        long result = 1;
        for (long i = 0; i < exponent; i++) result = Math.multiplyExact(result, base); // overflows by the 64th
        return result;
    }

    private static Object ofFractions(double left, String operator, double right) {
        if (right == 0 && "/%".contains(operator.substring(0, 1))) throw new ArithmeticException();
        return switch (operator) {
            case "+" -> left + right;
            case "-" -> left - right;
            case "*" -> left * right;
            case "/" -> left / right;
            case "//" -> Math.floor(left / right);
            case "%" -> left - right * Math.floor(left / right);
            default -> Math.pow(left, right);
        };
    }
}
