package dev.neurite.cli.network;

import dev.neurite.cli.console.Console;
import dev.neurite.data.image.ImageInput;
import dev.neurite.data.table.ColumnEncoding;
import dev.neurite.data.table.Preprocessing;
import dev.neurite.error.DataException;
import dev.neurite.error.Spelling;
import dev.neurite.signature.Input;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Tokenizer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One input of a model.
/// @param model it is of
/// @param input the raw values that it is made of
/// @param shape of a row
public record ModelInput(LoadedModel model, String name, Input input, Shape shape) {
    /// The preprocessing of the columns of a table; empty if it is made of none.
    public Optional<Preprocessing> preprocessing() {
        return input.tableColumns();
    }

    /// The names of the numbers; empty if they have none.
    public List<String> features() {
        return input instanceof Input.Numbers numbers ? numbers.names() : List.of();
    }

    /// How images are read: with the model's channels and size, and made to fit as in its training.
    /// @throws DataException if it is no image
    public ImageInput images() {
        return input instanceof Input.Image image ? image.how() : ImageInput.of(shape, Map.of());
    }

    /// Whether it takes pixels from 0 to 255 divided by 255: images, numbers, or columns that are divided so.
    public boolean takesPixels() {
        return switch (input) {
            case Input.Image _, Input.Numbers _ -> true;
            case Input.Text _ -> false;
            case Input.Columns(Preprocessing columns) -> areDivided(columns);
            case Input.Steps(Preprocessing columns) -> areDivided(columns);
            case Input.Series series -> areDivided(series.preprocessing());
        };
    }

    private static boolean areDivided(Preprocessing columns) {
        return columns.columns().stream()
                .map(Preprocessing.Column::encoding)
                .filter(each -> each.width() > 0)
                .allMatch(each ->
                        each instanceof ColumnEncoding.Scaled scaled && scaled.shift() == 0 && scaled.scale() == 255);
    }

    /// The tokenizer of texts.
    /// @throws DataException if it takes none
    /// @throws dev.neurite.error.ModelFormatException if it is damaged
    public Tokenizer tokenizer() {
        if (!(input instanceof Input.Text text)) {
            throw new DataException(
                    model.file().toString(),
                    "expects a model of texts, which has a tokenizer, got one that "
                            + model.signature().words(),
                    "To train one: " + Console.commandLine("train", "TEXT.txt"));
        }
        return Tokenizer.read(new ByteArrayInputStream(text.tokenizer().getBytes(StandardCharsets.UTF_8)));
    }

    /// Whether a row is made of several rows of a file, which are its steps.
    public boolean isSequence() {
        return switch (input) {
            case Input.Steps _, Input.Series _ -> true;
            case Input.Numbers _ -> !shape.isKnown();
            case Input.Columns _, Input.Image _, Input.Text _ -> false;
        };
    }

    /// The names of the columns that it is made of; empty if it is made of none, or they have no names.
    public List<String> columns() {
        return preprocessing().map(Preprocessing::inputColumns).orElseGet(() -> switch (input) {
            case Input.Text text -> text.column().stream().toList();
            default -> features();
        });
    }

    /// The name with what it takes: `photo (an image [3×224×224])`.
    public String described() {
        return name + " ("
                + switch (input) {
                    case Input.Columns(Preprocessing columns) -> "columns " + Spelling.listed(columns.inputColumns());
                    case Input.Steps(Preprocessing columns) ->
                        "steps with columns " + Spelling.listed(columns.inputColumns());
                    case Input.Series series ->
                        "a series with columns "
                                + Spelling.listed(series.preprocessing().inputColumns());
                    case Input.Image image -> "an image " + image.how().shape();
                    case Input.Text text ->
                        text.column()
                                .map(column -> "texts in column '" + column + "'")
                                .orElse("texts");
                    case Input.Numbers numbers -> "numbers " + numbers.shape();
                }
                + ")";
    }
}
