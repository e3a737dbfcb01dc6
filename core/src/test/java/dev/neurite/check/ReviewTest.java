package dev.neurite.check;

import static dev.neurite.layer.Layers.dense;
import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.check.Advice.Topic;
import dev.neurite.data.Dataset;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Model;
import dev.neurite.optim.Optimizers;
import dev.neurite.tensor.Shape;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ReviewTest {
    /// Rows of two classes; of the rarer one `share` are far away.
    private static Dataset rows(int seed, double share) {
        var random = new Random(seed);
        float[][] x = new float[400][1];
        int[] labels = new int[x.length];
        for (int i = 0; i < x.length; i++) {
            labels[i] = i % 10 == 0 ? 1 : 0;
            boolean far = labels[i] == 1 && random.nextDouble() < share;
            x[i][0] = (float) random.nextGaussian() + (far ? 8 : 0);
        }
        return Dataset.of(x, labels, List.of("no", "yes"));
    }

    private static Trainer trainer() {
        Model model = Model.of(Shape.of(1), dense(2, Activation.SOFTMAX)).initialize(1);
        return Trainer.of(model)
                .optimizer(Optimizers.adam(0.05))
                .epochs(20)
                .batchSize(16)
                .threads(1);
    }

    private static List<Advice> review(Dataset train, Dataset validation, Dataset test) {
        Run run = trainer().fit(train, validation);
        return Review.of(trainer(), run, train, validation, test).advice(Kernels.shared());
    }

    @Test
    void aRareClassThatIsNotFound() {
        List<Advice> advice = review(rows(1, 0.1), rows(2, 0.1), rows(3, 0.1));
        assertThat(advice)
                .filteredOn(each -> each.verdict() != Verdict.OK)
                .extracting(Advice::topic)
                .containsExactlyInAnyOrder(Topic.BASELINE, Topic.RARE_CLASS);
        assertThat(advice)
                .filteredOn(each -> each.topic() == Topic.RARE_CLASS)
                .singleElement()
                .satisfies(found -> assertThat(found.text())
                        .contains(
                                "Of the 40 test rows of 'yes'", "has recall 0.50 and precision 0.", "validation part"));
        Dataset test = rows(3, 0.1);
        Run run = trainer().fit(rows(1, 0.1), test);
        assertThat(Review.of(trainer(), run, rows(1, 0.1), test).advice(Kernels.shared()))
                .anySatisfy(found -> assertThat(found.text()).contains("on the test part, which it was chosen on"));
    }

    @Test
    void aRareClassThatIsFoundNeedsNoAdvice() {
        assertThat(review(rows(1, 1), rows(2, 1), rows(3, 1)))
                .extracting(Advice::verdict)
                .containsOnly(Verdict.OK);
    }
}
