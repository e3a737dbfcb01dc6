package dev.neurite.dashboard.playground;

import java.util.List;

/// The formulas of one step for a unit or a layer, with their numbers.
/// @param title its subject
/// @param layer the number of the layer, 0 for the inputs
/// @param unit the number of the unit, 0 for the whole layer
/// @param example the index of the example, among those that are trained on
/// @param rows the examples of the step
/// @param step the number of the step, from 1
/// @param sections its parts
public record Explanation(
        String title, int layer, int unit, int example, List<Integer> rows, long step, List<Section> sections) {
    /// A part.
    /// @param key `forward`, `loss`, `backward` or `update`
    /// @param title its title
    /// @param note one sentence for whoever sees it for the first time
    /// @param lines its formulas
    /// @param table its numbers as a table; empty without one
    public record Section(String key, String title, String note, List<Line> lines, Table table) {}

    /// A formula.
    /// @param key its name, for tests and links: `z`
    /// @param label what it computes, in words
    /// @param formula the formula
    public record Line(String key, String label, Formula formula) {}

    /// A table of numbers.
    /// @param columns the titles of the columns
    /// @param rows the titles of the rows
    /// @param values the numbers, a row for each row; NaN for an empty cell
    public record Table(List<String> columns, List<String> rows, List<double[]> values) {
        static final Table NONE = new Table(List.of(), List.of(), List.of());
    }
}
