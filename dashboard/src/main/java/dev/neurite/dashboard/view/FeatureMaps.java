package dev.neurite.dashboard.view;

import dev.neurite.error.DataException;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Inspection.LayerView;
import dev.neurite.predict.Prediction;
import dev.neurite.predict.Predictor;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The outputs of all layers for one row of the data.
/// @param input the first image of the row; empty if it has none
/// @param layers the layers, in the order in which they run
/// @param prediction the prediction
public record FeatureMaps(Optional<Picture> input, List<Layer> layers, Prediction prediction) {
    private static final int MOST_MAPS = 64;
    private static final int FEWEST_MAPS = 4;
    private static final int MOST_VALUES = 1_024;
    private static final int MOST_NUMBERS = 300_000; // in one answer

    /// The output of a layer.
    /// @param name its path
    /// @param shape the whole shape
    /// @param maps of `[channels×height×width]`, at most 64 channels; empty for other shapes
    /// @param values of other shapes, at most 1,024 of them; empty for maps
    @SuppressWarnings("ArrayRecordComponent") // nobody changes it
    public record Layer(String name, List<Integer> shape, float[][] maps, float[] values) {}

    /// Runs a row through the network.
    /// @param row from 0
    /// @throws DataException for a row that the data does not have
    public static FeatureMaps of(Subject subject, int row) {
        int rows = subject.data().map(each -> each.size()).orElse(0);
        if (row < 0 || row >= rows) {
            throw new DataException("row", "expects 0 to " + (rows - 1) + ", got " + row);
        }
        List<Tensor> inputs = subject.row(row);
        List<LayerView> views = subject.model().inspect(inputs).layers();
        int each = MOST_NUMBERS / Math.max(1, views.size());
        List<Layer> layers = new ArrayList<>();
        for (LayerView view : views) layers.add(layer(view, each));
        Prediction prediction = Predictor.of(subject.file())
                .predictPrepared(inputs, Kernels.shared())
                .getFirst();
        return new FeatureMaps(picture(subject, row), layers, prediction);
    }

    private static Optional<Picture> picture(Subject subject, int row) {
        return subject.inputs().stream()
                .filter(each -> each.images().isPresent() && each.rows().isPresent())
                .map(each -> each.images().orElseThrow().picture(each.row(row)))
                .findFirst();
    }

    private static Layer layer(LayerView view, int most) {
        Shape shape = view.output().shape().row();
        float[] values = view.output().toArray();
        if (shape.rank() != 3) {
            float[] some = Arrays.copyOf(values, Math.min(values.length, MOST_VALUES));
            return new Layer(view.name(), shape.extents(), new float[0][], some);
        }
        int plane = shape.extent(1) * shape.extent(2);
        int count = Math.min(shape.extent(0), Math.clamp(most / Math.max(1, plane), FEWEST_MAPS, MOST_MAPS));
        float[][] maps = new float[count][];
        for (int i = 0; i < count; i++) maps[i] = Arrays.copyOfRange(values, i * plane, (i + 1) * plane);
        return new Layer(view.name(), shape.extents(), maps, new float[0]);
    }
}
