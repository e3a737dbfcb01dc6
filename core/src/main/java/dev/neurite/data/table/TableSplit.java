package dev.neurite.data.table;

import dev.neurite.data.DataSplit;
import dev.neurite.data.RowGroups;
import dev.neurite.data.RowSplit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Training rows and test rows of a table. Split before fitting a [Preprocessing], so that test rows
/// have no influence on it.
public record TableSplit(Table train, Table test) {
    static final double USUAL_SHARE = 0.2; // of test rows

    /// Splits a table at random, the same way for the same seed.
    /// @param testShare the share of test rows, above 0 and below 1; each part gets at least one row
    public static TableSplit of(Table table, double testShare, long seed) {
        return of(table, RowSplit.random(table.rows(), testShare, seed));
    }

    /// Splits a table at random, stratified: the values of a column, such as class labels, keep their
    /// proportions. The same way for the same seed.
    /// @param testShare the share of test rows, above 0 and below 1; each part gets at least one row
    /// @throws dev.neurite.error.DataException if there is no such column
    public static TableSplit stratified(Table table, String column, double testShare, long seed) {
        int[] classes = numbered(table, column);
        int count = Arrays.stream(classes).max().orElse(-1) + 1;
        return of(table, RowSplit.stratified(table.rows(), row -> classes[row], count, testShare, seed));
    }

    /// Splits a table so that all rows with the same value of a column, such as a patient's number, are
    /// in the same part, the same way for the same seed. Rows without a value are one group.
    /// @param testShare the share of test rows, above 0 and below 1, met as closely as whole groups allow
    /// @throws dev.neurite.error.DataException if there is no such column, or it has a single value
    public static TableSplit grouped(Table table, String column, double testShare, long seed) {
        return of(table, RowSplit.grouped(numbered(table, column), testShare, seed));
    }

    /// Splits a table whose rows are ordered in time: the last rows are the test part.
    /// @param testShare the share of test rows, above 0 and below 1; each part gets at least one row
    public static TableSplit ordered(Table table, double testShare) {
        return of(table, RowSplit.ordered(table.rows(), testShare));
    }

    public static TableSplit of(Table table, RowSplit rows) {
        return new TableSplit(table.rows(rows.train()), table.rows(rows.test()));
    }

    /// Both parts as data sets, by a [Preprocessing] that is fitted to the training part.
    /// @throws dev.neurite.error.DataException if a column is missing or cannot be encoded
    public DataSplit prepared(PreprocessingSettings settings) {
        Preprocessing fitted = Preprocessing.fit(train, settings);
        return new DataSplit(fitted.apply(train), fitted.apply(test));
    }

    /// Groups the rows by the value of a column; rows without a value are one group.
    /// @throws dev.neurite.error.DataException if there is no such column
    public static RowGroups groups(Table table, String column) {
        return new RowGroups(numbered(table, column));
    }

    /// Numbers the different values of a column from 0, for each row.
    private static int[] numbered(Table table, String column) {
        int at = table.column(column);
        Map<Float, Integer> numbers = new HashMap<>();
        int[] all = new int[table.rows()];
        for (int row = 0; row < all.length; row++) {
            Integer next = numbers.size();
            Integer known = numbers.putIfAbsent(table.value(row, at), next);
            all[row] = known == null ? next : known;
        }
        return all;
    }
}
