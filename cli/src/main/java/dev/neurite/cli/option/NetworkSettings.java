package dev.neurite.cli.option;

import dev.neurite.cli.network.InitialWeights;
import dev.neurite.cli.network.NetworkSource;
import dev.neurite.data.Dataset;
import dev.neurite.io.PretrainedWeights.Transfer;
import dev.neurite.io.Spec;
import dev.neurite.layer.Layers;
import dev.neurite.model.Graph;
import dev.neurite.model.Model;
import dev.neurite.model.Named;
import dev.neurite.network.OutputHead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the network is and what it begins with.
/// @param body the network itself
/// @param inputDropout the rate of features
/// @param inputNoise the deviation of noise on features
/// @param pretrained weights to begin with, of another network
public record NetworkSettings(
        NetworkSource body, double inputDropout, double inputNoise, Optional<InitialWeights> pretrained) {

    /// The network for this data.
    /// @throws dev.neurite.error.NeuriteException for data that it is not made for
    public Graph graph(Dataset train, OutputHead end) {
        List<Named> noise = new ArrayList<>();
        if (inputNoise > 0) noise.add(Layers.named("inputNoise", Layers.gaussianNoise(inputNoise)));
        if (inputDropout > 0) noise.add(Layers.named("inputDropout", Layers.dropout(inputDropout)));
        return body.graph(train, end, noise);
    }

    /// What this network begins with; nothing of its own if it begins with no other's weights.
    public Optional<Transfer> begin(Model model) {
        return pretrained.map(each -> each.into(model));
    }

    /// What `config.yaml` holds of it.
    public void describe(Map<String, Object> json, Dataset train) {
        body.describe(json, train);
        pretrained.ifPresent(each -> json.put("from", each.run()));
        json.put("input_dropout", inputDropout);
        json.put("input_noise", inputNoise);
    }

    /// What is unusual, short.
    public List<String> notes(Dataset train) {
        List<String> notes = new ArrayList<>(body.notes(train));
        if (inputDropout > 0) notes.add("input dropout " + Spec.number(inputDropout));
        if (inputNoise > 0) notes.add("input noise " + Spec.number(inputNoise));
        return notes;
    }
}
