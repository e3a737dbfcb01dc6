package dev.neurite.cli.option;

import dev.neurite.data.Dataset;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.data.image.ImageInput;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// Settings of the data.
/// @param augment the chosen augmentations of the training rows; empty for the default
/// @param images how images in a directory are read
/// @param balance whether rare classes are oversampled
/// @param prefetch how many batches are prepared in advance; empty for the default
/// @param validation the share of the training rows to validate on; empty for none
/// @param texts how a text becomes rows of tokens
/// @param table how a table is read and preprocessed
public record DataSettings(
        Optional<Augmentations> augment,
        ImageInput images,
        boolean balance,
        OptionalInt prefetch,
        OptionalDouble validation,
        TextSettings texts,
        TableSettings table) {
    /// For a directory of images: shifted a little. Nothing is mirrored, as letters must not be.
    private static final Augmentations USUAL_AUGMENTATION = Augmentations.of(Augmentations.translate(0.1, 0.1));

    /// The augmentations of the training rows.
    public Augmentations augmentations() {
        return augment.orElse(Augmentations.NONE);
    }

    /// The same with images read in another way.
    DataSettings withImages(ImageInput other) {
        return new DataSettings(augment, other, balance, prefetch, validation, texts, table);
    }

    /// The same with the usual augmentation, unless another was chosen.
    DataSettings withUsualAugmentation() {
        Augmentations chosen = augment.orElse(USUAL_AUGMENTATION);
        return new DataSettings(Optional.of(chosen), images, balance, prefetch, validation, texts, table);
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
        return new DataSettings(augment, images, balance, prefetch, OptionalDouble.empty(), texts, table);
    }

    /// Adds the values of the options, for `config.yaml`.
    public void describe(Map<String, Object> json) {
        json.put("augment", Catalog.standard().text(augmentations()));
        if (images.isSized()) json.put("image_size", size());
        if (images.isResized()) json.put("image_fit", images.note());
        if (!images.color()) json.put("gray", true);
        texts.describe(json);
        if (balance) json.put("balance", true);
        if (prefetch.isPresent()) json.put("prefetch", prefetch.getAsInt());
        if (validation.isPresent()) json.put("validation", validation.getAsDouble());
        table.given().forEach((option, value) -> json.put(option.substring(2).replace('-', '_'), value));
    }

    /// Notes on settings that differ from their defaults.
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (!augmentations().isEmpty()) notes.add(Catalog.standard().brief(augmentations()));
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
