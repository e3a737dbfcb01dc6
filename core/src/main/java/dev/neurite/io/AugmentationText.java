package dev.neurite.io;

import dev.neurite.data.augment.Augmentation;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.error.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A sequence of augmentations as text: `flip,crop:padding=4,fill=0.5,cutout:size=8`. A setting belongs
/// to the name before it.
/// @param catalog the names of augmentations
record AugmentationText(Catalog catalog) {
    private static final String NONE = "none";
    private static final String SETTING = "[a-z0-9-]+=.*";

    /// @throws ConfigException for any other text
    Augmentations read(String where, String text) {
        if (text.equals(NONE)) return Augmentations.NONE;
        List<String> specs = new ArrayList<>();
        for (String part : Spec.parts(where, text, 0)) {
            if (specs.isEmpty() || !part.matches(SETTING)) {
                specs.add(part);
                continue;
            }
            String last = specs.removeLast();
            specs.add(last + (last.contains(":") ? "," : ":") + part);
        }
        return new Augmentations(specs.stream()
                .map(spec -> catalog.make(where, Augmentation.class, Spec.parse(where, spec)))
                .toList());
    }

    String write(Augmentations all, boolean whole) {
        if (all.isEmpty()) return NONE;
        return all.each().stream()
                .map(each -> catalog.spec(each, whole).toString())
                .collect(Collectors.joining(","));
    }
}
