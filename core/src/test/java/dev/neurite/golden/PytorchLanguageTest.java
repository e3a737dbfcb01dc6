package dev.neurite.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.BothEngines;
import dev.neurite.error.ConfigException;
import dev.neurite.error.ModelFormatException;
import dev.neurite.io.PretrainedWeights;
import dev.neurite.kernel.Kernels;
import dev.neurite.model.Executor;
import dev.neurite.model.Mode;
import dev.neurite.model.Model;
import dev.neurite.model.Parameter;
import dev.neurite.network.Bert;
import dev.neurite.network.Gpt;
import dev.neurite.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Weights with the names of GPT-2 and BERT load, and the networks compute and learn as in PyTorch.
@BothEngines
class PytorchLanguageTest {
    private static final Map<String, Tensor> GOLDEN =
            Golden.read("language.safetensors").tensors();

    private static final Gpt GPT = new Gpt(2, 3, 12, 9, 0);
    private static final Bert BERT = new Bert(2, 2, 12, 17, 9, 2, 0);

    private static Tensor golden(String name) {
        return Golden.get(GOLDEN, name);
    }

    private static Map<String, Tensor> all(String prefix) {
        Map<String, Tensor> part = new LinkedHashMap<>();
        GOLDEN.forEach((name, tensor) -> {
            if (name.startsWith(prefix)) part.put(name.substring(prefix.length()), tensor);
        });
        return part;
    }

    private static PretrainedWeights weights(String prefix) {
        return PretrainedWeights.of(all(prefix));
    }

    @Test
    void gpt2() {
        Model model = weights("gpt2.weights.").gpt2().into(GPT.model(17)).complete();
        Tensor ids = golden("gpt2.ids");
        float[] theta = model.parameters().toArray();
        float[] gradient = new float[theta.length];
        Executor executor = model.network().executor(Kernels.shared(), theta, gradient);
        Tensor y = executor.forward(Mode.TRAIN, ids);
        Golden.assertClose(y, golden("gpt2.y"), "gpt2.y");
        Kernels.shared().copy(golden("gpt2.dy"), executor.outputGradient(0));
        executor.backward();
        assertGradients(model, gradient, weights("gpt2.gradients.").gpt2());
        descend("gpt2", executor, List.of(ids), theta, gradient);
    }

    @Test
    void bert() {
        PretrainedWeights weights = weights("bert.weights.").bert();
        PretrainedWeights.Transfer transfer = weights.into(BERT.encoder());
        assertThat(transfer.missing()).isEmpty();
        assertThat(transfer.misshapen()).isEmpty();
        assertThat(transfer.unexpected())
                .containsExactlyInAnyOrder("pooler.weight", "pooler.bias", "classifier.weight", "classifier.bias");
        Model model = transfer.model();
        Tensor lengths = golden("bert.lengths");
        List<Tensor> in = List.of(
                golden("bert.ids").withLengths(lengths), golden("bert.types").withLengths(lengths));
        float[] theta = model.parameters().toArray();
        float[] gradient = new float[theta.length];
        Executor executor = model.network().executor(Kernels.shared(), theta, gradient);
        Tensor y = executor.forward(Mode.TRAIN, in).getFirst().copy();
        int row = y.shape().row().size();
        for (int i = 0; i < y.rows(); i++)
            Arrays.fill(y.array(), i * row + 12 * (int) lengths.get(i), (i + 1) * row, 0);
        Golden.assertClose(y, golden("bert.y"), "bert.y");
        Kernels.shared().copy(golden("bert.dy"), executor.outputGradient(0));
        executor.backward();
        assertGradients(model, gradient, weights("bert.gradients.").bert());

        Model classifier = weights.into(BERT.classifier(3)).complete();
        Golden.assertClose(classifier.predict(in).getFirst(), golden("bert.logits"), "bert.logits");
        float[] ofAll = classifier.parameters().toArray();
        float[] ofGradient = new float[ofAll.length];
        descend("bert", classifier.network().executor(Kernels.shared(), ofAll, ofGradient), in, ofAll, ofGradient);
    }

    private static void assertGradients(Model model, float[] gradient, PretrainedWeights golden) {
        PretrainedWeights.Transfer expected = golden.into(model);
        assertThat(expected.missing()).isEmpty();
        for (Parameter part : model.parameters().parts()) {
            Golden.assertClose(
                    Tensor.view(part.shape(), gradient, part.offset()),
                    expected.model().parameters().get(part.name()),
                    part.name());
        }
    }

    /// Twenty steps of gradient descent on the mean of the cross-entropies of all labels.
    private static void descend(String name, Executor executor, List<Tensor> in, float[] theta, float[] gradient) {
        Tensor labels = golden(name + ".labels");
        for (int step = 0; step < 20; step++) {
            Tensor z = executor.forward(Mode.TRAIN, in).getFirst();
            Tensor dz = executor.outputGradient(0);
            int classes = z.shape().extent(z.shape().rank() - 1);
            double loss = 0;
            for (int i = 0; i < labels.size(); i++) {
                double total = 0;
                for (int k = 0; k < classes; k++) total += Math.exp(z.array()[z.offset() + i * classes + k]);
                for (int k = 0; k < classes; k++) {
                    double p = Math.exp(z.array()[z.offset() + i * classes + k]) / total;
                    boolean is = labels.array()[labels.offset() + i] == k;
                    if (is) loss -= Math.log(p) / labels.size();
                    dz.array()[dz.offset() + i * classes + k] = (float) ((is ? p - 1 : p) / labels.size());
                }
            }
            assertThat(loss).isCloseTo(golden(name + ".losses").get(step), within(1e-5 * Math.max(1, loss)));
            executor.backward();
            for (int i = 0; i < theta.length; i++) theta[i] -= 0.02f * gradient[i];
        }
    }

    @Test
    void otherWeightsAreRefused() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> weights("bert.weights.").gpt2())
                .withMessageContaining("h.0.attn.c_attn.weight");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> weights("gpt2.weights.").bert());
        Map<String, Tensor> broken = all("bert.weights.");
        broken.remove("bert.encoder.layer.1.attention.self.key.weight");
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> PretrainedWeights.of(broken).bert())
                .withMessageContaining("encoder.layer.1");
        Map<String, Tensor> other = all("bert.weights.");
        other.put(
                "bert.encoder.layer.0.attention.self.value.weight",
                Tensor.zeros(golden("bert.logits").shape()));
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> PretrainedWeights.of(other).bert());
        Map<String, Tensor> flat = all("gpt2.weights.");
        flat.put("transformer.h.1.mlp.c_fc.weight", golden("gpt2.losses"));
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> PretrainedWeights.of(flat).gpt2());
    }
}
