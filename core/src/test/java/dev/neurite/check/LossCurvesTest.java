package dev.neurite.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.check.Advice.Topic;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class LossCurvesTest {
    private static LossCurves curves(List<Double> training, List<Double> validation) {
        List<Integer> epochs =
                IntStream.rangeClosed(1, validation.size()).boxed().toList();
        return new LossCurves(training, "validation", epochs, validation, false, OptionalDouble.empty());
    }

    private static Verdict of(Topic topic, LossCurves curves) {
        return curves.advice().stream()
                .filter(each -> each.topic() == topic)
                .map(Advice::verdict)
                .findFirst()
                .orElse(Verdict.OK);
    }

    /// F11: the page was green at five times the training loss, as long as the loss was at its best.
    @Test
    void twiceTheTrainingLossIsWorthALookAlsoAtItsBest() {
        LossCurves best = curves(List.of(1.0, 0.4, 0.1), List.of(1.0, 0.7, 0.5));
        assertThat(of(Topic.OVER_FITTING, best)).isEqualTo(Verdict.WARNING);
        assertThat(best.advice().getFirst().text()).contains("0.5000, is 5.000 times the training loss.");
        assertThat(of(Topic.OVER_FITTING, curves(List.of(1.0, 0.4, 0.3), List.of(1.0, 0.7, 0.55))))
                .isEqualTo(Verdict.OK); // less than twice
        assertThat(of(Topic.OVER_FITTING, curves(List.of(1.0, 0.1, 0.01), List.of(0.5, 0.1, 0.05))))
                .isEqualTo(Verdict.OK); // too small to be seen
    }

    @Test
    void aLossThatRisesForSomeEpochs() {
        List<Double> training = List.of(1.0, 0.9, 0.8, 0.7, 0.6);
        assertThat(of(Topic.OVER_FITTING, curves(training, List.of(1.0, 0.8, 0.9, 0.95, 1.1))))
                .isEqualTo(Verdict.WARNING);
        LossCurves above = curves(
                List.of(1.0, 0.8, 0.6, 0.5, 0.4, 0.35), List.of(1.0, 0.6, 0.5, 0.55, 0.54, 0.6)); // with ups and downs
        assertThat(of(Topic.OVER_FITTING, above)).isEqualTo(Verdict.WARNING);
        assertThat(above.advice().getFirst().text()).contains("0.6000, 20 % above its best, 0.5000 in epoch 3");
        var kept = new LossCurves(
                training,
                "validation",
                List.of(1, 2, 3, 4, 5),
                List.of(1.0, 0.8, 0.9, 0.95, 1.1),
                true,
                OptionalDouble.empty());
        assertThat(kept.advice()).extracting(Advice::verdict).containsOnly(Verdict.OK);
        assertThat(kept.advice().getFirst().text()).contains("0.8000 in epoch 2, and the best model is kept");
    }

    @Test
    void divergence() {
        assertThat(of(Topic.DIVERGENCE, curves(List.of(1.0, Double.NaN), List.of())))
                .isEqualTo(Verdict.PROBLEM);
        assertThat(of(Topic.DIVERGENCE, curves(List.of(1.0, 0.5, 1.2), List.of())))
                .isEqualTo(Verdict.PROBLEM);
        assertThat(of(Topic.DIVERGENCE, curves(List.of(1.0, 0.2, 0.5), List.of())))
                .isEqualTo(Verdict.WARNING);
        assertThat(of(Topic.DIVERGENCE, curves(List.of(1.0, 0.5, 0.4), List.of())))
                .isEqualTo(Verdict.OK);
        LossCurves spike = curves(List.of(1.0, 0.08, 0.9, 0.1), List.of());
        assertThat(of(Topic.DIVERGENCE, spike)).isEqualTo(Verdict.WARNING);
        assertThat(spike.advice().getFirst().text()).contains("rose to 11.25 times");
        assertThat(of(Topic.DIVERGENCE, curves(List.of(1.0, 1e-5, 1e-3, 1e-4), List.of())))
                .isEqualTo(Verdict.OK);
    }

    /// `--lr 100` had a loss of 52,120 from the first epoch on, and no word.
    @Test
    void aLossAboveThatOfAConstantPrediction() {
        LossCurves huge = curves(List.of(90_000.0, 52_120.0), List.of());
        assertThat(of(Topic.DIVERGENCE, huge)).isEqualTo(Verdict.OK);
        assertThat(of(Topic.DIVERGENCE, huge.withConstant(1.099))).isEqualTo(Verdict.PROBLEM);
        assertThat(huge.withConstant(1.099).advice().getFirst().text()).contains("52120", "1.099");
        assertThat(of(Topic.DIVERGENCE, curves(List.of(9.0, 3.0), List.of()).withConstant(1.1)))
                .isEqualTo(Verdict.WARNING);
        assertThat(of(Topic.DIVERGENCE, curves(List.of(2.0, 1.5), List.of()).withConstant(1.1)))
                .isEqualTo(Verdict.OK);
    }
}
