package dev.neurite.onnx.op.math;

import static dev.neurite.onnx.op.Ops.op;
import static dev.neurite.onnx.op.Ops.shape;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.onnx.op.Ops;
import dev.neurite.onnx.value.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Functions of doubles where a formula would lose figures by a difference, against mpmath with 60 figures.
class FunctionsTest {
    @ParameterizedTest
    @CsvSource({
        "Asinh, 1e-17, 1e-17",
        "Asinh, -1e-17, -1e-17",
        "Asinh, 4.9e-324, 4.9e-324",
        "Asinh, -1e-8, -1e-8",
        "Asinh, 0.3, 0.29567304756342244",
        "Asinh, -2.5, -1.6472311463710958",
        "Asinh, 1e10, 23.7189981105004",
        "Asinh, -1e200, -461.2101657793691",
        "Acosh, 1, 0",
        "Acosh, 1.0000000000000002, 2.1073424255447014e-08",
        "Acosh, 1.0000000001, 1.4142136208675862e-05",
        "Acosh, 1.5, 0.9624236501192069",
        "Acosh, 1e10, 23.7189981105004",
        "Acosh, 1e200, 461.2101657793691",
        "Atanh, 1e-17, 1e-17",
        "Atanh, 0.3, 0.3095196042031117",
        "Atanh, -0.999999999, -10.708206522644144",
        "Erf, 1e-300, 1.1283791670955126e-300",
        "Erf, -0.3, -0.3286267594591274",
        "Erf, 2.4, 0.999311486103355",
        "Erf, 2.6, 0.9997639655834707",
        "Erf, -5.5, -0.9999999999999927",
        "Gelu, 1e-20, 5e-21",
        "Gelu, -0.5, -0.15426876936299344",
        "Gelu, -3, -0.0040496940948902835",
        "Gelu, -8.5, -8.05760459887282e-17",
        "Gelu, -20, -5.507248237212468e-88",
        "Gelu, 3, 2.99595030590511",
        "Sigmoid, -50, 1.9287498479639178e-22",
        "Softplus, -50, 1.9287498479639178e-22",
        "Mish, -50, -9.643749239819589e-21",
        "Elu, -1e-17, -1e-17",
    })
    void losesNoFigures(String operator, double x, double y) {
        assertClose(op(operator, 20), x, y);
    }

    @ParameterizedTest
    @CsvSource({
        "1e-20, 5e-21",
        "-0.5, -0.15428599017485609",
        "-3, -0.003637392081773019",
        "-8.5, -1.0174447308598297e-24",
        "3, 2.996362607918227"
    })
    void theApproximationByTanhLosesNone(double x, double y) {
        assertClose(op("Gelu", 20).with("approximate", "tanh"), x, y);
    }

    private static void assertClose(Ops operator, double x, double y) {
        assertThat(operator.run(Value.of(shape(1), x)).doubles()[0]).isCloseTo(y, within(Math.abs(y) * 2e-13));
    }

    @Test
    void floatsAreTheDoublesRounded() {
        Value x = Value.of(shape(3), 1e-17f, -1e30f, 3e-8f);
        assertThat(op("Asinh", 22).run(x).floats()).containsExactly(1e-17f, -69.7707f, 3e-8f);
    }

    @Test
    void areNotANumberOrInfiniteWhereTheyShould() {
        double nan = Double.NaN;
        double infinite = Double.POSITIVE_INFINITY;
        assertThat(op("Acosh", 22)
                        .run(Value.of(shape(5), 0.5, -2, -1e20, nan, infinite))
                        .doubles())
                .containsExactly(nan, nan, nan, nan, infinite);
        assertThat(op("Asinh", 22)
                        .run(Value.of(shape(4), -0.0, nan, infinite, -infinite))
                        .doubles())
                .containsExactly(-0.0, nan, infinite, -infinite);
    }
}
