package dev.neurite.model;

import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A network as a table: a row for each layer, and totals.
/// @param network the network
/// @param inputs the shape of one row of each input; with an open axis, or with its extent, for which shapes,
/// operations and memory then are
/// @param encoded the parameters that have fewer bits than floats, by name
public record Summary(Network network, List<Shape> inputs, Map<String, EncodedMatrix> encoded) {
    /// @throws dev.neurite.error.ShapeException if the inputs are not those of the network
    public Summary {
        inputs = List.copyOf(inputs);
        encoded = Map.copyOf(encoded);
        network.outputs(inputs); // checks them
    }

    /// The layers, in the order in which they run.
    public List<BuiltNode> layers() {
        return network.layers(inputs);
    }

    /// The number of parameter values; shared ones count once.
    public long parameters() {
        return network.count();
    }

    /// The memory that the parameters take, in bytes.
    public long parameterBytes() {
        long bytes = Float.BYTES * parameters();
        for (EncodedMatrix each : encoded.values()) {
            bytes += each.bytes() - (long) Float.BYTES * each.rows() * each.columns();
        }
        return bytes;
    }

    /// The memory of the tensors of a training step; empty if an input has an open axis. Runs a pass,
    /// see [Network#footprint].
    public Optional<Footprint> training() {
        return footprint(Mode.TRAIN);
    }

    /// The memory of the tensors of a prediction; empty if an input has an open axis. Runs a pass, see
    /// [Network#footprint].
    public Optional<Footprint> predicting() {
        return footprint(Mode.PREDICT);
    }

    private Optional<Footprint> footprint(Mode mode) {
        return isKnown() ? Optional.of(network.footprint(mode, inputs)) : Optional.empty();
    }

    private boolean isKnown() {
        return Shape.areKnown(inputs);
    }

    /// Multiplications (with an addition each) for one row, forward; with an open axis, for a row of one step.
    public long multiplications() {
        return layers().stream().mapToLong(BuiltNode::multiplications).sum();
    }

    /// The table, for a fixed-width font.
    @Override
    public String toString() {
        var table = new TextTable("#", "-layer", "-output", "params", "MFLOP", "KB/row", "-settings");
        List<BuiltNode> layers = layers();
        for (int i = 0; i < layers.size(); i++) {
            BuiltNode layer = layers.get(i);
            boolean known = layer.outputs().stream().allMatch(Shape::isKnown)
                    && layer.positions().isKnown();
            table.add(
                    Integer.toString(i),
                    layer.name(),
                    String.join(
                            " ", layer.outputs().stream().map(Object::toString).toList()),
                    String.format(Locale.ROOT, "%,d", layer.parameterCount()),
                    String.format(Locale.ROOT, "%.2f", 2e-6 * layer.multiplications()),
                    known ? String.format(Locale.ROOT, "%.1f", floats(layer) * 4 / 1024.0) : "?",
                    layer.node() + (layer.frozen() ? " (frozen)" : ""));
        }
        String total = String.format(
                Locale.ROOT,
                "total %,d parameters (%,d KB), %.2f MFLOP a row" + (isKnown() ? "" : " of one step"),
                parameters(),
                Math.ceilDiv(parameterBytes(), 1024),
                2e-6 * multiplications());
        Optional<Footprint> training = training();
        Optional<Footprint> predicting = predicting();
        String memory = training.isEmpty() || predicting.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        "\nmemory of activations: %,.1f KB a row while training, %,.1f KB while predicting",
                        training.get().bytes(1) / 1024.0,
                        predicting.get().bytes(1) / 1024.0);
        return table + total + formats() + memory;
    }

    /// The formats of weights in fewer bits, a line for each: `8 bits, int8: dense1.weight, dense2.weight`.
    private String formats() {
        var lines = new StringBuilder();
        for (BlockFormat format : BlockFormat.values()) {
            List<String> names = network.parameters().stream()
                    .map(Parameter::name)
                    .filter(each ->
                            encoded.containsKey(each) && encoded.get(each).format() == format)
                    .toList();
            if (names.isEmpty()) continue;
            String name = format.name().toLowerCase(Locale.ROOT);
            lines.append("\n" + format.bits() + " bits, " + name + ": " + String.join(", ", names));
        }
        return lines.toString();
    }

    private static long floats(BuiltNode layer) {
        return (long) layer.positions().size()
                * layer.outputs().stream().mapToLong(Shape::size).sum();
    }
}
