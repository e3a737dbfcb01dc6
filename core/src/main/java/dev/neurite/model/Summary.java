package dev.neurite.model;

import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A network as a table: a row a layer, and totals.
/// @param layers in the order in which they run
/// @param parameters the number of parameter values; shared ones count once
/// @param training what tensors a step of training holds at once, forward and back; empty where an input has an open
/// axis
/// @param predicting what tensors a prediction holds at once; empty where an input has an open axis
public record Summary(
        List<Network.LayerInfo> layers, long parameters, Optional<Footprint> training, Optional<Footprint> predicting) {
    static Summary of(Network network) {
        boolean known = network.inputs().stream().allMatch(Shape::isKnown);
        return new Summary(
                network.layers(),
                network.size(),
                known ? Optional.of(network.footprint(Mode.TRAIN)) : Optional.empty(),
                known ? Optional.of(network.footprint(Mode.PREDICT)) : Optional.empty());
    }

    /// Multiplications (with an addition each) for one row, forward.
    public long multiplications() {
        return layers.stream().mapToLong(Network.LayerInfo::multiplications).sum();
    }

    /// The table, for a fixed-width font.
    @Override
    public String toString() {
        var table = new TextTable("#", "-layer", "-output", "params", "MFLOP", "KB/row", "-settings");
        for (int i = 0; i < layers.size(); i++) {
            Network.LayerInfo layer = layers.get(i);
            long floats = layer.outputs().stream()
                    .mapToLong(shape -> shape.isKnown() ? shape.size() : 0)
                    .sum();
            table.add(
                    Integer.toString(i),
                    layer.name(),
                    String.join(
                            " ", layer.outputs().stream().map(Object::toString).toList()),
                    String.format(Locale.ROOT, "%,d", layer.parameterCount()),
                    String.format(Locale.ROOT, "%.2f", 2e-6 * layer.multiplications()),
                    String.format(Locale.ROOT, "%.1f", floats * 4 / 1024.0),
                    layer.node() + (layer.frozen() ? " (frozen)" : ""));
        }
        String total = String.format(
                Locale.ROOT,
                "total %,d parameters (%,d KB), %.2f MFLOP a row",
                parameters,
                Math.ceilDiv(parameters * 4, 1024),
                2e-6 * multiplications());
        String memory = training.isEmpty() || predicting.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        "\nmemory of activations: %,.1f KB a row while training, %,.1f KB while predicting",
                        training.get().bytes(1) / 1024.0,
                        predicting.get().bytes(1) / 1024.0);
        return table + total + memory;
    }
}
