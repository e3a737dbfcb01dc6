package dev.neurite.onnx.format;

import dev.neurite.error.DataException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.error.ResourceException;
import dev.neurite.io.kind.FileKind;
import dev.neurite.onnx.graph.OnnxGraph;
import dev.neurite.onnx.proto.FunctionProto;
import dev.neurite.onnx.proto.ModelProto;
import dev.neurite.onnx.proto.StringStringEntryProto;
import dev.neurite.onnx.value.NarrowFloat;
import dev.neurite.onnx.value.ValueInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads ONNX files: opsets 1 to 22 in format versions (IR) 3 to 13.
///
/// Format versions 11 to 13 are newer than opset 22. What they added are types of elements, which are refused by
/// name, and hints on which machine computes what, which do not matter here; so they are read if the opset is
/// known.
///
/// Limits: 2³¹−1 bytes, messages in at most 100 others, bodies in at most 16 others, 1,000,000 nodes. Functions
/// and sparse tensors are refused.
public final class OnnxReader {
    private static final int LEAST_IR = 3;
    private static final int MOST_IR = 13;

    private OnnxReader() {}

    /// Reads a file. It is mapped: the elements of tensors are read when they are first needed, and the file must
    /// not change as long as the graph is in use.
    /// @throws DataException if there is no such file, or it cannot be read
    /// @throws ModelFormatException if it is no ONNX model, or one that is damaged, unsafe or not supported
    /// @throws ResourceException if the heap is too small for it
    public static LoadedGraph read(Path file) {
        String where = file.toString();
        try {
            if (Files.isDirectory(file)) throw new DataException(where, "expects a file, got a directory");
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new DataException(where, "expects a regular file, got a device or pipe");
            }
            FileKind.require(file, "an ONNX model", FileKind.ONNX);
            Path directory = file.toAbsolutePath().getParent();
            return read(map(file), where, directory == null ? null : directory.toRealPath());
        } catch (NoSuchFileException e) {
            throw DataException.missing(file, "an ONNX model");
        } catch (IOException e) {
            throw new DataException(where, "cannot be read: " + ResourceException.reason(e));
        }
    }

    private static MemorySegment map(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > Integer.MAX_VALUE) {
                throw new ModelFormatException(
                        file.toString(),
                        String.format(
                                Locale.ROOT,
                                "expects a file of at most %,d bytes (2 GB − 1), got %,d",
                                Integer.MAX_VALUE,
                                size),
                        "Save the model with external data");
            }
            return channel.map(MapMode.READ_ONLY, 0, size, Arena.ofAuto());
        }
    }

    /// Reads the bytes of a file. They are not copied, and must not change as long as the graph is in use. The
    /// model may not have external data.
    /// @param name for messages
    /// @throws ModelFormatException if it is no ONNX model, or one that is damaged or not supported
    /// @throws ResourceException if the heap is too small for it
    public static LoadedGraph read(byte[] file, String name) {
        return read(MemorySegment.ofArray(file).asReadOnly(), name, null);
    }

    private static LoadedGraph read(MemorySegment file, String where, @Nullable Path directory) {
        var outline = new FileMessages(file, where);
        ModelProto model = outline.model();
        long version = model.getIrVersion();
        if (!model.hasGraph()) {
            throw new ModelFormatException(where, "expects an ONNX model, got a file without a graph");
        }
        if (version < LEAST_IR || version > MOST_IR) {
            throw new ModelFormatException(
                    where,
                    "expects version " + LEAST_IR + " to " + MOST_IR + " of the format (IR), got "
                            + (model.hasIrVersion() ? version : "none"));
        }
        requireNoFunctions(model, where);
        var opsets = Opsets.of(model.getOpsetImportList(), where);
        var reader = new GraphReader(opsets, new TensorReader(outline, directory));
        OnnxGraph graph = reader.read(model.getGraph(), where);
        List<ValueInfo> outputs = model.getGraph().getOutputList().stream()
                .map(each -> Types.info(each, NodePlaces.of(where, "output", each.getName())))
                .toList();
        List<Boolean> halves = model.getGraph().getOutputList().stream()
                .map(each -> NarrowFloat.ofCode(each.getType().getTensorType().getElemType())
                        .filter(type -> type == NarrowFloat.FLOAT16)
                        .isPresent())
                .toList();
        return new LoadedGraph(graph, outputs, halves, metadata(model), info(model, opsets), reader.unsupported());
    }

    private static void requireNoFunctions(ModelProto model, String where) {
        if (model.getFunctionsCount() == 0) return;
        String names = model.getFunctionsList().stream()
                .map(FunctionProto::getName)
                .limit(10)
                .collect(Collectors.joining(", "));
        throw new ModelFormatException(
                where,
                "expects a model without functions, got " + model.getFunctionsCount() + ": " + names,
                "Inline them, as onnx.inliner does");
    }

    private static Map<String, String> metadata(ModelProto model) {
        Map<String, String> metadata = new HashMap<>();
        for (StringStringEntryProto each : model.getMetadataPropsList()) metadata.put(each.getKey(), each.getValue());
        return metadata;
    }

    private static ModelInfo info(ModelProto model, Opsets opsets) {
        return new ModelInfo(
                (int) model.getIrVersion(),
                opsets.versions(),
                model.getProducerName(),
                model.getProducerVersion(),
                model.getDomain(),
                model.getModelVersion(),
                model.getDocString());
    }
}
