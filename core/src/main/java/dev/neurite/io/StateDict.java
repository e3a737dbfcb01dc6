package dev.neurite.io;

import dev.neurite.model.Model;
import dev.neurite.signature.Signature;
import dev.neurite.tensor.NumberType;
import dev.neurite.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The parameters and running statistics of a model with PyTorch's names and layouts, for `load_state_dict`:
///
/// <!-- PytorchWeights#write -->
/// ```java
/// StateDict.of(model).write(file); // safetensors, for load_state_dict
/// ```
///
/// A network that is a sequence of layers without names of their own has the names of PyTorch's `nn.Sequential`, in
/// which an activation is a layer of its own: `0.weight`, `2.weight`. Named layers keep their names:
/// `layer1.0.conv1.weight`, with the names in a layer as PyTorch has them: `lstm.weight_ih_l0`. The way back is
/// [PretrainedWeights].
/// @param tensors by PyTorch's names
/// @param notes what PyTorch has no twin for, and what is not in the tensors, as sentences; empty if nothing is lost
public record StateDict(Map<String, Tensor> tensors, List<String> notes) {
    public StateDict {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        notes = List.copyOf(notes);
    }

    /// The tensors of a model.
    public static StateDict of(Model model) {
        Map<String, Tensor> ours = new LinkedHashMap<>(model.parameters().asMap());
        ours.putAll(model.statistics().asMap());
        TorchNames names = TorchNames.of(model.network());
        return new StateDict(names.theirs(ours), names.notes());
    }

    /// The tensors of a model, with notes of what it makes of raw values before its network, and of its outputs.
    public static StateDict of(ModelFile file) {
        StateDict state = of(file.model());
        List<String> notes = new ArrayList<>(state.notes);
        Signature signature = file.signature();
        signature.inputs().forEach((name, input) -> input.note(name).ifPresent(notes::add));
        signature.outputs().forEach((name, output) -> output.note(name).ifPresent(notes::add));
        return new StateDict(state.tensors, notes);
    }

    /// These tensors with beginnings of names replaced, see [PretrainedWeights#renamed(Map)].
    /// @throws dev.neurite.error.ConfigException if two get the same name
    public StateDict renamed(Map<String, String> beginnings) {
        return new StateDict(PretrainedWeights.of(tensors).renamed(beginnings).tensors(), notes);
    }

    /// Writes a safetensors file of float32 numbers.
    /// @throws dev.neurite.error.ResourceException if it cannot be written
    public void write(Path file) {
        write(file, NumberType.F32);
    }

    /// Writes a safetensors file.
    /// @param type [NumberType#F32], or with half the size [NumberType#F16] or [NumberType#BF16]
    /// @throws dev.neurite.error.ConfigException for another type, or a number beyond its range
    /// @throws dev.neurite.error.ResourceException if it cannot be written
    public void write(Path file, NumberType type) {
        new Safetensors(Map.of("format", "pt"), tensors).write(file, type);
    }

    /// Writes a `.npz` file of float32 arrays, for NumPy.
    /// @throws dev.neurite.error.ResourceException if it cannot be written
    public void writeNpz(Path file) {
        Map<String, NpyArray> arrays = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> arrays.put(name, NpyArray.of(tensor)));
        Npz.write(file, arrays);
    }
}
