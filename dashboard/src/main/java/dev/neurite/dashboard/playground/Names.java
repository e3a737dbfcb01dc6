package dev.neurite.dashboard.playground;

/// The names of quantities in formulas: z₂⁽¹⁾ of a unit, z⁽¹⁾ of a layer. Layers are numbered from 1, with 0 for
/// the inputs of the network; units and inputs from 0, though their names count from 1.
/// @param last the number of the output layer
/// @param outputs the number of outputs; a single one has no index
record Names(int last, int outputs) {
    static Names of(StepNumbers step) {
        return new Names(step.last(), step.experiment().outputs());
    }

    private static String above(int layer) {
        return "(" + layer + ")";
    }

    private static Formula ofUnit(String name, int unit, int layer) {
        return Formula.of(name, Integer.toString(unit + 1), above(layer));
    }

    Formula z(int unit, int layer) {
        return ofUnit("z", unit, layer);
    }

    /// z of any unit k.
    Formula anyZ(int layer) {
        return Formula.of("z", "k", above(layer));
    }

    /// An output; ŷ for that of the network.
    Formula a(int unit, int layer) {
        return layer < last ? ofUnit("a", unit, layer) : ofNetwork("ŷ", unit);
    }

    Formula y(int unit) {
        return ofNetwork("y", unit);
    }

    private Formula ofNetwork(String name, int unit) {
        return outputs == 1 ? Formula.of(name) : Formula.of(name, Integer.toString(unit + 1), "");
    }

    Formula delta(int unit, int layer) {
        return ofUnit("δ", unit, layer);
    }

    Formula w(int unit, int input, int layer) {
        return weight("w", unit, input, layer);
    }

    Formula dw(int unit, int input, int layer) {
        return weight("dw", unit, input, layer);
    }

    private static Formula weight(String name, int unit, int input, int layer) {
        return Formula.of(name, (unit + 1) + "," + (input + 1), above(layer));
    }

    Formula b(int unit, int layer) {
        return ofUnit("b", unit, layer);
    }

    Formula db(int unit, int layer) {
        return ofUnit("db", unit, layer);
    }

    /// A quantity of a whole layer.
    Formula layer(String name, int layer) {
        return Formula.of(name, "", above(layer));
    }

    /// The outputs of a whole layer; ŷ for those of the network.
    Formula outputs(int layer) {
        return layer == last ? Formula.of("ŷ") : layer("a", layer);
    }
}
