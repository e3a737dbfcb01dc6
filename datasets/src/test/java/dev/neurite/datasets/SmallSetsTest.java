package dev.neurite.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.tensor.Shape;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SmallSetsTest {
    private static final Map<String, SmallSet> SETS = Map.of(
            "iris", Iris.SET,
            "wine", Wine.SET,
            "breast-cancer", BreastCancer.SET,
            "digits", Digits.SET,
            "diabetes", Diabetes.SET);

    /// Facts that scripts/datasets/export_csv.py computed from scikit-learn's arrays.
    private static List<NamedCsvRecord> facts() throws IOException {
        var in = Objects.requireNonNull(SmallSetsTest.class.getResourceAsStream("facts.csv"));
        try (var csv = CsvReader.builder().ofNamedCsvRecord(in)) {
            return csv.stream().toList();
        }
    }

    @Test
    void theRowsAreThoseOfScikitLearn() throws IOException {
        List<NamedCsvRecord> facts = facts();
        assertThat(facts).hasSize(270);
        Map<String, Dataset> loaded = SETS.values().stream().collect(Collectors.toMap(SmallSet::name, SmallSet::all));
        Map<String, List<String>> features =
                SETS.values().stream().collect(Collectors.toMap(SmallSet::name, SmallSet::featureNames));
        for (NamedCsvRecord fact : facts) {
            Dataset data = Objects.requireNonNull(loaded.get(fact.getField("set")));
            int column =
                    Objects.requireNonNull(features.get(fact.getField("set"))).indexOf(fact.getField("of"));
            double expected = Double.parseDouble(fact.getField("value"));
            double actual = switch (fact.getField("fact")) {
                case "rows" -> data.size();
                case "mean" -> sum(data, column, false) / data.size();
                case "weighted" -> sum(data, column, true);
                case "count" -> count(data, data.classNames().indexOf(fact.getField("of")));
                case "answers" -> answers(data);
                default -> throw new AssertionError(fact);
            };
            assertThat(actual).as("%s", fact).isCloseTo(expected, offset(1e-6 * Math.max(1, Math.abs(expected))));
        }
    }

    private static Stream<SmallSet> sets() {
        return SETS.values().stream();
    }

    @ParameterizedTest
    @MethodSource("sets")
    void aFifthOfEachClassIsToTestWith(SmallSet set) {
        Dataset all = set.all();
        DataSplit split = set.load();

        assertThat(split.train().size() + split.test().size()).isEqualTo(all.size());
        assertThat(split.test().size()).isEqualTo(Math.round(all.size() * 0.2));
        for (int label = 0; label < all.classNames().size(); label++) {
            assertThat((double) count(split.test(), label)).isCloseTo(count(all, label) * 0.2, offset(0.99));
        }
    }

    @ParameterizedTest
    @MethodSource("sets")
    void thePartsAreTheSameEachTime(SmallSet set) {
        Dataset test = set.load().test();
        Dataset again = set.load().test();

        assertThat(rows(again)).isDeepEqualTo(rows(test));
    }

    @ParameterizedTest
    @MethodSource("sets")
    void everyFeatureHasANameOfItsOwn(SmallSet set) {
        assertThat(set.featureNames()).doesNotHaveDuplicates().doesNotContain("");
        assertThat(Shape.of(set.featureNames().size())).isEqualTo(set.all().inputShape());
    }

    @Test
    void classesAreKnownByTheirNames() {
        assertThat(Iris.all().classNames()).containsExactly("setosa", "versicolor", "virginica");
        assertThat(Wine.all().classNames()).containsExactly("cultivar 1", "cultivar 2", "cultivar 3");
        assertThat(BreastCancer.all().classNames()).containsExactly("malignant", "benign");
        assertThat(Digits.all().classNames()).hasSize(10).startsWith("0", "1").endsWith("9");
        assertThat(Iris.load().test().classNames()).isEqualTo(Iris.all().classNames());
    }

    @Test
    void diabetesIsARegression() {
        Dataset data = Diabetes.all();

        assertThat(data.isLabeled()).isFalse();
        assertThat(data.targetShape()).isEqualTo(Shape.of(1));
        assertThat(Diabetes.load().train().size()).isEqualTo(354);
        assertThat(Diabetes.featureNames()).startsWith("age", "sex", "bmi");
    }

    @Test
    void digitsAreImagesWithValuesFrom0To16() {
        float[][] rows = rows(Digits.all());

        assertThat(rows).hasDimensions(1797, 64);
        for (float[] row : rows) {
            for (float value : row)
                assertThat(value == (int) value && value >= 0 && value <= 16).isTrue();
        }
        assertThat(Digits.featureNames()).startsWith("pixel_0_0", "pixel_0_1").endsWith("pixel_7_7");
        assertThat(Digits.load().train().size()).isEqualTo(1438);
    }

    @Test
    void theFirstFlowerIsTheFirstOfThePaper() {
        assertThat(rows(Iris.all())[0]).containsExactly(5.1f, 3.5f, 1.4f, 0.2f);
        assertThat(Iris.featureNames())
                .containsExactly("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)");
        assertThat(Iris.load().train().size()).isEqualTo(120);
    }

    @Test
    void everyClassOffersItsOwnFile() {
        assertThat(Wine.load().train().size()).isEqualTo(142);
        assertThat(Wine.featureNames()).hasSize(13).startsWith("alcohol");
        assertThat(BreastCancer.load().train().size()).isEqualTo(455);
        assertThat(BreastCancer.featureNames()).hasSize(30).startsWith("mean radius");
    }

    private static float[][] rows(Dataset data) {
        float[][] rows = new float[data.size()][data.inputShape().size()];
        for (int row = 0; row < rows.length; row++) data.readInput(row, rows[row], 0);
        return rows;
    }

    private static double sum(Dataset data, int column, boolean weighted) {
        float[] row = new float[data.inputShape().size()];
        double sum = 0;
        for (int i = 0; i < data.size(); i++) {
            data.readInput(i, row, 0);
            sum += row[column] * (weighted ? (i + 1.0) / data.size() : 1);
        }
        return sum;
    }

    private static double answers(Dataset data) {
        float[] answer = new float[1];
        double sum = 0;
        for (int i = 0; i < data.size(); i++) {
            if (data.isLabeled()) answer[0] = data.label(i);
            else data.readTarget(i, answer, 0);
            sum += answer[0] * (i + 1.0) / data.size();
        }
        return sum;
    }

    private static long count(Dataset data, int label) {
        return IntStream.range(0, data.size())
                .filter(row -> data.label(row) == label)
                .count();
    }
}
