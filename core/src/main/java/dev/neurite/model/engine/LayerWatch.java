package dev.neurite.model.engine;

import dev.neurite.model.PassObserver;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Shows the outputs and δ of the layers of a pass to an observer, while they are in their buffers. It
/// copies nothing. A lambda that overwrites `dy` gets it after the observer has seen it; only a layer that
/// has shown z, and will show δ, gets another buffer for `dx`.
final class LayerWatch {
    /// A run of a layer in this pass.
    private static final class LayerRun {
        private final String name;
        private final boolean showsDelta; // the layer has shown its z, and so will show its δ
        private boolean begun; // its backward has begun
        private boolean shown; // its δ was shown

        LayerRun(String name, boolean showsDelta) {
            this.name = name;
            this.showsDelta = showsDelta;
        }
    }

    private final PassObserver observer;
    private final PassMeter meter;
    private final List<LayerRun> runs = new ArrayList<>(); // of this pass
    private final Map<String, Integer> uses = new HashMap<>(); // the number of runs of each layer
    private int next; // the index of the next run
    private boolean showsZ; // the running layer has shown its z
    private @Nullable LayerRun backward; // whose lambda runs

    LayerWatch(PassObserver observer, PassMeter meter) {
        this.observer = observer;
        this.meter = meter;
    }

    void begin() {
        runs.clear();
        uses.clear();
        next = 0;
        showsZ = false;
        backward = null;
    }

    /// The index that the running layer has among the runs of this pass.
    int next() {
        return next;
    }

    /// Continues with another index: that of the first layer in a part of the network that runs again, or
    /// the one after the last.
    void goOnWith(int index) {
        next = index;
    }

    /// A layer shows its pre-activation while it runs forward.
    void preActivation() {
        if (backward == null) showsZ = true;
    }

    /// Whether the layer that runs forward has shown its pre-activation.
    boolean showsZ() {
        return showsZ;
    }

    /// A layer has run forward.
    /// @param again whether for the second time in this pass, with gradient checkpointing
    void ran(BoundNode node, Tensor output, boolean again) {
        next++;
        boolean showedZ = showsZ;
        showsZ = false;
        if (again) return;
        String path = node.built.name();
        int use = uses.merge(path, 1, Integer::sum);
        var run = new LayerRun(use == 1 ? path : path + "#" + use, showedZ);
        runs.add(run);
        OpTimer before = meter.pause();
        observer.output(run.name, output);
        meter.resume(before);
    }

    /// A lambda of a layer begins.
    /// @param index of the run of the layer
    /// @param dy the gradient of its output
    void beginBackward(int index, Tensor dy) {
        LayerRun run = runs.get(index);
        backward = run;
        if (!run.begun && !run.showsDelta) show(run, dy);
        run.begun = true;
    }

    /// The lambda has ended.
    void endBackward() {
        backward = null;
    }

    /// The layer whose lambda runs shows its δ.
    void delta(Tensor delta) {
        LayerRun run = backward;
        if (run != null && !run.shown) show(run, delta);
    }

    private void show(LayerRun run, Tensor delta) {
        run.shown = true;
        OpTimer before = meter.pause();
        observer.delta(run.name, delta);
        meter.resume(before);
    }
}
