package dev.neurite.model;

import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.layer.Dense;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.Layers;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Nodes that stretch the contract, written as a stranger would write them.
final class Toys {
    private Toys() {}

    /// Two outputs: 2x and 3x.
    record Fork() implements Node {
        @Override
        public List<Shape> build(List<Shape> in, Declarations declare) {
            return List.of(in.getFirst(), in.getFirst());
        }

        @Override
        public List<Tensor> forward(List<Tensor> in, Pass pass) {
            Kernels kernels = pass.kernels();
            Tensor twice = pass.output(0);
            Tensor thrice = pass.output(1);
            kernels.scale(2, in.getFirst(), twice);
            kernels.scale(3, in.getFirst(), thrice);
            return pass.backward(in, List.of(twice, thrice), (dys, dxs) -> {
                kernels.scale(2, dys.get(0), dxs.getFirst());
                kernels.addScaled(3, dys.get(1), dxs.getFirst());
            });
        }
    }

    /// y = x·W with the weight of another layer, tied, read the other way round.
    record Mirror(String of, int width) implements Layer {
        @Override
        public Shape build(Shape in, Declarations declare) {
            Shape weight = declare.alias("weight", of + ".weight");
            return Shape.of(weight.extent(1));
        }

        @Override
        public Tensor forward(Tensor x, Pass pass) {
            Kernels kernels = pass.kernels();
            Tensor w = pass.parameter("weight");
            Tensor y = pass.output();
            kernels.product(x.matrix(), w.matrix(), y.matrix());
            return pass.backward(x, y, (dy, dx) -> {
                if (pass.wants("weight")) {
                    kernels.product(
                            x.matrix().transpose(),
                            dy.matrix(),
                            pass.gradient("weight").matrix());
                }
                if (pass.wants(x)) kernels.product(dy.matrix(), w.matrix().transpose(), dx.matrix());
            });
        }
    }

    /// h + m ∘ (c − h): the new state c where the mask is 1, the old one h where it is 0.
    record MaskedUpdate() implements Node {
        @Override
        public List<Shape> build(List<Shape> in, Declarations declare) {
            return List.of(in.getFirst());
        }

        @Override
        public List<Tensor> forward(List<Tensor> in, Pass pass) {
            Kernels kernels = pass.kernels();
            Tensor h = in.get(0);
            Tensor c = in.get(1);
            Tensor m = in.get(2);
            Tensor y = pass.output();
            Tensor difference = pass.like(y);
            kernels.copy(c, difference);
            kernels.addScaled(-1, h, difference);
            kernels.multiply(m, difference, y);
            kernels.add(h, y, y);
            return pass.backward(in, List.of(y), (dys, dxs) -> {
                Tensor dy = dys.getFirst();
                Tensor dc = pass.like(dy);
                kernels.multiply(m, dy, dc);
                if (pass.wants(c)) kernels.copy(dc, dxs.get(1));
                if (pass.wants(m)) kernels.multiply(difference, dy, dxs.get(2));
                if (pass.wants(h)) {
                    kernels.copy(dy, dxs.get(0));
                    kernels.addScaled(-1, dc, dxs.get(0));
                }
            });
        }
    }

    /// A recurrence over a state and steps of (input, mask): its one cell is run once a step.
    record MaskedRecurrence(int steps, int units) implements Node {
        private static Graph cell(int units) {
            return Graph.of(
                    2,
                    wires -> List.of(wires.get(0)
                            .then(Layers.dense(units))
                            .join(
                                    Layers.add(),
                                    wires.get(1).then(Layers.dense(units).withoutBias()))
                            .then(Layers.activation(Activation.TANH))));
        }

        @Override
        public List<Shape> build(List<Shape> in, Declarations declare) {
            Shape state = in.getFirst();
            declare.child("cell", cell(units), List.of(in.get(1), state));
            declare.child("update", new MaskedUpdate(), List.of(state, state, state));
            return List.of(state);
        }

        @Override
        public List<Tensor> forward(List<Tensor> in, Pass pass) {
            Tensor h = in.getFirst();
            for (int t = 0; t < steps; t++) {
                Tensor candidate = pass.apply(0, List.of(in.get(1 + 2 * t), h)).getFirst();
                h = pass.apply(1, List.of(h, candidate, in.get(2 + 2 * t))).getFirst();
            }
            return List.of(h);
        }

        List<Shape> inputs(int features) {
            List<Shape> shapes = new ArrayList<>(List.of(Shape.of(units)));
            for (int t = 0; t < steps; t++) {
                shapes.add(Shape.of(features));
                shapes.add(Shape.of(units));
            }
            return shapes;
        }
    }

    /// A layer that keeps z, because its derivative cannot be told from y: y = z².
    record Square() implements Activation.Elementwise {
        @Override
        public float apply(float z) {
            return z * z;
        }

        @Override
        public float derivative(float z, float y) {
            return 2 * z;
        }

        @Override
        public boolean derivativeNeedsInput() {
            return true;
        }
    }

    static Dense tanh(int units) {
        return Layers.dense(units, Activation.TANH).withBiases(Initializers.uniform(-1, 1));
    }
}
