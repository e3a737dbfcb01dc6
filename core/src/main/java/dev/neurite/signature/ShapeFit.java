package dev.neurite.signature;

import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import dev.neurite.tensor.Shape;

/// Checks that descriptions fit the shapes of a network.
final class ShapeFit {
    private ShapeFit() {}

    static boolean fits(Input input, Shape shape) {
        return switch (input) {
            case Input.Columns(Preprocessing made) ->
                shape.equals(made.inputShape())
                        || (shape.isKnown() && shape.size() == made.inputShape().size());
            case Input.Steps(Preprocessing made) -> areSteps(shape, made);
            case Input.Series series -> areSteps(shape, series.preprocessing()) && shape.isKnown();
            case Input.Image image ->
                image.how().isSized() && shape.equals(image.how().shape());
            case Input.Text _ -> shape.rank() == 1;
            case Input.Numbers numbers -> shape.equals(numbers.shape());
        };
    }

    static void check(String name, Input input, Shape shape) {
        if (fits(input, shape)) return;
        String made =
                input.tableColumns().map(each -> " of " + each.inputShape()).orElse("");
        throw new ConfigException(
                "input '" + name + "'", "expects what makes rows " + shape + ", got " + input.kind() + made);
    }

    /// Whether an input is steps of rows that a preprocessing makes.
    private static boolean areSteps(Shape input, Preprocessing made) {
        return input.rank() == 2
                && made.inputShape().rank() == 1
                && input.extent(1) == made.inputShape().extent(0);
    }

    static boolean fits(Output output, Shape shape) {
        int last = shape.rank() == 0 ? 1 : shape.extent(shape.rank() - 1);
        int size = shape.isKnown() ? shape.size() : -1;
        return switch (output) {
            case Output.Classes classes ->
                size == classes.names().size() || (size == 1 && classes.names().size() == 2);
            case Output.Labels labels -> size == labels.names().size();
            case Output.StepClasses steps ->
                shape.rank() == 2 && last == steps.names().size();
            case Output.Values values ->
                values.names().isEmpty() || size == values.names().size();
            case Output.Forecast _ -> size > 0;
            case Output.Continuation _ -> shape.rank() == 2;
            case Output.Numbers _ -> true;
        };
    }

    static void check(String name, Output output, Shape shape) {
        if (fits(output, shape)) return;
        throw new ConfigException(
                "output '" + name + "'", "expects a description of " + shape + ", got " + described(output));
    }

    /// The kind of an output with the number of its names, for messages.
    static String described(Output output) {
        int names = switch (output) {
            case Output.Classes classes -> classes.names().size();
            case Output.Labels labels -> labels.names().size();
            case Output.StepClasses steps -> steps.names().size();
            case Output.Values values -> values.names().size();
            case Output.Forecast _, Output.Continuation _, Output.Numbers _ -> 0;
        };
        return output.kind() + (names > 1 ? " of " + names + " names" : "");
    }
}
