package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.error.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/// A data set that lies beside this class as `name.csv`: a header with the names of the features and of the
/// answer, then one row a line, the answer in its last column.
/// @param classNames the classes in the order of their labels; empty when the answers are values
record SmallSet(String name, String description, List<String> classNames) implements DatasetProvider {
    private static final double TEST_SHARE = 0.2;
    private static final long SEED = 0;
    private static final CSVFormat FORMAT =
            CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();

    SmallSet {
        classNames = List.copyOf(classNames);
    }

    @Override
    public DataSplit load() {
        return DataSplit.of(all(), TEST_SHARE, SEED);
    }

    /// All rows in the order of the file.
    Dataset all() {
        try (CSVParser csv = open()) {
            int features = csv.getHeaderNames().size() - 1;
            List<CSVRecord> rows = csv.getRecords();
            float[][] inputs = new float[rows.size()][features];
            for (int i = 0; i < inputs.length; i++) {
                for (int column = 0; column < features; column++) {
                    inputs[i][column] = Float.parseFloat(rows.get(i).get(column));
                }
            }
            if (classNames.isEmpty()) {
                float[][] targets = new float[inputs.length][];
                for (int i = 0; i < targets.length; i++) {
                    targets[i] = new float[] {Float.parseFloat(rows.get(i).get(features))};
                }
                return Dataset.of(inputs, targets);
            }
            int[] labels = rows.stream()
                    .mapToInt(row -> classNames.indexOf(row.get(features)))
                    .toArray();
            return Dataset.of(inputs, labels, classNames);
        } catch (IOException | IllegalArgumentException e) {
            throw damaged(e.toString());
        }
    }

    @Override
    public List<String> featureNames() {
        try (CSVParser csv = open()) {
            List<String> columns = csv.getHeaderNames();
            return List.copyOf(columns.subList(0, columns.size() - 1));
        } catch (IOException e) {
            throw damaged(e.toString());
        }
    }

    private CSVParser open() throws IOException {
        InputStream in = SmallSet.class.getResourceAsStream(name + ".csv");
        if (in == null) throw damaged("it is missing");
        return FORMAT.parse(new InputStreamReader(in, StandardCharsets.UTF_8));
    }

    private DataException damaged(String how) {
        return new DataException(name + ".csv", "expects the file of the library, got: " + how);
    }
}
