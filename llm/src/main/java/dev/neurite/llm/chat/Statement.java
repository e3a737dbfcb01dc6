package dev.neurite.llm.chat;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A part of a template.
sealed interface Statement {
    record Text(String text) implements Statement {}

    record Output(Expression value, int line) implements Statement {}

    /// @param branches conditions with what follows; the condition of `else` is true
    record If(List<Map.Entry<Expression, List<Statement>>> branches) implements Statement {}

    /// @param condition which items count
    record For(
            Target target,
            Expression items,
            Optional<Expression> condition,
            List<Statement> body,
            List<Statement> otherwise,
            int line)
            implements Statement {}

    record Assign(Target target, Expression value, int line) implements Statement {}

    /// `{% set name %}…{% endset %}`.
    record Capture(Target target, List<Statement> body, int line) implements Statement {}

    /// @param defaults of the last parameters
    record Macro(String name, List<String> parameters, List<Expression> defaults, List<Statement> body, int line)
            implements Statement {}

    /// What is inside of `{% generation %}`, which marks what a model is trained to write.
    record Block(List<Statement> body) implements Statement {}

    record Break() implements Statement {}

    record Continue() implements Statement {}

    /// What is assigned to.
    sealed interface Target {
        record Name(String name) implements Target {}

        /// A field of a namespace.
        record Field(String name, String field) implements Target {}

        record Several(List<Target> targets) implements Target {}
    }
}
