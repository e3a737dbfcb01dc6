package dev.neurite.llm.chat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An expression of a template.
sealed interface Expression {
    /// Its line, where it is one that can fail; 0 for others.
    default int line() {
        return 0;
    }

    record Constant(@Nullable Object value) implements Expression {}

    record Name(String name) implements Expression {}

    record Items(List<Expression> items, boolean tuple) implements Expression {}

    record Pairs(List<Map.Entry<Expression, Expression>> pairs, int line) implements Expression {}

    /// `target.name`.
    record Attribute(Expression target, String name, int line) implements Expression {}

    /// `target[key]`.
    record Item(Expression target, Expression key, int line) implements Expression {}

    /// `target[from:to:step]`.
    record Slice(
            Expression target, Optional<Expression> from, Optional<Expression> to, Optional<Expression> step, int line)
            implements Expression {}

    record Call(Expression function, Given arguments, int line) implements Expression {}

    record Filter(Expression value, String name, Given arguments, int line) implements Expression {}

    record Test(Expression value, String name, Given arguments, int line) implements Expression {}

    /// `-value` or `+value`.
    record Sign(Expression value, boolean negative, int line) implements Expression {}

    record Not(Expression value) implements Expression {}

    /// `left and right`, or `left or right`.
    record Choice(Expression left, Expression right, boolean and) implements Expression {}

    /// `+ - * / // % ** ~`.
    record Operation(Expression left, String operator, Expression right, int line) implements Expression {}

    /// `first < second == third …`.
    record Comparison(Expression first, List<Map.Entry<String, Expression>> others, int line) implements Expression {}

    /// `then if condition else otherwise`.
    record Conditional(Expression then, Expression condition, Optional<Expression> otherwise) implements Expression {}

    /// Arguments of a call, a filter or a test.
    record Given(List<Expression> positional, Map<String, Expression> named) {
        static final Given NONE = new Given(List.of(), Map.of());
    }
}
