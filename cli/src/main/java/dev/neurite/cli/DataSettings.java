package dev.neurite.cli;

import dev.neurite.data.Augmentations;
import dev.neurite.datasets.ImageFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// What becomes of the data.
/// @param augmentations how rows are changed that are learned from
/// @param images what becomes of images in a directory
/// @param prefetch how many batches are made in advance; empty for what is usual
/// @param validation the share of the training rows to measure on while training; empty for none
/// @param table what a table is
record DataSettings(
        Augmentations augmentations,
        ImageFolder.Options images,
        OptionalInt prefetch,
        OptionalDouble validation,
        TableSettings table) {
    /// What `config.json` holds of it.
    void describe(Map<String, Object> json) {
        json.put("augment", Chosen.CATALOG.text(augmentations));
        if (images.isResized()) json.put("image_size", size());
        if (!images.color()) json.put("gray", true);
        if (prefetch.isPresent()) json.put("prefetch", prefetch.getAsInt());
        if (validation.isPresent()) json.put("validation", validation.getAsDouble());
        table.given().forEach((option, value) -> json.put(option.substring(2).replace('-', '_'), value));
    }

    /// What is unusual, short.
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (!augmentations.isEmpty()) notes.add(Chosen.CATALOG.brief(augmentations));
        if (images.isResized()) notes.add("images " + size());
        if (!images.color()) notes.add("gray");
        return notes;
    }

    private String size() {
        return images.size().extent(0) + "x" + images.size().extent(1);
    }
}
