package dev.neurite.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.neurite.BothEngines;
import dev.neurite.error.ShapeException;
import dev.neurite.kernel.Activation.Elementwise;
import dev.neurite.loss.Huber;
import dev.neurite.tensor.Shape;
import dev.neurite.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Kernels whose documentation says "y may be x" write over x what they would write elsewhere, bit for bit. A kernel
/// that says so and has no case fails.
@BothEngines
class InPlaceTest {
    private static final Kernels K = Kernels.shared();
    private static final Path SOURCES = Path.of("src/main/java/dev/neurite/kernel");

    /// The Javadoc of a method, and its declaration.
    private static final Pattern METHOD =
            Pattern.compile("((?:    ///.*\n)+)    (?:default )?\\w+ (\\w+)\\(([^)]*)\\)");

    private static final Pattern PROMISE = Pattern.compile("\\b(\\w+) may be (\\w+)(?: or (\\w+))?\\b");
    private static final int[][] SIZES = {{1, 2}, {2, 4}, {3, 16}, {5, 38}, {64, 516}};

    /// @param promise the method, the result, and what it may be: `add y a`
    private record Case(String promise, String detail, BiConsumer<Tensor, Tensor> code) {
        @Override
        public String toString() {
            return promise + " " + detail;
        }
    }

    private static float[] numbers(int n, long seed) {
        var random = new KeyedRandom(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) x[i] = i % 11 == 5 ? 0 : i % 13 == 6 ? -0f : 6 * random.uniform(i) - 3;
        return x;
    }

    private static Tensor tensor(long seed, int... extents) {
        Shape shape = Shape.of(extents);
        return Tensor.view(shape, numbers(shape.size(), seed), 0);
    }

    // --------------------------------------------------------------------------------------------------------- cases

    private final List<Case> cases = new ArrayList<>();

    private void add(String promise, String detail, BiConsumer<Tensor, Tensor> code) {
        cases.add(new Case(promise, detail, code));
    }

    private void add(String promise, BiConsumer<Tensor, Tensor> code) {
        add(promise, "", code);
    }

    private static List<Case> cases(int rows, int columns) {
        var test = new InPlaceTest();
        Tensor other = tensor(2, rows, columns);
        test.addElements(other);
        test.addActivations(other);
        test.addColumns(rows, columns);
        test.addNoise();
        test.addSequences(rows, columns);
        return test.cases;
    }

    private void addElements(Tensor other) {
        add("add y a", (x, y) -> K.add(x, other, y));
        add("add y b", (x, y) -> K.add(other, x, y));
        add("addActivated y a", (x, y) -> K.addActivated(x, other, Activation.TANH, y));
        add("addActivated y b", (x, y) -> K.addActivated(other, x, Activation.RELU, y));
        add("multiply y a", (x, y) -> K.multiply(x, other, y));
        add("multiply y b", (x, y) -> K.multiply(other, x, y));
        add("scale y x", (x, y) -> K.scale(-1.7f, x, y));
    }

    private void addActivations(Tensor other) {
        ActivationKernels k = K.activations();
        for (Elementwise g : EveryKernel.FUNCTIONS) {
            add("activate y z", g.toString(), (x, y) -> k.activate(g, x, y));
            add("activationGradient dz dy", g.toString(), (x, y) -> k.activationGradient(g, other, other, x, y));
        }
        Tensor slopes = tensor(3, 1);
        add("preluGradient dz dy", (x, y) -> k.preluGradient(other, slopes, x, y));
        add("multiplyBelowZero y dy", (x, y) -> k.multiplyBelowZero(other, x, y));
        add("softmax y z", k::softmax);
        add("softmaxGradient dz dy", (x, y) -> k.softmaxGradient(other, x, y));
        add("logSoftmaxGradient dz dy", (x, y) -> k.logSoftmaxGradient(other, x, y));
    }

    private void addColumns(int rows, int columns) {
        Tensor row = tensor(4, columns);
        Tensor second = tensor(5, columns);
        Shape image = Shape.of(rows, columns, 1);
        add("shiftColumns y x", (x, y) -> K.shiftColumns(x, row, y));
        add("scaleColumns y x", (x, y) -> K.scaleColumns(x, row, y));
        add(
                "standardizeChannels y x",
                (x, y) -> K.standardizeChannels(x.reshape(image), row, second, y.reshape(image)));
        add("scaleChannels y x", "", (x, y) -> K.scaleChannels(x.reshape(image), row, y.reshape(image)));
        add(
                "scaleChannels y x",
                "of norms",
                (x, y) -> K.norms().scaleChannels(x.reshape(image), row, second, y.reshape(image)));
        add("smooth q t", (x, y) -> K.losses().smooth(0.1f, row, x, y));
    }

