package dev.neurite.dashboard.playground;

import dev.neurite.dashboard.playground.Frame.Scale;
import dev.neurite.kernel.Activation;
import dev.neurite.model.Inspection;
import dev.neurite.model.Inspection.LayerView;
import dev.neurite.model.Model;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Draws units and the answer of a network: the library computes them at the points of a grid.
final class Heatmaps {
    private final Experiment experiment;
    private final Tensor grid; // of the units, or the four rows of the identity mapping
    private final Tensor fine; // of the surface

    Heatmaps(Experiment experiment) {
        this.experiment = experiment;
        this.grid = grid(experiment, Frame.UNIT_SIDE);
        this.fine = experiment.data().isInPlane() ? grid(experiment, Frame.SURFACE_SIDE) : grid;
    }

    private static Tensor grid(Experiment experiment, int side) {
        if (!experiment.data().isInPlane()) return Tensor.of(experiment.points().inputs());
        double[] x1 = new double[side * side];
        double[] x2 = new double[side * side];
        double radius = PlaygroundData.RADIUS;
        for (int i = 0; i < x1.length; i++) {
            int column = i % side;
            int row = i / side;
            x1[i] = -radius + 2 * radius * (column + 0.5) / side;
            x2[i] = radius - 2 * radius * (row + 0.5) / side;
        }
        return Tensor.of(experiment.inputs(x1, x2));
    }

    /// The layers with the heat maps of their units.
    List<Frame.Layer> layers(Model model) {
        Inspection inside = model.inspect(grid);
        Parameters parameters = model.parameters();
        int count = experiment.layers().size() + 1;
        List<Frame.Layer> layers = new ArrayList<>();
        for (int layer = 1; layer <= count; layer++) {
            String name = "dense" + layer;
            LayerView view = inside.layer(name);
            float[][] outputs = view.output().toRows();
            Tensor weights = parameters.get(name + ".weight");
            List<Heatmap> heatmaps = new ArrayList<>();
            List<Scale> scales = new ArrayList<>();
            for (int unit = 0; unit < weights.rows(); unit++) {
                float[] values = column(outputs, unit);
                Scale scale = layer == count ? outputScale() : unitScale(values);
                scales.add(scale);
                heatmaps.add(heatmap(values, scale));
            }
            layers.add(new Frame.Layer(weights, parameters.get(name + ".bias"), heatmaps, scales));
        }
        return layers;
    }

    List<Heatmap> inputs() {
        float[][] rows = grid.toRows();
        List<Heatmap> heatmaps = new ArrayList<>();
        for (int input = 0; input < experiment.inputs(); input++) {
            float[] values = column(rows, input);
            heatmaps.add(heatmap(values, unitScale(values)));
        }
        return heatmaps;
    }

    /// The answer of the network.
    Heatmap surface(Model model) {
        float[][] outputs = model.predict(fine).toRows();
        int side = Frame.SURFACE_SIDE;
        byte[] bytes = new byte[side * side];
        int shown = experiment.outputs() == 2 ? 1 : 0; // of two classes the second
        for (int i = 0; i < bytes.length; i++) {
            boolean inPlane = experiment.data().isInPlane();
            float value = inPlane ? outputs[i][shown] : outputs[i % side * 4 / side][i / side * 4 / side];
            bytes[i] = outputScale().of(value);
        }
        return new Heatmap(bytes);
    }

    /// What the bytes of the surface stand for.
    Scale outputScale() {
        return experiment.outputActivation() instanceof Activation.Identity ? Scale.SIGNED : Scale.SHARE;
    }

    private static float[] column(float[][] rows, int index) {
        float[] values = new float[rows.length];
        for (int i = 0; i < values.length; i++) values[i] = rows[i][index];
        return values;
    }

    /// As far to both sides as the values go, at least to 1, so that weak answers look weak.
    private static Scale unitScale(float[] values) {
        float largest = 1;
        for (float value : values) {
            if (Math.abs(value) < Float.POSITIVE_INFINITY) largest = Math.max(largest, Math.abs(value));
        }
        return new Scale(-largest, largest);
    }

    private Heatmap heatmap(float[] values, Scale scale) {
        int side = Frame.UNIT_SIDE;
        byte[] bytes = new byte[side * side];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = scale.of(experiment.data().isInPlane() ? values[i] : values[i % side * values.length / side]);
        }
        return new Heatmap(bytes);
    }
}
