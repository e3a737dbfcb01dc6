package dev.neurite.cli.option;

import dev.neurite.data.Prefetch;
import dev.neurite.data.augment.Augmentations;
import dev.neurite.datasets.ImageFolder;
import dev.neurite.error.ConfigException;
import dev.neurite.io.Catalog;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say what becomes of the data.
public final class DataOptions {
    public static final String AUGMENT = "--augment";
    public static final String IMAGE_SIZE = "--image-size";
    public static final String GRAY = "--gray";
    static final String BALANCE = "--balance";
    private static final String PREFETCH = "--prefetch";
    public static final String VALIDATION = "--validation";

    @Option(
            names = AUGMENT,
            paramLabel = "SPEC,…",
            description = "Random changes of the training rows: flip,crop:padding=4,fill=0.5,cutout:size=8,mixup;"
                    + " none by default. See 'neurite list augmentations'.")
    private String augment = "none";

    @Option(
            names = IMAGE_SIZE,
            paramLabel = "HxW",
            description = "Resize the images of a directory to this height and width: 64x48, or 64 for both.")
    private @Nullable String imageSize;

    @Option(
            names = GRAY,
            description = "Read the images of a directory with one channel instead of red, green and blue.")
    private boolean gray;

    @Option(
            names = BALANCE,
            description = "Repeat training rows of rarer classes in each epoch until all classes have as many; the"
                    + " test part stays as it is. See also --class-weights.")
    private boolean balance;

    @Option(
            names = PREFETCH,
            paramLabel = "N",
            description = "How many batches another thread prepares in advance, 0 for none; by default 2 where it"
                    + " saves time. The result is the same.")
    private @Nullable Integer prefetch;

    @Option(
            names = VALIDATION,
            paramLabel = "SHARE",
            description = "Hold out this share of the training rows to evaluate on while training; the test part is"
                    + " then used at the end only. Without it the test part is evaluated on after each epoch.")
    private @Nullable Double validation;

    /// What the options say.
    /// @param table what those of tables say
    /// @throws ConfigException for what is unknown or out of its range
    DataSettings settings(TableSettings table) {
        ImageFolder.Options images = ImageFolder.Options.USUAL;
        if (gray) images = images.gray();
        if (imageSize != null) images = resized(images, imageSize);
        int ahead = prefetch == null ? 0 : prefetch;
        if (ahead != 0) {
            Checked.of(PREFETCH, () -> {
                Prefetch.checkAhead(ahead);
                return ahead;
            });
        }
        if (validation != null) requireShare(VALIDATION, validation);
        return new DataSettings(
                Checked.of(AUGMENT, () -> Catalog.standard().read(AUGMENT, Augmentations.class, augment)),
                images,
                balance,
                prefetch == null ? OptionalInt.empty() : OptionalInt.of(prefetch),
                validation == null ? OptionalDouble.empty() : OptionalDouble.of(validation),
                table);
    }

    /// Refuses what is no share of rows.
    static void requireShare(String option, double share) {
        if (!(share > 0 && share < 1)) {
            throw new ConfigException(option, "expects a number above 0 and below 1, got " + share);
        }
    }

    private static ImageFolder.Options resized(ImageFolder.Options images, String text) {
        if (!text.matches("[1-9][0-9]{0,4}(x[1-9][0-9]{0,4})?")) {
            throw new ConfigException(IMAGE_SIZE, "expects a height and width as in 64x48, got '" + text + "'");
        }
        String[] sides = text.split("x", 2);
        return Checked.of(
                IMAGE_SIZE,
                () -> images.resized(Integer.parseInt(sides[0]), Integer.parseInt(sides[sides.length - 1])));
    }
}
