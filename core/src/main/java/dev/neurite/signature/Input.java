package dev.neurite.signature;

import dev.neurite.data.image.ImageInput;
import dev.neurite.data.series.NaiveForecast;
import dev.neurite.data.series.SeriesColumns;
import dev.neurite.data.series.SeriesForm;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.ConfigException;
import dev.neurite.model.RowOrigin;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.Optional;

/// What one input of a model is made of, and how.
///
/// | kind | raw value | input of a row |
/// |---|---|---|
/// | [Columns] | a row of a table | what its preprocessing makes, in the shape of the network |
/// | [Steps] | several rows of a table, in their order | `[steps × features]`, steps open or fixed |
/// | [Series] | the rows of a time series up to now | `[window × features]`, the last steps |
/// | [Image] | an image | `[channels × height × width]` |
/// | [Text] | a text | `[tokens]`, ids |
/// | [Numbers] | numbers | the numbers |
public sealed interface Input extends RowOrigin {
    /// One row of a table.
    record Columns(Preprocessing preprocessing) implements Input {}

    /// A sequence of rows of a table, such as the records of one patient, in the order of time.
    record Steps(Preprocessing preprocessing) implements Input {}

    /// The last steps of a time series.
    /// @param preprocessing makes the numbers of a step of the columns
    /// @param columns what the columns are
    record Series(Preprocessing preprocessing, SeriesColumns columns) implements Input {
        /// The naive forecast to compare with: the season of the training, or the last value if none is known.
        public NaiveForecast naive() {
            return columns.season().orElse(NaiveForecast.LAST_VALUE);
        }
    }

    record Image(ImageInput how) implements Input {}

    /// A text.
    /// @param tokenizer a `tokenizer.json`, for [TextCodec]
    /// @param column the column that the text has in a table; empty if it is not from a table
    record Text(String tokenizer, Optional<String> column) implements Input {}

    /// Numbers as they are.
    /// @param shape of a row; its first axis may be open
    /// @param names one for each number of a row of one axis; empty for none
    record Numbers(Shape shape, List<String> names) implements Input {
        /// @throws ConfigException for names of another number or shape
        public Numbers {
            names = List.copyOf(names);
            boolean fits = names.isEmpty() || shape.equals(Shape.of(names.size()));
            if (!fits) throw new ConfigException("names", "expects one for each number of " + shape + ", got " + names);
        }
    }

    /// The kind of an input by what its rows were made of; numbers where that is not known, or does not fit.
    /// @param shape of the network's input
    static Input of(Optional<RowOrigin> origin, Shape shape) {
        Input input = switch (origin.orElse(null)) {
            case null -> new Numbers(shape, List.of());
            case Input known -> known;
            case Preprocessing columns -> new Columns(columns);
            case SeriesForm(Preprocessing inputs, SeriesColumns columns) -> new Series(inputs, columns);
            case ImageInput how -> new Image(how);
            default -> new Numbers(shape, List.of());
        };
        return ShapeFit.fits(input, shape) ? input : new Numbers(shape, List.of());
    }

    /// A word for the kind, which names an input that has no other name: `table`, `steps`, `series`, `image`, `text`,
    /// `numbers`.
    default String kind() {
        return switch (this) {
            case Columns _ -> "table";
            case Steps _ -> "steps";
            case Series _ -> "series";
            case Image _ -> "image";
            case Text _ -> "text";
            case Numbers _ -> "numbers";
        };
    }

    /// What the model makes of raw values before its network, in a sentence for those who get the network alone; empty
    /// if the network takes them as they are.
    /// @param name of the input
    default Optional<String> note(String name) {
        return OutsideNetwork.before(name, this);
    }

    /// The preprocessing of the columns of a table; empty for inputs without one.
    default Optional<Preprocessing> tableColumns() {
        return switch (this) {
            case Columns table -> Optional.of(table.preprocessing());
            case Steps steps -> Optional.of(steps.preprocessing());
            case Series series -> Optional.of(series.preprocessing());
            case Image _, Text _, Numbers _ -> Optional.empty();
        };
    }

    /// Whether the columns of a row of a table make a row of it.
    default boolean isOfColumns() {
        return switch (this) {
            case Columns _ -> true;
            case Text text -> text.column().isPresent();
            case Numbers numbers -> !numbers.names().isEmpty();
            case Steps _, Series _, Image _ -> false;
        };
    }
}
