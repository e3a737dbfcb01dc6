package dev.neurite.io;

import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.kind.FileKind;
import dev.neurite.io.pytorch.PytorchFile;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.model.Parameters;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Named weights for transfer learning: the initial parameters of a model.
/// ```java
/// Model tuned = PretrainedWeights.pytorch(path).into(model).complete();
/// ```
/// Parameters and running statistics with the same name and shape as in the model are copied; the rest is
/// reported. A tensor may also have the name that it has in the model's twin in PyTorch, see [StateDict]: of
/// `lstm.weight_ih_l0`, or `2.weight` of an `nn.Sequential` only what the names differ in beyond that needs
/// [#renamed]. Layouts are PyTorch's.
public final class PretrainedWeights {
    /// A counter that only PyTorch's batch norms have.
    private static final String COUNTER = "num_batches_tracked";

    private final String source;
    private final Map<String, Tensor> tensors;

    private PretrainedWeights(String source, Map<String, Tensor> tensors) {
        this.source = source;
        this.tensors = tensors;
    }

    /// All tensors of a file, which its content tells: a safetensors file, of Neurite or other software, a file of
    /// PyTorch, see [#pytorch(Path)], or NumPy's arrays (`.npz`). Weights in fewer bits, of a model that was
    /// [quantized][Model#quantized], become the floats that they stand for; its layers must be built-in ones.
    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws ModelFormatException if it is damaged or none of these
    public static PretrainedWeights read(Path file) {
        FileKind kind = FileKind.of(file);
        if (kind == FileKind.NPZ || (kind == FileKind.ZIP && file.toString().endsWith(".npz"))) return npz(file);
        switch (kind) {
            case PYTORCH, TORCH_SCRIPT, PICKLE, ZIP -> {
                return pytorch(file);
            }
            default -> {}
        }
        if (ModelFile.hasEncoded(file)) return of(file + ", as floats", of(ModelFile.load(file)).tensors);
        Map<String, Tensor> tensors = new LinkedHashMap<>(Safetensors.read(file).tensors());
        tensors.keySet().removeIf(name -> name.startsWith(Nodes.PREFIX)); // settings of layers, in our own files
        return of(file.toString(), tensors);
    }

    /// The `state_dict` in a file of PyTorch's `torch.save` (`.pt`, `.pth`, `.bin`), see
    /// [#pytorch(Path, String)]: the file's only dictionary of tensors, or the first of its entries `state_dict`,
    /// `model_state_dict`, `model`.
    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws ModelFormatException if it is damaged, holds more than tensors, such as a whole model, or
    /// several dictionaries of tensors
    /// @throws dev.neurite.error.ResourceException if the heap is too small
    public static PretrainedWeights pytorch(Path file) {
        return pytorch(file, "");
    }

    /// The tensors in an entry of a file of PyTorch's `torch.save`. Nothing in the file is run: it may name
    /// tensors, dictionaries and types of numbers only, and what it names is compared with a fixed table. It
    /// may take at most twice the size of the file of memory, and 16 MB. Numbers become float32.
    /// @param entry as `model`, with dots into entries of entries: `ema.shadow`
    /// @throws dev.neurite.error.DataException if there is no such file
    /// @throws ConfigException if there is no such entry
    /// @throws ModelFormatException if it is damaged, or holds more than tensors, such as a whole model
    /// @throws dev.neurite.error.ResourceException if the heap is too small
    public static PretrainedWeights pytorch(Path file, String entry) {
        PytorchFile read = PytorchFile.read(file, entry);
        return of(read.entry().isEmpty() ? file.toString() : file + ", '" + read.entry() + "'", read.tensors());
    }

