package dev.neurite.io.keras;

import dev.neurite.error.ModelFormatException;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The weights of a file, in the layouts of our layers.
/// @param where the file, for messages
record KerasWeights(String where, Hdf5 file) {
    /// All arrays of a layer, in their order.
    private List<Tensor> all(String path) {
        List<Tensor> all = new ArrayList<>();
        for (int i = 0; file.has(path + "/vars/" + i); i++) all.add(file.read(path + "/vars/" + i));
        return all;
    }

    private List<Tensor> all(String path, int count) {
        List<Tensor> all = all(path);
        if (all.size() == count) return all;
        throw new ModelFormatException(where, "expects " + count + " arrays at " + path + "/vars, got " + all.size());
    }

    /// One of a number of axes.
    private Tensor axes(Tensor tensor, int count, String path) {
        if (tensor.shape().rank() == count) return tensor;
        throw new ModelFormatException(
                where, "expects an array of " + count + " axes at " + path + ", got " + tensor.shape());
    }

    /// A kernel, and a bias if there is one.
    /// @param order the axis of Keras for each of ours
    Map<String, Tensor> kernel(String path, boolean bias, int... order) {
        List<Tensor> all = all(path, bias ? 2 : 1);
        Map<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("weight", permuted(axes(all.getFirst(), order.length, path), order));
        if (bias) weights.put("bias", all.get(1));
        return weights;
    }

    Map<String, Tensor> depthwise(String path, boolean bias) {
        List<Tensor> all = all(path, bias ? 2 : 1);
        Map<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("weight", depthwise(axes(all.getFirst(), 4, path)));
        if (bias) weights.put("bias", all.get(1));
        return weights;
    }

    Map<String, Tensor> separable(String path, boolean bias) {
        List<Tensor> all = all(path, bias ? 3 : 2);
        Map<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("depthwise.weight", depthwise(axes(all.getFirst(), 4, path)));
        weights.put("pointwise.weight", permuted(axes(all.get(1), 4, path), 3, 2, 0, 1));
        if (bias) weights.put("pointwise.bias", all.get(2));
        return weights;
    }

    /// `[height×width×in×multiplier]` becomes `[in·multiplier×1×height×width]`.
    private static Tensor depthwise(Tensor kernel) {
        Shape of = kernel.shape();
        Shape made = Shape.of(Math.multiplyExact(of.extent(2), of.extent(3)), 1, of.extent(0), of.extent(1));
        return Tensor.of(made, permuted(kernel, 2, 3, 0, 1).toArray());
    }

    Map<String, Tensor> embedding(String path) {
        return Map.of("weight", axes(all(path, 1).getFirst(), 2, path));
    }

    /// Scale and shift of a normalization, of which one may be missing, and running figures if it has them.
    Map<String, Tensor> norm(String path, boolean scale, boolean center, boolean running) {
        List<Tensor> all = all(path, (scale ? 1 : 0) + (center ? 1 : 0) + (running ? 2 : 0));
        Map<String, Tensor> weights = new LinkedHashMap<>();
        int next = 0;
        if (scale || center) {
            Tensor some = all.getFirst();
            float[] ones = new float[some.shape().size()];
            Arrays.fill(ones, 1);
            weights.put("weight", scale ? all.get(next++) : Tensor.of(some.shape(), ones));
            weights.put("bias", center ? all.get(next++) : Tensor.of(some.shape(), new float[ones.length]));
        }
        if (running) {
            weights.put("running_mean", all.get(next));
            weights.put("running_var", all.get(next + 1));
        }
        return weights;
    }

    /// The weights of a recurrent layer, whose gates are in Keras's order.
    /// @param type the name of its class
    Map<String, Tensor> recurrent(String path, String type, boolean bias) {
        String cell = path + "/cell";
        List<Tensor> all = all(cell, bias ? 3 : 2);
        Tensor state = permuted(axes(all.get(1), 2, cell), 1, 0);
        int units = state.shape().extent(1);
        int rows = state.shape().extent(0);
        boolean gru = type.equals("GRU");
        if (units == 0 || rows != units * (gru ? 3 : type.equals("LSTM") ? 4 : 1)) {
            throw new ModelFormatException(
                    where, "expects the weights of a " + type + " at " + cell + ", got " + state.shape());
        }
        Map<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("weight_ih", gates(permuted(axes(all.getFirst(), 2, cell), 1, 0), units, gru));
        weights.put("weight_hh", gates(state, units, gru));
        Tensor zeros = Tensor.of(Shape.of(rows), new float[rows]);
        Tensor given = bias ? all.get(2) : zeros;
        boolean two = given.shape().rank() == 2; // of a GRU with the reset after the product
        if (given.shape().size() != (two ? 2 : 1) * rows) {
            throw new ModelFormatException(where, "expects a bias for each gate at " + cell + ", got " + given.shape());
        }
        float[] values = given.toArray();
        weights.put("bias_ih", gates(Tensor.of(Shape.of(rows), Arrays.copyOf(values, rows)), units, gru));
        weights.put(
                "bias_hh",
                two ? gates(Tensor.of(Shape.of(rows), Arrays.copyOfRange(values, rows, 2 * rows)), units, gru) : zeros);
        return weights;
    }

