package dev.neurite.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.neurite.model.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GptTest {
    /// GPT-2's initial weights: what is added to the input of blocks is smaller, the more blocks there are.
    @ParameterizedTest
    @CsvSource({
        "1, self_attn.in_proj_weight, 0.02",
        "1, linear1.weight, 0.02",
        "1, self_attn.out_proj_weight, 0.014142",
        "8, self_attn.in_proj_weight, 0.02",
        "8, self_attn.out_proj_weight, 0.005",
        "8, linear1.weight, 0.02",
        "8, linear2.weight, 0.005"
    })
    void weightsAddedToResidualsBeginSmaller(int layers, String name, double deviation) {
        Model model = new Gpt(layers, 2, 64, 16, 0).model(30).initialize(1);
        float[] weights =
                model.parameters().get("h." + (layers - 1) + "." + name).toArray();
        double squares = 0;
        for (float weight : weights) squares += (double) weight * weight;
        assertThat(Math.sqrt(squares / weights.length)).isEqualTo(deviation, within(0.05 * deviation));
    }

    @Test
    void embeddingsBeginAsInGpt2() {
        Model model = new Gpt(2, 2, 64, 16, 0).model(300).initialize(1);
        for (String name : new String[] {"wte.weight", "wpe.weight"}) {
            float[] weights = model.parameters().get(name).toArray();
            double squares = 0;
            for (float weight : weights) squares += (double) weight * weight;
            assertThat(Math.sqrt(squares / weights.length)).isEqualTo(0.02, within(0.002));
        }
    }
}
