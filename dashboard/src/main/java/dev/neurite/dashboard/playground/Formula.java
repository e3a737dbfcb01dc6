package dev.neurite.dashboard.playground;

import dev.neurite.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// A line of mathematics, as parts that a page sets and reads aloud. Immutable: each method
/// returns a longer line.
/// @param parts the parts, from left to right
public record Formula(List<Part> parts) {
    /// A part of a line.
    public sealed interface Part {
        /// A name, perhaps with an index below and the number of its layer above: z₂⁽¹⁾.
        record Name(String name, String below, String above) implements Part {}

        record Numeral(double value) implements Part {}

        /// A sign or a function's name.
        record Sign(String sign) implements Part {}

        record Words(String text) implements Part {}

        record Fraction(Formula over, Formula under) implements Part {}

        /// A square root.
        record Root(Formula of) implements Part {}

        /// Something in parentheses.
        record Group(Formula of) implements Part {}

        record Power(Formula base, Formula exponent) implements Part {}

        /// A matrix of numbers; with one column a vector.
        record Grid(Tensor values) implements Part {}
    }

    static final Formula EMPTY = new Formula(List.of());

    public Formula {
        parts = List.copyOf(parts);
    }

    private Formula and(Part part) {
        List<Part> longer = new ArrayList<>(parts);
        longer.add(part);
        return new Formula(longer);
    }

    Formula and(Formula other) {
        List<Part> longer = new ArrayList<>(parts);
        longer.addAll(other.parts);
        return new Formula(longer);
    }

    static Formula of(String name) {
        return EMPTY.name(name);
    }

    static Formula of(String name, String below, String above) {
        return EMPTY.name(name, below, above);
    }

    static Formula of(double value) {
        return EMPTY.number(value);
    }

    Formula name(String name) {
        return name(name, "", "");
    }

    Formula name(String name, String below, String above) {
        return and(new Part.Name(name, below, above));
    }

    Formula number(double value) {
        return and(new Part.Numeral(value));
    }

    /// A number after an operator: in parentheses if it is negative.
    Formula factor(double value) {
        return value < 0 || 1 / value < 0 ? group(of(value)) : number(value);
    }

    Formula sign(String sign) {
        return and(new Part.Sign(sign));
    }

    Formula is() {
        return sign("=");
    }

    Formula plus() {
        return sign("+");
    }

    Formula minus() {
        return sign("−");
    }

    Formula times() {
        return sign("·");
    }

    Formula words(String text) {
        return and(new Part.Words(text));
    }

    Formula fraction(Formula over, Formula under) {
        return and(new Part.Fraction(over, under));
    }

    Formula root(Formula of) {
        return and(new Part.Root(of));
    }

    Formula group(Formula of) {
        return and(new Part.Group(of));
    }

    Formula power(Formula base, Formula exponent) {
        return and(new Part.Power(base, exponent));
    }

    Formula grid(float[][] rows) {
        return and(new Part.Grid(Tensor.of(rows)));
    }

    Formula column(float[] values) {
        float[][] rows = new float[values.length][];
        for (int i = 0; i < rows.length; i++) rows[i] = new float[] {values[i]};
        return grid(rows);
    }

    Formula row(float[] values) {
        return grid(new float[][] {values});
    }
}
