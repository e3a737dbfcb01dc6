package dev.neurite.llm.family;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.kernel.BlockFormat;
import dev.neurite.kernel.EncodedMatrix;
import dev.neurite.kernel.Kernels;
import dev.neurite.llm.family.Family.Source;
import dev.neurite.llm.weights.StoredTensor;
import dev.neurite.llm.weights.StoredType;
import dev.neurite.llm.weights.WeightFile;
import dev.neurite.model.Network;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// Reads the parameters of a decoder: matrices keep the bits that they have in the file, all else becomes float32.
public final class StoredParameters {
    private static final long MEGABYTE = 1_000_000;
    private static final long GIGABYTE = 1_000_000_000;

    private final Network network;
    private final WeightFile weights;
    private final Function<String, Source> sources;
    private final Kernels kernels;
    private final Set<Parameter> encodable;

    private StoredParameters(Network network, WeightFile weights, Function<String, Source> sources, Kernels kernels) {
        this.network = network;
        this.weights = weights;
        this.sources = sources;
        this.kernels = kernels;
        this.encodable = Set.copyOf(network.encodable());
    }

    /// The parameters of a decoder's network.
    /// @param network of a graph of the decoder
    /// @param sources where the file has a parameter, by its name
    /// @param kernels whose threads read it
    /// @throws ModelFormatException if one is missing or has another shape, before memory is taken for any
    /// @throws ResourceException if they are larger than the heap, before as well
    public static Parameters read(
            Network network, WeightFile weights, Function<String, Source> sources, Kernels kernels) {
        return new StoredParameters(network, weights, sources, kernels).read();
    }

    private Parameters read() {
        for (Parameter each : network.parameters()) require(each, weights, sources.apply(each.name()), encodable);
        requireMemory();
        Map<String, Tensor> floats = new HashMap<>();
        Map<String, EncodedMatrix> encoded = new HashMap<>();
        for (Parameter each : network.parameters()) {
            StoredTensor stored = stored(each);
            if (isEncoded(each, stored, encodable)) encoded.put(each.name(), matrix(each, stored));
            else floats.put(each.name(), floats(each, stored));
            stored.unload(); // so that weights take memory once while they are read
        }
        return Parameters.of(network.parameters(), floats, encoded);
    }

    /// Refuses weights that are larger than the heap.
    private void requireMemory() {
        long bytes = 0;
        for (Parameter each : network.parameters()) bytes += bytes(each, stored(each), encodable);
        long heap = Runtime.getRuntime().maxMemory();
        if (bytes < heap) return;
        String option = "-Xmx" + (bytes * 5 / 4 / GIGABYTE + 1) + "g";
        throw new ResourceException(
                weights.source(),
                String.format(
                        Locale.ROOT,
                        "expects %,d MB for its weights, got a heap of %,d MB",
                        bytes / MEGABYTE,
                        heap / MEGABYTE),
                "Start Java with " + option + ", neurite with NEURITE_JAVA_OPTS=" + option);
    }

    private StoredTensor stored(Parameter parameter) {
        return weights.tensor(sources.apply(parameter.name()).tensor());
    }

    /// Refuses a file in which a parameter is missing or has another shape.
    /// @param encodable see [Network#encodable]
    /// @throws ModelFormatException then
    public static void require(
            Parameter parameter, WeightFile weights, Source source, Collection<Parameter> encodable) {
        StoredTensor stored = weights.tensor(source.tensor());
        Shape expected = parameter.shape();
        Shape got = stored.shape();
        boolean fits = source.part()
                ? got.rank() == expected.rank()
                        && got.row().equals(expected.row())
                        && source.firstRow() + expected.extent(0) <= got.extent(0)
                : got.equals(expected);
        if (!fits) {
            throw new ModelFormatException(
                    weights.source() + ", tensor '" + source.tensor() + "'",
                    "expects " + (source.part() ? "rows of " : "") + expected + ", got " + got);
        }
        if (!stored.type().isFloat() && !isEncoded(parameter, stored, encodable))
            stored.floats(); // says what is expected
    }

    /// The memory of a parameter, bytes.
    /// @param encodable see [Network#encodable]
    public static long bytes(Parameter parameter, StoredTensor stored, Collection<Parameter> encodable) {
        StoredType type = isEncoded(parameter, stored, encodable) ? stored.type() : StoredType.F32;
        return type.bytes(parameter.size());
    }

    /// Whether a parameter keeps the bits that it has in the file; else it becomes float32.
    private static boolean isEncoded(Parameter parameter, StoredTensor stored, Collection<Parameter> encodable) {
        return encodable.contains(parameter) && stored.type() != StoredType.F32;
    }

    private EncodedMatrix matrix(Parameter parameter, StoredTensor stored) {
        int rows = parameter.shape().extent(0);
        int columns = parameter.shape().extent(1);
        long ofRow = stored.type().bytes(columns);
        long first = sources.apply(parameter.name()).firstRow();
        BlockFormat format = BlockFormat.valueOf(stored.type().name());
        try {
            return EncodedMatrix.ofBlocks(
                    format, rows, columns, stored.bytes().asSlice(first * ofRow, rows * ofRow), kernels);
        } catch (DataException e) {
            throw new ModelFormatException(
                    stored.source() + ", tensor '" + stored.name() + "', " + e.where(),
                    e.problem(),
                    "The file is damaged: copy it again");
        }
    }

    private Tensor floats(Parameter parameter, StoredTensor stored) {
        Source source = sources.apply(parameter.name());
        float[] values = new float[parameter.size()];
        long ofRow = parameter.shape().row().size();
        stored.read(source.firstRow() * ofRow, values, 0, values.length);
        if (source.added() != 0) for (int i = 0; i < values.length; i++) values[i] += source.added();
        return Tensor.of(parameter.shape(), values);
    }
}
