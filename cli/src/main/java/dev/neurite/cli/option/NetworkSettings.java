package dev.neurite.cli.option;

import dev.neurite.cli.network.InitialWeights;
import dev.neurite.cli.network.NetworkSource;
import dev.neurite.data.Dataset;
import dev.neurite.error.ConfigException;
import dev.neurite.io.PretrainedWeights.Transfer;
import dev.neurite.io.Spec;
import dev.neurite.layer.Layers;
import dev.neurite.layer.Lora;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Named;
import dev.neurite.network.OutputHead;
import dev.neurite.tensor.Shape;
import dev.neurite.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Settings of the network.
/// @param source where the network comes from
/// @param inputDropout the dropout rate of the inputs
/// @param inputNoise the standard deviation of noise on the inputs
/// @param pretrained weights of another network to begin with
/// @param lora the adapters that are trained beside them; empty if they are trained themselves
public record NetworkSettings(
        NetworkSource source,
        double inputDropout,
        double inputNoise,
        Optional<InitialWeights> pretrained,
        Optional<LoraSettings> lora) {

    /// The same with a network from elsewhere.
    NetworkSettings withSource(NetworkSource other) {
        return new NetworkSettings(other, inputDropout, inputNoise, pretrained, lora);
    }

    /// The network for this data.
    /// @throws dev.neurite.error.NeuriteException if the network does not take such data
    public Graph graph(Dataset train, OutputHead end) {
        if (NetworkSource.vocabulary(train) > 0 && (inputNoise > 0 || inputDropout > 0)) {
            throw new ConfigException(
                    inputNoise > 0 ? NetworkOptions.INPUT_NOISE : NetworkOptions.INPUT_DROPOUT,
                    "expects numbers as inputs, got ids of tokens",
                    "Networks of texts have dropout of their own: --model char-rnn:dropout=0.2");
        }
        List<Named> noise = new ArrayList<>();
        if (inputNoise > 0) noise.add(Layers.named("inputNoise", Layers.gaussianNoise(inputNoise)));
        if (inputDropout > 0) noise.add(Layers.named("inputDropout", Layers.dropout(inputDropout)));
        return source.graph(train, end, noise);
    }

    /// The tokenizer that belongs to the pretrained weights; empty if there is none.
    public Optional<Tokenizer> tokenizer() {
        return pretrained.flatMap(InitialWeights::tokenizer);
    }

    /// The tokens of a row of text that the network of another run takes; empty for other networks.
    public OptionalInt window() {
        if (!(source instanceof NetworkSource.OfRun(String _, Model model))
                || tokenizer().isEmpty()) {
            return OptionalInt.empty();
        }
        Shape input = model.network().inputs().getFirst();
        boolean fixed = input.rank() == 1 && input.extent(0) != Shape.OPEN;
        return fixed ? OptionalInt.of(input.extent(0)) : OptionalInt.empty();
    }

    /// Loads the pretrained weights into a model; empty if there are none.
    public Optional<Transfer> transfer(Model model) {
        return pretrained.map(each -> each.into(model));
    }

    /// The model with the adapters that are trained; itself without any.
    /// @param start what [#transfer] gave
    public Model adapted(Model model, Optional<Transfer> start, long seed) {
        return lora.isEmpty() ? model : lora.get().adapted(model, start.orElseThrow(), seed);
    }

    /// A trained model with its adapters merged into the weights.
    public Model merged(Model trained) {
        return lora.isEmpty() ? trained : Lora.merged(trained);
    }

    /// Adds the values of the options, for `config.yaml`.
    public void describe(Map<String, Object> json, Dataset train) {
        source.describe(json, train);
        pretrained.ifPresent(each -> json.put("from", each.run()));
        lora.ifPresent(each -> each.describe(json));
        json.put("input_dropout", inputDropout);
        json.put("input_noise", inputNoise);
    }

    /// Notes on settings that differ from their defaults.
    public List<String> notes(Dataset train) {
        List<String> notes = new ArrayList<>(source.notes(train));
        if (inputDropout > 0) notes.add("input dropout " + Spec.number(inputDropout));
        if (inputNoise > 0) notes.add("input noise " + Spec.number(inputNoise));
        lora.ifPresent(each -> notes.add(each.note()));
        return notes;
    }
}
