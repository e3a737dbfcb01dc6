package dev.neurite.model;

import dev.neurite.kernel.PackedWeights;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How many numbers the tensors of a pass hold at once, those that wait to be used again included: what
/// [Executor#bufferFloats] will be.
/// @param floatsARow for each row of the batch
/// @param floatsABatch for the whole batch, whatever its rows
public record Footprint(long floatsARow, long floatsABatch) {
    private static final int ROWS = 2; // statistics of a batch need that many

    /// What a pass of this network needs: found out by one, over two rows of zeros. Parameters of one shape are one
    /// tensor of zeros, and all gradients go to the same place, as nobody reads the results.
    /// @param mode to train is to go back, too
    static Footprint of(Network network, Mode mode) {
        boolean trains = mode == Mode.TRAIN;
        List<Parameter> parts = network.parameters().stream()
                .map(part -> new Parameter(part.name(), part.role(), part.shape(), 0, part.initializer()))
                .toList();
        int largest = parts.stream().mapToInt(Parameter::size).max().orElse(0);
        Map<Shape, PackedWeights> zeros = new HashMap<>();
        List<PackedWeights> weights = parts.stream()
                .map(part -> zeros.computeIfAbsent(part.shape(), shape -> PackedWeights.changing(Tensor.zeros(shape))))
                .toList();
        Executor executor = network.executor(parts, weights, new float[trains ? largest : 0]);
        List<Tensor> in = network.inputs().stream()
                .map(shape -> Tensor.zeros(shape.forRows(ROWS)))
                .toList();
        int outputs = executor.forward(mode, in).size();
        if (trains) {
            for (int i = 0; i < outputs; i++) executor.outputGradient(i);
            executor.backward();
        }
        return executor.footprint();
    }

    /// The numbers for a batch of so many rows.
    public long floats(int rows) {
        return Math.addExact(Math.multiplyExact(floatsARow, rows), floatsABatch);
    }

    /// The same in bytes.
    public long bytes(int rows) {
        return Math.multiplyExact(Float.BYTES, floats(rows));
    }
}
