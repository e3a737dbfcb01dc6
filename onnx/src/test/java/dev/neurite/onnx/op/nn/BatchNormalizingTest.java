package dev.neurite.onnx.op.nn;

import static dev.neurite.onnx.op.Ops.floats;
import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.error.ModelFormatException;
import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.ElementType;
import dev.neurite.onnx.value.Value;
import org.junit.jupiter.api.Test;

class BatchNormalizingTest {
    private static final Ops TRAINS =
            op("BatchNormalization", 15).integer("training_mode", 1).outputs(3);

    private static Value doubles(Value x) {
        double[] all = new double[x.size()];
        for (int i = 0; i < all.length; i++) all[i] = x.number(i);
        return Value.of(x.shape(), all);
    }

    /// As PyTorch exports BatchNorm2d(track_running_stats=False): by the statistics of x itself.
    @Test
    void normalizesByItsOwnStatistics() {
        Value x = Value.of(shape(2, 2, 1, 2), 1f, 3, 10, 10, 5, 7, 10, 14);
        Value[] y = TRAINS.with("momentum", 0.75f)
                .with("epsilon", 0f)
                .runAll(x, floats(2, 1), floats(0, 1), floats(8, 0), floats(1, 3));
        float root = (float) Math.sqrt(5);
        float other = (float) Math.sqrt(3);
        float low = 1 - 1 / other;
        float[] expected = {-6 / root, -2 / root, low, low, 2 / root, 6 / root, low, 1 + 3 / other};
        for (int i = 0; i < expected.length; i++) assertThat(y[0].floats()[i]).isCloseTo(expected[i], within(1e-6f));
        assertThat(y[1]).isEqualTo(floats(7, 2.75f));
        assertThat(y[2]).isEqualTo(floats(2, 3));
    }

    @Test
    void doublesAreAsFloats() {
        Value x = Ops.counted(3, 4, 5);
        Value[] in = {x, floats(1, 2, 3, 4), floats(4, 3, 2, 1), floats(1, 1, 0, 0), floats(1, 2, 1, 2)};
        Value[] single = TRAINS.runAll(in);
        Value[] real = TRAINS.runAll(doubles(in[0]), doubles(in[1]), doubles(in[2]), doubles(in[3]), doubles(in[4]));
        for (int output = 0; output < 3; output++) {
            assertThat(real[output].type()).isEqualTo(ElementType.DOUBLE);
            for (int i = 0; i < single[output].size(); i++) {
                assertThat(real[output].number(i)).isCloseTo(single[output].number(i), within(1e-4));
            }
        }
    }

    @Test
    void furtherOutputsWithoutTrainingModeAreRefused() {
        Ops predicts = op("BatchNormalization", 15).outputs(3);
        Value one = floats(1);
        assertThatThrownBy(() -> predicts.runAll(Value.of(shape(1, 1), 1f), one, one, one, one))
                .isInstanceOf(ModelFormatException.class);
    }
}
