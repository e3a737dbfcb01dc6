package dev.neurite.model.engine;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// An event of Java Flight Recorder: the forward or backward of one layer for one batch.
/// [dev.neurite.model.Profile] has the sums.
///
/// Off unless a recording turns it on, because small networks make millions of these a minute:
/// `-XX:StartFlightRecording:filename=run.jfr,+neurite.Layer#enabled=true`.
@Name("neurite.Layer")
@Label("Layer")
@Category("Neurite")
@Description("A layer's forward or backward for one batch; data, loss and update belong to no layer")
@Enabled(false)
@StackTrace(false)
final class LayerEvent extends Event {
    private static final LayerEvent PROBE = new LayerEvent();

    @Label("Layer")
    @Description("The layer's path; empty for what belongs to no layer")
    String layer = "";

    @Label("Phase")
    @Description("data, forward, loss, backward or update")
    String phase = "";

    @Label("Rows")
    @Description("Rows of the batch")
    int rows;

    @Label("FLOPs")
    @Description("Floating-point operations, from what the layer declares")
    long flops;

    @Label("Bytes")
    @Description("Read and written at least, from the shapes of tensors")
    @DataAmount
    long bytes;

    /// Whether a recording is on that has this event.
    static boolean wanted() {
        return PROBE.isEnabled();
    }
}