    private void addNoise() {
        var noise = Noise.of(1, 2, 3, 4);
        add("dropout y x", (x, y) -> K.noise().dropout(noise, 0.4, x, y));
        add("dropout y x", "general", (x, y) -> K.noise().dropout(noise, 0.4, 1.5, 0.2, -1, x, y));
        add("channelDropout y x", (x, y) -> K.noise().channelDropout(noise, 0.4, x, y));
        add("addNoise y x", (x, y) -> K.noise().addNoise(noise, 0.3, x, y));
        add("multiplyNoise y x", (x, y) -> K.noise().multiplyNoise(noise, 0.3, x, y));
    }

    private void addSequences(int rows, int columns) {
        Shape shape = Shape.of(rows, columns, 1);
        float[] all = new float[rows];
        Arrays.fill(all, 1 + columns / 2);
        Tensor lengths = Tensor.view(Shape.of(rows), all, 0);
        Tensor none = Tensor.EMPTY;
        Tensor table = tensor(6, columns, 1);
        add(
                "clearPadding y x",
                (x, y) -> K.sequences().clearPadding(x.reshape(shape), 1, columns, lengths, y.reshape(shape)));
        Shape pairs = Shape.of(rows, columns / 2, 2);
        add("addSinusoids y x", (x, y) -> K.positions().addSinusoids(x.reshape(pairs), 100, none, y.reshape(pairs)));
        add("addRows y x", (x, y) -> K.positions().addRows(x.reshape(shape), table, none, lengths, y.reshape(shape)));
    }

    // --------------------------------------------------------------------------------------------------------- tests

    @Test
    void writesOverItsInputWhatItWouldWriteElsewhere() {
        for (int[] size : SIZES) {
            for (Case each : cases(size[0], size[1])) {
                Tensor x = tensor(1, size);
                float[] garbage = new float[x.size()];
                Arrays.fill(garbage, Float.NaN);
                Tensor elsewhere = Tensor.view(x.shape(), garbage, 0);
                each.code.accept(x, elsewhere);
                assertThat(x.array())
                        .as("%s leaves its input", each)
                        .isEqualTo(tensor(1, size).array());
                each.code.accept(x, x);
                assertThat(x.array()).as("%s of %d×%d", each, size[0], size[1]).isEqualTo(elsewhere.array());
            }
        }
    }

    @Test
    void whatTheDocumentationPromisesHasACase() throws IOException {
        Set<String> tested = new TreeSet<>();
        for (Case each : cases(2, 4)) tested.add(each.promise);
        assertThat(promises()).isEqualTo(tested);
    }

    /// The sentences "y may be x" of two parameters, of which the first is the result.
    private static Set<String> promises() throws IOException {
        Set<String> promises = new TreeSet<>();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                Matcher method = METHOD.matcher(Files.readString(file));
                while (method.find()) addPromises(method, promises);
            }
        }
        return promises;
    }

    private static void addPromises(Matcher method, Set<String> promises) {
        List<String> parameters = Arrays.stream(method.group(3).split(",\\s*"))
                .map(each -> each.substring(each.lastIndexOf(' ') + 1))
                .toList();
        Matcher promise = PROMISE.matcher(method.group(1).replaceAll("\\s*///\\s*", " "));
        while (promise.find()) {
            int result = parameters.indexOf(promise.group(1));
            for (int group = 2; group <= 3; group++) {
                String input = promise.group(group);
                if (input == null || !parameters.contains(input) || parameters.indexOf(input) > result) continue;
                promises.add(method.group(2) + " " + promise.group(1) + " " + input);
            }
        }
    }

    /// A kernel that reads its input again after it has begun to write refuses to write over it.
    @Test
    void refusesWhatCannotBeWrittenOver() {
        Tensor x = tensor(1, 3, 8);
        Tensor part = Tensor.view(Shape.of(2, 8), x.array(), 8);
        Tensor t = tensor(2, 3, 8);
        Tensor losses = tensor(3, 3);
        Pointwise f = new Huber(1);
        List<Runnable> all = List.of(
                () -> K.activations().logSoftmax(x, x),
                () -> K.activations().logSoftmax(x.rows(0, 2), part),
                () -> K.activations().gluGradient(x, 8, tensor(3, 3, 4), x),
                () -> K.losses().sigmoidCrossEntropy(x, t, losses, x),
                () -> K.losses().sigmoidCrossEntropy(x, t, losses, t),
                () -> K.losses().pointwiseLoss(f, x, t, losses, x),
                () -> K.losses().pointwiseLoss(f, x, t, losses, t));
        for (Runnable each : all) {
            assertThatThrownBy(each::run).isInstanceOf(ShapeException.class).hasMessageContaining("another tensor");
        }
        float[] neighbors = numbers(48, 1);
        Tensor first = Tensor.view(Shape.of(3, 8), neighbors, 0);
        K.activations().logSoftmax(first, Tensor.view(Shape.of(3, 8), neighbors, 24));
    }
}
