package dev.neurite.network;

import dev.neurite.error.ConfigException;
import dev.neurite.layer.Layers;
import dev.neurite.layer.RecurrentLayer;

/// The kind of recurrent layers of a network.
public enum RecurrentKind {
    /// [dev.neurite.layer.Lstm].
    LSTM,
    /// [dev.neurite.layer.Gru].
    GRU;

    private static final int MOST_LAYERS = 100;

    /// @param units the size of its state, at least 1
    RecurrentLayer<?> layer(int units) {
        return switch (this) {
            case LSTM -> Layers.lstm(units);
            case GRU -> Layers.gru(units);
        };
    }

    /// @param who the network, for the message
    /// @throws ConfigException for less than one unit or layer, more than 100 layers, or a rate outside 0 to
    /// below 1
    static void check(String who, int units, int layers, double dropout) {
        if (units < 1) throw new ConfigException(who, "expects at least 1 unit, got " + units);
        if (layers < 1 || layers > MOST_LAYERS) {
            throw new ConfigException(who, "expects 1 to " + MOST_LAYERS + " layers, got " + layers);
        }
        Layers.dropout(dropout); // checks the rate
    }
}
