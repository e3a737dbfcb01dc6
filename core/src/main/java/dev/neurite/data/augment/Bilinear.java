package dev.neurite.data.augment;

/// Rotates and scales images about their center with bilinear interpolation, as torchvision's `affine`
/// on tensors and `grid_sample` with `align_corners=False`. Pixels outside the image have the fill
/// color and are interpolated with.
final class Bilinear {
    private Bilinear() {}

    /// Rotates and scales an image.
    /// @param angle counterclockwise, in degrees
    /// @param scale the factor; above 1 enlarges
    static void transform(Image image, double angle, double scale, float fill) {
        double radians = angle * (StrictMath.PI / 180);
        double cos = StrictMath.cos(radians) / scale;
        double sin = StrictMath.sin(radians) / scale;
        int h = image.height();
        int w = image.width();
        double middleX = (w - 1) / 2.0;
        double middleY = (h - 1) / 2.0;
        for (int y = 0; y < h; y++) {
            double down = y - middleY;
            double startX = middleX - sin * down;
            double startY = middleY + cos * down;
            for (int x = 0; x < w; x++) {
                double right = x - middleX;
                read(image, startX + cos * right, startY + sin * right, fill, y * w + x);
            }
        }
        image.swap();
    }

    /// Interpolates all channels at a position, for one pixel of the new image.
    private static void read(Image image, double x, double y, float fill, int to) {
        int h = image.height();
        int w = image.width();
        int left = (int) Math.floor(x);
        int top = (int) Math.floor(y);
        float fx = (float) (x - left);
        float fy = (float) (y - top);
        float topLeft = (1 - fy) * (1 - fx);
        float topRight = (1 - fy) * fx;
        float bottomLeft = fy * (1 - fx);
        float bottomRight = fy * fx;
        float[] from = image.pixels();
        float[] spare = image.spare();
        boolean inside = left >= 0 && top >= 0 && left < w - 1 && top < h - 1;
        for (int c = 0; c < image.channels(); c++) {
            int plane = c * h * w;
            int at = plane + top * w + left;
            if (inside) {
                spare[plane + to] = topLeft * from[at]
                        + topRight * from[at + 1]
                        + bottomLeft * from[at + w]
                        + bottomRight * from[at + w + 1];
                continue;
            }
            boolean hasTop = top >= 0 && top < h;
            boolean hasBottom = top >= -1 && top < h - 1;
            boolean hasLeft = left >= 0 && left < w;
            boolean hasRight = left >= -1 && left < w - 1;
            spare[plane + to] = topLeft * (hasTop && hasLeft ? from[at] : fill)
                    + topRight * (hasTop && hasRight ? from[at + 1] : fill)
                    + bottomLeft * (hasBottom && hasLeft ? from[at + w] : fill)
                    + bottomRight * (hasBottom && hasRight ? from[at + w + 1] : fill);
        }
    }
}
