package dev.neurite.model;

import java.util.List;
import java.util.Locale;

/// A network as a table: a row a layer, and totals.
/// @param layers in the order in which they run
/// @param parameters the number of parameter values; shared ones count once
public record Summary(List<Network.LayerInfo> layers, long parameters) {
    static Summary of(Network network) {
        return new Summary(network.layers(), network.size());
    }

    /// Multiplications (with an addition each) for one row, forward.
    public long multiplications() {
        return layers.stream().mapToLong(Network.LayerInfo::multiplications).sum();
    }

    /// The table, for a fixed-width font.
    @Override
    public String toString() {
        var table = new Table("#", "-layer", "-output", "params", "MFLOP", "KB/row", "-settings");
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
        return table
                + String.format(
                        Locale.ROOT,
                        "total %,d parameters (%,d KB), %.2f MFLOP a row",
                        parameters,
                        Math.ceilDiv(parameters * 4, 1024),
                        2e-6 * multiplications());
    }
}
