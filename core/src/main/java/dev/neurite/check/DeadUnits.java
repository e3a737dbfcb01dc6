package dev.neurite.check;

import dev.neurite.data.Batch;
import dev.neurite.data.Dataset;
import dev.neurite.model.Inspection.LayerView;
import dev.neurite.model.Model;
import dev.neurite.model.RowSource;
import dev.neurite.model.TextTable;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// How many units of each rectifier (ReLU) are dead: their output is 0 for every row, because their input
/// is never positive. Dead units get no gradient and do not learn.
///
/// A layer counts as a rectifier if it turned any negative number into 0. More than a quarter of its units dead is a
/// warning, more than three quarters a problem.
/// @param rows the number of rows examined
/// @param layers the rectifiers
/// @param findings warnings and problems
public record DeadUnits(int rows, List<Layer> layers, List<Finding> findings) implements CheckReport {
    /// The maximum number of rows examined, evenly spaced.
    public static final int ROWS = 512;

    /// A share of dead units above which a layer is worth a look.
    public static final double MANY = 0.25;

    /// A share of dead units above which a training will hardly succeed.
    public static final double MOST = 0.75;

    private static final long LARGEST = 1L << 24; // inputs and outputs of all layers for all rows
    private static final int HEAP = 16; // of which at most this part holds them

    /// A rectifier.
    /// @param name the layer's name
    /// @param units the number of its outputs for a row
    /// @param dead how many of them are 0 for every row
    public record Layer(String name, int units, int dead) {
        /// The share of dead units, 0 to 1.
        public double share() {
            return (double) dead / units;
        }
    }

    public DeadUnits {
        layers = List.copyOf(layers);
        findings = List.copyOf(findings);
    }

    /// Counts the dead units of a model on these inputs.
    /// @throws dev.neurite.error.ShapeException if the data does not fit
    public static DeadUnits of(Model model, Dataset data) {
        Dataset rows = Rows.spread(data, rowsFor(model, data));
        List<Tensor> inputs = Batch.of(rows).inputs();
        List<Layer> layers = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        for (LayerView view : model.inspect(inputs).layers()) {
            float[] z = view.preActivation().toArray();
            float[] y = view.output().toArray();
            if (z.length != y.length || !rectifies(z, y)) continue;
            int units = y.length / rows.size();
            var layer = new Layer(view.name(), units, dead(y, units));
            layers.add(layer);
            if (layer.share() > MANY) findings.add(finding(layer));
        }
        return new DeadUnits(rows.size(), layers, findings);
    }

    /// Fewer rows of large images, as the outputs of all layers are in memory at once.
    private static int rowsFor(Model model, Dataset data) {
        long outputs = 1;
        for (RowSource each : data.inputs())
            outputs += each.inputShape().isKnown() ? each.inputShape().size() : 0;
        for (var layer : model.network().layers()) {
            for (Shape each : layer.outputs()) outputs += each.isKnown() ? each.size() : 0;
        }
        long most = Math.min(LARGEST, Runtime.getRuntime().maxMemory() / HEAP / Float.BYTES);
        return Math.clamp(most / outputs, 1, ROWS);
    }

    private static boolean rectifies(float[] z, float[] y) {
        for (int i = 0; i < z.length; i++) {
            if (z[i] < 0 && y[i] == 0) return true;
        }
        return false;
    }

    private static int dead(float[] y, int units) {
        int dead = 0;
        for (int unit = 0; unit < units; unit++) {
            boolean zero = true;
            for (int i = unit; i < y.length && zero; i += units) zero = y[i] == 0;
            if (zero) dead++;
        }
        return dead;
    }

    private static Finding finding(Layer layer) {
        String what = layer.dead() + " of " + layer.units() + " units of " + layer.name() + " are dead";
        String[] causes = {
            "a learning rate that is too high", "biases far below 0", "inputs that are not scaled to mean 0"
        };
        return layer.share() > MOST ? Finding.problem(what, causes) : Finding.warning(what, causes);
    }

    @Override
    public String title() {
        return "dead units";
    }

    /// The report, with a row for each rectifier.
    @Override
    public String toString() {
        if (layers.isEmpty()) return Page.of(this, "no layer turns negative numbers into zeros");
        var table = new TextTable("-layer", "units", "dead", "share");
        for (Layer layer : layers) {
            table.add(
                    layer.name(),
                    Integer.toString(layer.units()),
                    Integer.toString(layer.dead()),
                    Page.percent(layer.share()));
        }
        return Page.of(this, "on " + rows + " rows\n" + table);
    }
}
