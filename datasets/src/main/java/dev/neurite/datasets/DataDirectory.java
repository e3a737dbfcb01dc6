package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.error.DataException;
import java.nio.file.Path;

/// Data of any kind that is understood: a `.npz` file, or a directory, told by what is in it: CIFAR's binary
/// files ([CifarBinary]), arrays of NumPy's ([NumpyData]), images with a directory for each class
/// ([ImageFolder]), or else IDX files ([IdxDirectory]).
public final class DataDirectory {
    private DataDirectory() {}

    /// Whether the directory is read as one of images, with options.
    public static boolean isOfImages(Path directory) {
        return !IdxDirectory.isOne(directory)
                && !CifarBinary.isOne(directory)
                && !NumpyData.isOne(directory)
                && ImageFolder.isOne(directory);
    }

    /// Reads the directory, or the `.npz` file.
    /// @param images what becomes of images; for other kinds, which are as they are, the usual
    /// @throws DataException if the directory or a file in it is missing or damaged, or there are
    /// options for images that are none
    /// @throws dev.neurite.error.ResourceException if the heap, or the disk for a temporary file, is too small
    public static DataSplit load(Path directory, ImageFolder.Options images) {
        if (isOfImages(directory)) return ImageFolder.load(directory, images);
        if (!images.equals(ImageFolder.Options.USUAL)) {
            throw new DataException(
                    directory.toString(), "expects images with a directory for each class to change them, got none");
        }
        if (!IdxDirectory.isOne(directory) && !CifarBinary.isOne(directory) && NumpyData.isOne(directory)) {
            return NumpyData.load(directory);
        }
        boolean cifar = CifarBinary.isOne(directory) && !IdxDirectory.isOne(directory);
        return cifar ? CifarBinary.load(directory) : IdxDirectory.load(directory);
    }
}
