package dev.neurite.datasets;

import dev.neurite.data.DataSplit;
import dev.neurite.data.Dataset;
import java.util.List;

/// Digits: 1,797 handwritten digits as images of 8×8 pixels; a pixel is the number of dark dots among
/// 16. About 180 images per digit.
///
/// A row is an image, row-major, of shape `[64]`, with values 0 to 16. For 0 to 1 begin the network with a
/// [dev.neurite.layer.Standardize] of means 0 and factors 1/16.
///
/// From E. Alpaydin and C. Kaynak (1998), "Optical Recognition of Handwritten Digits", the test set, UCI
/// Machine Learning Repository, from scikit-learn's copy. CC BY 4.0.
public final class Digits {
    static final SmallSet SET = new SmallSet(
            "digits",
            "1,797 handwritten digits: 8×8 images, values 0 to 16",
            List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"));

    private Digits() {}

    /// A stratified split with a fifth of the rows as test part: [DataSplit#of] with seed 0, the same
    /// each time.
    public static DataSplit load() {
        return SET.load();
    }

    /// All rows, in the order of the source.
    public static Dataset all() {
        return SET.all();
    }

    /// The pixels, row-major: `pixel_0_0`, `pixel_0_1`, …
    public static List<String> featureNames() {
        return SET.featureNames();
    }
}
