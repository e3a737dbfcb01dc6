package dev.neurite.dashboard.view;

import static dev.neurite.kernel.Activation.IDENTITY;
import static dev.neurite.kernel.Activation.SIGMOID;
import static dev.neurite.kernel.Activation.SOFTMAX;
import static dev.neurite.layer.Layers.activation;
import static dev.neurite.layer.Layers.features;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.charts.Curve;
import dev.neurite.charts.Line;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.io.ModelFile;
import dev.neurite.loss.Criterion;
import dev.neurite.loss.Losses;
import dev.neurite.metric.Metrics;
import dev.neurite.model.Model;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.DoubleStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Errors and examples, compared with scikit-learn.
final class ErrorsTest {
    private static final Offset<Double> CLOSE = within(2e-6); // float32 probabilities

    private static Outcomes outcomes(Model model, Dataset data, Criterion loss) {
        var file = new ModelFile(model, Map.of());
        return Outcomes.of(new Subject(file, "test", Optional.of(data), Optional.of(loss), 7));
    }

    private static Outcomes classifier(String name) {
        float[][] inputs = Golden.rows(name + ".inputs");
        int count = inputs[0].length;
        List<String> names = List.of("ant", "bee", "cat", "dog").subList(0, count);
        Dataset data = Dataset.of(inputs, Golden.labels(name + ".labels"), names);
        return outcomes(Model.of(features(count), activation(SOFTMAX)), data, Losses.crossEntropy());
    }

    @ParameterizedTest
    @ValueSource(strings = {"four", "two"})
    void classesAreThoseOfScikitLearn(String name) {
        Errors errors = Errors.of(classifier(name));
        assertThat(errors.rows()).isEqualTo(Golden.labels(name + ".labels").length);
        assertThat(errors.part()).isEqualTo("test");
        assertThat(errors.sampled()).isFalse();
        assertThat(errors.accuracy()).isCloseTo(Golden.number(name + "/accuracy"), CLOSE);
        assertThat(errors.loss()).isCloseTo(Golden.number(name + "/loss"), CLOSE);
        assertThat(errors.interval()[0]).isCloseTo(Golden.numbers(name + "/interval")[0], CLOSE);
        assertThat(errors.interval()[1]).isCloseTo(Golden.numbers(name + "/interval")[1], CLOSE);
        double[] confusion = Golden.numbers(name + "/confusion");
        int count = errors.classes().size();
        for (int truth = 0; truth < count; truth++) {
            Errors.OfClass each = errors.classes().get(truth);
            assertThat(each.precision()).isCloseTo(Golden.numbers(name + "/precision")[truth], CLOSE);
            assertThat(each.recall()).isCloseTo(Golden.numbers(name + "/recall")[truth], CLOSE);
            assertThat(each.f1()).isCloseTo(Golden.numbers(name + "/f1")[truth], CLOSE);
            assertThat((double) each.support()).isEqualTo(Golden.numbers(name + "/support")[truth]);
            long predicted = 0;
            for (int other = 0; other < count; other++) {
                assertThat((double) errors.confusion()[truth][other]).isEqualTo(confusion[truth * count + other]);
                predicted += (long) confusion[other * count + truth];
            }
            assertThat(each.predicted()).isEqualTo(predicted);
        }
        assertThat(errors.regression()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"four", "two"})
    void curvesAreThoseOfScikitLearn(String name) {
        Outcomes outcomes = classifier(name);
        Errors errors = Errors.of(outcomes);
        int first = name.equals("two") ? 1 : 0; // of two classes one curve says all
        assertThat(errors.rankings()).hasSize(outcomes.classNames().size() - first);
        for (int i = 0; i < errors.rankings().size(); i++) {
            RankingCurves ranking = errors.rankings().get(i);
            int label = first + i;
            assertThat(ranking.name()).isEqualTo(outcomes.classNames().get(label));
            assertThat(ranking.roc().area()).isCloseTo(Golden.number(name + "/roc." + label + ".auc"), CLOSE);
            assertThat(ranking.precisionRecall().area()).isCloseTo(Golden.number(name + "/pr." + label + ".ap"), CLOSE);
            Line roc = ranking.roc().line();
            assertThat(roc.x()).containsExactly(Golden.numbers(name + "/roc." + label + ".fpr"), CLOSE);
            assertThat(roc.y()).containsExactly(Golden.numbers(name + "/roc." + label + ".tpr"), CLOSE);
            double[] precision = Golden.numbers(name + "/pr." + label + ".precision");
            Line pr = ranking.precisionRecall().line();
            assertThat(pr.x()).containsExactly(begun(0, Golden.numbers(name + "/pr." + label + ".recall")), CLOSE);
            assertThat(pr.y()).containsExactly(begun(precision[0], precision), CLOSE);
        }
    }

