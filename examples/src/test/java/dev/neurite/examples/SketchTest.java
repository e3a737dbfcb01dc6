package dev.neurite.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.neurite.model.Inspection;
import dev.neurite.model.Inspection.LayerView;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class SketchTest {
    private static String printed(Consumer<PrintStream> example) {
        var bytes = new ByteArrayOutputStream();
        example.accept(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theIdentityIsLearned() {
        assertThat(Identity.leastRight(Identity.untrained())).isLessThan(0.5f);
        assertThat(Identity.leastRight(Identity.trained())).isGreaterThan(0.99f);
        assertThat(printed(Identity::run)).contains("before training", "after training", "0.99");
    }

    // The numbers of the two tests below come from NumPy in float64:
    //
    // x = np.array([[1, 2], [3, -1.0]]); y = np.eye(2)
    // W1 = np.array([[.5, -.25], [-1, .75]]); b1 = np.array([.25, .5])
    // W2 = np.array([[1, -.5], [-.75, .5]]); b2 = np.array([0, .25])
    // z1 = x @ W1.T + b1; a1 = np.maximum(z1, 0); z2 = a1 @ W2.T + b2
    // p = np.exp(z2); p /= p.sum(1, keepdims=True)
    // d2 = p - y; dW2 = d2.T @ a1 / 2; db2 = d2.sum(0) / 2
    // d1 = (d2 @ W2) * (z1 > 0); dW1 = d1.T @ x / 2; db1 = d1.sum(0) / 2
    // W1 - .1 * dW1, b1 - .1 * db1, W2 - .1 * dW2, b2 - .1 * db2

    @Test
    void everyNumberOfTheStepByHandIsRight() {
        Inspection step = ByHand.trainer().inspectStep(ByHand.rows());
        LayerView first = step.layer("dense1");
        LayerView second = step.layer("dense2");
        assertClose(first.preActivation(), 0.25, 1, 2, -3.25);
        assertClose(first.output(), 0.25, 1, 2, 0);
        assertClose(second.input(), 0.25, 1, 2, 0);
        assertClose(second.preActivation(), -0.25, 0.5625, 2, -1.25);
        assertClose(second.output(), 0.307358017, 0.692641983, 0.962673113, 0.037326887);
        assertClose(second.delta().orElseThrow(), -0.692641983, 0.692641983, 0.962673113, -0.962673113);
        assertClose(second.gradient("weight"), 0.876092865, -0.346320992, -0.876092865, 0.346320992);
        assertClose(second.gradient("bias"), 0.135015565, -0.135015565);
        assertClose(first.delta().orElseThrow(), -1.212123470, 0.692641983, 1.684677947, 0);
        assertClose(first.gradient("weight"), 1.920955185, -2.054462444, 0.346320992, 0.692641983);
        assertClose(first.gradient("bias"), 0.236277238, 0.346320992);
    }

    @Test
    void theUpdateByHandIsRight() {
        Parameters after = ByHand.trainer().fit(ByHand.rows()).model().parameters();
        assertClose(after.get("dense1.weight"), 0.307904481, -0.044553756, -1.034632099, 0.680735802);
        assertClose(after.get("dense1.bias"), 0.226372276, 0.465367901);
        assertClose(after.get("dense2.weight"), 0.912390714, -0.465367901, -0.662390714, 0.465367901);
        assertClose(after.get("dense2.bias"), -0.013501556, 0.263501556);
        assertThat(printed(ByHand::run)).contains("δ2 = ŷ − y", "-0.692642", "W := W − α·dW", "0.307904");
    }

    private static void assertClose(Tensor tensor, double... expected) {
        float[] values = tensor.toArray();
        assertThat(values).hasSize(expected.length);
        for (int i = 0; i < values.length; i++) {
            assertThat((double) values[i]).isBetween(expected[i] - 1e-6, expected[i] + 1e-6);
        }
    }

    @Test
    void seedOneLearnsExclusiveOrAndSeedZeroDoesNot() {
        assertThat(Xor.attempt(1).learned()).isTrue();
        assertThat(Xor.attempt(0).learned()).isFalse();
    }

    @Test
    void aboutAThirdOfTheSeedsLearnsExclusiveOr() {
        String text = printed(Xor::run);
        String line = text.lines()
                .filter(each -> each.contains("learned it"))
                .findFirst()
                .orElseThrow();
        int learned = Integer.parseInt(line.substring(0, line.indexOf(' ')));
        assertThat(learned).isBetween(50, 80);
        assertThat(text).contains("have a dead unit", "ln 2");
    }
}
