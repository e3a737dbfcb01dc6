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
import java.util.Arrays;
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

    /// An executor that predicts, with running statistics of its own, which it could change.
    /// @param of a network with the same parameters
    public NetworkExecutor executor(Network of, Kernels kernels) {
        return new NetworkExecutor(of, kernels, weights, running.clone(), List.of(), new float[0]);
    }

    /// Predicts rows of a network with one input and one output.
    /// @param result gets the outputs
    /// @return the result, with the lengths of its rows if they have different ones
    public Tensor predict(Tensor rows, Tensor result, Kernels kernels) {
        Executor executor = executors.take(kernels);
        int some = rowsAtOnce(List.of(rows.shape().row()));
        var all = new Result(0, result);
        for (int from = 0; from < rows.rows(); from += some) {
            int to = Math.min(rows.rows(), from + some);
            Tensor z = executor.forward(Mode.PREDICT, rows.rows(from, to));
            all.add(z, executor.pass().lengths(z), from, kernels);
        }
        executors.release(executor);
        return all.tensor();
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
        List<Shape> outputs = open ? network.outputs(longest) : network.outputs();
        List<Result> results = IntStream.range(0, outputs.size())
                .mapToObj(i -> new Result(i, Tensor.zeros(outputs.get(i).forRows(rows))))
                .toList();
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

    /// The rows of an output. Its steps after the end of a row are 0, whatever the network computed from padding;
    /// chunks of rows with fewer steps are filled up with 0.
    private final class Result {
        private final Tensor all;
        private final Shape declared; // of a row
        private final int time; // the axis of a row that is open; −1 for none
        private final int outer; // the sequences in a row: the numbers of the axes before that one
        private final int inner; // the numbers of a step: of the axes after it
        private Tensor lengths = Tensor.EMPTY; // of the rows; empty as long as all have all steps

        /// @param output the index of the output
        /// @param all as many rows as there will be, with the most steps
        Result(int output, Tensor all) {
            this.all = all;
            this.declared = network.outputs().get(output);
            int axis = 0;
            int before = 1;
            while (axis < declared.rank() && declared.extent(axis) != Shape.OPEN) before *= declared.extent(axis++);
            this.time = axis == declared.rank() ? -1 : axis;
            this.outer = before;
            int after = 1;
            while (++axis < declared.rank()) after *= declared.extent(axis);
            this.inner = after;
        }

        /// Adds the rows of a chunk.
        /// @param known their lengths; empty without padding
        void add(Tensor z, Tensor known, int from, Kernels kernels) {
            Shape row = z.shape().row();
            boolean whole = row.equals(all.shape().row());
            if (!whole && !isShorter(row)) {
                throw new ShapeException(
                        "outputs",
                        "expects rows of " + all.shape().row() + " as of the longest row, got " + row,
                        "Only the open axis of a row may differ; predict rows of one length at a time");
            }
            Tensor y = whole ? all.rows(from, from + z.rows()) : Tensor.zeros(z.shape());
            Model.activate(kernels, outputActivation, z, y);
            if (time < 0) return;
            int steps = row.extent(time);
            if (known.size() > 0) kernels.sequences().clearPadding(y, outer, steps, known, y);
            if (!whole) copy(y, steps * inner, from);
            note(known, steps, from, from + z.rows());
        }

        private boolean isShorter(Shape row) {
            return time >= 0
                    && declared.accepts(row)
                    && row.extent(time) <= all.shape().extent(time + 1);
        }

        /// @param width the numbers of a sequence of the chunk
        private void copy(Tensor some, int width, int from) {
            int wide = all.shape().extent(time + 1) * inner;
            int first = all.offset() + from * outer * wide;
            for (int i = 0; i < some.rows() * outer; i++) {
                System.arraycopy(some.array(), some.offset() + i * width, all.array(), first + i * wide, width);
            }
        }

        private void note(Tensor known, int steps, int from, int to) {
            int most = all.shape().extent(time + 1);
            if (lengths.size() == 0) {
                if (known.size() == 0 && steps == most) return;
                lengths = Tensor.zeros(Shape.of(all.rows()));
                Arrays.fill(lengths.array(), most);
            }
            for (int i = from; i < to; i++) lengths.array()[i] = known.size() == 0 ? steps : known.get(i - from);
        }

        /// The rows, with their lengths where these differ and the axis of steps is the first of a row.
        Tensor tensor() {
            return time == 0 && lengths.size() > 0 ? all.withLengths(lengths) : all;
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
