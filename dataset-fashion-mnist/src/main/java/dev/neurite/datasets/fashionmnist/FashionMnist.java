package dev.neurite.datasets.fashionmnist;

import dev.neurite.data.DataSplit;
import dev.neurite.datasets.Idx;
import dev.neurite.datasets.IdxParts;
import dev.neurite.error.DataException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// Fashion-MNIST: 70,000 gray images of clothes from Zalando's shop, 28×28 pixels, in ten classes of
/// equal size; 60,000 training and 10,000 test images. Harder than MNIST's digits, in the same format.
///
/// From H. Xiao, K. Rasul and R. Vollgraf 2017, arXiv:1708.07747. MIT license, in
/// `META-INF/LICENSE-fashion-mnist.txt`.
public final class FashionMnist {
    private static final List<String> CLASSES = List.of(
            "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot");

    private static final Part TRAIN_IMAGES = new Part(
            "train-images-idx3-ubyte.gz",
            26_421_856,
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888");
    private static final Part TRAIN_LABELS = new Part(
            "train-labels-idx1-ubyte.gz", 29_491, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9");
    private static final Part TEST_IMAGES = new Part(
            "t10k-images-idx3-ubyte.gz", 4_422_079, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b");
    private static final Part TEST_LABELS = new Part(
            "t10k-labels-idx1-ubyte.gz", 5_125, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34");

    private FashionMnist() {}

    /// Loads the training and test images, of shape `[1×28×28]`, pixels from 0 to 1. Each call unpacks
    /// 55 MB of images and checks their SHA-256.
    /// @throws DataException if the artifact is damaged
    public static DataSplit load() {
        return new IdxParts(TRAIN_IMAGES::read, TRAIN_LABELS::read, TEST_IMAGES::read, TEST_LABELS::read).load(CLASSES);
    }

    /// The names of the ten classes, by label.
    public static List<String> classNames() {
        return CLASSES;
    }

    /// A file of the artifact.
    /// @param size its length
    /// @param sha256 the checksum of the uncompressed file
    record Part(String file, long size, String sha256) {
        Idx read() {
            String resource = "/fashion-mnist/" + file;
            try (InputStream in = FashionMnist.class.getResourceAsStream(resource)) {
                if (in == null) throw damaged("nothing: it is missing");
                return read(in);
            } catch (IOException e) {
                throw damaged("an error: " + e.getMessage());
            }
        }

        Idx read(InputStream in) {
            return Idx.read("fashion-mnist/" + file, in, size, sha256);
        }

        private DataException damaged(String got) {
            return new DataException(
                    "fashion-mnist/" + file,
                    "expects the file of the artifact neurite-dataset-fashion-mnist, got " + got,
                    "Download the artifact again");
        }
    }
}
