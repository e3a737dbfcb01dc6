package dev.neurite.model;

import dev.neurite.kernel.Kernels;
import dev.neurite.tensor.Tensor;
import java.util.List;

/// How many numbers the tensors of a pass hold at once, those that wait to be used again included: what
/// [Executor#bufferFloats] will be.
/// @param floatsARow for each row of the batch
/// @param floatsABatch for the whole batch, whatever its rows
public record Footprint(long floatsARow, long floatsABatch) {
    private static final int ROWS = 2; // statistics of a batch need that many

    /// What a pass of this network needs: found out by one, over two rows of zeros with parameters of zeros.
    /// @param mode to train is to go back, too
    static Footprint of(Network network, Mode mode) {
        boolean trains = mode == Mode.TRAIN;
        float[] theta = new float[network.size()];
        float[] gradient = trains ? theta : new float[0]; // figures mean nothing here, so one array is enough
        Executor executor = network.executor(Kernels.shared(), theta, gradient);
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
