package dev.neurite.http;

import dev.neurite.datasets.ImageFile;
import dev.neurite.error.DataException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Locale;
import java.util.function.Function;

/// Images that clients send: PNG or JPEG files, whose size is read before their pixels.
public final class GivenImages {
    /// The largest number of bytes of a file.
    public static final int MOST_BYTES = 8 << 20;

    /// The largest number of pixels.
    public static final int MOST_PIXELS = 4 << 20;

    private GivenImages() {}

    /// Reads an image.
    /// @param path of the image in the request, for problems
    /// @param reading takes the file, whose size is fine
    /// @throws HttpProblem 413 for too many pixels, 400 for what is another file, is damaged or does not fit
    public static <T> T read(byte[] file, String path, Function<InputStream, T> reading) {
        if (!ImageFile.isImage(file)) throw HttpProblem.bad(path, "expects a PNG or JPEG image, got another file");
        try {
            long pixels = ImageFile.pixels(new ByteArrayInputStream(file));
            if (pixels <= MOST_PIXELS) return reading.apply(new ByteArrayInputStream(file));
            throw new HttpProblem(
                    413,
                    "pixels",
                    path,
                    String.format(
                            Locale.ROOT, "expects at most %,d pixels, got one of %,d pixels", MOST_PIXELS, pixels));
        } catch (DataException e) {
            throw new HttpProblem(400, "image", path, e.problem());
        }
    }
}
