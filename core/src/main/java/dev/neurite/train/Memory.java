package dev.neurite.train;

import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.ResourceException;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.KernelMemory;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Footprint;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Network;
import dev.neurite.model.Parameter;
import dev.neurite.model.RowSource;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Optimizer;
import dev.neurite.tensor.Shape;
import dev.neurite.train.shard.TreeSum;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The memory of a training or a prediction in bytes, without that of the data. Computed before it
/// begins. Model files and logs need memory too, and the garbage collector about a tenth more.
///
/// Activations are exact. They are found by a pass over two rows, and grow with the number of rows.
/// @param model the parameters and running statistics of the model that the caller has
/// @param parameters the copy of those that the training [keeps][Model#kept()], which are all unless there are
/// adapters; the next running statistics; the mean of the parameters with averaging; another copy with watched
/// updates, and one with probes; the copies that callbacks hold, see [Callback#modelCopies()]
/// @param gradients the gradients of the parameters, one array for each level of the tree of shards
/// @param optimizer the state of the optimizer
/// @param activations the tensors of a step, forward and backward; for a prediction, the largest set
/// that is in use at once
/// @param validation the tensors of a batch of validation; 0 without validation data
/// @param workspace the workspaces of kernels, approximately: partial sums, packed operands, and copies of tensors in
/// another layout
/// @param batches the rows of a batch, of training and of validation; for a prediction, inputs and
/// results
public record Memory(
        long model,
        long parameters,
        long gradients,
        long optimizer,
        long activations,
        long validation,
        long workspace,
        long batches) {
    private static final double MEGABYTE = 1 << 20;
    private static final String MODEL = "model";

    /// The memory of a training with default settings: one shard, no averaging.
    /// @param rows the rows of a batch; validation predicts as many at once, up to
    /// [Network#rowsAtOnce()]
    /// @throws dev.neurite.error.ShapeException if an input has an open axis
    public static Memory of(Network network, int rows, Optimizer optimizer) {
        return of(network, network.inputs(), rows, optimizer);
    }

    /// The memory of a training with default settings on rows of these shapes: [#of(Network, int, Optimizer)].
    /// @param in the shape of one row of each input, with the extent of an open axis: that of the longest row
    /// @throws dev.neurite.error.ShapeException if they do not fit
    public static Memory of(Network network, List<Shape> in, int rows, Optimizer optimizer) {
        int validated = Math.min(rows, network.rowsAtOnce(in));
        return ofParameters(network, optimizer)
                .withPasses(network, Map.of(), in, in, false, rows, rows, validated, Kernels.defaultThreads());
    }

    /// The memory of [dev.neurite.model.Model#predict]: the largest set of tensors in use at once,
    /// inputs and results, and packed copies of the weights of dense layers and of convolutions.
    /// @param rows the rows to predict; up to [Network#rowsAtOnce()] are predicted at once
    /// @throws dev.neurite.error.ShapeException if an input has an open axis
    public static Memory ofPrediction(Network network, int rows) {
        return ofPrediction(network, network.inputs(), rows, Kernels.defaultThreads());
    }

    /// As [#ofPrediction(Network, int)], for rows of these shapes.
    /// @param in the shape of one row of each input, with the extent of an open axis: that of the longest row
    /// @param threads of the kernels that predict, each of which has its own workspace
    /// @throws dev.neurite.error.ShapeException if they do not fit
    public static Memory ofPrediction(Network network, List<Shape> in, int rows, int threads) {
        return ofPrediction(network, Map.of(), in, rows, threads);
    }

    /// As [#ofPrediction(Network, List, int, int)], for a model some of whose weights may have fewer bits.
    public static Memory ofPrediction(Model model, List<Shape> in, int rows, int threads) {
        return ofPrediction(model.logits(), model.parameters().encoded(), in, rows, threads);
    }

    private static Memory ofPrediction(
            Network network, Map<String, EncodedMatrix> encoded, List<Shape> in, int rows, int threads) {
        List<Shape> out = network.outputs(in);
        long model = Float.BYTES * sizeOf(network.statistics());
        int together = Math.min(rows, network.rowsAtOnce(in));
        boolean open = !Shape.areKnown(network.inputs());
        long packed = 0;
        for (Parameter part : network.parameters()) {
            Shape shape = part.shape();
            EncodedMatrix matrix = encoded.get(part.name());
            model += matrix == null ? (long) Float.BYTES * shape.size() : matrix.bytes();
            if (matrix != null) continue; // kernels read it as it is
            packed += shape.rank() == 2 ? KernelMemory.packedDense(shape) : KernelMemory.packedConvolution(shape, open);
        }
        long blocks = most(
                network,
                in,
                (layer, weights) -> isMatrix(weights)
                        ? KernelMemory.constantDense(together, weights.shape(), threads)
                        : KernelMemory.constantConvolution(weights.shape(), input(layer), output(layer), threads));
        long row = sizeOfRows(in) + sizeOfRows(out);
        Footprint passes = network.footprint(Mode.PREDICT, in);
        long workspace = packed + blocks + passes.copied(together);
        return new Memory(model, 0, 0, 0, passes.bytes(together), 0, Float.BYTES * workspace, Float.BYTES * row * rows);
    }

    private interface OfWeights {
        long floats(BuiltNode layer, Parameter weights);
    }

    /// The most that any weights of a network need; biases and the like need nothing.
    /// @param in the shape of one row of each input
    private static long most(Network network, List<Shape> in, OfWeights need) {
        long most = 0;
        for (BuiltNode layer : network.layers(in)) {
            for (Parameter part : layer.parameters().values()) {
                if (part.shape().rank() > 1) most = Math.max(most, need.floats(layer, part));
            }
        }
        return most;
    }

    private static boolean isMatrix(Parameter weights) {
        return weights.shape().rank() == 2;
    }

    private static Shape input(BuiltNode layer) {
        return layer.inputs().isEmpty() ? Shape.SCALAR : layer.inputs().getFirst();
    }

    private static Shape output(BuiltNode layer) {
        return layer.outputs().getFirst();
    }

    private static long sizeOfRows(List<Shape> shapes) {
        return shapes.stream().mapToLong(Shape::size).sum();
    }

    private static long sizeOf(List<Parameter> parts) {
        return parts.stream().mapToLong(Parameter::size).sum();
    }

    /// The memory that depends on the parameters alone, without a pass.
    /// @param bytes of all parameters
    /// @param kept the parameters that the training keeps in its flat arrays
    /// @param slots numbers of optimizer state for each parameter
    /// @param gradients the number of gradient arrays
    /// @param copies the number of copies of the parameters
    /// @param models the number of copies of the model
    private static Memory of(
            Network network, long bytes, List<Parameter> kept, int slots, int gradients, int copies, int models) {
        long theta = Float.BYTES * sizeOf(kept);
        long statistics = Float.BYTES * sizeOf(network.statistics());
        return new Memory(
                bytes + statistics,
                (copies + models) * theta + (2 + models) * statistics,
                gradients * theta,
                slots * theta,
                0,
                0,
                0,
                0);
    }

    /// The memory that depends on the parameters alone. It allows to refuse a network before it is
    /// made.
    public static Memory ofParameters(Network network, Optimizer optimizer) {
        long bytes = Float.BYTES * sizeOf(network.parameters());
        return of(network, bytes, network.kept(_ -> false), optimizer.slots(), 1, 1, 0);
    }

    /// @param encoded the weights that have fewer bits while training
    /// @param in the shape of the longest row of each input in training
    /// @param predicted the same in validation
    /// @param observed whether probes look at some of them
    /// @param rows the rows held for steps, prefetched ones included
    /// @param shardRows the rows of a training pass
    /// @param validationRows the rows of a validation pass; 0 without validation
    private Memory withPasses(
            Network network,
            Map<String, EncodedMatrix> encoded,
            List<Shape> in,
            List<Shape> predicted,
            boolean observed,
            long rows,
            int shardRows,
            int validationRows,
            int threads) {
        Footprint training = network.footprint(Mode.TRAIN, in, observed, encoded);
        Footprint predicting = validationRows == 0
                ? new Footprint(0, 0, 0)
                : network.footprint(Mode.PREDICT, predicted, false, encoded);
        long copied = Math.max(training.copied(shardRows), predicting.copied(validationRows));
        int mostRows = Math.max(shardRows, validationRows);
        long workspace = workspace(network, encoded, in, shardRows, mostRows, threads);
        if (validationRows > 0) {
            workspace = Math.max(workspace, workspace(network, encoded, predicted, shardRows, mostRows, threads));
        }
        long batches = sizeOfRows(in) * rows + sizeOfRows(predicted) * validationRows;
        return new Memory(
                model,
                parameters,
                gradients,
                optimizer,
                training.bytes(shardRows),
                predicting.bytes(validationRows),
                Float.BYTES * (workspace + copied),
                Float.BYTES * batches);
    }

    private static long workspace(
            Network network,
            Map<String, EncodedMatrix> encoded,
            List<Shape> in,
            int shardRows,
            int mostRows,
            int threads) {
        long products = most(network, in, (_, weights) -> {
            if (!isMatrix(weights)) return 0;
            return encoded.containsKey(weights.name())
                    ? KernelMemory.encodedDense(mostRows, weights.shape(), threads)
                    : KernelMemory.dense(mostRows, weights.shape(), threads);
        });
        long convolutions = most(
                network,
                in,
                (layer, weights) -> isMatrix(weights)
                        ? 0
                        : KernelMemory.convolution(shardRows, weights.shape(), input(layer), output(layer), threads));
        return convolutions + products;
    }

    /// This memory with the outputs of all layers, which is less than a step needs.
    private Memory withOutputs(Network network, int rows) {
        long row = network.layers().stream()
                .flatMap(layer -> layer.outputs().stream())
                .filter(Shape::isKnown)
                .mapToLong(Shape::size)
                .sum();
        return new Memory(model, parameters, gradients, optimizer, Float.BYTES * row * rows, 0, 0, 0);
    }

    /// The memory of [Trainer#fit]. For a network that cannot fit, only that of its parameters and
    /// outputs.
    static Memory of(TrainerSettings settings, Objective objective, Dataset train, Optional<Dataset> validation) {
        Network network = objective.network();
        Batches batches = settings.batches(train);
        int rows = batches.rows();
        int parts = settings.shardsPerStep();
        int slots = settings.optimizer().slots();
        int gradients = TreeSum.arrays(parts);
        int passRows = Math.ceilDiv(rows, parts);
        long held = rows * (1L + settings.prefetch(batches));
        if (settings.isMinimized()) {
            slots = settings.get(TrainerSettings.MINIMIZER).orElseThrow().arrays();
            gradients = 1 + TreeSum.arrays(Math.ceilDiv(train.size(), settings.get(TrainerSettings.BATCH_SIZE)));
            passRows = rows;
            held = rows;
        }
        boolean averages = !settings.get(TrainerSettings.AVERAGING).equals(Averaging.NONE);
        boolean probed = settings.hasProbes() && !settings.isMinimized();
        int copies = 1 + (averages ? 1 : 0) + (settings.watchUpdates() > 0 ? 1 : 0) + (probed ? 1 : 0);
        Model model = settings.model();
        List<Parameter> kept = model.kept();
        Memory fixed = of(network, model.parameters().bytes(), kept, slots, gradients, copies, settings.modelCopies());
        long most = Runtime.getRuntime().maxMemory();
        if (fixed.total() > most) return fixed;
        if (fixed.withOutputs(network, 2).total() > most) return fixed.withOutputs(network, Math.max(2, passRows));
        List<Shape> in = train.longestInputs();
        List<Shape> predicted = validation.map(RowSource::longestInputs).orElse(in);
        int validated = Math.min(validation.map(Dataset::size).orElse(0), network.rowsAtOnce(predicted));
        int threads = settings.get(TrainerSettings.THREADS);
        Map<String, EncodedMatrix> encoded = new HashMap<>(model.parameters().encoded());
        kept.forEach(part -> encoded.remove(part.name()));
        Memory all = fixed.withPasses(network, encoded, in, predicted, probed, held, passRows, validated, threads);
        return probed ? all.withShownOutputs(objective, network.outputs(in), passRows) : all;
    }

    /// This memory with the outputs that only probes see: those after an activation that the loss
    /// computes.
    private Memory withShownOutputs(Objective objective, List<Shape> outputs, int rows) {
        long row = objective.heads().stream()
                .filter(Head::isFused)
                .mapToLong(head -> outputs.get(head.output()).size())
                .sum();
        long more = Float.BYTES * row * rows;
        return new Memory(model, parameters, gradients, optimizer, activations + more, validation, workspace, batches);
    }

    /// The sum of all parts.
    public long total() {
        return model + added();
    }

    /// The sum of all parts without the model, which may exist already.
    public long added() {
        return parameters + gradients + optimizer + activations + validation + workspace + batches;
    }

    /// Refuses a training that does not fit into the free heap.
    /// @param model whether memory for the model is needed too
    /// @throws ResourceException if it does not fit, with the size of each part
    public void requireRoom(boolean model) {
        Runtime heap = Runtime.getRuntime();
        long most = heap.maxMemory();
        long more = model ? total() : added();
        if (more <= most - used(heap)) return;
        System.gc(); // much of the used heap may be garbage
        long used = used(heap);
        if (more <= most - used) return;
        throw new ResourceException(
                "memory",
                "expects " + amount(more) + " for training (" + partsText(model) + ") beside the " + amount(used)
                        + " in use, the heap has " + amount(most),
                "Take smaller batches, more shards or a smaller network, or give Java more, as in -Xmx8g");
    }

    private static long used(Runtime heap) {
        return heap.totalMemory() - heap.freeMemory();
    }

    private String partsText(boolean withModel) {
        return String.join(
                ", ",
                byPart().entrySet().stream()
                        .filter(each -> each.getValue() > 0)
                        .filter(each -> withModel || !each.getKey().equals(MODEL))
                        .map(each -> each.getKey() + " " + amount(each.getValue()))
                        .toList());
    }

    /// The bytes of each part, by name.
    public Map<String, Long> byPart() {
        Map<String, Long> bytes = new LinkedHashMap<>();
        bytes.put(MODEL, model);
        bytes.put("parameters", parameters);
        bytes.put("gradients", gradients);
        bytes.put("optimizer", optimizer);
        bytes.put("activations", activations);
        bytes.put("validation", validation);
        bytes.put("workspace", workspace);
        bytes.put("batches", batches);
        return bytes;
    }

    private static String amount(long bytes) {
        double megabytes = bytes / MEGABYTE;
        if (megabytes < 0.1) return String.format(Locale.ROOT, "%,.1f KB", bytes / 1024.0);
        return String.format(Locale.ROOT, megabytes < 10 ? "%,.1f MB" : "%,.0f MB", megabytes);
    }

    /// `155 MB: model 1.0 MB, parameters 2.1 MB, …`
    @Override
    public String toString() {
        return amount(total()) + ": " + partsText(true);
    }
}
