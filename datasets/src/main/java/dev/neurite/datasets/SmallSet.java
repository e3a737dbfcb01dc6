package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.table.Table;
import dev.neurite.datasets.CsvFormat.Header;
import dev.neurite.error.DataException;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// A data set in the resource `name.csv`: a header, then one row per line, with the target in the last
/// column.
/// @param classNames the names of the classes, by label; empty for target values
record SmallSet(String name, String description, List<String> classNames) implements DatasetProvider {
    private static final double TEST_SHARE = 0.2;
    private static final long SEED = 0;

    SmallSet {
        classNames = List.copyOf(classNames);
    }

    @Override
    public DataSplit load() {
        return DataSplit.of(all(), TEST_SHARE, SEED);
    }

    /// All rows in the order of the file.
    Dataset all() {
        try (Table table = read()) {
            int features = table.columns().size() - 1;
            float[][] inputs = new float[table.rows()][features];
            for (int row = 0; row < inputs.length; row++) {
                for (int column = 0; column < features; column++) inputs[row][column] = table.value(row, column);
            }
            var origin = new Input.Numbers(Shape.of(features), featureNames(table));
            if (classNames.isEmpty()) {
                float[][] targets = new float[inputs.length][];
                for (int row = 0; row < targets.length; row++) targets[row] = new float[] {table.value(row, features)};
                return Dataset.of(inputs, targets).withOrigin(origin);
            }
            int[] labels = new int[inputs.length];
            for (int row = 0; row < labels.length; row++) labels[row] = label(table, row);
            return Dataset.of(inputs, labels, classNames).withOrigin(origin);
        }
    }

    private int label(Table table, int row) {
        Table.Column target = table.columns().getLast();
        float value = table.value(row, table.columns().size() - 1);
        return classNames.indexOf(target.text(value));
    }

    @Override
    public List<String> featureNames() {
        try (Table table = read()) {
            return featureNames(table);
        }
    }

    private static List<String> featureNames(Table table) {
        List<String> columns = table.columns().stream().map(Table.Column::name).toList();
        return List.copyOf(columns.subList(0, columns.size() - 1));
    }

    private Table read() {
        String file = name + ".csv";
        try (InputStream in = SmallSet.class.getResourceAsStream(file)) {
            if (in == null) throw new DataException(file, "expects the file in the library's artifact, got none");
            return Csv.read(file, in, ReadOptions.USUAL.withHeader(Header.YES));
        } catch (IOException e) {
            throw new DataException(file, "cannot be read: " + e.getMessage());
        }
    }
}
