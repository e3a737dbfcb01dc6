package dev.neurite.cli;

import dev.neurite.data.Augmentations;
import dev.neurite.datasets.ImageFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// What becomes of the data.
/// @param augmentations how rows are changed that are learned from
/// @param images what becomes of images in a directory
/// @param prefetch how many batches are made in advance; empty for what is usual
record DataSettings(Augmentations augmentations, ImageFolder.Options images, OptionalInt prefetch) {
    /// What `config.yaml` holds of it.
    void describe(Map<String, Object> json) {
        json.put("augment", Chosen.CATALOG.text(augmentations));
        if (images.isResized()) json.put("image_size", size());
        if (!images.color()) json.put("gray", true);
        if (prefetch.isPresent()) json.put("prefetch", prefetch.getAsInt());
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
