package dev.neurite.model.engine;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Runs the network of one model over rows, a limited number at a time.
public final class ModelRunner {
    /// Reads some rows of each input.
    private interface RowReader {
        List<Tensor> rows(int from, int to);
    }

    private final Network network;
    private final Activation outputActivation;
    private final List<PackedWeights> weights; // packed once, for all executors
    private final float[] running;
    private final int rowsAtOnce; // if no axis is open
    private final boolean open;
    private final ExecutorPool executors = new ExecutorPool(this::executor);

    /// @param network the network without its output activation
    /// @param outputActivation the activation of all outputs
    /// @param weights the values of the parameters, which never change
    /// @param running the values of all running statistics
    public ModelRunner(Network network, Activation outputActivation, List<PackedWeights> weights, float[] running) {
        this.network = network;
        this.outputActivation = outputActivation;
        this.weights = weights;
        this.running = running;
        this.rowsAtOnce = network.rowsAtOnce();
        this.open = !network.inputs().stream().allMatch(Shape::isKnown);
    }

    private int rowsAtOnce(Tensor x) {
        return open ? network.rowsAtOnce(List.of(x.shape().row())) : rowsAtOnce;
    }

    private Executor executor(Kernels kernels) {
        return executor(network, kernels);
    }

    /// An executor that predicts.
    /// @param of a network with the same parameters
    public Executor executor(Network of, Kernels kernels) {
        return new NetworkExecutor(of, kernels, weights, running, new float[0]);
    }

    /// Predicts rows of a network with one input and one output.
    public void predict(Tensor rows, Tensor result, Kernels kernels) {
        Executor executor = executors.take(kernels);
        int some = rowsAtOnce(rows);
        for (int from = 0; from < rows.rows(); from += some) {
            int to = Math.min(rows.rows(), from + some);
            Tensor z = executor.forward(Mode.PREDICT, rows.rows(from, to));
            Model.activate(kernels, outputActivation, z, result.rows(from, to));
        }
        executors.release(executor);
    }

    /// Predicts rows of several inputs.
    public List<Tensor> predict(List<Tensor> inputs, Kernels kernels) {
        int rows = inputs.isEmpty() ? 0 : inputs.getFirst().rows();
        for (Tensor x : inputs) {
            if (x.shape().rank() == 0 || x.rows() != rows) {
                throw new ShapeException(
                        "input", "expects as many rows in every input, " + rows + ", got " + x.shape());
            }
        }
        int some = open
                ? network.rowsAtOnce(inputs.stream().map(x -> x.shape().row()).toList())
                : rowsAtOnce;
        return predict(
                rows,
                some,
                (from, to) -> inputs.stream().map(x -> x.rows(from, to)).toList(),
                kernels);
    }

    /// Predicts rows that are read when they are needed.
    public List<Tensor> predict(RowSource rows, Kernels kernels) {
        Shape shape = rows.inputShape();
        int some = open ? network.rowsAtOnce(List.of(shape)) : rowsAtOnce;
        Tensor batch = Tensor.zeros(shape.forRows(Math.min(some, rows.size())));
        return predict(
                rows.size(),
                some,
                (from, to) -> {
                    for (int row = from; row < to; row++) {
                        rows.readInput(row, batch.array(), (row - from) * shape.size());
                    }
                    return List.of(batch.rows(0, to - from));
                },
                kernels);
    }

    private List<Tensor> predict(int rows, int some, RowReader reader, Kernels kernels) {
        Executor executor = executors.take(kernels);
        List<Tensor> results = new ArrayList<>();
        int from = 0;
        do {
            int to = Math.min(rows, from + some);
            List<Tensor> out = executor.forward(Mode.PREDICT, reader.rows(from, to));
            for (int i = 0; i < out.size(); i++) {
                if (from == 0) results.add(Tensor.zeros(out.get(i).shape().row().forRows(rows)));
                Model.activate(
                        kernels, outputActivation, out.get(i), results.get(i).rows(from, to));
            }
            from = to;
        } while (from < rows);
        executors.release(executor);
        return List.copyOf(results);
    }

    /// The gradient of a network's only input, a limited number of rows at a time.
    /// @param of a network with these parameters
    /// @param dy the gradient of its only output
    public Tensor inputGradient(Network of, Tensor rows, Tensor dy, Kernels kernels) {
        if (of.inputs().size() != 1 || of.outputs().size() != 1) {
            throw new ShapeException(
                    "network",
                    "expects 1 input and 1 output here, has " + of.inputs().size() + " and "
                            + of.outputs().size());
        }
        Executor executor = executor(of, kernels);
        executor.wantInputGradients(true);
        Tensor result = Tensor.zeros(rows.shape());
        int some = rowsAtOnce(rows);
        for (int from = 0; from < rows.rows(); from += some) {
            int to = Math.min(rows.rows(), from + some);
            Tensor y = executor.forward(Mode.PREDICT, rows.rows(from, to));
            if (!y.shape().row().equals(dy.shape().row()) || dy.rows() != rows.rows()) {
                throw new ShapeException(
                        "output gradient", "expects " + y.shape().row().forRows(rows.rows()) + ", got " + dy.shape());
            }
            kernels.copy(dy.rows(from, to), executor.outputGradient(0));
            executor.backward();
            kernels.copy(executor.inputGradient(0), result.rows(from, to));
        }
        return result;
    }
}
