package dev.neurite.llm;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.LoraFile;
import dev.neurite.io.LoraFile.Adapters;
import dev.neurite.llm.family.Family;
import dev.neurite.llm.family.Family.Source;
import dev.neurite.model.Network;
import dev.neurite.model.Parameter;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Adapters of language models in the files of PEFT, whose names and order of rows are those of Hugging Face: a network
/// has that of its file, and a projection of its own where some families have several in one matrix.
final class PeftAdapters {
    static final String A = ".lora_A.weight";
    static final String B = ".lora_B.weight";
    private static final String WEIGHT = ".weight";
    private static final String TASK = "CAUSAL_LM";

    private final LoadedFiles files;
    private final Network network;

    PeftAdapters(LoadedFiles files) {
        this.files = files;
        this.network = files.network();
    }

    /// Reads adapters of PEFT for the network.
    /// @throws ModelFormatException for files that are damaged, or adapters that the network cannot have
    Adapters read(Path directory) {
        Adapters peft = LoraFile.read(directory);
        Map<String, Tensor> own = new LinkedHashMap<>();
        Set<String> known = new HashSet<>();
        for (Parameter each : network.parameters()) {
            if (each.shape().rank() != 2 || !each.name().endsWith(WEIGHT)) continue;
            Source source = files.family().source(files.decoder(), each.name());
            String a = inFile(peft, source, A);
            String b = inFile(peft, source, B);
            if (!peft.tensors().containsKey(a) && !peft.tensors().containsKey(b)) continue;
            int rows = rows(source.tensor());
            own.put(
                    map(each.name()) + A,
                    peft.tensor(a, Shape.of(peft.rank(), each.shape().extent(1))));
            own.put(
                    map(each.name()) + B,
                    ordered(
                            peft.tensor(b, Shape.of(rows, peft.rank())),
                            source.firstRow(),
                            each.shape().extent(0),
                            files.reordered(each.name()),
                            false));
            known.addAll(List.of(a, b));
        }
        for (String each : peft.tensors().keySet())
            if (!known.contains(each)) own.put(each, peft.tensors().get(each)); // refused, with what there is
        return peft.with(own);
    }

    /// Writes adapters of the network as those of PEFT.
    /// @throws ConfigException for adapters of another network, or of a family that has several projections in
    /// one matrix
    void write(Adapters own, Path directory) {
        if (files.decoder().isGpt2()) {
            throw new ConfigException(
                    "lora",
                    "expects a family whose names and matrices are those of Hugging Face, got gpt2",
                    "Merge them: Lora.merged, or keep them with LoraFile.save, for programs of this library");
        }
        Map<String, Parameter> parameters = new HashMap<>();
        for (Parameter each : network.parameters()) parameters.put(each.name(), each);
        Map<String, Tensor> peft = new LinkedHashMap<>();
        own.tensors().forEach((name, tensor) -> {
            String map = name.substring(0, name.length() - A.length()); // B's end is as long
            String weight = map + WEIGHT;
            Parameter parameter = parameters.get(weight);
            boolean b = name.endsWith(B);
            if (parameter == null
                    || tensor.shape().extent(b ? 0 : 1) != parameter.shape().extent(b ? 0 : 1)) {
                throw new ConfigException(
                        "lora", "expects adapters of this language model, got ones of another, for " + map);
            }
            Source source = files.family().source(files.decoder(), weight);
            if (source.part()) {
                throw new ConfigException(
                        "lora",
                        "expects a matrix for each projection, as PEFT's names are those of matrices, got "
                                + map(source.tensor()) + ", which has several",
                        "Keep them with LoraFile.save, for programs of this library");
            }
            Tensor rows = b ? ordered(tensor, 0, tensor.shape().extent(0), files.reordered(weight), true) : tensor;
            peft.put(name, rows);
        });
        own.with(peft).write(directory, "", TASK);
    }

    /// The rows of a matrix in files of Hugging Face.
    private int rows(String tensor) {
        int rows = 0;
        for (Parameter each : network.parameters()) {
            Source source = files.family().source(files.decoder(), each.name());
            if (source.tensor().equals(tensor)) {
                rows = Math.max(rows, source.firstRow() + each.shape().extent(0));
            }
        }
        return rows;
    }

    /// The name that adapters have for a matrix.
    static String inFile(Adapters adapters, Source source, String end) {
        return Family.inFile(adapters.tensors()::containsKey, map(source.tensor()) + end);
    }

    private static String map(String weight) {
        return weight.substring(0, weight.length() - WEIGHT.length());
    }

    /// Some rows, in the order of GGUF files, or, back, in that of Hugging Face's.
    private static Tensor ordered(Tensor all, int first, int count, int head, boolean back) {
        int columns = all.shape().extent(1);
        Tensor some = Tensor.zeros(Shape.of(count, columns));
        for (int row = 0; row < count; row++) {
            int other = Family.halves(row, head);
            System.arraycopy(
                    all.array(),
                    all.offset() + (first + (back ? row : other)) * columns,
                    some.array(),
                    (back ? other : row) * columns,
                    columns);
        }
        return some;
    }
}
