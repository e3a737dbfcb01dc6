package dev.neurite.model.engine;

import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.KernelMemory;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.model.Footprint;
import dev.neurite.model.Mode;
import dev.neurite.model.Network;
import dev.neurite.model.Parameter;
import dev.neurite.model.PassObserver;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds out how much memory passes of a network need, by running one.
public final class FootprintProbe {
    private static final int ROWS = 2; // batch statistics need that many

    private static final PassObserver NOBODY = new PassObserver() {
        @Override
        public void output(String layer, Tensor output) {}

        @Override
        public void delta(String layer, Tensor delta) {}
    };

    private FootprintProbe() {}

    /// Runs a pass over two rows of zeros. Parameters of one shape share one tensor of zeros, and all
    /// gradients are written to the same place, as nobody reads the results.
    /// @param inputs the shape of one row of each input, with the extent of an open axis
    /// @param encoded the weights that have fewer bits, by name
    /// @param running the values of the running statistics
    /// @param mode [Mode#TRAIN] runs the backward pass too
    /// @param observed whether some passes have an observer
    public static Footprint footprint(
            Network network,
            List<Shape> inputs,
            Map<String, EncodedMatrix> encoded,
            float[] running,
            Mode mode,
            boolean observed) {
        if (!observed) return footprint(network, inputs, encoded, running, mode, List.of(false));
        Footprint a = footprint(network, inputs, encoded, running, mode, List.of(false, true)); // who is first counts
        Footprint b = footprint(network, inputs, encoded, running, mode, List.of(true, false));
        return new Footprint(
                Math.max(a.floatsARow(), b.floatsARow()),
                Math.max(a.floatsABatch(), b.floatsABatch()),
                Math.max(a.copiedARow(), b.copiedARow()));
    }

    /// @param passes for each pass, whether it has an observer
    private static Footprint footprint(
            Network network,
            List<Shape> inputs,
            Map<String, EncodedMatrix> encoded,
            float[] running,
            Mode mode,
            List<Boolean> passes) {
        boolean trains = mode == Mode.TRAIN;
        List<Parameter> kept = network.trained().stream()
                .map(part -> new Parameter(part.name(), part.role(), part.shape(), 0, part.initializer()))
                .toList();
        int largest = kept.stream().mapToInt(Parameter::size).max().orElse(0);
        Map<Shape, PackedWeights> zeros = new HashMap<>();
        List<PackedWeights> weights = network.parameters().stream()
                .map(part -> {
                    EncodedMatrix matrix = encoded.get(part.name());
                    return matrix != null
                            ? PackedWeights.encoded(matrix)
                            : zeros.computeIfAbsent(part.shape(), shape -> PackedWeights.changing(Tensor.zeros(shape)));
                })
                .toList();
        float[] gradient = new float[trains ? largest : 0];
        List<Tensor> in =
                inputs.stream().map(shape -> Tensor.zeros(shape.forRows(ROWS))).toList();
        try (Kernels kernels = Kernels.create(1)) { // which do not keep the workspaces of these passes
            var executor =
                    new NetworkExecutor(kernels, new BoundNetwork(network, kernels, weights, running, kept, gradient));
            for (boolean observed : passes) {
                if (observed) executor.observe(NOBODY);
                else executor.observeNoMore();
                pass(executor, mode, in);
            }
            Footprint tensors = executor.footprint();
            long copied = KernelMemory.copies(kernels) / ROWS;
            return new Footprint(tensors.floatsARow(), tensors.floatsABatch(), copied);
        }
    }

    private static void pass(NetworkExecutor executor, Mode mode, List<Tensor> in) {
        int outputs = executor.forward(mode, in).size();
        if (mode != Mode.TRAIN) return;
        for (int i = 0; i < outputs; i++) executor.outputGradient(i);
        executor.backward();
    }
}
