package dev.neurite.cli.input;

import dev.neurite.cli.network.LoadedModel;
import dev.neurite.cli.network.ModelInput;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.ReadOptions;
import dev.neurite.datasets.ReadOptions.Known;
import dev.neurite.model.RowSource;
import dev.neurite.predict.Unusual;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.data.TextRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Makes rows of a table: each input of a model of its columns, in the order of the network's.
/// @param columns makes the targets, and the inputs that are of the same columns
record ColumnRows(Preprocessing columns, List<Part> inputs) {
    /// One input.
    sealed interface Part {
        RowSource of(Table table);
    }

    /// Numbers that a preprocessing makes.
    /// @param shape of a row of the network's input
    record Columns(Preprocessing preprocessing, Shape shape) implements Part {
        @Override
        public RowSource of(Table table) {
            return of(preprocessing.applyToInputs(table));
        }

        private RowSource of(Dataset made) {
            return made.inputShape().equals(shape) ? made : made.withInputShape(shape);
        }
    }

    record Texts(String column, Tokenizer tokenizer) implements Part {
        @Override
        public TextRows of(Table table) {
            return TextRows.of(tokenizer, table, column);
        }

        /// Warns of texts of which the model knows no token.
        /// @return whether there are any
        static boolean warnOfUnknown(TextRows texts, Tokenizer tokenizer, Consumer<String> notes) {
            OptionalInt token = tokenizer.id(Tokenizer.UNKNOWN);
            int unknown = token.isPresent() ? texts.onlyOf(token.getAsInt()) : 0;
            Optional<String> warning = Unusual.texts(unknown, texts.size());
            warning.ifPresent(words -> notes.accept("warning: " + words));
            return warning.isPresent();
        }
    }

    /// Rows for a training: of columns, and of a text before them if there is one.
    static ColumnRows of(Preprocessing columns, Optional<Texts> text) {
        var table = new Columns(columns, columns.inputShape());
        return new ColumnRows(
                columns, text.<List<Part>>map(each -> List.of(each, table)).orElse(List.of(table)));
    }

    /// Rows as a model takes them; empty for a model without a preprocessing, or with an input that is no column.
    static Optional<ColumnRows> of(LoadedModel model) {
        List<Part> inputs = inputs(model.inputs());
        return model.preprocessing().filter(_ -> !inputs.isEmpty()).map(columns -> new ColumnRows(columns, inputs));
    }

    /// The inputs of a model that columns make; empty if one is made of something else.
    static List<Part> inputs(List<ModelInput> inputs) {
        List<Part> all = new ArrayList<>();
        for (ModelInput each : inputs) {
            switch (each.input()) {
                case Input.Columns(Preprocessing columns) -> all.add(new Columns(columns, each.shape()));
                case Input.Text text
                when text.column().isPresent() ->
                    all.add(new Texts(text.column().get(), each.tokenizer()));
                case Input.Numbers(Shape shape, List<String> names)
                when !names.isEmpty() -> all.add(new Columns(TableEvaluationData.identity(names, shape), shape));
                default -> {
                    return List.of();
                }
            }
        }
        return all;
    }

    /// Options that read these columns.
    /// @param withTargets whether the target column is required
    ReadOptions options(ReadOptions options, boolean withTargets) {
        return options(inputs, options, withTargets);
    }

    /// Options that read the columns of some inputs.
    /// @param withTarget whether the target column of the first preprocessing is required
    static ReadOptions options(List<Part> inputs, ReadOptions options, boolean withTarget) {
        List<Preprocessing> tables = inputs.stream()
                .flatMap(each -> each instanceof Columns columns ? Stream.of(columns.preprocessing()) : Stream.empty())
                .toList();
        ReadOptions all = tables.isEmpty() ? options : options.like(tables.getFirst(), withTarget);
        for (Preprocessing each : tables.subList(Math.min(1, tables.size()), tables.size())) {
            ReadOptions more = all.like(each, false);
            all = all.withMissing(more.missing());
            for (Known known : more.known()) if (!known.optional()) all = all.withKnown(known);
        }
        for (Part each : inputs) {
            if (each instanceof Texts texts) all = all.withKnown(new Known(texts.column(), Kind.CATEGORICAL, false));
        }
        return all;
    }

    Dataset of(Table table) {
        Dataset data = columns.apply(table);
        if (inputs.size() == 1) return data;
        RowSource[] rows = inputs.stream()
                .map(each ->
                        each instanceof Columns made && made.preprocessing().equals(columns)
                                ? made.of(data)
                                : each.of(table))
                .toArray(RowSource[]::new);
        return Dataset.of(RowSource.joint(rows), data);
    }

    static RowSource of(List<Part> inputs, Table table) {
        RowSource[] rows = inputs.stream().map(each -> each.of(table)).toArray(RowSource[]::new);
        return rows.length == 1 ? rows[0] : RowSource.joint(rows);
    }

    /// Warns of texts and numbers that the training had none like.
    /// @param where they are
    static void warn(String where, List<Part> inputs, RowSource rows, Consumer<String> notes) {
        for (int i = 0; i < inputs.size(); i++) {
            RowSource made = rows.inputs().get(i);
            if (inputs.get(i) instanceof Texts texts && made instanceof TextRows own) {
                Texts.warnOfUnknown(own, texts.tokenizer(), notes);
            } else if (inputs.get(i) instanceof Columns columns) {
                Unusual.columns(columns.preprocessing(), made)
                        .ifPresent(words -> notes.accept("note: " + where + ": " + words));
            }
        }
    }
}
