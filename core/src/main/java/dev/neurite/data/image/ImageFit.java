package dev.neurite.data.image;

/// What becomes of an image whose size is not that of a network's input.
public enum ImageFit {
    /// An image of another size is refused.
    NONE,

    /// It is resized until it covers the input, with its proportions kept, and what sticks out is cut off
    /// evenly on both sides: torchvision's `Resize` of the shorter side, and `CenterCrop`.
    CROP,

    /// It is resized until it fits into the input as a whole, with its proportions kept; beside or above and
    /// below it is black (letterbox).
    PAD,

    /// It is resized to the input, whatever becomes of its proportions.
    STRETCH;

    /// The part of an image that is resized, and where it goes.
    /// @param tall the height of the whole image when it is resized
    /// @param wide its width
    /// @param top the first line of the resized image that is used
    /// @param left the first column
    /// @param height how many lines are used
    /// @param width how many columns
    record Placement(long tall, long wide, long top, long left, int height, int width) {}

    /// Where an image goes.
    /// @param height of the image
    /// @param width of the image
    /// @param toHeight of the input
    /// @param toWidth of the input
    Placement place(int height, int width, int toHeight, int toWidth) {
        boolean wider = (long) width * toHeight >= (long) height * toWidth; // than the input
        return switch (this) {
            case NONE, STRETCH -> new Placement(toHeight, toWidth, 0, 0, toHeight, toWidth);
            case CROP -> {
                long tall = wider ? toHeight : (long) height * toWidth / width;
                long wide = wider ? (long) width * toHeight / height : toWidth;
                yield new Placement(tall, wide, half(tall - toHeight), half(wide - toWidth), toHeight, toWidth);
            }
            case PAD -> {
                int tall = wider ? Math.clamp(Math.round((double) height * toWidth / width), 1, toHeight) : toHeight;
                int wide = wider ? toWidth : Math.clamp(Math.round((double) width * toHeight / height), 1, toWidth);
                yield new Placement(tall, wide, 0, 0, tall, wide);
            }
        };
    }

    /// Rounded to the even number, as torchvision has it.
    private static long half(long number) {
        return (long) Math.rint(number / 2.0);
    }
}
