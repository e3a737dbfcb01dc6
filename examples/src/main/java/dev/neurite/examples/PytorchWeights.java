package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;

import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.Safetensors;
import dev.neurite.model.Model;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Weights from a file that PyTorch wrote, and back.
public final class PytorchWeights {
    private PytorchWeights() {}

    /// Runs the example.
    public static void main(String[] args) throws IOException {
        run(System.out);
    }

    static void run(PrintStream out) throws IOException {
        Model model = Model.of(features(4), dense(8, RELU), dense(3)).initialize(0);
        Path there = Files.createTempFile("weights", ".safetensors");
        write(model.initialize(7), there);
        out.println(Safetensors.read(there).tensors().keySet());
        Model back = read(model, there);
        out.println("equal: " + back.parameters().equals(model.initialize(7).parameters()));
        Files.delete(there);
    }

    private static Model read(Model model, Path file) {
        // region read
        Model filled = PretrainedWeights.read(file) //              names as PyTorch wrote them: fc1.weight, …
                .renamed(Map.of("fc1.", "dense1.", "fc2.", "dense2."))
                .into(model)
                .complete(); //                                     an error unless each parameter was found
        // endregion
        return filled;
    }

    private static void write(Model model, Path file) {
        // region write
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        model.parameters().asMap().forEach((name, value) -> tensors.put(pytorch(name), value));
        model.statistics().asMap().forEach((name, value) -> tensors.put(pytorch(name), value)); // of batch norms
        new Safetensors(Map.of(), tensors).write(file);
        // endregion
    }

    // region names
    private static String pytorch(String name) {
        return name.replace("dense1.", "fc1.").replace("dense2.", "fc2.");
    }
    // endregion
}
