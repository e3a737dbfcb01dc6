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
        this.open = !Shape.areKnown(network.inputs());
    }

    /// @param longest the shape of the longest row of each input
    private int rowsAtOnce(List<Shape> longest) {
        return open ? network.rowsAtOnce(longest) : rowsAtOnce;
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
        int some = rowsAtOnce(List.of(rows.shape().row()));
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
        return predict(
                rows,
                inputs.stream().map(x -> x.shape().row()).toList(),
                (from, to) -> inputs.stream().map(x -> x.rows(from, to)).toList(),
                kernels);
    }

    /// Predicts rows that are read when they are needed.
    public List<Tensor> predict(RowSource rows, Kernels kernels) {
        List<RowSource> inputs = rows.inputs();
        List<Shape> longest = rows.longestInputs();
        int most = Math.min(rowsAtOnce(longest), rows.size());
        List<RowBuffer> buffers =
                inputs.stream().map(input -> new RowBuffer(input, most)).toList();
        int[] order = IntStream.range(0, rows.size()).toArray();
        return predict(
                rows.size(),
                longest,
                (from, to) -> {
                    for (RowBuffer buffer : buffers) buffer.read(order, from, to - from);
                    return buffers.stream().map(RowBuffer::tensor).toList();
                },
                kernels);
    }

    /// @param longest the shape of the longest row of each input
    private List<Tensor> predict(int rows, List<Shape> longest, RowReader reader, Kernels kernels) {
        List<Result> results = (open ? network.outputs(longest) : network.outputs())
                .stream().map(row -> new Result(row, rows)).toList();
        int some = rowsAtOnce(longest);
        Executor executor = executors.take(kernels);
        int from = 0;
        do {
            int to = Math.min(rows, from + some);
            List<Tensor> out = executor.forward(Mode.PREDICT, reader.rows(from, to));
            for (int i = 0; i < out.size(); i++) {
                results.get(i).add(out.get(i), executor.pass().lengths(out.get(i)), from, kernels);
            }
            from = to;
        } while (from < rows);
        executors.release(executor);
        return results.stream().map(Result::tensor).toList();
    }

    /// The rows of an output. Rows of chunks with fewer steps are padded with zeros.
    private final class Result {
        private final Tensor all;
        private final float[] lengths;
        private boolean padded;

        /// @param row the shape of a row with the most steps
        Result(Shape row, int rows) {
            this.all = Tensor.zeros(row.forRows(rows));
            this.lengths = new float[rows];
        }

        void add(Tensor z, Tensor known, int from, Kernels kernels) {
            Shape row = z.shape().row();
            Shape most = all.shape().row();
            boolean whole = row.equals(most);
            if (!whole && (row.rank() == 0 || !row.row().equals(most.row()))) {
                throw new ShapeException(
                        "outputs",
                        "expects rows of " + most + " as of the longest row, got " + row,
                        "Only the first axis of a row may differ; predict rows of one length at a time");
            }
            int to = from + z.rows();
            Tensor y = whole ? all.rows(from, to) : Tensor.zeros(z.shape());
            Model.activate(kernels, outputActivation, z, y);
            clearPadding(y, known, kernels);
            if (!whole) copy(y, from);
            padded |= !whole || known.size() > 0;
            int steps = row.rank() == 0 ? 1 : row.extent(0);
            for (int i = from; i < to; i++) lengths[i] = known.size() == 0 ? steps : known.get(i - from);
        }

        private void copy(Tensor some, int from) {
            int width = some.size() / some.rows();
            int wide = all.shape().row().size();
            for (int i = 0; i < some.rows(); i++) {
                System.arraycopy(some.array(), some.offset() + i * width, all.array(), (from + i) * wide, width);
            }
        }

        Tensor tensor() {
            return padded ? all.withLengths(Tensor.view(Shape.of(lengths.length), lengths, 0)) : all;
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
        int some = rowsAtOnce(List.of(rows.shape().row()));
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
