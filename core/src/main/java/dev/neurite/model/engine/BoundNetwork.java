package dev.neurite.model.engine;

import static java.util.Objects.requireNonNull;

import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Kernels;
import dev.neurite.kernel.PackedWeights;
import dev.neurite.model.BuiltNode;
import dev.neurite.model.Network;
import dev.neurite.model.Parameter;
import dev.neurite.tensor.Tensor;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A built network bound to the arrays of one executor: the place of each parameter, its gradient and
/// each running statistic.
final class BoundNetwork {
    final BoundNode root;
    final boolean hasGradients;
    private final Kernels kernels;
    final List<Parameter> kept; // the parameters that have a place in the gradient array
    private final int gradientLength;
    private final ParameterSlot[] slots; // arrays: looping over a list leaves iterators on the heap, even after C2
    private final ParameterSlot[] keptSlots;
    private final Map<String, ParameterSlot> slotsByPath = new HashMap<>();
    private final FinalGradients finalGradients;
    private final RunningStatistic[] statistics;
    private final Map<String, RunningStatistic> statisticsByPath = new HashMap<>();

    /// The gradient tensors of arrays seen before, by array. Weak references: an array that the driver
    /// drops is not held here.
    private final List<WeakReference<Tensor[]>> gradientTensors = new ArrayList<>();

    private Tensor[] gradients = {}; // the views of the present array

    /// @param weights the values of each parameter
    /// @param running the values of all running statistics
    /// @param kept the parameters that have a place in `gradient`; all that are trained are among them
    /// @param gradient the array for their gradients; empty for none
    BoundNetwork(
            Network network,
            Kernels kernels,
            List<PackedWeights> weights,
            float[] running,
            List<Parameter> kept,
            float[] gradient) {
        List<Parameter> measured = network.statistics();
        List<Parameter> parts = network.parameters();
        this.kernels = kernels;
        this.kept = kept;
        this.gradientLength = gradient.length;
        this.hasGradients = gradientLength > 0;
        this.slots = new ParameterSlot[parts.size()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new ParameterSlot(weights.get(i), Tensor.EMPTY);
            slotsByPath.put(parts.get(i).name(), slots[i]);
        }
        this.keptSlots = kept.stream()
                .map(part -> requireNonNull(slotsByPath.get(part.name())))
                .toArray(ParameterSlot[]::new);
        this.statistics = new RunningStatistic[measured.size()];
        for (int i = 0; i < statistics.length; i++) {
            Parameter part = measured.get(i);
            statistics[i] =
                    new RunningStatistic(part.name(), part.offset(), Tensor.view(part.shape(), running, part.offset()));
            statisticsByPath.put(part.name(), statistics[i]);
        }
        this.finalGradients = new FinalGradients(hasGradients ? kept : List.of(), keptSlots, kernels);
        if (hasGradients) gradientsInto(gradient);
        this.root = bind(network.root());
    }

    private BoundNode bind(BuiltNode built) {
        Map<String, ParameterSlot> own = new HashMap<>();
        built.parameters().forEach((name, part) -> own.put(name, requireNonNull(slotsByPath.get(part.name()))));
        Map<String, RunningStatistic> measured = new HashMap<>();
        built.statistics()
                .forEach((name, part) -> measured.put(name, requireNonNull(statisticsByPath.get(part.name()))));
        return new BoundNode(
                built, own, measured, built.children().stream().map(this::bind).toList());
    }

    // --------------------------------------------------------------------------------------------------- gradients

    void gradientsInto(float[] array) {
        if (array.length != gradientLength) {
            throw new ShapeException("gradients", "expects an array of " + gradientLength + ", got " + array.length);
        }
        if (!hasGradients) return;
        Tensor[] known = viewsOf(array);
        if (known == null) {
            known = kept.stream()
                    .map(part -> Tensor.view(part.shape(), array, part.offset()))
                    .toArray(Tensor[]::new);
            gradientTensors.removeIf(each -> each.refersTo(null));
            gradientTensors.add(new WeakReference<>(known));
        }
        gradients = known;
        for (int i = 0; i < keptSlots.length; i++) keptSlots[i].gradient = known[i];
    }

    @SuppressWarnings("ReferenceEquality") // the same memory is meant
    private Tensor @Nullable [] viewsOf(float[] array) {
        if (gradients.length > 0 && gradients[0].array() == array) return gradients;
        for (int i = 0; i < gradientTensors.size(); i++) {
            Tensor[] known = gradientTensors.get(i).get();
            if (known != null && known[0].array() == array) return known;
        }
        return null;
    }

    void trainOnly(Predicate<String> names) {
        slotsByPath.forEach((name, slot) -> slot.trained = names.test(name));
    }

    /// Begins a backward pass.
    /// @param accumulates whether gradients are added to the contents of their array
    void beginBackward(boolean accumulates) {
        for (ParameterSlot slot : slots) slot.written = accumulates;
    }

    FinalGradients finalGradients() {
        return finalGradients;
    }

    /// Drops the targets of a lambda that failed.
    void reset() {
        for (ParameterSlot slot : slots) slot.target = null;
    }

    /// The size of the tensors in which gradients of parameters are computed before they are added.
    long laterFloats() {
        long floats = 0;
        for (ParameterSlot slot : slots) floats += slot.later == null ? 0 : slot.later.size();
        return floats;
    }

    // ------------------------------------------------------------------------------------------ running statistics

    void updateStatisticsOnly(Predicate<String> names) {
        statisticsByPath.forEach((name, statistic) -> statistic.updated = names.test(name));
        root.findFixed();
    }

    void commitStatistics() {
        for (RunningStatistic statistic : statistics) statistic.commit(kernels);
    }

    void takeStatistics(float[] sums, int from, int[] requests) {
        for (int i = 0; i < statistics.length; i++) requests[i] = statistics[i].take(sums, from);
    }

    void commitStatistics(float[] sums, int from, int[] requests) {
        for (int i = 0; i < statistics.length; i++) statistics[i].commit(sums, from, requests[i]);
    }

    void forgetStatistics() {
        for (RunningStatistic statistic : statistics) statistic.forget();
    }
}
