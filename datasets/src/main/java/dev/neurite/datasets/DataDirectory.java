package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import dev.neurite.data.image.ImageInput;
import dev.neurite.error.DataException;
import java.nio.file.Path;
import java.util.Optional;

/// Loads a data set of any supported format: a `.npz` file, or a directory, whose content decides:
/// CIFAR's binary files ([CifarBinary]), NumPy arrays ([NumpyData]), images in a directory for each
/// class ([ImageFolder]), else IDX files ([IdxDirectory]).
public final class DataDirectory {
    private static final double TEST_SHARE = 0.2;

    private DataDirectory() {}

    /// Whether the directory is read as an [ImageFolder].
    public static boolean isOfImages(Path directory) {
        return !IdxDirectory.isOne(directory)
                && !CifarBinary.isOne(directory)
                && !NumpyData.isOne(directory)
                && ImageFolder.isOne(directory);
    }

    /// Whether the directory has the files of MNIST or CIFAR.
    public static boolean isStandard(Path directory) {
        return IdxDirectory.isOne(directory) || CifarBinary.isOne(directory);
    }

    /// Reads all rows of a directory, or a `.npz` file, that does not tell training and test rows apart: [#load] splits
    /// them by [#split].
    /// @param images the options for images; for other formats [ImageInput#USUAL]
    /// @return empty if it tells them apart
    /// @throws DataException if the directory or a file in it is missing or damaged
    /// @throws dev.neurite.error.ResourceException if the heap, or the disk for a temporary file, is too small
    public static Optional<Dataset> whole(Path directory, ImageInput images) {
        if (isOfImages(directory)) return ImageFolder.whole(directory, images);
        boolean numpy = !isStandard(directory) && NumpyData.isOne(directory);
        return numpy ? NumpyData.whole(directory) : Optional.empty();
    }

    /// Splits rows of which a fifth becomes the test part, with the proportions of the classes, always in the same way.
    public static DataSplit split(Dataset whole) {
        return DataSplit.of(whole, TEST_SHARE, 0);
    }

    /// Reads the directory, or the `.npz` file.
    /// @param images the options for images; for other formats [ImageInput#USUAL]
    /// @throws DataException if the directory or a file in it is missing or damaged, or there are image
    /// options for another format
    /// @throws dev.neurite.error.ResourceException if the heap, or the disk for a temporary file, is too small
    public static DataSplit load(Path directory, ImageInput images) {
        if (isOfImages(directory)) return ImageFolder.load(directory, images);
        ImageFolder.refuseLoose(directory);
        if (!images.equals(ImageInput.USUAL)) {
            throw new DataException(
                    directory.toString(), "expects images in a directory for each class for these options, got none");
        }
        if (!IdxDirectory.isOne(directory) && !CifarBinary.isOne(directory) && NumpyData.isOne(directory)) {
            return NumpyData.load(directory);
        }
        boolean cifar = CifarBinary.isOne(directory) && !IdxDirectory.isOne(directory);
        return cifar ? CifarBinary.load(directory) : IdxDirectory.load(directory);
    }
}