    /// All arrays of a `.npz` file, as `numpy.savez` writes it.
    /// @throws dev.neurite.error.DataException if there is no such file, or it is damaged
    /// @throws dev.neurite.error.ResourceException if the heap is too small
    public static PretrainedWeights npz(Path file) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (Npz npz = Npz.open(file)) {
            for (String name : npz.names()) tensors.put(name, npz.read(name).values());
        }
        return of(file.toString(), tensors);
    }

    /// Tensors by name.
    public static PretrainedWeights of(Map<String, Tensor> tensors) {
        return of("weights", tensors);
    }

    private static PretrainedWeights of(String source, Map<String, Tensor> tensors) {
        Map<String, Tensor> kept = new LinkedHashMap<>(tensors);
        kept.keySet().removeIf(name -> name.equals(COUNTER) || name.endsWith("." + COUNTER));
        return new PretrainedWeights(source, kept);
    }

    /// All parameters and running statistics of a model.
    public static PretrainedWeights of(Model model) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameters each : List.of(model.parameters(), model.statistics())) {
            for (Parameter part : each.parts()) tensors.put(part.name(), each.get(part.name()));
        }
        return of("model", tensors);
    }

    /// Where they are from, for messages: a file, with the entry of a checkpoint that they are in.
    public String source() {
        return source;
    }

    /// The names, in the order of the source.
    public List<String> names() {
        return List.copyOf(tensors.keySet());
    }

    /// The tensors by name, in the order of the source; not copied.
    public Map<String, Tensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /// Only the weights whose names begin with this prefix, without the prefix: a part of another model.
    /// @throws ConfigException if there are none
    public PretrainedWeights withoutPrefix(String prefix) {
        Map<String, Tensor> inside = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) inside.put(name.substring(prefix.length()), tensor);
        });
        if (inside.isEmpty()) {
            throw new ConfigException(
                    source,
                    "expects names that begin with '" + prefix + "', got " + String.join(", ", tensors.keySet()));
        }
        return new PretrainedWeights(source, inside);
    }

    /// These weights with this prefix before each name: for a part of a larger model.
    public PretrainedWeights withPrefix(String prefix) {
        return renamed(name -> prefix + name);
    }

    /// These weights with prefixes of names replaced: a key such as `layer1.0.` by its value
    /// `stage1.block1.`. The longest matching key is used.
    public PretrainedWeights renamed(Map<String, String> beginnings) {
        return renamed(name -> beginnings.keySet().stream()
                .filter(name::startsWith)
                .max(java.util.Comparator.comparingInt(String::length))
                .map(from -> beginnings.get(from) + name.substring(from.length()))
                .orElse(name));
    }

    /// These weights of GPT-2, named as by Hugging Face (`h.0.attn.c_attn.weight`), with the names and
    /// layouts of [dev.neurite.network.Gpt]. Those of the output are left out, as they are the embedding's.
    /// @throws ConfigException if they are no weights of GPT-2
    public PretrainedWeights gpt2() {
        return new PretrainedWeights(source, TransformerNames.gpt2(source, tensors));
    }

    /// These weights of BERT, named as by Hugging Face (`encoder.layer.0.attention.self.query.weight`), with
    /// the names and layouts of [dev.neurite.network.Bert].
    /// @throws ConfigException if they are no weights of BERT
    public PretrainedWeights bert() {
        return new PretrainedWeights(source, TransformerNames.bert(source, tensors));
    }

    /// These weights with other names.
    /// @throws ConfigException if two get the same name
    public PretrainedWeights renamed(UnaryOperator<String> rule) {
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            String now = rule.apply(name);
            if (renamed.put(now, tensor) != null) {
                throw new ConfigException(source, "expects names of their own, got '" + now + "' twice");
            }
        });
        return new PretrainedWeights(source, renamed);
    }

    /// Copies all weights that fit into a model. Each may have its name in the model, or that of the model's
    /// twin in PyTorch. Numbers of an `nn.Sequential` count in order: other numbers fit too if there are as
    /// many.
    /// @throws ModelFormatException for numbers that are not finite, and if two tensors that are one in the
    /// model, such as those of an embedding and a tied output, differ
    public Transfer into(Model model) {
        List<String> loaded = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<Misfit> misshapen = new ArrayList<>();
        Map<String, Tensor> left =
                TorchNames.of(model.network()).ours(source, ModelFile.renamed(tensors, model.network()));
        List<Parameters> filled = new ArrayList<>();
        for (Parameters each : List.of(model.parameters(), model.statistics())) {
            Map<String, Tensor> values = new LinkedHashMap<>();
            for (Parameter part : each.parts()) {
                String name = part.name();
                Tensor tensor = left.remove(name);
                boolean fits = tensor != null && tensor.shape().equals(part.shape());
                if (tensor == null) missing.add(name);
                else if (!fits) misshapen.add(new Misfit(name, part.shape(), tensor.shape()));
                else loaded.add(name);
                if (tensor != null && fits) values.put(name, finite(name, tensor));
                else values.put(name, each.get(name));
            }
            filled.add(Parameters.of(each.parts(), values));
        }
        return new Transfer(
                source,
                model.with(filled.getFirst()).withStatistics(filled.getLast()),
                loaded,
                missing,
                misshapen,
                List.copyOf(left.keySet()));
    }

    private Tensor finite(String name, Tensor tensor) {
        if (tensor.isFinite()) return tensor;
        throw new ModelFormatException(source + ", '" + name + "'", "expects finite numbers, got NaN or infinite ones");
    }

    /// A tensor with the name of a parameter but another shape.
    /// @param expected the shape in the model
    /// @param got the shape in the source
    public record Misfit(String name, Shape expected, Shape got) {
        @Override
        public String toString() {
            return name + " " + got + " instead of " + expected;
        }
    }

    /// The result of [#into].
    /// @param source the origin of the weights, for messages
    /// @param model the model with all weights that fit; others are unchanged
    /// @param loaded names that were copied
    /// @param missing names of the model that the source lacks
    /// @param misshapen names of both with different shapes
    /// @param unexpected names of the source that the model lacks
    public record Transfer(
            String source,
            Model model,
            List<String> loaded,
            List<String> missing,
            List<Misfit> misshapen,
            List<String> unexpected) {
        public Transfer {
            loaded = List.copyOf(loaded);
            missing = List.copyOf(missing);
            misshapen = List.copyOf(misshapen);
            unexpected = List.copyOf(unexpected);
        }

        /// The model, if all names and shapes match.
        /// @throws ModelFormatException if not, with the names that do not match
        public Model complete() {
            if (missing.isEmpty() && misshapen.isEmpty() && unexpected.isEmpty()) return model;
            throw new ModelFormatException(source, "expects exactly one tensor for each parameter, got " + this);
        }

        /// `60 loaded; missing: head.weight; …`
        @Override
        public String toString() {
            return loaded.size() + " loaded" + said("missing", missing) + said("misshapen", misshapen)
                    + said("unexpected", unexpected);
        }

        private static String said(String what, List<?> names) {
            if (names.isEmpty()) return "";
            return "; " + what + ": "
                    + String.join(", ", names.stream().map(Object::toString).toList());
        }
    }
}
