package dev.neurite.cli.input;

import dev.neurite.cli.console.Text;
import dev.neurite.cli.network.LoadedModel;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.data.table.Table;
import dev.neurite.data.table.Table.Kind;
import dev.neurite.datasets.CsvOptions;
import dev.neurite.datasets.CsvOptions.Known;
import dev.neurite.model.RowSource;
import dev.neurite.text.Tokenizer;
import dev.neurite.text.data.TextRows;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// Makes rows of a table: of its columns, and of a text beside them if there is one, which is an input of its own.
/// @param columns makes the inputs of the columns, and the targets
/// @param texts the column of texts; empty for none
record CsvRows(Preprocessing columns, Optional<Texts> texts) {
    /// A column of texts.
    record Texts(String column, Tokenizer tokenizer) {
        TextRows of(Table table) {
            return TextRows.of(tokenizer, table, column);
        }

        /// Warns of texts of which the model knows no token.
        /// @return whether there are any
        static boolean warnOfUnknown(TextRows texts, Tokenizer tokenizer, Consumer<String> notes) {
            OptionalInt token = tokenizer.id(Tokenizer.UNKNOWN);
            int unknown = token.isPresent() ? texts.onlyOf(token.getAsInt()) : 0;
            if (unknown == 0) return false;
            notes.accept(Text.format(
                    "warning: %,d of %,d texts have no token that the model knows; what it predicts for them is a"
                            + " guess",
                    unknown, texts.size()));
            return true;
        }
    }

    /// Rows as a model takes them; empty for a model without a preprocessing.
    static Optional<CsvRows> of(LoadedModel model) {
        Optional<Texts> texts = model.textColumn().map(column -> new Texts(column, model.tokenizer()));
        return model.preprocessing().map(columns -> new CsvRows(columns, texts));
    }

    /// Options that read these columns.
    /// @param withTargets whether the target column is required
    CsvOptions options(CsvOptions options, boolean withTargets) {
        CsvOptions like = options.like(columns, withTargets);
        return texts.map(each -> like.withKnown(new Known(each.column(), Kind.CATEGORICAL, false)))
                .orElse(like);
    }

    /// Rows with targets.
    Dataset of(Table table) {
        return of(table, columns.apply(table));
    }

    /// Rows without targets.
    Dataset inputsOf(Table table) {
        return of(table, columns.applyToInputs(table));
    }

    private Dataset of(Table table, Dataset data) {
        return texts.map(each -> Dataset.of(RowSource.joint(each.of(table), data), data))
                .orElse(data);
    }

    /// Warns of texts of which the model knows no token.
    void warn(Dataset rows, Consumer<String> notes) {
        if (texts.isPresent() && rows.inputs().getFirst() instanceof TextRows made) {
            Texts.warnOfUnknown(made, texts.get().tokenizer(), notes);
        }
    }
}
