package dev.neurite.cli.option;

import dev.neurite.data.Dataset;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.datasets.ImageFolder;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// What becomes of the data.
/// @param augmentations how rows are changed that are learned from
/// @param images what becomes of images in a directory
/// @param balance whether rows of rarer classes are learned several times
/// @param prefetch how many batches are made in advance; empty for what is usual
/// @param validation the share of the training rows to measure on while training; empty for none
/// @param table what a table is
public record DataSettings(
        Augmentations augmentations,
        ImageFolder.Options images,
        boolean balance,
        OptionalInt prefetch,
        OptionalDouble validation,
        TableSettings table) {
    /// The rows to train on, with balanced classes if that is wanted.
    /// @throws ConfigException if it is, and the answers are values
    public Dataset balanced(Dataset train, long seed) {
        if (!balance) return train;
        if (!train.isLabeled()) {
            throw new ConfigException(DataOptions.BALANCE, "expects data with classes, got answers that are values");
        }
        return train.balanced(seed);
    }

    /// What `config.yaml` holds of it.
    public void describe(Map<String, Object> json) {
        json.put("augment", Catalog.standard().text(augmentations));
        if (images.isResized()) json.put("image_size", size());
        if (!images.color()) json.put("gray", true);
        if (balance) json.put("balance", true);
        if (prefetch.isPresent()) json.put("prefetch", prefetch.getAsInt());
        if (validation.isPresent()) json.put("validation", validation.getAsDouble());
        table.given().forEach((option, value) -> json.put(option.substring(2).replace('-', '_'), value));
    }

    /// What is unusual, short.
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (!augmentations.isEmpty()) notes.add(Catalog.standard().brief(augmentations));
        if (images.isResized()) notes.add("images " + size());
        if (!images.color()) notes.add("gray");
        if (balance) notes.add("balanced");
        return notes;
    }

    private String size() {
        return images.size().extent(0) + "x" + images.size().extent(1);
    }
}
