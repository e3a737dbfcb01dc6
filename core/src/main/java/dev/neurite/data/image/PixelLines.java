package dev.neurite.data.image;

/// The pixels of an image, read line by line.
public interface PixelLines {
    /// The height in pixels, at least 1.
    int height();

    /// The width in pixels, at least 1.
    int width();

    /// Reads a line of all channels.
    /// @param y from 0, the top
    /// @param channels 1 for gray, 3 for red, green and blue
    /// @param line takes `[channels × width]` numbers from 0, black, to 255, white
    void read(int y, int channels, float[] line);
}
