package dev.neurite.kernel.cpu;

import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The functions of [VectorMath] on arrays. Not in a test, whose methods JUnit looks at without the Vector API too.
public final class VectorFunctions {
    private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;

    private VectorFunctions() {}

    /// y = f(x), for arrays of whole vectors.
    public static void apply(String name, float[] x, float[] y) {
        UnaryOperator<FloatVector> f = switch (name) {
            case "exp" -> VectorMath::exp;
            case "expm1" -> VectorMath::expm1;
            case "sigmoid" -> VectorMath::sigmoid;
            case "tanh" -> VectorMath::tanh;
            case "log" -> VectorMath::log;
            case "softplus" -> VectorMath::softplus;
            case "erf" -> VectorMath::erf;
            default -> throw new IllegalArgumentException(name);
        };
        for (int i = 0; i < x.length; i += S.length()) {
            f.apply(FloatVector.fromArray(S, x, i)).intoArray(y, i);
        }
    }
}
