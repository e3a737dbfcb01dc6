package dev.neurite.layer;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.KeyedRandom;
import dev.neurite.model.Declarations;
import dev.neurite.model.Initializer;
import dev.neurite.model.Layer;
import dev.neurite.model.Pass;
import dev.neurite.model.Role;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;

/// An embedding: the vector of each token of a vocabulary, by its id. PyTorch's and Keras's `Embedding`.
///
/// | tensor | shape |
/// |---|---|
/// | x, ids: whole numbers from 0 to vocabulary − 1 | `[rows × …]`, such as `[rows × time]` |
/// | `weight` W | `[vocabulary × size]` |
/// | y | `[rows × … × size]` |
///
/// Another number than an id is a [dev.neurite.error.DataException]; nothing is rounded. Ids have no gradient: that
/// of x is 0. PyTorch's `max_norm` is a constraint: `Trainer.group(ParameterGroup.matching("embedding1.weight")
/// .withConstraint(Constraint.maxNorm(1)))`, which bounds all vectors after each step; PyTorch bounds them when they
/// are used.
/// @param vocabulary the number of tokens, 1 to 2²⁴, up to which float32 has all whole numbers
/// @param size the number of features of a token, at least 1
/// @param padding the id of padding, whose vector begins as zeros and gets no gradient here; [#NO_PADDING], the
/// default, for none. A [TiedOutput] of the same weights trains it, as in PyTorch
/// @param weights the initializer of W; normal with deviation 1 by default, as in PyTorch (Keras: uniform, ±0.05)
public record Embedding(int vocabulary, int size, int padding, Initializer weights) implements Layer {
    /// No id is padding.
    public static final int NO_PADDING = -1;

    private static final int MOST = 1 << 24;

    /// @throws ConfigException for numbers out of range
    public Embedding {
        if (vocabulary < 1 || vocabulary > MOST) {
            throw new ConfigException("embedding", "expects a vocabulary of 1 to " + MOST + ", got " + vocabulary);
        }
        if (size < 1) throw new ConfigException("embedding", "expects at least 1 feature, got " + size);
        if (padding < NO_PADDING || padding >= vocabulary) {
            throw new ConfigException(
                    "embedding", "expects a padding id below " + vocabulary + ", or −1 for none, got " + padding);
        }
    }

    /// A copy with this id of padding.
    public Embedding withPadding(int id) {
        return new Embedding(vocabulary, size, id, weights);
    }

    public Embedding withWeights(Initializer initializer) {
        return new Embedding(vocabulary, size, padding, initializer);
    }

    @Override
    public Shape build(Shape in, Declarations declare) {
        Shape table = Shape.of(vocabulary, size);
        declare.parameter("weight", table, Role.WEIGHT, padding < 0 ? weights : new ZeroRow(weights, padding));
        int[] extents = new int[in.rank() + 1];
        for (int axis = 0; axis < in.rank(); axis++) extents[axis] = in.extent(axis);
        extents[in.rank()] = size;
        return Shape.of(extents);
    }

    @Override
    public boolean acceptsPadding() {
        return true;
    }

    @Override
    public boolean acceptsEncoded(String parameter) {
        return parameter.equals("weight");
    }

    @Override
    public boolean acceptsParts() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Kernels kernels = pass.kernels();
        Tensor y = pass.output();
        kernels.gather(pass.weights("weight"), x, y); // y = W[x]
        return pass.backward(x, y, (dy, dx) -> {
            if (pass.wants("weight")) {
                Tensor dw = pass.gradient("weight");
                kernels.scatterAdd(x, dy, dw); //          dW[id] = Σ dy where x = id
                if (padding >= 0) kernels.fill(0, dw.rows(padding, padding + 1));
            }
            if (pass.wants(x)) kernels.fill(0, dx);
        });
    }

    /// Initial values of which one row is zeros.
    private record ZeroRow(Initializer others, int row) implements Initializer {
        @Override
        public float[] values(Shape shape, KeyedRandom random) {
            float[] values = others.values(shape, random);
            int n = shape.row().size();
            Arrays.fill(values, row * n, (row + 1) * n, 0);
            return values;
        }
    }

    @Override
    public String toString() {
        return "embedding(" + vocabulary + ", " + size + (padding < 0 ? "" : ", padding " + padding) + ", weights "
                + weights + ")";
    }
}
