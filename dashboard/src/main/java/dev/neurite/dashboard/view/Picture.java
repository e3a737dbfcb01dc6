package dev.neurite.dashboard.view;

import dev.neurite.data.image.PixelLines;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// An image of one byte a pixel and channel.
/// @param width in pixels
/// @param height in pixels
/// @param channels 1 for gray, 3 for red, green and blue
/// @param pixels row-major, the channels of a pixel beside each other
@SuppressWarnings("ArrayRecordComponent") // nobody changes it
public record Picture(int width, int height, int channels, byte[] pixels) implements PixelLines {
    /// @throws IllegalArgumentException for another number of bytes than the size says
    public Picture {
        if (pixels.length != (long) width * height * channels) {
            throw new IllegalArgumentException(
                    "expects " + width + "×" + height + "×" + channels + " bytes, got " + pixels.length);
        }
    }

    /// The brightness of a pixel, from 0 to 1; of colors by ITU-R BT.601.
    double brightness(int x, int y) {
        int at = (y * width + x) * channels;
        boolean gray = channels == 1 || (pixels[at] == pixels[at + 1] && pixels[at] == pixels[at + 2]);
        if (gray) return (pixels[at] & 255) / 255.0;
        return (0.299 * (pixels[at] & 255) + 0.587 * (pixels[at + 1] & 255) + 0.114 * (pixels[at + 2] & 255)) / 255;
    }

    @Override
    public void read(int y, int to, float[] line) {
        for (int x = 0; x < width; x++) {
            for (int c = 0; c < to; c++) {
                int at = (y * width + x) * channels + (channels == to ? c : 0);
                line[c * width + x] = to == 1 ? (float) (255 * brightness(x, y)) : pixels[at] & 255;
            }
        }
    }

    /// As the API sends it.
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("width", width);
        json.put("height", height);
        json.put("channels", channels);
        json.put("pixels", Base64.getEncoder().encodeToString(pixels));
        return json;
    }
}
