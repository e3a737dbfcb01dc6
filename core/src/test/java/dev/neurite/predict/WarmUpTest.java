package dev.neurite.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.error.DataException;
import dev.neurite.io.ModelFile;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Layers;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WarmUpTest {
    @Test
    void singleRowsAndBatchesAreComputedInTurnUntilTheTimeIsOver() {
        List<Integer> computed = new ArrayList<>();
        WarmUp counted = computed::add;
        counted.run(4, Duration.ZERO);
        assertThat(computed).isEmpty();
        counted.run(4, Duration.ofNanos(1));
        assertThat(computed).containsExactly(1, 4);
    }

    /// A row that takes as long each time gets no faster: four blocks of a tenth of a second are enough.
    @Test
    void itEndsWhenTheModelGetsNoFaster() {
        long begin = System.nanoTime();
        WarmUp idle = _ -> {
            long end = System.nanoTime() + 10_000_000;
            while (System.nanoTime() < end) Thread.onSpinWait();
        };
        idle.run(2, Duration.ofSeconds(60));
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void aPredictorComputesRowsOfItsInputs() {
        Model model = Model.of(Shape.of(Shape.OPEN, 3), Layers.gru(4), Layers.dense(2, Activation.SOFTMAX))
                .initialize(1);
        WarmUp.of(Predictor.of(new ModelFile(model, Map.of())), Kernels.shared())
                .compute(3);
    }

    @Test
    void textsHaveVariousLengthsAndFitTheModel() {
        List<List<String>> computed = new ArrayList<>();
        WarmUp warming = WarmUp.ofTexts(texts -> {
            if (texts.stream().anyMatch(each -> each.length() > 20)) {
                throw new DataException("text", "expects at most 20 letters, got more");
            }
            computed.add(texts);
        });
        warming.compute(4);
        warming.compute(9);
        assertThat(computed).extracting(List::size).containsExactly(4, 9);
        assertThat(computed.getFirst()).doesNotHaveDuplicates();
        WarmUp refused = WarmUp.ofTexts(_ -> {
            throw new DataException("text", "expects another, got this one");
        });
        assertThatThrownBy(() -> refused.compute(1)).isInstanceOf(DataException.class);
    }
}
