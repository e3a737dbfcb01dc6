package dev.neurite.train;

import dev.neurite.data.Batches;
import dev.neurite.data.Dataset;
import dev.neurite.error.ResourceException;
import dev.neurite.kernel.KernelMemory;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Footprint;
import dev.neurite.model.Mode;
import dev.neurite.model.Network;
import dev.neurite.model.Parameter;
import dev.neurite.optim.Averaging;
import dev.neurite.optim.Optimizer;
import dev.neurite.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// How much memory a training, or a prediction, takes, in bytes, beside its data: told before it
/// begins. What a model file or a listener takes comes on top, as does what the garbage collector needs
/// to work: a tenth more does.
///
/// Activations are exact: a pass over two rows says which tensors live at once, and they grow with the
/// rows.
/// @param model the parameters and running statistics of the model that is trained, which the caller
/// has
/// @param parameters the copy of them that changes, and becomes the trained model's; the next
/// statistics; the mean of the parameters where one is kept, and where updates are watched another copy
/// @param gradients of the parameters, one for each level of the tree of shards
/// @param optimizer what it remembers from step to step
/// @param activations the tensors of a step, forward and back; of a prediction, the largest set that
/// lives at once
/// @param validation the tensors of a batch that is predicted between epochs; 0 without validation data
/// @param scratch what kernels keep, about: parts of sums, and numbers in another order
/// @param batches the rows of a batch, of training and of validation; of a prediction, rows and results
public record Memory(
        long model,
        long parameters,
        long gradients,
        long optimizer,
        long activations,
        long validation,
        long scratch,
        long batches) {
    private static final double MEGABYTE = 1 << 20;
    private static final String MODEL = "model";

    /// What a training with a trainer's usual settings takes: one shard, no averaging.
    /// @param rows of a batch, which is also how many are validated at once, up to
    /// [Network#rowsAtOnce()]
    public static Memory of(Network network, int rows, Optimizer optimizer) {
        int validated = Math.min(rows, network.rowsAtOnce());
        return ofParameters(network, optimizer).with(network, rows, rows, validated, Kernels.defaultThreads());
    }

    /// What [dev.neurite.model.Model#predict] takes of so many rows: beside the model the largest set
    /// of tensors that live at once, what comes in and goes out, and weights of dense layers and of
    /// convolutions by tiles once more, in the order in which they are read.
    /// @param rows as many as wanted: up to [Network#rowsAtOnce()] are predicted at once
    /// @throws dev.neurite.error.ShapeException if an input has an open axis
    public static Memory ofPrediction(Network network, int rows) {
        long model = Float.BYTES * (sizeOf(network.parameters()) + sizeOf(network.statistics()));
        int together = Math.min(rows, network.rowsAtOnce());
        long packed = 0;
        long blocks = 0;
        for (Parameter part : network.parameters()) {
            Shape shape = part.shape();
            int threads = Kernels.defaultThreads();
            if (shape.rank() == 2) {
                packed += KernelMemory.packedDense(shape);
                blocks = Math.max(blocks, KernelMemory.constantDense(together, shape, threads));
            } else {
                packed += KernelMemory.packedConvolution(shape);
                blocks = Math.max(blocks, KernelMemory.constantConvolution(shape, threads));
            }
        }
        long row = Stream.of(network.inputs(), network.outputs())
                .flatMap(List::stream)
                .mapToLong(Shape::size)
                .sum();
        long tensors = network.footprint(Mode.PREDICT).bytes(together);
        return new Memory(model, 0, 0, 0, tensors, 0, Float.BYTES * (packed + blocks), Float.BYTES * row * rows);
    }

    private static long sizeOf(List<Parameter> parts) {
        return parts.stream().mapToLong(Parameter::size).sum();
    }

    /// What follows from the parameters alone, without a pass.
    /// @param slots numbers that are remembered for each parameter
    /// @param gradients how many arrays
    /// @param copies of the parameters
    private static Memory of(Network network, int slots, int gradients, int copies) {
        long theta = Float.BYTES * sizeOf(network.parameters());
        long statistics = Float.BYTES * sizeOf(network.statistics());
        return new Memory(
                theta + statistics, copies * theta + 2 * statistics, gradients * theta, slots * theta, 0, 0, 0, 0);
    }

    /// What follows from the parameters alone, by which a network can be refused before it is made.
    public static Memory ofParameters(Network network, Optimizer optimizer) {
        return of(network, optimizer.slots(), 1, 1);
    }

    /// The same with what passes need.
    /// @param rows that are held for steps, those read in advance included
    /// @param shardRows of a pass
    /// @param validationRows of a pass; 0 for no validation
    private Memory with(Network network, long rows, int shardRows, int validationRows, int threads) {
        Footprint training = network.footprint(Mode.TRAIN);
        Footprint predicting = network.footprint(Mode.PREDICT);
        long row = network.inputs().stream().mapToLong(Shape::size).sum();
        return new Memory(
                model,
                parameters,
                gradients,
                optimizer,
                training.bytes(shardRows),
                validationRows == 0 ? 0 : predicting.bytes(validationRows),
                Float.BYTES * scratch(network, shardRows, Math.max(shardRows, validationRows), threads),
                Float.BYTES * row * (rows + validationRows));
    }

    private static long scratch(Network network, int shardRows, int mostRows, int threads) {
        long convolutions = 0;
        long products = 0;
        for (Parameter part : network.parameters()) {
            Shape shape = part.shape();
            if (shape.rank() > 2) {
                convolutions = Math.max(convolutions, KernelMemory.convolution(shardRows, shape, threads));
            } else if (shape.rank() == 2) {
                products = Math.max(products, KernelMemory.dense(mostRows, shape, threads));
            }
        }
        return convolutions + products;
    }

    /// The same with what every layer gives, which is not all that a step needs.
    private Memory withOutputs(Network network, int rows) {
        long row = network.layers().stream()
                .flatMap(layer -> layer.outputs().stream())
                .filter(Shape::isKnown)
                .mapToLong(Shape::size)
                .sum();
        return new Memory(model, parameters, gradients, optimizer, Float.BYTES * row * rows, 0, 0, 0);
    }

    /// Of [Trainer#fit]; of a network that cannot fit, its parameters and outputs alone.
    /// @param validationRows 0 for no validation
    static Memory of(TrainerSettings settings, Objective objective, Dataset train, int validationRows) {
        Network network = objective.network();
        Batches batches = settings.batches(train);
        int rows = batches.rows();
        int parts = settings.shardsPerStep();
        int slots = settings.optimizer().slots();
        int gradients = GradientSum.arrays(parts);
        int passRows = Math.ceilDiv(rows, parts);
        long held = rows * (1L + settings.prefetch(batches));
        if (settings.isMinimized()) {
            slots = settings.get(TrainerSettings.MINIMIZER).orElseThrow().arrays();
            gradients = 1 + GradientSum.arrays(Math.ceilDiv(train.size(), settings.get(TrainerSettings.BATCH_SIZE)));
            passRows = rows;
            held = rows;
        }
        boolean averages = !settings.get(TrainerSettings.AVERAGING).equals(Averaging.NONE);
        int copies = 1 + (averages ? 1 : 0) + (settings.watchUpdates() > 0 ? 1 : 0);
        Memory fixed = of(network, slots, gradients, copies);
        long most = Runtime.getRuntime().maxMemory();
        if (fixed.total() > most) return fixed;
        if (fixed.withOutputs(network, 2).total() > most) return fixed.withOutputs(network, Math.max(2, passRows));
        int validated = Math.min(validationRows, network.rowsAtOnce());
        return fixed.with(network, held, passRows, validated, settings.get(TrainerSettings.THREADS));
    }

    /// All of it.
    public long total() {
        return model + added();
    }

    /// All but the model, which may be there already.
    public long added() {
        return parameters + gradients + optimizer + activations + validation + scratch + batches;
    }

    /// Refuses what cannot fit into the heap, beside what is in it now.
    /// @param model whether the model is part of what is still to come
    /// @throws ResourceException if it cannot, with the figures
    public void requireRoom(boolean model) {
        Runtime heap = Runtime.getRuntime();
        long most = heap.maxMemory();
        long more = model ? total() : added();
        if (more <= most - used(heap)) return;
        System.gc(); // what is in use may be garbage for the most part
        long used = used(heap);
        if (more <= most - used) return;
        throw new ResourceException(
                "memory",
                "expects " + amount(more) + " for training (" + parts(model) + ") beside the " + amount(used)
                        + " in use, the heap has " + amount(most),
                "Take smaller batches, more shards or a smaller network, or give Java more, as in -Xmx8g");
    }

    private static long used(Runtime heap) {
        return heap.totalMemory() - heap.freeMemory();
    }

    private String parts(boolean withModel) {
        return String.join(
                ", ",
                figures().entrySet().stream()
                        .filter(each -> each.getValue() > 0)
                        .filter(each -> withModel || !each.getKey().equals(MODEL))
                        .map(each -> each.getKey() + " " + amount(each.getValue()))
                        .toList());
    }

    /// The bytes of each part, by name.
    public Map<String, Long> figures() {
        Map<String, Long> figures = new LinkedHashMap<>();
        figures.put(MODEL, model);
        figures.put("parameters", parameters);
        figures.put("gradients", gradients);
        figures.put("optimizer", optimizer);
        figures.put("activations", activations);
        figures.put("validation", validation);
        figures.put("scratch", scratch);
        figures.put("batches", batches);
        return figures;
    }

    private static String amount(long bytes) {
        double megabytes = bytes / MEGABYTE;
        if (megabytes < 0.1) return String.format(Locale.ROOT, "%,.1f KB", bytes / 1024.0);
        return String.format(Locale.ROOT, megabytes < 10 ? "%,.1f MB" : "%,.0f MB", megabytes);
    }

    /// `155 MB: model 1.0 MB, parameters 2.1 MB, …`
    @Override
    public String toString() {
        return amount(total()) + ": " + parts(true);
    }
}