    /// Exchanges the first two gates of a GRU: Keras has z before r.
    private static Tensor gates(Tensor rows, int units, boolean gru) {
        if (!gru) return rows;
        float[] values = rows.toArray();
        int block = values.length / rows.shape().extent(0) * units;
        float[] made = values.clone();
        System.arraycopy(values, 0, made, block, block);
        System.arraycopy(values, block, made, 0, block);
        return Tensor.of(rows.shape(), made);
    }

    /// Exchanges axes.
    /// @param order the axis of the tensor for each of the result
    static Tensor permuted(Tensor tensor, int... order) {
        float[] from = tensor.toArray();
        int rank = order.length;
        int[] extents = new int[rank];
        int[] steps = new int[rank];
        for (int i = 0; i < rank; i++) {
            extents[i] = tensor.shape().extent(order[i]);
            steps[i] = 1;
            for (int k = order[i] + 1; k < rank; k++) steps[i] *= tensor.shape().extent(k);
        }
        float[] made = new float[from.length];
        int[] at = new int[rank];
        int source = 0;
        for (int i = 0; i < made.length; i++) {
            made[i] = from[source];
            for (int axis = rank - 1; axis >= 0; axis--) {
                source += steps[axis];
                if (++at[axis] < extents[axis]) break;
                source -= steps[axis] * extents[axis];
                at[axis] = 0;
            }
        }
        return Tensor.of(Shape.of(extents), made);
    }

    // ---------------------------------------------------------------------------------------- without a configuration

    /// All weights of layers by name, `dense_1.weight`, in the layouts of our layers where the name of the layer's
    /// class tells them; others as they are, `name.vars.0`.
    /// @throws ModelFormatException for a file of another version of Keras
    Map<String, Tensor> byName() {
        if (file.paths().stream().noneMatch(each -> each.startsWith("layers/"))) {
            throw new ModelFormatException(
                    where,
                    "expects weights of layers as Keras 3 saves them, got "
                            + file.paths().stream()
                                    .findFirst()
                                    .map(each -> "others, such as '" + each + "'")
                                    .orElse("none"),
                    "A model of Keras 2 (.h5) becomes one of Keras 3 in Python:"
                            + " keras.models.load_model('old.h5').save('model.keras')");
        }
        Map<String, Tensor> weights = new LinkedHashMap<>();
        Set<String> done = new HashSet<>();
        for (String path : file.paths()) {
            int end = path.lastIndexOf("/vars/");
            if (end < 0 || !path.startsWith("layers/") || !done.add(path.substring(0, end))) continue;
            String layer = path.substring(0, end);
            String plain = layer.endsWith("/cell") ? layer.substring(0, layer.length() - 5) : layer;
            String name = plain.replace("layers/", "").replace("/", ".");
            named(plain, layer).forEach((part, tensor) -> weights.put(name + "." + part, tensor));
        }
        return weights;
    }

    private Map<String, Tensor> named(String path, String holder) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        int count = 0;
        while (file.has(holder + "/vars/" + count)) count++;
        boolean floats = true;
        for (int i = 0; i < count; i++) floats &= file.isFloat(holder + "/vars/" + i);
        if (!floats) return Map.of(); // such as the state of random numbers
        boolean recurrent = holder.endsWith("/cell");
        return switch (last.replaceAll("_[0-9]+$", "")) {
            case "dense" -> kernel(path, count > 1, 1, 0);
            case "conv1d" -> kernel(path, count > 1, 2, 1, 0);
            case "conv2d" -> kernel(path, count > 1, 3, 2, 0, 1);
            case "depthwise_conv2d" -> depthwise(path, count > 1);
            case "separable_conv2d" -> separable(path, count > 2);
            case "embedding" -> embedding(path);
            case "batch_normalization" -> norm(path, count == 4, count == 4, true);
            case "layer_normalization" -> norm(path, true, count > 1, false);
            case "lstm" -> recurrent ? recurrent(path, "LSTM", count > 2) : plain(holder);
            case "gru" -> recurrent ? recurrent(path, "GRU", count > 2) : plain(holder);
            case "simple_rnn" -> recurrent ? recurrent(path, "SimpleRNN", count > 2) : plain(holder);
            default -> plain(holder);
        };
    }

    private Map<String, Tensor> plain(String path) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        List<Tensor> all = all(path);
        for (int i = 0; i < all.size(); i++) weights.put("vars." + i, all.get(i));
        return weights;
    }
}
