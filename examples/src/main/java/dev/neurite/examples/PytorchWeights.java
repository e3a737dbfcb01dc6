package dev.neurite.examples;

import static dev.neurite.kernel.Activation.RELU;
import static dev.neurite.layer.Layers.bidirectional;
import static dev.neurite.layer.Layers.dense;
import static dev.neurite.layer.Layers.features;
import static dev.neurite.layer.Layers.lstm;
import static dev.neurite.layer.Layers.named;
import static dev.neurite.layer.Layers.stacked;

import dev.neurite.data.Dataset;
import dev.neurite.datasets.Iris;
import dev.neurite.io.Npy;
import dev.neurite.io.NpyArray;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.io.StateDict;
import dev.neurite.model.Model;
import dev.neurite.tensor.NumberType;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import dev.neurite.train.ParameterGroup;
import dev.neurite.train.Run;
import dev.neurite.train.Trainer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;

/// Weights from a file that PyTorch wrote, and back.
public final class PytorchWeights {
    private PytorchWeights() {}

    /// Runs the example.
    public static void main(String[] args) throws IOException {
        run(System.out);
    }

    static void run(PrintStream out) throws IOException {
        Path file = Files.createTempFile("weights", ".pt");
        try (InputStream theirs = PytorchWeights.class.getResourceAsStream("weights.pt")) {
            Files.copy(Objects.requireNonNull(theirs), file, StandardCopyOption.REPLACE_EXISTING);
        }
        Model named = withTheirNames(file);
        out.println(PretrainedWeights.pytorch(file).names());
        out.println("renamed: " + same(named, renamed(file)));

        Path there = Files.createTempFile("weights", ".safetensors");
        write(named, there);
        out.println("back: "
                + same(
                        named,
                        PretrainedWeights.read(there).into(named.initialize(1)).complete()));
        Model sequence = Model.of(features(4), dense(8, RELU), dense(3)).initialize(7);
        write(sequence, there);
        out.println(PretrainedWeights.read(there).names());
        out.println("sequential: " + same(sequence, sequential(there)));
        half(sequence, there);
        out.println("half: " + Files.size(there) + " bytes");

        Path arrays = Files.createTempFile("weights", ".npz");
        writeArrays(sequence, arrays);
        out.println("npz: " + same(sequence, readArrays(sequence.initialize(1), arrays)));
        NpyArray.of(Tensor.of(Shape.of(1, 4), 1, 2, 3, 4)).write(arrays);
        check(sequence, arrays, there);
        out.println("checked: " + Arrays.equals(Npy.read(there).values().toArray(), sequence.predict(1, 2, 3, 4)));
        out.println(recurrent());
        Model tuned = onlyTheHead(file, Iris.load().train()).model();
        out.println("only the head: "
                + tuned.parameters().get("fc1.weight").equals(named.parameters().get("fc1.weight")));
        for (Path each : new Path[] {file, there, arrays}) Files.delete(each);
    }

    private static boolean same(Model one, Model other) {
        return Arrays.equals(one.predict(1, 2, 3, 4), other.predict(1, 2, 3, 4));
    }

    private static Model withTheirNames(Path file) {
        // region read
        Model model = Model.of(features(4), named("fc1", dense(8, RELU)), named("fc2", dense(3)));
        Model filled = PretrainedWeights.pytorch(file) //           of torch.save(model.state_dict(), …)
                .into(model)
                .complete(); //                                     an error unless each parameter was found
        // endregion
        return filled;
    }

    private static Model renamed(Path file) {
        Model model = Model.of(features(4), dense(8, RELU), dense(3));
        // region renamed
        Model filled = PretrainedWeights.pytorch(file)
                .renamed(Map.of("fc1.", "dense1.", "fc2.", "dense2."))
                .into(model)
                .complete();
        // endregion
        return filled;
    }

    private static Model sequential(Path file) {
        // region sequential
        Model model = Model.of(features(4), dense(8, RELU), dense(3)); // nn.Sequential(Linear, ReLU, Linear)
        Model filled = PretrainedWeights.read(file).into(model).complete(); // 0.weight, 0.bias, 2.weight, 2.bias
        // endregion
        return filled;
    }

    private static Model readArrays(Model model, Path file) {
        // region npz
        Model filled = PretrainedWeights.npz(file).into(model).complete();
        // endregion
        return filled;
    }

    private static Run onlyTheHead(Path file, Dataset data) {
        // region head
        Model other = Model.of(features(4), named("fc1", dense(8, RELU)), named("head", dense(3)));
        Model start = PretrainedWeights.pytorch(file).into(other).model(); // fc1; the head is new
        Run run = Trainer.of(start)
                .group(ParameterGroup.matching("fc1.*").frozen())
                .epochs(10)
                .fit(data);
        // endregion
        return run;
    }

    private static void write(Model model, Path file) {
        // region write
        StateDict.of(model).write(file); // safetensors, for load_state_dict
        // endregion
    }

    private static void half(Model model, Path file) {
        // region half
        StateDict.of(model).write(file, NumberType.BF16); // or F16: half the size
        // endregion
    }

    private static void writeArrays(Model model, Path file) {
        // region arrays
        StateDict.of(model).writeNpz(file);
        // endregion
    }

    private static void check(Model model, Path input, Path output) {
        // region check
        Tensor x = Npy.read(input).values(); //           numpy.save("x.npy", x)
        NpyArray.of(model.predict(x)).write(output); //     numpy.load("y.npy")
        // endregion
    }

    private static String recurrent() {
        // region recurrent
        Model model = Model.of(Shape.of(5, 4), named("lstm", stacked(2, bidirectional(lstm(3)))));
        StateDict state = StateDict.of(model); // lstm.weight_ih_l0, …, lstm.bias_hh_l1_reverse
        // endregion
        return "recurrent: " + state.tensors().keySet().iterator().next() + ", "
                + state.tensors().size();
    }
}
