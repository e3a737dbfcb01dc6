package dev.neurite.cli.option;

import dev.neurite.data.image.ImageFit;
import dev.neurite.data.image.ImageInput;
import dev.neurite.error.ConfigException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of data: images, texts, balancing and validation.
public final class DataOptions {
    public static final String IMAGE_SIZE = "--image-size";
    public static final String IMAGE_FIT = "--image-fit";
    public static final String GRAY = "--gray";
    public static final String TOKENS = "--tokens";
    public static final String WINDOW = "--window";
    static final String BALANCE = "--balance";
    public static final String VALIDATION = "--validation";

    private static final ImageFit[] FITS = {ImageFit.CROP, ImageFit.PAD, ImageFit.STRETCH};

    @Option(
            names = IMAGE_SIZE,
            paramLabel = "HxW",
            description = "Resize the images of a directory to this height and width: 64x48, or 64 for both. By default"
                    + " images of the same size, of at most 128 pixels a side, keep it; others are resized to 64x64.")
    private @Nullable String imageSize;

    @Option(
            names = IMAGE_FIT,
            paramLabel = "KIND",
            description = "How images of another size are resized: crop (default) keeps their proportions and cuts off"
                    + " what sticks out, pad keeps them and adds black edges, stretch does not keep them.")
    private @Nullable String imageFit;

    @Option(
            names = GRAY,
            description = "Read the images of a directory with one channel instead of red, green and blue.")
    private boolean gray;

    @Option(
            names = TOKENS,
            paramLabel = "KIND",
            description = "The tokens of texts: characters, the default for a text file; words, the default for --text:"
                    + " the 20,000 most frequent, in lower case, that are there twice; or a number from 256: bytes and"
                    + " frequent pieces of words (byte-pair encoding).")
    private @Nullable String tokens;

    @Option(
            names = WINDOW,
            paramLabel = "N",
            description = "How many steps a network sees. A text file: the tokens of a row, by default 128, or those of"
                    + " --from. --text: the most tokens of a text, the rest is cut off; all by default."
                    + " --forecast: the steps that a forecast is made from; by default three seasons, at least a"
                    + " forecast and ten, at most half of the training part.")
    private @Nullable Integer window;

    @Option(
            names = BALANCE,
            description = "Oversample rare classes: repeat their training rows until all classes have the same number."
                    + " The test part is unchanged. See also --class-weights.")
    private boolean balance;

    @Option(
            names = VALIDATION,
            paramLabel = "SHARE",
            description = "Hold out this share of the training rows as validation data and evaluate on them after each"
                    + " epoch; the test part is then used at the end only. By default the test part is used"
                    + " after each epoch.")
    private @Nullable Double validation;

    /// The settings.
    /// @param table the settings of tables
    /// @throws ConfigException for unknown names and values out of range
    DataSettings settings(TableSettings table) {
        ImageInput images = ImageInput.USUAL;
        if (gray) images = images.gray();
        if (imageFit != null) images = images.fitted(EnumChoice.of(IMAGE_FIT, imageFit, FITS));
        if (imageSize != null) images = resized(images, imageSize);
        if (validation != null) requireShare(VALIDATION, validation);
        return new DataSettings(
                images,
                balance,
                validation == null ? OptionalDouble.empty() : OptionalDouble.of(validation),
                new TextSettings(Optional.ofNullable(tokens), window()),
                table);
    }

    /// The number of steps; empty for the default.
    /// @throws ConfigException for less than 1
    OptionalInt window() {
        return TrainingOptions.positive(WINDOW, window);
    }

    /// Refuses a share that is not between 0 and 1.
    static void requireShare(String option, double share) {
        if (!(share > 0 && share < 1)) {
            throw new ConfigException(option, "expects a number above 0 and below 1, got " + share);
        }
    }

    private static ImageInput resized(ImageInput images, String text) {
        if (!text.matches("[1-9][0-9]{0,4}(x[1-9][0-9]{0,4})?")) {
            throw new ConfigException(IMAGE_SIZE, "expects a height and width as in 64x48, got '" + text + "'");
        }
        String[] sides = text.split("x", 2);
        return ConfigException.named(
                IMAGE_SIZE,
                () -> images.resized(Integer.parseInt(sides[0]), Integer.parseInt(sides[sides.length - 1])));
    }
}
