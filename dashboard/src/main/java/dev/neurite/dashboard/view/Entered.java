package dev.neurite.dashboard.view;

import java.util.List;
import java.util.Map;

/// What a person has entered for one input.
public sealed interface Entered {
    /// An image as it was drawn or uploaded.
    record Drawn(Picture picture) implements Entered {}

    /// Texts by the names of columns; an empty text is a missing value.
    record Values(Map<String, String> values) implements Entered {}

    record Passage(String text) implements Entered {}

    /// Rows of a table, as texts by the names of columns: the steps of a sequence or a time series.
    record Rows(List<Map<String, String>> rows) implements Entered {
        public Rows {
            rows = List.copyOf(rows);
        }
    }

    /// A moment of a series of the data.
    /// @param series its name
    /// @param end the first step that is forecast, from 0
    /// @param values of the target at the last steps before, instead of those of the data; empty for
    /// those
    record Moment(String series, int end, List<Double> values) implements Entered {
        public Moment {
            values = List.copyOf(values);
        }
    }

    /// Numbers in the order of the input.
    @SuppressWarnings("ArrayRecordComponent") // nobody changes it
    record Numbers(float[] numbers) implements Entered {}
}
