package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.bidirectional;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.named;

import dev.neurite.data.Dataset;
import dev.neurite.datasets.Iris;
import dev.neurite.io.Npy;
import dev.neurite.io.NpyArray;
import dev.neurite.io.Npz;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.Safetensors;
import dev.neurite.model.Model;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Weights from a file that PyTorch wrote, and back.
public final class PytorchWeights {
    private PytorchWeights() {}

    /// Runs the example.
    public static void main(String[] args) throws IOException {
        run(System.out);
    }

    static void run(PrintStream out) throws IOException {
        Model model = Model.of(features(4), dense(8, RELU), dense(3)).initialize(0);
        Model trained = model.initialize(7);
        Path there = Files.createTempFile("weights", ".safetensors");
        write(trained, there);
        out.println(Safetensors.read(there).tensors().keySet());
        Model back = read(model, there);
        out.println("equal: " + back.parameters().equals(trained.parameters()));
        Model named = withTheirNames(there);
        out.println("named: " + Arrays.equals(named.predict(1, 2, 3, 4), trained.predict(1, 2, 3, 4)));
        out.println("recurrent: " + recurrent());
        Path arrays = Files.createTempFile("weights", ".npz");
        writeArrays(trained, arrays);
        out.println("npz: " + readArrays(model, arrays).parameters().equals(trained.parameters()));
        Model tuned = onlyTheHead(there, Iris.load().train()).model();
        boolean same =
                tuned.parameters().get("fc1.weight").equals(named.parameters().get("fc1.weight"));
        out.println("only the head: " + (same && !tuned.parameters().equals(named.parameters())));
        Files.delete(there);
        Files.delete(arrays);
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

    private static Model withTheirNames(Path file) {
        // region named
        Model same = Model.of(features(4), named("fc1", dense(8, RELU)), named("fc2", dense(3)));
        Model filled = PretrainedWeights.read(file).into(same).complete();
        // endregion
        return filled;
    }

    private static boolean recurrent() {
        Model model = Model.of(Shape.of(5, 4), named("lstm", bidirectional(lstm(3))), named("head", dense(2)));
        Map<String, Tensor> theirs = new LinkedHashMap<>();
        model.initialize(7)
                .parameters()
                .asMap()
                .forEach((name, value) -> theirs.put(
                        name.replaceFirst("forwards\\.(\\w+)", "$1_l0")
                                .replaceFirst("backwards\\.(\\w+)", "$1_l0_reverse"),
                        value));
        Model filled = PretrainedWeights.of(theirs)
                .renamed(PytorchWeights::ours)
                .into(model)
                .complete();
        // endregion
        return filled.parameters().equals(model.initialize(7).parameters());
    }

    // region ours
    /// `lstm.weight_ih_l0_reverse` is `lstm.backwards.weight_ih` here, of `named("lstm", bidirectional(lstm(3)))`.
    private static String ours(String name) {
        return name.replaceFirst("^lstm\\.(\\w+)_l0_reverse$", "lstm.backwards.$1")
                .replaceFirst("^lstm\\.(\\w+)_l0$", "lstm.forwards.$1");
    }
    // endregion

    private static Model readArrays(Model model, Path file) {
        // region npz
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        try (Npz npz = Npz.open(file)) {
            for (String name : npz.names()) arrays.put(name, npz.read(name).values());
        }
        Model filled = PretrainedWeights.of(arrays)
                .renamed(Map.of("0.", "dense1.", "2.", "dense2.")) // of nn.Sequential(Linear, ReLU, Linear)
                .into(model)
                .complete();
        // endregion
        return filled;
    }

    /// A file as `numpy.savez` writes it of an `nn.Sequential`.
    private static void writeArrays(Model model, Path file) throws IOException {
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (var each : model.parameters().asMap().entrySet()) {
                String name = each.getKey().replace("dense1.", "0.").replace("dense2.", "2.");
                zip.putNextEntry(new ZipEntry(name + ".npy"));
                Tensor value = each.getValue();
                NpyArray.of(Npy.Type.F4, value.shape(), value.toArray()).write(zip);
                zip.closeEntry();
            }
        }
    }

    private static Run onlyTheHead(Path file, Dataset data) {
        // region head
        Model other = Model.of(features(4), named("fc1", dense(8, RELU)), named("head", dense(3)));
        Model start = PretrainedWeights.read(file).into(other).model(); // fc1; the head is new
        Run run = Trainer.of(start)
                .group(ParameterGroup.matching("fc1.*").frozen())
                .epochs(10)
                .fit(data);
        // endregion
        return run;
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
