package dev.neurite.cli.option;

import dev.neurite.data.Dataset;
import dev.neurite.data.image.ImageInput;
import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// Settings of the data.
/// @param images how images in a directory are read
/// @param balance whether rare classes are oversampled
/// @param validation the share of the training rows to validate on; empty for none
/// @param texts how a text becomes rows of tokens
/// @param table how a table is read and preprocessed
public record DataSettings(
        ImageInput images, boolean balance, OptionalDouble validation, TextSettings texts, TableSettings table) {
    /// The same with images read in another way.
    DataSettings withImages(ImageInput other) {
        return new DataSettings(other, balance, validation, texts, table);
    }

    /// The training rows, with rare classes oversampled if `balance` is set.
    /// @throws ConfigException if it is set and the data has no classes
    public Dataset balanced(Dataset train, long seed) {
        if (!balance) return train;
        if (!train.isLabeled()) {
            throw new ConfigException(DataOptions.BALANCE, "expects data with classes, got numbers as targets");
        }
        return train.balanced(seed);
    }

    /// The same without a validation part.
    DataSettings withoutValidation() {
        return new DataSettings(images, balance, OptionalDouble.empty(), texts, table);
    }

    /// Adds the values of the options, for `config.yaml`.
    public void describe(Map<String, Object> json) {
        if (images.isSized()) json.put("image_size", size());
        if (images.isResized()) json.put("image_fit", images.note());
        if (!images.color()) json.put("gray", true);
        texts.describe(json);
        if (balance) json.put("balance", true);
        if (validation.isPresent()) json.put("validation", validation.getAsDouble());
        table.given().forEach((option, value) -> json.put(option.substring(2).replace('-', '_'), value));
    }

    /// Notes on settings that differ from their defaults.
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (images.isSized()) notes.add("images " + size());
        if (images.isResized()) notes.add(images.note());
        if (!images.color()) notes.add("gray");
        if (balance) notes.add("balanced");
        return notes;
    }

    private String size() {
        return images.size().extent(0) + "x" + images.size().extent(1);
    }
}
