package dev.neurite.serve.api;

import dev.neurite.data.image.ImageInput;
import dev.neurite.datasets.ImageFile;
import dev.neurite.error.DataException;
import dev.neurite.http.HttpProblem;
import java.io.ByteArrayInputStream;
import java.util.Locale;

/// Images of requests.
final class GivenImages {
    /// The largest number of bytes of a file.
    static final int MOST_BYTES = 8 << 20;

    /// The largest number of pixels, which the file says before they are read.
    static final int MOST_PIXELS = 4 << 20;

    private GivenImages() {}

    /// The numbers of an image, as the training made them.
    /// @param path of the image in the request, for problems
    /// @throws HttpProblem 413 for too many pixels, 400 for what is no PNG or JPEG image, is damaged or does
    /// not fit
    static float[] numbers(byte[] file, ImageInput how, String path) {
        if (!ImageFile.isImage(file)) throw HttpProblem.bad(path, "expects a PNG or JPEG image, got another file");
        try {
            long pixels = ImageFile.pixels(new ByteArrayInputStream(file));
            if (pixels > MOST_PIXELS) {
                throw new HttpProblem(
                        413,
                        "pixels",
                        path,
                        String.format(
                                Locale.ROOT,
                                "expects an image of at most %,d pixels, got one of %,d",
                                MOST_PIXELS,
                                pixels));
            }
            return ImageFile.read(new ByteArrayInputStream(file), how);
        } catch (DataException e) {
            throw new HttpProblem(400, "image", path, e.problem());
        }
    }
}
