package dev.neurite.model.engine;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.RowBuffer;
import dev.neurite.model.RowSource;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

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
    public NetworkExecutor executor(Network of, Kernels kernels) {
        return new NetworkExecutor(of, kernels, weights, running, new float[0]);
    }

    /// Predicts rows of a network with one input and one output.
    public void predict(Tensor rows, Tensor result, Kernels kernels) {
        Executor executor = executors.take(kernels);
        int some = rowsAtOnce(rows);
        for (int from = 0; from < rows.rows(); from += some) {
            int to = Math.min(rows.rows(), from + some);
            Tensor z = executor.forward(Mode.PREDICT, rows.rows(from, to));
            Tensor y = result.rows(from, to);
            Model.activate(kernels, outputActivation, z, y);
            clearPadding(y, executor.pass().lengths(z), kernels);
        }
        executors.release(executor);
    }

    /// Sets what a network makes of padding to 0.
    /// @param lengths of the rows; empty without padding
    private static void clearPadding(Tensor y, Tensor lengths, Kernels kernels) {
        if (lengths.size() > 0) kernels.sequences().clearPadding(y, 1, y.shape().extent(1), lengths, y);
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
        List<RowSource> inputs = rows.inputs();
        int some = rowsAtOnce;
        if (open)
            some = network.rowsAtOnce(
                    inputs.stream().map(RowSource::longestInput).toList());
        int most = Math.min(some, rows.size());
        List<RowBuffer> buffers =
                inputs.stream().map(input -> new RowBuffer(input, most)).toList();
        int[] order = IntStream.range(0, rows.size()).toArray();
        return predict(
                rows.size(),
                some,
                (from, to) -> {
                    for (RowBuffer buffer : buffers) buffer.read(order, from, to - from);
                    return buffers.stream().map(RowBuffer::tensor).toList();
                },
                kernels);
    }

    private List<Tensor> predict(int rows, int some, RowReader reader, Kernels kernels) {
        Executor executor = executors.take(kernels);
        List<Result> results = new ArrayList<>();
        int from = 0;
        do {
            int to = Math.min(rows, from + some);
            List<Tensor> out = executor.forward(Mode.PREDICT, reader.rows(from, to));
            for (int i = 0; i < out.size(); i++) {
                if (from == 0) results.add(new Result(rows));
                results.get(i).add(out.get(i), executor.pass().lengths(out.get(i)), from, kernels);
            }
            from = to;
        } while (from < rows);
        executors.release(executor);
        return results.stream().map(Result::tensor).toList();
    }

    /// The rows of an output. Where chunks of rows have different numbers of steps, all are padded to the
    /// longest with zeros.
    private final class Result {
        private final int rows;
        private Tensor all = Tensor.EMPTY;
        private final float[] lengths;
        private boolean padded;

        Result(int rows) {
            this.rows = rows;
            this.lengths = new float[rows];
        }

        void add(Tensor z, Tensor known, int from, Kernels kernels) {
            Shape row = z.shape().row();
            if (from == 0) all = Tensor.zeros(row.forRows(rows));
            boolean same = all.shape().row().equals(row);
            if (!same && (row.rank() == 0 || !row.row().equals(all.shape().row().row()))) {
                throw new ShapeException(
                        "outputs",
                        "expects rows of " + all.shape().row() + " as before, got " + row,
                        "Only the first axis of a row may differ; predict rows of one length at a time");
            }
            int steps = row.rank() == 0 ? 1 : row.extent(0);
            int most = same ? steps : Math.max(steps, all.shape().extent(1));
            if (!same && steps == most) widen(row.row().forRows(most), from);
            int to = from + z.rows();
            Tensor y = steps == most ? all.rows(from, to) : Tensor.zeros(z.shape());
            Model.activate(kernels, outputActivation, z, y);
            clearPadding(y, known, kernels);
            if (steps < most) copy(y, from);
            padded |= !same || known.size() > 0;
            for (int i = from; i < to; i++) lengths[i] = known.size() == 0 ? steps : known.get(i - from);
        }

        private void widen(Shape row, int count) {
            Tensor before = all.rows(0, count);
            all = Tensor.zeros(row.forRows(rows));
            if (count > 0) copy(before, 0);
        }

        private void copy(Tensor some, int from) {
            int width = some.size() / some.rows();
            int wide = all.size() / rows;
            for (int i = 0; i < some.rows(); i++) {
                System.arraycopy(some.array(), some.offset() + i * width, all.array(), (from + i) * wide, width);
            }
        }

        Tensor tensor() {
            return padded ? all.withLengths(Tensor.view(Shape.of(rows), lengths, 0)) : all;
        }
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
