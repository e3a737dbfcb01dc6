package dev.neurite.data.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.data.Dataset;
import dev.neurite.data.table.ColumnSettings.Missing;
import dev.neurite.data.table.ColumnSettings.Scaler;
import dev.neurite.error.ConfigException;
import dev.neurite.error.DataException;
import dev.neurite.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PreprocessingTest {
    record Row(double x, String color, String species) {}

    private static final List<Row> ROWS =
            List.of(new Row(1, "red", "b"), new Row(3, "blue", "a"), new Row(5, "red", "b"));

    private static final PreprocessingSettings CLASSES = PreprocessingSettings.classes("species");

    private static float[] input(Dataset data, int row) {
        float[] array = new float[data.inputShape().size()];
        data.readInput(row, array, 0);
        return array;
    }

    private static Table table(float... values) {
        float[][] rows = new float[values.length][];
        for (int i = 0; i < rows.length; i++) rows[i] = new float[] {values[i], i % 2};
        return Table.of(List.of("x", "y"), rows);
    }

    private static float[] column(ColumnSettings settings, float... values) {
        Table table = table(values);
        Dataset data = Preprocessing.fit(
                        table, PreprocessingSettings.classes("y").withUsual(settings))
                .apply(table);
        float[] all = new float[values.length * data.inputShape().size()];
        for (int i = 0; i < values.length; i++)
            data.readInput(i, all, i * data.inputShape().size());
        return all;
    }

    @Test
    void numbersAreStandardizedTextsOneHotAndClassesSorted() {
        Preprocessing fitted = Preprocessing.fit(Table.of(ROWS), CLASSES);
        assertThat(fitted.inputNames()).containsExactly("x", "color=blue", "color=red");
        assertThat(fitted.classNames()).containsExactly("a", "b");
        Dataset data = fitted.apply(Table.of(ROWS));
        double deviation = Math.sqrt(8 / 3.0);
        assertThat(input(data, 0)).containsExactly((float) (-2 / deviation), 0, 1);
        assertThat(input(data, 1)).containsExactly(0, 1, 0);
        assertThat(data.label(0)).isEqualTo(1);
        assertThat(data.isPrepared()).isTrue();
        assertThat(data.rows(1).isPrepared()).isTrue();
    }

    @Test
    void aRowIsTheSameFromTableMapRecordAndTexts() {
        Preprocessing fitted = Preprocessing.fit(Table.of(ROWS), CLASSES);
        float[] expected = input(fitted.apply(Table.of(ROWS)), 2);
        assertThat(fitted.row(Map.of("x", 5, "color", "red", "other", "?"))).containsExactly(expected);
        assertThat(fitted.row(Map.of("x", "5.0", "color", "red"))).containsExactly(expected);
        assertThat(fitted.row(ROWS.get(2))).containsExactly(expected);
        assertThat(fitted.row(List.of("5", "red"))).containsExactly(expected);
        assertThat(fitted.row(List.of("5", "red", ""))).containsExactly(expected);
    }

    @Test
    void rowsThatCannotBeEncodedAreRefused() {
        Preprocessing fitted = Preprocessing.fit(Table.of(ROWS), CLASSES);
        assertThatThrownBy(() -> fitted.row(Map.of("x", 1))).hasMessageContaining("got nothing for color");
        Table colours = Table.ofMaps(List.of("x", "colour"), List.of(Map.of("x", 1, "colour", "red")).stream());
        assertThatThrownBy(() -> fitted.applyToInputs(colours))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("missing: color. It has 'colour'. Did you mean 'color'?");
        assertThatThrownBy(() -> fitted.row(Map.of("x", 1, "color", "green")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(
                        "row, column 'color': expects a value of the training rows, blue, red, got 'green'");
        assertThatThrownBy(() -> fitted.row(Map.of("x", "much", "color", "red")))
                .hasMessageContaining("got 'much'");
        assertThatThrownBy(() -> fitted.row(Map.of("x", Optional.empty(), "color", "red")))
                .hasMessageContaining("expects a value, got none");
        assertThatThrownBy(() -> fitted.row(List.of("1"))).hasMessage("row: expects 2 values, got 1");
        assertThatThrownBy(() -> fitted.apply(Table.of(List.of(new Row(1, "red", "c")))))
                .hasMessageContaining("column 'species'")
                .hasMessageContaining("got 'c'");
    }

    @Test
    void scalesAreThoseOfTheTrainingRows() {
        assertThat(column(ColumnSettings.USUAL.withScaling(Scaler.MIN_MAX), 2, 4, 6))
                .containsExactly(0, 0.5f, 1);
        assertThat(column(ColumnSettings.USUAL.withScaling(Scaler.NONE), 2, 4)).containsExactly(2, 4);
        assertThat(column(ColumnSettings.USUAL.withScaling(Scaler.PIXELS), 0, 51, 255))
                .containsExactly(0, 51 / 255f, 1);
    }

    @Test
    void aConstantColumnBecomesZeros() {
        assertThat(column(ColumnSettings.USUAL, 0.1f, 0.1f, 0.1f)).containsExactly(0, 0, 0);
        assertThat(column(ColumnSettings.USUAL.withScaling(Scaler.MIN_MAX), 7, 7))
                .containsExactly(0, 0);
    }

    @Test
    void missingNumbersFollowTheirRule() {
        ColumnSettings plain = ColumnSettings.USUAL.withScaling(Scaler.NONE);
        assertThat(column(plain.withMissing(Missing.MEAN), 1, Float.NaN, 2, 6)).containsExactly(1, 3, 2, 6);
        assertThat(column(plain.withMissing(Missing.MEDIAN), 1, Float.NaN, 2, 6))
                .containsExactly(1, 2, 2, 6);
        assertThat(column(plain.withMissingAs(-1).withIndicator(), 1, Float.NaN))
                .containsExactly(1, 0, -1, 1);
        assertThatThrownBy(() -> column(plain, 1, Float.NaN))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 1, column 'x': expects a value, got none");
        assertThatThrownBy(() -> column(plain.withMissing(Missing.MEAN), Float.NaN, Float.NaN))
                .hasMessageContaining("column 'x': expects a value in some row");
    }

    @Test
    void missingAndUnseenTextsBecomeZerosIfTheyMay() {
        ColumnSettings lenient =
                ColumnSettings.USUAL.withMissing(Missing.MEAN).withIndicator().withUnseenIgnored();
        Preprocessing fitted = Preprocessing.fit(Table.of(ROWS), CLASSES.with("color", lenient));
        assertThat(fitted.inputNames()).containsExactly("x", "color=blue", "color=red", "color missing");
        assertThat(fitted.row(Map.of("x", 3, "color", "green"))).containsExactly(0, 0, 0, 0);
        assertThat(fitted.row(Map.of("x", 3, "color", Optional.empty()))).containsExactly(0, 0, 0, 1);
    }

    @Test
    void anOutlierInTheTestPartChangesNoFigure() {
        Table all = table(1, 2, 3, 4, 1e9f);
        Preprocessing fitted = Preprocessing.fit(all.rows(0, 1, 2, 3), PreprocessingSettings.classes("y"));
        Preprocessing alone = Preprocessing.fit(table(1, 2, 3, 4), PreprocessingSettings.classes("y"));
        assertThat(fitted).isEqualTo(alone);
        List<Row> rows = List.of(ROWS.get(0), ROWS.get(1), new Row(1, "planted", "c"));
        assertThat(Preprocessing.fit(Table.of(rows).rows(0, 1), CLASSES).inputNames())
                .doesNotContain("color=planted");
    }

    @Test
    void classesThatAreNumbersAreSortedAsSuch() {
        Table table = Table.of(List.of("x", "y"), new float[][] {{1, 10}, {2, -1}, {3, 9}, {4, 10}});
        Dataset data =
                Preprocessing.fit(table, PreprocessingSettings.classes("y")).apply(table);
        assertThat(data.classNames()).containsExactly("-1", "9", "10");
        assertThat(data.label(0)).isEqualTo(2);
        assertThatThrownBy(() -> Preprocessing.fit(
                        Table.of(List.of("x", "y"), new float[][] {{1, 2.5f}}), PreprocessingSettings.classes("y")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("row 0, column 'y': expects a whole number as a class, got 2.5");
    }

    @Test
    void valuesAreScaledUnlessTheyAreNotToBe() {
        Table table = Table.of(List.of("x", "y"), new float[][] {{1, 10}, {2, 20}});
        float[] target = new float[1];
        Preprocessing.fit(table, PreprocessingSettings.values("y")).apply(table).readTarget(0, target, 0);
        assertThat(target).containsExactly(-1);
        Preprocessing.fit(table, PreprocessingSettings.values("y").withUnscaledTarget())
                .apply(table)
                .readTarget(1, target, 0);
        assertThat(target).containsExactly(20);
        assertThatThrownBy(() -> Preprocessing.fit(Table.of(ROWS), PreprocessingSettings.values("species")))
                .hasMessageContaining("expects numbers as target values, got texts: a, b");
    }

    @Test
    void imagesKeepTheirShapeAndColumnsMayBeDropped() {
        Table table = Table.of(List.of("l", "a", "b", "c"), new float[][] {{0, 0, 255, 9}, {1, 51, 0, 9}});
        PreprocessingSettings settings = PreprocessingSettings.classes("l")
                .withUsual(ColumnSettings.USUAL.withScaling(Scaler.PIXELS))
                .without("c")
                .withInputShape(Shape.of(1, 1, 2));
        Dataset data = Preprocessing.fit(table, settings).apply(table);
        assertThat(data.inputShape()).isEqualTo(Shape.of(1, 1, 2));
        assertThat(input(data, 0)).containsExactly(0, 1);
        assertThatThrownBy(() -> Preprocessing.fit(table, settings.withInputShape(Shape.of(3))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("input shape: expects a shape of 2 numbers");
    }

    @Test
    void settingsOfColumnsThatAreNotThereAreRefused() {
        assertThatThrownBy(() -> Preprocessing.fit(Table.of(ROWS), CLASSES.without("colour")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Did you mean 'color'?");
        assertThatThrownBy(() -> Preprocessing.fit(Table.of(ROWS), PreprocessingSettings.classes("specie")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("Did you mean 'species'?");
        assertThat(Arrays.asList(Preprocessing.fit(Table.of(ROWS), PreprocessingSettings.inputsOnly())
                        .apply(Table.of(ROWS))
                        .targetShape()))
                .containsExactly(Shape.of(0));
    }
}
