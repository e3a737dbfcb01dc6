package dev.neurite.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.golden.Golden;
import dev.neurite.metric.Confusion.Cell;
import dev.neurite.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractDoubleAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfusionTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("confusion.safetensors").tensors();

    private static Confusion of(int classes, int[]... pairs) {
        var confusion = new Confusion(
                IntStream.range(0, classes).mapToObj(Integer::toString).toList());
        for (int[] pair : pairs) confusion.add(pair[0], pair[1]);
        return confusion;
    }

    /// Equal as float32, or both undefined: NaN there, empty here.
    private static void assertFigure(OptionalDouble actual, float golden, String what) {
        if (Float.isNaN(golden)) {
            assertThat(actual).as(what).isEmpty();
        } else {
            assertThat(actual).as(what).isPresent();
            AbstractDoubleAssert<?> figure = assertThat((double) (float) actual.getAsDouble());
            figure.as(what).isEqualTo(golden);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "missing", "all wrong", "one class"})
    void figuresAreThoseOfScikitLearn(String name) {
        Tensor counts = Golden.get(GOLDEN, name + ".counts");
        int classes = counts.rows();
        Confusion confusion = of(classes);
        for (float[] pair : Golden.get(GOLDEN, name + ".pairs").toRows()) {
            confusion.add((int) pair[0], (int) pair[1]);
        }
        for (int i = 0; i < classes; i++) {
            for (int j = 0; j < classes; j++) {
                assertThat(confusion.count(i, j)).isEqualTo((long) counts.get(i, j));
                assertThat(confusion.counts()[i][j]).isEqualTo((long) counts.get(i, j));
            }
            String which = name + ", class " + i;
            assertFigure(
                    confusion.precision(i),
                    Golden.get(GOLDEN, name + ".precision").get(i),
                    which);
            assertFigure(
                    confusion.recall(i), Golden.get(GOLDEN, name + ".recall").get(i), which);
            assertFigure(confusion.f1(i), Golden.get(GOLDEN, name + ".f1").get(i), which);
            assertThat(confusion.support(i))
                    .isEqualTo((long) Golden.get(GOLDEN, name + ".support").get(i));
        }
        assertFigure(
                confusion.accuracy(), Golden.get(GOLDEN, name + ".accuracy").get(), name);
        Tensor means = Golden.get(GOLDEN, name + ".means");
        assertFigure(confusion.macroPrecision(), means.get(0), name);
        assertFigure(confusion.macroRecall(), means.get(1), name);
        assertFigure(confusion.macroF1(), means.get(2), name);
    }

    @Test
    void withoutRowsEveryFigureIsEmptyAndNoneIsNaN() {
        Confusion confusion = of(2);
        assertThat(confusion.total()).isZero();
        assertThat(List.of(
                        confusion.accuracy(),
                        confusion.precision(0),
                        confusion.recall(0),
                        confusion.f1(0),
                        confusion.macroPrecision(),
                        confusion.macroRecall(),
                        confusion.macroF1()))
                .containsOnly(OptionalDouble.empty());
        assertThat(Confusion.show(confusion.accuracy())).isEqualTo("n/a");
    }

    @Test
    void aClassOutOfRangeIsRefused() {
        assertThatThrownBy(() -> of(3).add(3, 0))
                .isInstanceOf(DataException.class)
                .hasMessage("truth: expects a class from 0 to 2, got 3");
        assertThatThrownBy(() -> of(3).add(0, -2))
                .isInstanceOf(DataException.class)
                .hasMessage("prediction: expects a class from 0 to 2, got -2");
    }

    @Test
    void theCountsAreACopy() {
        Confusion confusion = of(2, new int[] {0, 1});
        confusion.counts()[0][1] = 99;
        assertThat(confusion.count(0, 1)).isEqualTo(1);
    }

    @Test
    void theTableIsTheSameInEveryLocale() {
        Confusion confusion = new Confusion(List.of("cat", "a longer name"));
        for (int i = 0; i < 1234; i++) confusion.add(0, 0);
        confusion.add(0, 1);
        Locale before = Locale.getDefault();
        try {
            for (Locale locale : List.of(Locale.ROOT, Locale.GERMANY, Locale.forLanguageTag("ar-EG-u-nu-arab"))) {
                Locale.setDefault(locale);
                assertThat(confusion.toString().lines())
                        .containsExactly(
                                "class          precision  recall      f1  support",
                                "cat               1.0000  0.9992  0.9996    1,235",
                                "a longer name     0.0000     n/a  0.0000        0",
                                "mean              0.5000  0.9992  0.4998    1,235");
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void aHundredThousandClassesTakeNoMatrixOfThem() {
        var confusion = new Confusion(
                IntStream.range(0, 100_000).mapToObj(Integer::toString).toList());
        confusion.add(99_999, 99_998);
        confusion.add(99_999, 99_998);
        confusion.add(0, 0);
        confusion.add(7, Confusion.NO_CLASS);
        assertThat(confusion.cells()).containsExactly(new Cell(0, 0, 1), new Cell(99_999, 99_998, 2));
        assertThat(confusion.count(99_999, 99_998)).isEqualTo(2);
        assertThat(confusion.unclassified(7)).isEqualTo(1);
        assertThat(confusion.accuracy()).hasValue(0.25);
    }
}
