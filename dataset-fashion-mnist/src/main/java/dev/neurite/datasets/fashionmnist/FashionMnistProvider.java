package dev.neurite.datasets.fashionmnist;

import dev.neurite.data.DataSplit;
import dev.neurite.datasets.DatasetProvider;

/// Provides [FashionMnist] as `fashion-mnist`.
public final class FashionMnistProvider implements DatasetProvider {
    /// For the service loader.
    public FashionMnistProvider() {}

    @Override
    public String name() {
        return "fashion-mnist";
    }

    @Override
    public String description() {
        return "70,000 images of clothes: 28×28 gray pixels, 10 classes";
    }

    @Override
    public DataSplit load() {
        return FashionMnist.load();
    }
}
