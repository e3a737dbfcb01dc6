package dev.neurite.data.augment;

import dev.neurite.error.ConfigException;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.stream.Collectors;

/// Augmentations one after another, and the built-in ones by short names: `Augmentations.of(flip(),
/// crop(4), cutout(8))`.
///
/// Only rows that are learned from are changed, never those that a model is evaluated on. Images are
/// changed before the network sees them, so a color to fill with is one of the data, before a network's
/// own standardizing.
/// @param each in the order in which they are applied: those of images first, then those of batches
public record Augmentations(List<Augmentation> each) {
    /// Rows stay as they are.
    public static final Augmentations NONE = new Augmentations(List.of());

    /// Keeps a copy.
    /// @throws ConfigException if one of an image follows one of a batch
    public Augmentations {
        each = List.copyOf(each);
        boolean mixing = false;
        for (Augmentation augmentation : each) {
            if (mixing && augmentation instanceof ImageAugmentation) {
                throw new ConfigException(
                        "augmentations",
                        "expects those of images before those of batches, got " + augmentation + " after one",
                        "Let mixup and cutmix come last");
            }
            mixing |= augmentation instanceof Mixing;
        }
    }

    /// These, in this order.
    /// @throws ConfigException if one of an image follows one of a batch
    public static Augmentations of(Augmentation... each) {
        return new Augmentations(List.of(each));
    }

    /// Whether rows stay as they are.
    public boolean isEmpty() {
        return each.isEmpty();
    }

    /// Whether answers are mixed: then labels become probabilities.
    public boolean mixes() {
        return each.stream().anyMatch(Mixing.class::isInstance);
    }

    /// Refuses rows that one of these cannot change.
    /// @param row the shape of a row's input
    /// @throws dev.neurite.error.ShapeException for others
    public void check(Shape row) {
        for (Augmentation augmentation : each) augmentation.check(row);
    }

    /// Left and right change places in half of the images.
    public static HorizontalFlip flip() {
        return new HorizontalFlip(0.5);
    }

    /// Top and bottom change places in half of the images.
    public static VerticalFlip verticalFlip() {
        return new VerticalFlip(0.5);
    }

    /// A part of the image's size out of the image with a black frame.
    /// @param padding the frame's width in pixels
    public static PaddedCrop crop(int padding) {
        return new PaddedCrop(padding, 0);
    }

    /// Turned by an angle up to so many degrees, either way; black corners.
    public static Rotation rotate(double degrees) {
        return new Rotation(degrees, 0);
    }

    /// Moved by a part of the width and the height up to these, either way; black edges.
    public static Translation translate(double horizontal, double vertical) {
        return new Translation(horizontal, vertical, 0);
    }

    /// Enlarged by a factor between these; black edges.
    public static Scaling scale(double least, double most) {
        return new Scaling(least, most, 0);
    }

    /// Brighter or darker by a factor up to so far from 1.
    public static Brightness brightness(double change) {
        return new Brightness(change);
    }

    /// More or less contrast by a factor up to so far from 1.
    public static Contrast contrast(double change) {
        return new Contrast(change);
    }

    /// A black square of this side, in pixels.
    public static Cutout cutout(int size) {
        return new Cutout(size, 0);
    }

    /// A black rectangle in half of the images, 2 to 33 % of their areas, sides up to 3.3 to 1
    /// (torchvision's defaults).
    public static RandomErasing erase() {
        return new RandomErasing(0.5, 0.02, 0.33, 0.3, 3.3, 0);
    }

    /// Mixup with α = 1.
    public static Mixup mixup() {
        return new Mixup(1, 1);
    }

    /// CutMix with α = 1.
    public static CutMix cutmix() {
        return new CutMix(1, 1);
    }

    @Override
    public String toString() {
        return each.stream().map(Augmentation::toString).collect(Collectors.joining(", "));
    }
}
