package dev.neurite.dashboard.view;

import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a person enters for one input of a model. [Forms] makes it.
public sealed interface Form {
    /// An image, drawn or uploaded.
    /// @param drawing how it is prepared
    record OfImage(Drawing drawing) implements Form {}

    /// A value for each column.
    /// @param example values to begin with: a row of the data, or usual values
    record OfTable(List<Field> fields, Map<String, String> example) implements Form {
        public OfTable {
            fields = List.copyOf(fields);
        }
    }

    /// A text.
    /// @param column the column that it has in a table; empty if it is not from a table
    /// @param example a text of the data; empty without data
    record OfText(Optional<String> column, String example) implements Form {}

    /// The beginning of a text, which a model of language continues.
    /// @param example one of the data; empty without data
    record OfPrompt(String example) implements Form {}

    /// A time series: the end of a known one, or rows.
    /// @param target the column that is forecast
    /// @param columns all columns that rows need
    /// @param steps the number that a forecast is made from
    /// @param horizon the number of steps that it has
    /// @param known the series of the data; empty without data
    record OfSeries(String target, List<String> columns, int steps, int horizon, List<Known> known) implements Form {
        public OfSeries {
            columns = List.copyOf(columns);
            known = List.copyOf(known);
        }
    }

    /// A series of the data.
    /// @param first the first step from which a forecast can be made, from 0
    /// @param last the last one; if the series has so many steps, what is forecast comes after its end
    record Known(String name, int first, int last) {}

    /// A sequence of steps, each with a value for each column.
    /// @param steps their number; [Shape#OPEN] for any
    /// @param example a sequence of the data; usual values without data
    record OfSteps(List<Field> fields, int steps, List<Map<String, String>> example) implements Form {
        public OfSteps {
            fields = List.copyOf(fields);
            example = List.copyOf(example);
        }
    }

    /// Numbers in the order of the input.
    /// @param shape of a row; its first axis may be open
    /// @param example those of a row of the data; zeros without data
    @SuppressWarnings("ArrayRecordComponent") // nobody changes it
    record OfNumbers(Shape shape, float[] example) implements Form {}

    /// A column.
    /// @param type `number`, `category`, or `text` for a date or a category of very many values
    /// @param min the lowest number of the training data
    /// @param max the highest one
    /// @param usual a value in the middle: the mean of numbers and dates, or the first category
    /// @param values the categories, or some dates; empty for numbers
    /// @param optional whether it may be empty
    record Field(
            String name, String type, double min, double max, String usual, List<String> values, boolean optional) {
        public Field {
            values = List.copyOf(values);
        }
    }
}
