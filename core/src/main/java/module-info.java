import org.jspecify.annotations.NullMarked;

/// Neural networks from scratch: tensors, kernels, layers, losses, optimizers, training, model files.
///
/// Needs nothing but the JDK. With `--add-modules jdk.incubator.vector` on the command line it computes
/// with vectors.
@NullMarked
@SuppressWarnings("module") // the command line is not there when core is compiled
module dev.neurite.core {
    requires jdk.jfr; // events, see neurite.Layer
    requires static jdk.incubator.vector;
    requires static jdk.management; // which compiler the JVM has, where it can be asked
    requires static org.jspecify;

    exports dev.neurite.check;
    exports dev.neurite.data;
    exports dev.neurite.data.augment;
    exports dev.neurite.data.image;
    exports dev.neurite.data.series;
    exports dev.neurite.data.table;
    exports dev.neurite.error;
    exports dev.neurite.generate;
    exports dev.neurite.io;
    exports dev.neurite.io.keras;
    exports dev.neurite.io.json to
            dev.neurite.cli,
            dev.neurite.dashboard,
            dev.neurite.http,
            dev.neurite.llm,
            dev.neurite.onnx,
            dev.neurite.serve,
            dev.neurite.text;
    exports dev.neurite.io.kind to
            dev.neurite.cli,
            dev.neurite.llm,
            dev.neurite.onnx,
            dev.neurite.serve;
    exports dev.neurite.kernel;
    exports dev.neurite.layer;
    exports dev.neurite.loss;
    exports dev.neurite.metric;
    exports dev.neurite.model;
    exports dev.neurite.network;
    exports dev.neurite.optim;
    exports dev.neurite.predict;
    exports dev.neurite.search;
    exports dev.neurite.settings;
    exports dev.neurite.signature;
    exports dev.neurite.tensor;
    exports dev.neurite.train;
    exports dev.neurite.train.cluster;
    exports dev.neurite.train.shard;

    uses dev.neurite.signature.TextCodec.Provider;
    uses dev.neurite.train.cluster.ClusterService;
}
