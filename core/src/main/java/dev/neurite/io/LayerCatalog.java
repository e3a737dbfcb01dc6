package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.kernel.Activation;
import dev.neurite.kernel.PiecewiseActivations;
import dev.neurite.kernel.SmoothActivations;
import dev.neurite.layer.Activate;
import dev.neurite.layer.Add;
import dev.neurite.layer.AlphaDropout;
import dev.neurite.layer.Dense;
import dev.neurite.layer.Dropout;
import dev.neurite.layer.Flatten;
import dev.neurite.layer.Frozen;
import dev.neurite.layer.GaussianDropout;
import dev.neurite.layer.GaussianNoise;
import dev.neurite.layer.Glu;
import dev.neurite.layer.Initializers;
import dev.neurite.layer.PRelu;
import dev.neurite.layer.SpatialDropout;
import dev.neurite.layer.Standardize;
import dev.neurite.model.Named;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The names that layers, activations and initializers have in model files, each for one record. Only what
/// stands here can come out of a file; a file never names a Java class.
public final class LayerCatalog {
    private static final LayerCatalog STANDARD = new LayerCatalog(standardTypes());

    private final Map<String, Class<? extends Record>> types;

    private LayerCatalog(Map<String, Class<? extends Record>> types) {
        this.types = Collections.unmodifiableMap(types);
    }

    private static Map<String, Class<? extends Record>> standardTypes() {
        Map<String, Class<? extends Record>> types = new LinkedHashMap<>();
        types.put("dense", Dense.class);
        types.put("activate", Activate.class);
        types.put("flatten", Flatten.class);
        types.put("add", Add.class);
        types.put("frozen", Frozen.class);
        types.put("standardize", Standardize.class);
        types.put("prelu", PRelu.class);
        types.put("glu", Glu.class);
        types.put("named", Named.class);
        types.put("dropout", Dropout.class);
        types.put("spatial-dropout", SpatialDropout.class);
        types.put("alpha-dropout", AlphaDropout.class);
        types.put("gaussian-noise", GaussianNoise.class);
        types.put("gaussian-dropout", GaussianDropout.class);

        types.put("identity", Activation.Identity.class);
        types.put("relu", Activation.Relu.class);
        types.put("leaky-relu", Activation.LeakyRelu.class);
        types.put("tanh", Activation.Tanh.class);
        types.put("sigmoid", Activation.Sigmoid.class);
        types.put("softmax", Activation.Softmax.class);
        types.put("log-softmax", Activation.LogSoftmax.class);
        types.put("elu", SmoothActivations.Elu.class);
        types.put("celu", SmoothActivations.Celu.class);
        types.put("selu", SmoothActivations.Selu.class);
        types.put("gelu", SmoothActivations.Gelu.class);
        types.put("gelu-tanh", SmoothActivations.GeluTanh.class);
        types.put("silu", SmoothActivations.Silu.class);
        types.put("mish", SmoothActivations.Mish.class);
        types.put("log-sigmoid", SmoothActivations.LogSigmoid.class);
        types.put("softplus", SmoothActivations.Softplus.class);
        types.put("relu6", PiecewiseActivations.Relu6.class);
        types.put("hard-tanh", PiecewiseActivations.HardTanh.class);
        types.put("hard-sigmoid", PiecewiseActivations.HardSigmoid.class);
        types.put("hard-swish", PiecewiseActivations.HardSwish.class);
        types.put("softsign", PiecewiseActivations.Softsign.class);

        types.put("constant", Initializers.Constant.class);
        types.put("given", Initializers.Given.class);
        types.put("uniform", Initializers.Uniform.class);
        types.put("normal", Initializers.Normal.class);
        types.put("truncated-normal", Initializers.TruncatedNormal.class);
        types.put("orthogonal", Initializers.Orthogonal.class);
        types.put("scaled", Initializers.Scaled.class);
        return types;
    }

    /// What comes with this library.
    public static LayerCatalog standard() {
        return STANDARD;
    }

    /// These names and one of your own. The record's components may be numbers, booleans, strings, enums,
    /// shapes, lists of these, and records that have a name here; its package must be exported or opened to
    /// `dev.neurite.core`.
    /// @throws ConfigException if the name is taken
    public LayerCatalog with(String name, Class<? extends Record> type) {
        if (types.containsKey(name) || name.equals(Nodes.GRAPH) || name.equals(Nodes.SEQUENTIAL)) {
            throw new ConfigException("layer catalog", "expects a new name, got '" + name + "'");
        }
        Map<String, Class<? extends Record>> more = new LinkedHashMap<>(types);
        more.put(name, type);
        return new LayerCatalog(more);
    }

    /// All names.
    public List<String> names() {
        List<String> names = new ArrayList<>(types.keySet());
        names.add(Nodes.SEQUENTIAL);
        names.add(Nodes.GRAPH);
        return names;
    }

    /// The records, by name.
    Map<String, Class<? extends Record>> types() {
        return types;
    }
}
