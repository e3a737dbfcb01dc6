/// The data set Fashion-MNIST, offered by name to `dev.neurite.datasets` as well.
module dev.neurite.datasets.fashionmnist {
    requires transitive dev.neurite.core;
    requires dev.neurite.datasets;
    requires static org.jspecify;

    exports dev.neurite.datasets.fashionmnist;

    provides dev.neurite.datasets.DatasetProvider with
            dev.neurite.datasets.fashionmnist.FashionMnistProvider;
}