    private static double[] begun(double first, double[] others) {
        return DoubleStream.concat(DoubleStream.of(first), Arrays.stream(others))
                .toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"four", "two"})
    void calibrationIsThatOfItsDefinition(String name) {
        Outcomes outcomes = classifier(name);
        Errors.Calibration calibration = Errors.of(outcomes).calibration().orElseThrow();
        assertThat(calibration.error())
                .isCloseTo(Golden.number(name + "/ece"), CLOSE)
                .isCloseTo(Metrics.calibrationError().of(outcomes.predictions()).orElseThrow(), CLOSE);
        double[] counts = Golden.numbers(name + "/bins");
        assertThat(calibration.bins()).hasSize(counts.length);
        for (int i = 0; i < counts.length; i++) {
            Errors.Calibration.Bin bin = calibration.bins().get(i);
            assertThat((double) bin.count()).isEqualTo(counts[i]);
            if (bin.count() == 0) assertThat(bin.confidence()).isNaN();
            else assertThat(bin.confidence()).isBetween(bin.from(), bin.to() + 1e-9);
        }
    }

    @Test
    void valuesAreThoseOfScikitLearn() {
        Dataset data = Dataset.of(Golden.rows("values.inputs"), Golden.rows("values.targets"));
        Outcomes outcomes = outcomes(Model.of(features(1), activation(IDENTITY)), data, Losses.meanSquaredError());
        Errors errors = Errors.of(outcomes);
        Errors.Regression regression = errors.regression().orElseThrow();
        assertThat(regression.mae()).isCloseTo(Golden.number("values/mae"), CLOSE);
        assertThat(regression.rmse()).isCloseTo(Golden.number("values/rmse"), CLOSE);
        assertThat(regression.r2()).isCloseTo(Golden.number("values/r2"), CLOSE);
        double[] counts = Golden.numbers("values/residuals");
        assertThat(regression.residuals().counts()).hasSize(30);
        for (int i = 0; i < 30; i++) {
            assertThat((double) regression.residuals().counts()[i]).isEqualTo(counts[i]);
        }
        assertThat(regression.points()).hasDimensions(90, 2);
        assertThat(regression.points()[3])
                .containsExactly(Golden.numbers("values.targets")[3], Golden.numbers("values.inputs")[3]);
        assertThat(errors.accuracy()).isNaN();
        assertThat(errors.interval()).isEmpty();
        assertThat(errors.classes()).isEmpty();
        assertThat(errors.confusion()).isEmpty();
        assertThat(errors.rankings()).isEmpty();
    }

    @Test
    void longCurvesAreThinned() {
        float[][] inputs = new float[5_000][2];
        int[] labels = new int[inputs.length];
        for (int i = 0; i < inputs.length; i++) {
            labels[i] = i * 7 % 3 == 0 ? 1 : 0;
            inputs[i][1] = (float) Math.sin(i) + 0.3f * labels[i];
        }
        Dataset data = Dataset.of(inputs, labels, List.of("no", "yes"));
        Outcomes outcomes = outcomes(Model.of(features(2), activation(SOFTMAX)), data, Losses.crossEntropy());
        RankingCurves ranking = Errors.of(outcomes).rankings().getFirst();
        assertThat(ranking.roc().area())
                .isCloseTo(Metrics.rocAuc().of(outcomes.predictions()).orElseThrow(), within(1e-9));
        double[] x = ranking.roc().line().x();
        double[] y = ranking.roc().line().y();
        assertThat(x).hasSizeBetween(100, Curve.MOST_THRESHOLDS).startsWith(0).endsWith(1);
        assertThat(y).startsWith(0).endsWith(1);
        double area = 0; // by the points that are left
        for (int i = 1; i < x.length; i++) area += (x[i] - x[i - 1]) * (y[i] + y[i - 1]) / 2;
        assertThat(area).isCloseTo(ranking.roc().area(), within(0.002));
        double[] recall = ranking.precisionRecall().line().x();
        assertThat(recall)
                .hasSizeBetween(100, Curve.MOST_THRESHOLDS + 1)
                .startsWith(0)
                .endsWith(1);
    }

    @Test
    void severalLabelsOfARow() {
        float[][] inputs = {{2, -2}, {3, 1}, {-1, 2}, {-2, -3}};
        float[][] targets = {{1, 0}, {1, 1}, {1, 1}, {0, 0}};
        Outcomes outcomes = outcomes(
                Model.of(features(2), activation(SIGMOID)), Dataset.of(inputs, targets), Losses.binaryCrossEntropy());
        Errors errors = Errors.of(outcomes);
        assertThat(errors.accuracy()).isEqualTo(0.75); // all labels of a row
        assertThat(errors.classes()).hasSize(2);
        assertThat(errors.classes().getFirst().recall()).isCloseTo(2.0 / 3, CLOSE);
        assertThat(errors.classes().getFirst().predicted()).isEqualTo(2);
        assertThat(errors.rankings().getFirst().roc().area()).isEqualTo(1);
        assertThat(errors.confusion()).isEmpty();
        assertThat(outcomes.truth(1)).isEqualTo("1, 1");
        assertThat(outcomes.predicted(2)).isEqualTo("0, 1");
    }

    @Test
    void intervalsOfWilson() {
        assertThat(Errors.wilson(0.9871, 10_000)[0]).isCloseTo(0.98469, within(1e-5));
        assertThat(Errors.wilson(0, 10)[0]).isZero();
        assertThat(Errors.wilson(1, 10)[1]).isCloseTo(1, within(1e-12));
        assertThat(Errors.wilson(1, 10)[0]).isCloseTo(0.7224672, within(1e-6)); // R: prop.test(10, 10, correct = FALSE)
        assertThat(Errors.wilson(0.5, 0)).isEmpty();
    }

    @Test
    void examplesOfACellOfTheMatrix() {
        Outcomes outcomes = classifier("four");
        Errors errors = Errors.of(outcomes);
        for (int truth = 0; truth < 4; truth++) {
            for (int predicted = 0; predicted < 4; predicted++) {
                Example.Page page = Example.page(
                        outcomes, OptionalInt.of(truth), OptionalInt.of(predicted), "", Example.Order.LOSS, 0, 500);
                assertThat(page.total()).isEqualTo((int) errors.confusion()[truth][predicted]);
                assertThat(page.examples()).hasSize(page.total());
                String name = outcomes.classNames().get(truth);
                String other = outcomes.classNames().get(predicted);
                assertThat(page.examples())
                        .allMatch(each ->
                                each.truth().equals(name) && each.predicted().equals(other));
            }
        }
    }

    @Test
    void examplesInTheirOrder() {
        Outcomes outcomes = classifier("four");
        OptionalInt any = OptionalInt.empty();
        List<Example> worst = Example.worst(outcomes, 24);
        assertThat(worst).hasSize(24);
        double[] losses = worst.stream().mapToDouble(Example::loss).toArray();
        double most = 0;
        int wrong = 0;
        for (int i = 0; i < outcomes.count(); i++) {
            boolean right = outcomes.truth(i).equals(outcomes.predicted(i));
            assertThat(outcomes.isWrong(i)).isEqualTo(!right);
            if (right) continue;
            wrong++;
            most = Math.max(most, outcomes.loss(i));
        }
        assertThat(outcomes.wrong()).isEqualTo(wrong).isGreaterThan(24);
        assertThat(losses[0]).isEqualTo(most);
        assertThat(worst).allMatch(each -> !each.truth().equals(each.predicted()));
        List<Example> all = Example.page(outcomes, any, any, "", Example.Order.LOSS, 0, 1000)
                .examples();
        assertThat(all.subList(0, wrong)).allMatch(each -> !each.truth().equals(each.predicted()));
        assertThat(all.subList(wrong, all.size())).allMatch(each -> each.truth().equals(each.predicted()));
        for (int i = 1; i < losses.length; i++) assertThat(losses[i]).isLessThanOrEqualTo(losses[i - 1]);
        double mean = 0;
        for (int i = 0; i < outcomes.count(); i++) mean += outcomes.loss(i) / outcomes.count();
        assertThat(mean).isCloseTo(Golden.number("four/loss"), CLOSE);
        List<Example> rows =
                Example.page(outcomes, any, any, "", Example.Order.ROW, 10, 3).examples();
        assertThat(rows).extracting(Example::row).containsExactly(10, 11, 12);
        List<Example> sure = Example.page(outcomes, any, any, "", Example.Order.CONFIDENCE, 0, 5)
                .examples();
        List<Example> unsure =
                Example.page(outcomes, any, any, "", Example.Order.UNSURE, 0, 5).examples();
        assertThat(sure.getFirst().confidence()).isGreaterThan(0.9);
        assertThat(unsure.getFirst().confidence()).isLessThan(0.5);
        assertThat(sure.get(1).confidence()).isLessThanOrEqualTo(sure.getFirst().confidence());
        assertThat(rows.getFirst().image()).isEmpty();
        assertThat(rows.getFirst().values()).containsOnlyKeys("x1", "x2", "x3", "x4");
    }

    @Test
    void rowsWithoutALabelAreLeftOut() {
        float[][] inputs = {{5, 0}, {0, 5}, {5, 0}};
        Dataset data = Dataset.of(inputs, new int[] {0, -1, 1}, List.of("a", "b"), -1);
        Outcomes outcomes = outcomes(
                Model.of(features(2), activation(SOFTMAX)),
                data,
                Losses.crossEntropy().ignoring(-1));
        assertThat(outcomes.count()).isEqualTo(2);
        assertThat(outcomes.row(1)).isEqualTo(2);
        assertThat(Example.worst(outcomes, 1).getFirst().row()).isEqualTo(2);
    }

    /// A few wrong ones are not filled up with right ones; where none is wrong, a few are shown that are least sure.
    @Test
    void theWorstAreWrongOnes() {
        float[][] scores = new float[30][2];
        for (int i = 0; i < scores.length; i++) scores[i][0] = 1 + i;
        int[] labels = new int[scores.length];
        Model softmax = Model.of(features(2), activation(SOFTMAX));
        List<String> names = List.of("a", "b");
        Outcomes right = outcomes(softmax, Dataset.of(scores, labels, names), Losses.crossEntropy());
        assertThat(right.wrong()).isZero();
        assertThat(Example.worst(right, 24)).extracting(Example::row).containsExactly(0, 1, 2, 3, 4, 5);
        labels[4] = 1;
        labels[20] = 1;
        Outcomes two = outcomes(softmax, Dataset.of(scores, labels, names), Losses.crossEntropy());
        assertThat(two.wrong()).isEqualTo(2);
        assertThat(Example.worst(two, 24)).extracting(Example::row).containsExactly(20, 4);
        assertThat(Example.worst(two, 1)).extracting(Example::row).containsExactly(20);
        Outcomes values = outcomes(
                Model.of(features(2), activation(IDENTITY)),
                Dataset.of(dev.neurite.tensor.Tensor.of(scores), dev.neurite.tensor.Tensor.of(scores)),
                Losses.meanSquaredError());
        assertThat(values.wrong()).isEqualTo(-1);
        assertThat(Example.worst(values, 24)).hasSize(24);
    }

    @Test
    void withoutDataThereAreNoErrors() {
        var file = new ModelFile(Model.of(features(2), activation(SOFTMAX)), Map.of());
        var subject = new Subject(file, "test", Optional.empty(), Optional.empty(), -1);
        assertThatThrownBy(() -> Outcomes.of(subject)).isInstanceOf(ConfigException.class);
    }

    @Test
    void histogramsCountFiniteNumbers() {
        Errors.Histogram histogram = Errors.Histogram.of(new double[] {0, 1, 1, 3, Double.NaN}, 3);
        assertThat(histogram.counts()).containsExactly(1, 2, 1);
        assertThat(Arrays.stream(Errors.Histogram.of(new double[] {2, 2}, 4).counts())
                        .sum())
                .isEqualTo(2);
    }
}
