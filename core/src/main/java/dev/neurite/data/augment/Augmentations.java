package dev.neurite.data.augment;

import dev.neurite.error.ConfigException;
import dev.neurite.tensor.Shape;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/// A sequence of augmentations, and short names of the built-in ones:
/// `Augmentations.of(flip(), crop(4), cutout(8))`.
///
/// Only training rows are changed, never those of an evaluation. Augmentations work on the rows of the
/// data set, before the network standardizes them; so do fill colors.
/// Of rows with several inputs, one image is changed: the only one, or that of [#toInput].
/// @param each the augmentations in order: first those of images, then those of batches
/// @param input the index of the input that is changed; empty, the default, for the only one, or the only image
public record Augmentations(List<Augmentation> each, OptionalInt input) {
    /// No augmentation.
    public static final Augmentations NONE = new Augmentations(List.of());

    /// Augmentations of the only input, or the only image.
    /// @throws ConfigException if an augmentation of images follows one of batches
    public Augmentations(List<Augmentation> each) {
        this(each, OptionalInt.empty());
    }

    /// Keeps a copy.
    /// @throws ConfigException if an augmentation of images follows one of batches, or for an index below 0
    public Augmentations {
        if (input.isPresent() && input.getAsInt() < 0) {
            throw new ConfigException("augmentations", "expects an input from 0, got " + input.getAsInt());
        }
        each = List.copyOf(each);
        boolean mixing = false;
        for (Augmentation augmentation : each) {
            if (mixing && augmentation instanceof ImageAugmentation) {
                throw new ConfigException(
                        "augmentations",
                        "expects those of images before those of batches, got " + augmentation + " after one",
                        "Put mixup and cutmix last");
            }
            mixing |= augmentation instanceof Mixing;
        }
    }

    /// These augmentations, in this order.
    /// @throws ConfigException if an augmentation of images follows one of batches
    public static Augmentations of(Augmentation... each) {
        return new Augmentations(List.of(each));
    }

    /// A copy for one of several inputs.
    /// @param index its place among the inputs of a row, from 0
    /// @throws ConfigException for an index below 0
    public Augmentations toInput(int index) {
        return new Augmentations(each, OptionalInt.of(index));
    }

    /// Whether there are none.
    public boolean isEmpty() {
        return each.isEmpty();
    }

    /// Whether targets are mixed, so that labels become probabilities.
    public boolean mixes() {
        return each.stream().anyMatch(Mixing.class::isInstance);
    }

    /// Checks that all of these can change rows of a shape.
    /// @param row the shape of a row's input
    /// @throws dev.neurite.error.ShapeException for others
    public void check(Shape row) {
        for (Augmentation augmentation : each) augmentation.check(row);
    }

    /// Mirrors half of the images left to right.
    public static HorizontalFlip flip() {
        return new HorizontalFlip(0.5);
    }

    /// Mirrors half of the images top to bottom.
    public static VerticalFlip verticalFlip() {
        return new VerticalFlip(0.5);
    }

    /// Pads images with black and crops a random part of the original size.
    /// @param padding the width of the padding in pixels
    public static PaddedCrop crop(int padding) {
        return new PaddedCrop(padding, 0);
    }

    /// Rotates by a random angle up to this many degrees in either direction; corners become black.
    public static Rotation rotate(double degrees) {
        return new Rotation(degrees, 0);
    }

    /// Shifts by random fractions of width and height up to these in either direction; free edges become black.
    public static Translation translate(double horizontal, double vertical) {
        return new Translation(horizontal, vertical, 0);
    }

    /// Scales by a random factor between these; free edges become black.
    public static Scaling scale(double least, double most) {
        return new Scaling(least, most, 0);
    }

    /// Multiplies pixels by a random factor from 1 − change to 1 + change.
    public static Brightness brightness(double change) {
        return new Brightness(change);
    }

    /// Changes the contrast by a random factor from 1 − change to 1 + change.
    public static Contrast contrast(double change) {
        return new Contrast(change);
    }

    /// Paints a black square of this side in pixels at a random place.
    public static Cutout cutout(int size) {
        return new Cutout(size, 0);
    }

    /// Paints a black rectangle into half of the images: 2 to 33 % of their area, aspect ratio up to
    /// 3.3 (torchvision's defaults).
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
        String all = each.stream().map(Augmentation::toString).collect(Collectors.joining(", "));
        return input.isEmpty() ? all : all + " of input " + input.getAsInt();
    }
}
